package btree_test

import (
	"errors"
	"os"
	"testing"

	"github.com/rowan-db/rowan/btree"
)

// The body of a loop reads what lies in mapped memory, too. A fault there ends the loop and View, not the process.
func TestFaultInTheBodyOfALoopIsAnErrorOfView(t *testing.T) {
	db, path := openToShorten(t)
	if _, err := dump(db); err != nil { // now every page was looked at
		t.Fatal(err)
	}
	if stats(t, db).Memory.Mapped == 0 {
		t.Skip("files are not mapped here")
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := func(tx *btree.Tx) error {
		tree, err := tx.Tree("t")
		if err != nil {
			return err
		}
		c, read := tree.Cursor(), 0
		for key, val := range c.Ascend(nil, nil) {
			read += int(key[len(key)-1]) + int(val[len(val)-1])
		}
		for key, val := range c.Descend(nil, nil) {
			read += int(key[len(key)-1]) + int(val[len(val)-1])
		}
		return c.Err()
	}
	// The first page that is missed is a leaf of which all is gone but its beginning, which is all that the loop looks at.
	for err = db.View(sum); err == nil; err = db.View(sum) {
		size := (info.Size()-1)/btree.DefaultPageSize*btree.DefaultPageSize - btree.DefaultPageSize + int64(os.Getpagesize())
		if err := os.Truncate(path, size); err != nil {
			t.Fatal(err)
		}
		if info, err = os.Stat(path); err != nil {
			t.Fatal(err)
		}
	}
	if !errors.Is(err, btree.ErrFault) {
		t.Errorf("a loop over a file that ends within a leaf: %v", err)
	}
	_ = db.Close() // may fail: the file is not what it was
}
