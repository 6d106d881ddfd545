package postgres

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// benchRows is the size of the table that is read, a million in earnest; fewer
// take less time to make.
const benchRows = 200_000

// benchDatabase returns a table with a column of each common type.
func benchDatabase(b *testing.B) (*pgx.Conn, driver.DB, *driver.Schema) {
	u := newDatabase(b)
	runSQL(b, u, fmt.Sprintf(`CREATE TABLE t(id bigint PRIMARY KEY, name text, n int, price numeric(10,2), at timestamptz, f float8, b bytea, note text);
		INSERT INTO t SELECT g, 'name ' || g, g %% 1000, g / 100.0, '2026-01-01'::timestamptz + g * interval '1 second', g / 3.0, decode(md5(g::text), 'hex'), repeat('x', 40)
			FROM generate_series(1, %d) g;`, benchRows))
	runSQL(b, u, "VACUUM ANALYZE t")
	conn, err := pgx.Connect(context.Background(), u.String())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close(context.Background()) })
	db := openAt(b, connectionTo(u))
	return conn, db, described(b, db, "t")
}

// benchRow is what a program that knows the table reads a row into.
type benchRow struct {
	id, n      int64
	name, note string
	price      string
	at         time.Time
	f          float64
	b          []byte
}

const benchColumns = "SELECT id, name, n, price::text, at, f, b, note FROM t "

func readBare(b *testing.B, rows pgx.Rows, err error) int {
	if err != nil {
		b.Fatal(err)
	}
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

// BenchmarkPage reads 1000 rows near the end of the table.
func BenchmarkPage(b *testing.B) {
	conn, db, s := benchDatabase(b)
	ctx := context.Background()
	const from = benchRows - 2000
	b.Run("pgx", func(b *testing.B) {
		for b.Loop() {
			rows, err := conn.Query(ctx, benchColumns+"WHERE id > $1 ORDER BY id LIMIT 1001", from)
			if n := readBare(b, rows, err); n != 1001 {
				b.Fatal(n)
			}
		}
	})
	for _, most := range []int{0, 4096} {
		b.Run(fmt.Sprint("rowan, cut at ", most), func(b *testing.B) {
			for b.Loop() {
				page, err := db.Scan(ctx, s, driver.Query{Range: tuple.Range{}.After(key(tuple.Int(from))), Limit: 1000, MaxValue: most})
				if err != nil || len(page.Rows) != 1000 {
					b.Fatal(err, len(page.Rows))
				}
			}
		})
	}
}

// BenchmarkScan reads the whole table, in pages of 1000 rows.
func BenchmarkScan(b *testing.B) {
	conn, db, s := benchDatabase(b)
	ctx := context.Background()
	b.Run("pgx", func(b *testing.B) {
		for b.Loop() {
			total, last := 0, int64(0)
			for {
				rows, err := conn.Query(ctx, benchColumns+"WHERE id > $1 ORDER BY id LIMIT 1000", last)
				n := readBare(b, rows, err)
				if total, last = total+n, last+int64(n); n < 1000 {
					break
				}
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
				page, err := db.Scan(ctx, s, q)
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
	conn, db, s := benchDatabase(b)
	ctx := context.Background()
	b.Run("pgx", func(b *testing.B) {
		i := int64(0)
		for b.Loop() {
			i = i*31%benchRows + 1
			rows, err := conn.Query(ctx, benchColumns+"WHERE id = $1", i)
			if n := readBare(b, rows, err); n != 1 {
				b.Fatal(n)
			}
		}
	})
	b.Run("rowan", func(b *testing.B) {
		i := int64(0)
		for b.Loop() {
			i = i*31%benchRows + 1
			rows, err := db.Get(ctx, s, []tuple.Tuple{{tuple.Int(i)}})
			if err != nil || rows[0] == nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkApply changes 1000 rows, each compared with its base.
func BenchmarkApply(b *testing.B) {
	conn, db, s := benchDatabase(b)
	ctx := context.Background()
	b.Run("pgx", func(b *testing.B) {
		for b.Loop() {
			tx, err := conn.Begin(ctx)
			if err != nil {
				b.Fatal(err)
			}
			for i := range int64(1000) {
				rows, err := tx.Query(ctx, benchColumns+"WHERE id = $1 FOR UPDATE", i+1)
				if n := readBare(b, rows, err); n != 1 {
					b.Fatal(n)
				}
				if _, err := tx.Exec(ctx, "UPDATE t SET name = $1 WHERE id = $2", "name", i+1); err != nil {
					b.Fatal(err)
				}
			}
			if err := tx.Commit(ctx); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("rowan", func(b *testing.B) {
		for b.Loop() {
			page, err := db.Scan(ctx, s, driver.Query{Limit: 1000})
			if err != nil {
				b.Fatal(err)
			}
			var changes []driver.Change
			for _, r := range page.Rows {
				changes = append(changes, driver.Change{Op: driver.Update, Table: "t", Key: r.Key, Base: r.Values,
					Set: []driver.Assignment{{Value: tuple.Text("name")}}})
			}
			if applied, err := db.(driver.Writer).Apply(ctx, changes); err != nil || len(applied.Conflicts) > 0 {
				b.Fatal(err, applied.Conflicts)
			}
		}
	})
}
