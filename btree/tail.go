package btree

// Keys that come in ascending order after all others go to the end of the last leaf: the tail. The tree remembers the path there,
// as long as the pages on it are the transaction's own and stay where they are, so that most such keys cost neither a search nor
// more than the bytes of one page.
//
// Also counting them is left for later. While Tree.late is not 0, the tree's own number of keys and those in the branches of the
// path lack so many, all of which are in the last leaf. They are counted before anything looks at the tree (settled, flush), before
// the path is left (touch, leaveTails), and before the leaf gets a neighbour (append). So the path leads to frames that may be changed,
// always: it is left before pages are handed over to be written (handOver), and before they belong to a version that something
// needs as it is (nextVersion).

// countTail counts the keys at the end of the last leaf that are not counted yet.
func (t *Tree) countTail() {
	if t.late > 0 {
		n := t.late
		t.late = 0
		t.addKeys(int64(n))
	}
}

// leaveTail gives up the path to the last leaf.
func (t *Tree) leaveTail() {
	t.countTail()
	t.tail = false
}

// leaveTails gives up the paths of all trees.
func (tx *Tx) leaveTails() {
	tx.catalog.leaveTail()
	for _, t := range tx.trees {
		t.leaveTail()
	}
}

// isTailPath reports whether the path leads to the last leaf.
func (t *Tree) isTailPath() bool {
	for _, s := range t.path[1:] {
		if s.i != s.p.count()-1 {
			return false
		}
	}
	return true
}

// afterTail reports whether key is greater than the last key of the leaf that the tail path leads to.
func (t *Tree) afterTail(key []byte) bool {
	p := t.path[0].p
	return p.compareKey(p.count()-1, key) < 0
}

// appendQuick puts an entry after the last one, if that takes no more than room in the last leaf.
func (t *Tree) appendQuick(key, val []byte) bool {
	if t.tx.done || t.tx.err != nil || !t.path[0].p.appendLast(key, val) {
		return false
	}
	t.gen++
	t.late++
	return true
}

// append inserts an entry after the last one. The tail path stays.
func (t *Tree) append(e *entry) error {
	t.gen++
	t.countTail()
	t.addKeys(1)
	leaf := &t.path[0]
	leaf.i = leaf.p.count()
	if leaf.p.insert(leaf.i, e) {
		return nil
	}
	t.tail = false
	return t.insertSplitting(e)
}

// newTail puts an entry that comes after all others into a leaf of its own, so that ascending keys fill pages. The prefix of
// the new leaf is a guess: what the new key shares with the whole leaf before.
func (t *Tree) newTail(e *entry) error {
	full, leaf := t.path[0].no, t.path[0].p
	s := &t.tx.scratch
	s.fence = leaf.appendKey(s.fence[:0], 0)
	p := t.tx.newPage()
	p.beginLeaf(e.key[:prefixFor(s.fence, e.key)])
	if lens := packLens(len(e.key)-p.prefixLen(), len(e.val), e.overflow); lens|lensFixed == leaf.lens() {
		p.setCap(leaf.count()) // it will hold as many
	}
	if !p.insert(0, e) {
		build(p, kindLeaf, 0, []entry{*e})
	}
	s.fence = leaf.appendKey(s.fence[:0], leaf.count()-1)
	sibling := entry{key: separator(s.fence, e.key), child: t.tx.add(p), keys: 1}
	t.leaves++
	t.tx.finish(full)
	return t.link(0, []entry{sibling})
}
