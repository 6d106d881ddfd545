//go:build cgo

package sqlite

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// kept is a sink that keeps rows.
type kept struct {
	columns []driver.ResultColumn
	rows    []tuple.Tuple
}

func (k *kept) Columns(c []driver.ResultColumn) error { k.columns = c; return nil }

func (k *kept) Row(values []tuple.Value) error {
	k.rows = append(k.rows, append(tuple.Tuple{}, values...))
	return nil
}

// openConsole opens a console of a file.
func openConsole(t *testing.T, path string, o Options) driver.Console {
	t.Helper()
	db, err := Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	c, err := db.(driver.Consoler).Console(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestConsoleShowsWhatIsStored: the driver would make times and truth values of
// what columns of some types hold.
func TestConsoleShowsWhatIsStored(t *testing.T) {
	c := openConsole(t, filepath.Join(t.TempDir(), "a.db"), Options{Create: true})
	var got kept
	for _, statement := range []string{
		"CREATE TABLE t (a DATE, b TIMESTAMP, c BOOLEAN, d DATETIME)",
		"INSERT INTO t VALUES ('not a date', 1700000000, 7, '2026-01-02 03:04:05+01:00')",
		"SELECT a, b, c, d FROM t",
	} {
		if _, err := c.Run(t.Context(), statement, &got); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	want := tuple.Of(tuple.Text("not a date"), tuple.Int(1700000000), tuple.Int(7), tuple.Text("2026-01-02 03:04:05+01:00"))
	if len(got.rows) != 1 || !got.rows[0].Equal(want) || got.columns[0].Type != "DATE" {
		t.Errorf("%v of %+v, want %v", got.rows, got.columns, want)
	}
}

// hostileScripts are ways to write into a database, or around its being read-only.
var hostileScripts = []string{
	"INSERT INTO t VALUES (9)",
	"INSERT OR REPLACE INTO t VALUES (1)",
	"REPLACE INTO t VALUES (1)",
	"UPDATE t SET a = 2",
	"UPDATE OR IGNORE t SET a = 2 RETURNING a",
	"DELETE FROM t",
	"DELETE FROM t WHERE a IN (SELECT a FROM t)",
	"WITH x AS (SELECT 1) DELETE FROM t",
	"WITH x AS (\n SELECT 1\n)\nINSERT INTO t SELECT * FROM x",
	"/* SELECT */ DELETE FROM t",
	"-- SELECT\nDELETE FROM t",
	"EXPLAIN QUERY PLAN SELECT 1; DELETE FROM t",
	"SELECT 1; DELETE FROM t",
	"CREATE TABLE u (a)",
	"CREATE TABLE u AS SELECT * FROM t",
	"CREATE VIEW v AS SELECT 1",
	"CREATE INDEX ix ON t (a)",
	"CREATE UNIQUE INDEX IF NOT EXISTS ix ON t (a)",
	"CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t; END",
	"CREATE VIRTUAL TABLE f USING fts5(a)",
	"DROP TABLE t",
	"DROP TABLE IF EXISTS t",
	"DROP VIEW w",
	"DROP INDEX it",
	"DROP TRIGGER tt",
	"ALTER TABLE t RENAME TO u",
	"ALTER TABLE t ADD COLUMN b",
	"ALTER TABLE t RENAME COLUMN a TO b",
	"ALTER TABLE t DROP COLUMN z",
	"INSERT INTO w VALUES (1)",
	"UPDATE sqlite_schema SET sql = ''",
	"PRAGMA writable_schema = ON; DELETE FROM sqlite_schema",
	"PRAGMA user_version = 7",
	"PRAGMA main.application_id = 7",
	"PRAGMA journal_mode = DELETE; INSERT INTO t VALUES (9)",
	"PRAGMA query_only = OFF; INSERT INTO t VALUES (9)",
	"PRAGMA main.query_only = 0; DELETE FROM t",
	"ATTACH 'FILE' AS again; DELETE FROM again.t",
	"ATTACH 'file:FILE?mode=rw' AS again; DELETE FROM again.t",
	"PRAGMA query_only = OFF; ATTACH 'FILE' AS again; DELETE FROM again.t",
	"VACUUM",
	"VACUUM INTO 'FILE.copy'",
	"PRAGMA query_only = OFF; VACUUM INTO 'FILE.copy'",
	"REINDEX",
	"ANALYZE",
	"BEGIN IMMEDIATE; DELETE FROM t; COMMIT",
	"BEGIN EXCLUSIVE; DELETE FROM t",
	"SAVEPOINT s; DELETE FROM t; RELEASE s",
	"PRAGMA wal_checkpoint(TRUNCATE); DELETE FROM t",
	"SELECT load_extension('x')",
	"SELECT writefile('FILE.copy', 'x')",
}

// TestReadOnlyConsoleHolds runs them on many connections at once, each script to
// its end, whatever fails before.
func TestReadOnlyConsoleHolds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	c := openConsole(t, path, Options{Create: true})
	for _, statement := range []string{
		"CREATE TABLE t (a INTEGER PRIMARY KEY, z)", "INSERT INTO t VALUES (1, 2), (2, 3)", "CREATE INDEX it ON t (z)",
		"CREATE VIEW w AS SELECT a FROM t", "CREATE TRIGGER tt INSTEAD OF INSERT ON w BEGIN DELETE FROM t; END",
	} {
		if _, err := c.Run(t.Context(), statement, &kept{}); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	var at sync.WaitGroup
	for range 8 {
		at.Go(func() {
			c := openConsole(t, path, Options{ReadOnly: true})
			for _, script := range hostileScripts {
				refused(t, c, strings.ReplaceAll(script, "FILE", path))
			}
		})
	}
	at.Wait()
	var rows, schema kept
	check := openConsole(t, path, Options{ReadOnly: true})
	for query, into := range map[string]*kept{"SELECT a FROM t": &rows, "SELECT name FROM sqlite_schema": &schema} {
		if _, err := check.Run(t.Context(), query, into); err != nil {
			t.Fatal(err)
		}
	}
	if len(rows.rows) != 2 || len(schema.rows) != 4 {
		t.Errorf("afterwards there are %d rows, and %d tables and others", len(rows.rows), len(schema.rows))
	}
	if _, err := os.Stat(path + ".copy"); err == nil {
		t.Error("a copy of the database was written")
	}
}

// refused runs a script, of which at least one statement must fail.
func refused(t *testing.T, c driver.Console, script string) {
	t.Helper()
	failed := false
	for _, s := range syntax.Split(script) {
		_, err := c.Run(context.Background(), s.Text, &kept{})
		failed = failed || err != nil
	}
	if !failed {
		t.Errorf("nothing refused %s", script)
	}
	_, _ = c.Run(context.Background(), "ROLLBACK", &kept{})
}
