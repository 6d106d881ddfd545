package btree

import (
	"fmt"
	"iter"
	"runtime/debug"
)

// Put sets the value of key. The database keeps copies. Put says nothing of an earlier value, so that it need not look for it:
// what it does to pages may happen later, and an error in that, such as a damaged page, may come from a later call.
func (t *Tree) Put(key, val []byte) error {
	if t.tail && t.appendQuick(key, val) {
		t.tx.log.put(t, key, val)
		return nil
	}
	if err := t.checkPut(key, val); err != nil {
		return err
	}
	t.tx.log.put(t, key, val)
	if t.buf.n > 0 && len(key)+len(val) <= t.tx.db.limit.maxInline {
		return t.collect(key, val, packLens(len(key), len(val), false))
	}
	return t.putGuarded(key, val)
}

func (t *Tree) putGuarded(key, val []byte) (err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	if t.tx.blind && len(key)+len(val) <= t.tx.db.limit.maxInline {
		return t.collect(key, val, packLens(len(key), len(val), false))
	}
	if err := t.tx.look(); err != nil {
		return err
	}
	last, err := t.isBeyond(key)
	if err != nil {
		return err
	}
	if last {
		err = t.put(key, val)
	} else {
		err = t.buffered(key, val)
	}
	if err == nil {
		err = t.tx.pace()
	}
	return t.tx.fail(err)
}

// Remove removes key if it is there. Unlike Delete it does not say whether it was, and so need not look for it: see Put.
func (t *Tree) Remove(key []byte) error {
	if err := t.alive(true); err != nil {
		return err
	}
	if len(key) > t.tx.db.limit.maxKey {
		return nil
	}
	t.tx.log.remove(t, key)
	return t.collect(key, nil, packLens(len(key), 0, false)|changeRemove)
}

// isBeyond reports whether key comes after all keys of a tree without buffered changes. After it was not it is taken not to be.
func (t *Tree) isBeyond(key []byte) (bool, error) {
	if t.root == 0 && t.buf.n == 0 {
		return true, nil
	}
	if t.buf.n > 0 || t.scattered {
		return false, nil
	}
	if t.tail {
		return t.afterTail(key), nil
	}
	p, err := t.tx.root(t.root)
	for err == nil && p.isBranch() {
		p, err = t.tx.page(p.child(p.count()-1), p.level()-1)
	}
	if err != nil {
		return false, err
	}
	last := p.compareKey(p.count()-1, key) < 0
	t.scattered = !last
	return last, nil
}

// buffered puts a change into the buffer. A value too long for a leaf goes into its pages at once.
func (t *Tree) buffered(key, val []byte) error {
	lens := packLens(len(key), 0, true) | refSize<<lensValShift
	if len(key)+len(val) > t.tx.db.limit.maxInline {
		var pages uint64
		val, pages = t.tx.writeOverflow(val)
		t.overflow += pages
	} else {
		lens = packLens(len(key), len(val), false)
	}
	return t.collect(key, val, lens)
}

// collect appends a change to the buffer, and applies the buffers when they are full.
func (t *Tree) collect(key, val []byte, lens uint32) error {
	if t.buf.n == 0 {
		t.touch()
		t.buf.mem = t.tx.mem
		t.buf.mem.users++
	}
	t.gen++
	t.buf.add(key, val, lens)
	if !t.tx.isFull() {
		return nil
	}
	if err := t.tx.look(); err != nil {
		return t.tx.fail(err)
	}
	return t.tx.flushGuarded()
}

func (t *Tree) checkPut(key, val []byte) error {
	if err := t.alive(true); err != nil {
		return err
	}
	if len(key) > t.tx.db.limit.maxKey {
		return fmt.Errorf("%w: %d bytes, at most %d with pages of %d", ErrKeyTooLarge, len(key), t.tx.db.limit.maxKey, t.tx.db.PageSize())
	}
	if uint64(len(val)) > MaxValueSize {
		return valueTooLarge(uint64(len(val)))
	}
	return nil
}

func valueTooLarge(size uint64) error {
	return fmt.Errorf("%w: %d bytes, at most %d", ErrValueTooLarge, size, uint64(MaxValueSize))
}

// Load fills an empty tree from a sequence in ascending order of keys. It fills pages entirely. When the order is wrong it
// returns ErrKeyOrder, and the tree keeps what came before.
func (t *Tree) Load(seq iter.Seq2[[]byte, []byte]) (err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	if err := t.settled(true); err != nil {
		return err
	}
	if t.keys != 0 {
		return fmt.Errorf("%w: %q has %d keys", ErrTreeNotEmpty, t.name, t.keys)
	}
	t.tx.direct()
	for key, val := range seq {
		if t.tail && t.appendQuick(key, val) {
			continue
		}
		if err := t.checkPut(key, val); err != nil {
			return err
		}
		last, err := t.isLast(key)
		if err != nil {
			return err
		}
		if !last {
			return fmt.Errorf("%w: key %d, %q, is not greater than the one before", ErrKeyOrder, t.keys, key)
		}
		if err := t.put(key, val); err != nil {
			return t.tx.fail(err)
		}
		if err := t.tx.pace(); err != nil {
			return t.tx.fail(err)
		}
	}
	return nil
}

// isLast reports whether key comes after all keys of a tree that only put has changed since it was empty.
func (t *Tree) isLast(key []byte) (bool, error) {
	if t.tail {
		return t.afterTail(key), nil
	}
	n, err := t.rank(key)
	if err != nil || n < t.keys {
		return false, err
	}
	_, found, err := t.get(key)
	return !found, err
}

// put is Put without the checks.
func (t *Tree) put(key, val []byte) error {
	e := entry{key: key, val: val}
	if len(key)+len(val) > t.tx.db.limit.maxInline {
		var pages uint64
		e.val, pages = t.tx.writeOverflow(val)
		e.overflow = true
		t.overflow += pages
	}
	if t.tail && t.afterTail(key) {
		return t.append(&e)
	}
	return t.putSearch(&e)
}

// putSearch inserts an entry or replaces the value of the one with its key.
func (t *Tree) putSearch(e *entry) error {
	if t.root == 0 {
		t.plant()
	}
	if err := t.descend(e.key); err != nil {
		return err
	}
	good, err := t.applyOne(e, false)
	if err == errNoRoom {
		t.addKeys(1)
		return t.insertSplitting(e)
	}
	t.tail = good && t.isTailPath()
	return err
}

// plant gives an empty tree its first leaf.
func (t *Tree) plant() {
	p := t.tx.newPage()
	build(p, kindLeaf, 0, nil)
	t.root = t.tx.add(p)
	t.leaves++
}

// descend makes every page from the root to the leaf of key one that the transaction may change, and remembers them in path.
func (t *Tree) descend(key []byte) error {
	t.touch()
	p, err := t.tx.root(t.root)
	if err != nil {
		return err
	}
	t.root, p = t.tx.own(t.root, p)
	level := p.level()
	if cap(t.path) <= level {
		t.path = make([]step, level+1, level+4)
	}
	t.path = t.path[:level+1]
	t.path[level] = step{no: t.root, p: p}
	for ; level > 0; level-- {
		i := p.childIndex(key)
		t.path[level].i = i
		no, below, err := t.ownChild(p, i)
		if err != nil {
			return err
		}
		t.path[level-1] = step{no: no, p: below}
		p = below
	}
	return nil
}

// ownChild makes the child at entry i of p, which is owned, one that the transaction may change.
func (t *Tree) ownChild(p page, i int) (uint64, page, error) {
	no := p.child(i)
	below, err := t.tx.page(no, p.level()-1)
	if err != nil {
		return 0, nil, err
	}
	owned, below := t.tx.own(no, below)
	if owned != no {
		p.setChild(i, owned)
	}
	return owned, below, nil
}

// addKeys changes the number of keys by n on the whole path.
func (t *Tree) addKeys(n int64) {
	t.keys += uint64(n)
	for _, s := range t.path[1:] {
		s.p.setKeys(s.i, s.p.keys(s.i)+uint64(n))
	}
}

// replace gives the entry at the path a new value, and reports whether the path is still good.
func (t *Tree) replace(e *entry) (bool, error) {
	leaf := t.path[0]
	if old, overflow := leaf.p.value(leaf.i); overflow {
		if err := t.freeOverflow(old); err != nil {
			return false, err
		}
	}
	if leaf.p.replaceValue(leaf.i, e.val, e.overflow) {
		return true, nil
	}
	leaf.p.remove(leaf.i, leaf.i+1)
	if leaf.p.insert(leaf.i, e) {
		return true, nil
	}
	return false, t.insertSplitting(e)
}

// insertSplitting inserts an entry at the path into a leaf that has no room for it as it is.
func (t *Tree) insertSplitting(e *entry) error {
	leaf := t.path[0]
	tail := leaf.i == leaf.p.count() && leaf.i > 0 && t.isTailPath()
	if tail && leaf.p.free() < len(leaf.p)/8 {
		return t.newTail(e)
	}
	s := &t.tx.scratch
	s.reset()
	s.entries = decode(leaf.p, s.entries, &s.arena)
	es := append(s.entries, entry{})
	copy(es[leaf.i+1:], es[leaf.i:])
	es[leaf.i] = *e
	s.entries = es
	if tail && !fits(kindLeaf, es, len(leaf.p)) {
		return t.newTail(e)
	}
	return t.store(0, es)
}
