package mysql

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// TestDays compares every day that the server has with the standard library.
func TestDays(t *testing.T) {
	for day := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() <= lastYear; day = day.AddDate(0, 0, 1) {
		got, ok := parseDay(day.Format(time.DateOnly))
		if want := day.Unix() / secondsPerDay; !ok || got != want {
			t.Fatalf("%s is day %d (%t), want %d", day.Format(time.DateOnly), got, ok, want)
		}
	}
	for _, none := range []string{"", "2026-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-1-01", "1900-02-29", "2026/01/01", "a026-01-01"} {
		if _, ok := parseDay(none); ok {
			t.Errorf("%q is a day", none)
		}
	}
}

// TestTemporalText: what is written for the server reads back as it was.
func TestTemporalText(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		micros := rapid.Int64Range(int64(-maxClock/time.Microsecond), int64(maxClock/time.Microsecond)).Draw(rt, "clock")
		clock := tuple.Time(time.Duration(micros) * time.Microsecond)
		if got := timeValue(clockText(clock.AsDuration())); got != clock {
			rt.Errorf("%s reads back as %s", clock, got)
		}
		seconds := rapid.Int64Range(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC).Unix(), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC).Unix()).Draw(rt, "seconds")
		moment := tuple.Instant(time.Unix(seconds, rapid.Int64Range(0, 999_999).Draw(rt, "micros")*1000))
		text, ok := timestampText(moment)
		if got := timestampValue(text, true); !ok || got != moment {
			rt.Errorf("%s is written as %s and reads back as %s", moment, text, got)
		}
	})
}

// FuzzTemporal: no text breaks the readers, and none that is not a time is lost.
func FuzzTemporal(f *testing.F) {
	for _, s := range []string{"2026-01-02", "2026-01-02 03:04:05.6", "-838:59:59.999999", "0000-00-00 00:00:00", "1:2:3", ":", "--1:00:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, v := range []tuple.Value{dateValue(s), timeValue(s), timestampValue(s, false), timestampValue(s, true)} {
			if v.Kind() == tuple.KindOther && v.AsText() != s {
				t.Errorf("%q has become %q", s, v.AsText())
			}
		}
	})
}

// FuzzGeometry: any bytes are shown as a text that is read back as the same.
func FuzzGeometry(f *testing.F) {
	for _, s := range []string{"POINT(1 2)", "SRID=4326;LINESTRING(0 0,1e-07 -1)", "POLYGON((0 0,4 0,4 4,0 0),(1 1,2 1,2 2,1 1))", "MULTIPOINT((1 2),(3 4))",
		"MULTIPOLYGON(((0 0,4 0,4 4,0 0)))", "GEOMETRYCOLLECTION(POINT(1 2),GEOMETRYCOLLECTION EMPTY)", "0x00ff", "0x"} {
		raw, err := encodeGeometry(s)
		if err != nil {
			f.Fatalf("%s: %v", s, err)
		}
		if got := geometryText(raw); got != s {
			f.Errorf("%s reads back as %s", s, got)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		text := geometryText(raw)
		if again, err := encodeGeometry(text); err != nil || string(again) != string(raw) {
			t.Errorf("%x is shown as %s, which is %x, %v", raw, text, again, err)
		}
	})
}

// FuzzGeometryText: no text that people write breaks the parser.
func FuzzGeometryText(f *testing.F) {
	for _, s := range []string{"point ( 1  2 )", "MULTIPOINT(1 2,3 4)", "SRID=1;", "POINT(1 2", "POLYGON(())", "GEOMETRYCOLLECTION(" + strings.Repeat("GEOMETRYCOLLECTION(", 100)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		raw, err := encodeGeometry(s)
		if err != nil {
			return
		}
		if again, err := encodeGeometry(geometryText(raw)); err != nil || string(again) != string(raw) {
			t.Errorf("%q: %x, %v", s, again, err)
		}
	})
}

// TestNameText: any two names are spelled in a way that is read back as them.
func TestNameText(t *testing.T) {
	part := rapid.StringMatching("[a-z.`é ]{1,6}")
	rapid.Check(t, func(rt *rapid.T) {
		n := tableName{part.Draw(rt, "database"), part.Draw(rt, "table")}
		for _, connected := range []string{"", "other", n.database} {
			spelled := n.spell(connected)
			if got := parseName(spelled, connected); got != n {
				rt.Errorf("%+v is spelled %s in %q, which is %+v", n, spelled, connected, got)
			}
		}
	})
	for spelled, want := range map[string]tableName{"t": {"db", "t"}, "a.b": {"a", "b"}, "a.b.c": {"db", "a.b.c"}, "`a.b": {"db", "`a.b"}, "": {"db", ""}, "a.": {"db", "a."}, ".a": {"db", ".a"}} {
		if got := parseName(spelled, "db"); got != want {
			t.Errorf("%q is %+v, want %+v", spelled, got, want)
		}
	}
}

// TestInline: arguments are written so that none can become syntax, and large
// ones are left over.
func TestInline(t *testing.T) {
	long := strings.Repeat("x", mostInline+1)
	for _, c := range []struct {
		query string
		args  []any
		want  string
		rest  int
	}{
		{"SELECT 1", nil, "SELECT 1", 0},
		{"a = ? AND b = ?", []any{int64(-5), uint64(1 << 63)}, "a = -5 AND b = 9223372036854775808", 0},
		{"`?` = ? AND `a``?` = ?", []any{nil, 0.1}, "`?` = NULL AND `a``?` = 1e-01", 0},
		{"a = ?", []any{literal("12.50")}, "a = 12.50", 0},
		{"a = ?", []any{"é?"}, "a = 'é?'", 0},
		{"a = ?", []any{`' OR ''='`}, "a = _utf8mb4 x'27204f522027273d27'", 0},
		{"a = ?", []any{`\`}, "a = _utf8mb4 x'5c'", 0},
		{"a = ?", []any{"\xff"}, "a = _utf8mb4 x'ff'", 0},
		{"a = ?", []any{[]byte("'\x00")}, "a = x'2700'", 0},
		{"a = ? AND b = ? AND c = ?", []any{"x", long, []byte(long)}, "a = 'x' AND b = ? AND c = ?", 2},
	} {
		got, rest := inline(c.query, c.args)
		if got != c.want || len(rest) != c.rest {
			t.Errorf("%s: %s and %d arguments, want %s", c.query, got, len(rest), c.want)
		}
	}
}

// TestPrefixText: nothing sorts between what begins with a text and what follows.
func TestPrefixText(t *testing.T) {
	c := &driver.Column{Name: "a", Type: "varchar(10)", Kind: tuple.KindText}
	for _, w := range []struct{ text, after string }{{"a", "b"}, {"a\u007f", "a\u0080"}, {"\ud7ff", "\ue000"}, {"a\U0010ffff", "b"}} {
		first, after, err := prefix(c, tuple.Text(w.text))
		if err != nil || first != tuple.Text(w.text) || after != tuple.Text(w.after) {
			t.Errorf("%q: from %s to %s, %v, want %q", w.text, first, after, err, w.after)
		}
	}
	if _, after, err := prefix(c, tuple.Text("\U0010ffff")); err != nil || !after.IsNull() {
		t.Errorf("after the last character: %s, %v", after, err)
	}
	c.Collation = "gbk_chinese_ci"
	if _, _, err := prefix(c, tuple.Text("a")); classify(err) != driver.Unsupported {
		t.Errorf("a collation that is not known: %v", err)
	}
}

func TestVersions(t *testing.T) {
	for text, want := range map[string]string{
		"10.11.19-MariaDB-0+deb12u1": "MariaDB 10.11.19", "5.5.5-10.6.4-MariaDB-log": "MariaDB 10.6.4", "8.4.2": "MySQL 8.4.2", "8.0.36-28-Percona": "MySQL 8.0.36", "9.1": "MySQL 9.1.0", "": "MySQL 0.0.0",
	} {
		var f facts
		f.version, f.mariaDB = parseVersion(text)
		if got := f.product(); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

// TestStatementsOfMySQL: what is said to MySQL 8 in another way than to MariaDB.
func TestStatementsOfMySQL(t *testing.T) {
	d := dialect{&facts{version: version{8, 4, 0}, database: "shop"}}
	s := &driver.Schema{Name: "t", Key: []driver.Column{{Name: "id", Kind: tuple.KindUUID}, {Name: "name", Kind: tuple.KindText}},
		Columns: []driver.Column{{Name: "doc", Kind: tuple.KindJSON, Nullable: true}, {Name: "note", Kind: tuple.KindText}}}
	want := "CREATE TABLE `shop`.`t` (\n  `id` BINARY(16) NOT NULL,\n  `name` VARCHAR(760) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL,\n" +
		"  `doc` JSON,\n  `note` LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL,\n  PRIMARY KEY (`id`, `name`)\n) ENGINE=InnoDB ROW_FORMAT=DYNAMIC"
	if got := d.createTable(parseName("t", "shop"), s); got != want {
		t.Errorf("create:\n%s\nwant:\n%s", got, want)
	}
	c := connector{mode: forWriting, timeout: 1500 * time.Millisecond}
	var made conn
	if got := c.settings(false, &made); strings.Contains(got, "max_statement_time") || made.timeout != c.timeout {
		t.Errorf("settings: %s, timeout %v", got, made.timeout)
	}
	if got := c.settings(true, &made); !strings.Contains(got, "max_statement_time = 1.500000") {
		t.Errorf("settings of MariaDB: %s", got)
	}
	logged := dialect{&facts{statementLog: true}}
	if got := fmt.Sprint(logged.Begin(true)); !strings.Contains(got, "REPEATABLE READ") {
		t.Errorf("a transaction where statements are logged begins with %s", got)
	}
	r := relation{typ: "BASE TABLE", engine: "InnoDB", json: map[string]bool{}}
	row := func(n int, text ...string) *line {
		l := &line{about: aboutColumn, n: n}
		for i, v := range text {
			l.text[i].String, l.text[i].Valid = v, v != ""
		}
		return l
	}
	r.add(row(2, "b", "varchar(10)", "NO", "it's", "", "utf8mb4_0900_ai_ci", ""))
	r.add(row(1, "a", "datetime", "YES", "CURRENT_TIMESTAMP", "DEFAULT_GENERATED", "", ""))
	r.add(row(3, "c", "json", "YES", "", "STORED GENERATED", "", "json_array(`a`)"))
	r.finish(d)
	if r.columns[0].Default != "CURRENT_TIMESTAMP" || r.columns[0].Generated || r.columns[1].Default != "'it''s'" || !r.columns[2].Generated || r.columns[2].Kind != tuple.KindJSON {
		t.Errorf("columns: %+v", r.columns)
	}
}
