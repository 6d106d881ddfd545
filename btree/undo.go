package btree

import (
	"fmt"
	"runtime/debug"
	"slices"
)

// Restore makes the trees of a writable transaction those that from has, a read-only transaction of the same database, such as
// a kept version. It must be the first change in the transaction. It writes what differs and nothing else, so that its cost is
// that of the changes since; a tree that has gone meanwhile is written as a whole.
func (tx *Tx) Restore(from *Tx) (err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	if err := tx.usable(true); err != nil {
		return err
	}
	if tx.changed {
		return fmt.Errorf("btree: Restore must be the first change of its transaction")
	}
	// The present is read as it was when the transaction began, while the transaction changes it.
	now := newTx(tx.db, tx.meta, false)
	r := restorer{tx: tx, from: from}
	w := differ{old: now, new: from, each: r.key, whole: r.tree}
	if err := w.run(); err != nil && r.err == nil {
		r.err = err
	}
	return tx.fail(r.err)
}

// restorer applies differences to a transaction.
type restorer struct {
	tx, from *Tx
	last     *Tree
	err      error
}

// key makes one key what it was. It reports whether to go on.
func (r *restorer) key(d Difference) bool {
	if r.last == nil || r.last.name != d.Tree {
		if r.last, r.err = r.tx.Tree(d.Tree); r.err != nil {
			return false
		}
	}
	if d.Kind == Removed {
		_, r.err = r.last.Delete(d.Key)
	} else {
		r.err = r.last.Put(d.Key, d.New)
	}
	return r.err == nil
}

// tree drops a tree, or makes it again.
func (r *restorer) tree(name string, inFrom bool) bool {
	if !inFrom {
		r.err = r.tx.DropTree(name)
		return r.err == nil
	}
	was, err := r.from.Tree(name)
	if r.err = err; err != nil {
		return false
	}
	made, err := r.tx.CreateTree(name)
	if r.err = err; err != nil {
		return false
	}
	c := was.Cursor()
	if r.err = made.Load(c.Ascend(nil, nil)); r.err == nil {
		r.err = c.Err()
	}
	return r.err == nil
}

// Undo undoes the last n commits that changed something, of those that Options.History keeps, in a commit of its own. It returns
// ErrNoVersion when the history does not go back so far. Undone commits can be had back: to undo the undoing, undo 1.
func (db *DB) Undo(n int) error {
	return db.Update(func(tx *Tx) error {
		k, err := tx.before(n)
		if err != nil {
			return err
		}
		from, err := newTx(db, tx.meta, false).beginOlder(k)
		if err != nil {
			return err
		}
		defer from.end()
		return tx.Restore(from)
	})
}

// before returns the version of the history from before the last n commits.
func (tx *Tx) before(n int) (*kept, error) {
	if err := tx.look(); err != nil {
		return nil, err
	}
	if n < 1 {
		return nil, fmt.Errorf("btree: undoing %d commits", n)
	}
	left := n
	newest := newestOfHistory(tx.db.kept)
	for _, k := range slices.Backward(tx.db.kept) {
		if k.name != "" || k == *newest && k.catalog == tx.meta.catalog {
			continue // it is no commit, or it is the present
		}
		if left--; left == 0 {
			return &k, nil
		}
	}
	return nil, fmt.Errorf("%w: the history has %d of the last %d commits", ErrNoVersion, n-left, n)
}
