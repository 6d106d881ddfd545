package btree_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// differences are those that Diff should find, in a form that can be compared.
func differences(old, new contents) (ds []string) {
	names := map[string]bool{}
	for name := range old {
		names[name] = true
	}
	for name := range new {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if old[name] == nil {
			ds = append(ds, fmt.Sprintf("%v %q", btree.TreeAdded, name))
		}
		keys := maps.Clone(old[name])
		if keys == nil {
			keys = map[string]string{}
		}
		maps.Copy(keys, new[name])
		for _, k := range slices.Sorted(maps.Keys(keys)) {
			a, inOld := old[name][k]
			b, inNew := new[name][k]
			switch {
			case !inOld:
				ds = append(ds, fmt.Sprintf("%v %q %q: %q", btree.Added, name, k, b))
			case !inNew:
				ds = append(ds, fmt.Sprintf("%v %q %q: %q", btree.Removed, name, k, a))
			case a != b:
				ds = append(ds, fmt.Sprintf("%v %q %q: %q %q", btree.Changed, name, k, a, b))
			}
		}
		if new[name] == nil {
			ds = append(ds, fmt.Sprintf("%v %q", btree.TreeRemoved, name))
		}
	}
	return ds
}

// diff returns what Diff finds.
func diff(t *testing.T, old, new *btree.Tx) (ds []string) {
	t.Helper()
	for d, err := range btree.Diff(old, new) {
		if err != nil {
			t.Fatal(err)
		}
		if d.Kind == btree.TreeAdded || d.Kind == btree.TreeRemoved {
			ds = append(ds, fmt.Sprintf("%v %q", d.Kind, d.Tree))
			continue
		}
		s := fmt.Sprintf("%v %q %q:", d.Kind, d.Tree, d.Key)
		for _, v := range [][]byte{d.Old, d.New} {
			if v != nil {
				s += fmt.Sprintf(" %q", v)
			}
		}
		ds = append(ds, s)
	}
	return ds
}

// Between any two versions of a random history, near and far, Diff finds what differs, in order, in both directions.
func TestDiffFindsWhatDiffers(t *testing.T) {
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
			t.Parallel()
			l := newLife(seed+500, smallPage)
			db := open(t, l.disk, l.opts)
			var held []heldReader
			for range 25 {
				if err := l.transaction(db); err != nil {
					t.Fatal(err)
				}
				tx, err := db.Begin(false)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = tx.Rollback() })
				held = append(held, heldReader{tx, l.acked.clone()})
			}
			for range 50 {
				a, b := held[l.p.r.IntN(len(held))], held[l.p.r.IntN(len(held))]
				got, want := diff(t, a.tx, b.tx), differences(a.want, b.want)
				if !slices.Equal(got, want) {
					t.Fatalf("from version %d to %d there are %d differences, want %d: %.300q, want %.300q",
						a.tx.Version(), b.tx.Version(), len(got), len(want), got, want)
				}
			}
		})
	}
}

// readCounter counts the reads of a disk.
type readCounter struct {
	vfs.Inject
	n int
}

func countReads(disk vfs.FS) *readCounter {
	r := &readCounter{}
	r.Inject.Base, r.Inject.Hook = disk, func(c vfs.Call) error {
		if c.Op == "read" {
			r.n++
		}
		return nil
	}
	return r
}

// Diff of two versions of a large tree reads the pages on the way to what was changed, wherever that is.
func TestDiffReadsOnlyWhatDiffers(t *testing.T) {
	var disk vfs.Mem
	db := open(t, &disk, btree.Options{PageSize: smallPage})
	fill(t, db, 100000, 100, 1)
	if err := db.Keep("before"); err != nil {
		t.Fatal(err)
	}
	err := db.Update(func(tx *btree.Tx) error {
		tree, err := tx.Tree("t")
		for i := range 200 { // a leaf is split: the pages after it stand elsewhere in their parents
			err = errors.Join(err, tree.Put(append(key64(50000), byte(i)), bytes.Repeat([]byte{1}, 300)))
		}
		_, derr := tree.Delete(key64(70000))
		return errors.Join(err, derr, tree.Put(key64(20000), nil))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	counted := countReads(&disk)
	db = open(t, counted, btree.Options{NoMap: true})
	old, err := db.BeginVersion("before")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = old.Rollback() })
	err = db.View(func(tx *btree.Tx) error {
		counted.n = 0
		if n := len(diff(t, old, tx)); n != 202 {
			t.Errorf("%d differences, want 202", n)
		}
		return nil
	})
	if leaves := stats(t, db).Leaf; err != nil || counted.n > 60 || leaves < 8<<20/smallPage {
		t.Errorf("%d pages were read of a tree of %d leaves, %v", counted.n, leaves, err)
	}
}

func TestDiffStopsWhenAsked(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{})
	old, err := db.Begin(false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = old.Rollback() })
	fill(t, db, 100, 10, 1)
	err = db.View(func(tx *btree.Tx) error {
		n := 0
		for _, err := range btree.Diff(old, tx) {
			if err != nil {
				return err
			}
			if n++; n == 3 {
				break
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// What cannot be compared is an error, not an answer.
func TestDiffRefusesOthers(t *testing.T) {
	db, other := open(t, &vfs.Mem{}, btree.Options{}), open(t, &vfs.Mem{}, btree.Options{})
	refused := func(what string, a, b *btree.Tx) {
		t.Helper()
		for _, err := range btree.Diff(a, b) {
			if err == nil {
				t.Errorf("%s: no error", what)
			}
			return
		}
		t.Errorf("%s: no error", what)
	}
	err := db.View(func(a *btree.Tx) error {
		return errors.Join(
			other.View(func(b *btree.Tx) error { refused("another database", a, b); return nil }),
			db.Update(func(b *btree.Tx) error { refused("a writable transaction", a, b); return nil }))
	})
	if err != nil {
		t.Fatal(err)
	}
	tx, err := db.Begin(false)
	if err != nil {
		t.Fatal(err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	refused("a transaction that has ended", tx, tx)
}
