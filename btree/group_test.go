//go:build !btree_nolog

package btree_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// gathered is a database on which blind commits wait for the write of their group, while the sync for a commit before is under way.
type gathered struct {
	db     *btree.DB
	mem    *vfs.Mem
	stop   *stopDisk
	writes atomic.Int64                         // since they wait
	fault  atomic.Pointer[func(vfs.Call) error] // is asked of each call since then
	first  chan error                           // the commit before
	group  []chan error
	want   contents // without the group
}

// gather lets n commits wait. Their keys are group0, group1 and so on, and their records are of one length.
func gather(t *testing.T, n int) *gathered {
	t.Helper()
	g := &gathered{mem: &vfs.Mem{}}
	g.stop = newStopDisk(&vfs.Inject{Base: g.mem, Hook: func(c vfs.Call) error {
		if c.Op == "write" {
			g.writes.Add(1)
		}
		if fault := g.fault.Load(); fault != nil {
			return (*fault)(c)
		}
		return nil
	}})
	g.db, g.want = withBacklog(t, g.stop, btree.Options{})
	succeed(t, putBlind(g.db, "before", "0"))
	g.stop.syncing.Store(true)
	g.first = committed(g.begin(t, "first"))
	<-g.stop.stopped
	for i := range n {
		g.group = append(g.group, committed(g.begin(t, fmt.Sprint("group", i))))
	}
	succeed(t, g.begin(t, "rolled back").Rollback()) // it begins when the last of them waits, or is about to
	g.writes.Store(0)
	for _, key := range []string{"before", "first"} {
		g.want["t"][key] = "0"
	}
	return g
}

// begin begins a transaction that puts a key, when the one before has let others write.
func (g *gathered) begin(t *testing.T, key string) *btree.Tx {
	t.Helper()
	tx, err := g.db.Begin(true)
	succeed(t, err)
	tree, err := tx.Tree("t")
	succeed(t, err)
	succeed(t, tree.Put([]byte(key), []byte("0")))
	return tx
}

// mustHave compares what is there with what should be, in the database and after crashes.
func (g *gathered) mustHave(t *testing.T) {
	t.Helper()
	for seed := range uint64(20) {
		if got := afterCut(t, g.mem.Clone(), btree.Options{}, seed); !got.equal(g.want) {
			t.Fatalf("after a power cut: %s", difference(got, g.want))
		}
	}
	mustHold(t, g.db, g.want)
	mustCheck(t, g.db)
}

// The records of commits that wait for a sync are written with one write, and are durable with one sync.
func TestGroupIsWrittenAtOnce(t *testing.T) {
	g := gather(t, 5)
	g.stop.goOn <- true
	succeed(t, <-g.first)
	for i, ended := range g.group {
		succeed(t, <-ended)
		g.want["t"][fmt.Sprint("group", i)] = "0"
	}
	if n := g.writes.Load(); n != 1 {
		t.Errorf("%d writes for a group", n)
	}
	g.mustHave(t)
}

// When the write of a group fails, at any byte, none of its commits happened, and those after them go on: not even a part of the
// group that is in the file counts, whatever is written over its beginning.
func TestFailedWriteOfAGroup(t *testing.T) {
	faults := map[string]error{"nothing is written": syscall.EIO}
	for _, n := range []int{1, 31, 40, 100, 150, 1 << 20} {
		faults[fmt.Sprint("full after ", n)] = &vfs.Partial{N: n, Err: syscall.ENOSPC}
		faults[fmt.Sprint("short after ", n)] = &vfs.Partial{N: n}
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			g := gather(t, 4)
			failed := false
			hook := func(c vfs.Call) error {
				if c.Op == "write" && !failed {
					failed = true
					return fault
				}
				return nil
			}
			g.fault.Store(&hook)
			g.stop.goOn <- true
			succeed(t, <-g.first)
			for _, ended := range g.group {
				if err := <-ended; err == nil || errors.Is(err, btree.ErrFailed) {
					t.Errorf("a commit whose record could not be written returned %v", err)
				}
			}
			for seed := range uint64(20) {
				if got := afterCut(t, g.mem.Clone(), btree.Options{}, seed); !got.equal(g.want) {
					t.Fatalf("after a power cut: %s", difference(got, g.want))
				}
			}
			succeed(t, putBlind(g.db, "group9", "0")) // its record is as long as each of those that failed
			g.want["t"]["group9"] = "0"
			g.mustHave(t)
		})
	}
}

// A write transaction that looks while records wait sees what they did, or nothing of them when they cannot be written. So does the
// one after it, whose record is written by itself.
func TestLookWritesWhatWaits(t *testing.T) {
	for _, fails := range []bool{false, true} {
		t.Run(fmt.Sprint("fails ", fails), func(t *testing.T) {
			g := gather(t, 3)
			failed := !fails
			hook := func(c vfs.Call) error {
				if c.Op == "write" && !failed {
					failed = true
					return &vfs.Partial{N: c.Len, Err: syscall.ENOSPC}
				}
				return nil
			}
			g.fault.Store(&hook)
			tx := make(chan *btree.Tx)
			go func() { tx <- g.begin(t, "mine") }()
			looking := <-tx
			released := make(chan bool)
			if fails { // taking a record back waits for the sync
				go func() { g.stop.goOn <- true; close(released) }()
			}
			got, err := dumpTx(looking)
			succeed(t, err)
			for i := range g.group {
				if key := fmt.Sprint("group", i); fails == (got["t"][key] == "0") {
					t.Errorf("a transaction sees %q under %s", got["t"][key], key)
				}
			}
			if fails {
				<-released
			} else {
				g.stop.goOn <- true
			}
			succeed(t, looking.Commit())
			g.want["t"]["mine"] = "0"
			succeed(t, <-g.first)
			for i, ended := range g.group {
				if err := <-ended; (err != nil) != fails || errors.Is(err, btree.ErrFailed) {
					t.Errorf("the commit returned %v", err)
				}
				if !fails {
					g.want["t"][fmt.Sprint("group", i)] = "0"
				}
			}
			g.mustHave(t)
		})
	}
}

// When what a group wrote cannot be taken back, or the sync for it fails, each of its commits returns ErrFailed, and nothing is written
// any more.
func TestGroupOfUnknownOutcome(t *testing.T) {
	for name, fails := range map[string]func(vfs.Call) error{
		"writes fail": func(c vfs.Call) error {
			if c.Op != "write" {
				return nil
			}
			return &vfs.Partial{N: c.Len / 2, Err: syscall.EIO}
		},
		"the sync fails": func(c vfs.Call) error {
			if c.Op != "sync" {
				return nil
			}
			return syscall.EIO
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := gather(t, 4)
			var armed atomic.Bool
			hook := func(c vfs.Call) error {
				if c.Op == "write" {
					armed.Store(true) // the sync before is over
				}
				if !armed.Load() {
					return nil
				}
				return fails(c)
			}
			g.fault.Store(&hook)
			g.stop.goOn <- true
			succeed(t, <-g.first)
			for _, ended := range g.group {
				if err := <-ended; !errors.Is(err, btree.ErrFailed) {
					t.Errorf("a commit returned %v", err)
				}
			}
			if err := putBlind(g.db, "later", "0"); !errors.Is(err, btree.ErrFailed) {
				t.Errorf("a later commit returned %v", err)
			}
			succeed(t, g.db.Abandon())
		})
	}
}

// After a sync that failed, the records of those who waited for the next one are not written, whoever looks.
func TestFailedSyncLeavesWhatWaitsUnwritten(t *testing.T) {
	g := gather(t, 4)
	hook := func(c vfs.Call) error {
		if c.Op == "sync" {
			return syscall.EIO
		}
		return nil
	}
	g.fault.Store(&hook)
	g.stop.goOn <- true
	for _, ended := range append(g.group, g.first) {
		if err := <-ended; !errors.Is(err, btree.ErrFailed) {
			t.Errorf("a commit returned %v", err)
		}
	}
	if _, err := dump(g.db); err != nil {
		t.Error(err)
	}
	_ = g.db.Close() // cannot write what is in the log
	if n := g.writes.Load(); n > 0 {
		t.Errorf("%d writes after the sync failed", n)
	}
}
