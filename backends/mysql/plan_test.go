package mysql

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// plan returns how the server runs a statement: the kind of access, the index,
// how many rows it expects to look at, and what else it does.
func plan(t *testing.T, db *writer, query string, args []any) (access, index string, rows int64, extra string) {
	t.Helper()
	err := sqlrows.Each(context.Background(), db.pool, "EXPLAIN "+query, args, func(r sqlrows.Rows) error {
		columns := make([]*string, 10)
		dest := make([]any, len(columns))
		for i := range columns {
			dest[i] = &columns[i]
		}
		if err := r.Scan(dest...); err != nil {
			return err
		}
		value := func(i int) string {
			if columns[i] == nil {
				return ""
			}
			return *columns[i]
		}
		access, index, extra = value(3), value(5), value(9)
		_, err := fmt.Sscan(value(8), &rows)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return access, index, rows, extra
}

// TestPagesUseTheIndex asks the server how it would find a page near the end of
// a table: by searching the key's index, in its order. What it expects to look at is
// all that the range holds; what it does look at is counted.
func TestPagesUseTheIndex(t *testing.T) {
	name := newDatabase(t)
	db := opened(t, connection(t, name)).(*writer)
	defer db.Close()
	for _, c := range []struct {
		table, columns, key string
		row                 string // of the number seq
		from                tuple.Tuple
	}{
		{"one", "a BIGINT", "a", "seq", tuple.Of(tuple.Int(39_000))},
		{"two", "a INT, b INT", "a, b", "seq DIV 10, seq", tuple.Of(tuple.Int(3900), tuple.Int(39_000))},
		{"three", "a INT, b VARCHAR(20), c INT", "a, b, c", "seq DIV 1000, CONCAT('k', seq DIV 10), seq", tuple.Of(tuple.Int(39), tuple.Text("K3900"), tuple.Int(39_000))},
		{"texts", "a VARCHAR(30) COLLATE utf8mb4_unicode_ci", "a", "LPAD(seq, 8, '0')", tuple.Of(tuple.Text("00039000"))},
		{"latin", "a VARCHAR(30) CHARACTER SET latin1", "a", "LPAD(seq, 8, '0')", tuple.Of(tuple.Text("00039000"))},
		{"bins", "a VARBINARY(30), b DATETIME(6)", "a, b", "LPAD(seq, 8, '0'), '2026-01-02 03:04:05'", tuple.Of(tuple.BytesOf("00039000"), tuple.Timestamp(at("2026-01-02 03:04:05")))},
		{"uuids", "a UUID", "a", "CONCAT('6ba7b810-9dad-11d1-80b4-0000', LPAD(seq, 8, '0'))",
			tuple.Of(tuple.UUID([16]byte{0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0, 0, 0, 3, 0x90, 0}))},
		{"decimals", "a DECIMAL(20,4), b BIGINT UNSIGNED", "a, b", "seq / 4, seq", tuple.Of(decimal("9750.0000"), tuple.Int(39_000))},
		{"kinds", "a INT, b ENUM('x','y','z')", "a, b", "seq, 1 + seq % 3", tuple.Of(tuple.Int(39_000), tuple.Text("y"))},
	} {
		run(t, name, fmt.Sprintf("CREATE TABLE %s (%s, v INT, PRIMARY KEY (%s))", c.table, c.columns, c.key),
			fmt.Sprintf("INSERT INTO %s SELECT %s, seq FROM seq_1_to_40000", c.table, c.row), "ANALYZE TABLE "+c.table)
		s, err := db.Describe(context.Background(), c.table)
		if err != nil {
			t.Fatal(err)
		}
		before, after := tuple.Range{}.Before(c.from), tuple.Range{}.After(c.from)
		for what, q := range map[string]driver.Query{
			"forward":  {Range: after, Limit: 100},
			"backward": {Range: before, Limit: 100, Reverse: true},
			"the end":  {Limit: 100, Reverse: true},
		} {
			query, args, err := sqlrows.ScanStatement(db.d, s, q)
			if err != nil {
				t.Fatal(err)
			}
			access, index, rows, extra := plan(t, db, query, args)
			good := access == "range" || what == "the end" && access == "index" && rows <= 101
			if !good || index != primaryIndex || strings.Contains(extra, "filesort") || strings.Contains(extra, "temporary") {
				t.Errorf("%s, %s: %s of %s, %d rows, %s\n%s %v", c.table, what, access, index, rows, extra, query, args)
			}
			checkWork(t, db, s, q)
		}
	}
}

// checkWork reads a page and checks that the server looked at little more than
// its rows for it, whatever it expected.
func checkWork(t *testing.T, db *writer, s *driver.Schema, q driver.Query) {
	t.Helper()
	ctx := context.Background()
	c, err := db.pool.db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	on := session{querier{c}, c}
	if _, err := on.Exec(ctx, "FLUSH STATUS", nil); err != nil {
		t.Fatal(err)
	}
	const times = 3 // the first time not prepared
	var page driver.Page
	for range times {
		if page, err = sqlrows.NewReader(db.d, on).Scan(ctx, s, q); err != nil {
			t.Fatal(err)
		}
	}
	touched := int64(0)
	err = sqlrows.Each(ctx, on, "SHOW SESSION STATUS WHERE Variable_name LIKE 'Handler_read%'", nil, func(rows sqlrows.Rows) error {
		var name string
		var n int64
		err := rows.Scan(&name, &n)
		touched += n / times
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Rows) != q.Limit || touched > int64(q.Limit)+10 {
		t.Errorf("%s: %d rows read for a page of %d, the limit is %d", s.Name, touched, len(page.Rows), q.Limit)
	}
}

// TestPrefixUsesTheIndex: LIKE is searched for in the index, and so is the next
// page of what it finds.
func TestPrefixUsesTheIndex(t *testing.T) {
	name := newDatabase(t)
	db := opened(t, connection(t, name)).(*writer)
	defer db.Close()
	run(t, name, "CREATE TABLE t (a VARCHAR(30) COLLATE utf8mb4_general_ci, b INT, PRIMARY KEY (a, b))",
		"INSERT INTO t SELECT LPAD(seq, 8, '0'), seq FROM seq_1_to_40000", "ANALYZE TABLE t")
	s, err := db.Describe(context.Background(), "t")
	if err != nil {
		t.Fatal(err)
	}
	prefix := tuple.PrefixPart(tuple.Of(tuple.Text("00039")))
	for what, r := range map[string]tuple.Range{"first": prefix, "next": prefix.After(tuple.Of(tuple.Text("00039500"), tuple.Int(39500)))} {
		query, args, err := sqlrows.ScanStatement(db.d, s, driver.Query{Range: r, Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		if access, index, rows, extra := plan(t, db, query, args); access != "range" || index != primaryIndex || rows > 2000 || strings.Contains(extra, "filesort") {
			t.Errorf("%s page: %s of %s, %d rows, %s\n%s", what, access, index, rows, extra, query)
		}
		checkWork(t, db, s, driver.Query{Range: r, Limit: 100})
	}
}

// TestSortedPagesUseAnIndex: where a column has an index, its order is read from
// there.
func TestSortedPagesUseAnIndex(t *testing.T) {
	name := newDatabase(t)
	db := opened(t, connection(t, name)).(*writer)
	defer db.Close()
	run(t, name, "CREATE TABLE t (id INT PRIMARY KEY, a INT, KEY by_a (a))",
		"INSERT INTO t SELECT seq, IF(seq % 10 = 0, NULL, seq * 7 % 40000) FROM seq_1_to_40000", "ANALYZE TABLE t")
	s, err := db.Describe(context.Background(), "t")
	if err != nil {
		t.Fatal(err)
	}
	for _, from := range []*driver.Place{nil, {Value: tuple.Int(20_000), Key: tuple.Of(tuple.Int(5))}, {Key: tuple.Of(tuple.Int(5))}} {
		queries, args, err := sqlrows.SortedStatements(db.d, s, driver.Query{Limit: 100}, 1, from)
		if err != nil {
			t.Fatal(err)
		}
		for i, query := range queries {
			if access, index, _, extra := plan(t, db, query, args[i]); index != "by_a" || strings.Contains(extra, "filesort") {
				t.Errorf("from %v: %s of %q, %s\n%s", from, access, index, extra, query)
			}
		}
	}
}
