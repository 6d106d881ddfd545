//go:build cgo

package sqlite

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// TestTableThatChangesWhileShown: who has an old schema gets rows or an error
// of the right kind, and never writes to another column.
func TestTableThatChangesWhileShown(t *testing.T) {
	const none = driver.Internal // which no error may be
	for _, c := range []struct {
		what, sql         string
		scan, write, load driver.Kind
	}{
		{"a column more", "ALTER TABLE t ADD COLUMN c DEFAULT 7", none, driver.Conflicting, none},
		{"a column less", "ALTER TABLE t DROP COLUMN b", driver.Conflicting, driver.Conflicting, driver.Conflicting},
		{"a column of another name", "ALTER TABLE t RENAME COLUMN b TO c", driver.Conflicting, none, driver.Conflicting},
		{"a key of another name", "ALTER TABLE t RENAME COLUMN id TO key", driver.Conflicting, none, driver.Conflicting},
		{"another name", "ALTER TABLE t RENAME TO u", driver.NoTable, driver.NoTable, driver.NoTable},
		{"dropped", "DROP TABLE t", driver.NoTable, driver.NoTable, driver.NoTable},
		{"another key", "DROP TABLE t; CREATE TABLE t(id TEXT, x INT, a, b, PRIMARY KEY(id,x)) WITHOUT ROWID; INSERT INTO t VALUES('k',1,2,3)", none, driver.BadKey, driver.Constraint},
		{"a view", "DROP TABLE t; CREATE VIEW t AS SELECT 1 AS id, 2 AS a, 3 AS b", none, driver.ReadOnly, driver.ReadOnly},
	} {
		t.Run(c.what, func(t *testing.T) {
			db := made(t, "CREATE TABLE t(id INTEGER PRIMARY KEY, a, b); INSERT INTO t VALUES(1,2,3);")
			ctx := context.Background()
			s := described(t, db, "t")
			shell(t, db.info.Location, c.sql)
			want := func(what string, err error, kind driver.Kind) {
				t.Helper()
				if db.Classify(err) != kind || (err == nil) != (kind == none) {
					t.Errorf("%s: %v (%s), want %s", what, err, db.Classify(err), kind)
				}
			}
			_, err := db.Scan(ctx, s, driver.Query{Limit: 10, MaxValue: 10})
			want("scan", err, c.scan)
			_, err = db.Get(ctx, s, []tuple.Tuple{id(1)})
			want("get", err, c.scan)
			_, err = db.Count(ctx, s, tuple.Range{Lower: tuple.Bound{Key: id(0)}})
			if kind := db.Classify(err); kind != c.scan && err != nil {
				t.Errorf("count: %v (%s)", err, kind)
			}
			if _, _, err := db.Estimate(ctx, s); err != nil && db.Classify(err) != c.scan {
				t.Errorf("estimate: %v", err)
			}
			_, err = db.Apply(ctx, []driver.Change{{Op: driver.Update, Table: "t", Key: id(1), Base: []tuple.Value{tuple.Int(2), tuple.Int(3)}, Set: set(1, tuple.Int(4))}})
			want("write", err, c.write)
			err = db.Load(ctx, s, func(yield func(driver.Row, error) bool) {
				yield(driver.Row{Key: id(3), Values: []tuple.Value{tuple.Int(5), tuple.Int(6)}}, nil)
			})
			want("load", err, c.load)
		})
	}
}

// TestFileThatIsGone: SQLite would go on, with a file that nobody else sees.
func TestFileThatIsGone(t *testing.T) {
	for _, journal := range []string{"WAL", "DELETE"} {
		for what, do := range map[string]func(path string) error{
			"deleted": os.Remove,
			"renamed": func(path string) error { return os.Rename(path, path+".old") },
			"replaced": func(path string) error {
				data, err := os.ReadFile(path)
				if err == nil {
					err = os.WriteFile(path+".new", data, 0o644)
				}
				if err == nil {
					err = os.Rename(path+".new", path)
				}
				return err
			},
		} {
			t.Run(journal+" "+what, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "test.db")
				shell(t, path, "PRAGMA journal_mode="+journal+"; CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES(1);")
				db, err := Open(context.Background(), path, Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer db.Close()
				w := db.(*writer)
				ctx := context.Background()
				s := described(t, db, "t")
				tx, err := w.Begin(ctx)
				if err != nil {
					t.Fatal(err)
				}
				insert := driver.Change{Op: driver.Insert, Table: "t", Key: id(2)}
				applied(t, tx, insert)
				if err := do(path); err != nil {
					t.Fatal(err)
				}
				if err := tx.Commit(ctx); db.Classify(err) != driver.Unavailable {
					t.Errorf("commit: %v", err)
				}
				if _, err := w.Apply(ctx, []driver.Change{insert}); db.Classify(err) != driver.Unavailable {
					t.Errorf("apply: %v", err)
				}
				if _, err := db.Scan(ctx, s, driver.Query{Limit: 1}); db.Classify(err) != driver.Unavailable {
					t.Errorf("scan: %v", err)
				}
				if what != "renamed" {
					return
				}
				if err := os.Rename(path+".old", path); err != nil {
					t.Fatal(err)
				}
				applied(t, w, insert)
				if got := shell(t, path, "SELECT count(*) FROM t"); got != "2" {
					t.Errorf("%s rows after the file was put back", got)
				}
			})
		}
	}
}

// TestNewFileThatIsGone: one that this package made is looked after too.
func TestNewFileThatIsGone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	db := opened(t, path, Options{Create: true})
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Tables(context.Background()); db.Classify(err) != driver.Unavailable {
		t.Errorf("%v", err)
	}
}

// TestCascade: a row that went with the one it referred to is not there to be
// deleted, and that is said.
func TestCascade(t *testing.T) {
	db := made(t, `CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(id INTEGER PRIMARY KEY, p REFERENCES p ON DELETE CASCADE);
		INSERT INTO p VALUES(1); INSERT INTO c VALUES(7,1),(8,1);`)
	parent := driver.Change{Op: driver.Delete, Table: "p", Key: id(1)}
	child := driver.Change{Op: driver.Delete, Table: "c", Key: id(7), Base: []tuple.Value{tuple.Int(1)}}
	a, err := db.Apply(context.Background(), []driver.Change{parent, child})
	if err != nil || len(a.Conflicts) != 1 || a.Conflicts[0].Change != 1 || a.Conflicts[0].Current != nil {
		t.Errorf("parent first: %+v, %v", a, err)
	}
	if got := shell(t, db.info.Location, "SELECT count(*) FROM c"); got != "2" {
		t.Errorf("%s rows are left after a conflict", got)
	}
	applied(t, db, child, parent)
	if got := shell(t, db.info.Location, "SELECT count(*) FROM c"); got != "0" {
		t.Errorf("%s rows are left", got)
	}
}
