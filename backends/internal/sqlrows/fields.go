package sqlrows

import (
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
	cutInSQL bool
	read     []any
	dest     []any // pointers to the elements of read
}

func newFields(d Dialect, s *driver.Schema, q driver.Query) *fields {
	f := &fields{d: d, s: s, q: q}
	n := f.keys()
	if !q.KeysOnly {
		n += len(s.Columns)
		f.cutInSQL = q.MaxValue > 0 && n+len(s.Columns) < d.Limits().Columns
		if f.cutInSQL {
			n += len(s.Columns)
		}
	}
	n = max(n, 1) // a result has a column, even if nothing is asked for
	f.read, f.dest = make([]any, n), make([]any, n)
	for i := range f.read {
		f.dest[i] = &f.read[i]
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
			value, size := st.d.Cut(c, st.column(f.s, c), f.q.MaxValue)
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
	return row, nil
}

func (f *fields) value(c *driver.Column, i int) (tuple.Value, error) {
	v, err := f.d.Value(c, f.read[i])
	if err != nil {
		return tuple.Null, driver.Errorf(driver.Internal, "column %s of %s: %w", c.Name, f.s.Name, err)
	}
	return v, nil
}

// column converts a column of the row, and notes whether it was cut.
func (f *fields) column(row *driver.Row, i int) error {
	at := f.keys() + i
	v, err := f.value(&f.s.Columns[i], at)
	if err != nil {
		return err
	}
	switch {
	case f.cutInSQL:
		if size, ok := f.read[at+len(f.s.Columns)].(int64); ok {
			row.Cut = append(row.Cut, driver.Cut{Column: i, Size: size})
		}
	case f.q.MaxValue > 0 && v.Size() > f.q.MaxValue:
		if short, ok := cut(v, f.q.MaxValue); ok {
			row.Cut = append(row.Cut, driver.Cut{Column: i, Size: int64(v.Size())})
			v = short
		}
	}
	row.Values[i] = v
	return nil
}

// cut returns the beginning of v, if v is of a kind that can be cut.
func cut(v tuple.Value, most int) (tuple.Value, bool) {
	text := v.AsText()
	if len(text) <= most {
		return v, false
	}
	switch text = text[:most]; v.Kind() {
	case tuple.KindText:
		return tuple.Text(text), true
	case tuple.KindBytes:
		return tuple.BytesOf(text), true
	case tuple.KindJSON:
		return tuple.JSON(text), true
	case tuple.KindOther:
		return tuple.Other(v.TypeName(), text), true
	}
	return v, false
}
