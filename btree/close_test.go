package btree_test

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// counted is a disk that counts what is asked of it.
func counted(mem *vfs.Mem) (disk vfs.FS, reads, changes *atomic.Int64) {
	reads, changes = new(atomic.Int64), new(atomic.Int64)
	return &vfs.Inject{Base: mem, Hook: func(c vfs.Call) error {
		switch c.Op {
		case "read":
			reads.Add(1)
		case "write", "truncate", "sync":
			changes.Add(1)
		}
		return nil
	}}, reads, changes
}

// closing returns when a database that another goroutine closes refuses transactions.
func closing(db *btree.DB) {
	for {
		tx, err := db.Begin(false)
		if errors.Is(err, btree.ErrClosed) {
			return
		}
		_ = tx.Rollback()
		runtime.Gosched()
	}
}

// reopened returns what a database holds that is opened again.
func reopened(t testing.TB, disk vfs.FS, o btree.Options) contents {
	t.Helper()
	db := open(t, disk, o)
	mustCheck(t, db)
	c, err := dump(db)
	succeed(t, errors.Join(err, db.Close()))
	return c
}

// An abandoned database writes nothing more, gives up its lock, and holds afterwards what was durable.
func TestAbandonWritesNothing(t *testing.T) {
	inLogModes(t, func(t *testing.T, o btree.Options) {
		mem := &vfs.Mem{}
		disk, _, changes := counted(mem)
		db := open(t, disk, o)
		for i := range 9 {
			succeed(t, change(t, db, 100, fmt.Sprint(i)).Commit())
		}
		succeed(t, change(t, db, 100, "delayed").Delay())
		before := changes.Load()
		succeed(t, db.Abandon())
		succeed(t, db.Abandon())
		succeed(t, db.Close())
		if n := changes.Load() - before; n != 0 {
			t.Errorf("Abandon made %d calls that change the disk", n)
		}
		if _, err := db.Begin(false); !errors.Is(err, btree.ErrClosed) {
			t.Errorf("Begin after Abandon: %v", err)
		}
		if got, want := reopened(t, mem, o), rows(100, "8"); !got.equal(want) {
			t.Errorf("opened again: %s", difference(got, want))
		}
	})
}

// Abandon after Close does nothing, so that it can be deferred.
func TestAbandonAfterClose(t *testing.T) {
	disk := &vfs.Mem{}
	db := open(t, disk, btree.Options{})
	succeed(t, change(t, db, 10, "x").Delay())
	succeed(t, db.Close())
	succeed(t, db.Abandon())
	if got := reopened(t, disk, btree.Options{}); !got.equal(rows(10, "x")) {
		t.Error(difference(got, rows(10, "x")))
	}
}

// Abandon waits for transactions that are open. Readers keep their view, and a write transaction cannot be committed any more.
func TestAbandonWithOpenTransactions(t *testing.T) {
	inLogModes(t, func(t *testing.T, o btree.Options) {
		mem := &vfs.Mem{}
		disk, _, changes := counted(mem)
		db := open(t, disk, o)
		succeed(t, change(t, db, 100, "old").Commit())
		succeed(t, change(t, db, 100, "delayed").Delay())
		reader := begin(t, db)
		tx := change(t, db, 2000, "too late")
		succeed(t, tx.Subcommit())
		before := changes.Load()
		abandoned := make(chan error)
		go func() { abandoned <- db.Abandon() }()
		closing(db)
		mustShow(t, "a reader", reader, rows(100, "delayed"))
		mustShow(t, "the write transaction", tx, rows(2000, "too late"))
		if err := tx.Commit(); !errors.Is(err, btree.ErrClosed) {
			t.Errorf("Commit after Abandon: %v", err)
		}
		mustShow(t, "a reader", reader, rows(100, "delayed"))
		select {
		case err := <-abandoned:
			t.Errorf("Abandon did not wait for a reader: %v", err)
		default:
		}
		succeed(t, reader.Rollback())
		succeed(t, <-abandoned)
		if n := changes.Load() - before; n != 0 {
			t.Errorf("Abandon and a late Commit made %d calls that change the disk", n)
		}
		if got, want := reopened(t, mem, o), rows(100, "old"); !got.equal(want) {
			t.Errorf("opened again: %s", difference(got, want))
		}
	})
}

// Beside goroutines that commit, also with checkpoints under way, Abandon loses nothing of what they were told is durable.
func TestAbandonBesideCommits(t *testing.T) {
	for seed := range 8 {
		o := btree.Options{PageSize: 4096, LogSize: 32 << 10, NoLog: seed == 7}
		disk := &vfs.Mem{}
		db := open(t, disk, o)
		var group sync.WaitGroup
		var total atomic.Int64
		acked := make([]int, 4)
		for w := range acked {
			succeed(t, put(db, fmt.Sprint(w), "0"))
			group.Go(func() {
				for n := 1; ; n++ {
					err := put(db, fmt.Sprint(w), fmt.Sprint(n))
					if errors.Is(err, btree.ErrClosed) {
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
					acked[w] = n
					total.Add(1)
				}
			})
		}
		for total.Load() < int64(50*seed) {
			runtime.Gosched()
		}
		succeed(t, db.Abandon())
		group.Wait()
		got := reopened(t, disk, o)["fruit"]
		for w, n := range acked {
			if got[fmt.Sprint(w)] != fmt.Sprint(n) {
				t.Errorf("seed %d: goroutine %d was told of commit %d, and the file has %q", seed, w, n, got[fmt.Sprint(w)])
			}
		}
	}
}

// After Close there is nothing to do for the one who opens the file next but to read a few pages, and after Abandon there is a
// log to replay.
func TestCloseLeavesNothingToReplay(t *testing.T) {
	inLogModes(t, func(t *testing.T, o btree.Options) {
		for _, abandon := range []bool{false, true} {
			mem := &vfs.Mem{}
			db := open(t, mem, o)
			for i := range 20 {
				succeed(t, change(t, db, 1000, fmt.Sprint(i)).Commit())
			}
			if abandon {
				succeed(t, db.Abandon())
			} else {
				succeed(t, db.Close())
			}
			disk, reads, changes := counted(mem)
			db = open(t, disk, o)
			succeed(t, db.View(func(tx *btree.Tx) error {
				tree, err := tx.Tree("t")
				succeed(t, err)
				if v, ok, err := tree.Get([]byte("000500")); err != nil || !ok || string(v) != "19" {
					t.Errorf("Get: %q, %v, %v", v, ok, err)
				}
				return nil
			}))
			if !abandon && (changes.Load() > 1 || reads.Load() > 20) { // one sync, where nothing tells that it is durable
				t.Errorf("opening after Close made %d reads and %d calls that change the disk", reads.Load(), changes.Load())
			}
			if abandon && o.LogSize == 256<<10 && o.History == 0 && !btree.NeverLog && changes.Load() == 0 {
				t.Error("there was no log to replay after Abandon: the test shows nothing")
			}
			succeed(t, db.Close())
		}
	})
}

// Without syncs, commits are durable after Sync, and after Close.
func TestNoSyncIsDurableAfterSyncAndClose(t *testing.T) {
	for name, way := range map[string]func(*btree.DB) error{"Sync": (*btree.DB).Sync, "Close": (*btree.DB).Close} {
		t.Run(name, func(t *testing.T) {
			inLogModes(t, func(t *testing.T, o btree.Options) {
				o.NoSync = true
				mem := &vfs.Mem{}
				syncs := 0
				disk := &vfs.Inject{Base: mem, Hook: func(c vfs.Call) error {
					if c.Op == "sync" {
						syncs++
					}
					return nil
				}}
				db := open(t, disk, o)
				made := syncs // of the file itself
				for i := range 6 {
					succeed(t, change(t, db, 100, fmt.Sprint(i)).Commit())
				}
				if syncs != made {
					t.Errorf("6 commits made %d syncs", syncs-made)
				}
				succeed(t, way(db))
				if got, want := afterCut(t, mem, o, 1), rows(100, "5"); !got.equal(want) {
					t.Errorf("after a crash: %s", difference(got, want))
				}
			})
		})
	}
}
