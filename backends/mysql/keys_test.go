package mysql

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// TestKeyTypes walks over tables whose keys are of every type that can be one,
// finds and changes each row by its key, and pages by another column.
func TestKeyTypes(t *testing.T) {
	name := newDatabase(t)
	db := opened(t, connection(t, name)).(*writer)
	defer db.Close()
	ctx := context.Background()
	for i, c := range []struct {
		typ    string
		values []string
	}{
		{"tinyint(1)", []string{"1", "0", "5", "-3"}},
		{"bigint unsigned", []string{"0", "18446744073709551615", "9223372036854775807"}},
		{"float", []string{"0.1", "-0.1", "1e30", "16777216", "0.3333333"}},
		{"double", []string{"0.1", "-1e300", "5e-324"}},
		{"decimal(40,20)", []string{"1.5", "-12345678901234567890.12345678901234567890", "12345678901234567890.12345678901234567891", "12345678901234567890.12345678901234567892"}},
		{"bit(9)", []string{"b'1'", "b'100000000'", "0"}},
		{"char(6)", []string{"'b'", "'A'", "''"}},
		{"varchar(8) character set sjis", []string{"'表'", "'ソ'", "'a'"}},
		{"binary(3)", []string{"'a'", "0xff00ff"}},
		{"enum('z','a','m')", []string{"'m'", "'z'", "'a'"}},
		{"set('z','a','m')", []string{"'m,z'", "''", "'a'"}},
		{"date", []string{"'2026-01-02'", "'0000-00-00'", "'1999-12-31'"}},
		{"time(3)", []string{"'-01:00:00.5'", "'100:00:00'", "'00:00:00'"}},
		{"datetime(6)", []string{"'2026-01-02 03:04:05.000001'", "'2026-01-02 03:04:05'", "'0000-00-00 00:00:00'"}},
		{"timestamp(6)", []string{"'2026-01-02 03:04:05.000001'", "'2026-01-02 03:04:05'"}},
		{"year", []string{"2000", "1999", "0"}},
		{"uuid", []string{"'ff000000-0000-1000-8000-000000000000'", "'00112233-4455-6677-8899-aabbccddeeff'", "'10000000-0000-4000-8000-000000000000'"}},
		{"inet6", []string{"'::1'", "'fe80::1'", "'::'"}},
	} {
		table := fmt.Sprintf("t%d", i)
		insert := "INSERT INTO " + table + " VALUES "
		for n, v := range c.values {
			if n > 0 {
				insert += ", "
			}
			insert += fmt.Sprintf("(%s, 1, %d), (%[1]s, 2, %[2]d)", v, n)
		}
		run(t, name, "SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'", "CREATE TABLE "+table+" (k "+c.typ+" NOT NULL, n INT, v INT, PRIMARY KEY (k, n))", insert)
		s := describe(t, db, table)
		want := sortedBy(t, db, "SELECT v * 10 + n FROM "+name+"."+table+" ORDER BY k, n")
		for _, reverse := range []bool{false, true} {
			got := numbered(keyWalk(t, db, s, reverse))
			if reverse {
				slices.Reverse(got)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s, reverse %t: %v, want %v", c.typ, reverse, got, want)
			}
		}
		if got, want := numbered(sortedWalk(t, db, s, 1)), sortedBy(t, db, "SELECT v * 10 + n FROM "+name+"."+table+" ORDER BY n, k"); !slices.Equal(got, want) {
			t.Errorf("%s, by n: %v, want %v", c.typ, got, want)
		}
		checkSorted(t, db, name, table, c.typ)
		for _, row := range keyWalk(t, db, s, false) {
			rows, err := db.Get(ctx, s, []tuple.Tuple{row.Key})
			if err != nil || rows[0] == nil || !rows[0].Key.Equal(row.Key) {
				t.Errorf("%s: get of %v: %v, %v", c.typ, row.Key, rows, err)
			}
			change := driver.Change{Op: driver.Update, Table: table, Key: row.Key, Base: row.Values, Set: []driver.Assignment{{Value: tuple.Int(-1)}}}
			if applied, err := db.Apply(ctx, []driver.Change{change}); err != nil || len(applied.Conflicts) > 0 {
				t.Errorf("%s: update of %v: %+v, %v", c.typ, row.Key, applied, err)
			}
		}
		if n := text(t, db, "SELECT count(*) FROM "+table+" WHERE v <> -1"); n != "0" {
			t.Errorf("%s: %s rows were not changed", c.typ, n)
		}
	}
}

// checkSorted pages in the order of the first column of a table's key, in a table
// that has another key, and NULL in that column.
func checkSorted(t *testing.T, db *writer, database, table, typ string) {
	t.Helper()
	other := database + ".by_" + table
	run(t, database, "SET sql_mode = ''", "CREATE TABLE "+other+" (id INT, n INT, v INT AS (id * 0) STORED, k "+typ+" NULL, PRIMARY KEY (id, n))",
		"INSERT INTO "+other+" (id, n, k) SELECT ROW_NUMBER() OVER (ORDER BY n, v), ROW_NUMBER() OVER (ORDER BY n, v) * 3 % 10, k FROM "+table, "INSERT INTO "+other+" (id, n) VALUES (100, 9), (0, 7)")
	s := describe(t, db, other)
	if !db.Sorts(s, 3) {
		if typ != "inet6" {
			t.Errorf("%s is not sorted", typ)
		}
		return
	}
	want := sortedBy(t, db, "SELECT n FROM "+other+" ORDER BY k, id, n")
	if got := numbered(sortedWalk(t, db, s, 3)); !slices.Equal(got, want) {
		t.Errorf("sorted by %s: %v, want %v", typ, got, want)
	}
}

func keyWalk(t *testing.T, db *writer, s *driver.Schema, reverse bool) []driver.Row {
	t.Helper()
	var rows []driver.Row
	q := driver.Query{Limit: 1, Reverse: reverse}
	for {
		page, err := db.Scan(context.Background(), s, q)
		if err != nil {
			t.Fatalf("%s: %+v: %v", s.Key[0].Type, q.Range, err)
		}
		rows = append(rows, page.Rows...)
		if !page.More || len(rows) > 100 {
			return rows
		}
		last := rows[len(rows)-1].Key
		if q.Range = (tuple.Range{}).After(last); reverse {
			q.Range = (tuple.Range{}).Before(last)
		}
	}
}

func sortedWalk(t *testing.T, db *writer, s *driver.Schema, column int) []driver.Row {
	t.Helper()
	var rows []driver.Row
	var from *driver.Place
	for {
		page, err := db.ScanSorted(context.Background(), s, driver.Query{Limit: 1}, column, from)
		if err != nil {
			t.Fatalf("%s: %+v: %v", s.Key[0].Type, from, err)
		}
		rows = append(rows, page.Rows...)
		if !page.More || len(rows) > 100 {
			return rows
		}
		last := rows[len(rows)-1]
		from = &driver.Place{Value: s.ValueAt(&last, column), Key: last.Key}
	}
}

// numbered returns the number of each row, made of its column and of the last
// element of its key.
func numbered(rows []driver.Row) []int64 {
	numbers := []int64{}
	for _, r := range rows {
		numbers = append(numbers, 10*r.Values[0].AsInt()+r.Key[1].AsInt())
	}
	return numbers
}
