//go:build cgo

package sqlite

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// openFails opens a path, for writing and for reading, which must fail alike.
func openFails(t *testing.T, path string, kind driver.Kind, says string) {
	t.Helper()
	for _, o := range []Options{{}, {ReadOnly: true}} {
		db, err := Open(context.Background(), path, o)
		if err == nil {
			_ = db.Close()
			t.Errorf("%+v: it opens", o)
			continue
		}
		if classify(err) != kind || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v: %q, %v, want %q and %q", o, classify(err), err, kind, says)
		}
	}
}

func write(t *testing.T, path string, data []byte) string {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOpenWhatIsNoDatabase(t *testing.T) {
	dir := t.TempDir()
	openFails(t, filepath.Join(dir, "missing.db"), driver.NotFound, "there is no file")
	openFails(t, dir, driver.NotDatabase, "not a file")
	openFails(t, write(t, filepath.Join(dir, "text"), []byte(strings.Repeat("hello, world\n", 100))), driver.NotDatabase, "not an SQLite database, or is encrypted")
	openFails(t, write(t, filepath.Join(dir, "short"), []byte("SQLite format 3")), driver.NotDatabase, "not an SQLite database")
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o644); err != nil {
		t.Fatal(err)
	}
	openFails(t, pipe, driver.NotDatabase, "not a file")
	if _, err := os.Stat(filepath.Join(dir, "missing.db")); err == nil {
		t.Error("opening has made a file")
	}
}

func TestCreateWhereNobodyCan(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", "new.db")
	if _, err := Open(context.Background(), path, Options{Create: true}); classify(err) != driver.Permission || !strings.Contains(err.Error(), "directory is missing") {
		t.Errorf("%v", err)
	}
}

// TestOpenEmptyFile: an empty file is an SQLite database without tables.
func TestOpenEmptyFile(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), "empty"), nil)
	for _, o := range []Options{{}, {ReadOnly: true}} {
		list, err := opened(t, path, o).Tables(context.Background())
		if err != nil || len(list) != 0 {
			t.Errorf("%+v: %v, %v", o, list, err)
		}
	}
}

// TestOddPaths opens files whose names mean something in a URI.
func TestOddPaths(t *testing.T) {
	for _, name := range []string{"a?mode=rwc.db", "a#b.db", "a%20b.db", "a b.db", "ä日本.db", "a&b='\".db", "file:x.db", "-x.db", ":memory:"} {
		path := filepath.Join(t.TempDir(), name)
		db, err := Open(context.Background(), path, Options{Create: true})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestCorruption: a database with broken or missing pages gives Corrupt, never
// a crash, and Check finds it.
func TestCorruption(t *testing.T) {
	path := filepath.Join(t.TempDir(), "whole.db")
	shell(t, path, `CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT UNIQUE);
		WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM c WHERE n<2000) INSERT INTO t SELECT n, 'value '||n FROM c;`)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	read := func(t *testing.T, data []byte) error {
		db, err := Open(context.Background(), write(t, filepath.Join(t.TempDir(), "broken.db"), data), Options{})
		if err != nil {
			return err
		}
		defer db.Close()
		s, err := db.Describe(context.Background(), "t")
		if err != nil {
			return err
		}
		if _, err = db.Scan(context.Background(), s, driver.Query{Limit: 5000}); err != nil {
			problems := 0
			if err := db.(driver.Checker).Check(context.Background(), func(string) { problems++ }); err != nil || problems == 0 {
				t.Errorf("check: %d problems, %v", problems, err)
			}
		}
		return err
	}
	if err := read(t, whole); err != nil {
		t.Fatal(err)
	}
	if err := read(t, whole[:len(whole)/2]); classify(err) != driver.Corrupt {
		t.Errorf("a file cut in half: %v", err)
	}
	broken := bytes.Clone(whole)
	copy(broken[4096:], bytes.Repeat([]byte{0xff}, 4096))
	if err := read(t, broken); classify(err) != driver.Corrupt {
		t.Errorf("a page of ff: %v", err)
	}
	schema := bytes.Replace(whole, []byte("CREATE TABLE t"), []byte("CREATE TABEL t"), 1)
	var e *driver.Error
	if err := read(t, schema); classify(err) != driver.Corrupt || !errors.As(err, &e) || e.Hint == "" || !strings.Contains(err.Error(), "broken.db") {
		t.Errorf("a broken statement in the schema: %v; want which file, and what to do", err)
	}
	newer := bytes.Clone(whole)
	newer[44+3] = 9 // the schema format number
	if err := read(t, newer); classify(err) != driver.NewerFormat {
		t.Errorf("a newer format: %v, %q", err, classify(err))
	}
}

// TestUnknownModule: a virtual table whose module is not here stays in the list.
func TestUnknownModule(t *testing.T) {
	db := made(t, `CREATE TABLE t(a); PRAGMA writable_schema=ON;
		INSERT INTO sqlite_schema VALUES('table','strange','strange',0,'CREATE VIRTUAL TABLE strange USING no_such_module(x)');`)
	list, err := db.Tables(context.Background())
	if err != nil || len(list) != 2 || list[0].Kind != driver.VirtualTable {
		t.Errorf("Tables: %v, %v", list, err)
	}
	if _, err := db.Describe(context.Background(), "strange"); db.Classify(err) != driver.Unsupported {
		t.Errorf("Describe: %v", err)
	}
	described(t, db, "t")
}

// TestLocked: while another connection has the file for itself, everything
// waits a little and then says so, or ends with its context.
func TestLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	shell(t, path, "CREATE TABLE t(a INTEGER PRIMARY KEY); INSERT INTO t VALUES(1);")
	db := opened(t, path, Options{LockWait: 30 * time.Millisecond}).(*writer)
	s := described(t, db, "t")
	patient := opened(t, path, Options{LockWait: time.Hour}).(*writer)
	other := pool(path, access{mode: "rw"})
	defer other.Close()
	other.SetMaxOpenConns(1)
	if _, err := other.Exec("BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	insert := []driver.Change{{Op: driver.Insert, Table: "t", Key: tuple.Of(tuple.Int(2))}}
	_, errScan := db.Scan(context.Background(), s, driver.Query{Limit: 1})
	_, errApply := db.Apply(context.Background(), insert)
	_, errOpen := Open(context.Background(), path, Options{LockWait: 30 * time.Millisecond})
	_, errReadOnly := Open(context.Background(), path, Options{LockWait: 30 * time.Millisecond, ReadOnly: true})
	for what, err := range map[string]error{"scan": errScan, "apply": errApply, "open": errOpen, "open read-only": errReadOnly} {
		var e *driver.Error
		if db.Classify(err) != driver.Locked || !errors.As(err, &e) || e.Hint == "" {
			t.Errorf("%s: %v", what, err)
		}
		if err != nil && strings.Count(err.Error(), "another process") != 1 {
			t.Errorf("%s says it %d times: %v", what, strings.Count(err.Error(), "another process"), err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() {
		_, err := patient.Apply(ctx, insert)
		done <- err
	}()
	cancel()
	if err := <-done; patient.Classify(err) != driver.Canceled {
		t.Errorf("canceled while waiting: %v", err)
	}
	go func() {
		_, err := patient.Apply(context.Background(), insert)
		done <- err
	}()
	if _, err := other.Exec("COMMIT"); err != nil {
		t.Error(err)
	}
	if err := <-done; err != nil {
		t.Errorf("who waits for the lock: %v", err)
	}
	insert[0].Key = tuple.Of(tuple.Int(3))
	if _, err := db.Apply(context.Background(), insert); err != nil {
		t.Errorf("after the lock: %v", err)
	}
}
