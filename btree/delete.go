package btree

import (
	"bytes"
	"runtime/debug"
)

// Delete removes a key and reports whether it was there.
func (t *Tree) Delete(key []byte) (found bool, err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	if err := t.settled(true); err != nil {
		return false, err
	}
	t.tx.log.remove(t, key)
	if found, err = t.remove(key); err == nil {
		err = t.tx.pace()
	}
	return found, t.tx.fail(err)
}

// remove looks first, so that nothing is copied for a key that is not there.
func (t *Tree) remove(key []byte) (bool, error) {
	p, err := t.leaf(key)
	if p == nil || err != nil {
		return false, err
	}
	if _, found := p.search(key); !found {
		return false, nil
	}
	if err := t.descend(key); err != nil {
		return true, err
	}
	t.path[0].i, _ = t.path[0].p.search(key)
	_, err = t.removeAt(key)
	return true, err
}

// removeAt removes the entry at the path, which has this key, and reports whether the path is still good.
func (t *Tree) removeAt(key []byte) (bool, error) {
	leaf := &t.path[0]
	if val, overflow := leaf.p.value(leaf.i); overflow {
		if err := t.freeOverflow(val); err != nil {
			return false, err
		}
	}
	t.addKeys(-1)
	leaf.p.remove(leaf.i, leaf.i+1)
	if leaf.p.count() > 0 && (len(t.path) == 1 || !underfull(leaf.p)) {
		return true, nil
	}
	return false, t.rebalance(key)
}

// DeleteRange removes the keys of a range and returns how many there were. Pages that are entirely within the range are given
// up without being read, unless values of the tree have overflow pages.
func (t *Tree) DeleteRange(lo, hi []byte) (n uint64, err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	if err := t.settled(true); err != nil {
		return 0, err
	}
	t.tx.log.removeRange(t, lo, hi)
	if n, err = t.removeRange(lo, hi); err == nil {
		err = t.tx.pace()
	}
	return n, t.tx.fail(err)
}

func (t *Tree) removeRange(lo, hi []byte) (uint64, error) {
	if t.root == 0 || hi != nil && bytes.Compare(lo, hi) >= 0 {
		return 0, nil
	}
	if len(lo) == 0 && hi == nil {
		n := t.keys
		return n, t.clear()
	}
	t.touch()
	p, err := t.tx.root(t.root)
	if err != nil {
		return 0, err
	}
	t.root, p = t.tx.own(t.root, p)
	n, err := t.cut(p, lo, hi)
	if err != nil {
		return n, err
	}
	t.keys -= n
	if err := t.shrinkRoot(); err != nil {
		return n, err
	}
	if err := t.rebalance(lo); err != nil || hi == nil {
		return n, err
	}
	return n, t.rebalance(hi)
}

// cut removes a range below p, which is owned, and returns how many keys that were. It may leave p empty.
func (t *Tree) cut(p page, lo, hi []byte) (uint64, error) {
	if !p.isBranch() {
		return t.cutLeaf(p, lo, hi)
	}
	first, last := p.childIndex(lo), p.count()-1
	if hi != nil {
		last = p.childIndex(hi)
	}
	if first == last {
		n, empty, err := t.cutChild(p, first, lo, hi)
		if empty && err == nil {
			p.remove(first, first+1)
		}
		return n, err
	}
	n, emptyFirst, err := t.cutChild(p, first, lo, nil)
	if err != nil {
		return n, err
	}
	m, emptyLast := uint64(0), true
	if hi != nil {
		m, emptyLast, err = t.cutChild(p, last, nil, hi)
	} else {
		m, err = t.dropChild(p, last)
	}
	if n += m; err != nil {
		return n, err
	}
	for i := first + 1; i < last; i++ {
		m, err := t.dropChild(p, i)
		if n += m; err != nil {
			return n, err
		}
	}
	from, to := first+1, last
	if emptyFirst {
		from--
	}
	if emptyLast {
		to++
	}
	p.remove(from, to)
	return n, nil
}

func (t *Tree) cutLeaf(p page, lo, hi []byte) (uint64, error) {
	from, _ := p.search(lo)
	to := p.count()
	if hi != nil {
		to, _ = p.search(hi)
	}
	if t.overflow > 0 {
		for i := from; i < to; i++ {
			if ref, overflow := p.value(i); overflow {
				if err := t.freeOverflow(ref); err != nil {
					return 0, err
				}
			}
		}
	}
	p.remove(from, to)
	return uint64(to - from), nil
}

// cutChild cuts below entry i of p and gives up the child when nothing is left of it. The entry stays.
func (t *Tree) cutChild(p page, i int, lo, hi []byte) (n uint64, empty bool, err error) {
	no, below, err := t.ownChild(p, i)
	if err != nil {
		return 0, false, err
	}
	n, err = t.cut(below, lo, hi)
	p.setKeys(i, p.keys(i)-n)
	if err != nil || below.count() > 0 {
		return n, false, err
	}
	t.freePage(no, below.isBranch(), below.version())
	return n, true, nil
}

// dropChild gives up everything below entry i of p and returns how many keys that were. The entry stays.
func (t *Tree) dropChild(p page, i int) (uint64, error) {
	return p.keys(i), t.drop(p.child(i), p.level()-1)
}

// drop gives up a page and everything below it. Leaves are not read when no value of the tree has overflow pages; they count
// as born in version 0 then, which only makes them wait longer for readers.
func (t *Tree) drop(no uint64, level int) error {
	if no < firstPage || no >= t.tx.pageEnd {
		return corrupt(no, "a page refers to it, but the file has pages %d to %d", firstPage, t.tx.pageEnd-1)
	}
	if level == 0 && t.overflow == 0 {
		t.freePage(no, false, 0)
		return nil
	}
	p, err := t.tx.page(no, level)
	if err != nil {
		return err
	}
	if err := t.dropContent(p); err != nil {
		return err
	}
	t.freePage(no, p.isBranch(), p.version())
	return nil
}

func (t *Tree) dropContent(p page) error {
	if p.level() == 1 && t.overflow == 0 {
		return t.dropLeaves(p)
	}
	for i := range p.count() {
		if p.isBranch() {
			if err := t.drop(p.child(i), p.level()-1); err != nil {
				return err
			}
		} else if ref, overflow := p.value(i); overflow {
			if err := t.freeOverflow(ref); err != nil {
				return err
			}
		}
	}
	return nil
}

// dropLeaves gives up the leaves below a branch, those with adjacent numbers together.
func (t *Tree) dropLeaves(p page) error {
	lo, hi := t.tx.ownSpan()
	at := p.childrenAt()
	for end := at + 8*p.count(); at < end; {
		first, run := load64(p, at), uint64(1)
		for at += 8; at < end && load64(p, at) == first+run; at += 8 {
			run++
		}
		if first < firstPage || first >= t.tx.pageEnd || run > t.tx.pageEnd-first {
			return corrupt(first, "a page refers to it, but the file has pages %d to %d", firstPage, t.tx.pageEnd-1)
		}
		t.leaves -= run
		if first < hi && lo < first+run && t.tx.mayOwn(first, run) {
			t.tx.free(first, run, 0)
		} else {
			t.tx.giveUp(first, run, 0)
		}
	}
	return nil
}

// mostOwnRuns is among how many runs of pages it is worth looking for those that a transaction owns.
const mostOwnRuns = 64

// ownSpan returns numbers between which, from the first on and before the second, all pages of the transaction are. It takes no
// longer for many pages than for few, and the span may be too wide.
func (tx *Tx) ownSpan() (lo, hi uint64) {
	if len(tx.allocated) > mostOwnRuns {
		return 0, maxPages
	}
	lo = maxPages
	for _, x := range tx.allocated {
		lo, hi = min(lo, x.first), max(hi, runEnd(tx.db.PageSize(), x.first, x.pages))
	}
	return lo, hi
}

// mayOwn reports whether some of these pages, whose numbers are adjacent, may be the transaction's. It takes no longer for many
// pages than for one, and is wrong only in saying yes.
func (tx *Tx) mayOwn(first, pages uint64) bool {
	if len(tx.allocated) > mostOwnRuns {
		return true
	}
	for _, x := range tx.allocated {
		if first < runEnd(tx.db.PageSize(), x.first, x.pages) && x.first < first+pages {
			return true
		}
	}
	return false
}

// freePage gives up a page of the tree.
func (t *Tree) freePage(no uint64, branch bool, born uint64) {
	if branch {
		t.branches--
	} else {
		t.leaves--
	}
	t.tx.free(no, 1, born)
}

// clear removes everything.
func (t *Tree) clear() error {
	if err := t.flush(); err != nil {
		return err
	}
	if t.root == 0 {
		return nil
	}
	t.touch()
	p, err := t.tx.root(t.root)
	if err != nil {
		return err
	}
	if err := t.drop(t.root, p.level()); err != nil {
		return err
	}
	t.root, t.keys = 0, 0
	return nil
}
