package btree

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

// frameNo is the number of a frame: memory for one page in the arena.
type frameNo uint32

// Sizes of slabs in bytes. The first is small, so that a database that is only opened costs little.
const (
	firstSlab = 256 << 10
	slabSize  = 4 << 20
)

// arena is the memory of pages that are not in the file yet. It is taken from the system in slabs, where that is possible
// outside of the heap of the garbage collector, and used again and again until the database is closed.
type arena struct {
	pageSize int
	shift    int // of a frame's number to that of its slab
	slabs    atomic.Pointer[[][]byte]

	mu    sync.Mutex
	spare []frameNo
	next  frameNo  // the first that was never used
	end   frameNo  // of the newest slab
	used  int      // frames that are taken
	gives []func() // give the slabs back to the system
}

func newArena(pageSize int) *arena {
	a := &arena{pageSize: pageSize, shift: bits.TrailingZeros(uint(slabSize / pageSize))}
	a.slabs.Store(&[][]byte{})
	return a
}

// page returns the memory of a frame.
func (a *arena) page(f frameNo) page {
	slab := (*a.slabs.Load())[f>>a.shift]
	at := int(f&(1<<a.shift-1)) * a.pageSize
	return page(slab[at : at+a.pageSize : at+a.pageSize])
}

// take returns a frame with any content.
func (a *arena) take() frameNo {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.used++
	if n := len(a.spare); n > 0 {
		f := a.spare[n-1]
		a.spare = a.spare[:n-1]
		return f
	}
	if a.next == a.end {
		a.addSlab()
	}
	f := a.next
	a.next++
	return f
}

func (a *arena) addSlab() {
	size := slabSize
	if len(*a.slabs.Load()) == 0 {
		size = max(firstSlab, a.pageSize)
	}
	a.next = a.adopt(newSlab(size))
	a.end = a.next + frameNo(size/a.pageSize)
}

// adopt makes memory from newSlab a slab, and returns its first frame. The caller holds mu.
func (a *arena) adopt(slab []byte, give func()) frameNo {
	slabs := *a.slabs.Load()
	if give != nil {
		a.gives = append(a.gives, give)
	}
	longer := append(slabs[:len(slabs):len(slabs)], slab)
	a.slabs.Store(&longer)
	return frameNo(len(slabs) << a.shift)
}

// taken returns how many frames are in use.
func (a *arena) taken() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.used
}

// wants reports whether there are fewer than n frames, or than a slab of them, that were given back or refilled, and refilling would
// not make room for more than most to be taken.
func (a *arena) wants(n, most int) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	perSlab := 1 << a.shift
	return len(*a.slabs.Load()) > 0 && len(a.spare) < max(n, perSlab) && a.used+len(a.spare)+perSlab <= most
}

// refill adds a slab of frames with memory that the system has given out. It is for others than those who take frames: the first
// look at new memory takes longer than most of what a page is needed for.
func (a *arena) refill() {
	slab, give := newSlab(slabSize)
	for i := 0; i < len(slab); i += 4 << 10 {
		slab[i] = 0
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	first := a.adopt(slab, give)
	for f := range frameNo(1 << a.shift) {
		a.spare = append(a.spare, first+f)
	}
}

// give takes a frame back. Nobody may look at it any more.
func (a *arena) give(f frameNo) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.used--
	a.spare = append(a.spare, f)
}

// inUse returns how many bytes of frames are taken.
func (a *arena) inUse() int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return int64(a.used) * int64(a.pageSize)
}

// close gives all memory back. No frame may be used any more.
func (a *arena) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, give := range a.gives {
		give()
	}
	a.gives, a.spare, a.next, a.end = nil, nil, 0, 0
	a.slabs.Store(&[][]byte{})
}
