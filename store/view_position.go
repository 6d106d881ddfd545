package store

import (
	"context"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// Position returns how many rows of the view come before the one with a key,
// and true, if that can be known without reading them: in a view that has been
// prepared, and in one that is neither sorted nor filtered, of a database that
// ranks keys.
func (v *View) Position(ctx context.Context, key tuple.Tuple) (n int64, exact bool, err error) {
	const op = "find the position"
	if err := checkKey(op, v.Schema(), key); err != nil {
		return 0, false, v.table.wrap(op, err)
	}
	if v.indexed() {
		x := v.index.Load()
		if x == nil {
			return 0, false, nil
		}
		pos, ok := x.find(key)
		return int64(pos), ok, nil
	}
	first, last, r, err := v.rankEnds(ctx)
	if r == nil || err != nil {
		return 0, false, v.table.wrap(op, err)
	}
	rank, err := r.Rank(ctx, v.Schema(), key)
	if err != nil {
		return 0, false, v.table.wrap(op, err)
	}
	n = rank - first
	if v.options.Reverse {
		n = last - rank
	}
	return n, n >= 0 && rank >= first && rank <= last, nil
}

// KeyAt returns the key of the row that n rows of the view come before, nil if
// there is none or if it is not known without reading them: see Position.
func (v *View) KeyAt(ctx context.Context, n int64) (tuple.Tuple, error) {
	const op = "find the position"
	if v.indexed() {
		x := v.index.Load()
		if x == nil || n < 0 || n >= int64(x.keys.len()) {
			return nil, nil
		}
		return x.keys.tuple(int(n)), nil
	}
	first, last, r, err := v.rankEnds(ctx)
	if r == nil || err != nil || n < 0 || n > last-first {
		return nil, v.table.wrap(op, err)
	}
	at := first + n
	if v.options.Reverse {
		at = last - n
	}
	key, err := r.Select(ctx, v.Schema(), at)
	return key, v.table.wrap(op, err)
}

// Total returns how many rows the view has, if the database knows that at once:
// one that knows where a key is also knows how many there are in a range. ok
// is false if it is not known.
func (v *View) Total(ctx context.Context) (n int64, ok bool, err error) {
	c, isCounter := v.table.reader.(driver.Counter)
	if !can[driver.Ranker](v.table.reader) || !isCounter || !v.options.Filter.Empty() {
		return 0, false, nil
	}
	n, err = c.Count(ctx, v.Schema(), v.options.Range)
	if limit := int64(v.options.Limit); limit > 0 {
		n = min(n, limit)
	}
	return n, err == nil, v.table.wrap("count", err)
}

// rankEnds returns the ranks of the first and last row of the view's range. The
// ranker is nil if there is none, or if it does not help.
func (v *View) rankEnds(ctx context.Context) (first, last int64, r driver.Ranker, err error) {
	r, ok := v.table.reader.(driver.Ranker)
	if !ok || !v.options.Filter.Empty() || v.options.Sort.Column != "" {
		return 0, 0, nil, nil
	}
	ends := [2]int64{}
	for i, reverse := range []bool{false, true} {
		page, err := v.table.Scan(ctx, Query{Range: v.options.Range, Reverse: reverse, Limit: 1, KeysOnly: true})
		if err != nil || len(page.Rows) == 0 {
			return 0, 0, nil, err
		}
		if ends[i], err = r.Rank(ctx, v.Schema(), page.Rows[0].Key); err != nil {
			return 0, 0, nil, err
		}
	}
	return ends[0], ends[1], r, nil
}
