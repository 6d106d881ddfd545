package btree

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

// The kinds of pages. Meta pages have a layout of their own (meta.go).
const (
	kindLeaf     = 1
	kindBranch   = 2
	kindOverflow = 3
	kindSpace    = 4
)

// Offsets in the header that every page but the metas has; format.go describes the fields.
const (
	offCRC     = 0
	offKind    = 4
	offLevel   = 5
	offCount   = 6
	offNumber  = 8
	offVersion = 16
	offCap     = 24
	offUsed    = 26
	offGarbage = 28
	offPrefix  = 30
	offLens    = 32
	offFlags   = 36
	offSlope   = 40
	headerSize = 48
)

// flagOrdered says that the records of a leaf have fixed lengths and follow each other in the order of its entries, so that
// where a record lies need not be looked up.
const flagOrdered = 1

// Bytes of a page's arrays for each entry: head and slot, and in a branch also child and count.
const (
	leafEntry   = 4 + 2
	branchEntry = 4 + 8 + 8 + 2
)

// A record's lengths in one word: the key's suffix, the value, and two flags.
const (
	lensKeyMask  = 1<<15 - 1
	lensValShift = 15
	lensOverflow = 1 << 30
	lensFixed    = 1 << 31
	lensSize     = 4
)

// refSize is the length of a value's place in a leaf when the value itself is in overflow pages: first page and length.
const refSize = 16

// arrayStep is by how many entries the arrays of a page grow.
const arrayStep = 16

var le = binary.LittleEndian

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// page is the content of one page. Its methods trust the structure, so it must have passed verify or been built here.
type page []byte

func (p page) kind() byte       { return p[offKind] }
func (p page) level() int       { return int(p[offLevel]) }
func (p page) count() int       { return load16(p, offCount) }
func (p page) number() uint64   { return load64(p, offNumber) }
func (p page) version() uint64  { return load64(p, offVersion) }
func (p page) capacity() int    { return load16(p, offCap) }
func (p page) used() int        { return load16(p, offUsed) }
func (p page) garbage() int     { return load16(p, offGarbage) }
func (p page) prefixLen() int   { return load16(p, offPrefix) }
func (p page) lens() uint32     { return load32(p, offLens) }
func (p page) ordered() bool    { return load32(p, offFlags)&flagOrdered != 0 }
func (p page) slope() uint64    { return load64(p, offSlope) }
func (p page) isBranch() bool   { return p[offKind] == kindBranch }
func (p page) setCount(n int)   { store16(p, offCount, n) }
func (p page) setCap(n int)     { store16(p, offCap, n) }
func (p page) setUsed(n int)    { store16(p, offUsed, n) }
func (p page) setGarbage(n int) { store16(p, offGarbage, n) }
func (p page) setLens(l uint32) { store32(p, offLens, l) }

func (p page) setOrdered(yes bool) {
	flags := load32(p, offFlags) &^ flagOrdered
	if yes {
		flags |= flagOrdered
	}
	store32(p, offFlags, flags)
}

// kindLevel returns the kind and the level of a page in one word.
func (p page) kindLevel() int { return load16(p, offKind) }

// kindAt returns the kind and the level of the pages of a tree at a level, in one word.
func kindAt(level int) int {
	if level > 0 {
		return kindBranch | level<<8
	}
	return kindLeaf
}

// stamp names the page and the version that writes it.
func (p page) stamp(number, version uint64) {
	store64(p, offNumber, number)
	store64(p, offVersion, version)
}

// seal prepares the page and writes the checksum; the page may not change after it.
func (p page) seal() {
	p.prepare()
	p.sign()
}

// prepare writes what helps to search the page, and leaves nothing in it of what was in its memory before. Every page that is
// written, or shown to readers, was prepared after its last change.
func (p page) prepare() {
	switch p.kind() {
	case kindLeaf:
		p.clearFree()
		p.setSlope()
	case kindBranch:
		p.setSlope()
	}
}

// sign writes the checksum.
func (p page) sign() { store32(p, offCRC, p.sum()) }

// become makes p a copy of another leaf or branch, but for its checksum, which may be being written, and its free space, which may
// have any content.
func (p page) become(q page) {
	copy(p[offKind:], q[offKind:q.arraysEnd()])
	copy(p[len(p)-q.used():], q[len(q)-q.used():])
}

func (p page) sum() uint32 { return crc32.Checksum(p[offCRC+4:], castagnoli) }

func (p page) prefix() []byte { return slice(p, headerSize, p.prefixLen()) }

// The arrays follow the prefix, aligned to 8 bytes: heads, in a branch children and counts, then slots.

func arraysAt(prefixLen int) int { return (headerSize + prefixLen + 7) &^ 7 }

func entrySize(branch bool) int {
	if branch {
		return branchEntry
	}
	return leafEntry
}

func (p page) headsAt() int    { return arraysAt(p.prefixLen()) }
func (p page) childrenAt() int { return p.headsAt() + 4*p.capacity() }
func (p page) countsAt() int   { return p.headsAt() + 12*p.capacity() }
func (p page) slotsAt() int {
	return p.headsAt() + (entrySize(p.isBranch())-2)*p.capacity()
}
func (p page) arraysEnd() int { return p.headsAt() + entrySize(p.isBranch())*p.capacity() }

// free returns the bytes between the arrays and the records.
func (p page) free() int { return len(p) - p.used() - p.arraysEnd() }

// live returns the bytes that the entries need, without unused room in arrays and records.
func (p page) live() int {
	return p.prefixLen() + p.count()*entrySize(p.isBranch()) + p.used() - p.garbage()
}

func (p page) child(i int) uint64        { return load64(p, p.childrenAt()+8*i) }
func (p page) setChild(i int, no uint64) { store64(p, p.childrenAt()+8*i, no) }

// keys returns how many keys are below entry i of a branch.
func (p page) keys(i int) uint64       { return load64(p, p.countsAt()+8*i) }
func (p page) setKeys(i int, n uint64) { store64(p, p.countsAt()+8*i, n) }

// total returns how many keys are in or below the page.
func (p page) total() uint64 {
	if !p.isBranch() {
		return uint64(p.count())
	}
	return p.keysBefore(p.count())
}

// keysBefore returns how many keys are below the entries before i of a branch.
func (p page) keysBefore(i int) uint64 {
	at, sum := p.countsAt(), uint64(0)
	for end := at + 8*i; at < end; at += 8 {
		sum += load64(p, at)
	}
	return sum
}

// record returns where the record of entry i begins, after its own lengths if it has them, and the lengths.
// The first entry of a branch has no record.
func (p page) record(i int) (at int, lens uint32) {
	lens = p.lens()
	if p.ordered() {
		return len(p) - (i+1)*(keyLen(lens)+valLen(lens)), lens
	}
	if i == 0 && p.isBranch() {
		return len(p), 0
	}
	at = len(p) - load16(p, p.slotsAt()+2*i)
	if lens == 0 {
		lens = load32(p, at)
		at += lensSize
	}
	return at, lens
}

// recordSize returns the bytes that the record of entry i takes.
func (p page) recordSize(i int) int {
	if i == 0 && p.isBranch() {
		return 0
	}
	_, lens := p.record(i)
	n := keyLen(lens) + valLen(lens)
	if p.lens() == 0 {
		n += lensSize
	}
	return n
}

func keyLen(lens uint32) int { return int(lens & lensKeyMask) }
func valLen(lens uint32) int { return int(lens >> lensValShift & lensKeyMask) }

func packLens(key, val int, overflow bool) uint32 {
	l := uint32(key) | uint32(val)<<lensValShift
	if overflow {
		l |= lensOverflow
	}
	return l
}

// suffix returns the key of entry i without the page's prefix.
func (p page) suffix(i int) []byte {
	at, lens := p.record(i)
	return slice(p, at, keyLen(lens))
}

// value returns what the record of entry i holds for its value, and whether that is a reference to overflow pages.
func (p page) value(i int) (val []byte, overflow bool) {
	at, lens := p.record(i)
	at += keyLen(lens)
	return slice(p, at, valLen(lens)), lens&lensOverflow != 0
}

// appendKey appends the whole key of entry i to b.
func (p page) appendKey(b []byte, i int) []byte {
	return append(append(b, p.prefix()...), p.suffix(i)...)
}

// compareKey compares the key of entry i with key.
func (p page) compareKey(i int, key []byte) int {
	pre := p.prefix()
	n := min(len(pre), len(key))
	if c := bytes.Compare(pre[:n], key[:n]); c != 0 || n < len(pre) {
		if c == 0 {
			return 1 // the key ends within the prefix
		}
		return c
	}
	return bytes.Compare(p.suffix(i), key[n:])
}

// head returns the first four bytes of a key's suffix as a number that orders as they do, short ones padded with zeros.
func head(suffix []byte) uint32 {
	if len(suffix) >= headBytes {
		return binary.BigEndian.Uint32(suffix)
	}
	return shortHead(suffix)
}

func shortHead(suffix []byte) (h uint32) {
	for i, c := range suffix {
		h |= uint32(c) << (24 - 8*i)
	}
	return h
}

func (p page) head(i int) uint32       { return load32(p, p.headsAt()+4*i) }
func (p page) setHead(i int, h uint32) { store32(p, p.headsAt()+4*i, h) }
