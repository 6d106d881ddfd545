package btree

import (
	"encoding/binary"
)

// A writable transaction does not look for the place of every key that it is given. It collects changes that come in no order
// in a buffer for each tree, and applies them in the order of keys, leaf by leaf, when there are many of them or when something
// needs to look at the tree: a read, a savepoint, the commit. Keys that come in ascending order at the end of a tree go there
// at once.
//
// The changes themselves lie one after another in memory that the transaction's trees share. A buffer keeps a word of each key,
// by which it sorts, and where the change lies.

// change is where a buffered change lies, and the first eight bytes of its key after the prefix that all keys of the buffer
// share, as an integer that orders as they do.
type change struct {
	head uint64
	at   uint64 // grows with time
}

// A change begins with a word: the lengths of key and value as in a record, and what kind it is. Key and value follow.
const (
	changeRemove = 1 << 31
	changeHeader = lensSize
)

// buffer holds the changes of one tree that were not applied yet.
type buffer struct {
	mem    *changeMemory
	blocks [][]change
	n      int
	first  uint64 // where the first change lies
	prefix int    // length of the prefix that the heads leave out
	mixed  bool   // a key did not have the prefix, so that the heads have to be made again
}

// Sizes of blocks of changes. They grow, so that a transaction with few changes needs little memory.
const (
	firstBlock = 32
	mostBlock  = 32 << 10
)

// prefixSample is after how many changes the buffer looks for a prefix that their keys share.
const prefixSample = 64

// add appends a change. lens is its word.
func (b *buffer) add(key, val []byte, lens uint32) {
	rec, at := b.mem.take(changeHeader + len(key) + len(val))
	le.PutUint32(rec, lens)
	copy(rec[changeHeader:], key)
	copy(rec[changeHeader+len(key):], val)
	switch {
	case b.n == 0:
		b.first, b.prefix, b.mixed = at, 0, false
	case b.n == prefixSample:
		b.findPrefix()
	}
	b.push(change{head: b.head(key), at: at})
}

// head returns the integer by which a key is sorted.
func (b *buffer) head(key []byte) uint64 {
	if b.prefix == 0 {
		return head8(key)
	}
	if first, _, _ := b.mem.change(b.first); len(key) < b.prefix || string(key[:b.prefix]) != string(first[:b.prefix]) {
		b.mixed = true
		return 0
	}
	return head8(key[b.prefix:])
}

func (b *buffer) push(c change) {
	last := len(b.blocks) - 1
	if last < 0 || len(b.blocks[last]) == cap(b.blocks[last]) {
		size := firstBlock
		if last >= 0 {
			size = min(2*cap(b.blocks[last]), mostBlock)
		}
		b.blocks = append(b.blocks, make([]change, 0, size))
		last++
	}
	b.blocks[last] = append(b.blocks[last], c)
	b.n++
}

// keys calls yield with the key of every change.
func (b *buffer) keys(yield func([]byte) bool) {
	for _, block := range b.blocks {
		for _, c := range block {
			if key, _, _ := b.mem.change(c.at); !yield(key) {
				return
			}
		}
	}
}

// findPrefix looks for a prefix that all keys so far share, if eight bytes of key do not tell them apart without.
func (b *buffer) findPrefix() {
	first, _, _ := b.mem.change(b.first)
	prefix, long := len(first), false
	for _, block := range b.blocks {
		for _, c := range block {
			key, _, _ := b.mem.change(c.at)
			prefix = commonPrefix(first[:prefix], key)
			long = long || len(key) > 8
		}
	}
	if prefix > 0 && long {
		b.prefix = prefix
		b.rehead()
	}
}

// rehead makes the heads again.
func (b *buffer) rehead() {
	for _, block := range b.blocks {
		for i := range block {
			key, _, _ := b.mem.change(block[i].at)
			block[i].head = head8(key[b.prefix:])
		}
	}
}

// settlePrefix makes the heads again when keys came without the prefix.
func (b *buffer) settlePrefix() {
	if !b.mixed {
		return
	}
	first, _, _ := b.mem.change(b.first)
	for _, block := range b.blocks {
		for _, c := range block {
			key, _, _ := b.mem.change(c.at)
			b.prefix = commonPrefix(first[:b.prefix], key)
		}
	}
	b.rehead()
	b.mixed = false
}

// clear forgets all changes.
func (b *buffer) clear() {
	if b.n == 0 {
		return
	}
	b.mem.users--
	b.n = 0
	if len(b.blocks) > 1 {
		b.blocks = nil
	} else if len(b.blocks) == 1 {
		b.blocks[0] = b.blocks[0][:0]
	}
	if b.mem.users == 0 {
		b.mem.reset()
	}
}

// head8 returns the first eight bytes of a key as a number that orders as they do, short ones padded with zeros.
func head8(key []byte) uint64 {
	switch n := len(key); {
	case n >= 8:
		return binary.BigEndian.Uint64(key)
	case n >= 4:
		high, low := binary.BigEndian.Uint32(key), binary.BigEndian.Uint32(key[n-4:])
		return uint64(high)<<32 | uint64(low<<(64-8*n))
	}
	return uint64(head(key)) << 32
}

// changeMemory is where the changes of a transaction lie. It is used again by the next transaction.
type changeMemory struct {
	chunks [][]byte
	gives  []func()
	used   int // chunks in use
	at     int // end of what is in use of the last of them
	users  int // buffers that have changes
	size   int // bytes in use
}

// Sizes in bytes. The first chunk is small, so that a small transaction costs little; a transaction leaves no more than
// keepChunks to the next one.
const (
	firstChunk = 64 << 10
	chunkSize  = 4 << 20
	keepChunks = 2
)

const chunkShift = 22

// take returns memory for a change and where it is.
func (m *changeMemory) take(n int) ([]byte, uint64) {
	if m.used == 0 || m.at+n > len(m.chunks[m.used-1]) {
		m.addChunk()
	}
	at := m.at
	m.at += n
	m.size += n
	return m.chunks[m.used-1][at : at+n : at+n], uint64(m.used-1)<<chunkShift | uint64(at)
}

func (m *changeMemory) addChunk() {
	m.used++
	m.at = 0
	if m.used <= len(m.chunks) {
		return
	}
	size := chunkSize
	if len(m.chunks) == 0 {
		size = firstChunk
	}
	chunk, give := newSlab(size)
	m.chunks = append(m.chunks, chunk)
	m.gives = append(m.gives, give)
}

// change returns the key and the value of a change, and its word.
func (m *changeMemory) change(at uint64) (key, val []byte, lens uint32) {
	rec := m.chunks[at>>chunkShift]
	i := int(at & (chunkSize - 1))
	lens = load32(rec, i)
	n := keyLen(lens)
	return slice(rec, i+changeHeader, n), slice(rec, i+changeHeader+n, valLen(lens)), lens
}

// reset forgets all changes.
func (m *changeMemory) reset() { m.used, m.at, m.size = 0, 0, 0 }

// shrink gives memory back that a large transaction needed.
func (m *changeMemory) shrink(keep int) {
	for i := keep; i < len(m.chunks); i++ {
		if m.gives[i] != nil {
			m.gives[i]()
		}
	}
	m.chunks, m.gives = m.chunks[:min(keep, len(m.chunks))], m.gives[:min(keep, len(m.gives))]
}

// prefetch has the processor fetch changes ahead of their use. How long each is stands in its memory, which is not there yet: they
// are taken to have size bytes, of which it fetches no more than what it needs to foresee the rest by itself.
func (m *changeMemory) prefetch(run []change, size int) {
	const most = 4
	lines := min(size/cacheLine+2, most)
	for _, c := range run {
		prefetchLines(&m.chunks[c.at>>chunkShift][c.at&(chunkSize-1)], lines)
	}
}
