//go:build cgo

package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// shape is a way to declare a table, and what is to become of it.
type shape struct {
	name     string
	create   string // of the table t
	insert   string // of a row, from the number n
	identity driver.Identity
	key      []string
	// sorts tells that the order of the key is not that of an index, but for
	// its beginning.
	sorts bool
}

var shapes = []shape{
	{"rowid alias", "CREATE TABLE t(id INTEGER PRIMARY KEY, v)", "n, 'v'||n", driver.PrimaryKey, []string{"id"}, false},
	{"autoincrement", "CREATE TABLE t(v, id INTEGER PRIMARY KEY AUTOINCREMENT)", "'v'||n, n", driver.PrimaryKey, []string{"id"}, false},
	{"integer key that is not the rowid", "CREATE TABLE t(id INT PRIMARY KEY NOT NULL, v)", "n, 'v'", driver.PrimaryKey, []string{"id"}, false},
	{"integer desc key that is not the rowid", "CREATE TABLE t(id INTEGER PRIMARY KEY DESC, v)", "n, 'v'", driver.PrimaryKey, []string{"id"}, false},
	{"text", "CREATE TABLE t(name TEXT NOT NULL PRIMARY KEY, v)", "printf('%06d',n), 'v'", driver.PrimaryKey, []string{"name"}, false},
	{"text, nullable but not null", "CREATE TABLE t(name TEXT PRIMARY KEY, v)", "printf('%06d',n), 'v'", driver.PrimaryKey, []string{"name"}, false},
	{"composite", "CREATE TABLE t(a TEXT NOT NULL, b INT NOT NULL, v, PRIMARY KEY(a,b))", "'a'||(n%7), n, 'v'", driver.PrimaryKey, []string{"a", "b"}, false},
	{"composite, key order is not column order", "CREATE TABLE t(v, b INT, a TEXT, PRIMARY KEY(a,b))", "'v', n, 'a'||(n%7)", driver.PrimaryKey, []string{"a", "b"}, false},
	{"three columns", "CREATE TABLE t(a INT, b INT, c INT, v, PRIMARY KEY(a,b,c))", "n%3, n%11, n, 'v'", driver.PrimaryKey, []string{"a", "b", "c"}, false},
	{"without rowid", "CREATE TABLE t(a TEXT, b INT, v, PRIMARY KEY(a,b)) WITHOUT ROWID", "'a'||(n%7), n, 'v'", driver.PrimaryKey, []string{"a", "b"}, false},
	{"without rowid, descending", "CREATE TABLE t(a TEXT, b INT, v, PRIMARY KEY(a DESC,b DESC)) WITHOUT ROWID", "'a'||(n%7), n, 'v'", driver.PrimaryKey, []string{"a", "b"}, false},
	{"without rowid, one descending", "CREATE TABLE t(a TEXT, b INT, v, PRIMARY KEY(a,b DESC)) WITHOUT ROWID", "'a'||(n%7), n, 'v'", driver.PrimaryKey, []string{"a", "b"}, true},
	{"blob key", "CREATE TABLE t(k BLOB PRIMARY KEY, v) WITHOUT ROWID", "CAST(printf('%06d',n) AS BLOB), n", driver.PrimaryKey, []string{"k"}, false},
	{"all descending", "CREATE TABLE t(a TEXT NOT NULL, b INT NOT NULL, v, PRIMARY KEY(a DESC, b DESC))", "'a'||(n%7), n, 'v'", driver.PrimaryKey, []string{"a", "b"}, false},
	{"one descending", "CREATE TABLE t(a TEXT NOT NULL, b INT NOT NULL, v, PRIMARY KEY(a, b DESC))", "'a'||(n%7), n, 'v'", driver.PrimaryKey, []string{"a", "b"}, true},
	{"nocase", "CREATE TABLE t(a TEXT COLLATE NOCASE NOT NULL, b INT NOT NULL, v, PRIMARY KEY(a,b))", "char(65+(n%2)*32)||(n%7), n, 'v'", driver.PrimaryKey, []string{"a", "b"}, false},
	{"rtrim", "CREATE TABLE t(a TEXT COLLATE RTRIM NOT NULL, b INT NOT NULL, v, PRIMARY KEY(a,b))", "'a'||(n%7)||substr('   ',1,n%3), n, 'v'", driver.PrimaryKey, []string{"a", "b"}, false},
	{"collation of the index only", "CREATE TABLE t(a TEXT NOT NULL, b INT NOT NULL, v, PRIMARY KEY(a COLLATE NOCASE, b)) WITHOUT ROWID", "char(65+(n%2)*32)||(n%7), n, 'v'", driver.PrimaryKey, []string{"a", "b"}, false},
	{"binary index over nocase column", "CREATE TABLE t(a TEXT COLLATE NOCASE NOT NULL, v, PRIMARY KEY(a COLLATE BINARY))", "char(65+(n%2)*32)||n, 'v'", driver.PrimaryKey, []string{"a"}, false},
	{"strict", "CREATE TABLE t(a TEXT PRIMARY KEY, v INT) STRICT", "printf('%06d',n), n", driver.PrimaryKey, []string{"a"}, false},
	{"unique not null", "CREATE TABLE t(x, code TEXT NOT NULL UNIQUE, v)", "1, printf('%06d',n), 'v'", driver.UniqueKey, []string{"code"}, false},
	{"unique index made later", "CREATE TABLE t(a INT NOT NULL, b TEXT NOT NULL, v); CREATE UNIQUE INDEX u ON t(b,a)", "n, 'b'||(n%5), 'v'", driver.UniqueKey, []string{"b", "a"}, false},
	{"unique but nullable", "CREATE TABLE t(code TEXT UNIQUE, v)", "printf('%06d',n), 'v'", driver.RowID, []string{"rowid"}, false},
	{"unique but partial", "CREATE TABLE t(code TEXT NOT NULL, v); CREATE UNIQUE INDEX u ON t(code) WHERE code > ''", "printf('%06d',n), 'v'", driver.RowID, []string{"rowid"}, false},
	{"unique over an expression", "CREATE TABLE t(code TEXT NOT NULL, v); CREATE UNIQUE INDEX u ON t(lower(code))", "printf('%06d',n), 'v'", driver.RowID, []string{"rowid"}, false},
	{"no key", "CREATE TABLE t(a, b)", "n, 'v'", driver.RowID, []string{"rowid"}, false},
	{"column called rowid", "CREATE TABLE t(RowID TEXT, b)", "'x', n", driver.RowID, []string{"_rowid_"}, false},
	{"columns called rowid and _rowid_", `CREATE TABLE t(rowid TEXT, "_ROWID_")`, "'x', n", driver.RowID, []string{"oid"}, false},
	{"all names hidden", "CREATE TABLE t(rowid, _rowid_, oid)", "1, 2, n", driver.Position, []string{"row"}, false},
	{"generated columns", "CREATE TABLE t(id INTEGER PRIMARY KEY, a INT, b AS (a*2) STORED, c TEXT AS ('c'||a))", "n, n", driver.PrimaryKey, []string{"id"}, false},
	{"generated column that is unique", "CREATE TABLE t(id INT, a INT, g INT NOT NULL AS (a*2) STORED UNIQUE)", "n, n", driver.RowID, []string{"rowid"}, false},
	{"awkward names", `CREATE TABLE t("a ""b' ü" TEXT NOT NULL, "select" INT NOT NULL, "" TEXT, "x;--" TEXT, PRIMARY KEY("a ""b' ü","select"))`, "'a'||(n%7), n, 'v', NULL", driver.PrimaryKey, []string{`a "b' ü`, "select"}, false},
}

const shapeRows = 500

func (sh *shape) make(t testing.TB) (*writer, *driver.Schema) {
	t.Helper()
	columns := ""
	if strings.HasPrefix(sh.name, "generated") {
		columns = "(id, a)"
	}
	db := made(t, sh.create+fmt.Sprintf(";\nWITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM c WHERE n < %d) INSERT INTO t%s SELECT %s FROM c;", shapeRows, columns, sh.insert))
	return db, described(t, db, "t")
}

func TestIdentity(t *testing.T) {
	for _, sh := range shapes {
		t.Run(sh.name, func(t *testing.T) {
			_, s := sh.make(t)
			var key []string
			for _, c := range s.Key {
				key = append(key, c.Name)
				if c.Nullable {
					t.Errorf("column %q of the key may be NULL", c.Name)
				}
			}
			if s.Identity != sh.identity || !slices.Equal(key, sh.key) {
				t.Errorf("identity %d by %q, want %d by %q", s.Identity, key, sh.identity, sh.key)
			}
			if (s.ReadOnly != "") != (sh.identity == driver.Position) {
				t.Errorf("ReadOnly = %q", s.ReadOnly)
			}
		})
	}
}

// TestPaging reads each shape of table page by page in both directions: every
// row must come once, in an order that the other direction agrees with.
func TestPaging(t *testing.T) {
	for _, sh := range shapes {
		t.Run(sh.name, func(t *testing.T) {
			db, s := sh.make(t)
			forward := walk(t, db, s, false)
			backward := walk(t, db, s, true)
			slices.Reverse(backward)
			if !slices.Equal(forward, backward) {
				t.Errorf("forward and backward differ:\n%v\n%v", forward, backward)
			}
			if n := len(slices.Compact(slices.Sorted(slices.Values(forward)))); n != shapeRows {
				t.Errorf("%d different rows of %d", n, shapeRows)
			}
		})
	}
}

// walk reads a table in pages of 37 and returns its keys.
func walk(t *testing.T, db driver.Reader, s *driver.Schema, reverse bool) []string {
	t.Helper()
	var all []string
	var r tuple.Range
	for {
		p := scanned(t, db, s, driver.Query{Range: r, Reverse: reverse, Limit: 37})
		all = append(all, keysOf(p.Rows)...)
		if !p.More {
			return all
		}
		last := p.Rows[len(p.Rows)-1].Key
		if reverse {
			r = tuple.Range{}.Before(last)
		} else {
			r = tuple.Range{}.After(last)
		}
		if len(all) > 2*shapeRows {
			t.Fatal("paging does not end")
		}
	}
}

// TestPagesSearchTheIndex asks SQLite how it runs each kind of scan: always
// through the index, never by sorting.
func TestPagesSearchTheIndex(t *testing.T) {
	for _, sh := range shapes {
		if sh.identity == driver.Position {
			continue // the exception
		}
		t.Run(sh.name, func(t *testing.T) {
			db, s := sh.make(t)
			plans(t, db, s, sh.sorts)
			shell(t, db.info.Location, "ANALYZE;")
			plans(t, opened(t, db.info.Location, Options{}).(*writer), s, sh.sorts)
		})
	}
}

func plans(t *testing.T, db *writer, s *driver.Schema, sorts bool) {
	t.Helper()
	rows := scanned(t, db, s, driver.Query{}).Rows
	low, high := rows[50].Key, rows[len(rows)-50].Key
	for name, r := range map[string]tuple.Range{
		"all":     {},
		"after":   tuple.Range{}.After(low),
		"before":  tuple.Range{}.Before(high),
		"between": {Lower: tuple.Bound{Key: low}, Upper: tuple.Bound{Key: high, Exclusive: true}},
		"prefix":  tuple.Prefix(low[:1]),
		"part":    tuple.PrefixPart(tuple.Of(tuple.Text("a"))),
	} {
		for _, reverse := range []bool{false, true} {
			q := driver.Query{Range: r, Reverse: reverse, Limit: 50}
			plan := explain(t, db, s, q)
			searched := strings.Contains(plan, "SEARCH") || name == "all" && strings.Contains(plan, "SCAN")
			sorted := strings.Contains(plan, "TEMP B-TREE") && !(sorts && !strings.Contains(plan, "FOR ORDER BY"))
			if !searched || sorted {
				t.Errorf("%s, reverse %v: %s", name, reverse, plan)
			}
		}
	}
}

// explain returns SQLite's plan of a scan.
func explain(t *testing.T, db *writer, s *driver.Schema, q driver.Query) string {
	t.Helper()
	query, args, err := sqlrows.ScanStatement(db.d, s, q)
	if err != nil {
		t.Fatal(err)
	}
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
	return strings.Join(plan, "; ") + "\n" + query
}

func TestTables(t *testing.T) {
	db := made(t, `CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT); CREATE VIEW v AS SELECT 1 AS x;
		CREATE VIEW broken AS SELECT * FROM gone; CREATE VIRTUAL TABLE f USING fts4(a); CREATE TABLE "Ünï ""q""" (x);`)
	list, err := db.Tables(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]driver.TableKind{}
	for _, ti := range list {
		got[ti.Name] = ti.Kind
	}
	for name, kind := range map[string]driver.TableKind{
		"t": driver.Table, "v": driver.View, "broken": driver.View, "f": driver.VirtualTable, `Ünï "q"`: driver.Table,
		"f_content": driver.SystemTable, "sqlite_sequence": driver.SystemTable, "sqlite_schema": "",
	} {
		if got[name] != kind {
			t.Errorf("%s is a %q, want %q", name, got[name], kind)
		}
	}
	for _, name := range []string{"v", "f", "f_content", "sqlite_sequence", "sqlite_schema"} {
		s := described(t, db, name)
		if s.ReadOnly == "" {
			t.Errorf("%s can be written", name)
		}
		scanned(t, db, s, driver.Query{})
	}
	if _, err := db.Describe(context.Background(), "gone"); db.Classify(err) != driver.NoTable {
		t.Errorf("Describe of no table: %v", err)
	}
	if _, err := db.Describe(context.Background(), "broken"); err == nil {
		t.Error("Describe of a broken view does not fail")
	}
}

// TestOddNames: names that are nothing, or mean something elsewhere.
func TestOddNames(t *testing.T) {
	for _, name := range []string{"", " ", "'", `""`, "main.t", "t;--", "select", "rowid", "日本", "%", "[x]", "a\nb", "T"} {
		quoted := dialect{}.Quote(name)
		db := made(t, "CREATE TABLE "+quoted+"("+quoted+" TEXT PRIMARY KEY NOT NULL, v); INSERT INTO "+quoted+" VALUES('k', 1);")
		s := described(t, db, name)
		p := scanned(t, db, s, driver.Query{Range: tuple.Prefix(text("k"))})
		if s.Name != name || s.Key[0].Name != name || len(p.Rows) != 1 {
			t.Errorf("%q: %+v, %v", name, s, p.Rows)
			continue
		}
		applied(t, db, driver.Change{Op: driver.Update, Table: name, Key: text("k"), NewKey: text("l"), Base: p.Rows[0].Values})
	}
}
