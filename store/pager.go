package store

import (
	"context"
	"math/bits"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// The number of rows that a pager asks for: few at first, because many
// callers need few, and later as many as make a page of about pageBytes.
const (
	firstPage = 64
	minPage   = 16
	maxPage   = 4096
	growth    = 8
	pageBytes = 4 << 20
)

// pager reads a range page by page. It keeps only the key that it has come
// to, so it may rest between pages for as long as it likes.
type pager struct {
	table *Table
	query Query       // what remains to be read; Limit is the size of the next page
	sort  *sortedScan // nil in the order of the keys
	last  tuple.Tuple // the key that it has come to
	done  bool        // nothing remains
	slow  bool        // streams are no longer worth a try
}

func (t *Table) pager(q Query) *pager {
	q.Limit = firstPage
	return &pager{table: t, query: q}
}

// next returns the next page, of at most limit rows if that is positive. It sets
// done when nothing remains.
func (p *pager) next(ctx context.Context, limit int64) ([]Row, error) {
	q := p.query
	if limit > 0 {
		q.Limit = int(min(int64(q.Limit), limit))
	}
	page, err := p.scan(ctx, q)
	if err != nil {
		return nil, err
	}
	p.done = !page.More || len(page.Rows) == 0
	if n := len(page.Rows); n > 0 {
		p.query.Limit = nextPageSize(page.Rows)
		p.moveTo(page.Rows[n-1].Key)
	}
	return page.Rows, nil
}

// moveTo leaves out what is not beyond a key.
func (p *pager) moveTo(key tuple.Tuple) {
	p.last = key
	if p.sort == nil {
		p.query.Range = beyond(p.query.Range, key, p.query.Reverse)
	}
}

func (p *pager) scan(ctx context.Context, q Query) (Page, error) {
	if p.sort != nil {
		return p.sort.scan(ctx, q, p.last)
	}
	return p.table.Scan(ctx, q)
}

// nextPageSize returns how many rows like these make a good page: a power of two,
// so that pages of like rows are asked for with one statement, which a database
// then knows.
func nextPageSize(rows []Row) int {
	bytes := 0
	for i := range rows {
		bytes += rowBytes(&rows[i])
	}
	fit := pageBytes * len(rows) / max(bytes, 1)
	size := max(minPage, min(fit, growth*len(rows), maxPage))
	return 1 << (bits.Len(uint(size)) - 1)
}

// rowBytes is about the memory that a row takes.
func rowBytes(r *Row) int {
	const perValue = 40
	n := perValue * (len(r.Key) + len(r.Values))
	for _, v := range r.Key {
		n += v.Size()
	}
	for _, v := range r.Values {
		n += v.Size()
	}
	return n
}

// beyond returns the part of r that a scan reaches after the key k, which is
// in r.
func beyond(r tuple.Range, k tuple.Tuple, reverse bool) tuple.Range {
	if reverse {
		return r.Before(k)
	}
	return r.After(k)
}

// Count counts the rows of a range. If the database cannot count without
// reading, it reads the keys and calls progress, if that is not nil, with the
// number so far after each page; the number is then that of no one moment,
// unless the table is read in a snapshot.
func (t *Table) Count(ctx context.Context, r tuple.Range, progress func(n int64)) (int64, error) {
	const op = "count"
	if err := t.checkRange(op, r); err != nil {
		return 0, t.wrap(op, err)
	}
	if c, ok := t.reader.(driver.Counter); ok {
		n, err := c.Count(ctx, t.schema, r)
		return n, t.wrap(op, err)
	}
	var n int64
	for p := t.pager(Query{Range: r, KeysOnly: true}); !p.done; {
		rows, err := p.next(ctx, 0)
		if err != nil {
			return n, err
		}
		n += int64(len(rows))
		if progress != nil {
			progress(n)
		}
	}
	return n, nil
}
