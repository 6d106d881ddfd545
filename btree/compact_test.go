package btree_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// sparse fills trees at random, with some long values, and deletes most of it again.
func sparse(t testing.TB, db *btree.DB, n, keep int) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 1))
	update := func(fn func(tree *btree.Tree) error) {
		t.Helper()
		for _, name := range []string{"a", "b"} {
			if err := db.Update(func(tx *btree.Tx) error {
				tree, err := tx.Tree(name)
				if errors.Is(err, btree.ErrNoTree) {
					tree, err = tx.CreateTree(name)
				}
				return errors.Join(err, fn(tree))
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 10 {
		update(func(tree *btree.Tree) error {
			for range n / 10 {
				val := make([]byte, r.IntN(100))
				if r.IntN(200) == 0 {
					val = make([]byte, 10000)
				}
				if err := tree.Put(fmt.Appendf(nil, "key%08d", r.IntN(n*4)), val); err != nil {
					return err
				}
			}
			return nil
		})
	}
	update(func(tree *btree.Tree) error {
		c := tree.Cursor()
		var gone [][]byte
		for k := range c.Ascend(nil, nil) {
			if r.IntN(100) >= keep {
				gone = append(gone, append([]byte(nil), k...))
			}
		}
		for _, k := range gone {
			if _, err := tree.Delete(k); err != nil {
				return err
			}
		}
		return c.Err()
	})
}

// freshSize returns the size of a fresh load of what a database holds.
func freshSize(t testing.TB, db *btree.DB) int64 {
	t.Helper()
	if err := db.CompactTo(t.Context(), "fresh"); err != nil {
		t.Fatal(err)
	}
	return int64(len(openedDisk(db).ReadFile("fresh")))
}

// disks by database, for freshSize.
func openedDisk(db *btree.DB) *vfs.Mem { return db.FS().(*vfs.Mem) }

// After random changes and deletes the compacted file is as small as a fresh load, but for a twentieth, and the database goes
// on: nothing is lost, and it can be written and compacted again.
func TestCompactMakesTheFileAsSmallAsAFreshOne(t *testing.T) {
	for _, c := range []struct{ keep, pageSize, logSize int }{
		{10, 4 << 10, 0}, {10, 16 << 10, 0}, {100, 4 << 10, 0}, {100, 16 << 10, 0}, {10, 4 << 10, 256 << 10},
	} {
		t.Run(fmt.Sprintf("%d%%of%dKB log%d", c.keep, c.pageSize>>10, c.logSize), func(t *testing.T) {
			t.Parallel()
			db := open(t, &vfs.Mem{}, btree.Options{PageSize: c.pageSize, LogSize: c.logSize})
			sparse(t, db, 10000, c.keep)
			want, err := dump(db)
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Compact(t.Context()); err != nil {
				t.Fatal(err)
			}
			mustCheck(t, db)
			mustHold(t, db, want)
			fresh := freshSize(t, db)
			if got := stats(t, db).FileSize; float64(got) > 1.05*float64(fresh) {
				t.Errorf("compacted the file has %d bytes, a fresh one %d: %.3f times as many", got, fresh, float64(got)/float64(fresh))
			}
			sparse(t, db, 2000, 50)
			if err := db.Compact(t.Context()); err != nil {
				t.Fatal(err)
			}
			mustCheck(t, db)
		})
	}
}

// A file whose pages are dense but far behind, because a tree before them was dropped, is cut, too.
func TestCompactMovesPagesForward(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{PageSize: smallPage})
	for _, name := range []string{"first", "second"} {
		if err := db.Update(func(tx *btree.Tx) error {
			tree, err := tx.CreateTree(name)
			for i := range 20000 {
				val := make([]byte, 50)
				if i%500 == 0 {
					val = make([]byte, 9000)
				}
				err = errors.Join(err, tree.Put(key64(i), val))
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Update(func(tx *btree.Tx) error { return tx.DropTree("first") }); err != nil {
		t.Fatal(err)
	}
	if err := db.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	mustCheck(t, db)
	if got, fresh := stats(t, db).FileSize, freshSize(t, db); float64(got) > 1.05*float64(fresh) {
		t.Errorf("compacted the file has %d bytes, a fresh one %d", got, fresh)
	}
}

// Compaction goes on among readers and a writer, with kept versions: each sees what it must.
func TestCompactAmongOthers(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
			t.Parallel()
			compactAmongOthers(t, seed)
		})
	}
}

func compactAmongOthers(t *testing.T, seed uint64) {
	k := newKeeper(t, seed+2000, btree.Options{History: int(seed % 2)})
	follower := open(t, k.disk, btree.Options{ReadOnly: true, CacheSize: 1})
	var held []heldReader
	for i := range 36 {
		if err := k.step(); err != nil {
			t.Fatal(err)
		}
		for _, db := range []*btree.DB{k.db, follower} {
			tx, err := db.Begin(false)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = tx.Rollback() })
			held = append(held, heldReader{tx, k.acked.clone()})
		}
		for len(held) > 6 {
			j := k.p.r.IntN(len(held))
			held[j].verify(t)
			if err := held[j].tx.Rollback(); err != nil {
				t.Fatal(err)
			}
			held = append(held[:j], held[j+1:]...)
		}
		if i%6 != 0 {
			continue
		}
		if err := k.db.Compact(t.Context()); err != nil {
			t.Fatal(err)
		}
		mustCheck(t, k.db)
		mustHold(t, k.db, k.acked)
		mustHold(t, follower, k.acked)
		k.verify(t)
	}
	for _, h := range held {
		h.verify(t)
		if err := h.tx.Rollback(); err != nil {
			t.Fatal(err)
		}
	}
	k.dropAll(t)
	if err := k.db.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	mustCheck(t, k.db)
	mustHold(t, k.db, k.acked)
}

// Another goroutine commits while the database is compacted, without a pause: no commit is lost, and the file does not grow for the
// logs that a compaction gives up.
func TestCommitsDuringCompact(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{PageSize: smallPage})
	sparse(t, db, 8000, 20)
	want, err := dump(db)
	if err != nil {
		t.Fatal(err)
	}
	most := 2*stats(t, db).FileSize + 1<<20
	stop, written := make(chan struct{}), make(chan int)
	go func() {
		n := 0
		defer func() { written <- n }()
		for ; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			if err := db.Update(func(tx *btree.Tx) error {
				tree, err := tx.Tree("a")
				if err != nil {
					return err
				}
				return tree.Put(fmt.Appendf(nil, "new%06d", n), []byte("x"))
			}); err != nil {
				t.Error(err)
				return
			}
			if s, err := db.Stats(); err != nil || s.FileSize > most {
				t.Errorf("after %d commits the file has %d bytes, %v; at most %d were expected", n, s.FileSize, err, most)
				return
			}
		}
	}()
	if err := db.Compact(t.Context()); err != nil {
		t.Error(err)
	}
	close(stop)
	for i := range <-written {
		want["a"][fmt.Sprintf("new%06d", i)] = "x"
	}
	mustHold(t, db, want)
	mustCheck(t, db)
}

// The power fails during compaction, at any call: all is there, and the next compaction finishes the work.
func TestPowerCutDuringCompact(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
			t.Parallel()
			k := newKeeper(t, seed+2500, btree.Options{})
			r := k.p.r
			for range 15 {
				for range 1 + r.IntN(4) {
					if err := k.step(); err != nil {
						t.Fatal(err)
					}
				}
				if err := k.db.Close(); err != nil {
					t.Fatal(err)
				}
				left := 1 + r.IntN(60)
				opts := k.opts
				opts.FS = &vfs.Inject{Base: k.disk, Hook: func(c vfs.Call) error {
					if left--; left <= 0 {
						return errPower
					}
					return nil
				}}
				if db, err := btree.Open(dbName, &opts); err == nil {
					err = db.Compact(t.Context())
					_ = db.Close()
					if err != nil && !errors.Is(err, errPower) {
						t.Fatal(err)
					}
				}
				k.disk = k.disk.PowerCut(r)
				k.db = open(t, k.disk, k.opts)
				mustCheck(t, k.db)
				mustHold(t, k.db, k.acked)
				k.verify(t)
			}
		})
	}
}

func TestCompactStopsWithItsContext(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{PageSize: smallPage})
	sparse(t, db, 5000, 50)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := db.Compact(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a canceled compaction: %v", err)
	}
	mustCheck(t, db)
}
