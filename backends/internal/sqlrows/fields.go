package sqlrows

import (
	"database/sql"
	"math"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// fields are the columns of a result that make up a row: the key, unless it is
// a position, then the other columns, then the sizes of those that may be cut.
type fields struct {
	d Dialect
	s *driver.Schema
	q driver.Query
	// cutInSQL tells that the database cuts long values and says their size.
	// It leaves one byte too many, so that [driver.Row.CutTo] sees that the
	// value is too long, and cuts text between characters.
	cutInSQL bool
	read     []any
	sizes    []sql.NullInt64 // of the columns that the database cut
	dest     []any           // pointers to the elements of read and sizes
}

func newFields(d Dialect, s *driver.Schema, q driver.Query) *fields {
	f := &fields{d: d, s: s, q: q}
	n := f.keys()
	if !q.KeysOnly {
		n += len(s.Columns)
		f.cutInSQL = q.MaxValue > 0 && q.MaxValue < math.MaxInt && n+len(s.Columns) <= d.Limits().Columns
	}
	f.read = make([]any, max(n, 1)) // a result has a column, even if nothing is asked for
	if f.cutInSQL {
		f.sizes = make([]sql.NullInt64, len(s.Columns))
	}
	for i := range f.read {
		f.dest = append(f.dest, &f.read[i])
	}
	for i := range f.sizes {
		f.dest = append(f.dest, &f.sizes[i])
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

// selectFields writes the expressions of f.
func (st *statement) selectFields(f *fields) {
	var exprs, sizes []string
	for i := range f.keys() {
		exprs = append(exprs, st.d.Read(&f.s.Key[i], st.column(f.s, &f.s.Key[i])))
	}
	for i := range f.s.Columns {
		c := &f.s.Columns[i]
		switch {
		case f.q.KeysOnly:
		case f.cutInSQL:
			value, size := st.d.Cut(c, st.column(f.s, c), f.q.MaxValue+1)
			exprs, sizes = append(exprs, value), append(sizes, size)
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

// row converts what was read last. The key of a position is left to the caller.
func (f *fields) row() (driver.Row, error) {
	var row driver.Row
	keys := f.keys()
	if keys > 0 {
		row.Key = make(tuple.Tuple, keys)
	}
	for i := range keys {
		v, err := f.value(&f.s.Key[i], i)
		if err != nil {
			return driver.Row{}, err
		}
		if v.IsNull() {
			return driver.Row{}, nullInKey(f.d, f.s, &f.s.Key[i])
		}
		row.Key[i] = v
	}
	if f.q.KeysOnly {
		return row, nil
	}
	row.Values = make([]tuple.Value, len(f.s.Columns))
	for i := range f.s.Columns {
		if err := f.column(&row, i); err != nil {
			return driver.Row{}, err
		}
	}
	row.CutTo(f.q.MaxValue)
	return row, nil
}

func (f *fields) value(c *driver.Column, i int) (tuple.Value, error) {
	v, err := f.d.Value(c, f.read[i])
	if err != nil {
		return tuple.Null, driver.Errorf(driver.Internal, "column %s of %s: %w", c.Name, f.s.Name, err)
	}
	return v, nil
}

// column converts a column of the row, and notes whether the database cut it.
func (f *fields) column(row *driver.Row, i int) error {
	v, err := f.value(&f.s.Columns[i], f.keys()+i)
	if err != nil {
		return err
	}
	if f.cutInSQL && f.sizes[i].Valid {
		row.Cut = append(row.Cut, driver.Cut{Column: i, Size: f.sizes[i].Int64})
	}
	row.Values[i] = v
	return nil
}
