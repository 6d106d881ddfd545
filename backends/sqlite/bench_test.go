//go:build cgo

package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

const million = 1_000_000

// millionRows makes tables of a million rows: t by its rowid, c by a composite
// key without rowid, u by a text key beside the rowid.
func millionRows(b *testing.B) driver.DB {
	path := filepath.Join(b.TempDir(), "million.db")
	shell(b, path, fmt.Sprintf(`PRAGMA journal_mode=OFF;
		CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, v REAL);
		CREATE TABLE c(a TEXT, b INT, v TEXT, PRIMARY KEY(a,b)) WITHOUT ROWID;
		CREATE TABLE u(k TEXT PRIMARY KEY NOT NULL, v TEXT);
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < %d) INSERT INTO t SELECT i, 'name '||i, i/7.0 FROM n;
		INSERT INTO c SELECT printf('%%03d', id/2000), id, name FROM t;
		INSERT INTO u SELECT printf('%%08d', id), name FROM t;`, million))
	return opened(b, path, Options{})
}

// BenchmarkPage reads a page of 50 rows at the start, in the middle and at the
// end of a million: the three must take about the same time.
func BenchmarkPage(b *testing.B) {
	db := millionRows(b)
	at := map[string]func(n int64) tuple.Tuple{
		"t": id,
		"c": func(n int64) tuple.Tuple { return tuple.Of(tuple.Text(fmt.Sprintf("%03d", n/2000)), tuple.Int(n)) },
		"u": func(n int64) tuple.Tuple { return text(fmt.Sprintf("%08d", n)) },
	}
	for _, table := range []string{"t", "c", "u"} {
		s := described(b, db, table)
		for _, place := range []struct {
			name string
			n    int64
		}{{"start", 1}, {"middle", million / 2}, {"end", million - 60}} {
			for _, reverse := range []bool{false, true} {
				name := fmt.Sprintf("%s/%s/reverse=%v", table, place.name, reverse)
				r := tuple.Range{}.After(at[table](place.n))
				if reverse {
					r = tuple.Range{}.Before(at[table](place.n + 55))
				}
				q := driver.Query{Range: r, Reverse: reverse, Limit: 50, MaxValue: 4096}
				b.Run(name, func(b *testing.B) {
					for b.Loop() {
						p, err := db.Scan(context.Background(), s, q)
						if err != nil || len(p.Rows) != 50 {
							b.Fatal(len(p.Rows), err)
						}
					}
				})
			}
		}
	}
	b.Run("get", func(b *testing.B) {
		s := described(b, db, "t")
		for b.Loop() {
			if rows, err := db.Get(context.Background(), s, []tuple.Tuple{id(777_777)}); err != nil || rows[0] == nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("count", func(b *testing.B) {
		s := described(b, db, "t")
		for b.Loop() {
			if _, err := db.(driver.Counter).Count(context.Background(), s, tuple.Range{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("describe", func(b *testing.B) {
		for b.Loop() {
			described(b, db, "u")
		}
	})
	b.Run("scan all in pages of 1000", func(b *testing.B) {
		s := described(b, db, "t")
		for b.Loop() {
			q := driver.Query{Limit: 1000}
			for {
				p := scanned(b, db, s, q)
				if !p.More {
					break
				}
				q.Range = q.Range.After(p.Rows[999].Key)
			}
		}
		b.ReportMetric(float64(b.N)*million/b.Elapsed().Seconds(), "rows/s")
	})
}

// BenchmarkDescribe describes a table of a million rows whose composite key may
// hold NULL: for the first time since the database was opened, and again.
func BenchmarkDescribe(b *testing.B) {
	path := filepath.Join(b.TempDir(), "million.db")
	filled(b, path, million)
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			db, err := Open(context.Background(), path, Options{ReadOnly: true})
			if err != nil {
				b.Fatal(err)
			}
			described(b, db, "t")
			if err := db.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("again", func(b *testing.B) {
		db := opened(b, path, Options{})
		for b.Loop() {
			described(b, db, "t")
		}
	})
}

// BenchmarkLoad loads 200,000 rows.
func BenchmarkLoad(b *testing.B) {
	const rows = 200_000
	for b.Loop() {
		db, err := Open(context.Background(), filepath.Join(b.TempDir(), "test.db"), Options{Create: true})
		if err != nil {
			b.Fatal(err)
		}
		w := db.(*writer)
		s := &driver.Schema{
			Name:    "t",
			Key:     []driver.Column{{Name: "k", Kind: tuple.KindText}},
			Columns: []driver.Column{{Name: "v", Kind: tuple.KindText, Nullable: true}},
		}
		if err := w.CreateTable(context.Background(), s); err != nil {
			b.Fatal(err)
		}
		s = described(b, w, "t")
		err = w.Load(context.Background(), s, func(yield func(driver.Row, error) bool) {
			for i := range rows {
				row := driver.Row{Key: text(fmt.Sprintf("%016d", i)), Values: []tuple.Value{tuple.Text("a value of about a hundred bytes, which is what many tables have in a column, more or less, mostly")}}
				if !yield(row, nil) {
					return
				}
			}
		})
		if err != nil {
			b.Fatal(err)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*rows/b.Elapsed().Seconds(), "rows/s")
}
