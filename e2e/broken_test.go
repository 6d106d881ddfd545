//go:build unix

package e2e

import (
	"os"
	"strings"
	"testing"
)

// TestFilesThatAreNoDatabase opens what is no database or not a whole one: each
// time the program says what is wrong and what to do, and leaves the file
// alone.
func TestFilesThatAreNoDatabase(t *testing.T) {
	u := newUser(t)
	u.demo("demo.rowan")
	whole, err := os.ReadFile(u.path("demo.rowan"))
	u.must(err)
	flipped := []byte(strings.Clone(string(whole)))
	flipped[len(flipped)/2] ^= 0x10
	u.write("letter.txt", "Dear Sir or Madam, this is not a database. "+strings.Repeat("Yours. ", 2000))
	u.write("empty.rowan", "")
	u.write("short.rowan", string(whole[:len(whole)/2]))
	u.write("stub.rowan", string(whole[:100]))
	u.write("flipped.rowan", string(flipped))
	u.must(os.Mkdir(u.path("folder"), 0o700))

	for _, c := range []struct {
		file  string
		says  []string
		check bool // only a check need find it
	}{
		{file: "letter.txt", says: []string{"letter.txt"}},
		{file: "empty.rowan", says: []string{"empty"}},
		{file: "short.rowan", says: []string{"short.rowan"}},
		{file: "stub.rowan", says: []string{"stub.rowan"}},
		{file: "flipped.rowan", says: []string{"flipped.rowan"}, check: true},
		{file: "missing.rowan", says: []string{"missing.rowan"}},
		{file: "folder", says: []string{"folder"}},
	} {
		before, _ := os.ReadFile(u.path(c.file))
		command := []string{"tables", c.file}
		if c.check {
			command[0] = "check"
		}
		r := u.rowan(command...).ends(1, c.says...)
		if lines := strings.Count(strings.TrimSpace(r.stderr), "\n"); lines == 0 {
			t.Errorf("%s: no hint what to do: %s", c.file, r.stderr)
		}
		if strings.Contains(r.stderr, "goroutine") {
			t.Errorf("%s: a crash: %s", c.file, r.stderr)
		}
		s := u.open(c.file)
		if !c.check {
			s.ends(1)
		} else {
			s.sees("[1] Tables")
			s.quits()
		}
		if after, _ := os.ReadFile(u.path(c.file)); string(after) != string(before) {
			t.Errorf("%s was changed", c.file)
		}
	}
}

// TestCheckOfAGoodFile is the other half of the truncated and flipped ones.
func TestCheckOfAGoodFile(t *testing.T) {
	u := newUser(t)
	u.demo("demo.rowan")
	if r := u.rowan("check", "demo.rowan").ends(0, "no faults found"); r.stdout != "" {
		t.Errorf("a check that finds nothing prints %q", r.stdout)
	}
}

// TestDatabaseLockedByAnother commits while another program holds the lock:
// the program says so, keeps what is staged, and commits when the lock is gone.
func TestDatabaseLockedByAnother(t *testing.T) {
	u := newUser(t)
	u.sql("shop.db", stock)
	s := u.stages()
	other := u.hold("shop.db")
	other.does("BEGIN EXCLUSIVE")
	s.reviews("1 change")
	s.confirms()
	s.sees("locked")
	u.write("note", "") // the home is still there
	other.does("ROLLBACK")
	s.escapes("locked")
	s.sees("1 staged")
	s.dies()
	u.finds()
}

// TestNativeFileHasOneWriter opens a file of rowan's own twice: one process may
// write it, or several may read it.
func TestNativeFileHasOneWriter(t *testing.T) {
	u := newUser(t)
	u.demo("demo.rowan")
	s := u.open("demo.rowan")
	s.table("countries")
	u.rowan("put", "demo.rowan", "countries", "XX", "name=Nowhere", "currency=XXX").
		ends(1, "demo.rowan is open")
	s.quits()
	u.rowan("put", "demo.rowan", "countries", "XX", "name=Nowhere", "currency=XXX").done()

	s = u.open("--read-only", "demo.rowan")
	s.table("countries")
	u.rowan("get", "demo.rowan", "countries", "XX").done()
	s.quits()
}

// TestReadOnlyHasNoWayToWrite opens databases for reading only, in the user
// interface and in scripts.
func TestReadOnlyHasNoWayToWrite(t *testing.T) {
	u := newUser(t)
	u.sql("shop.db", stock)
	u.demo("demo.rowan")
	for _, c := range []struct{ file, table string }{{"shop.db", "stock"}, {"demo.rowan", "countries"}} {
		s := u.open("--read-only", c.file)
		s.table(c.table)
		s.sees(" RO ")
		for _, key := range []string{"e", "d", "o", "O", "x"} {
			s.press("Right", key)
			s.sees("✗ ")
			s.press("Left")
		}
		s.seesNo("staged")
		s.quits()
	}
	before := u.sql("shop.db", ".dump")
	u.rowan("--read-only", "put", "shop.db", "stock", "z-9", "name=zebra").ends(1, "read")
	u.rowan("--read-only", "delete", "demo.rowan", "countries", "DE").ends(1, "read")
	if after := u.sql("shop.db", ".dump"); after != before {
		t.Errorf("a read-only command wrote:\n%s", after)
	}
	u.rowan("get", "demo.rowan", "countries", "DE").done()

	// A file without permission to write is opened for reading.
	if os.Geteuid() != 0 { // root may write anything
		u.must(os.Chmod(u.path("demo.rowan"), 0o400))
		s := u.open("demo.rowan")
		s.table("countries")
		s.sees(" RO ")
		s.quits()
	}
}

// TestProfileFileWithAnError names the line, and does not stand in the way of
// a database that is named by its path.
func TestProfileFileWithAnError(t *testing.T) {
	u := newUser(t)
	u.sql("shop.db", stock)
	u.write("profiles.toml", "[profiles.shop]\ntarget = \"shop.db\"\nenvironment = prod\n")
	u.rowan("tables", "shop").ends(1, "profiles.toml", "3")
	u.rowan("tables", "./shop.db").done()
	s := u.open("./shop.db")
	s.sees("╭ Failed", "profiles.toml:3")
	s.escapes("╭ Failed").table("stock")
	s.quits()

	u.write("profiles.toml", "[profiles.shop]\ntarget = \""+u.path("shop.db")+"\"\nenvironment = \"prod\"\n")
	u.rowan("tables", "shop").done()
	u.rowan("delete", "shop", "stock", "a-1").ends(2, "--confirm shop")
	s = u.open("shop")
	s.sees(" PROD ", " RO ")
	s.table("stock")
	s.runs("unlock")
	s.sees("Type shop to go on")
	s.reads().types("shop").press("Enter")
	s.sees("RW 15 min")
	s.press("d")
	s.commits("1 change")
	s.quits()
}
