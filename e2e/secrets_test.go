//go:build unix

package e2e

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// servers are the variables that tell of real servers.
var serverVariables = map[string]string{
	"PostgreSQL": "ROWAN_TEST_POSTGRES", "MariaDB": "ROWAN_TEST_MYSQL", "Redis": "ROWAN_TEST_REDIS",
}

// login is a server with a password, taken apart.
type login struct {
	*user
	withPassword string // the URL as the tests are told it
	clean        string // the same without the password
	password     string
}

// eachServer runs a test on each server, as a user of its own.
func eachServer(t *testing.T, test func(*login)) {
	for name, variable := range serverVariables {
		t.Run(name, func(t *testing.T) {
			text := os.Getenv(variable)
			if text == "" {
				t.Skipf("%s is not set: run make test", variable)
			}
			u, err := url.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			l := &login{user: newUser(t), withPassword: text}
			l.password, _ = u.User.Password()
			u.User = url.User(u.User.Username())
			l.clean = u.String()
			if len(l.password) < 8 {
				t.Fatalf("the password of %s is too short to be looked for", name)
			}
			test(l)
		})
	}
}

// keeps fails the test if the password is in a text.
func (l *login) keeps(where string, text []byte) {
	l.t.Helper()
	if at := bytes.Index(text, []byte(l.password)); at >= 0 {
		l.t.Errorf("%s holds the password: …%q", where, text[max(0, at-80):at])
	}
}

// keepsFiles looks into all files that the program left in the user's home, but
// for those that the test itself wrote.
func (l *login) keepsFiles(but ...string) {
	l.t.Helper()
	files := 0
	l.must(filepath.WalkDir(l.home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		for _, own := range but {
			if path == l.path(own) {
				return nil
			}
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		l.keeps(path, text)
		return nil
	}))
	if files == 0 {
		l.t.Error("the program left no files to look into")
	}
}

// keepsProcess looks at what others can see of the program and of what it has
// started.
func (l *login) keepsProcess(s *session) {
	l.t.Helper()
	pid, err := s.term.PID()
	l.must(err)
	for _, name := range []string{"cmdline", "environ"} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, name))
		if os.IsNotExist(err) {
			return // no such files on this system
		}
		l.must(err)
		l.keeps(name, text)
	}
}

// keepsOutput looks at every byte that was written to the terminal, and at what
// was put on its clipboard.
func (l *login) keepsOutput(s *session) {
	l.t.Helper()
	out := s.term.Output()
	l.keeps("the terminal's output", out)
	for _, found := range regexp.MustCompile(`\x1b\]52;[a-z]*;([A-Za-z0-9+/=]*)`).FindAllSubmatch(out, -1) {
		text, err := base64.StdEncoding.DecodeString(string(found[1]))
		l.must(err)
		l.keeps("the clipboard", text)
	}
}

// results looks at what a run printed.
func (l *login) results(r result) result {
	l.t.Helper()
	l.keeps("standard output of "+l.clean, []byte(r.stdout))
	l.keeps("standard error of "+l.clean, []byte(r.stderr))
	return r
}

// noteTable gives the server a table with a row. The server goes when the tests
// have been run, and the table with it.
func (l *login) noteTable(name string) {
	l.t.Helper()
	l.results(l.pure("put", l.withPassword, name, "first", "value=one", "--create")).done()
}

// TestPasswordIsTyped asks for a password in the shell's terminal and works on
// a production database with it: it is nowhere afterwards.
func TestPasswordIsTyped(t *testing.T) {
	eachServer(t, func(l *login) {
		l.noteTable("rowan_e2e_typed")
		l.results(l.rowan("profiles", "add", "live", l.clean, "environment=prod")).done()
		s := l.open("live")
		s.sees("Password of ")
		s.types("not-the-one").press("Enter")
		s.sees("That was not accepted. Password of ")
		s.types(l.password).press("Enter")
		s.table("rowan_e2e_typed")
		s.sees("live", "PROD", "RO")
		l.keepsProcess(s)
		s.runs("unlock")
		s.sees("Type live to go on")
		s.reads().types("live").press("Enter")
		s.sees("RW 15 min")
		s.press("Right")
		s.replaces("two")
		s.reviews("1 change")
		s.press("y")
		s.sees("Copied")
		s.confirms()
		s.sees("Committed 1 change")
		s.runs("lock")
		s.sees("live is locked")
		s.quits()
		l.keepsOutput(s)
		l.keepsFiles()
		if got := l.results(l.pure("get", l.withPassword, "rowan_e2e_typed", "first")).done(); !strings.Contains(got, "two") {
			t.Errorf("the commit is not there: %s", got)
		}
	})
}

// TestPasswordInURL gives the password where it does not belong: rowan says so,
// and neither shows nor keeps it.
func TestPasswordInURL(t *testing.T) {
	eachServer(t, func(l *login) {
		l.noteTable("rowan_e2e_url")
		s := l.open(l.withPassword)
		s.table("rowan_e2e_url")
		s.press("@")
		s.sees("The password in the URL is seen by")
		s.escapes("The password in the URL is seen by")
		s.quits()
		l.keepsOutput(s)
		if got := l.results(l.pure()).done(); !strings.Contains(got, strings.SplitN(l.clean, "?", 2)[0]) {
			t.Errorf("the database is not among the recent ones: %s", got)
		}
		for _, args := range [][]string{
			{"tables", l.withPassword}, {"tables", l.withPassword, "--json"}, {"profiles", "test", l.withPassword, "--json"},
			{"get", l.withPassword, "rowan_e2e_none", "1"}, {"check", l.withPassword}, {"version", l.withPassword},
			{l.withPassword, "x"}, {"scan", l.withPassword, "rowan_e2e_url", "--limit", l.withPassword},
			{"tables", strings.Replace(l.withPassword, "127.0.0.1", "127.0.0.1:1", 1)}, {"tables", l.withPassword + "#%zz"},
			{"--read-only", "put", l.withPassword, "rowan_e2e_url", "first", "value=x"},
			{"profiles", "add", "a", l.withPassword}, {"profiles", "add", "b", l.clean, "password=" + l.password},
			{"profiles", "edit", "none", "target=" + l.withPassword},
		} {
			l.results(l.pure(args...))
		}
		l.keepsFiles()
	})
}

// TestPasswordComesFromACommand keeps the password in a file that a command
// prints, as password managers do.
func TestPasswordComesFromACommand(t *testing.T) {
	eachServer(t, func(l *login) {
		l.write("vault", l.password+"\n")
		l.results(l.pure("profiles", "add", "live", l.clean, "password_command=cat vault")).done()
		if got := l.results(l.pure("profiles", "test", "live")).done(); !strings.Contains(got, "from password_command") {
			t.Errorf("got %s", got)
		}
		l.results(l.pure("profiles", "edit", "live", "password_command=cat vault; exit 1")).done()
		l.results(l.pure("tables", "live")).ends(1, "password_command failed: exit status 1")
		l.write("vault", "wrong\n")
		l.results(l.pure("profiles", "edit", "live", "password_command=cat vault")).done()
		l.results(l.pure("tables", "live")).ends(1, "the password came from password_command")
		l.keepsFiles("vault")
	})
}
