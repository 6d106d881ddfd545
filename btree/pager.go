package btree

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"github.com/rowan-db/rowan/btree/vfs"
)

// pager reads committed pages, from a mapping of the file where there is one and else through a cache of copies.
// A page is verified when it is first touched.
type pager struct {
	file     vfs.File
	pageSize int
	mapping  atomic.Pointer[mapping]
	cache    pageCache

	unmaps []func() error // of every mapping made: slices of old ones may be in use until the close
}

// mapping is the file in memory. It is replaced, never changed, when the file has grown.
type mapping struct {
	data     []byte
	pages    uint64
	verified []atomic.Uint32 // one bit a page
}

func (m *mapping) isVerified(no uint64) bool { return m.verified[no/32].Load()>>(no%32)&1 != 0 }
func (m *mapping) setVerified(no uint64)     { m.verified[no/32].Or(1 << (no % 32)) }

// remap maps the whole file. Failing is no error: pages outside of a mapping are read through the cache.
func (g *pager) remap(size int64) {
	f, ok := g.file.(vfs.Mapper)
	pages := uint64(size) / uint64(g.pageSize)
	old := g.mapping.Load()
	if !ok || pages == 0 || old != nil && old.pages >= pages {
		return
	}
	data, unmap, err := f.Map(int64(pages) * int64(g.pageSize))
	if err != nil {
		return
	}
	g.unmaps = append(g.unmaps, unmap)
	m := &mapping{data: data, pages: pages, verified: make([]atomic.Uint32, pages/32+1)}
	if old != nil {
		for i := range old.verified {
			m.verified[i].Store(old.verified[i].Load())
		}
	}
	g.mapping.Store(m)
}

// read returns the page with this number, verified.
func (g *pager) read(no uint64) (page, error) {
	m := g.mapping.Load()
	if m == nil || no >= m.pages {
		return g.readCached(no)
	}
	at := no * uint64(g.pageSize)
	p := page(m.data[at : at+uint64(g.pageSize) : at+uint64(g.pageSize)])
	if m.isVerified(no) {
		return p, nil
	}
	if err := verifyPage(p, no); err != nil {
		return nil, err
	}
	m.setVerified(no)
	return p, nil
}

func (g *pager) readCached(no uint64) (page, error) {
	if p := g.cache.get(no); p != nil {
		return p, nil
	}
	p, err := g.readFile(no)
	if err != nil {
		return nil, err
	}
	g.cache.put(no, p)
	return p, nil
}

// readFile reads a page from the file, past mapping and cache.
func (g *pager) readFile(no uint64) (page, error) {
	p := make(page, g.pageSize)
	if err := readFull(g.file, p, int64(no)*int64(g.pageSize)); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, corrupt(no, "the file ends before it")
		}
		return nil, fmt.Errorf("btree: reading page %d: %w", no, err)
	}
	if err := verifyPage(p, no); err != nil {
		return nil, err
	}
	return p, nil
}

// readFull fills b. A short read is continued; the end of the file is io.ErrUnexpectedEOF.
func readFull(f vfs.File, b []byte, off int64) error {
	for len(b) > 0 {
		n, err := f.ReadAt(b, off)
		b, off = b[n:], off+int64(n)
		if n > 0 && errors.Is(err, io.ErrUnexpectedEOF) {
			continue
		}
		if len(b) > 0 && err != nil {
			if errors.Is(err, io.EOF) {
				return io.ErrUnexpectedEOF
			}
			return err
		}
	}
	return nil
}

// wrote tells the pager the new content of pages that are in the file now.
func (g *pager) wrote(frames []page) {
	m := g.mapping.Load()
	for _, p := range frames {
		if no := p.number(); m != nil && no < m.pages {
			m.setVerified(no)
		} else {
			g.cache.put(no, p)
		}
	}
}

// overwriting forgets pages that are about to be written: what was known of their old content is void.
func (g *pager) overwriting(frames []page) {
	for _, p := range frames {
		g.cache.drop(p.number())
	}
}

// unmap gives up all mappings. No slice of them may be used any more.
func (g *pager) unmap() error {
	var errs []error
	g.mapping.Store(nil)
	for _, unmap := range g.unmaps {
		errs = append(errs, unmap())
	}
	g.unmaps = nil
	return errors.Join(errs...)
}

// pageCache holds copies of committed pages. They are never changed, so that a slice of one stays valid after it was evicted.
type pageCache struct {
	mu    sync.RWMutex
	pages map[uint64]page
	max   int
}

func (c *pageCache) get(no uint64) page {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.pages[no]
}

// put adds a page and evicts any others when there are too many.
func (c *pageCache) put(no uint64, p page) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pages == nil {
		c.pages = map[uint64]page{}
	}
	for victim := range c.pages {
		if len(c.pages) < c.max {
			break
		}
		delete(c.pages, victim)
	}
	c.pages[no] = p
}

func (c *pageCache) drop(no uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.pages, no)
}
