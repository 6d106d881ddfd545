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
	tx    *Tx
	leaf  page // of the present key
	i     int  // the present key's entry in leaf
	quick int  // entries of leaf, if a move within it is no more than a change of i, else 0
	state cursorState
	keyed bool // key is the present key
	err   error
	moves int    // counts the moves that did more than change i
	gen   uint64 // of the tree when path was made
	path  []step // from the leaf up; i says the entry that was taken in the branches
	key   []byte // memory for the present key
	fixed int    // the first bytes of key are the prefix of leaf, -1 when they are not
}

type cursorState int

const (
	nowhere cursorState = iota // before the first move
	atKey                      // path leads to the present key
	pastEnd                    // a move went beyond the last key
	preHead                    // a move went before the first key
)

// Cursor returns a new cursor.
func (t *Tree) Cursor() *Cursor { return &Cursor{t: t, tx: t.tx} }

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
		c.leave(pastEnd)
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
func (c *Cursor) Next() bool {
	if i := c.i + 1; i < c.quick && !c.tx.done {
		c.i, c.keyed = i, false
		return true
	}
	return c.guardedNext()
}

// Prev moves to the preceding key.
func (c *Cursor) Prev() bool {
	if i := c.i - 1; i >= 0 && c.quick > 0 && !c.tx.done {
		c.i, c.keyed = i, false
		return true
	}
	return c.guardedPrev()
}

func (c *Cursor) guardedNext() (ok bool) {
	defer recoverFault(debug.SetPanicOnFault(true), &c.err)
	return c.next()
}

func (c *Cursor) guardedPrev() (ok bool) {
	defer recoverFault(debug.SetPanicOnFault(true), &c.err)
	return c.prev()
}

// start begins a move that does not depend on where the cursor is.
func (c *Cursor) start() bool {
	c.leave(nowhere)
	c.err = c.t.settled(false)
	return c.err == nil
}

func firstEntry(page) int  { return 0 }
func lastEntry(p page) int { return p.count() - 1 }

// leave notes that the cursor is at no key.
func (c *Cursor) leave(s cursorState) {
	c.state, c.keyed, c.quick = s, false, 0
	c.moves++
}

// descend fills the path below a level from the entry that the path takes there, or the whole path for level 0. In each page
// it takes the entry that choose returns.
func (c *Cursor) descend(level int, choose func(page) int) bool {
	c.quick, c.fixed = 0, -1
	c.moves++
	var p page
	if level == 0 {
		c.gen = c.t.gen
		if c.t.root == 0 {
			c.path = c.path[:0]
			return true
		}
		if p, c.err = c.tx.root(c.t.root); c.err != nil {
			return c.lost()
		}
		c.setHeight(p.level() + 1)
		level = p.level()
		c.enter(level, c.t.root, p, choose(p))
	}
	for ; level > 0; level-- {
		s := &c.path[level]
		no := s.p.child(s.i)
		if p, c.err = c.tx.page(no, level-1); c.err != nil {
			return c.lost()
		}
		c.enter(level-1, no, p, choose(p))
	}
	return true
}

// enter puts a page on the path.
func (c *Cursor) enter(level int, no uint64, p page, i int) {
	c.path[level] = step{no: no, p: p, i: i}
	if level == 0 {
		c.leaf, c.i = p, i
	}
}

func (c *Cursor) setHeight(n int) {
	if cap(c.path) < n {
		c.path = make([]step, n, n+2)
	}
	c.path = c.path[:n]
}

// lost notes that a move failed: the cursor is at no key.
func (c *Cursor) lost() bool {
	c.leave(nowhere)
	return false
}

// land makes the key at the path the present one. When the path points behind a leaf it goes on to the next one, and to the
// state end when there is none.
func (c *Cursor) land(end cursorState) bool {
	if len(c.path) == 0 {
		c.leave(end)
		return false
	}
	if c.i >= c.leaf.count() {
		return c.nextLeaf()
	}
	return c.arrive()
}

// arrive finishes a move. In a writable transaction the key is copied, since the page may change before the next move.
func (c *Cursor) arrive() bool {
	c.state, c.keyed = atKey, false
	if c.tx.writable {
		c.loadKey()
	} else {
		c.quick = c.leaf.count()
	}
	return true
}

// loadKey assembles the present key. The prefix of a leaf is copied once.
func (c *Cursor) loadKey() {
	suffix := c.leaf.suffix(c.i)
	if c.fixed < 0 || c.tx.writable {
		c.key = append(c.key[:0], c.leaf.prefix()...)
		c.fixed = len(c.key)
	}
	c.key = append(c.key[:c.fixed], suffix...)
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
func (c *Cursor) compare(key []byte) int { return c.leaf.compareKey(c.i, key) }

// resume finds the present key again after the tree has changed. The cursor is then at that key or the first greater one.
func (c *Cursor) resume() (ok, exact bool) {
	key := append([]byte(nil), c.key...)
	if !c.seek(key) {
		return false, false
	}
	return true, c.compare(key) == 0
}

func (c *Cursor) next() bool {
	if c.err = c.t.settled(false); c.err != nil {
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
	if c.i++; c.i < c.leaf.count() {
		return c.arrive()
	}
	return c.nextLeaf()
}

func (c *Cursor) prev() bool {
	if c.err = c.t.settled(false); c.err != nil {
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
	if c.i--; c.i >= 0 {
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
	c.leave(pastEnd)
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
	c.leave(preHead)
	return false
}
