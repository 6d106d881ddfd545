package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"

	"github.com/rowan-db/rowan/backends"
	"github.com/rowan-db/rowan/bench/compare"
	"github.com/rowan-db/rowan/store"
)

// mostTrips is how many round trips the first rows of a table may take.
const mostTrips = 2

// countTrips returns how many round trips it takes from a database that was just
// connected to the first rows of one of its many tables.
func (c *config) countTrips(ctx context.Context, b bare, target string) (_ *compare.Result, err error) {
	p, through, err := newProxy(target)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	result := &compare.Result{
		Work: fmt.Sprintf("%s: first rows among %d tables", b.kind, c.tables), Unit: compare.Unit{Name: "round trips"},
		Ours: ours, Labels: []string{ours}, Targets: []compare.Target{compare.Within(mostTrips)},
	}
	for i := range c.runs {
		trips, err := p.during(ctx, through, crowdedName(i*c.tables/c.runs))
		if err != nil {
			return nil, err
		}
		result.Add(ours, float64(trips))
	}
	return result, nil
}

// during connects, and returns how many round trips the first rows take then.
func (p *proxy) during(ctx context.Context, target, table string) (trips int64, err error) {
	s, err := backends.Open(ctx, target, backends.Options{})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	before := p.trips.Load()
	err = firstRows(ctx, s, table)
	return p.trips.Load() - before, err
}

func firstRows(ctx context.Context, s *store.Store, name string) error {
	t, err := s.Table(ctx, name)
	if err != nil {
		return err
	}
	page, err := t.Scan(ctx, store.Query{Limit: 50})
	if err == nil && len(page.Rows) == 0 {
		err = fmt.Errorf("the table %s has no rows", name)
	}
	return err
}

// proxy stands between a client and a server, and counts the round trips on all
// connections: how often the client spoke after the server had, or first.
type proxy struct {
	net.Listener
	server string
	trips  atomic.Int64
	conns  sync.WaitGroup
}

// newProxy returns a proxy and the target's URL through it.
func newProxy(target string) (*proxy, string, error) {
	u, err := url.Parse(target)
	if err != nil {
		return nil, "", err
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	p := &proxy{Listener: l, server: u.Host}
	p.conns.Go(p.serve)
	u.Host = l.Addr().String()
	return p, u.String(), nil
}

// Close ends the proxy, after its clients have gone.
func (p *proxy) Close() error {
	err := p.Listener.Close()
	p.conns.Wait()
	return err
}

func (p *proxy) serve() {
	for {
		client, err := p.Accept()
		if err != nil {
			return // closed
		}
		p.conns.Go(func() { p.pass(client) })
	}
}

// pass copies both ways until either side ends.
func (p *proxy) pass(client net.Conn) {
	defer client.Close() // what is lost here, the client notices
	server, err := net.Dial("tcp4", p.server)
	if err != nil {
		return
	}
	defer server.Close()
	var answered atomic.Bool // since the client spoke
	answered.Store(true)
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(client, spy{server, func() { answered.Store(true) }})
		_ = client.Close()
	})
	_, _ = io.Copy(server, spy{client, func() {
		if answered.Swap(false) {
			p.trips.Add(1)
		}
	}})
	_ = server.Close()
	back.Wait()
}

// spy tells when something was read.
type spy struct {
	io.Reader
	heard func()
}

func (s spy) Read(b []byte) (int, error) {
	n, err := s.Reader.Read(b)
	if n > 0 {
		s.heard()
	}
	return n, err
}
