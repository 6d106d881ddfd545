package mysql

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// untilRuns waits until the server runs a statement that is like a pattern, or
// no such statement any more.
func untilRuns(t testing.TB, db *writer, pattern string, want bool) {
	t.Helper()
	query := "SELECT count(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE ? AND ID <> CONNECTION_ID()"
	for t.Context().Err() == nil {
		var n int
		if err := db.pool.db.QueryRow(query, pattern).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if (n > 0) == want {
			return
		}
	}
}

// cancelWhenRunning calls f, and cancels its context when the server runs a
// statement like a pattern. It returns f's error when the server runs none any
// more.
func cancelWhenRunning(t *testing.T, watcher *writer, pattern string, f func(context.Context) error) error {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- f(ctx) }()
	untilRuns(t, watcher, pattern, true)
	cancel()
	err := <-ended
	untilRuns(t, watcher, pattern, false)
	return err
}

// counting dials, and counts.
type counting struct{ dialed atomic.Int64 }

func (c *counting) dial(ctx context.Context, network, address string) (net.Conn, error) {
	c.dialed.Add(1)
	return new(net.Dialer).DialContext(ctx, network, address)
}

// TestCancelReachesServer: the statement ends in the server, through a second
// connection that is made as the others are, and the session goes on.
func TestCancelReachesServer(t *testing.T) {
	name := newDatabase(t)
	run(t, name, "CREATE VIEW slow AS SELECT seq FROM seq_1_to_100 WHERE SLEEP(10) = 0")
	dials := &counting{}
	to := connection(t, name)
	to.Dial = dials.dial
	db := opened(t, to).(*writer)
	defer db.Close()
	watcher := opened(t, connection(t, name)).(*writer)
	defer watcher.Close()
	s, err := db.Describe(context.Background(), "slow")
	if err != nil {
		t.Fatal(err)
	}
	before := dials.dialed.Load()
	err = cancelWhenRunning(t, watcher, "SELECT %slow%", func(ctx context.Context) error {
		_, err := db.Scan(ctx, s, driver.Query{Limit: 10})
		return err
	})
	if db.Classify(err) != driver.Canceled {
		t.Errorf("scan: %v", err)
	}
	if after := dials.dialed.Load(); after != before+1 {
		t.Errorf("%d connections were made to cancel, want 1", after-before)
	}
	err = cancelWhenRunning(t, watcher, "SELECT count%slow%", func(ctx context.Context) error {
		_, err := db.Count(ctx, s, tuple.Range{})
		return err
	})
	if db.Classify(err) != driver.Canceled {
		t.Errorf("count: %v", err)
	}
	if idle := db.pool.db.Stats().Idle; idle != 1 {
		t.Errorf("%d connections are left, want the one that there was", idle)
	}
}

// TestCanceledConsole keeps its session: settings, temporary tables and the open
// transaction.
func TestCanceledConsole(t *testing.T) {
	name := newDatabase(t)
	db := opened(t, connection(t, name)).(*writer)
	defer db.Close()
	c := console(t, db)
	ran(t, c, "CREATE TABLE t (id INT PRIMARY KEY)")
	ran(t, c, "START TRANSACTION")
	ran(t, c, "INSERT INTO t VALUES (1)")
	for range 3 {
		err := cancelWhenRunning(t, db, "SELECT SLEEP%", func(ctx context.Context) error {
			_, err := c.Run(ctx, "SELECT SLEEP(30), 'canceled'", &collected{})
			return err
		})
		if db.Classify(err) != driver.Canceled {
			t.Errorf("run: %v", err)
		}
		if got, o := ran(t, c, "SELECT count(*) FROM t"); !o.InTransaction || got.rows[0][0][0] != tuple.Int(1) {
			t.Errorf("the transaction was lost: %+v, %v", o, got.rows)
		}
	}
}

// TestCanceledWait: waiting for a lock in a transaction can be given up, and the
// transaction goes on.
func TestCanceledWait(t *testing.T) {
	name := newDatabase(t)
	run(t, name, "CREATE TABLE t (id INT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 0), (2, 0)")
	db := opened(t, connection(t, name)).(*writer)
	defer db.Close()
	first, second := begin(t, db), begin(t, db)
	change(t, first, 1, 10)
	change(t, second, 2, 20)
	err := cancelWhenRunning(t, db, "SELECT %FOR UPDATE", func(ctx context.Context) error {
		_, err := second.Apply(ctx, []driver.Change{set(1, 11)})
		return err
	})
	if db.Classify(err) != driver.Canceled {
		t.Errorf("apply: %v", err)
	}
	for _, tx := range []driver.Tx{first, second} {
		if err := tx.Commit(context.Background()); err != nil {
			t.Errorf("commit: %v", err)
		}
	}
	if got := text(t, db, "SELECT GROUP_CONCAT(v ORDER BY id) FROM t"); got != "10,20" {
		t.Errorf("values: %s", got)
	}
}

func begin(t *testing.T, db driver.DB) driver.Tx {
	t.Helper()
	tx, err := db.(driver.Transactor).Begin(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
	return tx
}

// set is a change of column v of table t.
func set(id, v int64) driver.Change {
	return driver.Change{Op: driver.Update, Table: "t", Key: tuple.Of(tuple.Int(id)), Set: []driver.Assignment{{Value: tuple.Int(v)}}}
}

func change(t *testing.T, tx driver.Tx, id, v int64) {
	t.Helper()
	applied, err := tx.Apply(context.Background(), []driver.Change{set(id, v)})
	if err != nil || len(applied.Conflicts) > 0 {
		t.Fatalf("apply: %+v, %v", applied, err)
	}
}

// TestStatementTimeout: the server ends what runs longer than the profile
// allows; where it cannot, this program tells it to.
func TestStatementTimeout(t *testing.T) {
	name := newDatabase(t)
	to := connection(t, name)
	to.StatementTimeout = 50 * time.Millisecond
	db := opened(t, to).(*writer)
	defer db.Close()
	c := console(t, db)
	const long = "SELECT count(*) FROM seq_1_to_1000000 a, seq_1_to_1000000 b WHERE a.seq <> b.seq"
	if _, err := c.Run(context.Background(), long, &collected{}); db.Classify(err) != driver.Timeout {
		t.Errorf("by the server: %v", err)
	}
	made, err := db.consoles.connector.Connect(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer made.Close()
	own := made.(*conn)
	own.timeout = to.StatementTimeout
	ctx := context.Background()
	if _, err := own.ExecContext(ctx, "SET max_statement_time = 0", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := own.ExecContext(ctx, long, nil); !errors.Is(err, errStatementTimeout) || classify(err) != driver.Timeout {
		t.Errorf("by this program: %v", err)
	}
	if _, err := own.ExecContext(ctx, "DO 1", nil); err != nil {
		t.Errorf("the connection after that: %v", err)
	}
}
