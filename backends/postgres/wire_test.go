package postgres

import (
	"bytes"
	"context"
	"net"
	"sync"
)

// wire is a network that counts, and that fails when it is told to.
type wire struct {
	mu    sync.Mutex
	turns int // how often a connection had to wait for an answer
	opens int
	// cut is asked before and after each message is sent. If it returns true,
	// the connection is lost at that moment.
	cut func(message []byte, sent bool) bool
	// silent, if not nil, tells that what is sent never arrives. It is told of
	// each message.
	silent chan<- struct{}
}

// dial is a [driver.Connection].Dial.
func (w *wire) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.opens++
	return &wiredConn{Conn: conn, w: w}, nil
}

func (w *wire) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.turns
}

func (w *wire) cuts(message []byte, sent bool) bool {
	w.mu.Lock()
	cut := w.cut
	w.mu.Unlock()
	return cut != nil && cut(message, sent)
}

func (w *wire) setCut(cut func(message []byte, sent bool) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = cut
}

func (w *wire) swallows() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.silent == nil {
		return false
	}
	select {
	case w.silent <- struct{}{}:
	default:
	}
	return true
}

func (w *wire) setSilent(silent chan<- struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.silent = silent
}

// cutAt cuts the connection once, when a statement is or was sent.
func cutAt(statement string, sent bool) func([]byte, bool) bool {
	var once sync.Once
	return func(message []byte, wasSent bool) (cut bool) {
		if wasSent == sent && bytes.Contains(message, []byte(statement)) {
			once.Do(func() { cut = true })
		}
		return cut
	}
}

type wiredConn struct {
	net.Conn
	w    *wire
	mu   sync.Mutex
	sent bool // since something was received
}

func (c *wiredConn) Write(p []byte) (int, error) {
	if c.w.swallows() {
		return len(p), nil
	}
	if c.w.cuts(p, false) {
		_ = c.Close()
	}
	n, err := c.Conn.Write(p)
	if err == nil && c.w.cuts(p, true) {
		// The server has it all, and its answer gets lost.
		_ = c.Conn.(*net.TCPConn).CloseWrite()
		drain(c.Conn)
		_ = c.Close()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent = true
	return n, err
}

// drain reads until the server has closed the connection.
func drain(conn net.Conn) {
	buf := make([]byte, 4096)
	for {
		if _, err := conn.Read(buf); err != nil {
			return
		}
	}
}

func (c *wiredConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	waited := c.sent && n > 0
	c.sent = c.sent && n == 0
	c.mu.Unlock()
	if waited {
		c.w.mu.Lock()
		c.w.turns++
		c.w.mu.Unlock()
	}
	return n, err
}
