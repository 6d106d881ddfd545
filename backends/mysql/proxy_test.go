package mysql

import (
	"bytes"
	"context"
	"net"
	"net/url"
	"sync"
	"testing"
)

// proxy stands between the program and the server, counts what goes through,
// and cuts it off.
type proxy struct {
	t        testing.TB
	listener net.Listener
	server   string

	mu    sync.Mutex
	links []net.Conn
	// trips counts how often the program has sent something after it had
	// received an answer.
	trips     int
	answering bool
	// cutAt, if not nil, is the beginning of a packet that reaches the server and whose
	// answer does not come back.
	cutAt []byte
	// down refuses new connections.
	down bool
}

// newProxy returns a proxy and the address under which it stands for the server.
func newProxy(t testing.TB, u *url.URL) (*proxy, *url.URL) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{t: t, listener: listener, server: u.Host}
	go p.serve()
	t.Cleanup(func() {
		_ = listener.Close()
		p.cut()
	})
	through := *u
	through.Host = listener.Addr().String()
	return p, &through
}

func (p *proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		down := p.down
		p.mu.Unlock()
		server, err := new(net.Dialer).DialContext(context.Background(), "tcp", p.server)
		if down || err != nil {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		p.links = append(p.links, client, server)
		p.mu.Unlock()
		answers := &gate{}
		go p.forward(client, server, answers)
		go p.answer(server, client, answers)
	}
}

// gate is closed when answers are held back.
type gate struct {
	mu     sync.Mutex
	closed bool
}

func (g *gate) shut() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
}

func (g *gate) isShut() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.closed
}

// forward sends what the program sends on to the server.
func (p *proxy) forward(client, server net.Conn, answers *gate) {
	defer server.Close()
	buf := make([]byte, 1<<16)
	for {
		n, err := client.Read(buf)
		if n > 0 {
			p.mu.Lock()
			if p.answering {
				p.trips, p.answering = p.trips+1, false
			}
			if p.cutAt != nil && bytes.Contains(buf[:n], p.cutAt) {
				answers.shut()
			}
			p.mu.Unlock()
			if _, err := server.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// answer sends what the server answers back. If it is held back, the program is
// cut off once there is an answer: the server has done what it was told.
func (p *proxy) answer(server, client net.Conn, answers *gate) {
	defer client.Close()
	buf := make([]byte, 1<<16)
	for {
		n, err := server.Read(buf)
		if answers.isShut() {
			return
		}
		if n > 0 {
			p.mu.Lock()
			p.answering = true
			p.mu.Unlock()
			if _, err := client.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// cut ends all connections.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, link := range p.links {
		_ = link.Close()
	}
	p.links = nil
}

// set changes the proxy.
func (p *proxy) set(change func(*proxy)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(p)
}

// took returns the round trips of f. The program sends first.
func (p *proxy) took(f func()) int {
	p.set(func(p *proxy) { p.trips, p.answering = 0, true })
	f()
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.trips
}
