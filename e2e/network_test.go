//go:build unix

package e2e

import (
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// network lies between the program and a server: it delays what passes, and
// can be cut.
type network struct {
	t        *testing.T
	server   string
	listener net.Listener

	mu    sync.Mutex
	delay time.Duration
	down  bool
	conns map[net.Conn]bool
}

func newNetwork(t *testing.T, server string) *network {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &network{t: t, server: server, listener: l, conns: map[net.Conn]bool{}}
	t.Cleanup(func() {
		l.Close()
		n.cut()
	})
	go n.serve()
	return n
}

func (n *network) serve() {
	for {
		client, err := n.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", n.server)
		if err != nil || !n.add(client, server) {
			client.Close()
			continue
		}
		go n.pass(server, client)
		go n.pass(client, server)
	}
}

// add notes two connections, unless the network is down.
func (n *network) add(conns ...net.Conn) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range conns {
		if n.down {
			c.Close()
			continue
		}
		n.conns[c] = true
	}
	return !n.down
}

// pass copies from one side to the other, as late as the network is slow.
func (n *network) pass(to, from net.Conn) {
	defer to.Close()
	buf := make([]byte, 64<<10)
	for {
		count, err := from.Read(buf)
		if err != nil {
			return
		}
		n.mu.Lock()
		delay := n.delay
		n.mu.Unlock()
		<-time.After(delay)
		if _, err := to.Write(buf[:count]); err != nil {
			return
		}
	}
}

// slow makes the network slow from now on.
func (n *network) slow(delay time.Duration) {
	n.mu.Lock()
	n.delay = delay
	n.mu.Unlock()
}

// cut ends all connections, and lets no new ones through.
func (n *network) cut() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.down = true
	for c := range n.conns {
		c.Close()
	}
	clear(n.conns)
}

func (n *network) mend() {
	n.mu.Lock()
	n.down = false
	n.mu.Unlock()
}

// across gives the user a profile of the server that goes through the network.
func (n *network) across(u *user, d *database) {
	n.t.Helper()
	address, err := url.Parse(d.URL())
	u.must(err)
	d.profile(u, "far")
	text, err := os.ReadFile(u.path("profiles.toml"))
	u.must(err)
	u.write("profiles.toml", strings.ReplaceAll(string(text), address.Host, n.listener.Addr().String()))
}

// TestSlowAndBrokenNetwork browses and edits over a network that delays each
// packet by 200 ms and is cut now and then: keys are answered meanwhile, what
// is staged stays, and goes on when the network is back.
func TestSlowAndBrokenNetwork(t *testing.T) {
	for _, name := range []string{"postgres", "mysql", "redis"} {
		t.Run(name, func(t *testing.T) {
			u := newUser(t)
			d := startServer(t, name)
			table, first := "people", `1 │ person 1`
			if name == "redis" {
				d.does("set a person", "set b other")
				table, first = "keys", `a │ string person`
			} else {
				d.does(people())
			}
			address, err := url.Parse(d.URL())
			u.must(err)
			n := newNetwork(t, address.Host)
			n.across(u, d)
			s := u.open("far")
			s.table(table)
			s.seesLine(first)

			n.slow(200 * time.Millisecond)
			s.press("R", "?") // the help is there before the rows are
			s.sees("╭ Help")
			s.escapes("╭ Help")
			s.press("Right")
			if name == "redis" {
				s.press("Right")
			}
			s.replaces("edited over a slow line")
			s.sees("1 staged")

			n.cut()
			s.press("R")
			s.sees("╭ Could not list tables", "✗", "Staged changes are kept")
			s.escapes("╭ Could not list tables")
			s.press("?")
			s.sees("╭ Help")
			s.escapes("╭ Help")
			s.sees("1 staged", "edite")

			n.mend()
			n.slow(0)
			s.press("R")
			s.seesNo("✗")
			s.commits("1 change")
			s.quits()
			question := "select count(*) from people where name = 'edited over a slow line';"
			want := "1"
			if name == "redis" {
				question, want = "get a", "edited over a slow line"
			}
			if got := d.does(question); got != want {
				t.Errorf("the server says %q, want %q", got, want)
			}
		})
	}
}
