package sqlrows

import (
	"context"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// Sorting is implemented as well by the dialect of a database that pages in the
// order of any column.
type Sorting interface {
	// Sorts is [driver.Sorter].Sorts, for a column of a table that has a key.
	Sorts(s *driver.Schema, c *driver.Column) bool
}

// Sorts is [driver.Sorter].Sorts for a database with this dialect.
func Sorts(d Dialect, s *driver.Schema, column int) bool {
	sorting, ok := d.(Sorting)
	return ok && s.Identity != driver.Position && sorting.Sorts(s, s.ColumnAt(column))
}

// ScanSorted reads a page as [driver.Sorter] does.
//
// The rows in which the column is NULL and the others are read by a statement
// each, so that neither has a condition that an index cannot be searched with.
func (r Reader) ScanSorted(ctx context.Context, s *driver.Schema, q driver.Query, column int, from *driver.Place) (driver.Page, error) {
	if !Sorts(r.d, s, column) {
		return driver.Page{}, driver.Errorf(driver.Unsupported, "%s cannot be read in the order of %s", s.Name, s.ColumnAt(column).Name)
	}
	var page driver.Page
	for _, part := range partsFrom(s, column, q.Reverse, from) {
		rest := q
		rest.Limit -= len(page.Rows)
		p, err := r.scanPart(ctx, s, rest, part)
		if err != nil {
			return driver.Page{}, err
		}
		page.Rows, page.More = append(page.Rows, p.Rows...), p.More
		if p.More {
			break
		}
	}
	return page, nil
}

// Sorts implements [driver.Sorter].
func (s *session) Sorts(t *driver.Schema, column int) bool { return Sorts(s.d, t, column) }

// ScanSorted implements [driver.Sorter].
func (s *session) ScanSorted(ctx context.Context, t *driver.Schema, q driver.Query, column int, from *driver.Place) (page driver.Page, err error) {
	err = s.do(ctx, func(ctx context.Context, conn Conn) error {
		page, err = NewReader(s.d, guarded(conn)).ScanSorted(ctx, t, q, column, from)
		return err
	})
	return page, err
}

// sortedPart is the rows whose column is NULL, or the others, from a place on.
type sortedPart struct {
	column int
	null   bool
	from   *driver.Place
}

// partsFrom returns the parts of an order from a place on, in the order in which
// they are read.
func partsFrom(s *driver.Schema, column int, reverse bool, from *driver.Place) []sortedPart {
	parts := []sortedPart{{column: column, null: true}, {column: column}}
	if column < len(s.Key) || !s.ColumnAt(column).Nullable {
		parts = parts[1:]
	}
	if reverse && len(parts) == 2 {
		parts[0], parts[1] = parts[1], parts[0]
	}
	if from == nil {
		return parts
	}
	if len(parts) == 2 && parts[0].null != from.Value.IsNull() {
		parts = parts[1:]
	}
	parts[0].from = from
	return parts
}

// scanPart reads a page of a part. With a limit of 0, it finds out whether there
// is a row.
func (r Reader) scanPart(ctx context.Context, s *driver.Schema, q driver.Query, part sortedPart) (driver.Page, error) {
	f := newFields(r.d, s, q)
	st, some, err := partStatement(r.d, f, part)
	if !some || err != nil {
		return driver.Page{}, err
	}
	rows, err := f.query(ctx, r.q, st)
	if err != nil {
		return driver.Page{}, err
	}
	return f.page(rows, q.Limit)
}

func partStatement(d Dialect, f *fields, part sortedPart) (st *statement, some bool, err error) {
	st = &statement{d: d}
	st.write("SELECT ")
	st.selectFields(f)
	st.from(f.s)
	if some, err := st.whereRange(f.s, f.q.Range); !some || err != nil {
		return nil, false, err
	}
	st.whereHolds(f.s, f.q.Where)
	sorted := st.sortedColumns(f.s, part.column)
	st.wherePart(f.s, part, sorted, f.q.Reverse)
	if part.null {
		sorted = sorted[1:]
	}
	st.orderBy(sorted, f.q.Reverse)
	st.limit(int64(f.q.Limit) + 1)
	return st, true, nil
}

// sortedColumns returns what the rows are sorted by: the column, then the key.
func (st *statement) sortedColumns(s *driver.Schema, column int) []term {
	c := s.ColumnAt(column)
	first := term{column: c, expr: st.column(s, c)}
	if column < len(s.Key) {
		first.expr = st.key(s, column)
	}
	terms := []term{first}
	for i := range s.Key {
		if i != column {
			terms = append(terms, term{column: &s.Key[i], expr: st.key(s, i)})
		}
	}
	return terms
}

// wherePart writes that a row belongs to a part, and comes after its place.
func (st *statement) wherePart(s *driver.Schema, part sortedPart, sorted []term, reverse bool) {
	if part.column >= len(s.Key) && sorted[0].column.Nullable {
		st.and()
		st.write(sorted[0].expr, " IS ")
		if !part.null {
			st.write("NOT ")
		}
		st.write("NULL")
	}
	if part.from == nil {
		return
	}
	placed := make([]term, len(sorted))
	copy(placed, sorted)
	values := placeValues(s, part)
	for i := range placed {
		// They were read, and so each stands where its edge is.
		placed[i].value, _ = st.d.Edge(placed[i].column, values[i])
	}
	if part.null {
		placed = placed[1:]
	}
	op := ">"
	if reverse {
		op = "<"
	}
	st.and()
	st.compare(placed, op, part.from.Inclusive)
}

// placeValues returns the values of a place in the order of sortedColumns.
func placeValues(s *driver.Schema, part sortedPart) []tuple.Value {
	values := []tuple.Value{part.from.Value}
	for i, v := range part.from.Key {
		if i != part.column {
			values = append(values, v)
		}
	}
	return values
}

func (st *statement) orderBy(terms []term, reverse bool) {
	st.write(" ORDER BY ")
	st.list(len(terms), ", ", func(i int) {
		st.write(terms[i].expr)
		if reverse {
			st.write(" DESC")
		}
	})
}

// SortedStatements returns the statements that [Reader.ScanSorted] runs, the
// second only if the first finds too few rows, so that a backend can test how
// its database runs them.
func SortedStatements(d Dialect, s *driver.Schema, q driver.Query, column int, from *driver.Place) (queries []string, args [][]any, err error) {
	for _, part := range partsFrom(s, column, q.Reverse, from) {
		st, some, err := partStatement(d, newFields(d, s, q), part)
		if err != nil {
			return nil, nil, err
		}
		if some {
			queries, args = append(queries, st.sql.String()), append(args, st.args)
		}
	}
	return queries, args, nil
}
