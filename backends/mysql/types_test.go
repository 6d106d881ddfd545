package mysql

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

func decimal(s string) tuple.Value {
	v, err := tuple.Decimal(s)
	if err != nil {
		panic(err)
	}
	return v
}

func at(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04:05.999999", s)
	if err != nil {
		panic(err)
	}
	return t
}

// everyType lists types, each with literals and what they read back as.
var everyType = []struct {
	typ    string
	sql    []string
	values []tuple.Value
}{
	{"tinyint", []string{"-128", "1"}, []tuple.Value{tuple.Int(-128), tuple.Int(1)}},
	{"boolean", []string{"true", "false", "7"}, []tuple.Value{tuple.Bool(true), tuple.Bool(false), tuple.Int(7)}},
	{"tinyint(1) unsigned", []string{"1"}, []tuple.Value{tuple.Int(1)}},
	{"smallint unsigned zerofill", []string{"42"}, []tuple.Value{tuple.Int(42)}},
	{"mediumint", []string{"-8388608"}, []tuple.Value{tuple.Int(-8388608)}},
	{"int unsigned", []string{"4294967295"}, []tuple.Value{tuple.Int(4294967295)}},
	{"bigint", []string{"-9223372036854775808"}, []tuple.Value{tuple.Int(-1 << 63)}},
	{"bigint unsigned", []string{"18446744073709551615", "9223372036854775807"}, []tuple.Value{tuple.Uint(1<<64 - 1), tuple.Int(1<<63 - 1)}},
	{"decimal(65,30)", []string{"-12345678901234567890123456789012345.123456789012345678901234567891"},
		[]tuple.Value{decimal("-12345678901234567890123456789012345.123456789012345678901234567891")}},
	{"decimal(10,2) unsigned", []string{"0.5"}, []tuple.Value{decimal("0.50")}},
	{"float", []string{"0.1", "16777217", "3.4e38"}, []tuple.Value{tuple.Float(0.1), tuple.Float(16777216), tuple.Float(3.4e38)}},
	{"double", []string{"0.1", "5e-324", "1.7976931348623157e308", "123456789.12345679"},
		[]tuple.Value{tuple.Float(0.1), tuple.Float(5e-324), tuple.Float(1.7976931348623157e308), tuple.Float(123456789.12345679)}},
	{"bit", []string{"b'1'"}, []tuple.Value{tuple.Other("bit", "1")}},
	{"bit(10)", []string{"b'101'", "0"}, []tuple.Value{tuple.Other("bit", "0000000101"), tuple.Other("bit", "0000000000")}},
	{"bit(64)", []string{"0x8000000000000001"}, []tuple.Value{tuple.Other("bit", "1"+strings.Repeat("0", 62)+"1")}},
	{"char(5)", []string{"'ab'", "''"}, []tuple.Value{tuple.Text("ab"), tuple.Text("")}},
	{"varchar(20)", []string{"'é🌲 '", `'it''s \\ "q"'`, "'a\\0b'"}, []tuple.Value{tuple.Text("é🌲 "), tuple.Text(`it's \ "q"`), tuple.Text("a\x00b")}},
	{"varchar(20) character set latin1", []string{"'é€'"}, []tuple.Value{tuple.Text("é€")}},
	{"varchar(20) character set utf16", []string{"'é🌲'"}, []tuple.Value{tuple.Text("é🌲")}},
	{"varchar(20) character set sjis", []string{"'表ソ'"}, []tuple.Value{tuple.Text("表ソ")}},
	{"tinytext", []string{"'x'"}, []tuple.Value{tuple.Text("x")}},
	{"mediumtext", []string{"repeat('é', 100000)"}, []tuple.Value{tuple.Text(strings.Repeat("é", 100000))}},
	{"binary(4)", []string{"'ab'", "0x00ff0102"}, []tuple.Value{tuple.BytesOf("ab\x00\x00"), tuple.BytesOf("\x00\xff\x01\x02")}},
	{"varbinary(20)", []string{"0x00ff", "''", "'a '"}, []tuple.Value{tuple.BytesOf("\x00\xff"), tuple.BytesOf(""), tuple.BytesOf("a ")}},
	{"longblob", []string{"repeat(0xff00, 100000)"}, []tuple.Value{tuple.BytesOf(strings.Repeat("\xff\x00", 100000))}},
	{"date", []string{"'2026-02-28'", "'0000-00-00'", "'2026-00-10'", "'9999-12-31'"},
		[]tuple.Value{tuple.DateOf(at("2026-02-28 00:00:00")), tuple.Other("date", "0000-00-00"), tuple.Other("date", "2026-00-10"), tuple.DateOf(at("9999-12-31 00:00:00"))}},
	{"time", []string{"'-838:59:59'", "'25:00:00'", "'-00:00:01'"},
		[]tuple.Value{tuple.Time(-(838*time.Hour + 59*time.Minute + 59*time.Second)), tuple.Time(25 * time.Hour), tuple.Time(-time.Second)}},
	{"time(6)", []string{"'-00:00:00.000001'", "'12:34:56.789'"},
		[]tuple.Value{tuple.Time(-time.Microsecond), tuple.Time(12*time.Hour + 34*time.Minute + 56789*time.Millisecond)}},
	{"datetime", []string{"'2026-02-28 23:59:59'", "'0000-00-00 00:00:00'", "'1000-01-01 00:00:00'"},
		[]tuple.Value{tuple.Timestamp(at("2026-02-28 23:59:59")), tuple.Other("datetime", "0000-00-00 00:00:00"), tuple.Timestamp(at("1000-01-01 00:00:00"))}},
	{"datetime(3)", []string{"'2026-02-28 23:59:59.007'"}, []tuple.Value{tuple.Timestamp(at("2026-02-28 23:59:59.007"))}},
	{"timestamp(6) null", []string{"'2026-02-28 23:59:59.999999'", "'0000-00-00 00:00:00'"},
		[]tuple.Value{tuple.Instant(at("2026-02-28 23:59:59.999999")), tuple.Other("timestamp", "0000-00-00 00:00:00.000000")}},
	{"year", []string{"2026", "0"}, []tuple.Value{tuple.Int(2026), tuple.Int(0)}},
	{"enum('a','it''s','x,y','1')", []string{"'a'", "'it''s'", "'x,y'", "'1'"}, []tuple.Value{tuple.Text("a"), tuple.Text("it's"), tuple.Text("x,y"), tuple.Text("1")}},
	{"set('a','b''','c')", []string{"'c,a'", "''", "'b'''"}, []tuple.Value{tuple.Text("a,c"), tuple.Text(""), tuple.Text("b'")}},
	{"json", []string{`'{"b": 1,  "a": "é"}'`, "'null'", "'[]'"}, []tuple.Value{tuple.JSON(`{"b": 1,  "a": "é"}`), tuple.JSON("null"), tuple.JSON("[]")}},
	{"uuid", []string{"'6ba7b810-9dad-11d1-80b4-00c04fd430c8'"}, []tuple.Value{tuple.UUID([16]byte{0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0, 0xc0, 0x4f, 0xd4, 0x30, 0xc8})}},
	{"inet6", []string{"'::1'"}, []tuple.Value{tuple.Other("inet6", "::1")}},
	{"inet4", []string{"'10.0.0.1'"}, []tuple.Value{tuple.Other("inet4", "10.0.0.1")}},
	{"point", []string{"st_geomfromtext('point(0.1 -2)', 4326)"}, []tuple.Value{tuple.Other("point", "SRID=4326;POINT(0.1 -2)")}},
	{"geometry", []string{"st_geomfromtext('polygon((0 0,4 0,4 4,0 0),(1 1,2 1,2 2,1 1))')", "st_geomfromtext('geometrycollection(point(1 2),linestring(0 0,1e-7 1))')",
		"st_geomfromtext('multipoint(1 2,3 4)')", "st_geomfromtext('multipolygon(((0 0,4 0,4 4,0 0)),((5 5,6 5,6 6,5 5)))')"},
		[]tuple.Value{tuple.Other("geometry", "POLYGON((0 0,4 0,4 4,0 0),(1 1,2 1,2 2,1 1))"), tuple.Other("geometry", "GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(0 0,1e-07 1))"),
			tuple.Other("geometry", "MULTIPOINT((1 2),(3 4))"), tuple.Other("geometry", "MULTIPOLYGON(((0 0,4 0,4 4,0 0)),((5 5,6 5,6 6,5 5)))")}},
}

// TestEveryType reads values of every type as they are, and writes what it read
// into another table, where the server must find the same.
func TestEveryType(t *testing.T) {
	for _, charset := range []string{"utf8mb4", "latin1"} {
		t.Run(charset, func(t *testing.T) {
			name := newDatabase(t)
			run(t, name, "ALTER DATABASE "+name+" CHARACTER SET "+charset)
			db := opened(t, connection(t, name)).(*writer)
			defer db.Close()
			for i, c := range everyType {
				typ := c.typ
				if charset == "latin1" && strings.HasPrefix(typ, "varchar(20)") && typ == "varchar(20)" || typ == "mediumtext" {
					typ += " character set utf8mb4"
				}
				checkType(t, db, name, fmt.Sprintf("t%d", i), typ, c.sql, c.values)
			}
		})
	}
}

func checkType(t *testing.T, db *writer, database, table, typ string, literals []string, values []tuple.Value) {
	t.Helper()
	ctx := context.Background()
	rows := "(0, NULL)"
	want := []tuple.Value{tuple.Null}
	for i, sql := range literals {
		rows += fmt.Sprintf(", (%d, %s)", i+1, sql)
		want = append(want, values[i])
	}
	run(t, database, "SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'", "CREATE TABLE "+table+" (id INT PRIMARY KEY, v "+typ+" DEFAULT NULL)",
		"INSERT INTO "+table+" VALUES "+rows, "CREATE TABLE copy_"+table+" LIKE "+table)
	s, err := db.Describe(ctx, table)
	if err != nil {
		t.Fatal(err)
	}
	page, err := db.Scan(ctx, s, driver.Query{Limit: 100})
	if err != nil {
		t.Fatalf("%s: %v", typ, err)
	}
	var changes []driver.Change
	for i, row := range page.Rows {
		if row.Values[0] != want[i] {
			t.Errorf("%s: row %d is %s %.200s, want %s %.200s", typ, i, row.Values[0].Kind(), row.Values[0], want[i].Kind(), want[i])
		}
		changes = append(changes, driver.Change{Op: driver.Insert, Table: "copy_" + table, Key: row.Key, Set: []driver.Assignment{{Value: row.Values[0]}}})
	}
	var keys []tuple.Tuple
	for _, row := range page.Rows {
		keys = append(keys, row.Key)
	}
	got, err := db.Get(ctx, s, keys)
	if err != nil {
		t.Fatalf("%s: %v", typ, err)
	}
	for i := range got {
		if got[i] == nil || got[i].Values[0] != page.Rows[i].Values[0] {
			t.Errorf("%s: get of row %d: %v", typ, i, got[i])
		}
	}
	if _, err := db.Apply(ctx, changes); err != nil {
		t.Errorf("%s: insert what was read: %v", typ, err)
		return
	}
	different := text(t, db, "SELECT count(*) FROM "+table+" a JOIN copy_"+table+" b USING (id) WHERE NOT (a.v <=> b.v AND HEX(a.v) <=> HEX(b.v))")
	if n := text(t, db, "SELECT count(*) FROM copy_"+table); different != "0" || n != fmt.Sprint(len(want)) {
		t.Errorf("%s: of %d rows, %s were copied, %s of them wrong", typ, len(want), n, different)
	}
}

// text returns the only value of a query.
func text(t testing.TB, db *writer, query string) (value string) {
	t.Helper()
	if err := db.pool.db.QueryRow(query).Scan(&value); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return value
}

// TestRefusedValues: what the server would change without a word, or with
// nothing but a warning, is refused, and nothing is written.
func TestRefusedValues(t *testing.T) {
	name := newDatabase(t)
	db := opened(t, connection(t, name)).(*writer)
	defer db.Close()
	ctx := context.Background()
	for i, c := range []struct {
		typ   string
		value tuple.Value
		kind  driver.Kind
	}{
		{"tinyint", tuple.Int(128), driver.BadValue},
		{"int", decimal("1.5"), driver.BadValue},
		{"int", tuple.Text("5"), driver.BadValue},
		{"bigint unsigned", tuple.Int(-1), driver.BadValue},
		{"decimal(5,2)", decimal("1.005"), driver.BadValue},
		{"decimal(5,2)", decimal("1000"), driver.BadValue},
		{"float", tuple.Float(0.123456789), driver.BadValue},
		{"double", decimal("0.1000000000000000055"), driver.BadValue},
		{"char(5)", tuple.Text("ab "), driver.BadValue},
		{"varchar(3)", tuple.Text("abcd"), driver.TooLarge},
		{"varchar(3) character set latin1", tuple.Text("☃"), driver.BadValue},
		{"text", tuple.Text("\xff"), driver.BadValue},
		{"text", tuple.BytesOf("a"), driver.BadValue},
		{"binary(4)", tuple.BytesOf("abc"), driver.BadValue},
		{"varbinary(4)", tuple.BytesOf("abcde"), driver.TooLarge},
		{"date", tuple.Timestamp(at("2026-02-28 00:00:01")), driver.BadValue},
		{"date", tuple.Date(4_000_000), driver.BadValue},
		{"time", tuple.Time(time.Millisecond), driver.BadValue},
		{"time", tuple.Time(839 * time.Hour), driver.BadValue},
		{"datetime(3)", tuple.Timestamp(at("2026-02-28 00:00:01.0001")), driver.BadValue},
		{"timestamp null", tuple.Instant(at("1960-01-01 00:00:00")), driver.BadValue},
		{"year", tuple.Int(99999), driver.BadValue},
		{"enum('a','b')", tuple.Text("2"), driver.BadValue},
		{"enum('a','b')", tuple.Text("A"), driver.BadValue},
		{"enum('a','b')", tuple.Int(1), driver.BadValue},
		{"set('a','b')", tuple.Text("a,c"), driver.BadValue},
		{"set('a','b')", tuple.Text("3"), driver.BadValue},
		{"bit(3)", tuple.Other("bit", "1000"), driver.TooLarge},
		{"bit(3)", tuple.Other("bit", "2"), driver.BadValue},
		{"json", tuple.JSON("{"), driver.Constraint},
		{"uuid", tuple.Text("x"), driver.BadValue},
		{"inet4", tuple.Other("inet4", "10.0.0.256"), driver.BadValue},
		{"point", tuple.Other("point", "POINT(1)"), driver.BadValue},
		{"point", tuple.Other("point", "LINESTRING(0 0,1 1)"), driver.BadValue},
		{"int not null", tuple.Null, driver.Constraint},
	} {
		table := fmt.Sprintf("t%d", i)
		run(t, name, "CREATE TABLE "+table+" (id INT PRIMARY KEY, v "+c.typ+")")
		_, err := db.Apply(ctx, []driver.Change{{Op: driver.Insert, Table: table, Key: tuple.Of(tuple.Int(1)), Set: []driver.Assignment{{Value: c.value}}}})
		if err == nil || db.Classify(err) != c.kind {
			t.Errorf("%s: %s: %v (%v), want %v", c.typ, c.value, err, db.Classify(err), c.kind)
		}
		if n := text(t, db, "SELECT count(*) FROM "+table); n != "0" {
			t.Errorf("%s: %s was written", c.typ, c.value)
		}
	}
}

// TestTypeNames: types are taken apart as the catalog spells them.
func TestTypeNames(t *testing.T) {
	for _, c := range []struct {
		spelled string
		want    columnType
	}{
		{"int(11)", columnType{class: classInt, base: "int", args: "11"}},
		{"bigint unsigned", columnType{class: classInt, base: "bigint", unsigned: true}},
		{"bigint(20) unsigned zerofill", columnType{class: classInt, base: "bigint", args: "20", unsigned: true}},
		{"tinyint(1)", columnType{class: classBool, base: "tinyint", args: "1"}},
		{"decimal(10,2) unsigned", columnType{class: classDecimal, base: "decimal", args: "10,2", unsigned: true}},
		{"enum('a)','unsigned')", columnType{class: classEnum, base: "enum", args: "'a)','unsigned'"}},
		{"vector(3)", columnType{base: "vector", args: "3"}},
		{"datetime", columnType{class: classDatetime, base: "datetime"}},
	} {
		if got := parseType(c.spelled); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.spelled, got, c.want)
		}
	}
	got := parseType("enum('a','it''s',',','''','')").members()
	if want := []string{"a", "it's", ",", "'", ""}; !slices.Equal(got, want) {
		t.Errorf("members: %q, want %q", got, want)
	}
}
