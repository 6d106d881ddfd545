package btree_test

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// update runs fn in a writable transaction with the tree "t", new if need be.
func update(t testing.TB, db *btree.DB, fn func(tx *btree.Tx, tree *btree.Tree) error) {
	t.Helper()
	err := db.Update(func(tx *btree.Tx) error {
		tree, err := tx.Tree("t")
		if errors.Is(err, btree.ErrNoTree) {
			tree, err = tx.CreateTree("t")
		}
		if err != nil {
			return err
		}
		return fn(tx, tree)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// numbered yields n pairs in ascending order.
func numbered(n, size int) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		val := bytes.Repeat([]byte("v"), size)
		for i := range n {
			if !yield(key64(i), val) {
				return
			}
		}
	}
}

func TestLoadAndAscendingPutsFillPages(t *testing.T) {
	const n, size = 20000, 60
	fills := map[string]func(*btree.Tree) error{
		"load": func(tree *btree.Tree) error { return tree.Load(numbered(n, size)) },
		"put": func(tree *btree.Tree) error {
			for k, v := range numbered(n, size) {
				if err := tree.Put(k, v); err != nil {
					return err
				}
			}
			return nil
		},
	}
	for name, fill := range fills {
		db := open(t, &vfs.Mem{}, btree.Options{})
		update(t, db, func(_ *btree.Tx, tree *btree.Tree) error { return fill(tree) })
		mustCheck(t, db)
		s := stats(t, db)
		if least := uint64(n * (8 + size) / s.PageSize); s.Trees[0].Leaf > least*108/100+1 {
			t.Errorf("%s: %d leaves for data that fills %d", name, s.Trees[0].Leaf, least)
		}
		want := contents{"t": {}}
		for k, v := range numbered(n, size) {
			want["t"][string(k)] = string(v)
		}
		mustHold(t, db, want)
	}
}

func TestLoadRefusesDisorderAndFilledTrees(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{PageSize: smallPage})
	update(t, db, func(_ *btree.Tx, tree *btree.Tree) error {
		disorder := func(yield func(k, v []byte) bool) {
			_ = yield([]byte("a"), nil) && yield([]byte("c"), nil) && yield([]byte("b"), nil)
		}
		if err := tree.Load(disorder); !errors.Is(err, btree.ErrKeyOrder) {
			t.Errorf("Load of a, c, b returned %v", err)
		}
		if err := tree.Load(numbered(1, 1)); !errors.Is(err, btree.ErrTreeNotEmpty) {
			t.Errorf("Load of a filled tree returned %v", err)
		}
		if _, err := tree.DeleteRange(nil, nil); err != nil {
			return err
		}
		twice := func(yield func(k, v []byte) bool) {
			for range 2 {
				_ = yield(nil, nil)
			}
		}
		if err := tree.Load(twice); !errors.Is(err, btree.ErrKeyOrder) {
			t.Errorf("Load of one key twice returned %v", err)
		}
		return nil
	})
}

// A tree from which almost everything is deleted, in any order, keeps no chain of nearly empty pages, and nothing at the end.
func TestDeletesShrinkTheTree(t *testing.T) {
	const n = 20000
	orders := map[string]func(i int) int{
		"ascending":  func(i int) int { return i },
		"descending": func(i int) int { return n - 1 - i },
		"scattered":  func(i int) int { return i * 7919 % n },
	}
	for name, order := range orders {
		db := open(t, &vfs.Mem{}, btree.Options{PageSize: smallPage})
		update(t, db, func(_ *btree.Tx, tree *btree.Tree) error { return tree.Load(numbered(n, 30)) })
		full := stats(t, db).Trees[0].Leaf
		remove := func(from, to int) {
			update(t, db, func(_ *btree.Tx, tree *btree.Tree) error {
				for i := from; i < to; i++ {
					if ok, err := tree.Delete(key64(order(i))); !ok || err != nil {
						return fmt.Errorf("%s: delete %d: %v, %v", name, i, ok, err)
					}
				}
				return nil
			})
			mustCheck(t, db)
		}
		remove(0, n*95/100)
		if s := stats(t, db).Trees[0]; s.Leaf > full/5 {
			t.Errorf("%s: %d leaves of %d are left for a twentieth of the keys", name, s.Leaf, full)
		}
		remove(n*95/100, n)
		if s := stats(t, db).Trees[0]; s.Keys != 0 || s.Leaf != 0 || s.Branch != 0 || s.Depth != 0 {
			t.Errorf("%s: an emptied tree has %+v", name, s)
		}
	}
}

// Values of every length around the limits between leaf and overflow pages come back whole, or their beginning as asked.
func TestValuesOfAllLengths(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{PageSize: smallPage, CacheSize: 1})
	lengths := []int{0, 1, 900, 950, 951, 952, 953, 960, 961, 1024, 4000, 4055, 4056, 4057, 8112, 8113, 100000, 1 << 20}
	value := func(n int) []byte {
		v := make([]byte, n)
		for i := range v {
			v[i] = byte(i * 31 >> 3)
		}
		return v
	}
	update(t, db, func(_ *btree.Tx, tree *btree.Tree) error {
		for _, n := range lengths {
			if err := tree.Put(key64(n), value(n)); err != nil {
				return err
			}
		}
		return nil
	})
	verify := func(tx *btree.Tx) error {
		tree, err := tx.Tree("t")
		if err != nil {
			return err
		}
		c := tree.Cursor()
		for _, n := range lengths {
			want := value(n)
			if got, ok, err := tree.Get(key64(n)); err != nil || !ok || !bytes.Equal(got, want) {
				t.Errorf("the value of %d bytes came back with %d, %v, %v", n, len(got), ok, err)
			}
			if !c.Seek(key64(n)) {
				return c.Err()
			}
			for _, m := range []int{0, 1, 5000, n, n + 1} {
				if got, err := c.ValuePrefix(m); err != nil || !bytes.Equal(got, want[:min(m, n)]) {
					t.Errorf("the first %d bytes of %d came back as %d, %v", m, n, len(got), err)
				}
			}
		}
		return nil
	}
	if err := db.View(verify); err != nil {
		t.Fatal(err)
	}
	mustCheck(t, db)
	if got := stats(t, db).Trees[0].Overflow; got < 1_100_000/smallPage {
		t.Errorf("there are %d overflow pages", got)
	}
	update(t, db, func(_ *btree.Tx, tree *btree.Tree) error {
		for _, n := range lengths {
			if err := tree.Put(key64(n), nil); err != nil {
				return err
			}
		}
		return nil
	})
	if got := stats(t, db).Trees[0].Overflow; got != 0 {
		t.Errorf("%d overflow pages are left of values that were replaced", got)
	}
	mustCheck(t, db)
}

// A prefix of a long value reads no more pages than it needs.
func TestValuePrefixReadsFewPages(t *testing.T) {
	reads := 0
	disk := &vfs.Inject{Base: &vfs.Mem{}, Hook: func(c vfs.Call) error {
		if c.Op == "read" {
			reads++
		}
		return nil
	}}
	db := open(t, disk, btree.Options{PageSize: smallPage})
	update(t, db, func(_ *btree.Tx, tree *btree.Tree) error { return tree.Put([]byte("k"), make([]byte, 1<<20)) })
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, disk, btree.Options{})
	reads = 0
	err := db.View(func(tx *btree.Tx) error {
		tree, err := tx.Tree("t")
		if err != nil {
			return err
		}
		c := tree.Cursor()
		c.First()
		n, err := c.ValueLen()
		if err != nil || n != 1<<20 {
			t.Errorf("ValueLen is %d, %v", n, err)
		}
		_, err = c.ValuePrefix(100)
		return err
	})
	if err != nil || reads > 4 {
		t.Errorf("it took %d reads, %v", reads, err)
	}
}

func TestLimitsAreErrors(t *testing.T) {
	for _, pageSize := range []int{btree.MinPageSize, btree.DefaultPageSize, btree.MaxPageSize} {
		db := open(t, &vfs.Mem{}, btree.Options{PageSize: pageSize})
		long := bytes.Repeat([]byte("k"), db.MaxKeySize())
		update(t, db, func(tx *btree.Tx, tree *btree.Tree) error {
			for i := range 60 {
				long[0], long[len(long)-1] = byte(i*37), byte(i)
				if err := tree.Put(long, long); err != nil {
					return err
				}
			}
			if err := tree.Put(append(long, 0), nil); !errors.Is(err, btree.ErrKeyTooLarge) {
				t.Errorf("a key of %d bytes: %v", len(long)+1, err)
			}
			if _, err := tx.CreateTree(string(append(long, 0))); !errors.Is(err, btree.ErrKeyTooLarge) {
				t.Errorf("a name of %d bytes: %v", len(long)+1, err)
			}
			if _, ok, err := tree.Get(append(long, 0)); ok || err != nil {
				t.Errorf("Get of a key that is too long: %v, %v", ok, err)
			}
			return nil
		})
		mustCheck(t, db)
	}
	for _, size := range []int{1, 2048, 5000, 128 << 10} {
		if _, err := btree.Open(dbName, &btree.Options{FS: &vfs.Mem{}, PageSize: size}); err == nil {
			t.Errorf("a page size of %d was accepted", size)
		}
	}
}

func TestTreesByName(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{PageSize: smallPage})
	var dropped, renamed *btree.Tree
	err := db.Update(func(tx *btree.Tx) error {
		for _, name := range []string{"b", "a", ""} {
			if _, err := tx.CreateTree(name); err != nil {
				return err
			}
		}
		if _, err := tx.CreateTree("a"); !errors.Is(err, btree.ErrTreeExists) {
			t.Errorf("CreateTree of a name in use returned %v", err)
		}
		if err := tx.RenameTree("a", "b"); !errors.Is(err, btree.ErrTreeExists) {
			t.Errorf("RenameTree to a name in use returned %v", err)
		}
		for _, err := range []error{tx.DropTree("x"), tx.RenameTree("x", "y")} {
			if !errors.Is(err, btree.ErrNoTree) {
				t.Errorf("a tree that is not there: %v", err)
			}
		}
		dropped, _ = tx.Tree("b")
		renamed, _ = tx.Tree("a")
		if err := tx.DropTree("b"); err != nil {
			return err
		}
		if err := dropped.Put(nil, nil); !errors.Is(err, btree.ErrNoTree) {
			t.Errorf("Put in a dropped tree returned %v", err)
		}
		if err := tx.RenameTree("a", "z"); err != nil {
			return err
		}
		if renamed.Name() != "z" {
			t.Errorf("the renamed tree is called %q", renamed.Name())
		}
		return renamed.Put([]byte("k"), []byte("v"))
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := renamed.Get(nil); !errors.Is(err, btree.ErrTxDone) {
		t.Errorf("a tree after its transaction returned %v", err)
	}
	mustHold(t, db, contents{"": {}, "z": {"k": "v"}})
	mustCheck(t, db)
}

// What a savepoint restores: contents, trees made, dropped and renamed, and a transaction in which cursors go on.
func TestRollbackToRestoresTrees(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{PageSize: smallPage})
	update(t, db, func(tx *btree.Tx, tree *btree.Tree) error {
		if err := tree.Load(numbered(1000, 10)); err != nil {
			return err
		}
		before, err := dumpTx(tx)
		if err != nil {
			return err
		}
		c := tree.Cursor()
		c.Seek(key64(500))
		outer, err := tx.Savepoint()
		if err != nil {
			return err
		}
		if _, err := tree.DeleteRange(key64(100), key64(900)); err != nil {
			return err
		}
		inner, err := tx.Savepoint()
		if err != nil {
			return err
		}
		late, err := tx.CreateTree("late")
		if err := errors.Join(err, late.Put([]byte("x"), nil), tx.RenameTree("t", "u")); err != nil {
			return err
		}
		if err := tx.RollbackTo(outer); err != nil {
			return err
		}
		if err := tx.RollbackTo(inner); !errors.Is(err, btree.ErrSavepoint) {
			t.Errorf("a savepoint that was rolled back over: %v", err)
		}
		if err := tx.RollbackTo(btree.Savepoint{}); !errors.Is(err, btree.ErrSavepoint) {
			t.Errorf("no savepoint at all: %v", err)
		}
		if err := late.Put(nil, nil); !errors.Is(err, btree.ErrNoTree) {
			t.Errorf("a tree made after the savepoint: %v", err)
		}
		if after, err := dumpTx(tx); err != nil || !after.equal(before) {
			t.Errorf("%v: %s", err, difference(after, before))
		}
		if !c.Next() || !bytes.Equal(c.Key(), key64(501)) {
			t.Errorf("the cursor went on to %x, %v", c.Key(), c.Err())
		}
		return nil
	})
	mustCheck(t, db)
}

// A cursor goes on over a tree that changes under it: it meets each key that stays exactly once.
func TestCursorGoesOnWhenTheTreeChanges(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{PageSize: smallPage})
	update(t, db, func(_ *btree.Tx, tree *btree.Tree) error {
		if err := tree.Load(numbered(3000, 20)); err != nil {
			return err
		}
		var seen int
		c := tree.Cursor()
		for k := range c.Ascend(nil, nil) {
			if !bytes.Equal(k, key64(seen)) {
				return fmt.Errorf("key %d is %x", seen, k)
			}
			seen++
			if _, err := tree.Delete(k); err != nil {
				return err
			}
			if val, err := c.Value(); val != nil || err != nil {
				return fmt.Errorf("the value of a deleted key is %q, %v", val, err)
			}
			if err := tree.Put(append([]byte{0xFF}, k...), k); err != nil {
				return err
			}
			if seen == 3000 {
				break
			}
		}
		if c.Err() != nil || seen != 3000 {
			return fmt.Errorf("it saw %d keys, %v", seen, c.Err())
		}
		for range c.Descend(nil, key64(1<<30)) {
			return errors.New("deleted keys are still there")
		}
		return c.Err()
	})
	mustCheck(t, db)
}

// A program may put what it got: a key or value that is a slice of the very page that changes.
func TestPutOfSlicesOfTheDatabase(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{PageSize: smallPage})
	want := contents{"t": {}}
	update(t, db, func(_ *btree.Tx, tree *btree.Tree) error {
		for i := range 400 {
			k := fmt.Sprintf("k%03d", i)
			want["t"][k] = strings.Repeat(k, i%20)
			if err := tree.Put([]byte(k), []byte(want["t"][k])); err != nil {
				return err
			}
		}
		for _, k := range slices.Sorted(maps.Keys(want["t"])) {
			val, _, err := tree.Get([]byte(k))
			if err != nil {
				return err
			}
			other := "x" + k
			want["t"][other] = string(val)
			if err := tree.Put([]byte(other), val); err != nil {
				return err
			}
		}
		return nil
	})
	mustHold(t, db, want)
	mustCheck(t, db)
}

// A transaction without changes writes nothing.
func TestEmptyCommitWritesNothing(t *testing.T) {
	writes := 0
	disk := &vfs.Inject{Base: &vfs.Mem{}, Hook: func(c vfs.Call) error {
		if c.Op == "write" || c.Op == "sync" {
			writes++
		}
		return nil
	}}
	db := open(t, disk, btree.Options{})
	fill(t, db, 10, 10, 1)
	before, version := writes, stats(t, db).Version
	update(t, db, func(tx *btree.Tx, tree *btree.Tree) error {
		sp, err := tx.Savepoint()
		if err != nil {
			return err
		}
		if _, err := tree.Delete([]byte("not there")); err != nil {
			return err
		}
		return errors.Join(tree.Put([]byte("k"), nil), tx.RollbackTo(sp))
	})
	if writes != before || stats(t, db).Version != version {
		t.Errorf("an empty commit made %d writes", writes-before)
	}
}

func TestSelectBeyondTheEnd(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{})
	fill(t, db, 10, 10, 1)
	err := db.View(func(tx *btree.Tx) error {
		tree, err := tx.Tree("t")
		if err != nil {
			return err
		}
		_, _, err = tree.Select(10)
		return err
	})
	if !errors.Is(err, btree.ErrOutOfRange) {
		t.Errorf("Select returned %v", err)
	}
}
