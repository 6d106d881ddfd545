package btree

import (
	"math/bits"
	"slices"
)

// decode appends the entries of p to es. Values alias the page, and so do keys where the page has no prefix; else they are
// assembled in *arena.
func decode(p page, es []entry, arena *[]byte) []entry {
	return decodeRange(p, 0, p.count(), slices.Grow(es, p.count()), arena)
}

// decodeRange is decode for the entries [from,to).
func decodeRange(p page, from, to int, es []entry, arena *[]byte) []entry {
	prefix := p.prefix()
	if p.isBranch() {
		for i := from; i < to; i++ {
			e := entry{child: p.child(i), keys: p.keys(i)}
			if i > 0 {
				e.key = wholeKey(prefix, p.suffix(i), arena)
			}
			es = append(es, e)
		}
		return es
	}
	for i := from; i < to; i++ {
		at, lens := p.record(i)
		n := keyLen(lens)
		key, val := wholeKey(prefix, slice(p, at, n), arena), slice(p, at+n, valLen(lens))
		es = append(es, entry{key: key, val: val, overflow: lens&lensOverflow != 0})
	}
	return es
}

// wholeKey returns a key, which it assembles in *arena if it has a prefix.
func wholeKey(prefix, suffix []byte, arena *[]byte) []byte {
	if len(prefix) == 0 {
		return suffix
	}
	from := len(*arena)
	*arena = append(append(*arena, prefix...), suffix...)
	return (*arena)[from:len(*arena):len(*arena)]
}

// build makes p a page of the given kind and level with exactly these entries, which must fit. The entries may not alias p.
func build(p page, kind byte, level int, es []entry) {
	clear(p[:headerSize])
	p[offKind], p[offLevel] = kind, byte(level)
	prefix, lens := shape(kind, es)
	p.setCap(len(es))
	p.setCount(len(es))
	p.setPrefix(prefix)
	p.setLens(lens)
	clear(p[headerSize+len(prefix) : p.headsAt()])
	p.fill(es)
	p.setOrdered(kind == kindLeaf && lens != 0)
	p.setSlope()
}

// beginLeaf makes p a leaf without entries whose keys will have a prefix. What its memory held stays where nothing lies, until
// clearFree.
func (p page) beginLeaf(prefix []byte) {
	clear(p[:headerSize])
	p[offKind] = kindLeaf
	p.setPrefix(prefix)
	clear(p[headerSize+len(prefix) : p.headsAt()])
}

// clearFree writes zeros where a leaf has nothing: behind the entries in its arrays, and between arrays and records.
func (p page) clearFree() {
	n, slots := p.count(), p.slotsAt()
	clear(p[p.headsAt()+4*n : slots])
	clear(p[slots+2*n : p.arraysEnd()])
	clear(p[p.arraysEnd() : len(p)-p.used()])
}

// shape returns the prefix that the keys of a page have in common, and the word of the lengths that its records have in common
// or 0. The entries are in the order of keys, so that what the first and the last share all of them do.
func shape(kind byte, es []entry) (prefix []byte, lens uint32) {
	if kind == kindBranch && len(es) > 0 {
		es = es[1:]
	}
	if len(es) == 0 {
		return nil, 0
	}
	first := &es[0]
	if len(es) > 1 {
		prefix = first.key[:prefixFor(first.key, es[len(es)-1].key)]
	}
	if !uniformLens(es) {
		return prefix, 0
	}
	return prefix, packLens(len(first.key)-len(prefix), len(first.val), first.overflow) | lensFixed
}

// fill writes the arrays and records of a page whose header and prefix are complete. What it leaves free is zero.
func (p page) fill(es []entry) {
	branch, prefix, fixed := p.isBranch(), p.prefixLen(), p.lens() != 0
	heads, slots := p.headsAt(), p.slotsAt()
	at := len(p)
	for i := range es {
		e := &es[i]
		if branch {
			p.setChild(i, e.child)
			p.setKeys(i, e.keys)
			if i == 0 {
				store32(p, heads, 0)
				store16(p, slots, 0)
				continue
			}
		}
		suffix := e.key[prefix:]
		at -= len(suffix) + len(e.val)
		rec := p[at:]
		copy(rec, suffix)
		copy(rec[len(suffix):], e.val)
		if !fixed {
			at -= lensSize
			store32(p, at, packLens(len(suffix), len(e.val), e.overflow))
		}
		store32(p, heads+4*i, head(suffix))
		store16(p, slots+2*i, len(p)-at)
	}
	p.setUsed(len(p) - at)
	clear(p[p.arraysEnd():at])
}

// measure computes the size of a page entry by entry.
type measure struct {
	kind    byte
	n       int
	bytes   int // keys and values, with prefixes
	keyed   int // entries that have a record
	first   []byte
	prefix  int
	lens    uint32 // of whole keys
	uniform bool
}

func newMeasure(kind byte) measure { return measure{kind: kind, uniform: true} }

func (m *measure) add(e *entry) {
	m.n++
	if m.kind == kindBranch && m.n == 1 {
		return
	}
	m.keyed++
	lens := packLens(len(e.key), len(e.val), e.overflow)
	if m.keyed == 1 {
		m.first, m.prefix, m.lens = e.key, len(e.key), lens
	} else {
		m.prefix = commonPrefix(m.first[:m.prefix], e.key)
		m.uniform = m.uniform && lens == m.lens
	}
	m.bytes += len(e.key) + len(e.val)
}

// size returns the bytes of a page with the entries so far and no room for more.
func (m *measure) size() int {
	prefix := m.prefixLen()
	n := arraysAt(prefix) + m.n*entrySize(m.kind == kindBranch) + m.bytes - m.keyed*prefix
	if !m.uniform {
		n += m.keyed * lensSize
	}
	return n
}

// prefixLen returns the length of the common prefix. That of a single key is taken as empty: the next key would end it.
func (m *measure) prefixLen() int {
	if m.keyed < 2 {
		return 0
	}
	return usefulPrefix(m.prefix, m.first)
}

// prefixFor returns the length of the prefix of a page whose keys are from first to last.
func prefixFor(first, last []byte) int { return usefulPrefix(commonPrefix(first, last), first) }

// usefulPrefix returns n, or 0 when leaving out so few bytes of keys like this one is not worth putting keys together again: when
// their heads tell them apart with the prefix as well as without.
func usefulPrefix(n int, key []byte) int {
	if n < headBytes-1 || n < headBytes && len(key) <= headBytes {
		return 0
	}
	return n
}

// commonPrefix returns how many bytes two keys share at their beginning.
func commonPrefix(a, b []byte) int {
	n := min(len(a), len(b))
	i := 0
	for ; i+8 <= n; i += 8 {
		if x := load64(a, i) ^ load64(b, i); x != 0 {
			return i + bits.TrailingZeros64(x)/8
		}
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}

// separator returns the shortest key that is greater than a and not greater than b.
func separator(a, b []byte) []byte { return b[:commonPrefix(a, b)+1] }
