package redis

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// ownServer is a server that a test may ill-treat.
type ownServer struct {
	*testing.T
	socket string
	cmd    *exec.Cmd
}

// startServer starts a server that listens on a socket only.
func startServer(t *testing.T) *ownServer {
	t.Helper()
	connection(t, "0") // skips without a server
	s := &ownServer{T: t, socket: filepath.Join(t.TempDir(), "s")}
	s.start()
	return s
}

func (s *ownServer) start() {
	s.Helper()
	cmd := exec.Command("redis-server", "--port", "0", "--unixsocket", s.socket, "--save", "", "--appendonly", "no", "--dir", filepath.Dir(s.socket))
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		s.Fatal(err)
	}
	s.cmd = cmd
	s.Cleanup(s.kill)
	log, buf := []byte{}, make([]byte, 4096)
	for !bytes.Contains(log, []byte("eady to accept connections")) && !bytes.Contains(log, []byte("now ready")) {
		n, err := out.Read(buf)
		if log = append(log, buf[:n]...); err != nil {
			s.Fatalf("%v: %s", err, log)
		}
	}
	go func() { // a full pipe would stop it
		for err == nil {
			_, err = out.Read(buf)
		}
	}()
}

func (s *ownServer) kill() {
	if s.cmd.ProcessState == nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	}
}

// connection returns how to reach the server, through wrap if that is not nil.
func (s *ownServer) connection(wrap func(net.Conn) net.Conn) driver.Connection {
	return driver.Connection{
		URL: &url.URL{Scheme: "redis", Host: "localhost:6379", Path: "/0"},
		Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			conn, err := d.DialContext(ctx, "unix", s.socket)
			if err != nil || wrap == nil {
				return conn, err
			}
			return wrap(conn), nil
		},
	}
}

// faultyConn does something to what is written to it.
type faultyConn struct {
	net.Conn
	// before and after are called with what is written; an error ends the
	// connection.
	before, after func([]byte) error
}

func (c *faultyConn) Write(b []byte) (int, error) {
	for _, hook := range []func([]byte) error{c.before, nil, c.after} {
		if hook == nil {
			continue
		}
		if err := hook(b); err != nil {
			_ = c.Conn.Close()
			return 0, err
		}
	}
	return c.Conn.Write(b)
}

var errCut = &net.OpError{Op: "write", Err: errors.New("the cable was pulled")}

func TestACommitWhoseAnswerIsLostIsUnknown(t *testing.T) {
	s := startServer(t)
	for _, sent := range []bool{false, true} {
		var cut atomic.Bool
		db := mustOpen(t, s.connection(func(c net.Conn) net.Conn {
			return &cutConn{Conn: c, armed: &cut, send: sent}
		})).(*Writable)
		reader := mustOpen(t, s.connection(nil)).(*Writable)
		key := named("key " + map[bool]string{true: "sent", false: "not sent"}[sent])
		cut.Store(true)
		_, err := db.Apply(t.Context(), []driver.Change{change(driver.Insert, Keys, key, set(keyValue, tuple.Text("v"))...)})
		if db.Classify(err) != driver.OutcomeUnknown {
			t.Errorf("sent %t: %v is %q", sent, err, db.Classify(err))
		}
		rows, err := reader.Get(t.Context(), (&keysTable{db: reader.DB}).schema(), []tuple.Tuple{key})
		if err != nil || (rows[0] != nil) != sent {
			t.Errorf("sent %t: the key is %v, %v", sent, rows, err)
		}
	}
}

// cutConn loses the connection at the first EXEC that it is to send: before
// that, or before its answer.
type cutConn struct {
	net.Conn
	armed *atomic.Bool
	send  bool
	lost  atomic.Bool
}

func (c *cutConn) Write(b []byte) (int, error) {
	if !c.armed.Load() || !bytes.Contains(bytes.ToLower(b), []byte("exec")) {
		return c.Conn.Write(b)
	}
	c.armed.Store(false)
	if !c.send {
		_ = c.Conn.Close()
		return 0, errCut
	}
	n, err := c.Conn.Write(b)
	if err == nil {
		_, err = c.Conn.Read(make([]byte, 1)) // so that the server has done it
	}
	c.lost.Store(true)
	return n, err
}

func (c *cutConn) Read(b []byte) (int, error) {
	if c.lost.Load() {
		_ = c.Conn.Close()
		return 0, errCut
	}
	return c.Conn.Read(b)
}

func TestACallThatHangsCanBeCanceled(t *testing.T) {
	s := startServer(t)
	var stuck atomic.Bool
	waiting := make(chan struct{}, 16)
	release := make(chan struct{})
	defer close(release)
	db := mustOpen(t, s.connection(func(c net.Conn) net.Conn {
		return &faultyConn{Conn: c, before: func([]byte) error {
			if stuck.Load() {
				waiting <- struct{}{}
				<-release
			}
			return nil
		}}
	})).(*Writable)
	schema := (&keysTable{db: db.DB}).schema()
	for what, f := range map[string]func(context.Context) error{
		"tables": func(ctx context.Context) error { _, err := db.Tables(ctx); return err },
		"scan":   func(ctx context.Context) error { _, err := db.Scan(ctx, schema, driver.Query{Limit: 1}); return err },
		"apply": func(ctx context.Context) error {
			_, err := db.Apply(ctx, []driver.Change{change(driver.Insert, Keys, named("k"), set(keyValue, tuple.Text("v"))...)})
			return err
		},
	} {
		stuck.Store(true)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- f(ctx) }()
		<-waiting
		cancel()
		if err := <-done; db.Classify(err) != driver.Canceled {
			t.Errorf("%s: %v", what, err)
		}
		stuck.Store(false)
	}
}

func TestAServerThatComesBackIsFoundAgain(t *testing.T) {
	s := startServer(t)
	db := mustOpen(t, s.connection(nil)).(*Writable)
	schema := (&keysTable{db: db.DB}).schema()
	if _, err := db.Scan(t.Context(), schema, driver.Query{Limit: 1}); err != nil {
		t.Fatal(err)
	}
	s.kill()
	_, err := db.Tables(t.Context())
	if db.Classify(err) != driver.Unavailable && db.Classify(err) != driver.NotFound {
		t.Errorf("tables without a server: %v is %q", err, db.Classify(err))
	}
	s.start()
	db.names.forget()
	if _, err := db.Scan(t.Context(), schema, driver.Query{Limit: 1}); err != nil {
		t.Errorf("scan after it came back: %v", err)
	}
	if _, err := db.Apply(t.Context(), []driver.Change{change(driver.Insert, Keys, named("k"), set(keyValue, tuple.Text("v"))...)}); err != nil {
		t.Errorf("apply after it came back: %v", err)
	}
}

func TestFullServersAndRightsAreTold(t *testing.T) {
	s := startServer(t)
	db := mustOpen(t, s.connection(nil)).(*Writable)
	insert := []driver.Change{change(driver.Insert, Keys, named("k"), set(keyValue, tuple.Text(strings.Repeat("v", 1000)))...)}
	if err := db.rdb.ConfigSet(t.Context(), "maxmemory", "1").Err(); err != nil {
		t.Fatal(err)
	}
	_, err := db.Apply(t.Context(), insert)
	if db.Classify(err) != driver.Full {
		t.Errorf("apply without memory: %v is %q", err, db.Classify(err))
	}
	if err := db.rdb.ConfigSet(t.Context(), "maxmemory", "0").Err(); err != nil {
		t.Fatal(err)
	}
	if err := db.rdb.Do(t.Context(), "acl", "setuser", "reader", "on", ">secret", "~*", "+@read", "+@connection", "+@transaction", "+info").Err(); err != nil {
		t.Fatal(err)
	}
	c := s.connection(nil)
	c.URL.User = url.User("reader")
	c.Password = func(context.Context) (string, error) { return "secret", nil }
	_, err = mustOpen(t, c).(*Writable).Apply(t.Context(), insert)
	if k := db.Classify(err); k != driver.Permission {
		t.Errorf("apply without the right: %v is %q", err, k)
	}
	c.Password = func(context.Context) (string, error) { return "wrong", nil }
	_, err = Open(t.Context(), c)
	if k := classify(err); k != driver.Permission || strings.Contains(err.Error(), "wrong") {
		t.Errorf("login with another password: %v is %q", err, k)
	}
	c.URL.User, c.Password = nil, nil
	c.URL.Path = "/99"
	if _, err = Open(t.Context(), c); classify(err) != driver.NotFound {
		t.Errorf("open database 99: %v is %q", err, classify(err))
	}
}

func TestReadOnlyConnectionsPassNoCommandThatWrites(t *testing.T) {
	s := startServer(t)
	c := s.connection(nil)
	c.ReadOnly = true
	db := mustOpen(t, c).(*DB)
	for _, command := range []string{
		"set a b", "get", "del a", "unlink a", "flushall", "flushdb", "hset h f v", "hdel h f", "rpush l a", "lpop l", "lset l 0 a", "lrem l 0 a",
		"sadd s a", "srem s a", "spop s", "zadd z 1 a", "zrem z a", "xadd x * f v", "xdel x 1-1", "expire a 1", "persist a", "rename a b",
		"config set maxmemory 1", "acl setuser x", "script flush", "function flush", "swapdb 0 1", "copy a b", "move a 1", "restore a 0 x", "getdel a",
		"getex a", "sort a store b", "incr a", "append a b", "setrange a 0 b", "pfadd a b", "geoadd a 1 1 b", "shutdown", "replicaof no one", "debug sleep 0",
		"publish a b", "eval_ro x 0", "fcall f 0", "migrate h 1 a 0 1", "save", "bgsave", "slaveof no one", "reset", "quit",
	} {
		err := db.rdb.Do(t.Context(), commandOf(command)...).Err()
		if command == "get" {
			if driver.KindOf(err) == driver.ReadOnly {
				t.Errorf("a command that reads is refused: %v", err)
			}
			continue
		}
		if driver.KindOf(err) != driver.ReadOnly {
			t.Errorf("%s: %v", command, err)
		}
		p := db.rdb.TxPipeline()
		p.Ping(t.Context())
		p.Do(t.Context(), commandOf(command)...)
		if _, err := p.Exec(t.Context()); driver.KindOf(err) != driver.ReadOnly {
			t.Errorf("%s in a transaction: %v", command, err)
		}
	}
	if n, err := db.rdb.DBSize(t.Context()).Result(); err != nil || n != 0 {
		t.Errorf("%d keys, %v", n, err)
	}
}

func TestALoadThatFailsLeavesNothing(t *testing.T) {
	s := startServer(t)
	db := mustOpen(t, s.connection(nil)).(*Writable)
	own := &driver.Schema{Name: "own", Kind: driver.Table, Key: []driver.Column{column("k", tuple.KindInt)}, Columns: []driver.Column{column("v", tuple.KindText)}}
	if err := db.CreateTable(t.Context(), own); err != nil {
		t.Fatal(err)
	}
	before := db.rdb.DBSize(t.Context()).Val()
	failure := errors.New("the source has failed")
	err := db.Load(t.Context(), own, func(yield func(driver.Row, error) bool) {
		for i := range int64(2000) {
			if !yield(driver.Row{Key: tuple.Of(tuple.Int(i)), Values: []tuple.Value{tuple.Text("v")}}, nil) {
				return
			}
		}
		yield(driver.Row{}, failure)
	})
	if !errors.Is(err, failure) {
		t.Errorf("load: %v", err)
	}
	if n := db.rdb.DBSize(t.Context()).Val(); n != before {
		t.Errorf("%d keys, there were %d", n, before)
	}
}
