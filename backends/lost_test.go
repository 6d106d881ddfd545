package backends

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/profile"
	"github.com/rowan-db/rowan/store/tuple"
)

// cutter loses a connection at the word that commits: before the server gets
// it, or before its answer is read.
type cutter struct {
	word  string
	armed atomic.Bool
	sent  bool
}

type cutConn struct {
	net.Conn
	cutter *cutter
	lost   atomic.Bool
}

var errCut = &net.OpError{Op: "read", Err: errors.New("the cable was pulled")}

func (c *cutConn) Write(b []byte) (int, error) {
	if !bytes.Contains(bytes.ToUpper(b), []byte(c.cutter.word)) || !c.cutter.armed.CompareAndSwap(true, false) {
		return c.Conn.Write(b)
	}
	if !c.cutter.sent {
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

// openThrough opens a database through connections that the cutter may lose.
func openThrough(t *testing.T, target string, c *cutter) *store.Store {
	t.Helper()
	access, err := profile.Resolve(profile.Profile{Target: target})
	if err != nil {
		t.Fatal(err)
	}
	connection := access.Connection
	connection.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		var d net.Dialer
		conn, err := d.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &cutConn{Conn: conn, cutter: c}, nil
	}
	s, err := Open(t.Context(), target, Options{Connection: &connection})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// TestLostCommits loses the connection while a commit is under way. If the
// server has not got it, nothing is written and the changes stay staged, or
// the commit is made again; if only its answer was lost, that is found out.
// Either way the rows are written once.
func TestLostCommits(t *testing.T) {
	for _, c := range []struct{ name, variable, word, table string }{
		{"postgres", "ROWAN_TEST_POSTGRES", "COMMIT", "lost_commits"},
		{"mysql", "ROWAN_TEST_MYSQL", "COMMIT", "lost_commits"},
		{"redis", "ROWAN_TEST_REDIS", "EXEC", "lost_commits"},
	} {
		for _, sent := range []bool{false, true} {
			t.Run(c.name+map[bool]string{true: ", answer lost", false: ", not sent"}[sent], func(t *testing.T) {
				testLostCommit(t, serverURL(t, c.variable, "").String(), c.table, &cutter{word: c.word, sent: sent})
			})
		}
	}
}

func testLostCommit(t *testing.T, target, name string, c *cutter) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s := openThrough(t, target, c)
	w, err := s.Writer()
	if err != nil {
		t.Fatal(err)
	}
	schema := &store.Schema{
		Name: name, Kind: "table", Key: []store.Column{{Name: "id", Kind: tuple.KindInt}},
		Columns: []store.Column{{Name: "note", Kind: tuple.KindText, Nullable: true}},
	}
	if err := w.CreateTable(ctx, schema); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.DropTable(context.Background(), name); err != nil {
			t.Errorf("drop: %v", err)
		}
	})
	table, err := s.Table(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	changes := store.NewChangeSet()
	for i := range int64(3) {
		if _, err := changes.Insert(table.Schema(), tuple.Of(tuple.Int(i)), []store.Assignment{{Value: tuple.Text("once")}}); err != nil {
			t.Fatal(err)
		}
	}
	c.armed.Store(true)
	result, err := w.Commit(ctx, changes)
	if c.armed.Load() {
		t.Fatal("the connection was not lost: nothing was tested")
	}
	switch {
	case err == nil:
		if result.Written != 3 || changes.Len() != 0 {
			t.Errorf("%+v, %d are staged", result, changes.Len())
		}
	case c.sent:
		t.Fatalf("the commit happened, but is told to have failed: %v", err)
	default:
		if changes.Len() != 3 || !strings.Contains(err.Error(), "before") {
			t.Errorf("%d are staged: %v", changes.Len(), err)
		}
		if _, err := w.Commit(ctx, changes); err != nil {
			t.Fatalf("the second attempt: %v", err)
		}
	}
	rows := 0
	for row, err := range table.Rows(ctx, store.Query{}) {
		if err != nil || row.Values[0] != tuple.Text("once") {
			t.Errorf("%v, %v", row, err)
		}
		rows++
	}
	if rows != 3 {
		t.Errorf("%d rows, want 3", rows)
	}
}
