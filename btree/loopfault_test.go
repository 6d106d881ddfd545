package btree_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/rowan-db/rowan/btree"
)

// walks are the loops of the package, over all keys of the tree "t", which an older version does not have. They call body for each
// key and return the loop's own error.
var walks = map[string]func(old, tx *btree.Tx, body func(val []byte)) error{
	"Ascend": func(_, tx *btree.Tx, body func(val []byte)) error {
		tree, err := tx.Tree("t")
		if err != nil {
			return err
		}
		c := tree.Cursor()
		for _, val := range c.Ascend(nil, nil) {
			body(val)
		}
		return c.Err()
	},
	"Descend": func(_, tx *btree.Tx, body func(val []byte)) error {
		tree, err := tx.Tree("t")
		if err != nil {
			return err
		}
		c := tree.Cursor()
		for _, val := range c.Descend(nil, nil) {
			body(val)
		}
		return c.Err()
	},
	"Sample": func(_, tx *btree.Tx, body func(val []byte)) error {
		tree, err := tx.Tree("t")
		if err != nil {
			return err
		}
		c := tree.Cursor()
		for _, val := range c.Sample(1<<20, rand.New(rand.NewPCG(1, 1))) {
			body(val)
		}
		return c.Err()
	},
	"Diff": func(old, tx *btree.Tx, body func(val []byte)) error {
		for d, err := range btree.Diff(old, tx) {
			if err != nil {
				return err
			}
			body(d.New)
		}
		return nil
	},
}

// filledToShorten makes a file with many keys in the tree "t", all of whose pages were looked at, and returns a transaction from
// before the tree was made, too.
func filledToShorten(t *testing.T) (db *btree.DB, path string, old *btree.Tx) {
	t.Helper()
	db, path = openToShorten(t)
	t.Cleanup(func() { _ = db.Close() }) // may fail: the file is not what it was
	old = begin(t, db)
	fill(t, db, 20000, 100, 1)
	if _, err := dump(db); err != nil {
		t.Fatal(err)
	}
	if stats(t, db).Memory.Mapped == 0 {
		t.Skip("files are not mapped here")
	}
	return db, path, old
}

// A loop that finds its own pages gone ends with an error, which is told as any other of its errors. What is gone first is all of the
// last leaf but its beginning.
func TestFaultOfALoopIsItsError(t *testing.T) {
	for name, walk := range walks {
		t.Run(name, func(t *testing.T) {
			db, path, old := filledToShorten(t)
			tx := begin(t, db)
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			told := error(nil)
			for size := info.Size(); told == nil; {
				size = (size-1)/btree.DefaultPageSize*btree.DefaultPageSize - btree.DefaultPageSize + int64(os.Getpagesize())
				if err := os.Truncate(path, size); err != nil {
					t.Fatal(err)
				}
				if err := btree.Guard(func() error { told = walk(old, tx, func([]byte) {}); return nil }); err != nil {
					t.Fatalf("the fault was left to Guard: %v", err)
				}
			}
			if !errors.Is(told, btree.ErrFault) {
				t.Errorf("a loop over a file that was shortened: %v", told)
			}
		})
	}
}

// The body of a loop reads mapped memory, too. A fault there ends the loop and what guards it, with an error, and not the process.
func TestFaultInTheBodyOfALoopIsAnErrorOfItsGuard(t *testing.T) {
	for name, walk := range walks {
		t.Run(name, func(t *testing.T) {
			db, _, old := filledToShorten(t)
			other, path, _ := filledToShorten(t)
			tree, err := begin(t, other).Tree("t")
			succeed(t, err)
			val, _, err := tree.Get(key64(19999))
			succeed(t, err)
			succeed(t, os.Truncate(path, 0))
			read := byte(0)
			loop := func(tx *btree.Tx) error {
				if err := walk(old, tx, func([]byte) { read += val[0] }); err != nil {
					t.Errorf("the loop itself returned %v", err)
				}
				return nil
			}
			if err := db.View(loop); !errors.Is(err, btree.ErrFault) {
				t.Errorf("View of a body that reads what is gone: %v, and %d was read", err, read)
			}
			tx := begin(t, db)
			if err := btree.Guard(func() error { return loop(tx) }); !errors.Is(err, btree.ErrFault) {
				t.Errorf("Guard of a body that reads what is gone: %v, and %d was read", err, read)
			}
		})
	}
}
