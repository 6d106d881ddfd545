//go:build cgo

package sqlite

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"pgregory.net/rapid"
)

// declared are types of every affinity, as people write them.
var declared = []string{
	"INTEGER", "BIGINT UNSIGNED", "TEXT", "VARCHAR(10)", "REAL", "DOUBLE PRECISION", "FLOATING POINT", "NUMERIC", "DECIMAL(10,2)",
	"BOOLEAN", "DATE", "DATETIME", "TIMESTAMP", "JSON", "UUID", "STRING", "BLOB", "", "ANY", "CHARINT",
}

// drawClass draws a value of one of SQLite's storage classes, often one at the
// edge of another.
func drawClass(t *rapid.T) tuple.Value {
	switch rapid.IntRange(0, 5).Draw(t, "class") {
	case 0:
		return tuple.Null
	case 1:
		return tuple.Int(rapid.OneOf(rapid.Int64(), rapid.Int64Range(-3, 3),
			rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64, 1 << 53, 1<<53 + 1})).Draw(t, "int"))
	case 2:
		return tuple.Float(rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1, -1, 0.1, 1.5, 1e15, 1e16, 1e18, 1 << 62, 1 << 63, -1 << 63,
			math.Inf(1), math.Inf(-1), math.MaxFloat64, math.SmallestNonzeroFloat64})).Draw(t, "float"))
	case 3:
		return tuple.Text(rapid.SampledFrom([]string{"", "1", "1.0", "1.5", "01", "+1", "-0", " 1", "1 ", "1e3", "1e", ".5", "5.", ".", "0x10", "abc", "1abc", "1\x00", "1\x00abc", "1.5 \x00", "\xff\xfe",
			"a\x00b", "9223372036854775808", "123456789012345678901234567890", "0.1", "1e400", "Infinity", "NaN", "2024-01-01", "é", "\u00a01"}).Draw(t, "text"))
	case 4:
		return tuple.Text(rapid.String().Draw(t, "string"))
	}
	return tuple.Bytes(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
}

// TestStoredIsWhatIsStored writes every storage class to columns of every
// affinity: what reads back is what stored said, to the bit, and a change that
// is based on it finds no conflict.
func TestStoredIsWhatIsStored(t *testing.T) {
	script := "CREATE TABLE t(id INTEGER PRIMARY KEY"
	for i, typ := range declared {
		script += ", c" + string(rune('a'+i)) + " " + typ
	}
	db := made(t, script+"); CREATE TABLE strict(id INTEGER PRIMARY KEY, i INT, r REAL, t TEXT, b BLOB, a ANY) STRICT;")
	tables := []*driver.Schema{described(t, db, "t"), described(t, db, "strict")}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(tables).Draw(t, "table")
		column := rapid.IntRange(0, len(s.Columns)-1).Draw(t, "column")
		v := drawClass(t)
		put := driver.Change{Op: driver.Put, Table: s.Name, Key: tuple.Of(tuple.Int(1)), Set: []driver.Assignment{{Column: column, Value: v}}}
		want, refused := stored(&s.Columns[column], v)
		_, err := db.Apply(context.Background(), []driver.Change{put})
		if refused != nil {
			if db.Classify(err) != driver.BadValue {
				t.Fatalf("%s in %s: %v", v, s.Columns[column].Type, err)
			}
			return
		}
		if err != nil {
			if s.Name == "strict" && db.Classify(err) == driver.BadValue {
				return // STRICT refuses classes
			}
			t.Fatalf("%s in %s: %v", v, s.Columns[column].Type, err)
		}
		rows, err := db.Get(context.Background(), s, []tuple.Tuple{put.Key})
		if err != nil {
			t.Fatal(err)
		}
		if got := rows[0].Values[column]; got != want {
			t.Fatalf("%s in a column of type %q reads back as %s, stored said %s", v, s.Columns[column].Type, got, want)
		}
		applied, err := db.Apply(context.Background(), []driver.Change{{Op: driver.Update, Table: s.Name, Key: put.Key, Base: rows[0].Values, Set: put.Set}})
		if err != nil || len(applied.Conflicts) > 0 {
			t.Fatalf("a change based on what was read: %+v, %v", applied, err)
		}
	})
}

// TestLossIsRefused checks what a column would silently change.
func TestLossIsRefused(t *testing.T) {
	decimal := func(s string) tuple.Value {
		v, err := tuple.Decimal(s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		typ  string
		v    tuple.Value
		want tuple.Value // NULL if it is refused
	}{
		{"NUMERIC", tuple.Text("007"), tuple.Null},
		{"STRING", tuple.Text("007"), tuple.Null},
		{"TEXT", tuple.Text("007"), tuple.Text("007")},
		{"INTEGER", tuple.Text("7"), tuple.Int(7)},
		{"INTEGER", tuple.Text("1.50"), tuple.Null},
		{"INTEGER", tuple.Text("seven"), tuple.Text("seven")},
		{"REAL", tuple.Int(1<<53 + 1), tuple.Null},
		{"REAL", tuple.Int(7), tuple.Float(7)},
		{"INTEGER", tuple.Float(7), tuple.Int(7)},
		{"TEXT", tuple.Int(7), tuple.Text("7")},
		{"TEXT", tuple.Float(7), tuple.Text("7.0")},
		{"", tuple.Float(math.NaN()), tuple.Null},
		{"DECIMAL(10,2)", decimal("1.50"), tuple.Float(1.5)},
		{"DECIMAL(10,2)", decimal("12"), tuple.Int(12)},
		{"DECIMAL(10,2)", decimal("0.10000000000000000555"), tuple.Null},
		{"DECIMAL(40,0)", decimal("123456789012345678901234567890"), tuple.Null},
		{"DECIMAL_TEXT", decimal("123456789012345678901234567890.50"), tuple.Text("123456789012345678901234567890.50")},
		{"INTEGER", tuple.Uint(math.MaxUint64), tuple.Null},
		{"INTEGER", tuple.Uint(1 << 63), tuple.Null},
		{"BOOLEAN", tuple.Bool(true), tuple.Int(1)},
		{"UUID", tuple.UUID([16]byte{0xab}), tuple.Text("ab000000-0000-0000-0000-000000000000")},
		{"BLOB", tuple.UUID([16]byte{0xab}), tuple.Bytes(append([]byte{0xab}, make([]byte, 15)...))},
		{"JSON", tuple.JSON(`{"a":1}`), tuple.Text(`{"a":1}`)},
	} {
		col := driver.Column{Name: "c", Type: c.typ, Kind: kindOf(c.typ, false)}
		got, err := stored(&col, c.v)
		switch {
		case err != nil && !c.want.IsNull():
			t.Errorf("%s in %s: %v", c.v, c.typ, err)
		case err == nil && got != c.want:
			t.Errorf("%s in %s becomes %s, want %s", c.v, c.typ, got, c.want)
		case err != nil && !errors.Is(err, driver.BadValue):
			t.Errorf("%s in %s: %v is no BadValue", c.v, c.typ, err)
		}
	}
}

func TestKinds(t *testing.T) {
	for typ, want := range map[string]tuple.Kind{
		"INTEGER": tuple.KindInt, "int unsigned": tuple.KindInt, "REAL": tuple.KindFloat, "double": tuple.KindFloat, "VARCHAR(20)": tuple.KindText,
		"BLOB": tuple.KindBytes, "": tuple.KindText, "Boolean": tuple.KindBool, "DATETIME": tuple.KindText, "timestamp with time zone": tuple.KindText,
		"json": tuple.KindJSON, "NUMERIC(10, 2)": tuple.KindDecimal, "POINT": tuple.KindInt, "uuid": tuple.KindText, "whatever": tuple.KindDecimal,
	} {
		if got := kindOf(typ, false); got != want {
			t.Errorf("%q is %s, want %s", typ, got, want)
		}
	}
	for kind := tuple.KindBool; kind <= tuple.KindOther; kind++ {
		if got := kindOf(typeFor(kind), false); got != kind {
			t.Errorf("%s is declared as %s, which is %s", kind, typeFor(kind), got)
		}
	}
}

// TestOldValues reads what the sqlite3 program wrote: storage classes that the
// declared types do not suggest, text that is no text, and what drivers like
// to convert.
func TestOldValues(t *testing.T) {
	db := made(t, `CREATE TABLE t(id INTEGER PRIMARY KEY, i INT, b BOOLEAN, d DATETIME, ts TIMESTAMP, x TEXT, n);
		INSERT INTO t VALUES(1, 'abc', 7, 1700000000, '2024-01-01T00:00:00Z', CAST(x'ff00fe' AS TEXT), 1);
		INSERT INTO t VALUES(2, x'00', 'yes', '2024-02-30', 1700000000123, CAST(x'610062' AS TEXT), 1.0);
		INSERT INTO t VALUES(3, 1.5, NULL, 2460000.5, 'never', '', '1');`)
	s := described(t, db, "t")
	want := [][]tuple.Value{
		{tuple.Text("abc"), tuple.Int(7), tuple.Int(1700000000), tuple.Text("2024-01-01T00:00:00Z"), tuple.Text("\xff\x00\xfe"), tuple.Int(1)},
		{tuple.BytesOf("\x00"), tuple.Text("yes"), tuple.Text("2024-02-30"), tuple.Int(1700000000123), tuple.Text("a\x00b"), tuple.Float(1)},
		{tuple.Float(1.5), tuple.Null, tuple.Float(2460000.5), tuple.Text("never"), tuple.Text(""), tuple.Text("1")},
	}
	for i, r := range scanned(t, db, s, driver.Query{}).Rows {
		for j, v := range r.Values {
			if v != want[i][j] {
				t.Errorf("row %d, column %s: %s, want %s", i+1, s.Columns[j].Name, v, want[i][j])
			}
		}
	}
}

// TestBaseIsTypeExact: 1, 1.0 and '1' are three values.
func TestBaseIsTypeExact(t *testing.T) {
	db := made(t, `CREATE TABLE t(id INTEGER PRIMARY KEY, n); INSERT INTO t VALUES(1, 1), (2, 1.0), (3, '1'), (4, x'31');`)
	values := []tuple.Value{tuple.Int(1), tuple.Float(1), tuple.Text("1"), tuple.BytesOf("1")}
	for i := range values {
		for j, base := range values {
			applied, err := db.Apply(context.Background(), []driver.Change{{
				Op: driver.Update, Table: "t", Key: tuple.Of(tuple.Int(int64(i) + 1)), Base: []tuple.Value{base},
				Set: []driver.Assignment{{Column: 0, Value: values[i]}},
			}})
			if err != nil || (len(applied.Conflicts) == 0) != (i == j) {
				t.Errorf("%s based on %s: %+v, %v", values[i], base, applied, err)
			}
		}
	}
}

// TestBaseOfOurOwn: a change that is based on a value as it was typed, and not
// as it was read, is based on what SQLite made of it.
func TestBaseOfOurOwn(t *testing.T) {
	db := made(t, `CREATE TABLE t(id INTEGER PRIMARY KEY, b BOOLEAN, j JSON);`)
	values := []tuple.Value{tuple.Bool(true), tuple.JSON(`[1]`)}
	set := []driver.Assignment{{Column: 0, Value: values[0]}, {Column: 1, Value: values[1]}}
	key := tuple.Of(tuple.Int(1))
	applied, err := db.Apply(context.Background(), []driver.Change{
		{Op: driver.Insert, Table: "t", Key: key, Set: set},
		{Op: driver.Delete, Table: "t", Key: key, Base: values},
	})
	if err != nil || len(applied.Conflicts) > 0 {
		t.Errorf("%+v, %v", applied, err)
	}
}

// TestCut cuts at bytes, also behind a NUL and inside a character.
func TestCut(t *testing.T) {
	db := made(t, `CREATE TABLE t(id INTEGER PRIMARY KEY, v);
		INSERT INTO t VALUES(1, CAST(x'610062636465' AS TEXT)), (2, x'00010203040506'), (3, 'ééé'), (4, 1234567890), (5, 'abcd'), (6, -12345.678901), (7, CAST(x'ffffffffffff' AS TEXT));`)
	s := described(t, db, "t")
	want := []struct {
		v    tuple.Value
		size int64
	}{
		{tuple.Text("a\x00bc"), 6}, {tuple.BytesOf("\x00\x01\x02\x03"), 7}, {tuple.Text("éé"), 6},
		{tuple.Int(1234567890), 0}, {tuple.Text("abcd"), 0}, {tuple.Float(-12345.678901), 0}, {tuple.Text("\xff\xff\xff\xff"), 6},
	}
	for i, r := range scanned(t, db, s, driver.Query{MaxValue: 4}).Rows {
		size := int64(0)
		if len(r.Cut) > 0 {
			size = r.Cut[0].Size
		}
		if r.Values[0] != want[i].v || size != want[i].size {
			t.Errorf("row %d: %s of %d bytes, want %s of %d", i+1, r.Values[0], size, want[i].v, want[i].size)
		}
	}
}

// TestManyColumns: SQLite's limit for columns leaves no room for sizes.
func TestManyColumns(t *testing.T) {
	script := "CREATE TABLE t(id INTEGER PRIMARY KEY"
	for i := range 1500 {
		script += ", c" + strings.Repeat("x", i/26) + string(rune('a'+i%26))
	}
	db := made(t, script+"); INSERT INTO t(id, ca) VALUES(1, 'abcdef');")
	r := scanned(t, db, described(t, db, "t"), driver.Query{MaxValue: 4}).Rows[0]
	if r.Values[0] != tuple.Text("abcd") || len(r.Cut) != 1 || r.Cut[0].Size != 6 {
		t.Errorf("%s, cut %v", r.Values[0], r.Cut)
	}
}

// TestUTF16 reads and writes a database in SQLite's other encoding.
func TestUTF16(t *testing.T) {
	db := made(t, `PRAGMA encoding='UTF-16le'; CREATE TABLE t(k TEXT PRIMARY KEY NOT NULL, v);
		INSERT INTO t VALUES('aé', 'x'), ('ab', 'y'), ('b', 'z'), ('日本', 'w'), ('日月', 'w');`)
	s := described(t, db, "t")
	for _, k := range []string{"aé", "日本"} {
		rows, err := db.Get(context.Background(), s, []tuple.Tuple{text(k)})
		if err != nil || rows[0] == nil {
			t.Errorf("Get(%s): %v, %v", k, rows, err)
		}
	}
	if _, err := db.Scan(context.Background(), s, driver.Query{Range: tuple.PrefixPart(text("a")), Limit: 9}); db.Classify(err) != driver.Unsupported {
		t.Errorf("a prefix, whose range SQLite cannot be told in UTF-16: %v", err)
	}
	if p := scanned(t, db, s, driver.Query{Range: tuple.Range{Lower: tuple.Bound{Key: text("b")}}}); len(p.Rows) != 3 {
		t.Errorf("from b on: %v", keysOf(p.Rows))
	}
}

// FuzzLooksNumeric asks SQLite which texts it makes numbers of.
func FuzzLooksNumeric(f *testing.F) {
	for _, s := range []string{"", "1", " 1 ", "1.", ".5e-3", "1e", "0x1", "1\x00x", "+-1", "\v1", "1_000", "٣", "inf"} {
		f.Add(s)
	}
	db := made(f, "CREATE TABLE t(n NUMERIC);")
	f.Fuzz(func(t *testing.T, s string) {
		var class string
		if err := db.one.QueryRow("INSERT INTO t VALUES(?) RETURNING typeof(n)", s).Scan(&class); err != nil {
			t.Fatal(err)
		}
		if got := looksNumeric(s); got != (class != "text") {
			t.Errorf("%q: %v, SQLite makes it %s", s, got, class)
		}
	})
}
