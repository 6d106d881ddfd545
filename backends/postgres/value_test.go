package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// typed are types and texts of their values as the server prints them. Each
// value is read, written to another row as it was read, and compared by the
// server.
var typed = []struct {
	typ    string
	values []string
}{
	{"smallint", []string{"-32768", "0", "32767"}},
	{"integer", []string{"-2147483648", "2147483647"}},
	{"bigint", []string{"-9223372036854775808", "9223372036854775807"}},
	{"oid", []string{"0", "4294967295"}},
	{"boolean", []string{"true", "false"}},
	{"real", []string{"0.1", "-3.4028235e+38", "1e-45", "NaN", "Infinity", "-Infinity", "1.6777216e+07"}},
	{"double precision", []string{"0.1", "-0", "5e-324", "1.7976931348623157e+308", "NaN", "Infinity", "-Infinity"}},
	{"numeric", []string{"0", "1.50", "-0.00000000000000000001", "123456789012345678901234567890.123456789", "NaN", "Infinity", "-Infinity"}},
	{"numeric(10,2)", []string{"0.00", "-12345678.90", "NaN"}},
	{"numeric(5,0)", []string{"99999"}},
	{"money", []string{"$1,234.56", "-$0.01"}},
	{"text", []string{"", "NULL", "é日本🌲", "a\tb\nc\\d", " "}},
	{"character varying(5)", []string{"", "ééééé"}},
	{"character(5)", []string{"ab   ", "     "}},
	{"name", []string{"a name"}},
	{`"char"`, []string{"a", ""}},
	{"bytea", []string{`\x`, `\x00ff5c27`}},
	{"uuid", []string{"00112233-4455-6677-8899-aabbccddeeff"}},
	{"date", []string{"2026-02-28", "0001-01-01", "0001-12-31 BC", "4713-01-01 BC", "5874897-12-31", "infinity", "-infinity"}},
	{"time without time zone", []string{"00:00:00", "23:59:59.999999", "24:00:00"}},
	{"time(3) without time zone", []string{"12:34:56.789"}},
	{"time with time zone", []string{"12:34:56.789+05:30", "24:00:00-15:59"}},
	{"timestamp without time zone", []string{"2026-02-28 23:59:59.999999", "0044-03-15 12:00:00 BC", "294276-12-31 23:59:59.999999", "infinity", "-infinity", "4713-01-01 00:00:00 BC"}},
	{"timestamp(0) without time zone", []string{"2026-02-28 23:59:59"}},
	{"timestamp with time zone", []string{"2026-02-28 23:59:59.999999+00", "0001-01-01 00:00:00+00 BC", "infinity", "-infinity"}},
	{"interval", []string{"1 year 2 mons -3 days +04:05:06.789", "00:00:00", "-178000000 years", "-00:00:00.000001"}},
	{"json", []string{`{"b": 1,  "a": "é"}`, "null"}},
	{"jsonb", []string{`{"a": "é", "b": [1, 2]}`, `"\u001b"`}},
	{"xml", []string{"<a>b</a>"}},
	{"inet", []string{"10.0.0.1", "10.1.0.0/16", "::1"}},
	{"cidr", []string{"10.0.0.0/8"}},
	{"macaddr", []string{"08:00:2b:01:02:03"}},
	{"macaddr8", []string{"08:00:2b:01:02:03:04:05"}},
	{"bit(8)", []string{"10101010"}},
	{"bit varying", []string{"", "101"}},
	{"point", []string{"(1,2.5)"}}, {"line", []string{"{1,2,3}"}}, {"lseg", []string{"[(0,0),(1,1)]"}}, {"box", []string{"(1,1),(0,0)"}},
	{"path", []string{"((0,0),(1,1))", "[(0,0),(1,1)]"}}, {"polygon", []string{"((0,0),(1,1),(1,0))"}}, {"circle", []string{"<(0,0),1>"}},
	{"int4range", []string{"[1,5)", "empty", "(,)"}},
	{"tstzrange", []string{`["2026-01-01 00:00:00+00",)`}},
	{"int4multirange", []string{"{[1,3),[5,7)}"}},
	{"tsvector", []string{"'a':1A 'fat':2"}}, {"tsquery", []string{"'fat' & !'cat'"}},
	{"pg_lsn", []string{"16/B374D848"}},
	{"integer[]", []string{"{}", "{1,NULL,3}", "{{1,2},{3,4}}", "[2:3]={1,2}"}},
	{"text[]", []string{`{"",NULL,"NULL","a,b","\"\\"}`}},
	{"mood", []string{"sad", "very \"happy\", indeed"}},
	{"mood[]", []string{`{sad,"very \"happy\", indeed"}`}},
	{"pair", []string{`(1,"a,b")`, "(,)"}},
	{"regclass", []string{"pg_class"}},
	{"email", []string{"a@b"}},
	{"price", []string{"1.50"}},
	{"citext", []string{"AbC"}},
	{"hstore", []string{`"a"=>"1", "b"=>NULL`}},
	{"ltree", []string{"Top.Science"}},
}

const typesSetup = `CREATE EXTENSION citext; CREATE EXTENSION hstore; CREATE EXTENSION ltree;
	CREATE TYPE mood AS ENUM('sad', 'very "happy", indeed'); CREATE TYPE pair AS (a int, b text);
	CREATE DOMAIN email AS varchar(20); CREATE DOMAIN cost AS numeric(6,2); CREATE DOMAIN price AS cost;`

func TestEveryTypeIsKeptAsItIs(t *testing.T) {
	var script strings.Builder
	script.WriteString(typesSetup)
	for i, c := range typed {
		fmt.Fprintf(&script, "CREATE TABLE t%d(id int PRIMARY KEY, v %s);\n", i, c.typ)
		for j, text := range c.values {
			fmt.Fprintf(&script, "INSERT INTO t%d VALUES(%d, '%s');\n", i, j, strings.ReplaceAll(text, "'", "''"))
		}
	}
	db, u := made(t, script.String())
	for i, c := range typed {
		s := described(t, db, fmt.Sprint("t", i))
		var changes []driver.Change
		rows := all(t, db, s)
		if len(rows) != len(c.values) {
			t.Errorf("%s: %d rows", c.typ, len(rows))
		}
		for j, r := range rows {
			v := r.Values[0]
			if v.Kind() == tuple.KindOther && v.AsText() != c.values[j] {
				t.Errorf("%s: %s is read as %s", c.typ, c.values[j], v)
			}
			if n := heldBy(s, v); n != v {
				t.Errorf("%s: %s would be stored as %s", c.typ, v, n)
			}
			changes = append(changes,
				driver.Change{Op: driver.Insert, Table: s.Name, Key: key(tuple.Int(int64(100 + j))), Set: []driver.Assignment{{Value: v}}},
				driver.Change{Op: driver.Update, Table: s.Name, Key: r.Key, Base: r.Values, Set: []driver.Assignment{{Value: v}}})
		}
		page, err := db.Scan(context.Background(), s, driver.Query{Limit: 100, MaxValue: 1000})
		if err != nil || !slices.EqualFunc(page.Rows, rows, func(a, b driver.Row) bool { return slices.Equal(a.Values, b.Values) && a.Cut == nil }) {
			t.Errorf("%s: with a limit, %v is read as %v, %v", c.typ, rows, page.Rows, err)
		}
		applied, err := db.(driver.Writer).Apply(context.Background(), changes)
		if err != nil || len(applied.Conflicts) > 0 {
			t.Errorf("%s: %+v, %v", c.typ, applied.Conflicts, err)
			continue
		}
		query := fmt.Sprintf("SELECT format('%%s', v) FROM t%d WHERE id >= 100 ORDER BY id", i)
		want := strings.Join(c.values, "\n")
		if c.typ == "boolean" {
			want = "t\nf"
		}
		if got := askSQL(t, u, query); got != want {
			t.Errorf("%s: written\n%s\nwant\n%s", c.typ, got, want)
		}
		if same := askSQL(t, u, fmt.Sprintf("SELECT count(*) FROM t%d a JOIN t%[1]d b ON b.id = a.id + 100 AND a.v::text = b.v::text", i)); same != fmt.Sprint(len(c.values)) {
			t.Errorf("%s: %s of %d values are the same", c.typ, same, len(c.values))
		}
	}
}

// heldBy is what a column would hold of a value.
func heldBy(s *driver.Schema, v tuple.Value) tuple.Value {
	held, err := dialect{utf8: true}.stored(&s.Columns[0], v)
	if err != nil {
		return tuple.Text(err.Error())
	}
	return held
}

// TestLoadKeepsEveryType: COPY reads the same values as INSERT.
func TestLoadKeepsEveryType(t *testing.T) {
	var script strings.Builder
	script.WriteString(typesSetup)
	for i, c := range typed {
		fmt.Fprintf(&script, "CREATE TABLE t%d(id int PRIMARY KEY, v %s); CREATE TABLE u%[1]d(LIKE t%[1]d INCLUDING ALL);\n", i, c.typ)
		for j, text := range append(c.values, `\N`) {
			literal := "'" + strings.ReplaceAll(text, "'", "''") + "'"
			if text == `\N` {
				literal = "NULL"
			}
			fmt.Fprintf(&script, "INSERT INTO t%d VALUES(%d, %s);\n", i, j, literal)
		}
	}
	db, _ := made(t, script.String())
	for i, c := range typed {
		from, to := described(t, db, fmt.Sprint("t", i)), described(t, db, fmt.Sprint("u", i))
		rows := all(t, db, from)
		err := db.(driver.Loader).Load(context.Background(), to, func(yield func(driver.Row, error) bool) {
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
			}
		})
		if err != nil {
			t.Errorf("%s: %v", c.typ, err)
			continue
		}
		got := all(t, db, to)
		if !slices.EqualFunc(got, rows, func(a, b driver.Row) bool { return a.Key.Equal(b.Key) && slices.Equal(a.Values, b.Values) }) {
			t.Errorf("%s: %v became %v", c.typ, rows, got)
		}
	}
}

// TestLossIsRefused: what the server would change without a word.
func TestLossIsRefused(t *testing.T) {
	db, u := made(t, `CREATE DOMAIN price AS numeric(6,2);
		CREATE TABLE t(id int PRIMARY KEY, n numeric(5,2), p price, i int, s smallint, r real, f float8, d date, ti time(3), ts timestamp(0), tz timestamptz,
			v varchar(3), c char(3), x text, b bytea, u uuid, iv interval(2), e int[])`)
	s := described(t, db, "t")
	decimal := func(text string) tuple.Value {
		v, err := tuple.Decimal(text)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		column string
		v      tuple.Value
	}{
		{"n", decimal("1.234")}, {"n", decimal("1234")}, {"n", decimal("Infinity")}, {"n", tuple.Text("1")},
		{"p", decimal("1.005")}, {"p", tuple.Int(10000)},
		{"i", tuple.Int(1 << 31)}, {"i", decimal("1")}, {"i", tuple.Text("1")}, {"s", tuple.Int(-32769)}, {"i", tuple.Uint(1 << 63)},
		{"r", tuple.Float(0.1234567891)}, {"r", tuple.Float(1e39)}, {"r", tuple.Int(16777217)}, {"f", tuple.Int(1<<53 + 1)},
		{"d", tuple.Date(-2_440_589)}, {"d", tuple.Date(1 << 40)}, {"d", tuple.Text("2026-01-01")},
		{"ti", tuple.Time(1000)}, {"ti", tuple.Time(-1)}, {"ti", tuple.Time(25 * 3600e9)},
		{"ts", mustParse(t, tuple.KindTimestamp, "2026-01-01 00:00:00.5")}, {"ts", mustParse(t, tuple.KindTimestamp, "2026-01-01 00:00:00Z")},
		{"tz", mustParse(t, tuple.KindTimestamp, "2026-01-01 00:00:00")}, {"tz", mustParse(t, tuple.KindTimestamp, "2026-01-01 00:00:00.0000001Z")},
		{"v", tuple.Text("abcd")}, {"v", tuple.Text("abc ")}, {"c", tuple.Text("abcd")}, {"x", tuple.Text("a\x00b")}, {"x", tuple.Text("\xff")}, {"x", tuple.Int(1)},
		{"b", tuple.Text("a")}, {"u", tuple.Text("00112233-4455-6677-8899-aabbccddeeff")}, {"iv", tuple.Interval(0, 0, 1)}, {"e", tuple.Int(1)},
	} {
		column := slices.IndexFunc(s.Columns, func(col driver.Column) bool { return col.Name == c.column })
		_, err := db.(driver.Writer).Apply(context.Background(), []driver.Change{
			{Op: driver.Insert, Table: "t", Key: key(tuple.Int(1)), Set: []driver.Assignment{{Column: column, Value: c.v}}}})
		if db.Classify(err) != driver.BadValue {
			t.Errorf("%s in %s: %v", c.v, s.Columns[column].Type, err)
		}
	}
	for _, c := range []struct{ column, text string }{{"e", "{1"}, {"e", "x"}} {
		column := slices.IndexFunc(s.Columns, func(col driver.Column) bool { return col.Name == c.column })
		_, err := db.(driver.Writer).Apply(context.Background(), []driver.Change{
			{Op: driver.Insert, Table: "t", Key: key(tuple.Int(1)), Set: []driver.Assignment{{Column: column, Value: tuple.Text(c.text)}}}})
		if db.Classify(err) != driver.BadValue {
			t.Errorf("%s in %s: %v", c.text, s.Columns[column].Type, err)
		}
	}
	if n := askSQL(t, u, "SELECT count(*) FROM t"); n != "0" {
		t.Errorf("%s rows were written", n)
	}
}

func mustParse(t *testing.T, kind tuple.Kind, text string) tuple.Value {
	t.Helper()
	v, err := tuple.ParseAs(kind, "", text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestWhatIsStoredIsWhatIsRead: numbers are padded to their scale, and texts to
// their length, so that a change of ours is no conflict later.
func TestWhatIsStoredIsWhatIsRead(t *testing.T) {
	db, _ := made(t, "CREATE TABLE t(id int PRIMARY KEY, n numeric(5,2), c char(3), r real, i bigint, f float8, d date)")
	s := described(t, db, "t")
	one, err := tuple.Decimal("1")
	if err != nil {
		t.Fatal(err)
	}
	given := []tuple.Value{one, tuple.Text("a"), tuple.Float(0.1), tuple.Int(7), tuple.Int(1 << 53), tuple.Text("infinity")}
	var set []driver.Assignment
	for i, v := range given {
		set = append(set, driver.Assignment{Column: i, Value: v})
	}
	w := db.(driver.Writer)
	if _, err := w.Apply(context.Background(), []driver.Change{{Op: driver.Insert, Table: "t", Key: key(tuple.Int(1)), Set: set}}); err != nil {
		t.Fatal(err)
	}
	got := tuple.Tuple(all(t, db, s)[0].Values).String()
	if want := `(d'1.00',"a  ",0.1,7,9007199254740992.0,other("date","infinity"))`; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	applied, err := w.Apply(context.Background(), []driver.Change{{Op: driver.Delete, Table: "t", Key: key(tuple.Int(1)), Base: given}})
	if err != nil || len(applied.Conflicts) > 0 {
		t.Errorf("%+v, %v", applied, err)
	}
}

// TestSettingsOfTheServerDoNotMatter: texts are the same whatever the user's
// settings are.
func TestSettingsOfTheServerDoNotMatter(t *testing.T) {
	u := newDatabase(t)
	runSQL(t, u, `CREATE TABLE t(id int PRIMARY KEY, a date[], i interval[], f float8[], b bytea[]);
		INSERT INTO t VALUES(1, '{2026-02-01}', '{1 day 02:03:04}', '{0.1}', '{"\\x01"}');
		DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET datestyle = ''German''', current_database());
			EXECUTE format('ALTER DATABASE %I SET intervalstyle = ''sql_standard''', current_database());
			EXECUTE format('ALTER DATABASE %I SET extra_float_digits = -5', current_database());
			EXECUTE format('ALTER DATABASE %I SET bytea_output = ''escape''', current_database()); END $$`)
	db := openAt(t, connectionTo(u))
	got := tuple.Tuple(all(t, db, described(t, db, "t"))[0].Values).String()
	want := `(other("date[]","{2026-02-01}"),other("interval[]","{\"1 day 02:03:04\"}"),other("double precision[]","{0.1}"),other("bytea[]","{\"\\\\x01\"}"))`
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}
