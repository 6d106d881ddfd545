//go:build cgo

package sqlite

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// shell makes or changes a database with the sqlite3 program, so that what is
// tested is not what this package wrote itself.
func shell(t testing.TB, path, script string) string {
	t.Helper()
	cmd := exec.Command("sqlite3", "-batch", "-bail", path)
	cmd.Stdin = strings.NewReader("PRAGMA synchronous=OFF;\n" + script)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("sqlite3 (Debian package sqlite3): %v\n%s", err, out)
	}
	return strings.TrimSpace(string(out))
}

// made opens a new database that a script made, for writing.
func made(t testing.TB, script string) *writer {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.db")
	shell(t, path, script)
	return opened(t, path, Options{}).(*writer)
}

func opened(t testing.TB, path string, o Options) driver.DB {
	t.Helper()
	db, err := Open(context.Background(), path, o)
	if err != nil {
		t.Fatalf("Open(%s): %v", path, err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return db
}

func described(t testing.TB, db driver.DB, table string) *driver.Schema {
	t.Helper()
	s, err := db.Describe(context.Background(), table)
	if err != nil {
		t.Fatalf("Describe(%q): %v", table, err)
	}
	return s
}

func scanned(t testing.TB, db driver.Reader, s *driver.Schema, q driver.Query) driver.Page {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 1000
	}
	p, err := db.Scan(context.Background(), s, q)
	if err != nil {
		t.Fatalf("Scan(%s, %+v): %v", s.Name, q, err)
	}
	return p
}

// keysOf returns the keys of rows, as text.
func keysOf(rows []driver.Row) []string {
	keys := []string{}
	for _, r := range rows {
		keys = append(keys, r.Key.String())
	}
	return keys
}

func text(parts ...string) tuple.Tuple {
	var k tuple.Tuple
	for _, p := range parts {
		k = append(k, tuple.Text(p))
	}
	return k
}
