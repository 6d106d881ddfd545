//go:build cgo

package sqlite

import (
	"context"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// endless is a view that never ends, but for the sake of the machine.
const endless = `CREATE VIEW v AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM c WHERE n < 1000000000000) SELECT n FROM c WHERE n < 0;`

// TestCancel cancels what would take for ever, once SQLite is at it.
func TestCancel(t *testing.T) {
	db := made(t, endless+"CREATE TABLE t(a);")
	s := described(t, db, "v")
	for what, call := range map[string]func(context.Context) error{
		"scan": func(ctx context.Context) error {
			_, err := db.Scan(ctx, s, driver.Query{Limit: 10})
			return err
		},
		"reverse scan": func(ctx context.Context) error {
			_, err := db.Scan(ctx, s, driver.Query{Limit: 10, Reverse: true})
			return err
		},
		"count": func(ctx context.Context) error {
			_, err := db.Count(ctx, s, tuple.Range{})
			return err
		},
		"get": func(ctx context.Context) error {
			_, err := db.Get(ctx, s, []tuple.Tuple{id(1)})
			return err
		},
		"scan in a transaction": func(ctx context.Context) error {
			tx, err := db.Begin(context.Background())
			if err != nil {
				return err
			}
			defer func() {
				// Reading was interrupted, and nothing else.
				applied(t, tx, driver.Change{Op: driver.Insert, Table: "t"})
				if err := tx.Commit(context.Background()); err != nil {
					t.Error(err)
				}
			}()
			_, err = tx.Scan(ctx, s, driver.Query{Limit: 10})
			return err
		},
	} {
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error)
		go func() { done <- call(ctx) }()
		cancel()
		if err := <-done; db.Classify(err) != driver.Canceled {
			t.Errorf("%s: %v", what, err)
		}
	}
	if got := shell(t, db.info.Location, "SELECT count(*) FROM t"); got != "1" {
		t.Errorf("%s rows", got)
	}
}

// TestCancelApply cancels changes while a trigger of theirs runs for ever.
func TestCancelApply(t *testing.T) {
	db := made(t, `CREATE TABLE t(id INTEGER PRIMARY KEY); CREATE TABLE log(n);
		CREATE TRIGGER g AFTER INSERT ON t WHEN new.id = 2 BEGIN
			INSERT INTO log WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM c WHERE n < 1000000000000) SELECT n FROM c WHERE n < 0; END;`)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		_, err := db.Apply(ctx, []driver.Change{{Op: driver.Insert, Table: "t", Key: id(1)}, {Op: driver.Insert, Table: "t", Key: id(2)}})
		done <- err
	}()
	for db.one.Stats().InUse == 0 && len(done) == 0 { // until it has begun
		runtime.Gosched()
	}
	cancel()
	if err := <-done; db.Classify(err) != driver.Canceled {
		t.Errorf("%v", err)
	}
	applied(t, db, driver.Change{Op: driver.Insert, Table: "t", Key: id(3)})
	if got := shell(t, db.info.Location, "SELECT id FROM t"); got != "3" {
		t.Errorf("rows: %s", got)
	}
}

// TestInterrupt cancels while SQLite is certainly at it: the first row of the
// view is there, the second never comes.
func TestInterrupt(t *testing.T) {
	db := made(t, `CREATE VIEW v AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM c WHERE n < 1000000000000) SELECT n FROM c WHERE n < 2;`)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	rows, err := db.pool.QueryContext(ctx, "SELECT n FROM v")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		cancel()
	}
	if err := rows.Err(); classify(err) != driver.Canceled {
		t.Errorf("%v", err)
	}
}

// TestCloseEndsEverything: calls under way, transactions and snapshots.
func TestCloseEndsEverything(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	shell(t, path, "PRAGMA journal_mode=WAL; CREATE TABLE t(a INTEGER PRIMARY KEY);"+endless)
	db, err := Open(context.Background(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	s := described(t, db, "v")
	tx, err := db.(driver.Transactor).Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	applied(t, tx, driver.Change{Op: driver.Insert, Table: "t"})
	snap, err := db.(driver.Snapshotter).Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	const calls = 3
	done := make(chan error, calls)
	go func() { _, err := db.Scan(ctx, s, driver.Query{Limit: 1}); done <- err }()
	go func() { _, err := tx.Scan(ctx, s, driver.Query{Limit: 1}); done <- err }()
	go func() { _, err := db.(driver.Transactor).Begin(ctx); done <- err }()
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	for range calls {
		if err := <-done; db.Classify(err) != driver.Closed {
			t.Errorf("a call under way: %v", err)
		}
	}
	if err := tx.Commit(ctx); db.Classify(err) != driver.Closed {
		t.Errorf("commit: %v", err)
	}
	if _, err := snap.Scan(ctx, s, driver.Query{Limit: 1}); db.Classify(err) != driver.Closed {
		t.Errorf("scan of a snapshot: %v", err)
	}
	if err := snap.Release(); err != nil {
		t.Error(err)
	}
	if got := shell(t, path, "SELECT count(*) FROM t"); got != "0" {
		t.Errorf("%s rows were committed", got)
	}
	if leftovers, _ := filepath.Glob(path + "-*"); len(leftovers) > 0 {
		t.Errorf("left behind: %v", leftovers)
	}
}

// TestSnapshotNeedsALog: without one it would block writers.
func TestSnapshotNeedsALog(t *testing.T) {
	db := made(t, "CREATE TABLE t(a)")
	if _, err := db.Snapshot(context.Background()); db.Classify(err) != driver.Unsupported {
		t.Errorf("%v", err)
	}
}
