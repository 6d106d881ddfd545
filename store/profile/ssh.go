package profile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/rowan-db/rowan/store/driver"
)

// tunnel makes connections through the user's own ssh, so that what
// ~/.ssh/config, the agent and known_hosts say holds. Each connection is an
// ssh -W of its own; with ControlMaster in the configuration they share one.
//
// Nothing is asked: ssh runs in batch mode. What it says on its standard error
// is in the error of a connection that fails.
type tunnel struct {
	program     string
	destination string
	address     string // of the server, as the other end knows it
	greets      bool
	env         []string
}

// newTunnel returns the tunnel through destination, which is what is typed
// after ssh: a host of the configuration, user@host, or ssh://user@host:port.
func newTunnel(destination string, e *endpoint) (*tunnel, error) {
	if e.socket != "" {
		return nil, driver.Errorf(driver.Configuration, "a socket of this machine cannot be reached through ssh").
			WithHint("name the host of the database as %s knows it, such as localhost", destination)
	}
	if strings.HasPrefix(destination, "-") || strings.ContainsAny(destination, " \t\r\n") {
		return nil, driver.Errorf(driver.Configuration, "%q is no destination of ssh", destination).
			WithHint("write what follows ssh on the command line, such as user@host; options belong into ~/.ssh/config")
	}
	return &tunnel{program: "ssh", destination: destination, address: net.JoinHostPort(e.host, e.port), greets: e.kind.greets}, nil
}

// arguments returns the command line. It holds no secret: others can read it.
func (t *tunnel) arguments() []string {
	return []string{"-T", "-o", "BatchMode=yes", "-o", "ClearAllForwardings=yes", "-W", t.address, "--", t.destination}
}

// dial starts ssh. Where the server speaks first, it waits for that, so that
// what is wrong is known now: some drivers drop the error of a later read.
func (t *tunnel) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	c, err := t.start()
	if err != nil {
		return nil, err
	}
	if !t.greets {
		return c, nil
	}
	stop := context.AfterFunc(ctx, func() { c.Close() })
	err = c.awaitGreeting()
	if !stop() && ctx.Err() != nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func (t *tunnel) start() (*tunnelConn, error) {
	c := &tunnelConn{tunnel: t, ended: make(chan struct{})}
	c.cmd = exec.Command(t.program, t.arguments()...)
	c.cmd.Env = t.env
	c.cmd.Stderr = &c.stderr
	c.cmd.WaitDelay = killWait
	var theirs [2]*os.File
	var err error
	if theirs[0], c.out, err = os.Pipe(); err != nil {
		return nil, fmt.Errorf("ssh: %w", err)
	}
	if c.in, theirs[1], err = os.Pipe(); err != nil {
		return nil, errors.Join(fmt.Errorf("ssh: %w", err), theirs[0].Close(), c.out.Close())
	}
	c.cmd.Stdin, c.cmd.Stdout = theirs[0], theirs[1]
	err = c.cmd.Start()
	closed := errors.Join(theirs[0].Close(), theirs[1].Close())
	if err != nil {
		return nil, errors.Join(startError(err), closed, c.in.Close(), c.out.Close())
	}
	go func() {
		c.failed = c.cmd.Wait()
		close(c.ended)
	}()
	return c, nil
}

func startError(err error) error {
	if errors.Is(err, exec.ErrNotFound) {
		return driver.Errorf(driver.Configuration, "the profile connects through ssh, and there is no program ssh").
			WithHint("install OpenSSH's client, or remove ssh from the profile")
	}
	return driver.Errorf(driver.Unavailable, "ssh cannot be started: %w", err)
}

// tunnelConn is a connection through an ssh that it owns.
type tunnelConn struct {
	tunnel *tunnel
	cmd    *exec.Cmd
	in     *os.File // what the server sends
	out    *os.File // what is sent to it
	stderr tail

	ended  chan struct{}
	failed error // of the process, once it has ended

	first   []byte // of the greeting, read but not taken
	close   sync.Once
	closing error
}

// awaitGreeting waits until the server has sent something.
func (c *tunnelConn) awaitGreeting() error {
	b := make([]byte, 4096)
	n, err := c.Read(b)
	c.first = b[:n]
	return err
}

// Read implements [net.Conn]. The end of a connection that ssh failed to make
// is an error that says what ssh said.
func (c *tunnelConn) Read(b []byte) (int, error) {
	if len(c.first) > 0 {
		n := copy(b, c.first)
		c.first = c.first[n:]
		return n, nil
	}
	n, err := c.in.Read(b)
	if n == 0 && errors.Is(err, io.EOF) {
		return 0, c.explain(err)
	}
	return n, err
}

// Write implements [net.Conn].
func (c *tunnelConn) Write(b []byte) (int, error) {
	n, err := c.out.Write(b)
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, os.ErrClosed) {
		return n, c.explain(err)
	}
	return n, err
}

// explain makes of the end of the connection what ssh has to say about it. It
// waits for ssh, which ends when it has nothing more to send, but not for long.
func (c *tunnelConn) explain(err error) error {
	_ = c.out.Close() // it may have been closed before
	wait := time.NewTimer(killWait)
	defer wait.Stop()
	select {
	case <-c.ended:
	case <-wait.C:
		return err
	}
	if c.failed == nil {
		return err
	}
	said := c.stderr.String()
	if said == "" {
		said = c.failed.Error()
	}
	return driver.Errorf(driver.Unavailable, "ssh %s: %s", c.tunnel.destination, said).WithHint("%s", sshHint(said, c.tunnel))
}

// sshHint says what to do about what ssh said.
func sshHint(said string, t *tunnel) string {
	for _, known := range []struct{ part, hint string }{
		{"Host key verification failed", "connect once with: ssh " + t.destination + " and check the host's key; nothing is accepted here unseen"},
		{"REMOTE HOST IDENTIFICATION HAS CHANGED", "the host's key is another one now: find out why before you connect"},
		{"Permission denied", "ssh may not ask for a password or passphrase here: use a key that ssh-agent holds, and try: ssh " + t.destination},
		{"Could not resolve hostname", "check the name after ssh in the profile, and ~/.ssh/config"},
		{"administratively prohibited", "the host does not forward connections: ask who runs it"},
		{"open failed", "ssh works, but from there " + t.address + " does not answer: check the host and port of the database"},
	} {
		if strings.Contains(said, known.part) {
			return known.hint
		}
	}
	return "try: ssh " + t.destination
}

// Close implements [net.Conn]: it ends ssh, and waits for that.
func (c *tunnelConn) Close() error {
	c.close.Do(func() {
		_ = c.out.Close() // after a failure it is closed
		c.closing = c.in.Close()
		if err := c.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			c.closing = errors.Join(c.closing, err)
		}
		<-c.ended
	})
	return c.closing
}

// LocalAddr implements [net.Conn].
func (c *tunnelConn) LocalAddr() net.Addr { return sshAddr("this machine") }

// RemoteAddr implements [net.Conn].
func (c *tunnelConn) RemoteAddr() net.Addr { return sshAddr(c.tunnel.address) }

// SetDeadline implements [net.Conn].
func (c *tunnelConn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// SetReadDeadline implements [net.Conn].
func (c *tunnelConn) SetReadDeadline(t time.Time) error { return c.in.SetReadDeadline(t) }

// SetWriteDeadline implements [net.Conn].
func (c *tunnelConn) SetWriteDeadline(t time.Time) error { return c.out.SetWriteDeadline(t) }

// sshAddr is an address at an end of a tunnel.
type sshAddr string

// Network implements [net.Addr].
func (sshAddr) Network() string { return "ssh" }

// String implements [net.Addr].
func (a sshAddr) String() string { return string(a) }

// maxSaid is how many bytes of what a program says are kept.
const maxSaid = 4096

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

// Write implements [io.Writer].
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	t.text = t.text[max(0, len(t.text)-maxSaid):]
	return len(b), nil
}

// String returns what was written, with its lines joined.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var lines []string
	for line := range bytes.Lines(t.text) {
		if line := strings.TrimSpace(string(line)); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "; ")
}
