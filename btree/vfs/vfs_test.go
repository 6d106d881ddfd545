package vfs_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/rowan-db/rowan/btree/vfs"
)

// disks are the implementations that must behave alike.
func disks(t *testing.T) map[string]func() (vfs.FS, string) {
	return map[string]func() (vfs.FS, string){
		"os":  func() (vfs.FS, string) { return vfs.OS{}, filepath.Join(t.TempDir(), "f") },
		"mem": func() (vfs.FS, string) { return &vfs.Mem{}, "f" },
		"inject": func() (vfs.FS, string) {
			return &vfs.Inject{Base: &vfs.Mem{}, Hook: func(vfs.Call) error { return nil }}, "f"
		},
	}
}

func mustOpen(t *testing.T, d vfs.FS, name string, mode vfs.Mode) vfs.File {
	t.Helper()
	f, err := d.OpenFile(name, mode)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func mustWrite(t *testing.T, f vfs.File, off int64, b []byte) {
	t.Helper()
	if n, err := f.WriteAt(b, off); err != nil || n != len(b) {
		t.Fatalf("writing %d bytes at %d: %d, %v", len(b), off, n, err)
	}
}

func TestFilesBehaveAlike(t *testing.T) {
	for name, disk := range disks(t) {
		t.Run(name, func(t *testing.T) {
			d, path := disk()
			if _, err := d.OpenFile(path, vfs.ReadWrite); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("opening a missing file: %v", err)
			}
			f := mustOpen(t, d, path, vfs.Create)
			mustWrite(t, f, 5, []byte("hello"))
			if n, err := f.Size(); n != 10 || err != nil {
				t.Errorf("the size is %d, %v", n, err)
			}
			if err := errors.Join(f.Truncate(8), f.Truncate(12), f.Sync(), d.SyncDir(path)); err != nil {
				t.Fatal(err)
			}
			b := make([]byte, 20)
			if n, err := f.ReadAt(b, 4); n != 8 || err != io.EOF || string(b[:8]) != "\x00hel\x00\x00\x00\x00" {
				t.Errorf("read %q, %v", b[:n], err)
			}
			if n, err := f.ReadAt(b, 100); n != 0 || err != io.EOF {
				t.Errorf("read behind the end: %d, %v", n, err)
			}
			r := mustOpen(t, d, path, vfs.ReadOnly)
			if _, err := r.WriteAt(b, 0); err == nil {
				t.Error("a file open for reading was written")
			}
			if n, err := r.ReadAt(b[:3], 5); n != 3 || err != nil || string(b[:3]) != "hel" {
				t.Errorf("a second handle read %q, %v", b[:n], err)
			}
		})
	}
}

func TestLocksExcludeEachOther(t *testing.T) {
	for name, disk := range disks(t) {
		t.Run(name, func(t *testing.T) {
			d, path := disk()
			a, b := mustOpen(t, d, path, vfs.Create), mustOpen(t, d, path, vfs.ReadWrite)
			if err := errors.Join(a.Lock(vfs.Shared), b.Lock(vfs.Shared)); err != nil {
				t.Fatalf("two shared locks: %v", err)
			}
			c := mustOpen(t, d, path, vfs.ReadWrite)
			if err := c.Lock(vfs.Exclusive); !errors.Is(err, vfs.ErrLocked) {
				t.Errorf("an exclusive lock beside shared ones: %v", err)
			}
			if err := errors.Join(a.Close(), b.Close(), c.Lock(vfs.Exclusive)); err != nil {
				t.Fatal(err)
			}
			e := mustOpen(t, d, path, vfs.ReadOnly)
			if err := e.Lock(vfs.Shared); !errors.Is(err, vfs.ErrLocked) {
				t.Errorf("a shared lock beside an exclusive one: %v", err)
			}
		})
	}
}

// A power cut keeps what was synced, and of the rest it keeps, loses and tears some, at sector bounds.
func TestPowerCutKeepsSyncedAndTearsTheRest(t *testing.T) {
	var d vfs.Mem
	f := mustOpen(t, &d, "f", vfs.Create)
	old, next := bytes.Repeat([]byte("o"), 4096), bytes.Repeat([]byte("n"), 4096)
	mustWrite(t, f, 0, old)
	if err := errors.Join(f.Sync(), d.SyncDir("f")); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, f, 0, next)
	var lost, kept, torn int
	r := rand.New(rand.NewPCG(1, 1))
	for range 500 {
		got := d.PowerCut(r).ReadFile("f")
		switch {
		case bytes.Equal(got, old):
			lost++
		case bytes.Equal(got, next):
			kept++
		default:
			torn++
		}
		for at := 0; at < 4096; at += 512 {
			if s := got[at : at+512]; !bytes.Equal(s, old[:512]) && !bytes.Equal(s, next[:512]) {
				t.Fatalf("the sector at %d is torn", at)
			}
		}
	}
	if lost == 0 || kept == 0 || torn == 0 {
		t.Errorf("of 500 cuts %d lost the write, %d kept it, %d tore it", lost, kept, torn)
	}
	if !bytes.Equal(d.ReadFile("f"), next) {
		t.Error("the power cut changed the disk itself")
	}
}

// A file whose directory was not synced may be gone, or not.
func TestPowerCutMayLoseANewFile(t *testing.T) {
	var d vfs.Mem
	f := mustOpen(t, &d, "f", vfs.Create)
	mustWrite(t, f, 0, []byte("x"))
	if err := f.Sync(); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	gone := 0
	for range 100 {
		if d.PowerCut(r).ReadFile("f") == nil {
			gone++
		}
	}
	if gone == 0 || gone == 100 {
		t.Errorf("the file was gone after %d of 100 power cuts", gone)
	}
}

func TestInjectFailsWhatTheHookSays(t *testing.T) {
	var d vfs.Mem
	var fault error
	inject := &vfs.Inject{Base: &d, Hook: func(c vfs.Call) error {
		if c.Op == "write" || c.Op == "sync" {
			return fault
		}
		return nil
	}}
	f := mustOpen(t, inject, "f", vfs.Create)
	fault = syscall.ENOSPC
	if n, err := f.WriteAt([]byte("abc"), 0); n != 0 || err != syscall.ENOSPC {
		t.Errorf("a failing write: %d, %v", n, err)
	}
	fault = &vfs.Partial{N: 2, Err: syscall.EIO}
	if n, err := f.WriteAt([]byte("abc"), 0); n != 2 || err != syscall.EIO || string(d.ReadFile("f")) != "ab" {
		t.Errorf("a partial write: %d, %v, the file is %q", n, err, d.ReadFile("f"))
	}
	fault = &vfs.Partial{N: 1}
	if n, err := f.WriteAt([]byte("xyz"), 0); n != 1 || err != io.ErrShortWrite || string(d.ReadFile("f")) != "xb" {
		t.Errorf("a short write: %d, %v, the file is %q", n, err, d.ReadFile("f"))
	}
	fault = syscall.EIO
	if err := f.Sync(); err != syscall.EIO {
		t.Errorf("a failing sync: %v", err)
	}
	if inject.Calls() != 5 {
		t.Errorf("%d calls were counted, want 5", inject.Calls())
	}
}

// A mapping shows what is written through the handle.
func TestMappingSeesWrites(t *testing.T) {
	f := mustOpen(t, vfs.OS{}, filepath.Join(t.TempDir(), "f"), vfs.Create)
	m, ok := f.(vfs.Mapper)
	if !ok {
		t.Skip("this system has no mapping")
	}
	mustWrite(t, f, 0, bytes.Repeat([]byte("a"), 8192))
	data, unmap, err := m.Map(8192)
	if err != nil {
		t.Fatal(err)
	}
	mustWrite(t, f, 5000, []byte("b"))
	if len(data) != 8192 || data[4999] != 'a' || data[5000] != 'b' {
		t.Errorf("the mapping shows %d bytes, %q", len(data), data[4999:5001])
	}
	if err := unmap(); err != nil {
		t.Error(err)
	}
}

func TestOnlyRegularFilesOpen(t *testing.T) {
	if _, err := (vfs.OS{}).OpenFile(t.TempDir(), vfs.ReadOnly); err == nil {
		t.Error("a directory was opened")
	}
}
