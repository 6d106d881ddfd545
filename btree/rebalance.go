package btree

import (
	"errors"
)

// underfull reports whether a page should be merged with a neighbour: less than a quarter is in use, or it is a branch that
// decides nothing.
func underfull(p page) bool {
	return p.live() < (len(p)-headerSize)/4 || p.isBranch() && p.count() < 2
}

// rebalance restores the shape of the tree around key after a removal: it merges or evens out the underfull pages on the path
// to key, and takes a root away that has one child or no entry.
func (t *Tree) rebalance(key []byte) error {
	// Each round removes a page or leaves two that are not underfull. A page whose parent has no other child must wait for
	// the parent to be merged, so a round for each level may be needed, and another for each to follow.
	for round := 0; t.root != 0; round++ {
		err := t.descend(key)
		if round > 0 && isCorrupt(err) {
			return t.shrinkRoot() // key leads to a damaged page now that its own is gone
		}
		if err != nil {
			return err
		}
		again, err := t.rebalancePath()
		if err != nil {
			return err
		}
		if !again || round > 2*len(t.path) {
			return t.shrinkRoot()
		}
	}
	return nil
}

// rebalancePath repairs the first underfull page from the leaf up that has a neighbour.
func (t *Tree) rebalancePath() (bool, error) {
	for level := range len(t.path) - 1 {
		if underfull(t.path[level].p) && t.path[level+1].p.count() > 1 {
			err := t.mergeNeighbours(level)
			if err == errDamagedNeighbour {
				continue
			}
			return true, err
		}
	}
	return false, nil
}

// errDamagedNeighbour is returned when a page stays sparse because the one beside it cannot be read. Whoever changes a key should not
// fail for a page that does not have it.
var errDamagedNeighbour = errors.New("btree: the page beside is damaged")

// besideDamage leaves a page as it is, or takes it out of its parent when it has no entry.
func (t *Tree) besideDamage(level int) error {
	s, parent := t.path[level], t.path[level+1]
	if s.p.count() > 0 {
		return errDamagedNeighbour
	}
	t.freePage(s.no, s.p.isBranch(), s.p.version())
	parent.p.remove(parent.i, parent.i+1)
	return nil
}

// mergeNeighbours joins the page at a level of the path with one beside it, or evens them out when together they would fill
// more than three quarters of a page.
func (t *Tree) mergeNeighbours(level int) error {
	parent := t.path[level+1]
	left := max(parent.i-1, 0)
	leftNo, lp, err := t.ownChild(parent.p, left)
	if isCorrupt(err) {
		return t.besideDamage(level)
	}
	if err != nil {
		return err
	}
	rightNo, rp, err := t.ownChild(parent.p, left+1)
	if isCorrupt(err) {
		return t.besideDamage(level)
	}
	if err != nil {
		return err
	}
	t.path[level+1].i = left
	t.path[level] = step{no: leftNo, p: lp}
	es := t.joined(lp, rp, parent.p, left+1)
	kind, size := lp.kind(), t.tx.db.PageSize()
	if measureAll(kind, es) <= size*3/4 {
		t.rebuild(level, kind, es)
		t.freePage(rightNo, kind == kindBranch, rp.version())
		parent.p.remove(left+1, left+2)
		parent.p.setKeys(left, t.path[level].p.total())
		return nil
	}
	m := middle(kind, es)
	if !fits(kind, es[:m], size) || !fits(kind, es[m:], size) {
		return nil // too uneven to share out; both stay as they are
	}
	return t.shareOut(level, left, rightNo, es, m)
}

// joined returns the entries of two neighbours, of which the right one is at entry i of their parent. The key of the first entry
// of a branch is its separator.
func (t *Tree) joined(left, right, parent page, i int) []entry {
	s := &t.tx.scratch
	s.reset()
	s.arena = parent.appendKey(s.arena, i)
	sep := s.arena[:len(s.arena):len(s.arena)]
	n := left.count()
	s.entries = decode(left, s.entries, &s.arena)
	s.entries = decode(right, s.entries, &s.arena)
	if left.isBranch() {
		s.entries[n].key = sep
	}
	return s.entries
}

// shareOut rebuilds the page at a level of the path and its right neighbour with the entries before and from m.
func (t *Tree) shareOut(level, left int, rightNo uint64, es []entry, m int) error {
	kind, s := t.path[level].p.kind(), &t.tx.scratch
	sep := es[m].key
	if kind == kindLeaf {
		sep = separator(es[m-1].key, sep)
	}
	s.fence = append(s.fence[:0], sep...) // sep may lie in a page that is given up
	right := t.tx.newPage()
	build(right, kind, level, es[m:])
	t.rebuild(level, kind, es[:m])
	t.tx.replaceFrame(rightNo, right)
	parent := t.path[level+1].p
	parent.setKeys(left, t.path[level].p.total())
	e := entry{key: s.fence, child: rightNo, keys: right.total()}
	parent.remove(left+1, left+2)
	if parent.insert(left+1, &e) {
		return nil
	}
	return t.splice(level+1, left+1, left+1, []entry{e})
}

// shrinkRoot takes away roots with a single child, and a leaf without entries.
func (t *Tree) shrinkRoot() error {
	t.touch()
	for t.root != 0 {
		p, err := t.tx.root(t.root)
		if err != nil {
			return err
		}
		below := uint64(0)
		switch {
		case p.count() > 1 || p.count() == 1 && !p.isBranch():
			return nil
		case p.count() == 1:
			below = p.child(0)
		}
		t.freePage(t.root, p.isBranch(), p.version())
		t.root = below
	}
	return nil
}
