//go:build !btree_nolog

package btree_test

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// A record that is damaged, and all that follow it, never happened; those before it did.
func TestReplayStopsAtDamage(t *testing.T) {
	disk, states := logged(t)
	image := disk.ReadFile(dbName)
	start := strings.LastIndex(string(image), "renamed") // within the last record
	seen := map[int]bool{}
	for at := start; at > start-1500 && at > 0; at -= 13 {
		damaged := append([]byte{}, image...)
		damaged[at] ^= 1
		c := &vfs.Mem{}
		c.WriteFile(dbName, damaged)
		db := open(t, c, btree.Options{})
		got, err := dump(db)
		if err != nil {
			t.Fatal(err)
		}
		state := -1
		for i := range states {
			if got.equal(states[i]) {
				state = i
			}
		}
		if state < 0 && len(seen) > 0 && !seen[0] {
			t.Fatalf("byte %d changed: none of the states, %s", at, difference(got, states[0]))
		}
		seen[state] = true
		mustCheck(t, db)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) < 4 {
		t.Errorf("damage led to %d states", len(seen))
	}
}

// When a part of a checkpoint cannot reach the disk, writing ends as after a failed sync, and nothing is lost.
func TestFailedFlushStopsWriting(t *testing.T) {
	var disk vfs.Mem
	var told atomic.Bool // of the failure
	inject := &vfs.Inject{Base: &disk, Hook: func(c vfs.Call) error {
		switch {
		case c.Op == "flush":
			return syscall.EIO
		case told.Load() && (c.Op == "write" || c.Op == "truncate"):
			t.Errorf("after a commit told of the failure: %s", c)
		}
		return nil
	}}
	db := open(t, inject, btree.Options{PageSize: smallPage, LogSize: 8 << 20})
	want := contents{"t": {}}
	var err error
	for i := 0; err == nil && i < 100_000; i++ {
		key, val := fmt.Sprintf("%08d", i*7919%100_000), strings.Repeat("v", 1500)
		err = db.Update(func(tx *btree.Tx) error { return putOne(tx, key, val) })
		if err == nil {
			want["t"][key] = val
		}
	}
	if !errors.Is(err, btree.ErrFailed) || !errors.Is(err, syscall.EIO) {
		t.Fatalf("a flush failed, and commits return %v", err)
	}
	told.Store(true)
	mustHold(t, db, want)
	_ = db.Close() // cannot write what is in the log
	db = open(t, &disk, btree.Options{})
	mustCheck(t, db)
	got, err := dump(db)
	if err != nil {
		t.Fatal(err)
	}
	for key := range want["t"] { // the commit that failed may be there too
		if _, found := got["t"][key]; !found || len(got["t"]) > len(want["t"])+1 {
			t.Fatalf("%d keys of %d commits, without %s", len(got["t"]), len(want["t"]), key)
		}
	}
}

// A commit that writes much makes the log, so that the first small transaction after it has one; a commit that is merely too
// long for the log does not.
func TestLargeCommitMakesTheLog(t *testing.T) {
	const size = 16 << 10
	for _, c := range []struct {
		bytes int
		log   bool
	}{{4 * size, false}, {80 * size, true}} {
		db := open(t, &vfs.Mem{}, btree.Options{PageSize: smallPage, LogSize: size})
		update(t, db, func(_ *btree.Tx, tree *btree.Tree) error {
			for k, v := range numbered(c.bytes/500, 500) {
				if err := tree.Put(k, v); err != nil {
					return err
				}
			}
			return nil
		})
		s, err := db.Stats()
		if err != nil {
			t.Fatal(err)
		}
		if (s.Log > 0) != (c.log && !btree.NeverLog) {
			t.Errorf("after a transaction of %d bytes the log has %d pages", c.bytes, s.Log)
		}
		update(t, db, func(_ *btree.Tx, tree *btree.Tree) error { return tree.Put([]byte("one"), nil) })
		mustCheck(t, db)
	}
}

// Commits with a history go to the log, one sync each, and can be undone one by one, also after a crash.
func TestUndoOfLoggedCommits(t *testing.T) {
	if btree.NeverLog {
		t.Skip("this build has no log")
	}
	const history = 3
	disk := &vfs.Mem{}
	counted, syncs := countSyncs(disk)
	o := btree.Options{PageSize: 4096, LogSize: 256 << 10, History: history}
	db := open(t, counted, o)
	fill(t, db, 200, 20, 0)
	var states []contents
	for i := range 8 {
		before := syncs()
		if err := putBlind(db, "k", fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
		if n := syncs() - before; n != 1 {
			t.Errorf("commit %d made %d syncs", i, n)
		}
		state, err := dump(db)
		if err != nil {
			t.Fatal(err)
		}
		states = append(states, state)
	}
	for n := 1; n <= history; n++ {
		db := open(t, disk.Clone(), o)
		if err := db.Undo(n); err != nil {
			t.Fatalf("undoing %d after a crash: %v", n, err)
		}
		mustHold(t, db, states[len(states)-1-n])
		mustCheck(t, db)
	}
	if err := db.Undo(history); err != nil {
		t.Fatal(err)
	}
	mustHold(t, db, states[len(states)-1-history])
	if err := db.Undo(1); err != nil {
		t.Fatal(err)
	}
	mustHold(t, db, states[len(states)-1])
	mustCheck(t, db)
}

// What was committed to the log without a limit of the file's size is there when the file is opened with one after a crash.
func TestReplayBeyondTheLimit(t *testing.T) {
	var disk vfs.Mem
	db := open(t, &disk, btree.Options{PageSize: 4096, LogSize: 16 << 20})
	want := contents{"t": {}}
	for i := range 300 {
		key, val := fmt.Sprintf("%08d", i*7919%100_000), strings.Repeat("v", 9000)
		succeed(t, db.Update(func(tx *btree.Tx) error { return putOne(tx, key, val) }))
		want["t"][key] = val
	}
	for _, history := range []int{0, 290} {
		o := btree.Options{MaxSize: 1 << 20, CacheSize: 1, History: history}
		again := open(t, disk.Clone(), o)
		mustHold(t, again, want)
		mustCheck(t, again)
		err := again.Update(func(tx *btree.Tx) error { return putOne(tx, "more", strings.Repeat("v", 100_000)) })
		if !errors.Is(err, btree.ErrFull) {
			t.Errorf("a commit beyond the limit returned %v", err)
		}
		succeed(t, again.Close())
	}
}
