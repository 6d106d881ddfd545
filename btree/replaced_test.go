package btree_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// replacing replaces a file by another one when it is about to be locked, as a backup over it may end while somebody waits for the
// lock of what was there before.
func replacing(t *testing.T, disk vfs.FS, path, by string) *vfs.Inject {
	done := false
	return &vfs.Inject{Base: disk, Hook: func(c vfs.Call) error {
		if c.Op == "lock" && c.Name == path && !done {
			done = true
			return disk.(vfs.Renamer).Rename(by, path)
		}
		return nil
	}}
}

// A file that is replaced between its opening and its lock is nobody's any more: a commit to it would be lost.
func TestFileReplacedBeforeItsLock(t *testing.T) {
	folder := t.TempDir()
	for name, disk := range map[string]vfs.FS{"disk": vfs.OS{}, "memory": &vfs.Mem{}} {
		t.Run(name, func(t *testing.T) {
			old, fresh := filepath.Join(folder, name), filepath.Join(folder, name+" new")
			for path, val := range map[string]string{old: "old", fresh: "new"} {
				db, err := btree.Open(path, &btree.Options{FS: disk})
				succeed(t, err)
				succeed(t, change(t, db, 3, val).Commit())
				succeed(t, db.Close())
			}
			db, err := btree.Open(old, &btree.Options{FS: replacing(t, disk, old, fresh), MustExist: true})
			succeed(t, err)
			mustHold(t, db, rows(3, "new"))
			succeed(t, change(t, db, 4, "committed").Commit())
			succeed(t, db.Close())
			db, err = btree.Open(old, &btree.Options{FS: disk})
			succeed(t, err)
			mustHold(t, db, rows(4, "committed"))
			succeed(t, db.Close())
		})
	}
}

// A file that is gone by the time of its lock is not there, rather than one that nobody else can see.
func TestFileRemovedBeforeItsLock(t *testing.T) {
	disk := &vfs.Mem{}
	db := open(t, disk, btree.Options{})
	succeed(t, change(t, db, 3, "old").Commit())
	succeed(t, db.Close())
	inject := &vfs.Inject{Base: disk, Hook: func(c vfs.Call) error {
		if c.Op == "lock" {
			_ = disk.Remove(dbName)
		}
		return nil
	}}
	_, err := btree.Open(dbName, &btree.Options{FS: inject, MustExist: true})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("opened a file that was removed, or %v", err)
	}
}

// Whoever replaces a file must have the lock of the one in the place, not of one that was there before: that may be written.
func TestReplacingWhatReplacedIt(t *testing.T) {
	disk := &vfs.Mem{}
	writer, err := btree.Open("new", &btree.Options{FS: disk})
	succeed(t, err)
	defer writer.Close()
	succeed(t, change(t, writer, 3, "new").Commit())
	db := open(t, disk, btree.Options{})
	succeed(t, change(t, db, 3, "old").Commit())
	succeed(t, db.Close())
	source, err := btree.Open("source", &btree.Options{FS: replacing(t, disk, dbName, "new")})
	succeed(t, err)
	defer source.Close()
	if err := source.BackupTo(t.Context(), dbName); !errors.Is(err, btree.ErrLocked) {
		t.Errorf("a database that is being written was replaced, or %v", err)
	}
	mustHold(t, writer, rows(3, "new"))
}
