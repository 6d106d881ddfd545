package btree

import "bytes"

// decode appends the entries of p to es. The values alias the page; the keys are assembled in *arena.
func decode(p page, es []entry, arena *[]byte) []entry {
	branch := p.isBranch()
	for i := range p.count() {
		var e entry
		if !branch || i > 0 {
			from := len(*arena)
			*arena = p.appendKey(*arena, i)
			e.key = (*arena)[from:len(*arena):len(*arena)]
		}
		if branch {
			e.child, e.keys = p.child(i), p.keys(i)
		} else {
			e.val, e.overflow = p.value(i)
		}
		es = append(es, e)
	}
	return es
}

// build makes p a page of the given kind and level with exactly these entries, which must fit. The entries may not alias p.
func build(p page, kind byte, level int, es []entry) {
	m := newMeasure(kind)
	for i := range es {
		m.add(&es[i])
	}
	clear(p)
	p[offKind], p[offLevel] = kind, byte(level)
	p.setCap(len(es))
	p.setPrefix(m.first[:m.prefixLen()])
	p.setLens(m.lensOfPage())
	p.setOrdered(kind == kindLeaf && p.lens() != 0)
	for i := range es {
		p.place(i, &es[i])
	}
	p.setSlope()
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
	return m.prefix
}

// lensOfPage returns the word that says which lengths all records have, or 0 when they differ.
func (m *measure) lensOfPage() uint32 {
	if !m.uniform || m.keyed == 0 {
		return 0
	}
	return m.lens - uint32(m.prefixLen()) | lensFixed
}

func commonPrefix(a, b []byte) int {
	n := min(len(a), len(b))
	if n >= 8 && bytes.Equal(a[:n], b[:n]) {
		return n
	}
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// separator returns the shortest key that is greater than a and not greater than b.
func separator(a, b []byte) []byte { return b[:commonPrefix(a, b)+1] }
