package btree_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// Undoing n commits gives what was there before them; it is a commit, so that undoing 1 gives it back. Commits that change
// nothing, and those that keep and drop versions, do not count.
func TestUndo(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
			t.Parallel()
			const history = 5
			l := newLife(seed+1500, smallPage)
			l.opts.CacheSize, l.opts.History = 1, history
			db := open(t, l.disk, l.opts)
			states, last := []contents{{}}, uint64(0)
			for i := range 60 {
				if l.p.r.IntN(3) == 0 && len(states) > history+1 { // the first state was before all commits
					n := 1 + l.p.r.IntN(history)
					if err := db.Undo(n); err != nil {
						t.Fatal(err)
					}
					l.acked = states[len(states)-1-n].clone()
				} else if err := l.transaction(db); err != nil {
					t.Fatal(err)
				}
				mustHold(t, db, l.acked)
				if v := newestInHistory(t, db); v != last {
					last = v
					states = append(states, l.acked.clone())
				}
				if err := db.Keep(fmt.Sprint(i)); err != nil {
					t.Fatal(err)
				}
				if err := db.DropVersion(fmt.Sprint(i)); err != nil {
					t.Fatal(err)
				}
			}
			mustCheck(t, db)
		})
	}
}

func newestInHistory(t *testing.T, db *btree.DB) (number uint64) {
	t.Helper()
	vs, err := db.Versions()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vs {
		if v.Name == "" {
			number = v.Number
		}
	}
	return number
}

func TestUndoBeyondTheHistory(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{History: 2})
	for i := range 5 {
		fill(t, db, 10, 10, i)
	}
	before := newest(t, db)
	for _, n := range []int{3, 0, -1} {
		if err := db.Undo(n); err == nil {
			t.Errorf("%d commits were undone", n)
		}
	}
	if err := db.Undo(3); !errors.Is(err, btree.ErrNoVersion) {
		t.Errorf("undoing 3 of 2: %v", err)
	}
	if v := newest(t, db); v != before {
		t.Errorf("version %d was committed by what was refused", v)
	}
	if err := db.Undo(2); err != nil {
		t.Error(err)
	}
}

// Restore is refused where it could not give what it says.
func TestRestoreIsTheFirstChange(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{})
	fill(t, db, 10, 10, 1)
	old, err := db.Begin(false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = old.Rollback() })
	fill(t, db, 20, 10, 2)
	err = db.Update(func(tx *btree.Tx) error {
		if _, err := tx.CreateTree("x"); err != nil {
			return err
		}
		return tx.Restore(old)
	})
	if err == nil {
		t.Error("a transaction with changes was restored")
	}
	if err := old.Restore(old); !errors.Is(err, btree.ErrReadOnly) {
		t.Errorf("restoring a read-only transaction: %v", err)
	}
	if err := db.Update(func(tx *btree.Tx) error { return tx.Restore(old) }); err != nil {
		t.Fatal(err)
	}
	want, err := dumpTx(old)
	if err != nil {
		t.Fatal(err)
	}
	mustHold(t, db, want)
}

// A database that has no tree looks like it did when it had none before. To undo goes back to the commit before none the less.
func TestUndoToADatabaseWithoutTrees(t *testing.T) {
	var disk vfs.Mem
	with := func(history int, do func(*btree.DB)) {
		db := open(t, &disk, btree.Options{PageSize: 4096, History: history})
		do(db)
		mustCheck(t, db)
		succeed(t, db.Close())
	}
	put := func(val string) func(*btree.DB) {
		return func(db *btree.DB) { succeed(t, change(t, db, 3, val).Commit()) }
	}
	drop := func(db *btree.DB) { succeed(t, db.Update(func(tx *btree.Tx) error { return tx.DropTree("t") })) }
	with(5, put("one"))
	with(0, drop)
	with(5, func(db *btree.DB) {
		put("two")(db)
		succeed(t, db.Undo(1))
		mustHold(t, db, contents{})
		put("three")(db)
		drop(db)
		put("four")(db)
		drop(db)
		succeed(t, db.Undo(2)) // to where there was none
		mustHold(t, db, contents{})
		succeed(t, db.Undo(1)) // which was no commit, because it changed nothing
		mustHold(t, db, rows(3, "four"))
	})
}
