package btree

import (
	"errors"
	"fmt"
	"io"
	"math/bits"
	"sync/atomic"

	"github.com/rowan-db/rowan/btree/vfs"
)

// pager finds pages: in a mapping of the file, in frames when they are not in the file yet, and where there is no mapping in a
// cache of copies. A page of the file is verified when it is first touched.
type pager struct {
	file     vfs.File
	pageSize int
	shift    int // log2 of the page size
	noMap    bool
	readOnly bool
	table    pageTable
	mapping  atomic.Pointer[mapping]
	arena    *arena
	cache    pageCache

	unmaps []func() error // of every mapping made: slices of old ones may be in use until the close
}

func newPager(f vfs.File, pageSize int, opts *Options) *pager {
	g := &pager{
		file:     f,
		pageSize: pageSize,
		shift:    bits.TrailingZeros(uint(pageSize)),
		noMap:    opts.NoMap,
		readOnly: opts.ReadOnly,
		arena:    newArena(pageSize),
	}
	g.cache.max = max(16, opts.CacheSize/pageSize)
	return g
}

// lookup returns a page that was touched before, or nil. A page of the write transaction only that transaction may ask for, until it
// is shown.
func (g *pager) lookup(no uint64, writer bool) page {
	w := g.table.at(no)
	if w == mapped || w&placeMask == mapped && (writer || w&(own|shown) != own) {
		return g.mapped(no)
	}
	if w.isFrame() && (writer || w&(own|shown) != own) {
		return g.arena.page(w.frame())
	}
	return nil
}

// mapped returns the content of a page in the mapping.
func (g *pager) mapped(no uint64) page {
	at, end := no<<g.shift, (no+1)<<g.shift
	return page(g.mapping.Load().data[at:end:end])
}

// read returns a page that lookup did not find, from the file and verified.
func (g *pager) read(no uint64) (page, error) {
	if !g.isMapped(no) {
		return g.readCached(no)
	}
	p := g.mapped(no)
	if err := verifyPage(p, no); err != nil {
		return nil, err
	}
	g.table.found(no, mapped)
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

// reread returns a page from the file, past mapping and cache, or from its frame when it is not in the file yet.
func (g *pager) reread(no uint64) (page, error) {
	w := g.table.at(no)
	if !w.isFrame() || w&own != 0 {
		return g.readFile(no)
	}
	p := g.arena.page(w.frame())
	return p, verifyStructure(p, no)
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

// written returns where a page is now that it was written to the file.
func (g *pager) written(no uint64) whereabouts {
	if g.isMapped(no) {
		return mapped
	}
	g.cache.drop(no) // what it held before
	return unknown
}

// forget gives up what is known of a page that is no longer in use, or about to be used for something else.
func (g *pager) forget(no uint64) {
	w := g.table.at(no)
	if w != unknown {
		g.table.set(no, unknown)
	}
	if !g.isMapped(no) {
		g.cache.drop(no)
	}
	if w.isFrame() && w&sealed == 0 {
		g.arena.give(w.frame())
	}
}

// close gives up all mappings and frames. No slice of them may be used any more.
func (g *pager) close() error {
	var errs []error
	g.mapping.Store(nil)
	for _, unmap := range g.unmaps {
		errs = append(errs, unmap())
	}
	g.unmaps = nil
	g.arena.close()
	g.table.chunks.Store(nil)
	g.cache.clear()
	return errors.Join(errs...)
}
