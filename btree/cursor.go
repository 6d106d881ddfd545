package btree

import (
	"runtime/debug"
)

// Cursor walks over the keys of a tree. It begins at no key: the first Next goes to the first key and the first Prev to the
// last. When its tree changes under it, in a writable transaction, the next move goes on from the key that it was at, whether
// that is still there or not.
//
// A move returns false at the end of the tree and on an error, which Err returns.
type Cursor struct {
	t     *Tree
	path  []step // from the leaf up
	state cursorState
	err   error
	gen   uint64 // of the tree when path was made
	key   []byte // memory for the present key
	keyed bool   // key is the present key
}

type cursorState int

const (
	nowhere cursorState = iota // before the first move
	atKey                      // path leads to the present key
	pastEnd                    // a move went beyond the last key
	preHead                    // a move went before the first key
)

// Cursor returns a new cursor.
func (t *Tree) Cursor() *Cursor { return &Cursor{t: t} }

// Err returns the error of the last move, or nil.
func (c *Cursor) Err() error { return c.err }

// First moves to the first key.
func (c *Cursor) First() (ok bool) {
	defer recoverFault(debug.SetPanicOnFault(true), &c.err)
	return c.start() && c.descend(0, firstEntry) && c.land(pastEnd)
}

// Last moves to the last key.
func (c *Cursor) Last() (ok bool) {
	defer recoverFault(debug.SetPanicOnFault(true), &c.err)
	return c.start() && c.last()
}

// Seek moves to the first key that is not less than key.
func (c *Cursor) Seek(key []byte) (ok bool) {
	defer recoverFault(debug.SetPanicOnFault(true), &c.err)
	return c.start() && c.seek(key)
}

// SeekBefore moves to the last key that is less than key.
func (c *Cursor) SeekBefore(key []byte) (ok bool) {
	defer recoverFault(debug.SetPanicOnFault(true), &c.err)
	return c.start() && c.seekBefore(key)
}

// SeekAtMost moves to the last key that is not greater than key.
func (c *Cursor) SeekAtMost(key []byte) (ok bool) {
	defer recoverFault(debug.SetPanicOnFault(true), &c.err)
	if !c.start() {
		return false
	}
	if c.seek(key) && c.compare(key) == 0 {
		return true
	}
	return c.err == nil && c.seekBefore(key)
}

// Select moves to the key at a position in ascending order, from 0.
func (c *Cursor) Select(n uint64) (ok bool) {
	defer recoverFault(debug.SetPanicOnFault(true), &c.err)
	if !c.start() {
		return false
	}
	if n >= c.t.keys {
		c.state = pastEnd
		return false
	}
	return c.descend(0, func(p page) int {
		if !p.isBranch() {
			return int(min(n, uint64(p.count())))
		}
		i := 0
		for ; i < p.count()-1 && n >= p.keys(i); i++ {
			n -= p.keys(i)
		}
		return i
	}) && c.land(pastEnd)
}

// Next moves to the following key.
func (c *Cursor) Next() (ok bool) {
	defer recoverFault(debug.SetPanicOnFault(true), &c.err)
	return c.next()
}

// Prev moves to the preceding key.
func (c *Cursor) Prev() (ok bool) {
	defer recoverFault(debug.SetPanicOnFault(true), &c.err)
	return c.prev()
}

// start begins a move that does not depend on where the cursor is.
func (c *Cursor) start() bool {
	c.state, c.keyed = nowhere, false
	c.err = c.t.usable(false)
	return c.err == nil
}

func firstEntry(page) int  { return 0 }
func lastEntry(p page) int { return p.count() - 1 }

// descend fills the path below a level from the entry that the path takes there, or the whole path for level 0. In each page
// it takes the entry that choose returns.
func (c *Cursor) descend(level int, choose func(page) int) bool {
	var p page
	if level == 0 {
		c.gen = c.t.gen
		if c.t.root == 0 {
			c.path = c.path[:0]
			return true
		}
		if p, c.err = c.t.tx.root(c.t.root); c.err != nil {
			return c.lost()
		}
		c.setHeight(p.level() + 1)
		level = p.level()
		c.path[level] = step{no: c.t.root, p: p, i: choose(p)}
	}
	for ; level > 0; level-- {
		s := &c.path[level]
		no := s.p.child(s.i)
		if p, c.err = c.t.tx.page(no, level-1); c.err != nil {
			return c.lost()
		}
		c.path[level-1] = step{no: no, p: p, i: choose(p)}
	}
	return true
}

func (c *Cursor) setHeight(n int) {
	if cap(c.path) < n {
		c.path = make([]step, n, n+2)
	}
	c.path = c.path[:n]
}

// lost notes that a move failed: the cursor is at no key.
func (c *Cursor) lost() bool {
	c.state, c.keyed = nowhere, false
	return false
}

// land makes the key at the path the present one. When the path points behind a leaf it goes on to the next one, and to the
// state end when there is none.
func (c *Cursor) land(end cursorState) bool {
	if len(c.path) == 0 {
		c.state = end
		return false
	}
	if leaf := &c.path[0]; leaf.i >= leaf.p.count() {
		return c.nextLeaf()
	}
	return c.arrive()
}

// arrive finishes a move. In a writable transaction the key is copied: the page may change before the next move.
func (c *Cursor) arrive() bool {
	c.state, c.keyed = atKey, false
	if c.t.tx.writable {
		c.loadKey()
	}
	return true
}

func (c *Cursor) loadKey() {
	leaf := &c.path[0]
	c.key = leaf.p.appendKey(c.key[:0], leaf.i)
	c.keyed = true
}

func (c *Cursor) last() bool { return c.descend(0, lastEntry) && c.land(preHead) }

func (c *Cursor) seek(key []byte) bool {
	return c.descend(0, func(p page) int {
		if p.isBranch() {
			return p.childIndex(key)
		}
		i, _ := p.search(key)
		return i
	}) && c.land(pastEnd)
}

func (c *Cursor) seekBefore(key []byte) bool {
	if c.seek(key) {
		return c.prev()
	}
	return c.err == nil && c.last()
}

// compare compares the present key with key.
func (c *Cursor) compare(key []byte) int { return c.path[0].p.compareKey(c.path[0].i, key) }

// resume finds the present key again after the tree has changed. The cursor is then at that key or the first greater one.
func (c *Cursor) resume() (ok, exact bool) {
	key := append([]byte(nil), c.key...)
	if !c.seek(key) {
		return false, false
	}
	return true, c.compare(key) == 0
}

func (c *Cursor) next() bool {
	if c.err = c.t.usable(false); c.err != nil {
		return c.lost()
	}
	switch c.state {
	case nowhere, preHead:
		return c.descend(0, firstEntry) && c.land(pastEnd)
	case pastEnd:
		return false
	}
	if c.gen != c.t.gen {
		if ok, exact := c.resume(); !ok || !exact {
			return ok
		}
	}
	leaf := &c.path[0]
	if leaf.i++; leaf.i < leaf.p.count() {
		return c.arrive()
	}
	return c.nextLeaf()
}

func (c *Cursor) prev() bool {
	if c.err = c.t.usable(false); c.err != nil {
		return c.lost()
	}
	switch c.state {
	case nowhere, pastEnd:
		return c.last()
	case preHead:
		return false
	}
	if c.gen != c.t.gen {
		if ok, _ := c.resume(); !ok {
			return c.err == nil && c.last()
		}
	}
	leaf := &c.path[0]
	if leaf.i--; leaf.i >= 0 {
		return c.arrive()
	}
	return c.prevLeaf()
}

// nextLeaf moves to the first key of the next leaf.
func (c *Cursor) nextLeaf() bool {
	for level := 1; level < len(c.path); level++ {
		s := &c.path[level]
		if s.i++; s.i < s.p.count() {
			return c.descend(level, firstEntry) && c.arrive()
		}
	}
	c.state, c.keyed = pastEnd, false
	return false
}

// prevLeaf moves to the last key of the leaf before.
func (c *Cursor) prevLeaf() bool {
	for level := 1; level < len(c.path); level++ {
		s := &c.path[level]
		if s.i--; s.i >= 0 {
			return c.descend(level, lastEntry) && c.arrive()
		}
	}
	c.state, c.keyed = preHead, false
	return false
}
