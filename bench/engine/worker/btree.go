package worker

import (
	"errors"
	"path/filepath"

	"github.com/rowan-db/rowan/btree"
)

const treeName = "t"

// btreeEngine is this project's engine.
type btreeEngine struct {
	*btree.DB
	crashed crashed // for the command recover
}

func openBtree(dir string, sync bool) (engine, error) {
	return openBtreeWith(dir, btree.Options{NoSync: !sync})
}

// openBtreeCow opens it so that every commit is by copy-on-write.
func openBtreeCow(dir string, sync bool) (engine, error) {
	return openBtreeWith(dir, btree.Options{NoSync: !sync, NoLog: true})
}

// openBtreeSmall opens it with a bound on its memory that a measurement reaches.
func openBtreeSmall(dir string, sync bool) (engine, error) {
	return openBtreeWith(dir, btree.Options{NoSync: !sync, CacheSize: smallMemory, WriteBuffer: smallMemory})
}

// smallMemory is the size in bytes of the cache, and of the write buffer, of openBtreeSmall.
const smallMemory = 64 << 20

func openBtreeWith(dir string, o btree.Options) (engine, error) {
	db, err := btree.Open(filepath.Join(dir, "db"), &o)
	if err != nil {
		return nil, err
	}
	return &btreeEngine{DB: db}, nil
}

// tree returns the tree that everything is in, made if there is none.
func tree(tx *btree.Tx) (*btree.Tree, error) {
	t, err := tx.Tree(treeName)
	if errors.Is(err, btree.ErrNoTree) {
		return tx.CreateTree(treeName)
	}
	return t, err
}

func (e *btreeEngine) put(d *data, x []uint32, _ bool) error {
	return e.Update(func(tx *btree.Tx) error {
		t, err := tree(tx)
		if err != nil {
			return err
		}
		for _, n := range x {
			if err := t.Put(d.key(n), d.value(n)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (e *btreeEngine) get(d *data, x []uint32) (sum uint64, err error) {
	err = e.View(func(tx *btree.Tx) error {
		t, err := tx.Tree(treeName)
		if err != nil {
			return err
		}
		for _, n := range x {
			val, ok, err := t.Get(d.key(n))
			if err != nil {
				return err
			}
			if !ok || number(val) != uint64(n) {
				return missing(n, val)
			}
			sum += uint64(n) + uint64(len(val))
		}
		return nil
	})
	return sum, err
}

func (e *btreeEngine) scan(back bool) (n, total uint64, err error) {
	err = e.View(func(tx *btree.Tx) error {
		t, err := tx.Tree(treeName)
		if err != nil {
			return err
		}
		c := t.Cursor()
		walk := c.Ascend
		if back {
			walk = c.Descend
		}
		for k, v := range walk(nil, nil) {
			total += sum(k, v)
			n++
		}
		return c.Err()
	})
	return n, total, err
}

func (e *btreeEngine) delete(d *data, x []uint32) error {
	return e.Update(func(tx *btree.Tx) error {
		t, err := tx.Tree(treeName)
		if err != nil {
			return err
		}
		for _, n := range x {
			if err := t.Remove(d.key(n)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (e *btreeEngine) cut(lo, hi []byte) error {
	return e.Update(func(tx *btree.Tx) error {
		t, err := tx.Tree(treeName)
		if err != nil {
			return err
		}
		_, err = t.DeleteRange(lo, hi)
		return err
	})
}
