package mysql

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// through opens a database through a proxy.
func through(t *testing.T, database string) (*writer, *proxy) {
	t.Helper()
	to := connection(t, database)
	var p *proxy
	p, to.URL = newProxy(t, to.URL)
	db := opened(t, to).(*writer)
	t.Cleanup(func() { _ = db.Close() })
	return db, p
}

// numbers makes a table t of some rows, and describes it.
func numbers(t *testing.T, db *writer) *driver.Schema {
	t.Helper()
	run(t, db.d.database, "CREATE TABLE t (id INT PRIMARY KEY, v INT)", "INSERT INTO t SELECT seq, 0 FROM seq_1_to_100")
	s, err := db.Describe(context.Background(), "t")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestReconnect: reads and writes go on after all connections were lost, as if
// nothing had been.
func TestReconnect(t *testing.T) {
	db, p := through(t, newDatabase(t))
	s := numbers(t, db)
	ctx := context.Background()
	if _, err := db.Apply(ctx, []driver.Change{set(1, 1)}); err != nil {
		t.Fatal(err)
	}
	p.cut()
	if page, err := db.Scan(ctx, s, driver.Query{Limit: 10}); err != nil || len(page.Rows) != 10 {
		t.Errorf("scan: %v", err)
	}
	if _, err := db.Apply(ctx, []driver.Change{set(1, 2)}); err != nil {
		t.Errorf("apply: %v", err)
	}
	p.set(func(p *proxy) { p.down = true })
	p.cut()
	_, err := db.Scan(ctx, s, driver.Query{Limit: 10})
	if db.Classify(err) != driver.Unavailable {
		t.Errorf("scan without a server: %v (%v)", err, db.Classify(err))
	}
	if _, err := db.Apply(ctx, []driver.Change{set(1, 3)}); db.Classify(err) != driver.Unavailable {
		t.Errorf("apply without a server: %v", err)
	}
	p.set(func(p *proxy) { p.down = false })
	if _, err := db.Scan(ctx, s, driver.Query{Limit: 10}); err != nil {
		t.Errorf("scan when the server is back: %v", err)
	}
	if got := text(t, db, "SELECT v FROM t WHERE id = 1"); got != "2" {
		t.Errorf("the value is %s", got)
	}
}

// TestLostTransaction: a transaction whose connection is lost has ended, and
// nothing of it is there; no other connection takes its place.
func TestLostTransaction(t *testing.T) {
	db, p := through(t, newDatabase(t))
	numbers(t, db)
	ctx := context.Background()
	tx := begin(t, db)
	change(t, tx, 1, 5)
	p.cut()
	if _, err := tx.Apply(ctx, []driver.Change{set(2, 5)}); db.Classify(err) != driver.Unavailable {
		t.Errorf("apply: %v", err)
	}
	if _, err := tx.Apply(ctx, []driver.Change{set(3, 5)}); db.Classify(err) != driver.Closed {
		t.Errorf("the next: %v", err)
	}
	if err := tx.Commit(ctx); db.Classify(err) != driver.Closed {
		t.Errorf("commit: %v", err)
	}
	if got := text(t, db, "SELECT max(v) FROM t"); got != "0" {
		t.Error("something of it was written")
	}
}

// TestCommitWithoutAnswer: the server has committed, or has not, and nobody has
// heard of it.
func TestCommitWithoutAnswer(t *testing.T) {
	db, p := through(t, newDatabase(t))
	numbers(t, db)
	ctx := context.Background()
	p.set(func(p *proxy) { p.cutAt = []byte("\x03COMMIT") })
	if _, err := db.Apply(ctx, []driver.Change{set(1, 7)}); db.Classify(err) != driver.OutcomeUnknown {
		t.Errorf("apply: %v (%v)", err, db.Classify(err))
	}
	tx := begin(t, db)
	change(t, tx, 2, 7)
	if err := tx.Commit(ctx); db.Classify(err) != driver.OutcomeUnknown {
		t.Errorf("commit: %v (%v)", err, db.Classify(err))
	}
	p.set(func(p *proxy) { p.cutAt = nil })
	if got := text(t, db, "SELECT sum(v) FROM t"); got != "14" {
		t.Errorf("the sum is %s: the proxy has not let COMMIT through", got)
	}
	p.set(func(p *proxy) { p.cutAt = []byte("\x03UPDATE") })
	if _, err := db.Apply(ctx, []driver.Change{set(1, 8)}); db.Classify(err) != driver.Unavailable {
		t.Errorf("apply that is cut off before COMMIT: %v (%v)", err, db.Classify(err))
	}
}

// TestDeadlock: the server ends one of two transactions that wait for each
// other, which is worth another try; the other goes on.
func TestDeadlock(t *testing.T) {
	name := newDatabase(t)
	db := opened(t, connection(t, name)).(*writer)
	defer db.Close()
	numbers(t, db)
	ctx := context.Background()
	first, second := begin(t, db), begin(t, db)
	change(t, first, 1, 1)
	change(t, second, 2, 2)
	waited := make(chan error, 1)
	go func() {
		_, err := first.Apply(ctx, []driver.Change{set(2, 1)})
		waited <- err
	}()
	untilRuns(t, db, "SELECT %FOR UPDATE", true)
	_, err2 := second.Apply(ctx, []driver.Change{set(1, 2)})
	err1 := <-waited
	victim, lucky, err := second, first, err2
	if err1 != nil {
		victim, lucky, err = first, second, err1
	}
	if db.Classify(err) != driver.TryAgain || err1 != nil && err2 != nil {
		t.Errorf("apply: %v and %v, want one deadlock", err1, err2)
	}
	if err := victim.Commit(ctx); db.Classify(err) != driver.Closed {
		t.Errorf("commit of the victim: %v", err)
	}
	if err := lucky.Commit(ctx); err != nil {
		t.Errorf("commit of the other: %v", err)
	}
}

// TestLockWaitTimeout undoes the statement and leaves the transaction as it was.
func TestLockWaitTimeout(t *testing.T) {
	name := newDatabase(t)
	to := connection(t, name)
	to.Startup = []string{"SET SESSION innodb_lock_wait_timeout = 1"}
	db := opened(t, to).(*writer)
	defer db.Close()
	numbers(t, db)
	ctx := context.Background()
	first, second := begin(t, db), begin(t, db)
	change(t, first, 1, 1)
	change(t, second, 2, 2)
	if _, err := second.Apply(ctx, []driver.Change{set(3, 2), set(1, 2)}); db.Classify(err) != driver.Timeout {
		t.Errorf("apply: %v", err)
	}
	if err := second.Commit(ctx); err != nil {
		t.Errorf("commit: %v", err)
	}
	if err := first.Commit(ctx); err != nil {
		t.Errorf("commit: %v", err)
	}
	if got := text(t, db, "SELECT GROUP_CONCAT(v ORDER BY id) FROM t WHERE id < 4"); got != "1,2,0" {
		t.Errorf("values: %s", got)
	}
}

// TestReadRowsCannotChange: once a transaction has compared a row, nobody else
// changes it before it ends; rows beside it, and between rows, are free.
func TestReadRowsCannotChange(t *testing.T) {
	name := newDatabase(t)
	to := connection(t, name)
	to.Startup = []string{"SET SESSION innodb_lock_wait_timeout = 1"}
	db := opened(t, to).(*writer)
	defer db.Close()
	run(t, name, "CREATE TABLE t (id INT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (10, 0), (20, 0)")
	ctx := context.Background()
	tx := begin(t, db)
	same := driver.Change{Op: driver.Update, Table: "t", Key: tuple.Of(tuple.Int(10)), Base: []tuple.Value{tuple.Int(0)}}
	if applied, err := tx.Apply(ctx, []driver.Change{same}); err != nil || len(applied.Conflicts) > 0 {
		t.Fatalf("apply: %+v, %v", applied, err)
	}
	if _, err := db.Apply(ctx, []driver.Change{set(10, 1)}); db.Classify(err) != driver.Timeout {
		t.Errorf("a change by others: %v", err)
	}
	insert := func(id int64) driver.Change {
		return driver.Change{Op: driver.Insert, Table: "t", Key: tuple.Of(tuple.Int(id)), Set: []driver.Assignment{{Value: tuple.Int(1)}}}
	}
	if applied, err := tx.Apply(ctx, []driver.Change{insert(13)}); err != nil || len(applied.Conflicts) > 0 {
		t.Errorf("insert: %+v, %v", applied, err)
	}
	if applied, err := db.Apply(ctx, []driver.Change{set(20, 1), insert(11), insert(14)}); err != nil || len(applied.Conflicts) > 0 {
		t.Errorf("changes beside it: %+v, %v", applied, err)
	}
	if err := tx.Commit(ctx); err != nil {
		t.Error(err)
	}
}

// account makes a user who may do what some statements grant.
func account(t *testing.T, database string, grants ...string) driver.Connection {
	t.Helper()
	user := strings.ReplaceAll(database, "test", "u")
	statements := []string{"CREATE USER " + user + " IDENTIFIED BY 'secret'"}
	for _, g := range grants {
		statements = append(statements, "GRANT "+g+" TO "+user)
	}
	run(t, database, statements...)
	t.Cleanup(func() { run(t, "", "DROP USER "+user) })
	to := connection(t, database)
	to.URL.User = url.User(user)
	to.Password = func(context.Context) (string, error) { return "secret", nil }
	return to
}

// TestColumnPermission: a column that may not be written is named, and nothing
// is written; one that may not be read is left out.
func TestColumnPermission(t *testing.T) {
	name := newDatabase(t)
	run(t, name, "CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT, c INT)", "INSERT INTO t VALUES (1, 1, 1, 1)")
	db := opened(t, account(t, name, "SELECT (id, a, b) ON "+name+".t", "UPDATE (a) ON "+name+".t")).(*writer)
	defer db.Close()
	ctx := context.Background()
	s, err := db.Describe(ctx, "t")
	if err != nil || len(s.Columns) != 2 {
		t.Fatalf("describe: %+v, %v", s, err)
	}
	change := func(column int) error {
		_, err := db.Apply(ctx, []driver.Change{{Op: driver.Update, Table: "t", Key: tuple.Of(tuple.Int(1)), Set: []driver.Assignment{{Column: column, Value: tuple.Int(2)}}}})
		return err
	}
	if err := change(0); err != nil {
		t.Errorf("a column that may be written: %v", err)
	}
	if err := change(1); db.Classify(err) != driver.Permission || !strings.Contains(err.Error(), "'b'") {
		t.Errorf("one that may not: %v", err)
	}
	if page, err := db.Scan(ctx, s, driver.Query{Limit: 10}); err != nil || len(page.Rows) != 1 || page.Rows[0].Values[0] != tuple.Int(2) || page.Rows[0].Values[1] != tuple.Int(1) {
		t.Errorf("scan: %+v, %v", page, err)
	}
}

// TestRefusedConnections: an error of opening says what is wrong, by its kind,
// and holds no secret.
func TestRefusedConnections(t *testing.T) {
	good := connection(t, newDatabase(t))
	for name, c := range map[string]struct {
		change func(*driver.Connection)
		kind   driver.Kind
	}{
		"wrong password": {func(to *driver.Connection) {
			to.Password = func(context.Context) (string, error) { return "guess", nil }
		}, driver.Permission},
		"no password":      {func(to *driver.Connection) { to.Password = nil }, driver.Permission},
		"unknown database": {func(to *driver.Connection) { to.URL.Path = "/nowhere" }, driver.NotFound},
		"no such host":     {func(to *driver.Connection) { to.URL.Host = "nowhere.invalid:3306" }, driver.NotFound},
		"nobody there":     {func(to *driver.Connection) { to.URL.Host = "127.0.0.1:1" }, driver.Unavailable},
		"a parameter":      {func(to *driver.Connection) { to.URL.RawQuery = "a=b" }, driver.Configuration},
		"a broken start":   {func(to *driver.Connection) { to.Startup = []string{"SET no_such = 1"} }, driver.Configuration},
	} {
		to, u := good, *good.URL
		to.URL = &u
		c.change(&to)
		_, err := Open(context.Background(), to)
		if err == nil || classify(err) != c.kind || strings.Contains(err.Error(), "guess") {
			t.Errorf("%s: %v (%v)", name, err, classify(err))
		}
	}
	failed := errors.New("the keyring is locked")
	good.Password = func(context.Context) (string, error) { return "", failed }
	if _, err := Open(context.Background(), good); !errors.Is(err, failed) {
		t.Errorf("a password that cannot be had: %v", err)
	}
}

// TestSilentServer: one that takes the connection and says nothing is given up.
func TestSilentServer(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	u := &url.URL{Scheme: "mysql", Host: listener.Addr().String(), User: url.User("x")}
	_, err = Open(context.Background(), driver.Connection{URL: u, ConnectTimeout: 20 * time.Millisecond})
	if classify(err) != driver.Unavailable {
		t.Errorf("open: %v (%v)", err, classify(err))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Open(ctx, driver.Connection{URL: u}); classify(err) != driver.Canceled {
		t.Errorf("open that is canceled: %v (%v)", err, classify(err))
	}
}

// TestAlteredTable: a table that has become another is not written by what was
// known of it.
func TestAlteredTable(t *testing.T) {
	name := newDatabase(t)
	db := opened(t, connection(t, name)).(*writer)
	defer db.Close()
	s := numbers(t, db)
	ctx := context.Background()
	run(t, name, "ALTER TABLE t ADD COLUMN w INT FIRST, DROP COLUMN v, ADD COLUMN x INT")
	if _, err := db.Scan(ctx, s, driver.Query{Limit: 1}); db.Classify(err) != driver.Conflicting {
		t.Errorf("scan: %v", err)
	}
	based := set(1, 5)
	based.Base = []tuple.Value{tuple.Int(0)}
	if _, err := db.Apply(ctx, []driver.Change{based}); db.Classify(err) != driver.Conflicting {
		t.Errorf("apply: %v", err)
	}
}
