package backends

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/store"
)

// TestSniff opens files by what they hold, under names that say otherwise.
func TestSniff(t *testing.T) {
	dir := t.TempDir()
	own := filepath.Join(dir, "looks-like.sqlite")
	open(t, own, Options{Create: true}).Close()
	if got := open(t, own, Options{}).Info().Backend; got != "native" {
		t.Errorf("a file of our own named .sqlite is opened as %s", got)
	}
	lite := filepath.Join(dir, "looks-like.rowan")
	if out, err := exec.Command("sqlite3", lite, "create table t(a)").CombinedOutput(); err != nil {
		t.Fatalf("sqlite3 (Debian's package of that name) is needed: %v %s", err, out)
	}
	for _, target := range []string{lite, "sqlite:" + lite} {
		openSQLite(t, target)
	}
	if got := open(t, "mem:", Options{}).Info().Backend; got != "mem" {
		t.Errorf("a mem: URL is opened by %s", got)
	}
}

// openSQLite opens an SQLite file, or, in a build that cannot, checks that it
// is recognized and that the error says what to do.
func openSQLite(t *testing.T, target string) {
	t.Helper()
	if withSQLite {
		if got := open(t, target, Options{}).Info().Backend; got != "sqlite" {
			t.Errorf("%s is opened as %s", target, got)
		}
		return
	}
	_, err := Open(t.Context(), target, Options{})
	var e *store.Error
	if !errors.As(err, &e) || e.Backend != "sqlite" || e.Kind != store.Unsupported || !strings.Contains(e.Error()+e.Hint, "cgo") {
		t.Errorf("%s without cgo: %v", target, err)
	}
}

func open(t *testing.T, target string, o Options) *store.Store {
	t.Helper()
	s, err := Open(t.Context(), target, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestRefused(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	loop := filepath.Join(dir, "loop")
	if err := os.Symlink(loop, loop); err != nil {
		t.Fatal(err)
	}
	pipe := filepath.Join(dir, "pipe")
	if out, err := exec.Command("mkfifo", pipe).CombinedOutput(); err != nil {
		t.Fatalf("mkfifo: %v %s", err, out)
	}
	for _, c := range []struct {
		name, target string
		kind         store.Kind
		why          string
	}{
		{"missing", filepath.Join(dir, "none.rowan"), store.NotFound, "there is no file"},
		{"directory", dir, store.NotDatabase, "is a directory"},
		{"device", os.DevNull, store.NotDatabase, "is a device, not a file"},
		{"pipe", pipe, store.NotDatabase, "is a pipe, not a file"},
		{"circle of links", loop, store.Unavailable, "loop cannot be read: too many levels"},
		{"below a file", filepath.Join(file("file", "x"), "below"), store.Unavailable, "below cannot be read: not a directory"},
		{"nothing", "", store.Configuration, "is empty"},
		{"no path", "rowan:", store.Configuration, "names no file"},
		{"file URL", "file:///a.rowan", store.Unsupported, "file: URLs"},
		{"empty", file("empty.db", ""), store.NotDatabase, "is empty"},
		{"text", file("notes.sqlite", "SQLite format 4"), store.NotDatabase, "it begins with"},
		{"beginning of ours", file("cut.rowan", table[0].Magic), store.NotDatabase, ""},
		{"scheme", "gopher://host/1", store.Unsupported, "gopher"},
		{"memory, read-only", "mem:", store.Configuration, "memory"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := Open(t.Context(), c.target, Options{ReadOnly: c.name == "memory, read-only"})
			if err == nil {
				s.Close()
				t.Fatal("it opens")
			}
			var e *store.Error
			if !errors.As(err, &e) || e.Kind != c.kind || !strings.Contains(err.Error(), c.why) {
				t.Errorf("got %v of kind %v, want %v", err, store.KindOf(err), c.kind)
			}
			if e != nil && e.Hint == "" {
				t.Errorf("%v: there is no hint on what to do", err)
			}
		})
	}
}

// TestErrorNamesFile checks that an error says which file it is about, also when
// it is the database library's own.
func TestErrorNamesFile(t *testing.T) {
	if !withSQLite {
		t.Skip("this build opens no SQLite file")
	}
	path := filepath.Join(t.TempDir(), "cut.db")
	if out, err := exec.Command("sqlite3", path, "create table t(a); create table u(a)").CombinedOutput(); err != nil {
		t.Fatalf("sqlite3 (Debian's package of that name) is needed: %v %s", err, out)
	}
	if err := os.Truncate(path, 3000); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), path, Options{ReadOnly: true})
	if err == nil {
		s.Close()
		t.Fatal("it opens")
	}
	if n := strings.Count(err.Error(), "cut.db"); n != 1 {
		t.Errorf("the file is named %d times: %v", n, err)
	}
}

// TestTable checks what the table must hold for every backend.
func TestTable(t *testing.T) {
	seen := map[string]string{}
	for _, b := range All() {
		if b.Name == "" || b.Product == "" || len(b.Schemes) == 0 || (b.open == nil) == (b.connect == nil) {
			t.Errorf("incomplete: %+v", b)
		}
		for _, s := range b.Schemes {
			if other := seen[s]; other != "" {
				t.Errorf("%s and %s both have the scheme %s", b.Name, other, s)
			}
			seen[s] = b.Name
		}
		if len(b.Magic) > headSize {
			t.Errorf("the magic of %s is longer than what is read", b.Name)
		}
	}
}
