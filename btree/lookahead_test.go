package btree

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// aheadFile makes a database of so many records that many changes to it are looked at ahead, and closes it.
func aheadFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x")
	db, err := Open(path, &Options{PageSize: 4096, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(func(tx *Tx) error { return putEach(tx, "old", 1) }); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

const aheadRecords = 20_000

// putEach puts each step-th record, the last ones first, so that they are sorted and applied together.
func putEach(tx *Tx, val string, step int) error {
	tree, err := tx.Tree("t")
	if isNoTree(err) {
		tree, err = tx.CreateTree("t")
	}
	for i := aheadRecords - step; i >= 0 && err == nil; i -= step {
		err = tree.Put(fmt.Appendf(nil, "%08d", i), fmt.Appendf(nil, "%100s", val))
	}
	return err
}

// Pages are verified, and frames are there, before who applies changes comes to them, and the changes are made as without that.
func TestLeavesAreLookedAtAhead(t *testing.T) {
	path := aheadFile(t)
	for _, inline := range []bool{true, false} {
		t.Run(fmt.Sprintf("inline %v", inline), func(t *testing.T) {
			db, err := Open(path, &Options{NoSync: true, inline: inline})
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			val := fmt.Sprintf("new %v", inline)
			if err := db.Update(func(tx *Tx) error { return putEach(tx, val, 4) }); err != nil {
				t.Fatal(err)
			}
			err = db.View(func(tx *Tx) error {
				tree, err := tx.Tree("t")
				if err != nil {
					return err
				}
				for i := range aheadRecords {
					want := "old"
					if i%4 == 0 {
						want = val
					}
					got, ok, err := tree.Get(fmt.Appendf(nil, "%08d", i))
					if err != nil || !ok || string(got) != fmt.Sprintf("%100s", want) {
						return fmt.Errorf("record %d is %q, %v, %v, and should be %q", i, got, ok, err, want)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Check(context.Background(), func(p Problem) { t.Error(p) }); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// Who looks ahead waits for who applies the changes when it has looked at many leaves, goes on when half of them are changed, and
// ends when it is told to.
func TestLookingAheadKeepsItsDistance(t *testing.T) {
	db, err := Open(aheadFile(t), &Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin(true)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if err := putEach(tx, "new", 2); err != nil {
		t.Fatal(err)
	}
	tree := tx.trees["t"]
	if !db.pager.isMapped(tree.root) {
		t.Skip("files are not mapped here")
	}
	run, err := tree.buf.sorted(tree.dropChange)
	if err != nil {
		t.Fatal(err)
	}
	r := &sortedRun{buffer: &tree.buf, changes: run}
	a := tree.newLookahead(r)
	go a.look()
	waits := func() int {
		for a.wake.Load() < 0 {
			select {
			case <-a.done:
				t.Fatalf("it ended after %d leaves", a.leaves)
			default:
				runtime.Gosched()
			}
		}
		return a.leaves
	}
	if n := waits(); n != aheadMost {
		t.Errorf("it waits after %d leaves, and should after %d", n, aheadMost)
	}
	if verified, _, _ := db.pager.table.count(); verified < aheadMost {
		t.Errorf("%d pages are verified", verified)
	}
	r.lead.applied(a.after[aheadMost/2-1])
	if n := waits(); n != aheadMost {
		t.Errorf("it waits after %d leaves, before half of those are changed", n)
	}
	r.lead.applied(a.after[aheadMost/2])
	if n := waits(); n <= aheadMost || n > 2*aheadMost {
		t.Errorf("it waits after %d leaves, when half of %d are changed", n, aheadMost)
	}
	close(a.stop)
	<-a.done
	if len(a.run.changes) == 0 {
		t.Error("it went on to the end")
	}
	tree.buf.clear()
}

// A damaged page that is met ahead is the error of the change that goes there, and of no other.
func TestDamageMetAheadIsLeftToTheChange(t *testing.T) {
	path := aheadFile(t)
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte("damage"), info.Size()/2/4096*4096+2000); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := Open(path, &Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Update(func(tx *Tx) error { return putEach(tx, "new", 2) }); !errors.Is(err, ErrCorrupt) {
		t.Errorf("changes on a damaged page: %v", err)
	}
}
