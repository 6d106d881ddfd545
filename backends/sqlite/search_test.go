//go:build cgo

package sqlite

import (
	"strings"
	"testing"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// TestSortedPagesSearchAnIndex: where a column has an index, a page of rows that
// are sorted by it reads no others, wherever it begins.
func TestSortedPagesSearchAnIndex(t *testing.T) {
	db := made(t, `CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT COLLATE NOCASE, w INT NOT NULL); CREATE INDEX by_v ON t(v); CREATE INDEX by_w ON t(w);
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<1000) INSERT INTO t SELECT i, nullif('v'||(i%50), 'v0'), i%70 FROM n; ANALYZE;`)
	s, err := db.Describe(t.Context(), "t")
	if err != nil {
		t.Fatal(err)
	}
	places := []*driver.Place{nil, {Value: tuple.Text("v7"), Key: tuple.Of(tuple.Int(500))}, {Value: tuple.Null, Key: tuple.Of(tuple.Int(500))}}
	for column, values := range map[int][]*driver.Place{1: places, 2: {nil, {Value: tuple.Int(5), Key: tuple.Of(tuple.Int(500))}}} {
		for _, from := range values {
			for _, reverse := range []bool{false, true} {
				queries, args, err := sqlrows.SortedStatements(db.d, s, driver.Query{Limit: 50, Reverse: reverse}, column, from)
				if err != nil {
					t.Fatal(err)
				}
				for i, query := range queries {
					if plan := planOf(t, db, query, args[i]); strings.Contains(plan, "TEMP B-TREE") || !strings.Contains(plan, "by_") {
						t.Errorf("column %d from %+v, reverse %t: %s\n%s", column, from, reverse, plan, query)
					}
				}
			}
		}
	}
}

func planOf(t *testing.T, db *writer, query string, args []any) string {
	t.Helper()
	rows, err := db.pool.Query("EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, query)
	}
	defer rows.Close()
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, detail)
	}
	return strings.Join(plan, "; ")
}

// TestConditionsSearchAnIndex: what is looked for by a column with an index is
// found without reading the table.
func TestConditionsSearchAnIndex(t *testing.T) {
	db := made(t, `CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT, w INT); CREATE INDEX by_v ON t(v); CREATE INDEX by_w ON t(w);`)
	s, err := db.Describe(t.Context(), "t")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []driver.Condition{
		{Column: 1, Op: driver.Equal, Value: tuple.Text("x")},
		{Column: 2, Op: driver.Equal, Value: tuple.Int(5)},
		{Column: 2, Op: driver.IsNull},
	} {
		query, args, err := sqlrows.ScanStatement(db.d, s, driver.Query{Limit: 10, Where: []driver.Condition{c}})
		if err != nil {
			t.Fatal(err)
		}
		if plan := planOf(t, db, query, args); !strings.Contains(plan, "SEARCH") {
			t.Errorf("%+v: %s\n%s", c, plan, query)
		}
	}
}
