package postgres

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// wired opens a database over a network that the test can break.
func wired(t *testing.T, u *url.URL) (driver.DB, *wire) {
	t.Helper()
	w := &wire{}
	c := connectionTo(u)
	c.Dial = w.dial
	return openAt(t, c), w
}

const rowsForFaults = "CREATE TABLE t(id int PRIMARY KEY, v text); INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 3) g"

// TestReadsGoOnAfterTheServerWasRestarted: all connections are dead then.
func TestReadsGoOnAfterTheServerWasRestarted(t *testing.T) {
	db, u := made(t, rowsForFaults)
	s := described(t, db, "t")
	var snapshots []driver.Snapshot
	for range 3 { // so that there are several connections
		snapshot, err := db.(driver.Snapshotter).Snapshot(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		snapshots = append(snapshots, snapshot)
	}
	kept := snapshots[2]
	_ = snapshots[0].Release()
	_ = snapshots[1].Release()
	tx, err := db.(driver.Transactor).Begin(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Apply(context.Background(), []driver.Change{setText("t", 1, nil, "lost")}); err != nil {
		t.Fatal(err)
	}
	runSQL(t, u, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
	waitFor(t, u, "SELECT count(*) - 1 FROM pg_stat_activity WHERE datname = current_database()", "0")
	if rows := all(t, db, s); len(rows) != 3 || rows[0].Values[0] != tuple.Text("v1") {
		t.Errorf("rows: %v", rows)
	}
	if _, err := kept.Scan(context.Background(), s, driver.Query{Limit: 1}); db.Classify(err) != driver.Unavailable {
		t.Errorf("a snapshot whose connection is lost: %v", err)
	}
	if _, err := kept.Scan(context.Background(), s, driver.Query{Limit: 1}); db.Classify(err) != driver.Closed {
		t.Errorf("later: %v", err)
	}
	if _, err := tx.Apply(context.Background(), []driver.Change{setText("t", 2, nil, "x")}); db.Classify(err) != driver.Unavailable {
		t.Errorf("a transaction whose connection is lost: %v", err)
	}
	if err := tx.Commit(context.Background()); db.Classify(err) != driver.Closed {
		t.Errorf("its commit: %v", err)
	}
	if _, err := db.(driver.Writer).Apply(context.Background(), []driver.Change{setText("t", 1, []tuple.Value{tuple.Text("v1")}, "mine")}); err != nil {
		t.Errorf("apply: %v", err)
	}
	if got := askSQL(t, u, "SELECT string_agg(v, ',' ORDER BY id) FROM t"); got != "mine,v2,v3" {
		t.Errorf("rows: %s", got)
	}
}

// TestLostBeforeTheAnswer: what only reads, or was not committed, is done again.
func TestLostBeforeTheAnswer(t *testing.T) {
	u := newDatabase(t)
	runSQL(t, u, rowsForFaults)
	db, w := wired(t, u)
	s := described(t, db, "t")
	for _, sent := range []bool{false, true} {
		w.setCut(cutAt(`ORDER BY "t"."id"`, sent))
		if rows := all(t, db, s); len(rows) != 3 {
			t.Errorf("sent %t: %d rows", sent, len(rows))
		}
		for _, at := range []string{"BEGIN", "UPDATE"} {
			w.setCut(cutAt(at, sent))
			text := fmt.Sprint(at, sent)
			applied, err := db.(driver.Writer).Apply(context.Background(), []driver.Change{setText("t", 1, nil, text)})
			if err != nil || len(applied.Conflicts) > 0 {
				t.Errorf("lost at %s, sent %t: %+v, %v", at, sent, applied, err)
			}
			if got := askSQL(t, u, "SELECT v FROM t WHERE id = 1"); got != text {
				t.Errorf("lost at %s, sent %t: the row holds %s", at, sent, got)
			}
		}
	}
}

// TestLostAtCommit: nobody knows then whether it was done, and it is not done
// again.
func TestLostAtCommit(t *testing.T) {
	u := newDatabase(t)
	runSQL(t, u, rowsForFaults)
	db, w := wired(t, u)
	counter := driver.Change{Op: driver.Insert, Table: "t", Key: key(tuple.Int(9))}
	for _, sent := range []bool{false, true} {
		w.setCut(cutAt("COMMIT\x00", sent))
		_, err := db.(driver.Writer).Apply(context.Background(), []driver.Change{counter})
		if sent && db.Classify(err) != driver.OutcomeUnknown {
			t.Errorf("after it was sent: %v", err)
		}
		if !sent && err != nil && db.Classify(err) != driver.OutcomeUnknown {
			t.Errorf("before it was sent: %v", err)
		}
		w.setCut(nil)
		runSQL(t, u, "DELETE FROM t WHERE id = 9")

		tx, err := db.(driver.Transactor).Begin(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Apply(context.Background(), []driver.Change{counter}); err != nil {
			t.Fatal(err)
		}
		w.setCut(cutAt("COMMIT\x00", sent))
		if err := tx.Commit(context.Background()); db.Classify(err) != driver.OutcomeUnknown && (sent || db.Classify(err) != driver.Unavailable) {
			t.Errorf("a transaction, sent %t: %v", sent, err)
		}
		w.setCut(nil)
		// The server goes through with what it was sent.
		want := map[bool]string{false: "0", true: "1"}[sent]
		waitFor(t, u, "SELECT count(*) FROM t WHERE id = 9", want)
		runSQL(t, u, "DELETE FROM t WHERE id = 9")
	}
}

func TestDeadlock(t *testing.T) {
	db, u := made(t, rowsForFaults)
	ctx := context.Background()
	runSQL(t, u, "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = ''50ms''', current_database()); END $$")
	begin := func() driver.Tx {
		tx, err := openAt(t, connectionTo(u)).(driver.Transactor).Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return tx
	}
	a, b := begin(), begin()
	change := func(tx driver.Tx, id int64) error {
		_, err := tx.Apply(ctx, []driver.Change{setText("t", id, nil, "x")})
		return err
	}
	if err := change(a, 1); err != nil {
		t.Fatal(err)
	}
	if err := change(b, 2); err != nil {
		t.Fatal(err)
	}
	waits := make(chan error, 1)
	go func() {
		err := change(a, 2)
		if err != nil {
			_ = a.Rollback()
		}
		waits <- err
	}()
	second := change(b, 1)
	if second != nil {
		_ = b.Rollback()
	}
	first := <-waits
	if k := db.Classify(first); (first == nil) == (second == nil) || first != nil && k != driver.TryAgain || second != nil && db.Classify(second) != driver.TryAgain {
		t.Errorf("%v; %v", first, second)
	}
	_ = a.Rollback()
	_ = b.Rollback()
}

func TestTimeouts(t *testing.T) {
	u := newDatabase(t)
	runSQL(t, u, rowsForFaults+"; CREATE VIEW slow AS SELECT 1 AS n FROM pg_sleep(600)")
	c := connectionTo(u)
	c.StatementTimeout = 500 * time.Millisecond // and the table is described within it
	c.Startup = []string{"SET lock_timeout = '20ms'"}
	db := openAt(t, c)
	if _, err := db.Scan(context.Background(), described(t, db, "slow"), driver.Query{Limit: 1}); db.Classify(err) != driver.Timeout {
		t.Errorf("a slow statement: %v", err)
	}
	ctx := context.Background()
	other, err := pgx.Connect(ctx, u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close(ctx)
	if _, err := other.Exec(ctx, "BEGIN; UPDATE t SET v = 'x'"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.(driver.Writer).Apply(ctx, []driver.Change{setText("t", 1, nil, "y")}); db.Classify(err) != driver.Timeout {
		t.Errorf("a lock: %v", err)
	}
}

// TestCancelReachesTheServer, through the same tunnel, and leaves the connection
// and its transaction usable.
func TestCancelReachesTheServer(t *testing.T) {
	u := newDatabase(t)
	runSQL(t, u, rowsForFaults+"; CREATE VIEW slow AS SELECT 1 AS n FROM pg_sleep(600)")
	db, w := wired(t, u)
	slow, quick := described(t, db, "slow"), described(t, db, "t")
	snapshot, err := db.(driver.Snapshotter).Snapshot(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer snapshot.Release()
	for name, r := range map[string]driver.Reader{"database": db, "snapshot": snapshot} {
		ctx, cancel := context.WithCancel(context.Background())
		failed := make(chan error, 1)
		go func() {
			_, err := r.Scan(ctx, slow, driver.Query{Limit: 1})
			failed <- err
		}()
		active := "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%slow%' AND state = 'active' AND pid <> pg_backend_pid() AND datname = current_database()"
		waitFor(t, u, active, "1")
		cancel()
		if err := <-failed; db.Classify(err) != driver.Canceled {
			t.Errorf("%s: %v", name, err)
		}
		waitFor(t, u, active, "0")
		if rows := all(t, r, quick); len(rows) != 3 {
			t.Errorf("%s: %d rows afterwards", name, len(rows))
		}
	}
	if w.opens < 3 {
		t.Errorf("the tunnel was used %d times", w.opens)
	}
}

func TestATableIsAlteredWhileItIsOpen(t *testing.T) {
	db, u := made(t, rowsForFaults)
	s := described(t, db, "t")
	for range 3 { // so that the statements are prepared
		all(t, db, s)
	}
	runSQL(t, u, "ALTER TABLE t ALTER COLUMN id TYPE bigint, ADD COLUMN w int")
	if rows := all(t, db, s); len(rows) != 3 || !rows[0].Key.Equal(key(tuple.Int(1))) {
		t.Errorf("after a change of type: %v", rows)
	}
	runSQL(t, u, "ALTER TABLE t ALTER COLUMN v TYPE int USING length(v)")
	if rows := all(t, db, s); len(rows) != 3 || rows[0].Values[0].AsText() != "2" {
		t.Errorf("after another: %v", rows)
	}
	runSQL(t, u, "ALTER TABLE t RENAME COLUMN v TO x")
	if _, err := db.Scan(context.Background(), s, driver.Query{Limit: 1}); db.Classify(err) != driver.Conflicting {
		t.Errorf("after a renaming: %v", err)
	}
	runSQL(t, u, "DROP TABLE t")
	if _, err := db.Scan(context.Background(), s, driver.Query{Limit: 1}); db.Classify(err) != driver.NoTable {
		t.Errorf("after its end: %v", err)
	}
}

func TestWhatDoesNotOpen(t *testing.T) {
	u := server(t)
	at := func(change func(c *driver.Connection)) driver.Connection {
		c := connectionTo(u)
		c.ConnectTimeout = 5 * time.Second
		change(&c)
		return c
	}
	host := func(name string) func(*driver.Connection) {
		return func(c *driver.Connection) {
			other := *c.URL
			other.Host = name
			c.URL = &other
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := listener.Addr().String()
	listener.Close()
	for _, c := range []struct {
		what       string
		connection driver.Connection
		kind       driver.Kind
	}{
		{"a wrong password", at(func(c *driver.Connection) {
			c.Password = func(context.Context) (string, error) { return "wrong", nil }
		}), driver.Permission},
		{"no password", at(func(c *driver.Connection) { c.Password = nil }), driver.Permission},
		{"an unknown user", at(func(c *driver.Connection) { c.URL = asUser(c.URL, "nobody_of_this_name") }), driver.Permission},
		{"an unknown database", at(func(c *driver.Connection) {
			other := *c.URL
			other.Path = "/no_such_database"
			c.URL = &other
		}), driver.NotFound},
		{"an unknown host", at(func(c *driver.Connection) {
			host("db.invalid:5432")(c)
			c.Dial = func(context.Context, string, string) (net.Conn, error) {
				return nil, &net.DNSError{Err: "no such host", Name: "db.invalid", IsNotFound: true}
			}
		}), driver.NotFound},
		{"nobody listens", at(host(nobody)), driver.Unavailable},
		{"a server without TLS", at(func(c *driver.Connection) { c.TLS = &tls.Config{ServerName: "localhost"} }), driver.Unavailable},
		{"an expired certificate", at(func(c *driver.Connection) {
			address, roots := expiredServer(t)
			host(address)(c)
			c.TLS = &tls.Config{ServerName: "localhost", RootCAs: roots}
		}), driver.Permission},
		{"a startup statement that fails", at(func(c *driver.Connection) { c.Startup = []string{"SET nonsense"} }), driver.Configuration},
	} {
		db, err := Open(context.Background(), c.connection)
		if err == nil {
			db.Close()
			t.Errorf("%s: it opens", c.what)
		} else if got := classify(err); got != c.kind {
			t.Errorf("%s: %q: %v", c.what, got, err)
		}
		if err != nil && strings.Contains(err.Error(), "wrong") && c.what != "a wrong password" {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	optional := connectionTo(u)
	optional.TLS, optional.TLSOptional = &tls.Config{ServerName: "localhost"}, true
	openAt(t, optional)
}

// expiredServer is a server whose certificate has expired.
func expiredServer(t *testing.T) (address string, roots *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1_000_000_000, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots = x509.NewCertPool()
	roots.AddCert(parsed)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: private}}}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				request := make([]byte, 8)
				if _, err := io.ReadFull(conn, request); err == nil {
					_, _ = conn.Write([]byte("S"))
					_ = tls.Server(conn, config).Handshake()
				}
			}()
		}
	}()
	return listener.Addr().String(), roots
}

// TestATableIsAlteredBetweenTransactions: what a connection has prepared fits no
// longer, and the next try prepares it anew.
func TestATableIsAlteredBetweenTransactions(t *testing.T) {
	db, u := made(t, rowsForFaults)
	ctx := context.Background()
	change := func() error {
		tx, err := db.(driver.Transactor).Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback()
		if _, err := tx.Apply(ctx, []driver.Change{setText("t", 1, nil, "a"), setText("t", 2, nil, "b"), setText("t", 3, nil, "c")}); err != nil {
			return err
		}
		return tx.Commit(ctx)
	}
	if err := change(); err != nil {
		t.Fatal(err)
	}
	runSQL(t, u, "ALTER TABLE t ALTER COLUMN id TYPE bigint")
	if err := change(); err != nil && db.Classify(err) != driver.TryAgain {
		t.Fatal(err)
	}
	if err := change(); err != nil {
		t.Errorf("the second try: %v", err)
	}
}

// TestSilence: when nothing arrives any more, whoever waits can give up, and the
// next call gets through as soon as something does.
func TestSilence(t *testing.T) {
	u := newDatabase(t)
	runSQL(t, u, rowsForFaults)
	db, w := wired(t, u)
	s := described(t, db, "t")
	swallowed := make(chan struct{}, 1)
	w.setSilent(swallowed)
	ctx, cancel := context.WithCancel(context.Background())
	failed := make(chan error, 1)
	go func() {
		_, err := db.(driver.Writer).Apply(ctx, []driver.Change{setText("t", 1, nil, "x")})
		failed <- err
	}()
	<-swallowed
	cancel()
	if err := <-failed; db.Classify(err) != driver.Canceled {
		t.Errorf("%v", err)
	}
	w.setSilent(nil)
	if rows := all(t, db, s); len(rows) != 3 || rows[0].Values[0] != tuple.Text("v1") {
		t.Errorf("rows: %v", rows)
	}
}
