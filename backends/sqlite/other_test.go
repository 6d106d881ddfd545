//go:build cgo && unix

package sqlite

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// Some things depend on who opens a file and on who else has it open. For them
// the test program starts itself once more, as a user without rights if it is
// root.

const (
	visitorPath = "ROWAN_TEST_SQLITE_PATH"
	visitorMode = "ROWAN_TEST_SQLITE_MODE"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(visitorPath); path != "" {
		fmt.Println(visit(path, Options{ReadOnly: os.Getenv(visitorMode) == "ro"}))
		return
	}
	os.Exit(m.Run())
}

// visit opens a database and says how it went.
func visit(path string, o Options) string {
	db, err := Open(context.Background(), path, o)
	if err != nil {
		return fmt.Sprintf("%s: %v", classify(err), err)
	}
	defer db.Close()
	s, err := db.Describe(context.Background(), "t")
	if err != nil {
		return err.Error()
	}
	p, err := db.Scan(context.Background(), s, driver.Query{Limit: 100})
	if err != nil {
		return err.Error()
	}
	_, writes := db.(driver.Writer)
	return fmt.Sprintf("%d rows, writes %v, read-only: %s", len(p.Rows), writes, db.Info().ReadOnly)
}

// visited lets another process, without rights, open a database.
func visited(t *testing.T, path, mode string) string {
	t.Helper()
	program := filepath.Join(publicDir(t), "visitor")
	copyFile(t, os.Args[0], program, 0o755)
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), visitorPath+"="+path, visitorMode+"="+mode)
	if os.Getuid() == 0 {
		const nobody = 65534
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return strings.TrimSpace(string(out))
}

// publicDir returns a new directory that everybody can read.
func publicDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "rowan-sqlite")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = os.Chmod(dir, 0o755)
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	mode(t, dir, 0o755)
	return dir
}

func mode(t *testing.T, path string, m os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, m); err != nil {
		t.Fatal(err)
	}
}

func copyFile(t *testing.T, from, to string, m os.FileMode) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, m)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func wantVisit(t *testing.T, what, got string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(got, p) {
			t.Errorf("%s: %q, want %q in it", what, got, p)
		}
	}
}

func TestFileThatCannotBeWritten(t *testing.T) {
	dir := publicDir(t)
	path := filepath.Join(dir, "test.db")
	shell(t, path, "CREATE TABLE t(a); INSERT INTO t VALUES(1);")
	mode(t, path, 0o444)
	mode(t, dir, 0o777)
	wantVisit(t, "file", visited(t, path, "rw"), "1 rows", "writes false", "the file cannot be written")
	mode(t, path, 0o666)
	mode(t, dir, 0o555)
	wantVisit(t, "directory", visited(t, path, "rw"), "1 rows", "writes false", "its directory")
	mode(t, path, 0o000)
	wantVisit(t, "unreadable", visited(t, path, "ro"), string(driver.Permission.Error()))
}

// TestLogInADirectoryThatCannotBeWritten: the log's files can be neither made
// nor, without the index, read.
func TestLogInADirectoryThatCannotBeWritten(t *testing.T) {
	dir := publicDir(t)
	path := filepath.Join(dir, "test.db")
	shell(t, path, "PRAGMA journal_mode=WAL; CREATE TABLE t(a); INSERT INTO t VALUES(1);")
	mode(t, dir, 0o555)
	for _, m := range []string{"ro", "rw"} {
		wantVisit(t, "closed, "+m, visited(t, path, m), "permission denied", "write-ahead log")
	}
	mode(t, dir, 0o755)
	writer := beginElsewhere(t, path, "INSERT INTO t VALUES(2);")
	mode(t, dir, 0o555)
	wantVisit(t, "beside its writer", visited(t, path, "rw"), "2 rows", "writes false")
	if err := os.Remove(path + "-shm"); err != nil {
		t.Fatal(err)
	}
	wantVisit(t, "log without index", visited(t, path, "ro"), "permission denied", "write-ahead log")
	writer.end()
}

// elsewhere is the sqlite3 program with a database open.
type elsewhere struct {
	t   *testing.T
	cmd *exec.Cmd
	in  io.WriteCloser
}

// beginElsewhere runs a script in another process, which then keeps the
// database open.
func beginElsewhere(t *testing.T, path, script string) *elsewhere {
	t.Helper()
	cmd := exec.Command("sqlite3", "-batch", path)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	e := &elsewhere{t, cmd, in}
	t.Cleanup(e.end)
	if _, err := io.WriteString(in, script+"\n.print done\n"); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, len("done"))
	for string(answer) != "done" {
		if _, err := io.ReadFull(out, answer[len(answer)-1:]); err != nil {
			t.Fatal(err)
		}
		if string(answer) == "done" {
			break
		}
		copy(answer, answer[1:])
	}
	return e
}

func (e *elsewhere) end() {
	_ = e.in.Close()
	_ = e.cmd.Wait()
}

// TestBesideItsWriter reads and writes while another process has the database
// open, with a write-ahead log and without.
func TestBesideItsWriter(t *testing.T) {
	for _, journal := range []string{"WAL", "DELETE", "TRUNCATE", "PERSIST"} {
		t.Run(journal, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "test.db")
			shell(t, path, "PRAGMA journal_mode="+journal+"; CREATE TABLE t(a INTEGER PRIMARY KEY); INSERT INTO t VALUES(1);")
			writing := beginElsewhere(t, path, "BEGIN IMMEDIATE; INSERT INTO t VALUES(2);")
			db := opened(t, path, Options{LockWait: 1}).(*writer)
			ro := opened(t, path, Options{ReadOnly: true})
			s := described(t, db, "t")
			insert := []driver.Change{{Op: driver.Insert, Table: "t", Key: tuple.Of(tuple.Int(3))}}
			if _, err := db.Apply(context.Background(), insert); db.Classify(err) != driver.Locked {
				t.Errorf("apply beside a writer: %v", err)
			}
			for what, r := range map[string]driver.DB{"rw": db, "ro": ro} {
				if p := scanned(t, r, s, driver.Query{}); len(p.Rows) != 1 {
					t.Errorf("%s: %v, want what is committed", what, keysOf(p.Rows))
				}
			}
			if _, err := io.WriteString(writing.in, "COMMIT;\n"); err != nil {
				t.Fatal(err)
			}
			writing.end()
			if _, err := db.Apply(context.Background(), insert); err != nil {
				t.Error(err)
			}
			for what, r := range map[string]driver.DB{"rw": db, "ro": ro} {
				if p := scanned(t, r, s, driver.Query{}); len(p.Rows) != 3 {
					t.Errorf("%s: %v, want all", what, keysOf(p.Rows))
				}
			}
		})
	}
}

// TestHotJournal: a process died in the middle of a change. Who may write plays
// the journal back; who may not is told.
func TestHotJournal(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "test.db")
	shell(t, path, "CREATE TABLE t(a); INSERT INTO t VALUES('before');")
	live := beginElsewhere(t, path, `PRAGMA cache_size=1; PRAGMA cache_spill=1; BEGIN;
		WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM c WHERE n<2000) INSERT INTO t SELECT hex(zeroblob(200)) FROM c;`)
	hot := filepath.Join(dir, "hot.db")
	copyFile(t, path, hot, 0o644)
	copyFile(t, path+"-journal", hot+"-journal", 0o644)
	live.end()
	if got := visit(hot, Options{ReadOnly: true}); !strings.Contains(got, "stopped in the middle of a change") {
		t.Errorf("read-only: %s", got)
	}
	if got := visit(hot, Options{}); !strings.HasPrefix(got, "1 rows, writes true") {
		t.Errorf("writable: %s", got)
	}
}

// TestFrozen: without locks only where nobody can write, and only if the file
// is all there is.
func TestFrozen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	shell(t, path, "CREATE TABLE t(a); INSERT INTO t VALUES(1);")
	f := file{path: path, wait: waiter{}}
	if f.isFrozen() {
		t.Error("a file in a directory that can be written is taken to be frozen")
	}
	r, err := f.tryReading(context.Background(), access{mode: "ro", queryOnly: true, immutable: true})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if p := scanned(t, r, described(t, r, "t"), driver.Query{}); len(p.Rows) != 1 {
		t.Errorf("%v", keysOf(p.Rows))
	}
}

// TestReaderInTheWayOfACommit: without a log, a commit waits for who is reading.
// If they take too long it is undone, and said.
func TestReaderInTheWayOfACommit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	shell(t, path, "CREATE TABLE t(a INTEGER PRIMARY KEY); INSERT INTO t VALUES(1),(2);")
	reading := beginElsewhere(t, path, "BEGIN; SELECT * FROM t;")
	db := opened(t, path, Options{LockWait: 1}).(*writer)
	remove := driver.Change{Op: driver.Delete, Table: "t", Key: tuple.Of(tuple.Int(1))}
	if _, err := db.Apply(context.Background(), []driver.Change{remove}); db.Classify(err) != driver.Locked {
		t.Errorf("%v", err)
	}
	reading.end()
	if got := shell(t, path, "SELECT count(*) FROM t"); got != "2" {
		t.Errorf("%s rows", got)
	}
	applied(t, db, remove)
}
