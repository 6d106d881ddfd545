package store

import (
	"context"
	"sync"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// This file reads views that the database sorts.

// sortedScan reads pages of a view in the order that the database sorts it in.
type sortedScan struct {
	view   *View
	sorter driver.Sorter
	column int // see [driver.Schema.ColumnAt]
	// from is where the first page begins, nil for the beginning.
	from *driver.Place
}

// sortedScan returns what reads the view in its order, nil if the database
// cannot sort by that column.
func (v *View) sortedScan() *sortedScan {
	sorter, ok := v.table.reader.(driver.Sorter)
	if !ok {
		return nil
	}
	column, ok := columnNamed(v.Schema(), v.options.Sort.Column)
	if !ok || !sorter.Sorts(v.Schema(), column) {
		return nil
	}
	return &sortedScan{view: v, sorter: sorter, column: column}
}

// scan reads the page after the row with key last, or the first one if that is
// nil. It remembers the places of its rows.
func (s *sortedScan) scan(ctx context.Context, q Query, last tuple.Tuple) (Page, error) {
	const op = "sort"
	v := s.view
	if last != nil {
		var err error
		if s.from, err = s.placeOf(ctx, last); err != nil {
			return Page{}, err
		}
	}
	if err := v.table.checkRange(op, q.Range); err != nil {
		return Page{}, v.table.wrap(op, err)
	}
	page, err := s.sorter.ScanSorted(ctx, v.Schema(), q, s.column, s.from)
	if err != nil {
		return Page{}, v.table.wrap(op, err)
	}
	for i := range page.Rows {
		if r := &page.Rows[i]; !isCut(v.Schema(), r, s.column) {
			v.places.remember(r.Key, v.Schema().ValueAt(r, s.column))
		}
	}
	return page, nil
}

func isCut(s *Schema, r *Row, column int) bool {
	for _, c := range r.Cut {
		if len(s.Key)+c.Column == column {
			return true
		}
	}
	return false
}

// placeOf returns the place of the row with a key: where it was when the view
// showed it, or else where it is now.
func (s *sortedScan) placeOf(ctx context.Context, key tuple.Tuple) (*driver.Place, error) {
	v := s.view
	if value, ok := v.places.recall(key); ok {
		return &driver.Place{Value: value, Key: key}, nil
	}
	rows, err := v.table.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	if rows[0] == nil {
		return nil, v.table.wrap("scan", v.notInView(key))
	}
	return &driver.Place{Value: v.Schema().ValueAt(rows[0], s.column), Key: key}, nil
}

// readSorted reads a window in the direction of the anchor: the caller turns
// it if that is backward.
func (v *View) readSorted(ctx context.Context, at Anchor, n int) (Window, error) {
	s := v.sortedScan()
	if at.Key != nil {
		from, err := s.placeOf(ctx, at.Key)
		if err != nil {
			return Window{}, err
		}
		from.Inclusive = at.Inclusive
		s.from = from
	}
	p := v.table.pager(v.sortedQuery(at.Backward))
	p.sort = s
	if v.options.Filter.Empty() {
		p.query.Limit = n
	}
	return v.readPages(ctx, p, Window{Before: at.Key != nil}, n)
}

// sortedQuery returns the query for the rows of the view in its order, or
// backward. It reads enough of long values to remember their places.
func (v *View) sortedQuery(backward bool) Query {
	o := v.options
	q := Query{Range: o.Range, Reverse: o.Sort.Descending != backward, MaxValue: v.filterCut(), Where: o.Filter.where}
	if o.Filter.Empty() && o.MaxValue > 0 {
		q.MaxValue = max(o.MaxValue, sortBytes)
	}
	return q
}

// places remembers what rows that were shown were sorted by, so that reading on
// from one of them goes on where it was, even if it has changed since or has
// gone. It forgets the oldest.
type places struct {
	mu          sync.Mutex
	young, aged map[string]tuple.Value // by encoded key
}

// mostPlaces is when the young ones become the aged ones, and the aged ones are
// forgotten: a few times what a screen keeps.
const mostPlaces = 8192

// remember notes the value of a row, unless it is so long that reading it again
// costs less than keeping it.
func (p *places) remember(key tuple.Tuple, value tuple.Value) {
	if value.Size() > sortBytes {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.young == nil || len(p.young) >= mostPlaces {
		p.young, p.aged = map[string]tuple.Value{}, p.young
	}
	p.young[string(key.Append(nil))] = value
}

func (p *places) recall(key tuple.Tuple) (tuple.Value, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	encoded := string(key.Append(nil))
	if v, ok := p.young[encoded]; ok {
		return v, true
	}
	v, ok := p.aged[encoded]
	return v, ok
}
