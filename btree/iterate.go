package btree

import (
	"bytes"
	"iter"
	"runtime/debug"
)

// Ascend returns the keys of a range in ascending order, with their values. The key is valid until the next step. Err says
// after the loop whether it ended because of an error. The loop leaves the cursor at the key where it ended, and goes on from
// wherever its body moves the cursor.
func (c *Cursor) Ascend(lo, hi []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, val []byte) bool) {
		l := loop{yield: yield}
		defer recoverOwnFault(&l.inBody, debug.SetPanicOnFault(true), &c.err)
		if !c.start() {
			return
		}
		for ok := c.seek(lo); ok; ok = c.next() {
			end := c.leaf.count()
			if hi != nil {
				end, _ = c.leaf.search(hi)
			}
			if c.i >= end || !c.walkLeaf(end, 1, &l) {
				return
			}
		}
	}
}

// Descend returns the same keys as Ascend, in descending order.
func (c *Cursor) Descend(lo, hi []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, val []byte) bool) {
		l := loop{yield: yield}
		defer recoverOwnFault(&l.inBody, debug.SetPanicOnFault(true), &c.err)
		if !c.start() || hi != nil && bytes.Compare(lo, hi) >= 0 {
			return
		}
		var ok bool
		if hi == nil {
			ok = c.last()
		} else {
			ok = c.seekBefore(hi)
		}
		for ; ok; ok = c.prev() {
			begin := 0
			if len(lo) > 0 {
				begin, _ = c.leaf.search(lo)
			}
			if c.i < begin || !c.walkLeaf(begin-1, -1, &l) {
				return
			}
		}
	}
}

// loop is what a loop over keys does with each.
type loop struct {
	yield  func(key, val []byte) bool
	inBody bool
}

// body runs the body of the loop and reports whether to go on.
func (l *loop) body(key, val []byte) bool {
	l.inBody = true
	more := l.yield(key, val)
	l.inBody = false
	return more
}

// walkLeaf passes the entries of the leaf from the present one to the one before stop to the body of a loop, by is 1 upwards and
// -1 downwards. It reports whether to go on with next or prev.
func (c *Cursor) walkLeaf(stop, by int, l *loop) bool {
	if c.quick == 0 {
		return c.pass(l)
	}
	r, ok := c.reader()
	switch {
	case !ok:
		return c.walkVarying(stop, by, l)
	case r.step > 0 && !r.prefixed:
		return c.walkOrdered(&r, stop, by, l)
	}
	fetch := c.ahead(by)
	for i := c.i; i != stop; {
		for to := fetch.part(i, stop); i != to; i += by {
			c.i, c.keyed = i, false
			if !l.body(r.entry(i)) {
				return false
			}
			if c.i != i || c.moves != r.moves || c.tx.done {
				return true
			}
		}
	}
	return true
}

// walkOrdered is walkLeaf where the records lie in order and hold whole keys.
func (c *Cursor) walkOrdered(r *leafReader, stop, by int, l *loop) bool {
	p, key, val, moves := r.p, r.key, r.val, r.moves
	at, step := len(p)-(c.i+1)*r.step, by*r.step
	yield, fetch := l.yield, c.ahead(by)
	for i := c.i; i != stop; {
		to := fetch.part(i, stop)
		l.inBody = true // for all of them: the walk itself looks at no record
		for ; i != to; i += by {
			c.i, c.keyed = i, false
			if !yield(slice(p, at, key), slice(p, at+key, val)) {
				l.inBody = false
				return false
			}
			if c.i != i || c.moves != moves || c.tx.done {
				l.inBody = false
				return true
			}
			at -= step
		}
		l.inBody = false
	}
	return true
}

// walkVarying is walkLeaf where the lengths of records vary, or values are outside of the leaf.
func (c *Cursor) walkVarying(stop, by int, l *loop) bool {
	moves, fetch := c.moves, c.ahead(by)
	for i := c.i; i != stop; {
		for to := fetch.part(i, stop); i != to; i += by {
			c.i, c.keyed = i, false
			if !c.pass(l) {
				return false
			}
			if c.i != i || c.moves != moves || c.tx.done {
				return true
			}
		}
	}
	return true
}

// pass passes the present entry to the body of a loop and reports whether to go on.
func (c *Cursor) pass(l *loop) bool {
	val, overflow := c.leaf.value(c.i)
	if !c.keyed {
		c.loadKey()
	}
	if overflow {
		if val, c.err = c.tx.readOverflow(val); c.err != nil {
			return false
		}
	}
	return l.body(c.key, val)
}

// leafReader reads entries of a leaf whose records have fixed lengths, without looking at the page's header again.
type leafReader struct {
	p        page
	key, val int // lengths, of the key without the prefix
	step     int // from a record to the one before it, when they are in order
	slots    int // offset of the slots
	moves    int
	prefixed bool
	whole    []byte // memory for a key, which begins with the prefix
}

// reader returns a reader of the present leaf, if it can have one: lengths are fixed, and values are in the leaf. The transaction
// is read-only.
func (c *Cursor) reader() (r leafReader, ok bool) {
	lens := c.leaf.lens()
	if lens == 0 || lens&lensOverflow != 0 {
		return r, false
	}
	r = leafReader{p: c.leaf, key: keyLen(lens), val: valLen(lens), slots: c.leaf.slotsAt(), moves: c.moves}
	if c.leaf.ordered() {
		r.step = r.key + r.val
	}
	if pre := c.leaf.prefix(); len(pre) > 0 {
		c.fixed = -1
		c.key = append(append(c.key[:0], pre...), c.leaf.suffix(c.i)...)
		r.whole, r.prefixed = c.key, true
	}
	return r, true
}

// entry returns the key and the value of entry i.
func (r *leafReader) entry(i int) (key, val []byte) {
	at := len(r.p) - (i+1)*r.step
	if r.step == 0 {
		at = len(r.p) - load16(r.p, r.slots+2*i)
	}
	key = slice(r.p, at, r.key)
	if r.prefixed {
		copy(r.whole[len(r.whole)-r.key:], key)
		key = r.whole
	}
	return key, slice(r.p, at+r.key, r.val)
}
