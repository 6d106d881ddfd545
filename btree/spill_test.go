package btree_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// smallMemory makes a transaction write pages while it goes on, almost from the beginning.
var smallMemory = btree.Options{PageSize: 4096, CacheSize: 1, WriteBuffer: 20_000, NoLog: true}

// filler puts records into a tree in some way, and says what it must hold then.
type filler func(tree *btree.Tree, r *rand.Rand, want map[string]string) error

func putBoth(tree *btree.Tree, want map[string]string, key, val string) error {
	want[key] = val
	return tree.Put([]byte(key), []byte(val))
}

var fillers = map[string]filler{
	"ascending": func(tree *btree.Tree, r *rand.Rand, want map[string]string) error {
		for i := range 2_500 {
			if err := putBoth(tree, want, fmt.Sprintf("%08d", i), strings.Repeat("v", 150+r.IntN(100))); err != nil {
				return err
			}
		}
		return nil
	},
	"scattered": func(tree *btree.Tree, r *rand.Rand, want map[string]string) error {
		for range 2_500 {
			if err := putBoth(tree, want, fmt.Sprintf("%08d", r.IntN(1e8)), strings.Repeat("v", 150+r.IntN(100))); err != nil {
				return err
			}
		}
		return nil
	},
	"scattered, with a look at each": func(tree *btree.Tree, r *rand.Rand, want map[string]string) error {
		for range 1_500 {
			key := fmt.Sprintf("%08d", r.IntN(1e8))
			if _, err := tree.Delete([]byte(key)); err != nil {
				return err
			}
			if err := putBoth(tree, want, key, strings.Repeat("v", 200)); err != nil {
				return err
			}
		}
		return nil
	},
	"long values": func(tree *btree.Tree, r *rand.Rand, want map[string]string) error {
		for range 60 {
			if err := putBoth(tree, want, fmt.Sprintf("%08d", r.IntN(1e8)), strings.Repeat("v", r.IntN(30_000))); err != nil {
				return err
			}
		}
		return nil
	},
	"one value, read piece by piece": func(tree *btree.Tree, _ *rand.Rand, want map[string]string) error {
		want["k"] = strings.Repeat("value", 160_000)
		return tree.PutReader([]byte("k"), strings.NewReader(want["k"]), uint64(len(want["k"])))
	},
	"loaded": func(tree *btree.Tree, _ *rand.Rand, want map[string]string) error {
		return tree.Load(func(yield func(key, val []byte) bool) {
			for i := range 2_500 {
				key, val := fmt.Sprintf("%08d", i), strings.Repeat("v", 190)
				want[key] = val
				if !yield([]byte(key), []byte(val)) {
					return
				}
			}
		})
	},
}

// eachFiller runs a test with every way to fill a tree, with pages written in the background and at once.
func eachFiller(t *testing.T, test func(t *testing.T, o btree.Options, fill filler)) {
	for name, fill := range fillers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, btree.WriteInline(smallMemory), fill)
		})
		t.Run(name+", in the background", func(t *testing.T) {
			t.Parallel()
			test(t, smallMemory, fill)
		})
	}
}

// A transaction that is much larger than the memory it may take keeps few pages in frames at any time, and commits what it was
// given. The count is taken at every write to the disk, which is when frames are the most.
func TestLargeTransactionKeepsFewFrames(t *testing.T) {
	const most = 64 + 16 // as many as a transaction may always have, and some that are being written
	for name, fill := range fillers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var disk vfs.Mem
			var db *btree.DB
			writes, peak := 0, 0
			inject := &vfs.Inject{Base: &disk, Hook: func(c vfs.Call) error {
				if c.Op == "write" && db != nil {
					writes++
					peak = max(peak, btree.Frames(db))
				}
				return nil
			}}
			db = open(t, inject, btree.WriteInline(smallMemory))
			want, before := contents{"t": {}}, 0
			update(t, db, func(tx *btree.Tx, tree *btree.Tree) error {
				if err := fill(tree, newRand(1), want["t"]); err != nil {
					return err
				}
				before = writes
				got, err := dumpTx(tx)
				if err == nil && !got.equal(want) {
					err = errors.New("in the transaction: " + difference(got, want))
				}
				return err
			})
			if before < 100 {
				t.Errorf("the transaction wrote only %d times before its commit", before)
			}
			if peak > most {
				t.Errorf("there were %d frames at a time, at most %d are expected", peak, most)
			}
			mustHold(t, db, want)
			mustCheck(t, db)
		})
	}
}

// What a transaction wrote before it was rolled back is nowhere to be seen, and its pages are used again.
func TestRollbackOfWhatIsInTheFile(t *testing.T) {
	eachFiller(t, func(t *testing.T, o btree.Options, fill filler) {
		var disk vfs.Mem
		db := open(t, &disk, o)
		want := contents{"t": {}}
		update(t, db, func(_ *btree.Tx, tree *btree.Tree) error { return fillers["scattered"](tree, newRand(2), want["t"]) })
		errBack := errors.New("back")
		size := 0
		for seed := range uint64(4) {
			err := db.Update(func(tx *btree.Tx) error {
				tree, err := tx.CreateTree("other")
				if err == nil {
					err = fill(tree, newRand(seed), map[string]string{})
				}
				return errors.Join(errBack, err)
			})
			if err.Error() != errBack.Error() {
				t.Fatal(err)
			}
			mustHold(t, db, want)
			mustCheck(t, db)
			if now := len(disk.ReadFile(dbName)); seed == 0 {
				size = now
			} else if now > size*3/2 {
				t.Fatalf("the file has grown from %d to %d bytes by transactions that were rolled back", size, now)
			}
		}
		update(t, db, func(_ *btree.Tx, tree *btree.Tree) error { return putBoth(tree, want["t"], "one", "more") })
		mustHold(t, db, want)
		mustCheck(t, db)
		if frames := btree.Frames(db); frames > 0 {
			t.Errorf("%d frames are in use with no transaction", frames)
		}
	})
}

// A savepoint holds what the tree had, also of pages that were written since, and before.
func TestRollbackToSavepointOfWhatIsInTheFile(t *testing.T) {
	eachFiller(t, func(t *testing.T, o btree.Options, fill filler) {
		var disk vfs.Mem
		db := open(t, &disk, o)
		want := contents{"t": {}}
		update(t, db, func(tx *btree.Tx, tree *btree.Tree) error {
			if err := fillers["scattered"](tree, newRand(1), want["t"]); err != nil {
				return err
			}
			for seed := range uint64(3) {
				sp, err := tx.Savepoint()
				if err != nil {
					return err
				}
				if err := tx.DropTree("t"); err != nil {
					return err
				}
				other, err := tx.CreateTree("other")
				if err != nil {
					return err
				}
				if err := fill(other, newRand(seed), map[string]string{}); err != nil {
					return err
				}
				if err := tx.RollbackTo(sp); err != nil {
					return err
				}
				got, err := dumpTx(tx)
				if err != nil || !got.equal(want) {
					return fmt.Errorf("after rollback %d: %s, %w", seed, difference(got, want), err)
				}
				if err := putBoth(tree, want["t"], fmt.Sprint("after", seed), "v"); err != nil {
					return err
				}
			}
			return nil
		})
		mustHold(t, db, want)
		mustCheck(t, db)
	})
}

// A write that fails while the transaction goes on fails it, at the next change or at the latest at its commit. To roll it back
// to a savepoint makes it usable, and the pages that were not written are written by the commit.
func TestFailedWriteInTheMiddleOfATransaction(t *testing.T) {
	eachFiller(t, func(t *testing.T, o btree.Options, fill filler) {
		for _, nth := range []int{1, 2, 30, 80} {
			var disk vfs.Mem
			var armed atomic.Bool
			writes := 0
			inject := &vfs.Inject{Base: &disk, Hook: func(c vfs.Call) error {
				if !armed.Load() || c.Op != "write" && c.Op != "truncate" {
					return nil
				}
				if writes++; writes < nth {
					return nil
				}
				return &vfs.Partial{N: 512, Err: syscall.ENOSPC}
			}}
			db := open(t, inject, o)
			want := contents{"t": {}}
			update(t, db, func(_ *btree.Tx, tree *btree.Tree) error { return putBoth(tree, want["t"], "before", "v") })
			err := db.Update(func(tx *btree.Tx) error {
				tree, err := tx.Tree("t")
				if err != nil {
					return err
				}
				if err := fillers["ascending"](tree, newRand(1), want["t"]); err != nil {
					return err
				}
				sp, err := tx.Savepoint()
				if err != nil {
					return err
				}
				other, err := tx.CreateTree("other")
				if err != nil {
					return err
				}
				armed.Store(true)
				err = fill(other, newRand(2), map[string]string{})
				if err == nil {
					_, err = tx.Savepoint() // applies what is collected
				}
				armed.Store(false)
				if !errors.Is(err, syscall.ENOSPC) {
					return fmt.Errorf("write %d met a full disk and the transaction returned %v", nth, err)
				}
				if err := tree.Put([]byte("k"), nil); err == nil {
					return errors.New("the transaction goes on after it failed")
				}
				return tx.RollbackTo(sp)
			})
			if err != nil {
				t.Fatal(err)
			}
			mustHold(t, db, want)
			mustCheck(t, db)
			writes = 0
			armed.Store(true)
			err = db.Update(func(tx *btree.Tx) error {
				tree, err := tx.CreateTree("other")
				if err != nil {
					return err
				}
				return fill(tree, newRand(3), map[string]string{})
			})
			armed.Store(false)
			if !errors.Is(err, syscall.ENOSPC) || errors.Is(err, btree.ErrFailed) {
				t.Fatalf("write %d met a full disk and the transaction returned %v", nth, err)
			}
			mustHold(t, db, want)
			mustCheck(t, db)
		}
	})
}

// A file may not grow beyond its limit, also not while a transaction goes on.
func TestLargeTransactionKeepsTheLimitOfTheFile(t *testing.T) {
	eachFiller(t, func(t *testing.T, o btree.Options, fill filler) {
		var disk vfs.Mem
		o.MaxSize = 300_000
		db := open(t, &disk, o)
		err := db.Update(func(tx *btree.Tx) error {
			tree, err := tx.CreateTree("t")
			if err != nil {
				return err
			}
			return fill(tree, newRand(1), map[string]string{})
		})
		if !errors.Is(err, btree.ErrFull) {
			t.Fatalf("a transaction that is too large returned %v", err)
		}
		if size := len(disk.ReadFile(dbName)); size > int(o.MaxSize) {
			t.Errorf("the file has %d bytes", size)
		}
		mustHold(t, db, contents{})
	})
}

// The power fails at calls to the disk all over a transaction that writes while it goes on, and at each of the last ones, which
// are those of its commit.
func TestPowerCutInALargeTransaction(t *testing.T) {
	cuts := 6
	if testing.Short() {
		cuts = 3
	}
	for name, fill := range fillers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls := cutInLargeTransaction(t, fill, math.MaxInt)
			for i := range cuts {
				cutInLargeTransaction(t, fill, 1+calls*i/cuts)
			}
			for failAt := max(1, calls-10); failAt <= calls; failAt++ {
				cutInLargeTransaction(t, fill, failAt)
			}
		})
	}
}

// cutInLargeTransaction returns how many calls there were.
func cutInLargeTransaction(t *testing.T, fill filler, failAt int) (calls int) {
	t.Helper()
	var disk vfs.Mem
	r, armed := newRand(1), false
	o := btree.WriteInline(smallMemory)
	o.FS = &vfs.Inject{Base: &disk, Hook: func(vfs.Call) error {
		if !armed {
			return nil
		}
		if calls++; calls >= failAt {
			return errPower
		}
		return nil
	}}
	db, err := btree.Open(dbName, &o)
	if err != nil {
		t.Fatal(err)
	}
	before, after := contents{"t": {}}, contents{"t": {}}
	update(t, db, func(_ *btree.Tx, tree *btree.Tree) error { return fillers["long values"](tree, r, before["t"]) })
	armed = true
	err = db.Update(func(tx *btree.Tx) error {
		tree, err := tx.Tree("t")
		if err != nil {
			return err
		}
		if _, err := tree.DeleteRange(nil, nil); err != nil {
			return err
		}
		return fill(tree, r, after["t"])
	})
	if err != nil && !errors.Is(err, errPower) {
		t.Fatalf("cut at call %d of %d: %v", failAt, calls, err)
	}
	armed = false
	either := errors.Is(err, btree.ErrFailed) // the meta may be in the file
	if err != nil {
		before, after = after, before
	}
	survivor := disk.PowerCut(newRand(uint64(failAt)))
	if err := db.Close(); err != nil && !errors.Is(err, btree.ErrFailed) {
		t.Fatal(err)
	}
	o.FS = survivor
	if db, err = btree.Open(dbName, &o); err != nil {
		t.Fatalf("cut at call %d of %d: %v", failAt, calls, err)
	}
	defer db.Close()
	mustCheck(t, db)
	if got, err := dump(db); err != nil || !got.equal(after) && !(either && got.equal(before)) {
		t.Fatalf("cut at call %d of %d: %s, %v", failAt, calls, difference(got, after), err)
	}
	return calls
}

// What a read returned stays as it is until the next change, also when another read has much to apply first; and it may be the key
// or the value of that change.
func TestSlicesOutliveWhatIsWrittenMeanwhile(t *testing.T) {
	eachFiller(t, func(t *testing.T, o btree.Options, fill filler) {
		var disk vfs.Mem
		o.WriteBuffer = 0 // changes wait for the read
		db := open(t, &disk, o)
		r, want := newRand(1), contents{"t": {}, "from": {}}
		update(t, db, func(tx *btree.Tx, tree *btree.Tree) error {
			from, err := tx.CreateTree("from")
			if err != nil {
				return err
			}
			if err := fillers["scattered"](from, r, want["from"]); err != nil {
				return err
			}
			if err := fill(tree, r, want["t"]); err != nil {
				return err
			}
			cursor := from.Cursor()
			for key, val := range cursor.Ascend(nil, nil) {
				if err := fillSome(tree, r, want["t"]); err != nil {
					return err
				}
				if cursor.Key() == nil || string(key) != string(cursor.Key()) {
					return fmt.Errorf("the cursor was at %q and is at %q", key, cursor.Key())
				}
				if val, _, err = from.Get(key); err != nil {
					return err
				}
				if _, err := tree.Has(key); err != nil { // applies what was collected
					return err
				}
				if string(val) != want["from"][string(key)] {
					return fmt.Errorf("the value of %q has become %q", key, val)
				}
				copied := "copy of " + string(key)
				want["t"][copied] = string(val)
				if err := tree.Put([]byte(copied), val); err != nil {
					return err
				}
				if len(want["t"]) > 12_000 {
					break
				}
			}
			return cursor.Err()
		})
		mustHold(t, db, want)
		mustCheck(t, db)
	})
}

// fillSome collects changes all over a tree.
func fillSome(tree *btree.Tree, r *rand.Rand, want map[string]string) error {
	for range 500 {
		if err := putBoth(tree, want, fmt.Sprintf("%08d", r.IntN(1e8)), "some"); err != nil {
			return err
		}
	}
	return nil
}

// A transaction that goes past the log because it is large neither keeps its record nor its pages in memory, in a mapped file and
// in one that is read by copies.
func TestLargeTransactionInAFile(t *testing.T) {
	for _, noMap := range []bool{false, true} {
		for name, fill := range fillers {
			t.Run(fmt.Sprintf("%s, without a mapping %v", name, noMap), func(t *testing.T) {
				t.Parallel()
				o := btree.Options{PageSize: 4096, CacheSize: 100_000, WriteBuffer: 50_000, LogSize: 100_000, NoMap: noMap}
				db, err := btree.Open(filepath.Join(t.TempDir(), dbName), &o)
				if err != nil {
					t.Fatal(err)
				}
				defer db.Close()
				want := contents{"t": {}}
				for seed := range uint64(3) {
					update(t, db, func(tx *btree.Tx, tree *btree.Tree) error {
						if _, err := tree.DeleteRange(nil, nil); err != nil {
							return err
						}
						clear(want["t"])
						if err := fill(tree, newRand(seed), want["t"]); err != nil {
							return err
						}
						got, err := dumpTx(tx)
						if err == nil && !got.equal(want) {
							err = errors.New("in the transaction: " + difference(got, want))
						}
						return err
					})
					mustHold(t, db, want)
					mustCheck(t, db)
				}
			})
		}
	}
}
