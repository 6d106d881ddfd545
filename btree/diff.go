package btree

import (
	"errors"
	"iter"
	"runtime/debug"
)

// ChangeKind says how two versions differ in a key or a tree.
type ChangeKind int

// The kinds of changes.
const (
	Added       ChangeKind = iota + 1 // the key is only in the new version
	Removed                           // the key is only in the old version
	Changed                           // the key has another value
	TreeAdded                         // the tree is only in the new version; its keys follow
	TreeRemoved                       // the tree is only in the old version; its keys came before
)

var changeNames = [...]string{"", "added", "removed", "changed", "tree added", "tree removed"}

// String returns the name of the kind.
func (k ChangeKind) String() string {
	if k > 0 && int(k) < len(changeNames) {
		return changeNames[k]
	}
	return "unknown"
}

// Difference is something in which two versions differ. Its slices are valid until the next one; those of values as said at Tx.
type Difference struct {
	Kind ChangeKind
	Tree string
	Key  []byte // nil of a tree
	Old  []byte // nil when the key is not in the old version
	New  []byte // nil when the key is not in the new version
}

// Diff returns in what new differs from old: two read-only transactions of one database, such as a snapshot or a kept version
// and another. Trees come in the order of their names and their keys in ascending order; a renamed tree is one that was removed
// and one that was added. Only pages that differ are read, so that the cost depends on what was changed between the two, not on
// how much there is. An error ends the sequence.
func Diff(old, new *Tx) iter.Seq2[Difference, error] {
	return func(yield func(Difference, error) bool) {
		w := differ{old: old, new: new}
		w.each = func(d Difference) bool {
			w.inBody = true
			more := yield(d, nil)
			w.inBody = false
			return more
		}
		if err := w.run(); err != nil && !errors.Is(err, errStopped) {
			yield(Difference{}, err)
		}
	}
}

// errStopped ends a walk whose caller wants no more.
var errStopped = errors.New("stopped")

// differ finds out in what two versions differ.
type differ struct {
	old, new *Tx
	each     func(Difference) bool
	// whole is called, if it is given, for a tree that only one side has, in place of each for everything in it.
	whole  func(name string, inNew bool) bool
	inBody bool // of the loop that each belongs to
}

func (w *differ) run() (err error) {
	defer recoverOwnFault(&w.inBody, debug.SetPanicOnFault(true), &err)
	for _, tx := range []*Tx{w.old, w.new} {
		if err := tx.usable(false); err != nil {
			return err
		}
		if tx.writable || tx.db != w.old.db {
			return errors.New("btree: versions are compared by two read-only transactions of the same database")
		}
	}
	return w.trees(w.old.meta.catalog, w.new.meta.catalog)
}

// trees compares what two catalogs lead to. A tree that did not change has the same record in both.
func (w *differ) trees(old, new treeRoot) error {
	return w.compare(old, new, func(d Difference) error {
		for _, record := range [][]byte{d.Old, d.New} {
			if record != nil && len(record) != rootSize {
				return corrupt(old.root, "the record of tree %q has %d bytes", d.Key, len(record))
			}
		}
		name := string(d.Key)
		if d.Kind == Changed {
			return w.tree(name, decodeRoot(d.Old), decodeRoot(d.New))
		}
		return w.oneSided(name, &d)
	})
}

// tree passes on what differs in a tree.
func (w *differ) tree(name string, old, new treeRoot) error {
	return w.compare(old, new, func(d Difference) error {
		d.Tree = name
		return w.pass(d)
	})
}

func (w *differ) pass(d Difference) error {
	if !w.each(d) {
		return errStopped
	}
	return nil
}

// oneSided passes on a tree that only one of the versions has.
func (w *differ) oneSided(name string, d *Difference) error {
	added := d.Kind == Added
	if w.whole != nil {
		if !w.whole(name, added) {
			return errStopped
		}
		return nil
	}
	if added {
		if err := w.pass(Difference{Kind: TreeAdded, Tree: name}); err != nil {
			return err
		}
		return w.tree(name, treeRoot{}, decodeRoot(d.New))
	}
	if err := w.tree(name, decodeRoot(d.Old), treeRoot{}); err != nil {
		return err
	}
	return w.pass(Difference{Kind: TreeRemoved, Tree: name})
}

// compare calls each for every key that two trees do not have alike. It goes over both in key order, at once, and steps over
// pages that both have.
func (w *differ) compare(oldRoot, newRoot treeRoot, each func(Difference) error) error {
	if oldRoot.root == newRoot.root {
		return nil
	}
	old, new := diffSide{tx: w.old}, diffSide{tx: w.new}
	if err := errors.Join(old.start(oldRoot.root), new.start(newRoot.root)); err != nil {
		return err
	}
	for !old.done() || !new.done() {
		if err := walkOn(&old, &new, each); err != nil {
			return err
		}
	}
	return nil
}

// walkOn goes on with the side that is behind, or with both.
func walkOn(old, new *diffSide, each func(Difference) error) error {
	if old.samePage(new) {
		old.next()
		new.next()
		return nil
	}
	order := old.compareBounds(new)
	switch {
	case order < 0 && old.atEntry(), order > 0 && new.atEntry():
		return oneEntry(old, new, order, each)
	case order < 0:
		return old.enter()
	case order > 0:
		return new.enter()
	case old.atEntry() && new.atEntry():
		return twoEntries(old, new, each)
	case old.level() > new.level():
		return old.enter()
	case old.level() < new.level():
		return new.enter()
	}
	return errors.Join(old.enter(), new.enter())
}

// oneEntry passes on the entry that only the side that is behind has.
func oneEntry(old, new *diffSide, order int, each func(Difference) error) error {
	d, side := Difference{Kind: Removed}, old
	if order > 0 {
		d.Kind, side = Added, new
	}
	val, err := side.value()
	if err != nil {
		return err
	}
	d.Key = side.bound()
	if side == old {
		d.Old = val
	} else {
		d.New = val
	}
	if err := each(d); err != nil {
		return err
	}
	side.next()
	return nil
}

// twoEntries passes on a key that both sides have, if its values differ.
func twoEntries(old, new *diffSide, each func(Difference) error) error {
	same, before, after, err := sameValue(old, new)
	if err != nil {
		return err
	}
	if !same {
		if err := each(Difference{Kind: Changed, Key: new.bound(), Old: before, New: after}); err != nil {
			return err
		}
	}
	old.next()
	new.next()
	return nil
}
