package btree

import (
	"sync"
	"sync/atomic"
)

// pageTable says of every page where its content is: in the mapping of the file or in a frame of memory. It is a word a page,
// in chunks that are made when a page of theirs is first looked at, and holds no pointers, so that the garbage collector has
// nothing to do with it. Reading it takes no lock.
type pageTable struct {
	chunks atomic.Pointer[[]atomic.Pointer[tableChunk]]
	mu     sync.Mutex // for making chunks
}

const tableChunkPages = 2048

type tableChunk [tableChunkPages]atomic.Uint32

// whereabouts is a word of the page table.
//
//	bits 0..27  0 unknown: not looked at, or in the cache of copies
//	            1 in the mapping, and verified
//	            n in frame n-2 of the arena
//	bit 28      complete: a page of the write transaction that is to be handed over to be written
//	bit 29      shown: a page of the write transaction that readers may look at, because of Subcommit
//	bit 30      sealed: a page of the write transaction that was handed over; its frame may not change and belongs to who writes it
//	bit 31      own: a page of the write transaction
type whereabouts uint32

const (
	unknown    whereabouts = 0
	mapped     whereabouts = 1
	firstFrame whereabouts = 2
	complete   whereabouts = 1 << 28
	shown      whereabouts = 1 << 29
	sealed     whereabouts = 1 << 30
	own        whereabouts = 1 << 31
	placeMask              = complete - 1
)

func inFrame(f frameNo) whereabouts { return firstFrame + whereabouts(f) }

func (w whereabouts) isFrame() bool  { return w&placeMask >= firstFrame }
func (w whereabouts) frame() frameNo { return frameNo(w&placeMask - firstFrame) }

// at returns the word of a page, unknown when there is none.
func (t *pageTable) at(no uint64) whereabouts {
	c := t.chunk(no)
	if c == nil {
		return unknown
	}
	return whereabouts(c[no%tableChunkPages].Load())
}

func (t *pageTable) chunk(no uint64) *tableChunk {
	chunks := t.chunks.Load()
	if chunks == nil || no/tableChunkPages >= uint64(len(*chunks)) {
		return nil
	}
	return (*chunks)[no/tableChunkPages].Load()
}

// set changes the word of a page.
func (t *pageTable) set(no uint64, w whereabouts) {
	c := t.chunk(no)
	if c == nil {
		c = t.makeChunk(no)
	}
	c[no%tableChunkPages].Store(uint32(w))
}

// found notes where a page was found, unless more is known of it meanwhile.
func (t *pageTable) found(no uint64, w whereabouts) {
	c := t.chunk(no)
	if c == nil {
		c = t.makeChunk(no)
	}
	c[no%tableChunkPages].CompareAndSwap(uint32(unknown), uint32(w))
}

func (t *pageTable) makeChunk(no uint64) *tableChunk {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := int(no / tableChunkPages)
	var list []atomic.Pointer[tableChunk]
	if old := t.chunks.Load(); old != nil {
		list = *old
	}
	if i >= len(list) {
		longer := make([]atomic.Pointer[tableChunk], max(i+1, 2*len(list)))
		for j := range list {
			longer[j].Store(list[j].Load())
		}
		list = longer
		t.chunks.Store(&list)
	}
	if list[i].Load() == nil {
		list[i].Store(new(tableChunk))
	}
	return list[i].Load()
}

// clear forgets every page of which the table says w.
func (t *pageTable) clear(w whereabouts) {
	chunks := t.chunks.Load()
	if chunks == nil {
		return
	}
	for i := range *chunks {
		c := (*chunks)[i].Load()
		if c == nil {
			continue
		}
		for j := range c {
			c[j].CompareAndSwap(uint32(w), uint32(unknown))
		}
	}
}
