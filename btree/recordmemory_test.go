package btree

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/rowan-db/rowan/btree/vfs"
)

// putLong puts so many bytes of values in the open transaction, from a key on.
func putLong(t *testing.T, tx *Tx, from, size int) (next int) {
	t.Helper()
	tree, err := tx.Tree("t")
	if errors.Is(err, ErrNoTree) {
		tree, err = tx.CreateTree("t")
	}
	if err != nil {
		t.Fatal(err)
	}
	for ; size > 0; size -= 1000 {
		if err := tree.Put(fmt.Appendf(nil, "%08d", from), bytes.Repeat([]byte{byte(from)}, 1000)); err != nil {
			t.Fatal(err)
		}
		from++
	}
	return from
}

func mustHaveLong(t *testing.T, db *DB, n int) {
	t.Helper()
	err := db.View(func(tx *Tx) error {
		tree, err := tx.Tree("t")
		if err != nil {
			return err
		}
		i := 0
		c := tree.Cursor()
		for key, val := range c.Ascend(nil, nil) {
			if string(key) != fmt.Sprintf("%08d", i) || len(val) != 1000 || val[0] != byte(i) || val[999] != byte(i) {
				return fmt.Errorf("%q is at place %d, with %d bytes", key, i, len(val))
			}
			i++
		}
		if i != n && c.Err() == nil {
			return fmt.Errorf("there are %d keys of %d", i, n)
		}
		return c.Err()
	})
	if err != nil {
		t.Error(err)
	}
}

// Records move to other memory as they grow, under the eyes of delayed commits, whose records come before. None may be lost or
// mixed up, and much memory must not be kept.
func TestRecordsThatOutgrowTheirMemory(t *testing.T) {
	disk := &vfs.Mem{}
	o := &Options{FS: disk}
	db, err := Open("db", o)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	write := func(size int, keep bool, end func(*Tx) error) {
		t.Helper()
		tx, err := db.Begin(true)
		if err != nil {
			t.Fatal(err)
		}
		next := putLong(t, tx, n, size)
		if err := end(tx); err != nil {
			t.Fatal(err)
		}
		if keep {
			n = next
		}
		if m := &db.recordMemory; len(db.record) == 0 && len(m.piece) > keptRecord {
			t.Errorf("%d bytes of memory are kept after a record of %d", len(m.piece), size)
		}
	}
	for _, size := range []int{1000, shortRecord / 2, shortRecord * 3, keptRecord * 3, keptRecord * 9, 1000, shortRecord * 2} {
		write(size, true, (*Tx).Commit)
		write(size/2, false, (*Tx).Rollback)
		write(size/3, true, (*Tx).Delay)
		write(size/2, false, (*Tx).Rollback)
		write(size/3, true, (*Tx).Delay)
		mustHaveLong(t, db, n)
	}
	if err := db.Sync(); err != nil {
		t.Fatal(err)
	}
	if err := db.Abandon(); err != nil {
		t.Fatal(err)
	}
	if db.recordMemory.piece != nil || db.record != nil {
		t.Error("memory of records is left after the end of use")
	}
	if db, err = Open("db", o); err != nil {
		t.Fatal(err)
	}
	mustHaveLong(t, db, n)
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

// Records of a megabyte, one after the other, take memory from the system once.
func TestMemoryOfRecordsIsUsedAgain(t *testing.T) {
	db, err := Open("db", &Options{FS: &vfs.Mem{}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	var pieces [3]*byte
	for i := range pieces {
		tx, err := db.Begin(true)
		if err != nil {
			t.Fatal(err)
		}
		putLong(t, tx, 0, keptRecord/2)
		if len(db.recordMemory.piece) == 0 {
			t.Fatal("the record is not in memory of its own")
		}
		pieces[i] = &db.recordMemory.piece[0]
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	if pieces[0] != pieces[1] || pieces[1] != pieces[2] {
		t.Errorf("memory was taken again: %p", pieces)
	}
}
