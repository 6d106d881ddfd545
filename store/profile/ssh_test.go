package profile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rowan-db/rowan/store/driver"
)

// asSSH, in the environment, makes the test's binary a stand-in for ssh that
// does what the value says.
const asSSH = "ROWAN_TEST_AS_SSH"

func TestMain(m *testing.M) {
	if what := os.Getenv(asSSH); what != "" {
		os.Exit(ssh(what))
	}
	os.Exit(m.Run())
}

// ssh forwards to the address after -W, or fails as ssh does. It tells, in a
// file, what others can see of it.
func ssh(what string) int {
	seen := strings.Join(append(os.Args, os.Environ()...), "\n")
	if path := os.Getenv("ROWAN_TEST_SSH_SEEN"); path != "" && os.WriteFile(path, []byte(seen), 0o600) != nil {
		return 1
	}
	switch what {
	case "forward":
		return forward(os.Args[slices.Index(os.Args, "-W")+1])
	case "lingers":
		os.Stdout.Close()
		_, _ = io.Copy(io.Discard, os.Stdin)
		return 0
	}
	fmt.Fprintln(os.Stderr, what)
	return 255
}

func forward(address string) int {
	c, err := net.Dial("tcp", address)
	if err != nil {
		fmt.Fprintln(os.Stderr, "channel 0: open failed: connect failed: Connection refused\r\nstdio forwarding failed\r")
		return 255
	}
	go func() {
		_, _ = io.Copy(c, os.Stdin)
		_ = c.(*net.TCPConn).CloseWrite()
	}()
	_, _ = io.Copy(os.Stdout, c)
	return 0
}

// through returns a tunnel to an address by the stand-in for ssh.
func through(what, address string) *tunnel {
	return &tunnel{program: os.Args[0], destination: "bastion", address: address, env: append(os.Environ(), asSSH+"="+what)}
}

// echo returns the address of a server that repeats each line.
func echo(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, _ = io.Copy(c, c)
			}()
		}
	}()
	return l.Addr().String()
}

func TestTunnelCarriesBytes(t *testing.T) {
	c, err := through("forward", echo(t)).dial(t.Context(), "tcp", "ignored:1")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r := bufio.NewReader(c)
	for _, line := range []string{"one\n", strings.Repeat("x", 1<<20) + "\n"} {
		go func() { _, _ = io.WriteString(c, line) }()
		if got, err := r.ReadString('\n'); err != nil || got != line {
			t.Fatalf("%d bytes came back of %d: %v", len(got), len(line), err)
		}
	}
	if err := c.SetDeadline(time.Now().Add(-time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := r.ReadString('\n'); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a read after the deadline: %v", err)
	}
	if err := c.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	if _, err := c.Write([]byte("x")); err == nil {
		t.Error("a closed connection takes bytes")
	}
}

// TestTunnelSaysWhatSSHSaid checks that a failure is explained, when reading or,
// where the server would speak first, when dialling.
func TestTunnelSaysWhatSSHSaid(t *testing.T) {
	for said, hint := range map[string]string{
		"Host key verification failed.":                                     "check the host's key",
		"ada@bastion: Permission denied (publickey,password).":              "ssh-agent",
		"ssh: Could not resolve hostname bastion: Name or service not kown": "~/.ssh/config",
		"kex_exchange_identification: Connection closed":                    "try: ssh bastion",
	} {
		for _, greets := range []bool{false, true} {
			tunnel := through(said, "db:1")
			tunnel.greets = greets
			c, err := tunnel.dial(t.Context(), "tcp", "db:1")
			if err == nil {
				_, err = c.Read(make([]byte, 1))
				defer c.Close()
			}
			var e *driver.Error
			if !errors.As(err, &e) || e.Kind != driver.Unavailable || !strings.Contains(err.Error(), said) || !strings.Contains(e.Hint, hint) {
				t.Errorf("greets %v: got %v, hint %q", greets, err, e.Hint)
			}
		}
	}
}

func TestTunnelToNothing(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	c, err := through("forward", address).dial(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = c.Read(make([]byte, 1))
	if err == nil || !strings.Contains(err.Error(), "open failed") {
		t.Errorf("got %v", err)
	}
}

// TestTunnelEnds checks that the end of what ssh sends is the end, even if ssh
// itself stays until its input ends.
func TestTunnelEnds(t *testing.T) {
	c, err := through("lingers", "db:1").dial(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("got %v", err)
	}
}

// TestTunnelWithoutSSH checks what is said where there is no such program.
func TestTunnelWithoutSSH(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	tunnel, err := newTunnel("bastion", &endpoint{kind: &servers[0], host: "db", port: "1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tunnel.dial(t.Context(), "", ""); err == nil || !strings.Contains(err.Error(), "there is no program ssh") {
		t.Errorf("got %v", err)
	}
}

// TestChildrenSeeNoSecret checks that neither ssh nor a command that prints a
// password gets to see, or shows, the passwords that this program knows.
func TestChildrenSeeNoSecret(t *testing.T) {
	athome(t)
	for _, name := range append([]string{"SHOP_PASSWORD"}, secretVariables...) {
		t.Setenv(name, marker)
	}
	dir := t.TempDir()
	seen := filepath.Join(dir, "seen")
	t.Setenv("ROWAN_TEST_SSH_SEEN", seen)
	t.Setenv(asSSH, "Permission denied")
	bin := filepath.Join(dir, "bin")
	if err := os.MkdirAll(bin, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(os.Args[0], filepath.Join(bin, "ssh")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	p := Profile{Name: "shop", Target: "postgres://ada:" + marker + "@db/shop?password=" + marker, SSH: "bastion", Secret: Secret{Env: "SHOP_PASSWORD"}}
	a, err := Resolve(p)
	if err != nil {
		t.Fatal(err)
	}
	if password(t, a) != marker {
		t.Error("the password is not the one of the environment")
	}
	c, err := a.Connection.Dial(t.Context(), "tcp", "db:5432")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = c.Read(make([]byte, 1))
	told := fmt.Sprint(err, a.Connection.URL, a.Place, a.Notes, a.Source.From)
	text, failed := os.ReadFile(seen)
	if failed != nil || !strings.Contains(string(text), "db:5432") {
		t.Fatalf("ssh was not started as it should be: %v %s", failed, text)
	}
	t.Setenv("SHOP_PASSWORD", "")
	p.Secret = Secret{Command: "if env | grep -q " + marker[:6] + "; then echo leaked; else echo clean; fi"}
	if a, err = Resolve(p); err != nil {
		t.Fatal(err)
	}
	if got := password(t, a); got != "clean" {
		t.Errorf("a command that prints a password sees one: %s", got)
	}
	p.Secret = Secret{Command: "echo " + marker + "; false"}
	if a, err = Resolve(p); err != nil {
		t.Fatal(err)
	}
	_, err = a.Connection.Password(t.Context())
	told += fmt.Sprint(err)
	for _, where := range []string{told, string(text)} {
		if strings.Contains(where, marker) {
			t.Errorf("the password is in: %s", where)
		}
	}
}
