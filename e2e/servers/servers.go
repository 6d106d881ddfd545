//go:build unix

// Package servers starts real database servers for tests, and leaves nothing
// behind.
//
// A server runs from the machine's own programs on a free port of the loopback
// interface, with a random password and a data directory below the temporary
// directory. [Start] returns when the server has answered a query. [Server.Stop]
// ends the process and removes the directory. If the program that started a
// server is killed, the kernel ends the server (on Linux), and the next Start
// removes the directory.
//
// PostgreSQL and MariaDB refuse to run as root, so under root every server runs
// as an unprivileged user; otherwise as the current one.
//
// The servers are tuned for throw-away data: they do not sync to disk. They are
// of no use for tests of durability, nor for timings of commits.
package servers

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/rowan-db/rowan/e2e/servers/process"
)

// Kind is a kind of server: what it is called, what it needs, how it is run.
type Kind struct {
	Name     string   // short and lower case, such as "postgres"
	Title    string   // for people, such as "PostgreSQL"
	Env      string   // the environment variable that tells tests its URL
	Programs []string // the programs that must be installed
	Packages []string // the Debian packages that contain them

	users    []string       // to run as when root, the best first
	stop     syscall.Signal // ends the server in order
	orphaned syscall.Signal // ends it when nobody is left to stop it

	prepare func(ctx context.Context, s *Server) error // makes the data directory
	command func(s *Server) []string                   // runs the server
	query   func(ctx context.Context, s *Server, statements string) (string, error)
	ready   func(ctx context.Context, s *Server) (version string, err error)
	url     func(s *Server) string
}

// Kinds lists the servers that this package can start.
func Kinds() []Kind { return []Kind{postgres(), mysql(), redis()} }

// Missing lists the programs of k that are not installed.
func (k Kind) Missing() []string {
	var missing []string
	for _, name := range k.Programs {
		if _, err := find(name); err != nil {
			missing = append(missing, name)
		}
	}
	return missing
}

// Server is a running server.
type Server struct {
	Kind    Kind
	Version string        // as the server gives it
	Port    int           // on 127.0.0.1
	Took    time.Duration // from nothing to the first answer

	password string
	dir      *directory
	user     *account // nil: as the current one
	proc     *process.Process
}

// database is the name of the user and of the database that tests work in.
const database = "rowan"

// portAttempts is how many free ports are tried. A port that was free can be
// taken by another program before the server binds it.
const portAttempts = 3

// Start starts a server and waits until it answers a query. It gives up when
// ctx ends; then, or when the server ends by itself, the error quotes the
// server's log.
func Start(ctx context.Context, k Kind) (*Server, error) {
	s, err := start(ctx, k)
	if err != nil {
		return nil, fmt.Errorf("servers: start %s: %w", k.Title, err)
	}
	return s, nil
}

func start(ctx context.Context, k Kind) (_ *Server, err error) {
	if missing := k.Missing(); len(missing) > 0 {
		return nil, fmt.Errorf("%s not found; install it with: apt-get install --no-install-recommends %s",
			strings.Join(missing, ", "), strings.Join(k.Packages, " "))
	}
	began := time.Now()
	s := &Server{Kind: k, password: rand.Text()}
	if s.user, err = unprivileged(k.users); err != nil {
		return nil, err
	}
	if s.dir, err = newDirectory(s.user); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Stop())
		}
	}()
	if err := k.prepare(ctx, s); err != nil {
		return nil, err
	}
	if err := s.launch(ctx); err != nil {
		return nil, err
	}
	s.Took = time.Since(began)
	return s, nil
}

// launch runs the server on a free port until it answers.
func (s *Server) launch(ctx context.Context) error {
	var err error
	for range portAttempts {
		if s.Port, err = freePort(); err != nil {
			return err
		}
		if err = s.run(); err != nil {
			return err
		}
		if err = s.awaitReady(ctx); !errors.Is(err, errPortTaken) {
			return err
		}
	}
	return err
}

func freePort() (int, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	port := l.Addr().(*net.TCPAddr).Port
	return port, l.Close()
}

// run starts the server's process, which writes to the log.
func (s *Server) run() error {
	log, err := os.Create(s.dir.log())
	if err != nil {
		return err
	}
	defer log.Close() // the child has its own
	cmd, err := s.asServer(context.Background(), s.Kind.command(s))
	if err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = log, log
	s.proc, err = process.Start(cmd, s.Kind.orphaned)
	return err
}

// asServer makes a command that runs as the server's user, in its directory,
// and ignorant of the caller's settings.
func (s *Server) asServer(ctx context.Context, argv []string) (*exec.Cmd, error) {
	path, err := find(argv[0])
	if err != nil {
		return nil, err
	}
	home := s.dir.home()
	cmd := exec.CommandContext(ctx, path, argv[1:]...)
	cmd.Dir = home
	cmd.Env = []string{"PATH=" + searchPath(), "HOME=" + home, "TMPDIR=" + home, "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.user.credential()}
	return cmd, nil
}

// tool runs a program of the server's that ends by itself, such as the one that
// makes the data directory.
func (s *Server) tool(ctx context.Context, argv ...string) error {
	cmd, err := s.asServer(ctx, argv)
	if err != nil {
		return err
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", filepath.Base(argv[0]), err, lastLines(string(out)))
	}
	return nil
}

var errPortTaken = errors.New("another program took the port")

// The pauses between two attempts to reach a server that is starting.
const (
	firstPause = 5 * time.Millisecond
	maxPause   = 200 * time.Millisecond
)

// awaitReady asks the server for its version until it answers.
func (s *Server) awaitReady(ctx context.Context) error {
	pause := time.NewTimer(0)
	defer pause.Stop()
	var last error
	for delay := firstPause; ; delay = min(2*delay, maxPause) {
		select {
		case <-pause.C:
		case <-s.proc.Done():
			return s.earlyExit()
		case <-ctx.Done():
			return fmt.Errorf("it did not answer: %w (last answer: %v); its log ends:\n%s", context.Cause(ctx), last, s.Log())
		}
		if s.Version, last = s.Kind.ready(ctx, s); last == nil {
			return nil
		}
		pause.Reset(delay)
	}
}

func (s *Server) earlyExit() error {
	log := s.Log()
	if strings.Contains(log, "Address already in use") {
		return fmt.Errorf("%w %d:\n%s", errPortTaken, s.Port, log)
	}
	return fmt.Errorf("it ended while starting (%v); its log ends:\n%s", s.proc.Wait(), log)
}

// URL is how rowan is told to connect. It contains the password.
func (s *Server) URL() string { return s.Kind.url(s) }

// Environ is the variable that tells tests about the server, as NAME=VALUE.
func (s *Server) Environ() string { return s.Kind.Env + "=" + s.URL() }

// String describes the server without its password.
func (s *Server) String() string {
	return fmt.Sprintf("%s %s on 127.0.0.1:%d", s.Kind.Title, s.Version, s.Port)
}

// Pid is the process id of the server.
func (s *Server) Pid() int { return s.proc.Pid() }

// Dir is the directory that holds all the server's files.
func (s *Server) Dir() string { return s.dir.path }

// Log is the end of what the server has logged.
func (s *Server) Log() string {
	log, err := os.ReadFile(s.dir.log())
	if err != nil {
		return err.Error()
	}
	return lastLines(string(log))
}

// Query runs statements with the server's own client program and returns what
// that prints: a line for each row, columns parted as the client does it. Redis
// takes a command a line, its words parted by blanks.
func (s *Server) Query(ctx context.Context, statements string) (string, error) {
	return s.Kind.query(ctx, s, statements)
}

// client runs a client program, with env as its settings, and returns what it
// prints.
func (s *Server) client(ctx context.Context, argv, env []string, stdin string) (string, error) {
	path, err := find(argv[0])
	if err != nil {
		return "", err
	}
	var stderr strings.Builder
	cmd := exec.CommandContext(ctx, path, argv[1:]...)
	cmd.Env = append([]string{"PATH=" + searchPath(), "HOME=" + s.dir.path, "LC_ALL=C"}, env...)
	cmd.Stdin = strings.NewReader(stdin)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("servers: %s: %w: %s%s", argv[0], err, stderr.String(), out)
	}
	return strings.TrimRight(string(out), "\n"), nil
}

// Stop ends the server and removes its files. It returns an error if either
// was not possible in order; stopping twice is harmless.
func (s *Server) Stop() error {
	var err error
	if s.proc != nil {
		err = s.proc.Stop(s.Kind.stop, process.Grace)
	}
	if err := errors.Join(err, s.dir.remove()); err != nil {
		return fmt.Errorf("servers: stop %s: %w", s.Kind.Title, err)
	}
	return nil
}

// lastLines is the part of a log that is worth showing.
func lastLines(log string) string {
	const most = 40
	lines := strings.Split(strings.TrimRight(log, "\n"), "\n")
	if len(lines) > most {
		lines = lines[len(lines)-most:]
	}
	return "  " + strings.Join(lines, "\n  ")
}
