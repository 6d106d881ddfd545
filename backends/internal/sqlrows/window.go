package sqlrows

import (
	"context"
	"math"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// Windowing is implemented as well by the dialect of a database that finds rows
// by their place in the table's file, but sorts all of a range for its first
// page, because it does not know that they are found in order. A page of such a
// table is read from windows of its file, one after the other, which are small
// enough to be sorted.
type Windowing interface {
	// Blocks returns how many blocks the file of a table has.
	Blocks(ctx context.Context, q Querier, s *driver.Schema) (int64, error)
	// Block returns the number of the block that a key lies in, from 0.
	Block(key tuple.Tuple) (int64, bool)
	// First returns a key that is before all of a block's, and after those of
	// the blocks before it.
	First(block int64) tuple.Tuple
}

// blockRows is about how few rows a block is thought to have, for a window's
// first size. One that turns out to be too small is followed by a larger one.
const blockRows = 32

// mostBlocks is the size of the largest first window.
const mostBlocks = 1 << 20

// window is what is left to read of a table's file: blocks from first up to end.
type window struct {
	first, end int64
	reverse    bool
	size       int64
}

// next takes the next window off what is left.
func (w *window) next() (first, end int64) {
	if w.reverse {
		first, end = max(w.first, w.end-w.size), w.end
		w.end = first
	} else {
		first, end = w.first, w.first+min(w.end-w.first, w.size)
		w.first = end
	}
	w.size *= 2
	return first, end
}

// windowOf returns the blocks of a range, of a file of any size.
func windowOf(d Windowing, q driver.Query) window {
	w := window{end: math.MaxInt64, reverse: q.Reverse, size: int64(min(q.Limit/blockRows, mostBlocks)) + 1}
	if block, ok := d.Block(q.Range.Lower.Key); ok {
		w.first = block
	}
	if block, ok := d.Block(q.Range.Upper.Key); ok {
		w.end = block + 1
	}
	return w
}

// scanWindows reads a page of a table by windows of its file. The first window
// of a scan forward is read before the size of the file is known, and often is
// enough. Rows that are added meanwhile, in new blocks, are for the next page to
// find.
func (r Reader) scanWindows(ctx context.Context, d Windowing, s *driver.Schema, q driver.Query) (driver.Page, error) {
	for _, b := range []tuple.Bound{q.Range.Lower, q.Range.Upper} {
		if _, ok := d.Block(b.Key); !ok && !b.Open() {
			return r.scanByKey(ctx, s, q) // the database says what is wrong with it
		}
	}
	var page driver.Page
	left := windowOf(d, q)
	begin := left.first
	for known := false; left.first < left.end && !page.More; {
		if !known && (q.Reverse || left.first > begin) {
			blocks, err := d.Blocks(ctx, r.q, s)
			if err != nil {
				return driver.Page{}, err
			}
			left.end, known = min(left.end, blocks), true
			continue
		}
		if err := r.scanWindow(ctx, d, s, q, &left, &page); err != nil {
			return driver.Page{}, err
		}
	}
	return page, nil
}

// scanWindow adds the rows of the next window to a page, and finds out whether
// there are more than it has room for.
func (r Reader) scanWindow(ctx context.Context, d Windowing, s *driver.Schema, q driver.Query, left *window, page *driver.Page) error {
	first, end := left.next()
	q.Range = within(d, q.Range, first, end)
	full := len(page.Rows) == q.Limit
	q.Limit = max(1, q.Limit-len(page.Rows))
	q.KeysOnly = q.KeysOnly || full
	p, err := r.scanByKey(ctx, s, q)
	if err != nil {
		return err
	}
	if full {
		page.More = len(p.Rows) > 0
		return nil
	}
	page.Rows, page.More = append(page.Rows, p.Rows...), p.More
	return nil
}

// within returns the part of a range that is in the blocks from first up to end.
func within(d Windowing, r tuple.Range, first, end int64) tuple.Range {
	if block, ok := d.Block(r.Lower.Key); !ok || block < first {
		r.Lower = tuple.Bound{Key: d.First(first)}
	}
	if block, ok := d.Block(r.Upper.Key); !ok || block >= end {
		r.Upper = tuple.Bound{Key: d.First(end), Exclusive: true}
	}
	return r
}
