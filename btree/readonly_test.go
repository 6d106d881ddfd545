package btree_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// unwritable is a disk on which nothing can be opened for writing.
type unwritable struct {
	vfs.FS
	why error
}

func (d unwritable) OpenFile(name string, mode vfs.Mode) (vfs.File, error) {
	if mode != vfs.ReadOnly {
		return nil, &fs.PathError{Op: "open", Path: name, Err: d.why}
	}
	return d.FS.OpenFile(name, mode)
}

// A file on a read-only file system, or without permission, is refused for writing with an error that says how it can be read, and can
// be read, also when it was not closed and its log has to be replayed.
func TestUnwritableFileCanBeRead(t *testing.T) {
	for _, why := range []error{syscall.EROFS, fs.ErrPermission} {
		closed, _ := smallDatabase(t)
		crashed, states := logged(t)
		disk := &vfs.Mem{}
		disk.WriteFile("closed", closed)
		disk.WriteFile("crashed", crashed.ReadFile(dbName))
		for _, name := range []string{"closed", "crashed"} {
			for _, o := range []btree.Options{{}, {MustExist: true}} {
				o.FS = unwritable{disk, why}
				_, err := btree.Open(name, &o)
				if !errors.Is(err, why) || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "read-only") {
					t.Errorf("opening %s for writing: %v", name, err)
				}
			}
			db, err := btree.Open(name, &btree.Options{FS: unwritable{disk, why}, ReadOnly: true})
			if err != nil {
				t.Fatalf("opening %s for reading: %v", name, err)
			}
			mustCheck(t, db)
			if name == "crashed" {
				mustHold(t, db, states[len(states)-1])
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// A file keeps the size of pages that it was made with, whatever the options say.
func TestFileKeepsItsPageSize(t *testing.T) {
	for _, made := range []int{btree.MinPageSize, 16 << 10, btree.MaxPageSize} {
		for _, opened := range []int{0, btree.MinPageSize, 16 << 10, btree.MaxPageSize} {
			path := filepath.Join(t.TempDir(), dbName)
			for i, size := range []int{made, opened} {
				db, err := btree.Open(path, &btree.Options{PageSize: size})
				if err != nil {
					t.Fatal(err)
				}
				fill(t, db, 1000, 30, i)
				if got := db.PageSize(); got != made {
					t.Errorf("made with pages of %d bytes and opened with %d, it has %d", made, opened, got)
				}
				mustCheck(t, db)
				if err := db.Close(); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
