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

// typedTables makes a table of each type, with its values and NULL.
func typedTables(t *testing.T) driver.DB {
	t.Helper()
	var script strings.Builder
	script.WriteString(typesSetup)
	for i, c := range typed {
		fmt.Fprintf(&script, "CREATE TABLE t%d(id int PRIMARY KEY, v %s); INSERT INTO t%[1]d VALUES(-1, NULL);\n", i, c.typ)
		for j, text := range c.values {
			fmt.Fprintf(&script, "INSERT INTO t%d VALUES(%d, '%s');\n", i, j, strings.ReplaceAll(text, "'", "''"))
		}
	}
	db, _ := made(t, script.String())
	return db
}

// TestNoRowIsLostToACondition: of any type, compared with its own values and with
// others.
func TestNoRowIsLostToACondition(t *testing.T) {
	db := typedTables(t)
	strange := []tuple.Value{tuple.Int(0), tuple.Int(40000), tuple.Float(0.1), mustParse(t, tuple.KindDecimal, "1.5"), tuple.Text("a"), tuple.Text("a\x00"), tuple.Bool(true),
		tuple.Date(0), mustParse(t, tuple.KindTimestamp, "2026-01-01T00:00:00Z"), mustParse(t, tuple.KindTimestamp, "2026-01-01T00:00:00")}
	for i := range typed {
		s := described(t, db, fmt.Sprint("t", i))
		rows := all(t, db, s)
		values := slices.Clone(strange)
		for _, r := range rows {
			values = append(values, r.Values[0])
		}
		for _, v := range values {
			for op := driver.Equal; op <= driver.AtLeast; op++ {
				checkCondition(t, db, s, rows, driver.Condition{Column: 1, Op: op, Value: v})
			}
			word := strings.ToLower(v.Plain())
			for _, part := range []string{word, word[:len(word)/2], word[len(word)/2:]} {
				checkCondition(t, db, s, rows, driver.Condition{Column: 1, Op: driver.Contains, Value: tuple.Text(part)})
				checkCondition(t, db, s, rows, driver.Condition{Column: driver.AnyColumn, Op: driver.Contains, Value: tuple.Text(part)})
				checkCondition(t, db, s, rows, driver.Condition{Column: 1, Op: driver.Lacks, Value: tuple.Text(part)})
			}
		}
		checkCondition(t, db, s, rows, driver.Condition{Column: 1, Op: driver.IsNull})
		checkCondition(t, db, s, rows, driver.Condition{Column: 1, Op: driver.NotNull})
	}
}

func checkCondition(t *testing.T, db driver.DB, s *driver.Schema, rows []driver.Row, cond driver.Condition) {
	t.Helper()
	page, err := db.Scan(context.Background(), s, driver.Query{Limit: 100, Where: []driver.Condition{cond}})
	if err != nil {
		t.Errorf("%s %+v: %v", s.Columns[0].Type, cond, err)
		return
	}
	for _, r := range rows {
		if cond.Holds(s, &r) && !slices.ContainsFunc(page.Rows, func(got driver.Row) bool { return got.Key.Equal(r.Key) }) {
			t.Errorf("%s %+v: %v is left out", s.Columns[0].Type, cond, r.Values)
		}
	}
}

// TestLettersThatFoldIntoASCII: the server's lower() may not know them.
func TestLettersThatFoldIntoASCII(t *testing.T) {
	db, _ := made(t, "CREATE TABLE t(id int PRIMARY KEY, v text); INSERT INTO t VALUES(1, '20 \u212a'),(2, '\u0130stanbul'),(3, 'STRASSE'),(4, 'x')")
	s := described(t, db, "t")
	for word, want := range map[string]int{"k": 1, "istanbul": 1, "strasse": 1, "20 k": 1, "é": 0, "x": 1} {
		cond := driver.Condition{Column: 1, Op: driver.Contains, Value: tuple.Text(word)}
		page, err := db.Scan(context.Background(), s, driver.Query{Limit: 10, Where: []driver.Condition{cond}})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, r := range page.Rows {
			if cond.Holds(s, &r) {
				n++
			}
		}
		if n != want {
			t.Errorf("%q is found in %d rows", word, n)
		}
		if word != "é" && len(page.Rows) != want {
			t.Errorf("%q: the server returned %d rows", word, len(page.Rows))
		}
	}
}

// TestEveryTypeIsSortedOrNot: each row once, in both directions, or not at all.
func TestEveryTypeIsSortedOrNot(t *testing.T) {
	db := typedTables(t)
	sorted := 0
	for i, c := range typed {
		s := described(t, db, fmt.Sprint("t", i))
		if !db.(driver.Sorter).Sorts(s, 1) {
			if s.Columns[0].Kind != tuple.KindOther && c.typ != "json" {
				t.Errorf("%s is not sorted", c.typ)
			}
			continue
		}
		sorted++
		up := sortedKeys(t, db, s, false)
		down := sortedKeys(t, db, s, true)
		slices.Reverse(down)
		if len(up) != len(c.values)+1 || !slices.Equal(up, down) || up[0] != -1 {
			t.Errorf("%s: %v up and %v down, of %d values", c.typ, up, down, len(c.values))
		}
	}
	if sorted < 35 {
		t.Errorf("only %d types are sorted", sorted)
	}
}

// sortedKeys reads a table by its column, two rows at a time.
func sortedKeys(t *testing.T, db driver.DB, s *driver.Schema, reverse bool) []int64 {
	t.Helper()
	var keys []int64
	var from *driver.Place
	for {
		page, err := db.(driver.Sorter).ScanSorted(context.Background(), s, driver.Query{Limit: 2, Reverse: reverse}, 1, from)
		if err != nil {
			t.Fatalf("%s: %v", s.Columns[0].Type, err)
		}
		for _, r := range page.Rows {
			keys = append(keys, r.Key[0].AsInt())
			from = &driver.Place{Value: r.Values[0], Key: r.Key}
		}
		if !page.More || len(keys) > 100 {
			return keys
		}
	}
}
