package btree_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// A copy that is made while another goroutine commits all the time holds one committed state, whole, with the versions that are
// kept, and is a database that can be written.
func TestBackupWhileOthersWrite(t *testing.T) {
	k := newKeeper(t, 41, btree.Options{})
	for range 40 {
		if err := k.step(); err != nil {
			t.Fatal(err)
		}
	}
	written := make(chan error)
	stop := make(chan struct{})
	go func() {
		defer close(written)
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			if err := k.db.Update(func(tx *btree.Tx) error { return counterTree(tx, n) }); err != nil {
				written <- err
				return
			}
		}
	}()
	defer func() {
		close(stop)
		for err := range written {
			t.Error(err)
		}
	}()
	for i := range 8 {
		name := fmt.Sprint("copy", i)
		if err := k.db.BackupTo(t.Context(), name); err != nil {
			t.Fatal(err)
		}
		verifyCopy(t, k, name)
	}
}

// counterTree puts the same number into a few hundred keys.
func counterTree(tx *btree.Tx, n int) error {
	tree, err := tx.Tree("counter")
	if errors.Is(err, btree.ErrNoTree) {
		tree, err = tx.CreateTree("counter")
	}
	for i := range 300 {
		err = errors.Join(err, tree.Put(key64(i), fmt.Append(nil, n)))
	}
	return err
}

// verifyCopy checks a copy against what the keeper knows, which the counter tree came after.
func verifyCopy(t *testing.T, k *keeper, name string) {
	t.Helper()
	db, err := btree.Open(name, &btree.Options{FS: k.disk, MustExist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	mustCheck(t, db)
	got, err := dump(db)
	if err != nil {
		t.Fatal(err)
	}
	counter := got["counter"]
	delete(got, "counter")
	if !got.equal(k.acked) {
		t.Fatalf("%s: %s", name, difference(got, k.acked))
	}
	for key, n := range counter {
		if n != counter[string(key64(0))] || len(counter) != 300 {
			t.Fatalf("%s has a commit in part: %q has %s, the first key %s", name, key, n, counter[string(key64(0))])
		}
	}
	copied := *k
	copied.db = db
	copied.verify(t)
	fill(t, db, 100, 10, 1)
	copied.kept = map[string]contents{}
	for name := range k.kept {
		if err := db.DropVersion(name); err != nil {
			t.Fatal(err)
		}
	}
	mustCheck(t, db)
}

// A backup of a damaged database is refused, and nothing appears.
func TestBackupRefusesDamage(t *testing.T) {
	var disk vfs.Mem
	db := open(t, &disk, btree.Options{PageSize: smallPage})
	fill(t, db, 2000, 40, 1)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	data := disk.ReadFile(dbName)
	data[len(data)/2] ^= 1
	disk.WriteFile(dbName, data)
	db = open(t, &disk, btree.Options{ReadOnly: true})
	if err := db.BackupTo(t.Context(), "copy"); !errors.Is(err, btree.ErrCorrupt) {
		t.Errorf("a damaged database was copied: %v", err)
	}
	if err := db.Backup(t.Context(), io.Discard); !errors.Is(err, btree.ErrCorrupt) {
		t.Errorf("a damaged database was copied: %v", err)
	}
	if disk.ReadFile("copy") != nil {
		t.Error("a file is there")
	}
}

// A copy has the permissions of the original, replaces an older copy, and never something else or a database in use.
func TestBackupReplacesOnlyDatabases(t *testing.T) {
	needSharing(t)
	dir := t.TempDir()
	path, to := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	db, err := btree.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	fill(t, db, 10, 10, 1)
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := db.BackupTo(t.Context(), to); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(to); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the permissions are %v, %v", info.Mode(), err)
	}
	if err := db.BackupTo(t.Context(), path); !errors.Is(err, btree.ErrLocked) {
		t.Errorf("a backup over the database itself: %v", err)
	}
	other := filepath.Join(dir, "letter.txt")
	if err := os.WriteFile(other, []byte("dear reader"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, make := range []func(context.Context, string) error{db.BackupTo, db.CompactTo} {
		if err := make(t.Context(), other); !errors.Is(err, btree.ErrNotDatabase) {
			t.Errorf("a backup over a text: %v", err)
		}
		if err := make(t.Context(), filepath.Join(dir, "none", "c")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a backup into a folder that is not there: %v", err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 3 {
		t.Errorf("the folder has %v, %v", left, err)
	}
}

// When the disk fails at any call, a backup leaves what was there.
func TestFailingBackupLeavesTheOldOne(t *testing.T) {
	var disk vfs.Mem
	fault := 0
	inject := &vfs.Inject{Base: &disk}
	inject.Hook = func(c vfs.Call) error {
		if fault > 0 && c.Op != "close" && c.Op != "remove" {
			if fault--; fault == 0 {
				return errPower
			}
		}
		return nil
	}
	db := open(t, inject, btree.Options{PageSize: smallPage})
	fill(t, db, 100, 40, 1)
	if err := db.BackupTo(t.Context(), "copy"); err != nil {
		t.Fatal(err)
	}
	old := disk.ReadFile("copy")
	fill(t, db, 100, 40, 2)
	want, err := dump(db)
	if err != nil {
		t.Fatal(err)
	}
	failures := 0
	for at := 1; ; at++ {
		fault = at
		err := db.BackupTo(t.Context(), "copy")
		if fault > 0 {
			break // there are fewer calls
		}
		if err != nil {
			failures++
		}
		if now := disk.ReadFile("copy"); err == nil || !bytes.Equal(now, old) {
			var other vfs.Mem
			other.WriteFile(dbName, now)
			copied := open(t, &other, btree.Options{})
			mustHold(t, copied, want)
			mustCheck(t, copied)
			disk.WriteFile("copy", old)
		}
	}
	if failures < 10 {
		t.Errorf("only %d backups failed", failures)
	}
}

// A compacted copy is as small as a fresh load of the same pairs, and holds the trees as they are.
func TestCompactTo(t *testing.T) {
	l := newLife(42, smallPage)
	db := open(t, l.disk, l.opts)
	for range 30 {
		if err := l.transaction(db); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.CompactTo(t.Context(), "small"); err != nil {
		t.Fatal(err)
	}
	small, err := btree.Open("small", &btree.Options{FS: l.disk, MustExist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer small.Close()
	mustCheck(t, small)
	mustHold(t, small, l.acked)
	if s := stats(t, small); s.Free > 0 || s.PageSize != smallPage || s.FileSize > stats(t, db).FileSize {
		t.Errorf("the copy has %d free pages and %d bytes", s.Free, s.FileSize)
	}
}
