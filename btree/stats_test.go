package btree_test

import (
	"path/filepath"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// Every page of the file is counted once, whatever is kept, logged or free, and only kept versions make kept pages.
func TestStatsAddUp(t *testing.T) {
	k := newKeeper(t, 4241, btree.Options{}) // it has a log, unless this build has none
	logged, keeping, freed := false, false, false
	for range 80 {
		if err := k.step(); err != nil {
			t.Fatal(err)
		}
		s := stats(t, k.db)
		if sum := s.Meta + s.Space + s.Leaf + s.Branch + s.Overflow + s.Log + s.Kept + s.Free; sum != s.Pages {
			t.Fatalf("the pages by use are %d, of %d: %+v", sum, s.Pages, s)
		}
		if s.Versions != len(k.kept) || s.Versions == 0 && s.Kept > 0 {
			t.Fatalf("%d versions are kept, with %d pages; want %d", s.Versions, s.Kept, len(k.kept))
		}
		logged, keeping, freed = logged || s.Log > 0, keeping || s.Kept > 0, freed || s.Free > 0
	}
	if logged == btree.NeverLog || !keeping || !freed {
		t.Errorf("there was a log: %v, a kept page: %v, a free one: %v; the test is too small", logged, keeping, freed)
	}
	s := stats(t, k.db)
	if s.Memory.Frames == 0 && s.Memory.Cached == 0 && s.Memory.Mapped == 0 {
		t.Error("nothing is in memory")
	}
}

// The statistics of memory and of the session follow what is done.
func TestStatsOfMemoryAndSession(t *testing.T) {
	const cache = 8 << 20
	db := open(t, &vfs.Mem{}, btree.Options{PageSize: 4096, LogSize: 256 << 10, CacheSize: cache})
	succeed(t, change(t, db, 1000, "one").Commit())
	mustHold(t, db, rows(1000, "one"))
	m := stats(t, db).Memory
	if m.Budget != cache || m.Changing != 0 || m.Delayed != 0 {
		t.Errorf("after a commit: %+v", m)
	}
	if m.Bytes != 4096*int64(m.Cached+m.Frames) || m.PageTable < 4 {
		t.Errorf("memory does not add up: %+v", m)
	}

	tx := change(t, db, 1000, "two")
	succeed(t, tx.Subcommit())
	m = stats(t, db).Memory
	if m.Changing < 5 || m.Frames < m.Changing {
		t.Errorf("with 1000 keys changed: %+v", m)
	}
	succeed(t, tx.Delay())
	m = stats(t, db).Memory
	if m.Changing != 0 || m.Frames < 5 || m.Delayed != 1 || m.LogUsed != 0 {
		t.Errorf("with a delayed commit: %+v", m)
	}
	succeed(t, db.Sync())
	m = stats(t, db).Memory
	if m.Delayed != 0 || m.LogUsed < 1000*10 == !btree.NeverLog {
		t.Errorf("with 1000 keys in the log: %+v", m)
	}
	succeed(t, db.Checkpoint())
	if m = stats(t, db).Memory; m.LogUsed != 0 {
		t.Errorf("after a checkpoint: %+v", m)
	}
	succeed(t, change(t, db, 10, "three").Rollback())

	s := stats(t, db).Session
	// A commit is of Sync, and one of Checkpoint, which rolls back where without a log there is nothing to write.
	if s.Commits < 2 || s.Commits+s.Rollbacks != 4 || s.Delays != 1 || s.Subcommits != 1 {
		t.Errorf("the session is counted as %+v", s)
	}
	if s.Allocated < 10 || s.Freed < 5 {
		t.Errorf("the pages of the session are counted as %+v", s)
	}
}

// Pages in the mapping are verified once, when they are first touched.
func TestStatsOfVerifiedPages(t *testing.T) {
	path := filepath.Join(t.TempDir(), dbName)
	for _, o := range []btree.Options{{PageSize: 4096}, {ReadOnly: true}} {
		db, err := btree.Open(path, &o)
		succeed(t, err)
		if !o.ReadOnly {
			succeed(t, change(t, db, 5000, "one").Commit())
		} else if m := stats(t, db).Memory; m.Mapped == 0 {
			t.Skip("files are not mapped here")
		}
		before := stats(t, db).Memory.Verified
		mustHold(t, db, rows(5000, "one"))
		if s := stats(t, db); o.ReadOnly && (s.Memory.Verified <= before || uint64(s.Memory.Verified) > s.Pages) {
			t.Errorf("%d of %d pages are verified, %d before they were read", s.Memory.Verified, s.Pages, before)
		}
		succeed(t, db.Close())
	}
}
