//go:build cgo

package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"pgregory.net/rapid"
)

// order is SQLite's order of values, written down a second time: numbers, then
// text by its collation, then blobs.
type order struct{ collation string }

func class(v tuple.Value) int {
	switch v.Kind() {
	case tuple.KindNull:
		return 0
	case tuple.KindInt, tuple.KindFloat:
		return 1
	case tuple.KindText:
		return 2
	}
	return 3
}

func (o order) fold(s string) string {
	switch o.collation {
	case collateNoCase:
		return lowerASCII(s)
	case collateRTrim:
		return strings.TrimRight(s, " ")
	}
	return s
}

func (o order) compare(a, b tuple.Value) int {
	if c := cmp.Compare(class(a), class(b)); c != 0 {
		return c
	}
	switch class(a) {
	case 0:
		return 0
	case 1:
		return cmp.Compare(number(a), number(b)) // the numbers drawn are small
	case 2:
		return strings.Compare(o.fold(a.AsText()), o.fold(b.AsText()))
	}
	return strings.Compare(a.AsText(), b.AsText())
}

func number(v tuple.Value) float64 {
	if v.Kind() == tuple.KindInt {
		return float64(v.AsInt())
	}
	return v.AsFloat()
}

// beginsWith is what a bound with Part speaks of.
func (o order) beginsWith(v, p tuple.Value) bool {
	if class(v) != class(p) {
		return false
	}
	if class(p) == 2 {
		return strings.HasPrefix(o.fold(v.AsText()), o.fold(p.AsText()))
	}
	return strings.HasPrefix(v.AsText(), p.AsText())
}

// place tells whether k sorts before, within or after what b speaks of.
func place(orders []order, b tuple.Bound, k tuple.Tuple) int {
	for i, v := range b.Key {
		part := b.Part && i == len(b.Key)-1 && class(v) >= 2
		if part && orders[i].beginsWith(k[i], v) {
			return 0
		}
		if c := orders[i].compare(k[i], v); c != 0 {
			return c
		}
	}
	return 0
}

func contains(orders []order, r tuple.Range, k tuple.Tuple) bool {
	if !r.Lower.Open() {
		if c := place(orders, r.Lower, k); c < 0 || c == 0 && r.Lower.Exclusive {
			return false
		}
	}
	if !r.Upper.Open() {
		if c := place(orders, r.Upper, k); c > 0 || c == 0 && r.Upper.Exclusive {
			return false
		}
	}
	return true
}

var (
	boundTexts = []string{"", "a", "A", "ab", "AB", "aB", "ab ", "ab  ", "ab!", "ab\x1f", "ab\x01", "a@", "a[", "a`", "Z", "z", "zz", "1", "10", "2", " 1", "1x", "-", "é", "éa",
		"\xff", "\xff\xff", "\xffa", "a\xff", "a\xfe", "a\ufffd", "日本"}
	boundBlobs = []string{"", "a", "ab", "1", "\x00", "\xff", "\xff\xff", "\xff\x00"}
)

func drawElement(t *rapid.T) tuple.Value {
	switch rapid.IntRange(0, 9).Draw(t, "class") {
	case 0:
		return tuple.Null
	case 1, 2:
		return tuple.Int(rapid.Int64Range(-2, 12).Draw(t, "int"))
	case 3:
		return tuple.Float(rapid.SampledFrom([]float64{-1.5, 0.5, 1, 1.5, 10}).Draw(t, "float"))
	case 4:
		return tuple.BytesOf(rapid.SampledFrom(boundBlobs).Draw(t, "blob"))
	}
	return tuple.Text(rapid.SampledFrom(boundTexts).Draw(t, "text"))
}

func drawBound(t *rapid.T) tuple.Bound {
	n := rapid.IntRange(0, 2).Draw(t, "elements")
	var b tuple.Bound
	for range n {
		b.Key = append(b.Key, drawElement(t))
	}
	b.Exclusive = rapid.Bool().Draw(t, "exclusive")
	b.Part = n > 0 && rapid.Bool().Draw(t, "part")
	return b
}

func firstDifference(a, b []string) [2][]string {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	return [2][]string{a[i:min(i+1, len(a))], b[i:min(i+1, len(b))]}
}

// TestRanges compares ranges of keys of every affinity and collation with what
// the order of SQLite says.
func TestRanges(t *testing.T) {
	for _, typ := range []string{"", "TEXT", "INTEGER", "REAL", "NUMERIC", "BLOB"} {
		for _, collation := range []string{collateBinary, collateNoCase, collateRTrim} {
			for _, form := range []string{
				"CREATE TABLE t(a %[1]s COLLATE %[2]s, b %[1]s COLLATE %[2]s, PRIMARY KEY(a,b)) WITHOUT ROWID",
				"CREATE TABLE t(a %[1]s, b %[1]s COLLATE %[2]s, PRIMARY KEY(a COLLATE %[2]s, b)) WITHOUT ROWID",
				"CREATE TABLE t(a %[1]s COLLATE %[2]s NOT NULL, b %[1]s COLLATE %[2]s NOT NULL, PRIMARY KEY(a DESC,b))",
			} {
				create := fmt.Sprintf(form, typ, collation)
				t.Run(create, func(t *testing.T) { testRanges(t, create, order{collation}) })
			}
		}
	}
}

// withoutRowValues is the form of comparisons that other databases need.
type withoutRowValues struct{ dialect }

func (withoutRowValues) RowValues([]driver.Column) bool { return false }

func testRanges(t *testing.T, create string, o order) {
	db := made(t, create)
	fill := `INSERT OR IGNORE INTO t VALUES(?,?)`
	var elements []any
	for _, s := range boundTexts {
		elements = append(elements, s)
	}
	for _, s := range boundBlobs {
		elements = append(elements, []byte(s))
	}
	elements = append(elements, -1, 0, 1, 2, 10, 0.5, 1.5)
	tx, err := db.one.Begin()
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range elements {
		for _, b := range []any{elements[(7*i+3)%len(elements)], elements[(11*i+5)%len(elements)], "a", 1, []byte{}} {
			if _, err := tx.Exec(fill, a, b); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	s := described(t, db, "t")
	all := scanned(t, db, s, driver.Query{}).Rows
	orders := []order{o, o}
	if !slices.IsSortedFunc(all, func(a, b driver.Row) int {
		return cmp.Or(orders[0].compare(a.Key[0], b.Key[0]), orders[1].compare(a.Key[1], b.Key[1]))
	}) {
		t.Fatalf("keys are not in order: %v", keysOf(all))
	}
	rapid.Check(t, func(t *rapid.T) {
		q := driver.Query{Limit: 1000, KeysOnly: true, Reverse: rapid.Bool().Draw(t, "reverse")}
		q.Range = tuple.Range{Lower: drawBound(t), Upper: drawBound(t)}
		if rapid.Bool().Draw(t, "prefix") {
			q.Range.Upper = q.Range.Lower
		}
		var want []driver.Row
		for _, row := range all {
			if contains(orders, q.Range, row.Key) {
				want = append(want, row)
			}
		}
		if q.Reverse {
			slices.Reverse(want)
		}
		var r driver.Reader = db
		if rapid.Bool().Draw(t, "without row values") {
			r = sqlrows.NewReader(withoutRowValues{db.d}, sqlrows.Std(db.pool))
		}
		p, err := r.Scan(context.Background(), s, q)
		if err != nil {
			t.Fatal(err)
		}
		if got := keysOf(p.Rows); !slices.Equal(got, keysOf(want)) {
			t.Fatalf("%+v: %d keys, want %d; the first difference is at %v", q.Range, len(got), len(want), firstDifference(got, keysOf(want)))
		}
		n, err := db.Count(context.Background(), s, q.Range)
		if err != nil || n != int64(len(want)) {
			t.Fatalf("Count(%+v) = %d, %v, want %d", q.Range, n, err, len(want))
		}
	})
}

// TestNumbersThatSQLiteLacks: they are bounds, between the numbers next to them,
// but keys of no row.
func TestNumbersThatSQLiteLacks(t *testing.T) {
	db := made(t, "CREATE TABLE t(k NUMERIC PRIMARY KEY NOT NULL); INSERT INTO t VALUES(-1),(0.5),(9223372036854775807),(1e30),('a');")
	s := described(t, db, "t")
	decimal := func(text string) tuple.Value {
		v, err := tuple.Decimal(text)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		v     tuple.Value
		above int
	}{
		{tuple.Uint(1 << 63), 2},
		{decimal("0.500000000000000000000000001"), 4},
		{decimal("123456789012345678901234567890"), 2},
		{decimal("1e400"), 1},
		{decimal("NaN"), 1},
		{tuple.Float(math.NaN()), 1},
	} {
		k := tuple.Of(c.v)
		if p := scanned(t, db, s, driver.Query{Range: tuple.Range{Lower: tuple.Bound{Key: k}}}); len(p.Rows) != c.above {
			t.Errorf("from %s on: %v", c.v, keysOf(p.Rows))
		}
		if rows, err := db.Get(context.Background(), s, []tuple.Tuple{k}); err != nil || rows[0] != nil {
			t.Errorf("Get(%s): %v, %v", c.v, rows[0], err)
		}
	}
}
