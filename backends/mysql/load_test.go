package mysql

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// made yields n rows.
func made(n int, values func(i int) []tuple.Value) iter.Seq2[driver.Row, error] {
	return func(yield func(driver.Row, error) bool) {
		for i := range n {
			if !yield(driver.Row{Key: tuple.Of(tuple.Int(int64(i))), Values: values(i)}, nil) {
				return
			}
		}
	}
}

// TestLoad fills a table with more rows than one statement takes, some of them
// large, in which a column is computed and another has awkward values.
func TestLoad(t *testing.T) {
	name := newDatabase(t)
	run(t, name, "CREATE TABLE t (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, a VARCHAR(50) CHARACTER SET utf8mb4, twice INT AS (n * 2) STORED, n INT, d DECIMAL(30,10), b LONGBLOB)")
	db := opened(t, connection(t, name)).(*writer)
	defer db.Close()
	ctx := context.Background()
	s := describe(t, db, "t")
	const rows = 5003
	values := func(i int) []tuple.Value {
		blob := tuple.Null
		switch {
		case i%700 == 1:
			blob = tuple.BytesOf(strings.Repeat("\x00'\\\xff", 256<<10))
		case i%7 == 0:
			blob = tuple.BytesOf("\x00'\\")
		}
		return []tuple.Value{tuple.Text(fmt.Sprintf(`é'\"%d`, i)), tuple.Int(int64(2 * i)), tuple.Int(int64(i)), decimal(fmt.Sprintf("12345678901234567.%010d", i)), blob}
	}
	if err := db.Load(ctx, s, made(rows, values)); err != nil {
		t.Fatal(err)
	}
	q, n := driver.Query{Limit: 500}, 0
	for more := true; more; {
		page, err := db.Scan(ctx, s, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Rows {
			for c, want := range values(n) {
				if row.Key[0] != tuple.Int(int64(n)) || row.Values[c] != want {
					t.Fatalf("row %v, column %d: %.100s, want %.100s", row.Key, c, row.Values[c], want)
				}
			}
			n++
		}
		q.Range, more = tuple.Range{}.After(page.Rows[len(page.Rows)-1].Key), page.More
	}
	if n != rows {
		t.Errorf("%d rows, want %d", n, rows)
	}
	run(t, name, "CREATE TABLE u LIKE t")
	err := db.Load(ctx, describe(t, db, "u"), made(2000, func(i int) []tuple.Value {
		if i == 1500 {
			return append([]tuple.Value{tuple.Text(strings.Repeat("x", 51))}, values(i)[1:]...)
		}
		return values(i)
	}))
	if db.Classify(err) != driver.TooLarge {
		t.Errorf("load of a value that is too long: %v", err)
	}
	if n := text(t, db, "SELECT count(*) FROM u"); n != "0" {
		t.Errorf("%s rows of a load that failed are there", n)
	}
}

// TestFullTable: a table that cannot grow any more is told from other faults.
func TestFullTable(t *testing.T) {
	name := newDatabase(t)
	db := opened(t, connection(t, name))
	defer db.Close()
	c := console(t, db)
	ran(t, c, "SET max_heap_table_size = 16384")
	ran(t, c, "CREATE TABLE t (a CHAR(200)) ENGINE=MEMORY")
	_, err := c.Run(context.Background(), "INSERT INTO t SELECT 'x' FROM seq_1_to_10000", &collected{})
	if db.Classify(err) != driver.Full {
		t.Errorf("insert: %v", err)
	}
}

// BenchmarkLoad fills a table beside the bare driver, which does so by the same
// prepared statement of 1000 rows.
func BenchmarkLoad(b *testing.B) {
	name := newDatabase(b)
	const rows = 20_000
	body := strings.Repeat("v", 100)
	run(b, name, "CREATE TABLE t (id BIGINT PRIMARY KEY, v VARBINARY(200))")
	db := opened(b, connection(b, name)).(*writer)
	defer db.Close()
	s, err := db.Describe(context.Background(), "t")
	if err != nil {
		b.Fatal(err)
	}
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			run(b, name, "TRUNCATE t")
			tx, err := db.changes.db.Begin()
			if err != nil {
				b.Fatal(err)
			}
			st, err := tx.Prepare("INSERT INTO t VALUES (?,?)" + strings.Repeat(",(?,?)", 999))
			if err != nil {
				b.Fatal(err)
			}
			for from := 0; from < rows; from += 1000 {
				args := make([]any, 0, 2000)
				for i := range 1000 {
					args = append(args, int64(from+i), []byte(body))
				}
				if _, err := st.Exec(args...); err != nil {
					b.Fatal(err)
				}
			}
			if err := tx.Commit(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("rowan", func(b *testing.B) {
		for b.Loop() {
			run(b, name, "TRUNCATE t")
			if err := db.Load(b.Context(), s, made(rows, func(int) []tuple.Value { return []tuple.Value{tuple.BytesOf(body)} })); err != nil {
				b.Fatal(err)
			}
		}
	})
}
