package mysql

import (
	"context"
	"database/sql"
	"fmt"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// benchRows is the size of the table that is read, a million in earnest; fewer
// take less time to make.
const benchRows = 100_000

// benchDatabase returns a table with a column of each common type, and a
// connection of the bare driver.
func benchDatabase(b *testing.B) (*sql.DB, driver.DB, *driver.Schema) {
	name := newDatabase(b)
	run(b, name, "CREATE TABLE t (id BIGINT PRIMARY KEY, name VARCHAR(50), n INT, price DECIMAL(10,2), at DATETIME, f DOUBLE, b VARBINARY(20), note TEXT)",
		fmt.Sprintf("INSERT INTO t SELECT seq, CONCAT('name ', seq), seq %% 1000, seq / 100, '2026-01-01' + INTERVAL seq SECOND, seq / 3, UNHEX(MD5(seq)), REPEAT('x', 40) FROM seq_1_to_%d", benchRows),
		"ANALYZE TABLE t")
	c, _, err := newConnector(connection(b, name))
	if err != nil {
		b.Fatal(err)
	}
	bare := sql.OpenDB(c.native)
	b.Cleanup(func() { _ = bare.Close() })
	db := opened(b, connection(b, name))
	b.Cleanup(func() { _ = db.Close() })
	s, err := db.Describe(context.Background(), "t")
	if err != nil {
		b.Fatal(err)
	}
	return bare, db, s
}

// benchRow is what a program that knows the table reads a row into.
type benchRow struct {
	id, n           int64
	name, price, at string
	f               float64
	b               []byte
	note            string
}

const benchColumns = "SELECT id, name, n, price, at, f, b, note FROM t "

func readBare(b *testing.B, rows *sql.Rows, err error) int {
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	var all []benchRow
	for rows.Next() {
		var r benchRow
		if err := rows.Scan(&r.id, &r.name, &r.n, &r.price, &r.at, &r.f, &r.b, &r.note); err != nil {
			b.Fatal(err)
		}
		all = append(all, r)
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	return len(all)
}

func prepare(b *testing.B, db *sql.DB, query string) *sql.Stmt {
	st, err := db.Prepare(query)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = st.Close() })
	return st
}

// BenchmarkPage reads 1000 rows near the end of the table.
func BenchmarkPage(b *testing.B) {
	bare, db, s := benchDatabase(b)
	const from = benchRows - 2000
	st := prepare(b, bare, benchColumns+"WHERE id > ? ORDER BY id LIMIT 1001")
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			rows, err := st.Query(from)
			if n := readBare(b, rows, err); n != 1001 {
				b.Fatal(n)
			}
		}
	})
	for _, most := range []int{0, 4096} {
		b.Run(fmt.Sprint("rowan, cut at ", most), func(b *testing.B) {
			for b.Loop() {
				q := driver.Query{Range: tuple.Range{}.After(tuple.Of(tuple.Int(from))), Limit: 1000, MaxValue: most}
				if page, err := db.Scan(b.Context(), s, q); err != nil || len(page.Rows) != 1000 {
					b.Fatal(err, len(page.Rows))
				}
			}
		})
	}
}

// BenchmarkScan reads the whole table, in pages of 1000 rows.
func BenchmarkScan(b *testing.B) {
	bare, db, s := benchDatabase(b)
	st := prepare(b, bare, benchColumns+"WHERE id > ? ORDER BY id LIMIT 1000")
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			total, last := 0, int64(0)
			for n := 1000; n == 1000; {
				rows, err := st.Query(last)
				n = readBare(b, rows, err)
				total, last = total+n, last+int64(n)
			}
			if total != benchRows {
				b.Fatal(total)
			}
		}
	})
	b.Run("rowan", func(b *testing.B) {
		for b.Loop() {
			q, total := driver.Query{Limit: 1000}, 0
			for more := true; more; {
				page, err := db.Scan(b.Context(), s, q)
				if err != nil {
					b.Fatal(err)
				}
				total, more = total+len(page.Rows), page.More
				q.Range = tuple.Range{}.After(page.Rows[len(page.Rows)-1].Key)
			}
			if total != benchRows {
				b.Fatal(total)
			}
		}
	})
}

// BenchmarkPoint gets one row.
func BenchmarkPoint(b *testing.B) {
	bare, db, s := benchDatabase(b)
	st := prepare(b, bare, benchColumns+"WHERE id = ?")
	b.Run("bare", func(b *testing.B) {
		i := int64(0)
		for b.Loop() {
			i = i*31%benchRows + 1
			rows, err := st.Query(i)
			if n := readBare(b, rows, err); n != 1 {
				b.Fatal(n)
			}
		}
	})
	b.Run("rowan", func(b *testing.B) {
		i := int64(0)
		for b.Loop() {
			i = i*31%benchRows + 1
			rows, err := db.Get(b.Context(), s, []tuple.Tuple{{tuple.Int(i)}})
			if err != nil || rows[0] == nil {
				b.Fatal(err)
			}
		}
	})
}
