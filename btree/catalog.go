package btree

import (
	"fmt"
	"runtime/debug"
	"slices"
)

// The catalog is a tree of its own: under the name of each tree the record of its root. Its own root is in the meta.

// CreateTree makes an empty tree. It returns ErrTreeExists when there is one of that name. Names are any bytes up to the
// length of a key.
func (tx *Tx) CreateTree(name string) (_ *Tree, err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	if err := tx.usable(true); err != nil {
		return nil, err
	}
	if err := tx.checkNew(name); err != nil {
		return nil, err
	}
	tx.log.names(opCreate, name)
	if err := tx.record(name, treeRoot{}); err != nil {
		return nil, err
	}
	t := &Tree{tx: tx, name: name, present: true}
	tx.trees[name] = t
	return t, nil
}

// checkNew checks that a tree of that name may be made.
func (tx *Tx) checkNew(name string) error {
	if len(name) > tx.db.limit.maxKey {
		return fmt.Errorf("%w: a tree's name of %d bytes, at most %d", ErrKeyTooLarge, len(name), tx.db.limit.maxKey)
	}
	_, exists, err := tx.catalog.get([]byte(name))
	if err == nil && exists {
		err = fmt.Errorf("%w: %q", ErrTreeExists, name)
	}
	return err
}

// record writes a tree's root into the catalog.
func (tx *Tx) record(name string, r treeRoot) error {
	b := make([]byte, rootSize)
	r.encode(b)
	return tx.fail(tx.catalog.put([]byte(name), b))
}

// Tree returns the tree of that name, or ErrNoTree. All handles of one tree in a writable transaction are the same.
func (tx *Tx) Tree(name string) (_ *Tree, err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	if err := tx.alive(false); err != nil {
		return nil, err
	}
	if t := tx.trees[name]; t != nil {
		return t, nil
	}
	root, err := tx.lookup(name)
	if err != nil {
		return nil, err
	}
	t := &Tree{tx: tx, name: name, treeRoot: root, present: true}
	if tx.writable {
		tx.trees[name] = t
	}
	return t, nil
}

// lookup reads a tree's root from the catalog.
func (tx *Tx) lookup(name string) (treeRoot, error) {
	if tx.blind {
		now := tx.db.pinHead()
		defer now.end()
		return now.lookup(name)
	}
	catalog := tx.catalog
	if catalog == nil {
		catalog = &Tree{tx: tx, treeRoot: tx.meta.catalog, present: true}
	}
	b, ok, err := catalog.get([]byte(name))
	if err != nil {
		return treeRoot{}, err
	}
	if !ok {
		return treeRoot{}, fmt.Errorf("%w: %q", ErrNoTree, name)
	}
	if len(b) != rootSize {
		return treeRoot{}, corrupt(tx.meta.catalog.root, "the record of tree %q has %d bytes", name, len(b))
	}
	return decodeRoot(b), nil
}

// DropTree removes a tree and everything in it. Handles of it return ErrNoTree from then on.
func (tx *Tx) DropTree(name string) (err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	if err := tx.usable(true); err != nil {
		return err
	}
	t, err := tx.Tree(name)
	if err != nil {
		return err
	}
	tx.log.names(opDrop, name)
	if err := tx.fail(t.clear()); err != nil {
		return err
	}
	t.present = false
	delete(tx.trees, name)
	_, err = tx.catalog.remove([]byte(name))
	return tx.fail(err)
}

// RenameTree gives a tree another name, which must be free. Handles of it stay valid.
func (tx *Tx) RenameTree(from, to string) (err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	if err := tx.usable(true); err != nil {
		return err
	}
	t, err := tx.Tree(from)
	if err != nil || from == to {
		return err
	}
	if err := tx.checkNew(to); err != nil {
		return err
	}
	tx.log.names(opRename, from, to)
	if _, err := tx.catalog.remove([]byte(from)); err != nil {
		return tx.fail(err)
	}
	delete(tx.trees, from)
	t.name = to
	tx.trees[to] = t
	return tx.record(to, t.treeRoot)
}

// Trees returns the names of all trees in ascending order.
func (tx *Tx) Trees() (names []string, err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	if err := tx.usable(false); err != nil {
		return nil, err
	}
	catalog := tx.catalog
	if catalog == nil {
		catalog = &Tree{tx: tx, treeRoot: tx.meta.catalog, present: true}
	}
	c := catalog.Cursor()
	for ok := c.First(); ok; ok = c.Next() {
		names = append(names, string(c.Key()))
	}
	return slices.Clip(names), c.Err()
}
