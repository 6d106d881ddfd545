package vfs_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/rowan-db/rowan/btree/vfs"
)

// ranges returns the locks of a file, and skips the test where there are none.
func ranges(t *testing.T, f vfs.File) vfs.RangeLocker {
	t.Helper()
	r, ok := f.(vfs.RangeLocker)
	if ok {
		_, _, err := r.FindLock(0, 1)
		ok = !errors.Is(err, vfs.ErrUnsupported)
	}
	if !ok {
		t.Skip("this system has no locks of ranges")
	}
	return r
}

// Locks of ranges lie anywhere, exclude each other where they meet, are found by other handles only, also by one that is open for
// reading, and end with the handle.
func TestRangeLocksBehaveAlike(t *testing.T) {
	const far = 1 << 62
	for name, disk := range disks(t) {
		t.Run(name, func(t *testing.T) {
			d, path := disk()
			fa, fb := mustOpen(t, d, path, vfs.Create), mustOpen(t, d, path, vfs.ReadOnly)
			a, b := ranges(t, fa), ranges(t, fb)
			if err := errors.Join(a.LockRange(far, 10, vfs.Exclusive), b.LockRange(far+10, 5, vfs.Shared)); err != nil {
				t.Fatal(err)
			}
			if err := b.LockRange(far+9, 1, vfs.Shared); !errors.Is(err, vfs.ErrLocked) {
				t.Errorf("a shared lock where another handle has an exclusive one: %v", err)
			}
			if err := a.LockRange(far+12, 1, vfs.Exclusive); !errors.Is(err, vfs.ErrLocked) {
				t.Errorf("an exclusive lock where another handle has a shared one: %v", err)
			}
			if err := a.LockRange(far+12, 1, vfs.Shared); err != nil {
				t.Errorf("two shared locks: %v", err)
			}
			mustFind(t, a, far, 1<<40, far+10, 5)
			mustFind(t, a, far, 10, 0, 0) // its own
			mustFind(t, b, far+2, 3, far, 10)
			if err := a.UnlockRange(far+2, 6); err != nil {
				t.Fatal(err)
			}
			mustFind(t, b, far+2, 6, 0, 0)
			mustFind(t, b, far+7, 3, far+8, 2)
			if err := fb.Close(); err != nil {
				t.Fatal(err)
			}
			mustFind(t, a, far, 1<<40, 0, 0)
		})
	}
}

func mustFind(t *testing.T, r vfs.RangeLocker, off, n, at, size int64) {
	t.Helper()
	if gotAt, gotSize, err := r.FindLock(off, n); err != nil || gotSize != size || size != 0 && gotAt != at {
		t.Errorf("a lock of %d bytes at %d was found, %v; want %d at %d", gotSize, gotAt, err, size, at)
	}
}

// A renamed file replaces the other at once for programs, and for good with SyncDir: a power cut before it leaves one of the two,
// whole.
func TestRenameReplaces(t *testing.T) {
	for name, disk := range disks(t) {
		t.Run(name, func(t *testing.T) {
			d, path := disk()
			old, next := mustOpen(t, d, path, vfs.Create), mustOpen(t, d, path+".new", vfs.Create)
			mustWrite(t, old, 0, []byte("old"))
			mustWrite(t, next, 0, []byte("new"))
			r := d.(vfs.Renamer)
			mustBeInPlace(t, old, true)
			if err := errors.Join(next.Sync(), r.Rename(path+".new", path), d.SyncDir(path)); err != nil {
				t.Fatal(err)
			}
			mustBeInPlace(t, old, false)
			replaced := mustOpen(t, d, path, vfs.ReadOnly)
			mustBeInPlace(t, replaced, true)
			b := make([]byte, 3)
			if _, err := mustOpen(t, d, path, vfs.ReadOnly).ReadAt(b, 0); err != nil || string(b) != "new" {
				t.Errorf("the file holds %q, %v", b, err)
			}
			if _, err := old.ReadAt(b, 0); err != nil || string(b) != "old" {
				t.Errorf("who had the old file open reads %q, %v", b, err)
			}
			if err := r.Remove(path); err != nil {
				t.Error(err)
			}
			if _, err := d.OpenFile(path, vfs.ReadOnly); err == nil {
				t.Error("the file is there after it was removed")
			}
			mustBeInPlace(t, replaced, false)
		})
	}
}

// mustBeInPlace fails the test unless the name that a file was opened by leads to it, or leads elsewhere.
func mustBeInPlace(t *testing.T, f vfs.File, want bool) {
	t.Helper()
	if got, err := f.(vfs.Placed).InPlace(); got != want || err != nil {
		t.Errorf("the file is in its place: %v, %v", got, err)
	}
}

func TestPowerCutKeepsOneOfTwoRenamed(t *testing.T) {
	var d vfs.Mem
	d.WriteFile("f", []byte("old"))
	d.WriteFile("g", []byte("new"))
	if err := d.Rename("g", "f"); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	seen := map[string]int{}
	for range 100 {
		seen[string(d.PowerCut(r).ReadFile("f"))]++
	}
	if len(seen) != 2 || seen["old"] == 0 || seen["new"] == 0 {
		t.Errorf("before SyncDir: %v", seen)
	}
	if err := d.SyncDir("f"); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if got := d.PowerCut(r).ReadFile("f"); !bytes.Equal(got, []byte("new")) {
			t.Fatalf("after SyncDir the file holds %q", got)
		}
	}
}
