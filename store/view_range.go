package store

import (
	"context"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// This file reads views that are in the order of their keys.

// from returns the part of the view's range that a read at an anchor covers.
func (v *View) from(ctx context.Context, at Anchor) (tuple.Range, error) {
	r := v.options.Range
	if at.Key == nil {
		return r, nil
	}
	outside, err := v.precedes(ctx, at)
	if outside || err != nil {
		return r, err
	}
	b := tuple.Bound{Key: at.Key, Exclusive: !at.Inclusive}
	if v.down(at) {
		r.Upper = b
	} else {
		r.Lower = b
	}
	return r, nil
}

// down reports whether a read goes from larger keys to smaller ones.
func (v *View) down(at Anchor) bool { return v.options.Reverse != at.Backward }

// precedes reports whether the key of an anchor is outside of the range and a
// read from there comes to all of the range. To set a bound to such a key
// would widen the range. Only the database can tell, if its order is its own:
// it is asked whether any row of the range lies on the near side of the key.
func (v *View) precedes(ctx context.Context, at Anchor) (bool, error) {
	r := v.options.Range
	near := r.Lower
	if v.down(at) {
		near = r.Upper
	}
	if near.Open() {
		return false, nil
	}
	if v.table.store.Info().Order == driver.Bytewise {
		c := near.Compare(at.Key)
		return c == 0 && near.Exclusive || v.down(at) && c > 0 || !v.down(at) && c < 0, nil
	}
	side := tuple.Bound{Key: at.Key}
	if v.down(at) {
		r.Lower = side
	} else {
		r.Upper = side
	}
	page, err := v.table.Scan(ctx, Query{Range: r, Limit: 1, KeysOnly: true})
	return len(page.Rows) == 0, err
}

// readRange reads a window in the direction of the anchor: the caller turns
// it if that is backward.
func (v *View) readRange(ctx context.Context, at Anchor, n int) (Window, error) {
	r, err := v.from(ctx, at)
	if err != nil {
		return Window{}, err
	}
	q := Query{Range: r, Reverse: v.down(at), Limit: n, MaxValue: v.options.MaxValue}
	if !v.options.Filter.Empty() {
		return v.readFiltered(ctx, q, at)
	}
	page, err := v.table.Scan(ctx, q)
	return Window{
		Rows:    page.Rows,
		Before:  at.Key != nil,
		After:   page.More,
		Scanned: int64(len(page.Rows)),
	}, err
}

// readFiltered reads rows that match.
func (v *View) readFiltered(ctx context.Context, q Query, at Anchor) (Window, error) {
	q.MaxValue, q.Where = v.filterCut(), v.options.Filter.where
	p := v.table.pager(q)
	return v.readPages(ctx, p, Window{Before: at.Key != nil}, q.Limit)
}

// readPages adds to a window what a pager reads, until it has n rows that match,
// or has examined as many as the budget allows.
func (v *View) readPages(ctx context.Context, p *pager, w Window, n int) (Window, error) {
	for !p.done {
		left := v.options.Budget - w.Scanned
		if left <= 0 {
			w.Resume, w.After = p.last, true
			break
		}
		rows, err := p.next(ctx, left)
		if err != nil {
			return Window{}, err
		}
		for i := range rows {
			w.Scanned++
			ok, err := v.matches(ctx, &rows[i])
			if err != nil {
				return Window{}, err
			}
			if !ok {
				continue
			}
			rows[i].CutTo(v.options.MaxValue)
			w.Rows = append(w.Rows, rows[i])
			if len(w.Rows) == n {
				w.After = i+1 < len(rows) || !p.done
				return w, nil
			}
		}
	}
	return w, nil
}

// filterCut is how much of a value is read to decide whether a row matches:
// enough for most, so that few rows must be read whole.
func (v *View) filterCut() int {
	const enough = 4 << 10
	if v.options.MaxValue == 0 {
		return 0
	}
	return max(v.options.MaxValue, enough)
}

// matches applies the filter to a row, which it reads again if the filter
// looks at a value that is not whole.
func (v *View) matches(ctx context.Context, r *Row) (bool, error) {
	f := v.options.Filter
	if !f.needs(r.Cut) {
		return f.Match(r), nil
	}
	whole, err := v.table.Get(ctx, r.Key)
	if err != nil || whole[0] == nil {
		return false, err
	}
	return f.Match(whole[0]), nil
}
