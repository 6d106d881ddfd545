package redis

import (
	"context"
	"net"
	"sync/atomic"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// countingConn counts what is sent: each time, an answer is waited for.
type countingConn struct {
	net.Conn
	sent *atomic.Int64
}

func (c *countingConn) Write(b []byte) (int, error) {
	c.sent.Add(1)
	return c.Conn.Write(b)
}

// A table that is opened shows its first rows after two round trips.
func TestRoundTrips(t *testing.T) {
	c := connection(t, "8")
	plain(t, c)
	own := &driver.Schema{Name: "own", Kind: driver.Table, Key: []driver.Column{column("k", tuple.KindInt)}, Columns: []driver.Column{column("v", tuple.KindText)}}
	writer := mustOpen(t, c).(*Writable)
	if err := writer.CreateTable(t.Context(), own); err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Apply(t.Context(), []driver.Change{change(driver.Insert, "own", tuple.Of(tuple.Int(1)), set(0, tuple.Text("v"))...)}); err != nil {
		t.Fatal(err)
	}
	var sent atomic.Int64
	c.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		var d net.Dialer
		conn, err := d.DialContext(ctx, network, address)
		return &countingConn{conn, &sent}, err
	}
	db := mustOpen(t, c)
	sent.Store(0)
	s, err := db.Describe(t.Context(), "own")
	if err != nil {
		t.Fatal(err)
	}
	page, err := db.Scan(t.Context(), s, driver.Query{Limit: 50})
	if err != nil || len(page.Rows) != 1 {
		t.Fatalf("%+v, %v", page, err)
	}
	if n := sent.Load(); n != 2 {
		t.Errorf("%d round trips, want 2", n)
	}
}
