//go:build linux

package backends

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
)

// smallDisk mounts a disk of 8 MB, which belongs to a user.
func smallDisk(t *testing.T, uid uint32) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "rowan-small") // t.TempDir is closed to other users
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.Remove(dir); err != nil {
			t.Error(err)
		}
	})
	err = syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=8m,mode=0755,uid=%d", uid))
	if errors.Is(err, syscall.EPERM) {
		t.Skip("only who may mount a small disk can fill it")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// owner returns the user that a process belongs to.
func owner(t *testing.T, pid string) uint32 {
	t.Helper()
	info, err := os.Stat("/proc/" + strings.TrimSpace(pid))
	if err != nil {
		t.Fatal(err)
	}
	return info.Sys().(*syscall.Stat_t).Uid
}

// TestPostgresDiskFull fills a tablespace. MariaDB is no match for this test: its
// server ends itself when a file cannot grow.
func TestPostgresDiskFull(t *testing.T) {
	s := postgresServer(t)
	dir := smallDisk(t, owner(t, s.run("", "select split_part(pg_read_file('postmaster.pid'), E'\\n', 1);\n")))
	s.run("", "create tablespace rowan_small location '"+dir+"';\n")
	t.Cleanup(func() { s.run("", "drop tablespace rowan_small;\n") })
	s.run("", "create table full_disk (id integer primary key, body bytea) tablespace rowan_small; alter table full_disk alter body set storage external;\n")
	t.Cleanup(func() { s.run("", "drop table full_disk;\n") })
	testFullDisk(t, s, "full_disk")
}

// testFullDisk commits more than the disk of a table can hold: that is told, all
// stays staged and nothing is written; what fits can be written afterwards.
func testFullDisk(t *testing.T, s *shop, name string) {
	st := s.open()
	w, err := st.Writer()
	if err != nil {
		t.Fatal(err)
	}
	table, err := st.Table(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	body := make([]byte, 1<<20)
	if _, err := rand.Read(body); err != nil {
		t.Fatal(err)
	}
	changes := store.NewChangeSet()
	for i := range int64(12) {
		if _, err := changes.Insert(table.Schema(), tuple.Of(tuple.Int(i)), []store.Assignment{{Value: tuple.Bytes(body)}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Commit(t.Context(), changes); store.KindOf(err) != store.Full || changes.Len() != 12 {
		t.Errorf("a commit of 12 MB: %v is %q, %d are staged", err, store.KindOf(err), changes.Len())
	}
	if n, err := table.Count(t.Context(), tuple.Range{}, nil); n != 0 || err != nil {
		t.Errorf("%d rows were written, %v", n, err)
	}
	changes.Clear()
	if _, err := changes.Insert(table.Schema(), tuple.Of(tuple.Int(1)), []store.Assignment{{Value: tuple.BytesOf("small")}}); err != nil {
		t.Fatal(err)
	}
	if result, err := w.Commit(t.Context(), changes); err != nil || result.Written != 1 {
		t.Errorf("what fits: %+v, %v", result, err)
	}
}
