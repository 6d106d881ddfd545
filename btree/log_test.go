package btree_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// logged returns a disk whose file has a log with one transaction of each kind of change in it, and what the database holds after
// each. The handle that wrote is never closed.
func logged(t *testing.T) (disk *vfs.Mem, states []contents) {
	t.Helper()
	disk = &vfs.Mem{}
	db := open(t, disk, btree.Options{PageSize: smallPage, LogSize: 256 << 10})
	fill(t, db, 300, 20, 1)
	steps := []func(tx *btree.Tx) error{
		func(tx *btree.Tx) error {
			tree, err := tx.Tree("t")
			if err != nil {
				return err
			}
			return errors.Join(tree.Put([]byte("zz"), nil), tree.Put([]byte("aa"), []byte(strings.Repeat("long", 2500))), tree.Put(nil, []byte("empty")))
		},
		func(tx *btree.Tx) error {
			tree, err := tx.Tree("t")
			if err != nil {
				return err
			}
			_, err = tree.Delete(key64(7))
			return errors.Join(err, tree.Remove(key64(8)))
		},
		func(tx *btree.Tx) error {
			tree, err := tx.Tree("t")
			if err != nil {
				return err
			}
			_, err = tree.DeleteRange(key64(20), key64(200))
			return err
		},
		func(tx *btree.Tx) error {
			other, err := tx.CreateTree("other")
			if err != nil {
				return err
			}
			return errors.Join(other.Put([]byte("k"), []byte("v")), tx.RenameTree("other", "renamed"))
		},
		func(tx *btree.Tx) error {
			tree, err := tx.Tree("renamed")
			if err != nil {
				return err
			}
			sp, err := tx.Savepoint()
			if err != nil {
				return err
			}
			return errors.Join(tree.Put([]byte("undone"), nil), tx.RollbackTo(sp), tree.Put([]byte("kept"), nil))
		},
		func(tx *btree.Tx) error { return tx.DropTree("renamed") },
	}
	for i, step := range steps {
		if err := db.Update(step); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
		state, err := dump(db)
		if err != nil {
			t.Fatal(err)
		}
		states = append(states, state)
	}
	return disk, states
}

// What a program that was killed has committed to the log is there when the file is opened again, for writing or only for reading.
func TestCrashKeepsWhatIsInTheLog(t *testing.T) {
	disk, states := logged(t)
	for _, readOnly := range []bool{true, false} {
		after := disk.Clone()
		db := open(t, after, btree.Options{ReadOnly: readOnly})
		mustHold(t, db, states[len(states)-1])
		mustCheck(t, db)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		mustHold(t, open(t, after, btree.Options{ReadOnly: true}), states[len(states)-1])
	}
}

// A database that is closed gives up its log: it holds what it did, needs nothing replayed, and however often it is opened and
// written, its file has room for one log at most.
func TestCleanCloseTakesTheLogAway(t *testing.T) {
	const logSize = 1 << 20
	sizes := map[bool]int{}
	for _, noLog := range []bool{false, true} {
		disk := &vfs.Mem{}
		for session := range 6 {
			db := open(t, disk, btree.Options{PageSize: smallPage, NoLog: noLog, LogSize: logSize})
			fill(t, db, 2000, 50, session)
			for i := range 20 {
				err := db.Update(func(tx *btree.Tx) error {
					tree, err := tx.Tree("t")
					if err != nil {
						return err
					}
					return tree.Put(fmt.Append(nil, i), []byte("x"))
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			want, err := dump(db)
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			reader := open(t, disk, btree.Options{ReadOnly: true})
			mustHold(t, reader, want)
			mustCheck(t, reader)
			if err := reader.Close(); err != nil {
				t.Fatal(err)
			}
		}
		sizes[noLog] = len(disk.ReadFile(dbName))
	}
	if sizes[false] > sizes[true]*2+logSize {
		t.Errorf("closed, the file has %d bytes, and %d without a log", sizes[false], sizes[true])
	}
}
