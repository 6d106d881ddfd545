//go:build cgo

package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// filled makes a table whose key may hold NULL, of n rows that hold none.
func filled(t testing.TB, path string, n int) {
	t.Helper()
	shell(t, path, fmt.Sprintf(`PRAGMA journal_mode=WAL; CREATE TABLE t(a TEXT, b INT, c TEXT, v TEXT, PRIMARY KEY(a,b,c));
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < %d) INSERT INTO t SELECT printf('%%06d', i/6), i/2, 'c'||i, 'value '||i FROM n;`, n))
}

// TestNullThatALimitHides puts NULL everywhere in a key, after the table was
// described, and reads all pages that end there: none may leave the row out.
func TestNullThatALimitHides(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	filled(t, path, 30)
	db := opened(t, path, Options{}).(*writer)
	s := described(t, db, "t")
	rows := scanned(t, db, s, driver.Query{}).Rows
	for _, null := range []string{"NULL,1,'c'", "'000002',NULL,'c'", "'000002',7,NULL", "NULL,NULL,NULL", "'zzz',NULL,NULL"} {
		shell(t, path, "INSERT INTO t(a,b,c) VALUES("+null+")")
		for _, row := range rows {
			for n := range len(row.Key) {
				upTo := tuple.Range{Upper: tuple.Bound{Key: row.Key[:n+1], Exclusive: true}}
				from := tuple.Range{Lower: tuple.Bound{Key: row.Key[:n+1]}}
				for _, reverse := range []bool{false, true} {
					below := readsAll(t, db, s, upTo, reverse)
					above := readsAll(t, db, s, from, reverse)
					if below && above {
						t.Fatalf("the row of %s is neither below %s nor above, reverse %v", null, row.Key[:n+1], reverse)
					}
				}
			}
		}
		shell(t, path, "DELETE FROM t WHERE a IS NULL OR b IS NULL OR c IS NULL")
	}
	if !readsAll(t, db, s, tuple.Range{Upper: tuple.Bound{Key: rows[20].Key}}, true) {
		t.Error("a page fails although no row holds NULL")
	}
}

// readsAll reports whether a range can be read, and not for a NULL in the key.
func readsAll(t *testing.T, db driver.DB, s *driver.Schema, r tuple.Range, reverse bool) bool {
	t.Helper()
	_, err := db.Scan(context.Background(), s, driver.Query{Range: r, Reverse: reverse, Limit: 1000})
	if err != nil && db.Classify(err) != driver.BadKey {
		t.Fatal(err)
	}
	return err == nil
}

// TestNullOutsideOfTheRange: a row that is in no page of the range says nothing
// about it.
func TestNullOutsideOfTheRange(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	filled(t, path, 30)
	db := opened(t, path, Options{}).(*writer)
	s := described(t, db, "t")
	shell(t, path, "INSERT INTO t(a,b,c) VALUES(NULL,1,'x'),('000001',NULL,'x'),('000003',NULL,'x');")
	k := func(a string, b int64) tuple.Tuple { return tuple.Of(tuple.Text(a), tuple.Int(b)) }
	for what, r := range map[string]tuple.Range{
		"another prefix":     {Lower: tuple.Bound{Key: text("000002")}, Upper: tuple.Bound{Key: k("000002", 9)}},
		"above the NULL":     {Lower: tuple.Bound{Key: k("000001", 0)}, Upper: tuple.Bound{Key: k("000001", 9)}},
		"between two":        {Lower: tuple.Bound{Key: k("000001", 0)}, Upper: tuple.Bound{Key: text("000003"), Exclusive: true}},
		"an empty range":     {Lower: tuple.Bound{Key: k("000005", 0)}, Upper: tuple.Bound{Key: k("000003", 1)}},
		"the rest of a text": tuple.PrefixPart(text("000002")),
	} {
		for _, reverse := range []bool{false, true} {
			scanned(t, db, s, driver.Query{Range: r, Reverse: reverse})
			if _, err := db.Count(context.Background(), s, r); err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
	if _, err := db.Count(context.Background(), s, tuple.Range{Upper: tuple.Bound{Key: k("000002", 9)}}); db.Classify(err) != driver.BadKey {
		t.Errorf("a count that leaves out a row: %v", err)
	}
}

// TestNullInsertedByOthers reads backwards before, while and after others insert
// and delete a row with NULL. While it is there reading fails, and else it gives
// all the others.
func TestNullInsertedByOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	filled(t, path, 120)
	db := opened(t, path, Options{}).(*writer)
	s := described(t, db, "t")
	want := keysOf(scanned(t, db, s, driver.Query{}).Rows)
	slices.Reverse(want)
	other := pool(path, access{mode: "rw"})
	defer other.Close()
	insert := func(i int) error {
		_, err := other.Exec("INSERT INTO t(a,b,c) VALUES(printf('%06d', ?1), CASE WHEN ?1 % 2 THEN NULL ELSE ?1*3 END, NULL)", i)
		return err
	}
	remove := func() error {
		_, err := other.Exec("DELETE FROM t WHERE c IS NULL")
		return err
	}
	for i := range 20 {
		if err := insert(i); err != nil {
			t.Fatal(err)
		}
		if _, err := backwards(db, s); db.Classify(err) != driver.BadKey {
			t.Errorf("with row %d: %v", i, err)
		}
		if err := remove(); err != nil {
			t.Fatal(err)
		}
		if got, err := backwards(db, s); err != nil || !slices.Equal(got, want) {
			t.Errorf("without row %d: %d rows, %v", i, len(got), err)
		}
	}
	done := make(chan error, 1)
	go func() {
		var err error
		for i := 0; i < 200 && err == nil; i++ {
			if err = insert(i % 20); err == nil {
				err = remove()
			}
		}
		done <- err
	}()
	for len(done) == 0 {
		if got, err := backwards(db, s); err != nil && db.Classify(err) != driver.BadKey {
			t.Error(err)
		} else if err == nil && !slices.Equal(got, want) {
			t.Errorf("%d rows of %d, the first difference at %v", len(got), len(want), firstDifference(got, want))
		}
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// backwards reads the keys of a table in pages of 7, the last one first.
func backwards(db driver.DB, s *driver.Schema) (keys []string, err error) {
	var r tuple.Range
	for {
		p, err := db.Scan(context.Background(), s, driver.Query{Range: r, Reverse: true, Limit: 7})
		if err != nil {
			return nil, err
		}
		keys = append(keys, keysOf(p.Rows)...)
		if !p.More {
			return keys, nil
		}
		r = tuple.Range{}.Before(p.Rows[len(p.Rows)-1].Key)
	}
}

// TestNullBeyondTheSearch: one that Describe does not find is found by the page
// that meets it, and then the table has another key.
func TestNullBeyondTheSearch(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	filled(t, path, 150_000)
	shell(t, path, "INSERT INTO t(a,b,c,v) VALUES('zz',NULL,'c','alone');")
	db := opened(t, path, Options{}).(*writer)
	s := described(t, db, "t")
	if s.Identity != driver.PrimaryKey {
		t.Fatalf("identity %d: the search is longer than the test supposes", s.Identity)
	}
	first := scanned(t, db, s, driver.Query{Limit: 1}).Rows[0]
	if _, err := db.Scan(context.Background(), s, driver.Query{Limit: 10, Reverse: true}); db.Classify(err) != driver.BadKey {
		t.Errorf("the page that meets it: %v", err)
	}
	now := described(t, db, "t")
	if now.Identity != driver.RowID {
		t.Fatalf("identity %d after NULL was met", now.Identity)
	}
	if p := scanned(t, db, now, driver.Query{Limit: 1, Reverse: true}); p.Rows[0].Values[3] != tuple.Text("alone") {
		t.Errorf("%v", p.Rows)
	}
	row := scanned(t, db, now, driver.Query{Limit: 1}).Rows[0]
	applied(t, db, driver.Change{Op: driver.Update, Table: "t", Key: row.Key, Base: row.Values, Set: set(3, tuple.Text("changed"))})
	if row.Values[0] != first.Key[0] {
		t.Errorf("the first row by its number is %v", row.Values)
	}
}

// TestDescribeFindsNull wherever it is in the key of a small table.
func TestDescribeFindsNull(t *testing.T) {
	for _, key := range []string{"a", "a DESC", "a,b", "a DESC,b", "b,a", "a COLLATE NOCASE, b"} {
		for _, null := range []string{"'x',1", "NULL,1", "'x',NULL", "NULL,NULL"} {
			db := made(t, `CREATE TABLE t("a" TEXT, b INT, PRIMARY KEY(`+key+`)); INSERT INTO t VALUES('w',1),('y',2),(`+null+`);`)
			var some bool
			if strings.Contains(key, "b") {
				some = strings.Contains(null, "NULL")
			} else {
				some = strings.HasPrefix(null, "NULL")
			}
			if s := described(t, db, "t"); (s.Identity == driver.RowID) != some {
				t.Errorf("key %s, row %s: identity %d", key, null, s.Identity)
			}
		}
	}
}

// TestNullWhereNoneMayBe: a key that is declared NOT NULL, in a broken database.
func TestNullWhereNoneMayBe(t *testing.T) {
	db := made(t, `CREATE TABLE t(a TEXT, b INT, PRIMARY KEY(a,b)); INSERT INTO t VALUES('x',NULL);
		PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = 'CREATE TABLE t(a TEXT NOT NULL, b INT NOT NULL, PRIMARY KEY(a,b))' WHERE name = 't';`)
	if _, err := db.Scan(context.Background(), described(t, db, "t"), driver.Query{Limit: 1}); db.Classify(err) != driver.Corrupt {
		t.Errorf("%v", err)
	}
}

// planned runs statements, and asks SQLite how.
type planned struct {
	sqlrows.Querier
	plans []string
}

func (p *planned) Query(ctx context.Context, query string, args []any) (sqlrows.Rows, error) {
	err := sqlrows.Each(ctx, p.Querier, "EXPLAIN QUERY PLAN "+query, args, func(rows sqlrows.Rows) error {
		var id, parent, unused int
		var detail string
		err := rows.Scan(&id, &parent, &unused, &detail)
		p.plans = append(p.plans, detail)
		return err
	})
	if err != nil {
		return nil, err
	}
	return p.Querier.Query(ctx, query, args)
}

// TestLookingForNullIsCheap: it searches the index of the key, or reads it as
// far as the limit.
func TestLookingForNullIsCheap(t *testing.T) {
	for _, key := range []string{"a,b,c", "a DESC,b,c", "a COLLATE NOCASE,b,c"} {
		db := made(t, "CREATE TABLE t(a TEXT, b INT, c TEXT, v TEXT, PRIMARY KEY("+key+")); INSERT INTO t VALUES('x',1,'c','v'),('x',2,'c','v');")
		q := &planned{Querier: sqlrows.Std(db.pool)}
		s, err := db.d.Describe(context.Background(), q, "t")
		if err != nil {
			t.Fatal(err)
		}
		plan := strings.Join(q.plans, "; ")
		if !strings.Contains(plan, "SEARCH main.t USING COVERING INDEX") || !strings.Contains(plan, "(subquery-1); SCAN main.t USING COVERING INDEX") {
			t.Errorf("Describe: %s", plan)
		}
		q.plans = nil
		if _, err := db.d.Describe(context.Background(), q, "t"); err != nil || strings.Contains(strings.Join(q.plans, ";"), "SCALAR SUBQUERY") {
			t.Errorf("Describe again: %v, %q", err, q.plans)
		}
		if strings.Contains(key, "DESC") {
			continue // such a page sorts
		}
		for _, r := range []tuple.Range{
			{Upper: tuple.Bound{Key: tuple.Of(tuple.Text("x"), tuple.Int(2), tuple.Text("c"))}},
			{Lower: tuple.Bound{Key: text("w")}, Upper: tuple.Bound{Key: tuple.Of(tuple.Text("x"), tuple.Int(2), tuple.Text("c"))}},
		} {
			q.plans = nil
			if _, err := sqlrows.NewReader(db.d, q).Scan(context.Background(), s, driver.Query{Range: r, Reverse: true, Limit: 10}); err != nil {
				t.Fatal(err)
			}
			want := 4 - len(r.Lower.Key) // the page, and one search for each column that a limit may hide
			if len(q.plans) != want || slices.ContainsFunc(q.plans, func(p string) bool { return !strings.Contains(p, "SEARCH main.t USING") }) {
				t.Errorf("key %s, range %v: %d plans, want %d: %q", key, r, len(q.plans), want, q.plans)
			}
		}
	}
}
