package vfs_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/rowan-db/rowan/btree/vfs"
)

// Every part of what is not synced survives by itself, and what does not survive leaves no trace, not even in the length of the file.
func TestPowerCutKeepsWhatItIsTold(t *testing.T) {
	var d vfs.Mem
	f := mustOpen(t, &d, "f", vfs.Create)
	old := bytes.Repeat([]byte("o"), 2048)
	mustWrite(t, f, 0, old)
	if err := errors.Join(f.Sync(), d.SyncDir("f")); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, f, 100, bytes.Repeat([]byte("n"), 1024)) // in three sectors
	mustWrite(t, f, 2048, bytes.Repeat([]byte("l"), 512))
	if err := f.Truncate(3000); err != nil {
		t.Fatal(err)
	}
	part := func(from, to int) []byte {
		b := bytes.Clone(old)
		copy(b[from:to], bytes.Repeat([]byte("n"), to-from))
		return b
	}
	longer := append(bytes.Clone(old), bytes.Repeat([]byte("l"), 512)...)
	wants := map[string][]byte{
		"0.0/3 of 3 at 100":  part(100, 512),
		"0.1/3 of 3 at 512":  part(512, 1024),
		"0.2/3 of 3 at 1024": part(1024, 1124),
		"1.0/1 of 3 at 2048": longer,
		"2.0/1 of 3 at 3000": append(bytes.Clone(old), make([]byte, 952)...),
		"none":               old,
	}
	name := func(u vfs.Unsynced) string {
		return fmt.Sprintf("%d.%d/%d of %d at %d", u.Change, u.Sector, u.Sectors, u.Changes, u.Off)
	}
	for only, want := range wants {
		asked := map[string]bool{"none": true}
		got := d.CutPower(func(u vfs.Unsynced) bool {
			asked[name(u)] = true
			return name(u) == only
		}).ReadFile("f")
		if !bytes.Equal(got, want) {
			t.Errorf("with %s alone the file has %d bytes: %q", only, len(got), got)
		}
		if len(asked) != len(wants) || !asked[only] {
			t.Errorf("asked about %v", asked)
		}
	}
}

// A clone of a disk loses to a power cut what the disk would have lost.
func TestCloneRemembersWhatIsNotSynced(t *testing.T) {
	var d vfs.Mem
	f := mustOpen(t, &d, "f", vfs.Create)
	mustWrite(t, f, 0, []byte("old"))
	if err := errors.Join(f.Sync(), d.SyncDir("f")); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, f, 0, []byte("new"))
	mustWrite(t, mustOpen(t, &d, "g", vfs.Create), 0, []byte("g"))
	c := d.Clone()
	if err := f.Sync(); err != nil {
		t.Fatal(err)
	}
	if got := c.ReadFile("f"); string(got) != "new" {
		t.Errorf("the clone holds %q", got)
	}
	lost := func(vfs.Unsynced) bool { return false }
	if got := c.CutPower(lost); string(got.ReadFile("f")) != "old" || got.ReadFile("g") != nil {
		t.Errorf("after the power cut the clone holds %q and %q", got.ReadFile("f"), got.ReadFile("g"))
	}
	if got := d.CutPower(lost); string(got.ReadFile("f")) != "new" {
		t.Errorf("what was synced is %q after the power cut", got.ReadFile("f"))
	}
	locked := mustOpen(t, &d, "f", vfs.ReadWrite)
	if err := locked.Lock(vfs.Exclusive); err != nil {
		t.Fatal(err)
	}
	if err := mustOpen(t, d.Clone(), "f", vfs.ReadWrite).Lock(vfs.Exclusive); err != nil {
		t.Errorf("the clone has a lock: %v", err)
	}
}
