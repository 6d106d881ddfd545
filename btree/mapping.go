package btree

import (
	"sync/atomic"

	"github.com/rowan-db/rowan/btree/vfs"
)

// mapping is the file in memory. There is room behind the end of the file, so that a file that grows is rarely mapped anew;
// nobody looks there: what lies beyond pages is not in the file.
type mapping struct {
	data  []byte
	pages atomic.Uint64
}

// leastMapping is the size in bytes of the smallest mapping.
const leastMapping = 1 << 20

// remap makes all of a file of this size readable in memory. Failing is no error: pages outside of a mapping are read through
// the cache. The caller sees to it that only one goroutine is here.
func (g *pager) remap(size int64) {
	f, ok := g.file.(vfs.Mapper)
	pages := uint64(size) / uint64(g.pageSize)
	if !ok || g.noMap || pages == 0 {
		return
	}
	if old := g.mapping.Load(); old != nil && pages*uint64(g.pageSize) <= uint64(len(old.data)) {
		old.pages.Store(max(pages, old.pages.Load()))
		return
	}
	room := max(leastMapping, int64(pages)*int64(g.pageSize)*2)
	if g.readOnly {
		room = int64(pages) * int64(g.pageSize)
	}
	data, unmap, err := f.Map(room)
	if err != nil {
		return
	}
	g.unmaps = append(g.unmaps, unmap)
	m := &mapping{data: data}
	m.pages.Store(pages)
	g.mapping.Store(m)
}

// isMapped reports whether a page is in the mapping.
func (g *pager) isMapped(no uint64) bool {
	m := g.mapping.Load()
	return m != nil && no < m.pages.Load()
}
