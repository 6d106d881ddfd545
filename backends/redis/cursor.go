package redis

import "unsafe"

// cursor moves over a tree whose pairs come in batches. It implements
// [kvrows.Cursor].
type cursor struct {
	// read returns pairs of a span, none only at the end of the tree, and
	// whether there may be others after them.
	read     func(span) (pairs []pair, more bool, err error)
	ahead    int // how many pairs it is expected to read, at first
	keysOnly bool

	pairs   []pair // in the direction of reading
	at      int    // of the current one
	reverse bool
	more    bool // there may be others after the last of pairs
	err     error
}

// batchAhead is how many pairs are read when more are wanted than expected.
const batchAhead = 1000

// Seek implements [kvrows.Cursor].
func (c *cursor) Seek(key []byte) bool {
	return c.fetch(span{from: string(key), bounded: len(key) > 0})
}

// SeekBefore implements [kvrows.Cursor].
func (c *cursor) SeekBefore(key []byte) bool {
	return c.fetch(span{from: string(key), bounded: key != nil, exclusive: true, reverse: true})
}

// Next implements [kvrows.Cursor].
func (c *cursor) Next() bool { return c.step(false) }

// Prev implements [kvrows.Cursor].
func (c *cursor) Prev() bool { return c.step(true) }

func (c *cursor) step(reverse bool) bool {
	if c.err != nil || c.at >= len(c.pairs) {
		return false
	}
	if c.reverse == reverse {
		if c.at++; c.at < len(c.pairs) {
			return true
		}
		if !c.more {
			return false
		}
	}
	from := c.pairs[min(c.at, len(c.pairs)-1)].key
	return c.fetch(span{from: from, bounded: true, exclusive: true, reverse: reverse})
}

// fetch reads the pairs of a span.
func (c *cursor) fetch(s span) bool {
	if c.err != nil {
		return false
	}
	s.limit, s.keysOnly = max(c.ahead, 1), c.keysOnly
	c.ahead = max(c.ahead, batchAhead)
	c.pairs, c.more, c.err = c.read(s)
	c.at, c.reverse = 0, s.reverse
	return c.err == nil && len(c.pairs) > 0
}

// Key implements [kvrows.Cursor].
func (c *cursor) Key() []byte { return bytesOf(c.pairs[c.at].key) }

// ValueLen implements [kvrows.Cursor].
func (c *cursor) ValueLen() (uint64, error) { return uint64(len(c.pairs[c.at].value)), nil }

// Value implements [kvrows.Cursor].
func (c *cursor) Value(n int) ([]byte, error) {
	v := c.pairs[c.at].value
	return bytesOf(v[:min(n, len(v))]), nil
}

// Err implements [kvrows.Cursor].
func (c *cursor) Err() error { return c.err }

// bytesOf returns the bytes of a string, which must not be changed: what a
// cursor gives is only read, and copies would cost as much as the decoding.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
