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
// last read ended costs no more than what is read, going back a little costs
// nothing, and going back far compares from the beginning again. It implements
// [driver.Reader], [driver.Counter], [driver.Estimator] and [driver.Ranker].
type differences struct {
	all func(context.Context) iter.Seq2[Difference, error]

	mu     sync.Mutex // guards the rest
	next   func() (Difference, error, bool)
	stop   func()
	pulled int64        // how many next has returned
	recent []Difference // the last of them
	size   int          // bytes of recent, about
	total  int64        // how many there are, if that is known
	known  bool
	closed bool
}

// What is kept of the differences that were read last.
const (
	mostRecent      = 4096
	mostRecentBytes = 8 << 20
)

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
	r.next, r.stop, r.pulled, r.recent, r.size = nil, nil, 0, nil, 0
}

// at returns the difference that n others come before, nil if there are not so
// many.
func (r *differences) at(ctx context.Context, n int64) (*Difference, error) {
	if r.closed {
		return nil, errEnded()
	}
	if r.known && n >= r.total {
		return nil, nil
	}
	if r.next == nil || n < r.pulled-int64(len(r.recent)) {
		r.rewind()
		r.next, r.stop = iter.Pull2(r.all(context.WithoutCancel(ctx))) // later calls go on with it
	}
	for r.pulled <= n {
		if ok, err := r.pull(ctx); !ok {
			return nil, err
		}
	}
	return &r.recent[int64(len(r.recent))-(r.pulled-n)], nil
}

func errEnded() error {
	return driver.Errorf(driver.Closed, "the comparison has ended").WithHint("compare again")
}

// pull takes one more difference, and reports false at the end or after an error.
func (r *differences) pull(ctx context.Context) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	d, err, ok := r.next()
	switch {
	case err != nil:
		r.rewind()
		return false, err
	case !ok:
		r.total, r.known = r.pulled, true
		return false, nil
	}
	r.pulled++
	r.recent = append(r.recent, d)
	r.size += differenceBytes(&d)
	if len(r.recent) >= 2*mostRecent || r.size >= 2*mostRecentBytes && len(r.recent) > 1 {
		r.forget()
	}
	return true, nil
}

// forget drops the older half of what is kept.
func (r *differences) forget() {
	r.recent = slices.Clone(r.recent[len(r.recent)/2:])
	r.size = 0
	for i := range r.recent {
		r.size += differenceBytes(&r.recent[i])
	}
}

// differenceBytes is about the memory that a difference takes.
func differenceBytes(d *Difference) int {
	n := 0
	for _, row := range []*Row{d.Old, d.New} {
		if row != nil {
			n += rowBytes(row)
		}
	}
	return n
}

// count returns how many there are. It compares by itself, so that rows can be
// read meanwhile.
func (r *differences) count(ctx context.Context) (int64, error) {
	r.mu.Lock()
	total, known, closed := r.total, r.known, r.closed
	r.mu.Unlock()
	switch {
	case closed:
		return 0, errEnded()
	case known:
		return total, nil
	}
	for _, err := range r.all(ctx) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return 0, err
		}
		total++
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.total, r.known = total, true
	return total, nil
}

// end returns how many there are, after reading to the end.
func (r *differences) end(ctx context.Context) (int64, error) {
	if _, err := r.at(ctx, math.MaxInt64-1); err != nil {
		return 0, err
	}
	return r.total, nil
}

// within returns the positions of the rows in a range. Without an upper bound it
// reads to the end, if that is wanted.
func (r *differences) within(ctx context.Context, in tuple.Range, last bool) (from, to int64, err error) {
	n := int64(math.MaxInt64)
	if r.known || last && in.Upper.Open() {
		if n, err = r.end(ctx); err != nil {
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

// page returns up to n rows, from the position first.
func (r *differences) page(ctx context.Context, first, n int64, q Query) (page Page, err error) {
	if q.KeysOnly && !r.closed && (r.known || first+n < r.pulled) {
		return r.numbers(first, n), nil
	}
	for i := range n {
		d, err := r.at(ctx, first+i)
		if d == nil {
			return page, err
		}
		row := Row{Key: tuple.Of(tuple.Int(first + i + 1))}
		if !q.KeysOnly {
			row.Values = differenceValues(d)
			row.CutTo(q.MaxValue)
		}
		page.Rows = append(page.Rows, row)
	}
	after, err := r.at(ctx, first+n)
	page.More = after != nil
	return page, err
}

// numbers is page without values, where it is known what there is.
func (r *differences) numbers(first, n int64) (page Page) {
	there := r.pulled
	if r.known {
		there = r.total
	}
	for i := first; i < min(first+n, there); i++ {
		page.Rows = append(page.Rows, Row{Key: tuple.Of(tuple.Int(i + 1))})
	}
	page.More = first+n < there
	return page
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
	total, err := r.count(ctx)
	if err != nil {
		return 0, err
	}
	from, to := positionsIn(in, total)
	return to - from, nil
}

// Estimate implements [driver.Estimator].
func (r *differences) Estimate(context.Context, *Schema) (int64, bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.total, r.known, nil
}

// Rank implements [driver.Ranker].
func (r *differences) Rank(ctx context.Context, _ *Schema, key tuple.Tuple) (int64, error) {
	n := firstPosition(math.MaxInt64, func(k tuple.Tuple) bool { return k.Compare(key) >= 0 })
	r.mu.Lock()
	seen := n <= r.pulled
	r.mu.Unlock()
	if seen {
		return n, nil
	}
	total, err := r.count(ctx)
	return min(n, total), err
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

// aboutDifference is [Result.About] of a row that differenceValues has made.
func aboutDifference(row *Row) (table string, key tuple.Tuple, ok bool) {
	if row.Values[2].IsNull() {
		return "", nil, false
	}
	key, err := tuple.Parse(row.Values[2].AsText())
	return row.Values[1].AsText(), key, err == nil
}

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
