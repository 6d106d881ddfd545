package btree

// The memory of a page that nobody has looked at for a while takes as long to come as hundreds of instructions. A load makes the
// processor wait as soon as it has begun as many instructions behind it as it can keep; to prefetch is a hint, which it does not
// wait for. That is what assembly is for here: Go has no other way to say it. A hint changes nothing that a program can observe, and
// may name any address.

// cacheLine is the length in bytes of what processors fetch at a time.
const cacheLine = 64

// prefetch has the processor fetch the bytes of b.
func prefetch(b []byte) {
	if len(b) > 0 {
		prefetchLines(&b[0], (len(b)+cacheLine-1)/cacheLine)
	}
}

// ahead fetches the leaf that a walk comes to next, part by part while the walk goes over the present one, so that memory delivers
// all the time. Of a leaf with few records it fetches where they begin: what is long may not be looked at.
type ahead struct {
	next   page // nil when there is none, or it was not verified yet
	lo, hi int  // of what is to be fetched of it
	by     int  // 1 when the walk goes upwards, -1 when downwards
	stride int  // how many entries the walk passes for each part
	size   int  // of a part, 0 when only records are fetched
}

// aheadPart is about how many bytes are fetched at a time, and aheadHeader how many of a leaf's beginning are at first.
const (
	aheadPart   = 512
	aheadHeader = headerSize + 2*cacheLine
)

// ahead begins to fetch the leaf that a walk comes to after the present one.
func (c *Cursor) ahead(by int) ahead { return newAhead(c.leaf, c.neighbour(by), by) }

func newAhead(p, next page, by int) ahead {
	a := ahead{next: next, by: by}
	n := p.count()
	if a.stride = n * aheadPart / len(p); a.stride > 0 {
		a.size = (len(p)*a.stride + n - 1) / n
	} else {
		a.stride = (n + 1) / 2 // the header is there by then
	}
	if next != nil {
		a.hi = len(next)
		prefetch(next[:aheadHeader])
	}
	return a
}

// neighbour returns the leaf beside the present one, above it for 1 and below it for -1, if it is under the same branch and was
// verified already.
func (c *Cursor) neighbour(by int) page {
	if len(c.path) < 2 {
		return nil
	}
	s := &c.path[1]
	i := s.i + by
	if i < 0 || i >= s.p.count() {
		return nil
	}
	return c.tx.db.pager.lookup(s.p.child(i), false)
}

// part fetches a part more, and returns up to which entry the walk, which is at i and ends before stop, needs no other.
func (a *ahead) part(i, stop int) int {
	n := min(a.size, a.hi-a.lo)
	switch {
	case a.size == 0:
		a.records()
	case a.by > 0: // records in order lie from the end of the page down
		a.hi -= n
		prefetch(a.next[a.hi : a.hi+n])
	default:
		prefetch(a.next[a.lo : a.lo+n])
		a.lo += n
	}
	if a.by > 0 {
		return min(i+a.stride, stop)
	}
	return max(i-a.stride, stop)
}

// records fetches the first lines of every record, with the second part.
func (a *ahead) records() {
	if a.lo++; a.lo != 2 || a.next == nil {
		return
	}
	p := a.next
	slots, n := p.slotsAt(), p.count()
	for at := slots; at < slots+2*n; at += 2 {
		from := len(p) - load16(p, at)
		prefetch(p[from:min(from+2*cacheLine, len(p))])
	}
}
