package btree

import (
	"bytes"
	"iter"
	"runtime/debug"
)

// Key returns the present key, or nil when the cursor is at none. The slice is valid until the next move.
func (c *Cursor) Key() (key []byte) {
	if c.state != atKey || c.t.tx.done {
		return nil
	}
	if !c.keyed {
		defer recoverFault(debug.SetPanicOnFault(true), &c.err)
		c.loadKey()
	}
	return c.key
}

// Value returns the value of the present key, or nil when the cursor is at none. The slice is valid as said at Tx.
func (c *Cursor) Value() (val []byte, err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	raw, overflow, err := c.raw()
	if err != nil || !overflow {
		return raw, err
	}
	return c.t.tx.readOverflow(raw)
}

// ValueLen returns the length in bytes of the present key's value without reading it.
func (c *Cursor) ValueLen() (n uint64, err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	raw, overflow, err := c.raw()
	if err != nil || !overflow {
		return uint64(len(raw)), err
	}
	_, n = splitRef(raw)
	return n, nil
}

// ValuePrefix returns the first n bytes of the present key's value, or all of it when it is not longer. It reads no more pages
// than it takes. The slice is valid as said at Tx.
func (c *Cursor) ValuePrefix(n int) (val []byte, err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	raw, overflow, err := c.raw()
	if err != nil {
		return nil, err
	}
	n = max(n, 0)
	if overflow {
		return c.t.tx.readOverflowPrefix(raw, uint64(n))
	}
	n = min(n, len(raw))
	return raw[:n:n], nil
}

// raw returns what the leaf holds for the present key. After a change of the tree it looks the key up again.
func (c *Cursor) raw() ([]byte, bool, error) {
	if c.state != atKey {
		return nil, false, c.err
	}
	if err := c.t.usable(false); err != nil {
		return nil, false, err
	}
	if c.gen == c.t.gen {
		val, overflow := c.path[0].p.value(c.path[0].i)
		return val, overflow, nil
	}
	p, err := c.t.leaf(c.key)
	if p == nil || err != nil {
		return nil, false, err
	}
	i, found := p.search(c.key)
	if !found {
		return nil, false, nil
	}
	val, overflow := p.value(i)
	return val, overflow, nil
}

// Ascend returns the keys of a range in ascending order, with their values. The key is valid until the next step. Err says
// after the loop whether it ended because of an error. The loop leaves the cursor at the key where it ended.
func (c *Cursor) Ascend(lo, hi []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, val []byte) bool) {
		defer recoverFault(debug.SetPanicOnFault(true), &c.err)
		if !c.start() {
			return
		}
		for ok := c.seek(lo); ok; ok = c.next() {
			if hi != nil && c.compare(hi) >= 0 {
				return
			}
			if !c.yield(yield) {
				return
			}
		}
	}
}

// Descend returns the same keys as Ascend, in descending order.
func (c *Cursor) Descend(lo, hi []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, val []byte) bool) {
		defer recoverFault(debug.SetPanicOnFault(true), &c.err)
		if !c.start() || hi != nil && bytes.Compare(lo, hi) >= 0 {
			return
		}
		var ok bool
		if hi == nil {
			ok = c.last()
		} else {
			ok = c.seekBefore(hi)
		}
		for ; ok && c.compare(lo) >= 0; ok = c.prev() {
			if !c.yield(yield) {
				return
			}
		}
	}
}

// yield passes the present entry to the body of a loop and reports whether to go on.
func (c *Cursor) yield(body func(key, val []byte) bool) bool {
	leaf := &c.path[0]
	suffix, val, overflow := leaf.p.leafEntry(leaf.i)
	if !c.keyed {
		c.key = append(append(c.key[:0], leaf.p.prefix()...), suffix...)
		c.keyed = true
	}
	if overflow {
		if val, c.err = c.t.tx.readOverflow(val); c.err != nil {
			return false
		}
	}
	return body(c.key, val)
}
