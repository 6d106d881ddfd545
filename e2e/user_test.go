//go:build unix

package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rowan-db/rowan/e2e/terminal"
)

// user is somebody with an empty home folder, who runs the program.
type user struct {
	t    *testing.T
	home string // also where programs are started, so that file names are short
	env  []string
}

func newUser(t *testing.T) *user {
	t.Helper()
	t.Parallel()
	home, err := os.MkdirTemp("", "rowan") // t.TempDir is too long for sockets
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(home); err != nil {
			t.Error(err)
		}
	})
	u := &user{t: t, home: home}
	u.env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "LANG=C.UTF-8", "TERM=xterm-256color", "SHELL=/bin/sh",
		"XDG_CONFIG_HOME=" + u.path("config"), "XDG_DATA_HOME=" + u.path("data"),
		"XDG_CACHE_HOME=" + u.path("cache"), "XDG_STATE_HOME=" + u.path("xdgstate"),
		"XDG_RUNTIME_DIR=" + u.path("runtime"), "TMPDIR=" + home,
		"GORACE=atexit_sleep_ms=0", // or each run of a build with the race detector takes a second more
		"ROWAN_STATE=" + u.path("state"), "ROWAN_PROFILES=" + u.path("profiles.toml"),
	}
	return u
}

// path returns the path of a file in the user's home.
func (u *user) path(name string) string { return filepath.Join(u.home, name) }

// must fails the test at once if there is an error.
func (u *user) must(errs ...error) {
	u.t.Helper()
	if err := errors.Join(errs...); err != nil {
		u.t.Fatal(err)
	}
}

// write writes a file in the user's home.
func (u *user) write(name, content string) {
	u.t.Helper()
	u.must(os.WriteFile(u.path(name), []byte(content), 0o600))
}

// copy copies a file to the user's home.
func (u *user) copy(from, name string) {
	u.t.Helper()
	in, err := os.Open(from)
	u.must(err)
	defer in.Close()
	out, err := os.Create(u.path(name))
	u.must(err)
	_, err = io.Copy(out, in)
	u.must(err, out.Close())
}

// million gives the user a copy of the demo database with its million orders.
func (u *user) million(name string) {
	u.t.Helper()
	path, err := millionRows()
	u.must(err)
	u.copy(path, name)
}

// demo makes a demo database with few rows.
func (u *user) demo(name string) {
	u.t.Helper()
	u.pure("demo", "--path", name, "--rows", "2000", "--build-only").done()
}

// result is how a program ended.
type result struct {
	t              *testing.T
	line           string // the command line
	stdout, stderr string
	code           int
}

// done fails the test unless the program did all that it was asked to, and
// returns what it printed.
func (r result) done() string {
	r.t.Helper()
	return r.ends(0).stdout
}

// ends fails the test unless the program ended with a code, and with all of
// some texts on standard error.
func (r result) ends(code int, complaints ...string) result {
	r.t.Helper()
	if r.code != code {
		r.t.Fatalf("%s\nended with %d, want %d\nstdout: %s\nstderr: %s", r.line, r.code, code, clip(r.stdout), clip(r.stderr))
	}
	for _, c := range complaints {
		if !strings.Contains(r.stderr, c) {
			r.t.Errorf("%s\ndoes not say %q but\n%s", r.line, c, clip(r.stderr))
		}
	}
	return r
}

// clip shortens what a test prints.
func clip(text string) string {
	const most = 4000
	if len(text) > most {
		return text[:most] + fmt.Sprintf("… (%d bytes)", len(text))
	}
	return text
}

// rowan runs the program in a script.
func (u *user) rowan(args ...string) result {
	u.t.Helper()
	return u.run(rowan, args...)
}

// pure runs the program that was built without cgo.
func (u *user) pure(args ...string) result {
	u.t.Helper()
	return u.run(rowanPure, args...)
}

// sql runs statements with the sqlite3 program, and returns what it prints.
func (u *user) sql(file, statements string) string {
	u.t.Helper()
	return strings.TrimSpace(u.run("sqlite3", "-bail", file, statements).done())
}

func (u *user) run(program string, args ...string) result {
	u.t.Helper()
	ctx, cancel := context.WithTimeout(u.t.Context(), terminal.Patience)
	defer cancel()
	cmd := u.command(ctx, program, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		u.t.Fatalf("%s: %v", program, err)
	}
	u.must(ctx.Err())
	return result{u.t, strings.Join(cmd.Args, " "), stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// command makes a command that runs in the user's home, with nothing of this
// machine's environment.
func (u *user) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env = u.home, u.env
	cmd.WaitDelay = time.Second
	return cmd
}

// tables are those of the demo database.
var tables = []string{"awkward", "countries", "customers", "events", "files", "order_lines", "orders", "products"}

// dump writes all rows of a database to a file, one a line, each with its
// table's name.
func (u *user) dump(database, to string) {
	u.t.Helper()
	out, err := os.Create(u.path(to))
	u.must(err)
	for _, table := range tables {
		_, err := fmt.Fprintln(out, "table", table)
		u.must(err)
		cmd := u.command(u.t.Context(), rowanPure, "scan", database, table, "--limit", "0", "--json")
		var stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = out, &stderr
		if err := cmd.Run(); err != nil {
			u.t.Fatalf("scan %s: %v\n%s", table, err, &stderr)
		}
	}
	u.must(out.Close())
}

// differences returns the lines that were taken away ("< ...") and added
// ("> ...") from one dump to another, in their order.
func (u *user) differences(before, after string) []string {
	u.t.Helper()
	r := u.run("diff", before, after)
	if r.code > 1 {
		r.ends(0)
	}
	var lines []string
	for line := range strings.Lines(r.stdout) {
		if line[0] == '<' || line[0] == '>' {
			lines = append(lines, strings.TrimRight(line, "\n"))
		}
	}
	return lines
}
