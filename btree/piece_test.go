package btree_test

import (
	"errors"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// vectorDisk is a disk whose files write many buffers with one call, and remember the calls.
type vectorDisk struct {
	vfs.FS
	mu     sync.Mutex
	writes []extentOfFile
}

type extentOfFile struct{ off, length int64 }

func (d *vectorDisk) OpenFile(name string, mode vfs.Mode) (vfs.File, error) {
	f, err := d.FS.OpenFile(name, mode)
	return vectorFile{f, d}, err
}

type vectorFile struct {
	vfs.File
	disk *vectorDisk
}

func (f vectorFile) WriteVector(bufs [][]byte, off int64) (n int, err error) {
	for _, b := range bufs {
		m, err := f.WriteAt(b, off+int64(n))
		if n += m; err != nil {
			return n, err
		}
	}
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	f.disk.writes = append(f.disk.writes, extentOfFile{off, int64(n)})
	return n, nil
}

// A large transaction of random keys writes most of the file in whole pieces of two megabytes, although a leaf here and there is
// not complete, and branches never are, when those around them are written; and all that it put is there.
func TestLargeTransactionWritesWholePieces(t *testing.T) {
	const piece = 2 << 20
	disk := &vectorDisk{FS: &vfs.Mem{}}
	db := open(t, disk, btree.WriteInline(btree.Options{PageSize: 16 << 10, WriteBuffer: 8 << 20})) // the same writes each time
	r := rand.New(rand.NewPCG(1, 2))
	update(t, db, func(_ *btree.Tx, tree *btree.Tree) error {
		var errs error
		for _, i := range r.Perm(200_000) {
			errs = errors.Join(errs, tree.Put(key64(i), make([]byte, 100)))
		}
		return errs
	})
	whole := int64(0)
	for _, w := range disk.writes {
		if w.off/piece != (w.off+w.length-1)/piece {
			t.Errorf("%d bytes at %d are written over the end of a piece", w.length, w.off)
		}
		if w.length == piece {
			whole += piece
		}
	}
	if size := stats(t, db).FileSize; whole < size/2 {
		t.Errorf("of %d bytes of the file %d were written in whole pieces", size, whole)
	}
	mustCheck(t, db)
	if n := countKeys(t, db); n != 200_000 {
		t.Errorf("there are %d keys", n)
	}
}

func countKeys(t *testing.T, db *btree.DB) (n uint64) {
	t.Helper()
	if err := db.View(func(tx *btree.Tx) error {
		tree, err := tx.Tree("t")
		if err == nil {
			n, err = tree.Len()
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return n
}
