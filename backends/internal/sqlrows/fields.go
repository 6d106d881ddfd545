package sqlrows

import (
	"context"
	"math"
	"slices"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// fields are the columns of a result that make up a row: the key, unless it is
// a position, then the other columns, then the sizes of those that may be cut.
// Before them may stand a number.
type fields struct {
	d Dialect
	s *driver.Schema
	q driver.Query
	// numbered tells that a number comes first.
	numbered bool
	// cutInSQL tells that the database cuts long values and says their size.
	// It leaves one byte too many, so that [driver.Row.CutTo] sees that the
	// value is too long, and cuts text between characters.
	cutInSQL bool
	cuts     []int         // the columns whose sizes follow, in their order
	free     []tuple.Value // room for the values of rows to come
}

func newFields(d Dialect, s *driver.Schema, q driver.Query) *fields {
	f := &fields{d: d, s: s, q: q}
	if !q.KeysOnly {
		width := f.keys() + 2*len(s.Columns)
		f.cutInSQL = q.MaxValue > 0 && q.MaxValue < math.MaxInt && width <= d.Limits().Columns
	}
	return f
}

// keys returns how many columns of the result are the key.
func (f *fields) keys() int {
	if f.s.Identity == driver.Position {
		return 0
	}
	return len(f.s.Key)
}

// columns returns the columns of the result; nil is an integer.
func (f *fields) columns() []*driver.Column {
	columns := make([]*driver.Column, 0, 1+f.keys()+2*len(f.s.Columns))
	if f.numbered {
		columns = append(columns, nil)
	}
	for i := range f.keys() {
		columns = append(columns, &f.s.Key[i])
	}
	if !f.q.KeysOnly {
		for i := range f.s.Columns {
			columns = append(columns, &f.s.Columns[i])
		}
	}
	columns = append(columns, make([]*driver.Column, len(f.cuts))...)
	if len(columns) == 0 { // a result has a column, even if nothing is asked for
		columns = append(columns, nil)
	}
	return columns
}

// selectFields writes the expressions of f, but for the number, and notes which
// sizes are among them.
func (st *statement) selectFields(f *fields) {
	var exprs, sizes []string
	f.cuts = nil
	for i := range f.keys() {
		exprs = append(exprs, st.d.Read(&f.s.Key[i], st.column(f.s, &f.s.Key[i])))
	}
	for i := range f.s.Columns {
		c := &f.s.Columns[i]
		switch {
		case f.q.KeysOnly:
		case f.cutInSQL:
			value, size := st.d.Cut(c, st.column(f.s, c), f.q.MaxValue+1)
			exprs = append(exprs, value)
			if size != "" {
				sizes, f.cuts = append(sizes, size), append(f.cuts, i)
			}
		default:
			exprs = append(exprs, st.d.Read(c, st.column(f.s, c)))
		}
	}
	exprs = append(exprs, sizes...)
	if len(exprs) == 0 { // the positions of a table, and nothing else
		exprs = []string{"1"}
	}
	st.list(len(exprs), ", ", func(i int) { st.write(exprs[i]) })
}

// roomRows is for how many rows room is made at once.
const roomRows = 32

// room returns room for n values, which belongs to the caller.
func (f *fields) room(n int) []tuple.Value {
	if len(f.free) < n {
		f.free = make([]tuple.Value, n*min(roomRows, max(1, f.q.Limit)))
	}
	values := f.free[:n:n]
	f.free = f.free[n:]
	return values
}

// query runs a statement whose result is f's.
func (f *fields) query(ctx context.Context, q Querier, st *statement) (ValueRows, error) {
	columns := f.columns()
	if vq, ok := q.(ValueQuerier); ok {
		return vq.QueryValues(ctx, st.sql.String(), st.args, columns)
	}
	rows, err := q.Query(ctx, st.sql.String(), st.args)
	if err != nil {
		return nil, err
	}
	return newScanned(f.d, f.s, rows, columns), nil
}

// row reads the current row, and its number if it has one. The key of a
// position is left to the caller.
func (f *fields) row(rows ValueRows) (number int, row driver.Row, err error) {
	keys, columns := f.keys(), len(f.s.Columns)
	if f.q.KeysOnly {
		columns = 0
	}
	lead := 0
	if f.numbered {
		lead = 1
	}
	width := lead + keys + columns + len(f.cuts)
	values := f.room(max(width, 1))
	if err := rows.Values(values); err != nil {
		return 0, driver.Row{}, err
	}
	if f.numbered {
		number = int(values[0].AsInt())
	}
	values = values[lead:width]
	if row.Key, err = f.key(values[:keys:keys]); err != nil || f.q.KeysOnly {
		return number, row, err
	}
	row.Values = values[keys : keys+columns : keys+columns]
	for i, size := range values[keys+columns:] {
		if !size.IsNull() {
			row.Cut = append(row.Cut, driver.Cut{Column: f.cuts[i], Size: size.AsInt()})
		}
	}
	f.takeSizes(&row)
	row.CutTo(f.q.MaxValue)
	return number, row, nil
}

// takeSizes notes the sizes that values which are too long tell themselves.
func (f *fields) takeSizes(row *driver.Row) {
	d, ok := f.d.(Sizing)
	if !ok || !f.cutInSQL {
		return
	}
	for i, v := range row.Values {
		if v.Size() <= f.q.MaxValue {
			continue
		}
		if size, ok := d.SizeOf(v); ok {
			row.Cut = append(row.Cut, driver.Cut{Column: i, Size: size})
		}
	}
}

// key checks that a key has no NULL in it.
func (f *fields) key(k tuple.Tuple) (tuple.Tuple, error) {
	for i, v := range k {
		if v.IsNull() {
			return nil, nullInKey(f.d, f.s, &f.s.Key[i])
		}
	}
	if len(k) == 0 {
		return nil, nil
	}
	return k, nil
}

// page reads the rows of a page and whether there was another one.
func (f *fields) page(rows ValueRows, limit int) (driver.Page, error) {
	defer rows.Close()
	var p driver.Page
	for rows.Next() {
		if len(p.Rows) == limit {
			p.More = true
			break
		}
		_, row, err := f.row(rows)
		if err != nil {
			return driver.Page{}, err
		}
		if n := len(p.Rows); n == cap(p.Rows) {
			// By a quarter, as append does, a long page would be allocated five
			// times over.
			p.Rows = slices.Grow(p.Rows, min(max(3*n, roomRows), limit-n))
		}
		p.Rows = append(p.Rows, row)
	}
	if err := rows.Err(); err != nil {
		return driver.Page{}, err
	}
	return p, nil
}
