package btree

import "bytes"

// entry is an entry of a page, outside of it: a key with a value in a leaf, a separator with a child in a branch. The key of
// the first entry of a branch means nothing there.
type entry struct {
	key      []byte
	val      []byte
	overflow bool
	child    uint64
	keys     uint64 // below child
}

// insert puts the entry before entry i and reports whether there was room for it in place. The page must not be full of
// garbage for that, its prefix must fit the key, and records of fixed lengths admit no other: else the page is rebuilt.
func (p page) insert(i int, e *entry) bool {
	if !bytes.HasPrefix(e.key, p.prefix()) {
		return false
	}
	suffix := e.key[p.prefixLen():]
	lens := packLens(len(suffix), len(e.val), e.overflow)
	first := p.count() == 0 || p.isBranch() && p.count() == 1
	if fixed := p.lens(); !first && fixed != 0 && fixed != lens|lensFixed {
		return false
	}
	size := len(suffix) + len(e.val)
	if !first && p.lens() == 0 {
		size += lensSize
	}
	if !p.makeRoom(size) {
		return false
	}
	if first {
		p.setLens(lens | lensFixed)
		p.setOrdered(!p.isBranch())
	}
	p.place(i, e)
	return true
}

// appendLast puts an entry after the last one of a leaf and reports whether that was possible without a look at anything else:
// the records of the leaf have fixed lengths, these are they, and the heads tell that the key is greater.
func (p page) appendLast(key, val []byte) bool {
	prefix, n, lens := p.prefixLen(), p.count(), p.lens()
	if n == 0 || n == p.capacity() || lens&(lensFixed|lensOverflow) != lensFixed ||
		keyLen(lens) != len(key)-prefix || valLen(lens) != len(val) || string(key[:prefix]) != string(p.prefix()) {
		return false
	}
	suffix := key[prefix:]
	used := p.used() + len(suffix) + len(val)
	heads := p.headsAt() + 4*n
	slots := p.slotsAt() + 2*n
	h := head(suffix)
	if len(p)-used < p.arraysEnd() || h <= load32(p, heads-4) {
		return false
	}
	store32(p, heads, h)
	store16(p, slots, used)
	p.setCount(n + 1)
	p.setUsed(used)
	rec := p[len(p)-used:]
	copy(rec, suffix)
	copy(rec[len(suffix):], val)
	return true
}

// place writes the entry before entry i. There is room, the prefix fits, and so do the lengths when they are fixed.
func (p page) place(i int, e *entry) {
	p.openGap(i)
	if p.isBranch() {
		p.setChild(i, e.child)
		p.setKeys(i, e.keys)
		if i == 0 {
			p.setSlot(0, 0)
			p.setHead(0, 0)
			return
		}
	}
	suffix := e.key[p.prefixLen():]
	size := len(suffix) + len(e.val)
	if p.lens() == 0 {
		size += lensSize
	}
	p.setUsed(p.used() + size)
	if p.ordered() && (i+1 < p.count() || p.used() != p.count()*size) {
		p.setOrdered(false)
	}
	p.setSlot(i, p.used())
	p.setHead(i, head(suffix))
	rec := p[len(p)-p.used():]
	if p.lens() == 0 {
		le.PutUint32(rec, packLens(len(suffix), len(e.val), e.overflow))
		rec = rec[lensSize:]
	}
	copy(rec, suffix)
	copy(rec[len(suffix):], e.val)
}

func (p page) setPrefix(b []byte) {
	store16(p, offPrefix, len(b))
	copy(p[headerSize:], b)
}

func (p page) setSlot(i, fromEnd int) { store16(p, p.slotsAt()+2*i, fromEnd) }

// makeRoom reports whether one more entry with a record of the given size fits, and grows the arrays when they are full.
func (p page) makeRoom(size int) bool {
	free := p.free() - size
	if p.count() < p.capacity() {
		return free >= 0
	}
	grow := min(arrayStep, free/entrySize(p.isBranch()))
	if free < 0 || grow == 0 {
		return false
	}
	p.growArrays(grow)
	return true
}

// growArrays moves the arrays apart, the last one first.
func (p page) growArrays(by int) {
	n := p.count()
	slots, children, counts := p.slotsAt(), p.childrenAt(), p.countsAt()
	p.setCap(p.capacity() + by)
	copy(p[p.slotsAt():], p[slots:slots+2*n])
	if p.isBranch() {
		copy(p[p.countsAt():], p[counts:counts+8*n])
		copy(p[p.childrenAt():], p[children:children+8*n])
	}
}

// openGap makes place for entry i in the arrays.
func (p page) openGap(i int) {
	n := p.count()
	shift := func(at, size int) { copy(p[at+size*(i+1):at+size*(n+1)], p[at+size*i:at+size*n]) }
	if i < n {
		shift(p.headsAt(), 4)
		shift(p.slotsAt(), 2)
		if p.isBranch() {
			shift(p.childrenAt(), 8)
			shift(p.countsAt(), 8)
		}
	}
	p.setCount(n + 1)
}

// remove takes the entries [i,j) out. Their records become garbage until the page is rebuilt, except at the end.
func (p page) remove(i, j int) {
	if i == j {
		return
	}
	branch := p.isBranch()
	garbage := p.garbage() + p.recordSizes(i, j)
	n := p.count()
	if branch && i == 0 && j < n { // the next entry becomes the first, which has no record
		garbage += p.recordSize(j)
		p.setSlot(j, 0)
		p.setHead(j, 0)
	}
	p.closeGap(i, j)
	p.setGarbage(garbage)
	p.setOrdered(false)
	if p.count() == 0 || branch && p.count() == 1 {
		p.setUsed(0)
		p.setGarbage(0)
		p.setLens(0)
	}
}

// recordSizes returns the bytes that the records of the entries from i to before j take.
func (p page) recordSizes(i, j int) (sum int) {
	if lens := p.lens(); lens != 0 && i < j {
		if i == 0 && p.isBranch() {
			i++ // the first entry has none
		}
		return (j - i) * (keyLen(lens) + valLen(lens))
	}
	for ; i < j; i++ {
		sum += p.recordSize(i)
	}
	return sum
}

func (p page) closeGap(i, j int) {
	n := p.count()
	shift := func(at, size int) { copy(p[at+size*i:], p[at+size*j:at+size*n]) }
	shift(p.headsAt(), 4)
	shift(p.slotsAt(), 2)
	if p.isBranch() {
		shift(p.childrenAt(), 8)
		shift(p.countsAt(), 8)
	}
	p.setCount(n - (j - i))
}

// replaceValue overwrites the value of entry i in place and reports whether that was possible: the lengths must be equal.
func (p page) replaceValue(i int, val []byte, overflow bool) bool {
	at, lens := p.record(i)
	if valLen(lens) != len(val) || (lens&lensOverflow != 0) != overflow {
		return false
	}
	copy(p[at+keyLen(lens):], val)
	return true
}
