package btree

import "sync"

// pageCache holds copies of committed pages where the file is not mapped. They are never changed, so that a slice of one stays
// valid after it was evicted.
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

// clear forgets all pages.
func (c *pageCache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.pages)
}
