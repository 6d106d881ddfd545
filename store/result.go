package store

import (
	"context"
	"fmt"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// Result is rows that a statement returned. They are those of the moment when it
// ran, and stay what they are.
type Result struct {
	// Table reads the rows, as those of any table: by pages, filtered and
	// sorted. Its key is the number of a row, from 1, and its name that of no
	// table.
	Table *Table
	// Columns describes the columns.
	Columns []ResultColumn
	// Len is the number of rows that were kept. More tells that there were
	// others.
	Len  int
	More bool

	origin *Origin
	about  func(*Row) (table string, key tuple.Tuple, ok bool)
}

// About returns the row of a table that a row of a comparison is about. ok is
// false if it is about a table as a whole, or if the result is of a statement.
func (r *Result) About(row *Row) (table string, key tuple.Tuple, ok bool) {
	if r.about == nil {
		return "", nil, false
	}
	return r.about(row)
}

// Origin returns where the rows come from, nil if that is not certain.
func (r *Result) Origin() *Origin { return r.origin }

// resultRows are the rows of a result, in memory. It implements
// [driver.Reader], [driver.Counter], [driver.Estimator] and [driver.Ranker].
type resultRows struct {
	columns []driver.ResultColumn
	rows    []Row
	more    bool
}

func (c *Console) result(r *resultRows) *Result {
	s := &Schema{
		Name: fmt.Sprintf("(result %d)", c.results.Add(1)), Kind: driver.View, Identity: driver.Position,
		Key:      []Column{{Name: "#", Kind: tuple.KindInt}},
		ReadOnly: "this is what a query returned: only rows that come from one table, with their whole key, can be changed here",
	}
	for _, column := range r.columns {
		s.Columns = append(s.Columns, column.Column)
	}
	return &Result{
		Table:   &Table{store: c.store, reader: r, schema: s},
		Columns: r.columns, Len: len(r.rows), More: r.more,
	}
}

// Get implements [driver.Reader].
func (r *resultRows) Get(_ context.Context, _ *Schema, keys []tuple.Tuple) ([]*Row, error) {
	rows := make([]*Row, len(keys))
	for i, k := range keys {
		if n := k[0].AsInt(); k[0].Kind() == tuple.KindInt && n >= 1 && n <= int64(len(r.rows)) {
			row := r.rows[n-1]
			rows[i] = &row
		}
	}
	return rows, nil
}

// Scan implements [driver.Reader].
func (r *resultRows) Scan(ctx context.Context, _ *Schema, q Query) (Page, error) {
	if err := ctx.Err(); err != nil {
		return Page{}, err
	}
	first, end := r.within(q.Range)
	var page Page
	for n := range end - first {
		if len(page.Rows) == q.Limit {
			page.More = true
			break
		}
		at := first + n
		if q.Reverse {
			at = end - 1 - n
		}
		row := r.rows[at]
		if q.KeysOnly {
			row.Values = nil
		}
		row.CutTo(q.MaxValue)
		page.Rows = append(page.Rows, row)
	}
	return page, nil
}

// within returns which rows are in a range: from first, up to end.
func (r *resultRows) within(in tuple.Range) (first, end int) {
	from, to := positionsIn(in, int64(len(r.rows)))
	return int(from), int(to)
}

// positionsIn returns which of n rows, whose keys are their numbers from 1, are
// in a range: from first, up to end, counted from 0.
func positionsIn(in tuple.Range, n int64) (first, end int64) {
	first = firstPosition(n, func(k tuple.Tuple) bool {
		c := in.Lower.Compare(k)
		return in.Lower.Open() || c > 0 || c == 0 && !in.Lower.Exclusive
	})
	end = firstPosition(n, func(k tuple.Tuple) bool {
		c := in.Upper.Compare(k)
		return !in.Upper.Open() && (c > 0 || c == 0 && in.Upper.Exclusive)
	})
	return first, max(first, end)
}

// firstPosition returns the first of n positions whose key is beyond something,
// n if none is.
func firstPosition(n int64, beyond func(tuple.Tuple) bool) int64 {
	low, high := int64(0), n
	for low < high {
		if mid := low + (high-low)/2; beyond(tuple.Of(tuple.Int(mid + 1))) {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return low
}

// Count implements [driver.Counter].
func (r *resultRows) Count(_ context.Context, _ *Schema, in tuple.Range) (int64, error) {
	first, end := r.within(in)
	return int64(end - first), nil
}

// Estimate implements [driver.Estimator].
func (r *resultRows) Estimate(context.Context, *Schema) (int64, bool, error) {
	return int64(len(r.rows)), true, nil
}

// Rank implements [driver.Ranker].
func (r *resultRows) Rank(_ context.Context, _ *Schema, key tuple.Tuple) (int64, error) {
	return firstPosition(int64(len(r.rows)), func(k tuple.Tuple) bool { return k.Compare(key) >= 0 }), nil
}

// Select implements [driver.Ranker].
func (r *resultRows) Select(_ context.Context, _ *Schema, n int64) (tuple.Tuple, error) {
	if n < 0 || n >= int64(len(r.rows)) {
		return nil, nil
	}
	return r.rows[n].Key, nil
}
