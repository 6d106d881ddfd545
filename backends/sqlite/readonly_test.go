//go:build cgo

package sqlite

import (
	"context"
	"database/sql"
	"path/filepath"
	"sync"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
)

// hostile are statements that write, by whatever way.
var hostile = []string{
	"INSERT INTO t VALUES(9)",
	"INSERT OR REPLACE INTO t VALUES(1)",
	"REPLACE INTO t VALUES(1)",
	"INSERT INTO t SELECT id+100 FROM t",
	"WITH x AS (SELECT 9 AS n) INSERT INTO t SELECT n FROM x",
	"WITH x AS (SELECT 1)\nDELETE FROM t",
	"INSERT INTO t VALUES(9) RETURNING id",
	"UPDATE t SET id = id + 1",
	"UPDATE OR IGNORE t SET id = 7",
	"DELETE FROM t",
	"SELECT 1; DELETE FROM t",
	"/* SELECT */ DELETE FROM t",
	"-- SELECT\nDELETE FROM t",
	"EXPLAIN SELECT 1; DELETE FROM t",
	"CREATE TABLE u(a)",
	"CREATE TABLE u AS SELECT * FROM t",
	"CREATE INDEX i ON t(id)",
	"CREATE VIEW v2 AS SELECT 1",
	"CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END",
	"CREATE VIRTUAL TABLE f USING fts4(a)",
	"DROP TABLE t",
	"DROP VIEW v",
	"ALTER TABLE t RENAME TO u",
	"ALTER TABLE t ADD COLUMN b",
	"ANALYZE",
	"REINDEX",
	"VACUUM",
	"PRAGMA user_version = 3",
	"PRAGMA application_id = 3",
	"PRAGMA journal_mode = DELETE; DELETE FROM t",
	"PRAGMA writable_schema = ON; DELETE FROM sqlite_schema",
	"PRAGMA query_only = OFF; DELETE FROM t",
	"PRAGMA query_only = OFF; PRAGMA user_version = 3",
	"PRAGMA query_only = OFF; CREATE TABLE u(a)",
	"PRAGMA query_only = OFF; VACUUM",
	"BEGIN IMMEDIATE; DELETE FROM t; COMMIT",
	"BEGIN EXCLUSIVE; INSERT INTO t VALUES(9); COMMIT",
	"SAVEPOINT s; DELETE FROM t; RELEASE s",
	"INSERT INTO v VALUES(9)",
	"DELETE FROM main.t WHERE id = 1",
	"UPDATE sqlite_sequence SET seq = 99",
	"INSERT INTO sqlite_stat1 VALUES('t', NULL, '9')",
}

// TestReadOnlyByConstruction writes past the driver, with the pool itself: on
// eight connections at once, so that a setting that reached only some of them
// would show.
func TestReadOnlyByConstruction(t *testing.T) {
	for _, journal := range []string{"WAL", "DELETE"} {
		t.Run(journal, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "test.db")
			shell(t, path, "PRAGMA journal_mode="+journal+`; CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT); CREATE INDEX by_id ON t(id); INSERT INTO t VALUES(1),(2);
				CREATE VIEW v AS SELECT * FROM t; CREATE TRIGGER w INSTEAD OF INSERT ON v BEGIN INSERT INTO t VALUES(new.id); END; ANALYZE;`)
			dump := ".dump\nPRAGMA user_version;\nPRAGMA application_id;"
			before := shell(t, path, dump)
			db := opened(t, path, Options{ReadOnly: true}).(*reader)
			attack(t, db.pool)
			if after := shell(t, path, dump); after != before {
				t.Errorf("the database has changed:\n%s\nbefore:\n%s", after, before)
			}
		})
	}
}

func attack(t *testing.T, pool *sql.DB) {
	const connections = 8
	ctx := context.Background()
	var wg sync.WaitGroup
	for range connections {
		conn, err := pool.Conn(ctx) // all are open at once
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		rows, err := conn.QueryContext(ctx, "SELECT id FROM t")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close() // and reading
		wg.Go(func() {
			for _, statement := range hostile {
				if _, err := conn.ExecContext(ctx, statement); err == nil {
					t.Errorf("%s: no error", statement)
				}
			}
		})
	}
	wg.Wait()
}

// TestReadersOfAWriterRefuseToWrite: those open the file for writing, to play
// back journals, but the connections refuse.
func TestReadersOfAWriterRefuseToWrite(t *testing.T) {
	db := made(t, "CREATE TABLE t(id INTEGER PRIMARY KEY)")
	if _, err := db.pool.Exec("INSERT INTO t VALUES(1)"); db.Classify(err) != driver.ReadOnly {
		t.Errorf("insert by a reading connection: %v", err)
	}
}

// TestReadOnlyHasNoMethods checks what the type offers.
func TestReadOnlyHasNoMethods(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	shell(t, path, "CREATE TABLE t(a)")
	var db any = opened(t, path, Options{ReadOnly: true})
	if _, ok := db.(driver.Writer); ok {
		t.Error("Writer")
	}
	if _, ok := db.(driver.Transactor); ok {
		t.Error("Transactor")
	}
	if _, ok := db.(driver.Creator); ok {
		t.Error("Creator")
	}
	if _, ok := db.(driver.Loader); ok {
		t.Error("Loader")
	}
}
