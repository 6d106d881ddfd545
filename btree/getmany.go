package btree

import "runtime/debug"

// getBatch is how many keys GetMany looks up together: enough to keep the memory busy, few enough to stay in the caches.
const getBatch = 32

// GetMany looks many keys up, in any order, and calls fn for each in the order given, with its index, its value and whether
// there is one, until fn returns false. It overlaps waiting for the memory of one key with that of others, and so takes a
// fraction of the time of as many calls of Get where the tree is larger than the processor's caches. The values are valid as
// said at Tx.
func (t *Tree) GetMany(keys [][]byte, fn func(i int, val []byte, ok bool) bool) (err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	if err := t.settled(false); err != nil {
		return err
	}
	var b batch
	for from := 0; from < len(keys); from += getBatch {
		more, err := b.get(t, keys, from, fn)
		if !more || err != nil {
			return err
		}
	}
	return nil
}

// batch is the state of some lookups that go on side by side.
type batch struct {
	pages [getBatch]page
}

// get looks up the keys from one on and reports whether to go on.
func (b *batch) get(t *Tree, keys [][]byte, from int, fn func(i int, val []byte, ok bool) bool) (bool, error) {
	group := keys[from:min(from+getBatch, len(keys))]
	if t.root == 0 {
		return deliver(from, len(group), fn), nil
	}
	if err := b.descend(t, group); err != nil {
		return false, err
	}
	for j, key := range group {
		p := b.pages[j]
		head, record := p.guess(key)
		prefetchLines(&p[head], 1)
		prefetchLines(&p[record], 2)
	}
	for j, key := range group {
		p := b.pages[j]
		var val []byte
		i, ok := p.search(key)
		if ok {
			var overflow bool
			if val, overflow = p.value(i); overflow {
				var err error
				if val, err = t.tx.readOverflow(val); err != nil {
					return false, err
				}
			}
		}
		if !fn(from+j, val, ok) || t.tx.done {
			return false, nil
		}
	}
	return true, nil
}

// deliver calls fn for keys that are not there.
func deliver(from, n int, fn func(i int, val []byte, ok bool) bool) bool {
	for i := range n {
		if !fn(from+i, nil, false) {
			return false
		}
	}
	return true
}

// descend finds the leaves of the keys, a level of the tree after the other.
func (b *batch) descend(t *Tree, keys [][]byte) error {
	p, err := t.tx.root(t.root)
	if err != nil {
		return err
	}
	for j := range keys {
		b.pages[j] = p
	}
	for level := p.level() - 1; level >= 0; level-- {
		for j, key := range keys {
			p := b.pages[j]
			if p, err = t.tx.any(p.child(p.childIndex(key))); err != nil {
				return err
			}
			prefetchLines(&p[0], 2) // the header, and the first heads
			b.pages[j] = p
		}
		for _, p := range b.pages[:len(keys)] {
			if err := p.mustBe(level); err != nil {
				return err
			}
		}
	}
	return nil
}

// mustBe returns an error when the page is not one of a tree at this level.
func (p page) mustBe(level int) error {
	if p.level() != level || p.kind() > kindBranch {
		return corrupt(p.number(), "a page of kind %d at level %d where level %d of a tree is expected", p.kind(), p.level(), level)
	}
	return nil
}

// guess returns the offsets of the head and the record of key in a leaf whose heads are even, from its header alone.
func (p page) guess(key []byte) (headAt, recordAt int) {
	prefix, n := p.prefixLen(), p.count()
	if n == 0 || len(key) < prefix {
		return 0, 0
	}
	heads := p.headsAt()
	i := p.guessHead(heads, n, head(key[prefix:]))
	if !p.ordered() {
		return heads + 4*i, p.slotsAt() + 2*i
	}
	at, _ := p.record(i)
	return heads + 4*i, min(at, len(p)-1)
}
