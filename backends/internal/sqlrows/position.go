package sqlrows

import (
	"context"
	"math"
	"slices"
	"strconv"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// A table of identity Position is a view, or a table of an engine that has no
// row numbers: nothing in a row says which one it is, and nothing sorts the
// rows. The key of a row is then its place in the order in which the database
// happens to give them, from 1, and a page is found by skipping the rows before
// it. It is the exception to paging by key, it takes time in proportion to the
// position, and it is why such a table cannot be written: the row at a position
// may be another one a moment later.

// positions returns the first and the last position in r, the last one
// math.MaxInt64 if r has no upper end.
func positions(s *driver.Schema, r tuple.Range) (first, last int64, err error) {
	first, last = 1, math.MaxInt64
	for _, b := range []tuple.Bound{r.Lower, r.Upper} {
		if len(b.Key) > 1 || len(b.Key) == 1 && b.Key[0].Kind() != tuple.KindInt {
			return 0, 0, driver.Errorf(driver.BadKey, "rows of %s have no key; a bound is the number of a row", s.Name)
		}
	}
	if !r.Lower.Open() {
		at := r.Lower.Key[0].AsInt()
		if r.Lower.Exclusive {
			if at == math.MaxInt64 {
				return 1, 0, nil
			}
			at++
		}
		first = max(first, at)
	}
	if !r.Upper.Open() {
		at := r.Upper.Key[0].AsInt()
		if r.Upper.Exclusive {
			at = max(at, 1) - 1
		}
		last = at
	}
	return first, last, nil
}

func (r Reader) scanPositions(ctx context.Context, s *driver.Schema, q driver.Query) (driver.Page, error) {
	first, last, err := positions(s, q.Range)
	if err != nil {
		return driver.Page{}, err
	}
	if q.Reverse {
		total, err := r.countPositions(ctx, s, tuple.Range{})
		if err != nil {
			return driver.Page{}, err
		}
		last = min(last, total)
		if first <= last {
			first = max(first, last-int64(q.Limit))
		}
	}
	if first > last {
		return driver.Page{}, nil
	}
	rows, err := r.skip(ctx, s, q, first, min(last-first, int64(q.Limit))+1)
	if err != nil {
		return driver.Page{}, err
	}
	p := driver.Page{Rows: rows, More: len(rows) > q.Limit}
	if q.Reverse {
		slices.Reverse(p.Rows)
	}
	p.Rows = p.Rows[:min(len(p.Rows), q.Limit)]
	return p, nil
}

// skip returns n rows from a position on.
func (r Reader) skip(ctx context.Context, s *driver.Schema, q driver.Query, first, n int64) ([]driver.Row, error) {
	st := statement{d: r.d}
	f := newFields(r.d, s, q)
	st.write("SELECT ")
	st.selectFields(f)
	st.from(s)
	st.limit(n)
	st.write(" OFFSET ", strconv.FormatInt(first-1, 10))
	rows, err := f.query(ctx, r.q, &st)
	if err != nil {
		return nil, err
	}
	p, err := f.page(rows, int(n))
	for i := range p.Rows {
		p.Rows[i].Key = tuple.Of(tuple.Int(first + int64(i)))
	}
	return p.Rows, err
}

func (r Reader) getPositions(ctx context.Context, s *driver.Schema, keys []tuple.Tuple) ([]*driver.Row, error) {
	found := make([]*driver.Row, len(keys))
	for i, k := range keys {
		at := k[0].AsInt()
		if at < 1 {
			continue
		}
		rows, err := r.skip(ctx, s, driver.Query{}, at, 1)
		if err != nil {
			return nil, err
		}
		if len(rows) == 1 {
			found[i] = &rows[0]
		}
	}
	return found, nil
}

func (r Reader) countPositions(ctx context.Context, s *driver.Schema, in tuple.Range) (int64, error) {
	first, last, err := positions(s, in)
	if err != nil || first > last {
		return 0, err
	}
	st := statement{d: r.d}
	st.write("SELECT count(*)")
	st.from(s)
	total, err := r.integer(ctx, &st)
	return max(0, min(last, total)-first+1), err
}
