package btree_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// A file does not grow beyond its limit: the commit that would make it fails, whole, and after a delete there is room again.
func TestSizeLimit(t *testing.T) {
	for _, o := range []btree.Options{{NoLog: true}, {LogSize: 32 << 10}, {History: 2}} {
		t.Run(fmt.Sprintf("log%d history%d", o.LogSize, o.History), func(t *testing.T) {
			const most = 1 << 20
			o.PageSize, o.MaxSize = 4096, most
			db := open(t, &vfs.Mem{}, o)
			var full error
			n := 0
			for ; full == nil && n < 1000; n++ {
				full = db.Update(func(tx *btree.Tx) error { return counterRows(tx, n, 50) })
			}
			if !errors.Is(full, btree.ErrFull) || n < 20 {
				t.Fatalf("after %d commits: %v", n, full)
			}
			if got := stats(t, db).FileSize; got > most {
				t.Errorf("the file has %d bytes, and may have %d", got, most)
			}
			mustCheck(t, db)
			got, err := dump(db)
			if err != nil || len(got["t"]) != (n-1)*50 {
				t.Fatalf("there are %d keys of %d commits, %v", len(got["t"]), n-1, err)
			}
			if err := db.DropHistory(); err != nil {
				t.Fatal(err)
			}
			if err := db.Update(func(tx *btree.Tx) error {
				tree, err := tx.Tree("t")
				if err == nil {
					_, err = tree.DeleteRange(nil, key64(50*n/2))
				}
				return err
			}); err != nil {
				t.Fatalf("deleting in a full file: %v", err)
			}
			if err := errors.Join(db.DropHistory(), db.Checkpoint()); err != nil {
				t.Fatal(err)
			}
			if err := db.Update(func(tx *btree.Tx) error { return counterRows(tx, n, 50) }); err != nil {
				t.Errorf("writing after the delete: %v", err)
			}
			mustCheck(t, db)
		})
	}
}

// counterRows puts the rows of commit n.
func counterRows(tx *btree.Tx, n, rows int) error {
	tree, err := tx.Tree("t")
	if errors.Is(err, btree.ErrNoTree) {
		tree, err = tx.CreateTree("t")
	}
	for i := range rows {
		err = errors.Join(err, tree.Put(key64(n*rows+i), make([]byte, 100)))
	}
	return err
}

// A file that is full can be emptied by transactions of one key each.
func TestFullFileIsEmptiedKeyByKey(t *testing.T) {
	for _, o := range []btree.Options{{NoLog: true}, {LogSize: 32 << 10}} {
		t.Run(fmt.Sprintf("log%d", o.LogSize), func(t *testing.T) {
			o.PageSize, o.MaxSize, o.NoSync = 4096, 512<<10, true
			db := open(t, &vfs.Mem{}, o)
			var full error
			n := 0
			for ; full == nil; n++ {
				full = db.Update(func(tx *btree.Tx) error { return counterRows(tx, n, 20) })
			}
			if !errors.Is(full, btree.ErrFull) {
				t.Fatal(full)
			}
			for i := range (n - 1) * 20 {
				if err := db.Update(func(tx *btree.Tx) error {
					tree, err := tx.Tree("t")
					if err == nil {
						_, err = tree.Delete(key64(i * 7919 % ((n - 1) * 20)))
					}
					return err
				}); err != nil {
					t.Fatalf("deletion %d: %v", i, err)
				}
			}
			mustCheck(t, db)
			got, err := dump(db)
			if err != nil || len(got["t"]) != 0 {
				t.Errorf("%d keys are left, %v", len(got["t"]), err)
			}
		})
	}
}

// Without a limit of its own a file ends where numbers of pages and offsets do.
func TestFileEndsWhereNumbersDo(t *testing.T) {
	for _, pageSize := range []int{btree.MinPageSize, btree.DefaultPageSize, btree.MaxPageSize} {
		most := min(1<<48, math.MaxInt64/uint64(pageSize))
		db := open(t, &vfs.Mem{}, btree.Options{PageSize: pageSize})
		err := db.Update(func(tx *btree.Tx) error {
			if err := tx.GrowTo(most); err != nil {
				t.Errorf("%d pages of %d bytes: %v", most, pageSize, err)
			}
			if err := tx.GrowTo(most + 1); !errors.Is(err, btree.ErrFull) {
				t.Errorf("a page more: %v", err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}
