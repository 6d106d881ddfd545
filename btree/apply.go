package btree

import (
	"errors"
	"maps"
	"runtime/debug"
	"slices"
)

// denseShare is the share of a leaf's entries that must change for the leaf to be built anew, rather than changed in place.
const denseShare = 4

// tryAppendAfter is after how many changes that were applied at once a put is tried at the end of the tree again.
const tryAppendAfter = 1000

// flush applies the buffered changes of every tree.
func (tx *Tx) flush() error {
	if err := tx.look(); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(tx.trees)) {
		if err := tx.trees[name].flush(); err != nil {
			return err
		}
	}
	return nil
}

// flushGuarded is flush for where no fault in mapped memory is awaited.
func (tx *Tx) flushGuarded() (err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	return tx.flush()
}

// flushHolding is flush before a read or another change: what reads returned stays as it is.
func (tx *Tx) flushHolding() error {
	defer tx.spill.unhold(tx.spill.hold())
	return tx.flushGuarded()
}

// isFull reports whether the buffers must be applied.
func (tx *Tx) isFull() bool { return tx.mem.size >= tx.db.opts.WriteBuffer }

// dropChanges forgets the buffered changes of every tree.
func (tx *Tx) dropChanges() {
	for _, t := range tx.trees {
		t.buf.clear()
	}
}

// flush applies the buffered changes. When it fails the transaction cannot be committed.
func (t *Tree) flush() error {
	defer t.countTail()
	if t.buf.n == 0 {
		return nil
	}
	defer t.buf.clear()
	if t.buf.n > tryAppendAfter {
		t.scattered = false
	}
	run, err := t.buf.sorted(t.dropChange)
	if err == nil {
		err = t.applyAhead(&sortedRun{buffer: &t.buf, changes: run})
	}
	return t.tx.fail(err)
}

// dropChange gives up the overflow pages of a change that a later one made void.
func (t *Tree) dropChange(val []byte, lens uint32) error {
	if lens&lensOverflow == 0 {
		return nil
	}
	return t.freeOverflow(val)
}

// sortedRun is what is left of the sorted changes of a buffer.
type sortedRun struct {
	*buffer
	changes []change
	ahead   int   // how many of them are being fetched
	lead    *lead // of who looks ahead, if anybody does
}

// next returns the first change.
func (r *sortedRun) next() (key, val []byte, lens uint32) {
	key, val, lens = r.mem.change(r.changes[0].at)
	const group = 16
	if r.ahead < group && r.ahead < len(r.changes) {
		more := r.changes[r.ahead:min(r.ahead+group, len(r.changes))]
		r.mem.prefetch(more, changeHeader+len(key)+len(val))
		r.ahead += len(more)
		if r.lead != nil {
			r.lead.applied(len(r.changes))
		}
	}
	return key, val, lens
}

// skip leaves the first change behind.
func (r *sortedRun) skip() {
	r.changes = r.changes[1:]
	r.ahead--
}

// before returns how many of the changes have keys less than fence; a nil fence is above all keys.
func (r *sortedRun) before(fence []byte) int {
	n := len(r.changes)
	if fence == nil || n == 0 {
		return n
	}
	first, _, _ := r.mem.change(r.changes[0].at)
	suffix, order := cutPrefix(fence, first[:r.prefix])
	if order > 0 {
		return n
	}
	if order < 0 {
		return 0
	}
	head := head8(suffix)
	less := func(i int) bool {
		c := r.changes[i]
		if c.head != head {
			return c.head < head
		}
		key, _, _ := r.mem.change(c.at)
		return string(key) < string(fence)
	}
	lo, step := 0, 1
	for lo+step <= n && less(lo+step-1) {
		lo += step
		step *= 2
	}
	hi := min(lo+step-1, n)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if less(mid) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// apply makes sorted changes.
func (t *Tree) apply(r *sortedRun) error {
	for len(r.changes) > 0 {
		if err := t.tx.pace(); err != nil {
			return err
		}
		key, val, lens := r.next()
		if lens&changeRemove != 0 {
			if found, err := t.has(key); !found || err != nil {
				if err != nil {
					return err
				}
				r.skip()
				continue
			}
		}
		if t.root == 0 {
			t.plant()
		}
		if err := t.descend(key); err != nil {
			return err
		}
		if t.isTailPath() && (t.keys == 0 || t.afterTail(key)) {
			t.tail = true
			if err := t.applyTail(r, key, val, lens); err != nil {
				return err
			}
			continue
		}
		if err := t.applyLeaf(r, r.before(t.leafFence())); err != nil {
			return err
		}
		t.tx.finish(t.path[0].no)
	}
	return nil
}

// applyAhead makes sorted changes, while another goroutine looks ahead.
func (t *Tree) applyAhead(r *sortedRun) error {
	defer t.lookAhead(r)()
	return t.apply(r)
}

// applyTail puts changes after the last key as long as the leaf has room, and one that needs another.
func (t *Tree) applyTail(r *sortedRun, key, val []byte, lens uint32) error {
	for {
		if lens&changeRemove == 0 && (lens&lensOverflow != 0 || !t.appendQuick(key, val)) {
			e := entry{key: key, val: val, overflow: lens&lensOverflow != 0}
			if err := t.append(&e); err != nil {
				return err
			}
		}
		if r.skip(); len(r.changes) == 0 || !t.tail {
			return nil
		}
		key, val, lens = r.next()
	}
}

// fence returns the least key that lies beyond the child at entry i of the branch above the leaves of the path, or nil when
// there is none.
func (t *Tree) fence(i int) []byte {
	for level := 1; level < len(t.path); level++ {
		s := t.path[level]
		if level > 1 {
			i = s.i
		}
		if i+1 < s.p.count() {
			t.tx.scratch.fence = s.p.appendKey(t.tx.scratch.fence[:0], i+1)
			return t.tx.scratch.fence
		}
	}
	return nil
}

// leafFence returns the least key that lies beyond the leaf of the path, or nil when there is none.
func (t *Tree) leafFence() []byte {
	if len(t.path) == 1 {
		return nil
	}
	return t.fence(t.path[1].i)
}

// applyLeaf makes the first n changes, which belong to the leaf of the path. It changes the leaf in place while it has room and
// few of its entries change, and else builds it anew. When a change needs more than this leaf it stops after it.
func (t *Tree) applyLeaf(r *sortedRun, n int) error {
	if n*denseShare > t.path[0].p.count() {
		return t.merge(r, n)
	}
	for ; n > 0; n-- {
		key, val, lens := r.next()
		e := entry{key: key, val: val, overflow: lens&lensOverflow != 0}
		good, err := t.applyOne(&e, lens&changeRemove != 0)
		if err == errNoRoom {
			return t.merge(r, n)
		}
		r.skip()
		if !good || err != nil {
			return err
		}
	}
	return nil
}

// errNoRoom is returned when an entry does not fit into the leaf of the path, of which nothing was changed.
var errNoRoom = errors.New("btree: no room in the leaf")

// applyOne makes a change in the leaf of the path and reports whether the path is still good.
func (t *Tree) applyOne(e *entry, remove bool) (bool, error) {
	leaf := &t.path[0]
	i, found := leaf.p.search(e.key)
	leaf.i = i
	switch {
	case remove && !found:
		return true, nil
	case remove:
		return t.removeAt(e.key)
	case found:
		return t.replace(e)
	case !leaf.p.insert(i, e):
		return true, errNoRoom
	}
	t.addKeys(1)
	return true, nil
}
