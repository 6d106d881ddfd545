package store

import (
	"context"
	"iter"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// differences reads what differs as rows, numbered from 1. Going on where the
// last read ended costs no more than what is read; going back compares from the
// beginning again. It implements [driver.Reader], [driver.Counter],
// [driver.Estimator] and [driver.Ranker].
type differences struct {
	all func(context.Context) iter.Seq2[Difference, error]

	mu     sync.Mutex // guards the rest
	next   func() (Difference, error, bool)
	stop   func()
	ahead  *Difference // that next has returned and read has not
	passed int64       // how many read has returned
	total  int64       // how many there are, if that is known
	known  bool
	closed bool
}

// close ends what is being read.
func (r *differences) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rewind()
	r.closed = true
}

// rewind makes the next read begin anew.
func (r *differences) rewind() {
	if r.stop != nil {
		r.stop()
	}
	r.next, r.stop, r.ahead, r.passed = nil, nil, nil, 0
}

// seek makes read return what comes after n others.
func (r *differences) seek(ctx context.Context, n int64) error {
	if r.closed {
		return driver.Errorf(driver.Closed, "the comparison has ended").WithHint("compare again")
	}
	if r.next == nil || r.passed > n {
		r.rewind()
		r.next, r.stop = iter.Pull2(r.all(context.WithoutCancel(ctx))) // later calls go on with it
	}
	for r.passed < n {
		if d, err := r.read(ctx); d == nil {
			return err
		}
	}
	return nil
}

// peek reports whether there is another difference. There is none at the end and
// after an error.
func (r *differences) peek(ctx context.Context) (bool, error) {
	if err := ctx.Err(); err != nil || r.ahead != nil {
		return err == nil, err
	}
	d, err, ok := r.next()
	switch {
	case err != nil:
		r.rewind()
		return false, err
	case !ok:
		r.total, r.known = r.passed, true
		return false, nil
	}
	r.ahead = &d
	return true, nil
}

// read returns the next difference, nil where peek finds none.
func (r *differences) read(ctx context.Context) (*Difference, error) {
	if ok, err := r.peek(ctx); !ok {
		return nil, err
	}
	d := r.ahead
	r.ahead = nil
	r.passed++
	return d, nil
}

// count returns how many there are.
func (r *differences) count(ctx context.Context) (int64, error) {
	if !r.known {
		if err := r.seek(ctx, math.MaxInt64); err != nil {
			return 0, err
		}
	}
	return r.total, nil
}

// within returns the positions of the rows in a range. Without an upper bound it
// counts all, if end is wanted.
func (r *differences) within(ctx context.Context, in tuple.Range, end bool) (from, to int64, err error) {
	n := int64(math.MaxInt64)
	if r.known || end && in.Upper.Open() {
		if n, err = r.count(ctx); err != nil {
			return 0, 0, err
		}
	}
	from, to = positionsIn(in, n)
	return from, to, nil
}

// Get implements [driver.Reader].
func (r *differences) Get(ctx context.Context, _ *Schema, keys []tuple.Tuple) ([]*Row, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	rows := make([]*Row, len(keys))
	for i, k := range keys {
		if k[0].Kind() != tuple.KindInt || k[0].AsInt() < 1 {
			continue
		}
		page, err := r.page(ctx, k[0].AsInt()-1, 1, Query{})
		if err != nil {
			return nil, err
		}
		if len(page.Rows) == 1 {
			rows[i] = &page.Rows[0]
		}
	}
	return rows, nil
}

// page returns up to n rows, from the position at.
func (r *differences) page(ctx context.Context, at, n int64, q Query) (page Page, err error) {
	if err := r.seek(ctx, at); err != nil || r.passed < at {
		return Page{}, err
	}
	for range n {
		d, err := r.read(ctx)
		if d == nil {
			return page, err
		}
		row := Row{Key: tuple.Of(tuple.Int(r.passed))}
		if !q.KeysOnly {
			row.Values = differenceValues(d)
			row.CutTo(q.MaxValue)
		}
		page.Rows = append(page.Rows, row)
	}
	page.More, err = r.peek(ctx)
	return page, err
}

// Scan implements [driver.Reader].
func (r *differences) Scan(ctx context.Context, _ *Schema, q Query) (Page, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	from, to, err := r.within(ctx, q.Range, q.Reverse)
	if err != nil {
		return Page{}, err
	}
	n := min(int64(q.Limit), to-from)
	if q.Reverse {
		at := to - n
		page, err := r.page(ctx, at, n, q)
		slices.Reverse(page.Rows)
		page.More = at > from
		return page, err
	}
	page, err := r.page(ctx, from, n, q)
	page.More = page.More && to-from > n
	return page, err
}

// Count implements [driver.Counter].
func (r *differences) Count(ctx context.Context, _ *Schema, in tuple.Range) (int64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, err := r.count(ctx); err != nil {
		return 0, err
	}
	from, to := positionsIn(in, r.total)
	return to - from, nil
}

// Estimate implements [driver.Estimator].
func (r *differences) Estimate(context.Context, *Schema) (int64, bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.total, r.known, nil
}

// Rank implements [driver.Ranker].
func (r *differences) Rank(ctx context.Context, s *Schema, key tuple.Tuple) (int64, error) {
	return r.Count(ctx, s, tuple.Range{Upper: tuple.Bound{Key: key, Exclusive: true}})
}

// Select implements [driver.Ranker].
func (r *differences) Select(ctx context.Context, s *Schema, n int64) (tuple.Tuple, error) {
	total, err := r.Count(ctx, s, tuple.Range{})
	if err != nil || n < 0 || n >= total {
		return nil, err
	}
	return tuple.Of(tuple.Int(n + 1)), nil
}

// mostOfValue is how many bytes of a value are shown of a row that differs.
const mostOfValue = 1000

// differenceValues describes a difference as a row.
func differenceValues(d *Difference) []tuple.Value {
	values := []tuple.Value{tuple.Text(string(d.Kind)), tuple.Text(d.Table), tuple.Null, tuple.Null}
	if d.Key != nil {
		values[2] = tuple.Text(d.Key.String())
	}
	if columns := d.Columns(mostOfValue); len(columns) > 0 {
		values[3] = tuple.Text(strings.Join(columns, "\n"))
	}
	return values
}
