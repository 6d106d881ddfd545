package btree

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// Tree is a named tree in a transaction: keys in ascending order of their bytes, each with a value. A nil key is the empty
// key. As a bound of a range, nil means none: ranges are from lo, inclusive, to hi, exclusive.
type Tree struct {
	treeRoot
	tx      *Tx
	name    string
	present bool // neither dropped nor rolled back
	changed bool
	gen     uint64 // counts changes, for cursors
	path    []step // of the last descent for writing, from the leaf up
	tail    bool   // path leads to the last leaf, whose pages are the transaction's, and no change is buffered
	late    uint64 // keys that were put at the end of that leaf and are not counted yet: see countTail
	buf     buffer
	top     page // the root page, once it was looked up, if the transaction is read-only
	// scattered: keys come in no order, so that it is not worth looking whether one comes after all others
	scattered bool
}

// step is a page on a path and the entry that the path takes there.
type step struct {
	no uint64
	p  page
	i  int
}

func isNoTree(err error) bool { return errors.Is(err, ErrNoTree) }

// Name returns the tree's name.
func (t *Tree) Name() string { return t.name }

func (t *Tree) usable(write bool) error {
	if err := t.alive(write); err != nil {
		return err
	}
	return t.tx.look()
}

// alive is usable for what does not look at the tree.
func (t *Tree) alive(write bool) error {
	if err := t.tx.alive(write); err != nil {
		return err
	}
	if !t.present {
		return fmt.Errorf("%w: %q was dropped or never committed", ErrNoTree, t.name)
	}
	return nil
}

// settled is usable, and applies what is buffered and counts all keys, so that the tree's pages can be looked at.
func (t *Tree) settled(write bool) error {
	if err := t.usable(write); err != nil {
		return err
	}
	t.countTail()
	if t.buf.n == 0 {
		return nil
	}
	return t.tx.flushHolding()
}

// restore puts the tree back to an earlier state.
func (t *Tree) restore(r treeRoot) {
	t.treeRoot = r
	t.tail, t.late = false, 0
	t.gen++
}

// touch notes that the tree is about to change.
func (t *Tree) touch() {
	t.leaveTail()
	t.gen++
	t.changed = true
	t.tx.changed = true
}

// Len returns the number of keys.
func (t *Tree) Len() (uint64, error) {
	if err := t.settled(false); err != nil {
		return 0, err
	}
	return t.keys, nil
}

// Get returns the value of key, and whether there is one. The slice is valid as said at Tx.
func (t *Tree) Get(key []byte) (val []byte, ok bool, err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	if !t.settledReader() {
		if err := t.settled(false); err != nil {
			return nil, false, err
		}
	}
	return t.get(key)
}

// settledReader reports whether the tree is settled because nothing can change it: its transaction is open and read-only.
func (t *Tree) settledReader() bool { return t.present && !t.tx.writable && !t.tx.done }

func (t *Tree) get(key []byte) ([]byte, bool, error) {
	p, err := t.leaf(key)
	if p == nil || err != nil {
		return nil, false, err
	}
	at, lens := p.find(key)
	if at == 0 {
		return nil, false, nil
	}
	val := slice(p, at, valLen(lens))
	if lens&lensOverflow != 0 {
		val, err = t.tx.readOverflow(val)
	}
	return val, true, err
}

// Has reports whether there is a value for key, without reading it.
func (t *Tree) Has(key []byte) (ok bool, err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	if err := t.settled(false); err != nil {
		return false, err
	}
	return t.has(key)
}

func (t *Tree) has(key []byte) (bool, error) {
	p, err := t.leaf(key)
	if p == nil || err != nil {
		return false, err
	}
	_, ok := p.search(key)
	return ok, nil
}

// leaf returns the leaf where key belongs, or nil in an empty tree.
func (t *Tree) leaf(key []byte) (page, error) {
	p, err := t.rootPage()
	if p == nil || err != nil {
		return nil, err
	}
	g, end := t.tx.db.pager, t.tx.pageEnd
	for level := p.level(); level > 0; level-- {
		no := p.child(p.childIndex(key))
		if no < end && g.table.at(no) == mapped { // as any has it, in place
			p = g.mapped(no)
		} else if p, err = t.tx.any(no); err != nil {
			return nil, err
		}
		touchHeads(p)
		if p.kindLevel() != kindAt(level-1) {
			return nil, p.mustBe(level - 1)
		}
	}
	return p, nil
}

// rootPage returns the page at the top of the tree, nil when it is empty. In a read-only transaction it is looked up once: it stays
// where it is until the transaction ends.
func (t *Tree) rootPage() (page, error) {
	if t.top != nil || t.root == 0 {
		return t.top, nil
	}
	p, err := t.tx.root(t.root)
	if err == nil && !t.tx.writable {
		t.top = p
	}
	return p, err
}

// Rank returns how many keys are less than key.
func (t *Tree) Rank(key []byte) (n uint64, err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	if err := t.settled(false); err != nil {
		return 0, err
	}
	return t.rank(key)
}

func (t *Tree) rank(key []byte) (uint64, error) {
	if t.root == 0 {
		return 0, nil
	}
	var before uint64
	p, err := t.tx.root(t.root)
	for err == nil && p.isBranch() {
		i := p.childIndex(key)
		before += p.keysBefore(i)
		p, err = t.tx.page(p.child(i), p.level()-1)
	}
	if err != nil {
		return 0, err
	}
	i, _ := p.search(key)
	return before + uint64(i), nil
}

// Count returns the number of keys in a range without visiting them.
func (t *Tree) Count(lo, hi []byte) (n uint64, err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	if err := t.settled(false); err != nil {
		return 0, err
	}
	end := t.keys
	if hi != nil {
		if end, err = t.rank(hi); err != nil {
			return 0, err
		}
	}
	if len(lo) == 0 {
		return end, nil
	}
	start, err := t.rank(lo)
	if err != nil || start > end {
		return 0, err
	}
	return end - start, nil
}

// Select returns the key at a position in ascending order, from 0, and its value. It returns ErrOutOfRange at Len and beyond.
func (t *Tree) Select(n uint64) (key, val []byte, err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	c := t.Cursor()
	if !c.Select(n) {
		if err := c.Err(); err != nil {
			return nil, nil, err
		}
		return nil, nil, fmt.Errorf("%w: %d of %d keys", ErrOutOfRange, n, t.keys)
	}
	val, err = c.Value()
	return c.Key(), val, err
}
