package cli

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/backends"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
)

func TestVersions(t *testing.T) {
	path := shopFile(t)
	if r := rowan(t, "keep", path, "monday"); r.code != exitDone || r.stdout != "" || !strings.Contains(r.stderr, "the present state is kept as monday") {
		t.Errorf("keeping: %+v", r)
	}
	rowan(t, "keep", path, "monday").fails(t, exitFailed, "monday")
	rowan(t, "put", path, "countries", "CH", "name=Helvetia").want(t, "")
	rowan(t, "delete", path, "countries", "AT").want(t, "")
	rowan(t, "put", path, "countries", "XX", "name=Nowhere", "currency=EUR").want(t, "")
	r := rowan(t, "diff", path, "monday")
	for _, want := range []string{`- countries ("AT")`, `~ countries ("CH")`, `"Helvetia"`, `+ countries ("XX")`} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("%q is not in\n%s", want, r.stdout)
		}
	}
	r = rowan(t, "diff", path, "monday", "--json")
	if lines := strings.Split(strings.TrimSpace(r.stdout), "\n"); len(lines) != 3 {
		t.Errorf("%d lines:\n%s", len(lines), r.stdout)
	} else {
		var d struct {
			Kind, Table string
			Key         []string
			Old, New    map[string]any
		}
		if err := json.Unmarshal([]byte(lines[0]), &d); err != nil || d.Kind != "removed" || d.Table != "countries" || d.Key[0] != "AT" || d.Old["name"] != "Österreich" || d.New != nil {
			t.Errorf("%+v, %v", d, err)
		}
	}
	r = rowan(t, "scan", path, "countries", "--at", "monday", "--prefix", "AT", "--json")
	if !strings.Contains(r.stdout, "Österreich") {
		t.Errorf("on monday there was: %+v", r)
	}
	if r = rowan(t, "get", path, "countries", "AT", "CH", "--at", "monday", "--json"); !strings.Contains(r.stdout, "Österreich") || strings.Contains(r.stdout, "Helvetia") {
		t.Errorf("on monday the rows were: %+v", r)
	}
	rowan(t, "get", path, "countries", "XX", "--at", "monday").fails(t, exitFailed, "XX")
	createTable(t, path, "later")
	if r = rowan(t, "tables", path, "--at", "monday"); !strings.Contains(r.stdout, "countries") || strings.Contains(r.stdout, "later") {
		t.Errorf("on monday the tables were: %+v", r)
	}
	if r = rowan(t, "tables", path); !strings.Contains(r.stdout, "later") {
		t.Errorf("the tables are: %+v", r)
	}
	for _, command := range [][]string{{"scan", path, "countries"}, {"get", path, "countries", "AT"}, {"tables", path}} {
		rowan(t, append(command, "--at", "sunday")...).fails(t, exitFailed, "sunday")
	}
	if r := rowan(t, "versions", path); !strings.Contains(r.stdout, "monday") {
		t.Errorf("listed: %+v", r)
	}
	rowan(t, "undo", path, "4").want(t, "")
	if r := rowan(t, "diff", path, "monday"); r.stdout != "" || !strings.Contains(r.stderr, "no difference") {
		t.Errorf("after undoing all: %+v", r)
	}
	rowan(t, "undo", path, "many").fails(t, exitUsage, "no number of commits")
	if r := rowan(t, "keep", path, "monday", "--drop"); r.code != exitDone || !strings.Contains(r.stderr, "monday is kept no longer") {
		t.Errorf("dropping: %+v", r)
	}
	rowan(t, "diff", path, "monday").fails(t, exitFailed, "monday")
}

func createTable(t *testing.T, path, name string) {
	t.Helper()
	s, err := backends.Open(t.Context(), path, backends.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w, err := s.Writer()
	if err == nil {
		err = w.CreateTable(t.Context(), &store.Schema{Name: name, Key: []store.Column{{Name: "k", Kind: tuple.KindInt}}})
	}
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestBackupAndCompact(t *testing.T) {
	path := shopFile(t)
	copied := filepath.Join(filepath.Dir(path), "copy.rowan")
	rowan(t, "backup", path, copied).want(t, "")
	if a, b := rowan(t, "count", path, "orders"), rowan(t, "count", copied, "orders"); a.stdout != b.stdout || a.code != exitDone {
		t.Errorf("%+v, and in the copy %+v", a, b)
	}
	rowan(t, "backup", path, copied).fails(t, exitFailed, "--replace")
	rowan(t, "backup", path, copied, "--replace").want(t, "")
	var sizes struct{ Before, After int64 }
	r := rowan(t, "compact", path, "--json")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(r.stdout), &sizes); err != nil || sizes.After > sizes.Before || sizes.After != info.Size() {
		t.Errorf("%+v, %v; the file has %d bytes: %+v", sizes, err, info.Size(), r)
	}
	rowan(t, "check", path).want(t, "")
	if r := rowan(t, "upgrade", path); r.code != exitDone || !strings.Contains(r.stderr, "has the present format already") {
		t.Errorf("upgrade: %+v", r)
	}
	rowan(t, "--read-only", "upgrade", path).fails(t, exitUsage, "read-only")
}

// sqlite makes a SQLite database with the program of that name.
func sqlite(t *testing.T, path, statements string) {
	t.Helper()
	if out, err := exec.Command("sqlite3", path, statements).CombinedOutput(); err != nil {
		t.Fatalf("sqlite3 (Debian's package of that name) is needed: %v %s", err, out)
	}
}

// opensSQLite reports whether this build opens SQLite files: without cgo it
// does not.
func opensSQLite(t *testing.T, path string) bool {
	t.Helper()
	return !strings.Contains(rowan(t, "tables", path).stderr, "built without cgo")
}

const musicTable = "create table tracks(id integer primary key, title text, note text); insert into tracks values (1,'Sodade',null),(2,'Bia',''),(3,'é \x1b[31m','x')"

func TestSQL(t *testing.T) {
	path := filepath.Join(isolate(t), "music.db")
	sqlite(t, path, musicTable)
	if !opensSQLite(t, path) {
		t.Skip("this build opens no SQLite file")
	}
	rowan(t, "sql", path, "select id, title, note from tracks where id < 3", "--format", "csv").want(t, "id,title,note\r\n1,Sodade,\r\n2,Bia,\"\"\r\n")
	rowan(t, "sql", path, "select id, title from tracks where id = 3; select 5 as n", "--json").want(t, `{"id":3,"title":"é \u001b[31m"}`+"\n"+`{"n":5}`+"\n")
	if r := rowan(t, "sql", path, "select title from tracks order by id"); strings.Contains(r.stdout, "\x1b") || !strings.Contains(r.stdout, "Sodade") {
		t.Errorf("as a table: %q", r.stdout)
	}
	r := rowan(t, "sql", path, "select id from tracks", "--limit", "2", "--format", "csv")
	if r.fails(t, exitPartly, "more rows than the first 2"); r.stdout != "id\r\n1\r\n2\r\n" {
		t.Errorf("with a limit: %q", r.stdout)
	}
	rowanWith(t, "select count(*) as n from tracks;\n", "sql", path, "--format", "csv").want(t, "n\r\n3\r\n")
	rowan(t, "sql", path, "select 1; nonsense; select 2", "--format", "csv").fails(t, exitFailed, "statement 2 of 3")
	rowan(t, "sql", path, " -- nothing").fails(t, exitUsage, "no statement")
	for _, statement := range []string{"delete from tracks", "create table x(a)", "select 1; drop table tracks"} {
		rowan(t, "sql", path, statement).fails(t, exitFailed, "")
	}
	r = rowan(t, "sql", path, "update tracks set note = 'y' where id < 3", "--write")
	if r.want(t, ""); !strings.Contains(r.stderr, "2") {
		t.Errorf("nothing is said of the rows that were written: %q", r.stderr)
	}
	rowan(t, "sql", path, "select count(*) as n from tracks where note = 'y'", "--format", "csv").want(t, "n\r\n2\r\n")
	if r := rowan(t, "sql", path, "begin; delete from tracks", "--write"); !strings.Contains(r.stderr, "rolled back") {
		t.Errorf("a transaction without an end: %+v", r)
	}
	rowan(t, "sql", path, "select count(*) as n from tracks", "--format", "csv").want(t, "n\r\n3\r\n")
	rowan(t, "profiles", "add", "live", path, "environment=prod").want(t, "")
	rowan(t, "sql", "live", "delete from tracks", "--write").fails(t, exitUsage, "--confirm live")
}
