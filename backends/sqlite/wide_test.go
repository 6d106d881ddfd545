//go:build cgo

package sqlite

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// columns returns the declarations of n columns.
func columnList(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf("column_%d TEXT", i))
	}
	return strings.Join(list, ", ")
}

// TestWidestTables reads and writes as many columns as a table can have.
func TestWidestTables(t *testing.T) {
	for what, create := range map[string]string{
		"rowid":     "id INTEGER PRIMARY KEY, " + columnList(maxColumns-1),
		"composite": "id INT, x TEXT DEFAULT 'x', " + columnList(maxColumns-2) + ", PRIMARY KEY(id,x)",
		"half":      "id INTEGER PRIMARY KEY, " + columnList(maxColumns/2-1),
	} {
		t.Run(what, func(t *testing.T) {
			db := made(t, "CREATE TABLE t("+create+"); INSERT INTO t(id,column_0,column_900) VALUES(1,'first','"+strings.Repeat("é", 100)+"'),(2,'b','c');")
			s := described(t, db, "t")
			rows := scanned(t, db, s, driver.Query{MaxValue: 9}).Rows
			if rows[0].Values[900] != tuple.Text("éééé") || len(rows[0].Cut) != 1 || rows[0].Cut[0].Size != 200 {
				t.Errorf("%v, cut %v", rows[0].Values[900], rows[0].Cut)
			}
			whole, err := db.Get(context.Background(), s, []tuple.Tuple{rows[1].Key, rows[0].Key, rows[1].Key})
			if err != nil || len(whole) != 3 || !whole[1].Key.Equal(rows[0].Key) || whole[2].Values[900] != tuple.Text("c") {
				t.Fatalf("Get: %v", err)
			}
			last := len(s.Columns) - 1
			applied(t, db, driver.Change{Op: driver.Update, Table: "t", Key: rows[0].Key, Base: whole[1].Values, Set: set(last, tuple.Text("z"))})
			key := append(tuple.Of(tuple.Int(3)), rows[0].Key[1:]...)
			applied(t, db, driver.Change{Op: driver.Insert, Table: "t", Key: key, Set: setAll(s, whole[1].Values)})
			if n, err := db.Count(context.Background(), s, tuple.Range{}); n != 3 || err != nil {
				t.Errorf("%d rows, %v", n, err)
			}
		})
	}
}

// TestWidestTableWithoutKey: there is no room for its row number in a result.
func TestWidestTableWithoutKey(t *testing.T) {
	db := made(t, "CREATE TABLE t("+columnList(maxColumns)+"); INSERT INTO t(column_0) VALUES('a'),('b');")
	s := described(t, db, "t")
	if s.Identity != driver.Position || !strings.Contains(s.ReadOnly, "so many columns") {
		t.Errorf("identity %d, %q", s.Identity, s.ReadOnly)
	}
	if p := scanned(t, db, s, driver.Query{MaxValue: 10}); len(p.Rows) != 2 {
		t.Errorf("%d rows", len(p.Rows))
	}
}

// TestCutBetweenCharacters: what SQLite cuts is what [driver.Row.CutTo] cuts.
func TestCutBetweenCharacters(t *testing.T) {
	db := made(t, `CREATE TABLE t(id INTEGER PRIMARY KEY, v, w); INSERT INTO t(v,w) VALUES('ééééé',x'0001020304050607'),('日本語日本語',123456789),(CAST(x'ff80808080808080' AS TEXT),1.23456789),
		('a'||char(0)||'ééééééé',NULL),('🌲🌲','abcd'),('',''),('abc',zeroblob(3));`)
	s := described(t, db, "t")
	var keys []tuple.Tuple
	for n := range int64(7) {
		keys = append(keys, id(n+1))
	}
	whole, err := db.Get(context.Background(), s, keys)
	if err != nil {
		t.Fatal(err)
	}
	for _, most := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 100, math.MaxInt} {
		for i, got := range scanned(t, db, s, driver.Query{MaxValue: most}).Rows {
			want := *whole[i]
			want.CutTo(most)
			if !slices.Equal(got.Values, want.Values) || !reflect.DeepEqual(got.Cut, want.Cut) {
				t.Errorf("to %d: %v, cut %v, want %v, %v", most, got.Values, got.Cut, want.Values, want.Cut)
			}
		}
	}
}

// TestRowNumbersAtTheEnds of what they can be.
func TestRowNumbersAtTheEnds(t *testing.T) {
	for _, create := range []string{"id INTEGER PRIMARY KEY AUTOINCREMENT, v", "v"} {
		db := made(t, "CREATE TABLE t("+create+"); INSERT INTO t(rowid,v) VALUES(9223372036854775807,1),(-9223372036854775808,2),(-1,3),(0,4);")
		s := described(t, db, "t")
		want := []string{"(-9223372036854775808)", "(-1)", "(0)", "(9223372036854775807)"}
		for i := range want {
			first, last := id([]int64{math.MinInt64, -1, 0, math.MaxInt64}[i]), i+1
			if got := keysOf(scanned(t, db, s, driver.Query{Range: tuple.Range{}.After(first)}).Rows); !slices.Equal(got, want[last:]) {
				t.Errorf("%s: after %s: %v", create, first, got)
			}
			got := keysOf(scanned(t, db, s, driver.Query{Range: tuple.Range{}.Before(first), Reverse: true}).Rows)
			if slices.Reverse(got); !slices.Equal(got, want[:i]) {
				t.Errorf("%s: before %s: %v", create, first, got)
			}
		}
		applied(t, db, driver.Change{Op: driver.Update, Table: "t", Key: id(math.MinInt64), NewKey: id(math.MinInt64 + 1)},
			driver.Change{Op: driver.Delete, Table: "t", Key: id(math.MaxInt64)})
		if got := shell(t, db.info.Location, "SELECT group_concat(rowid) FROM (SELECT rowid FROM t ORDER BY rowid)"); got != "-9223372036854775807,-1,0" {
			t.Errorf("%s: %s", create, got)
		}
	}
}
