package btree_test

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// countSyncs returns a disk and a function that tells how many syncs it has seen.
func countSyncs(base vfs.FS) (vfs.FS, func() int) {
	var mu sync.Mutex
	n := 0
	inject := &vfs.Inject{Base: base, Hook: func(c vfs.Call) error {
		mu.Lock()
		defer mu.Unlock()
		if c.Op == "sync" {
			n++
		}
		return nil
	}}
	return inject, func() int {
		mu.Lock()
		defer mu.Unlock()
		return n
	}
}

// Every call of Batch is carried out once, or not at all when it fails, whatever the others do.
func TestBatchCallsAreIndependent(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{PageSize: smallPage, LogSize: 64 << 10})
	fill(t, db, 1, 8, 0)
	errOdd := errors.New("odd")
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			defer func() {
				if r := recover(); (r != nil) != (i%7 == 0) {
					t.Errorf("call %d panics with %v", i, r)
				}
			}()
			err := db.Batch(func(tx *btree.Tx) error {
				tree, err := tx.Tree("t")
				if err != nil {
					return err
				}
				if err := tree.Put(fmt.Append(nil, "batch", i), []byte("x")); err != nil {
					return err
				}
				switch {
				case i%7 == 0:
					panic(i)
				case i%2 == 1:
					return errOdd
				}
				return nil
			})
			if want := map[bool]error{true: errOdd}[i%2 == 1]; err != want {
				t.Errorf("call %d returns %v", i, err)
			}
		})
	}
	wg.Wait()
	got, err := dump(db)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		if _, ok := got["t"][fmt.Sprint("batch", i)]; ok != (i%2 == 0 && i%7 != 0) {
			t.Errorf("what call %d did is there: %v", i, ok)
		}
	}
	mustCheck(t, db)
}

// Goroutines that commit at the same time share syncs, with Update as with Batch.
func TestCommitsShareSyncs(t *testing.T) {
	commits := map[string]func(*btree.DB, func(*btree.Tx) error) error{"Update": (*btree.DB).Update, "Batch": (*btree.DB).Batch}
	if btree.NeverLog {
		delete(commits, "Update") // it is the log whose syncs they share
	}
	for name, commit := range commits {
		t.Run(name, func(t *testing.T) {
			disk, syncs := countSyncs(&slowSync{FS: &vfs.Mem{}})
			db := open(t, disk, btree.Options{PageSize: smallPage, LogSize: 4 << 20})
			fill(t, db, 1, 8, 0)
			before := syncs()
			const workers, each = 16, 20
			var wg sync.WaitGroup
			for w := range workers {
				wg.Go(func() {
					for i := range each {
						err := commit(db, func(tx *btree.Tx) error {
							tree, err := tx.Tree("t")
							if err != nil {
								return err
							}
							return tree.Put(fmt.Appendf(nil, "%d/%d", w, i), []byte("x"))
						})
						if err != nil {
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
			alone := workers * each
			if btree.NeverLog {
				alone *= 2 // the pages, and the meta
			}
			if n := syncs() - before; n > alone/2 {
				t.Errorf("%d commits took %d syncs", workers*each, n)
			}
			mustCheck(t, db)
		})
	}
}

// slowSync is a disk whose syncs last as long as it takes others to have their turn.
type slowSync struct{ vfs.FS }

func (d *slowSync) OpenFile(name string, mode vfs.Mode) (vfs.File, error) {
	f, err := d.FS.OpenFile(name, mode)
	return &slowFile{f}, err
}

type slowFile struct{ vfs.File }

func (f *slowFile) Sync() error {
	for range 1000 {
		runtime.Gosched()
	}
	return f.File.Sync()
}
