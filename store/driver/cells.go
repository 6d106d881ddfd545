package driver

import "github.com/rowan-db/rowan/store/tuple"

// A row is shown as its key and then its columns. The methods below count both
// together, from 0.

// Width returns the number of key elements and columns.
func (s *Schema) Width() int { return len(s.Key) + len(s.Columns) }

// ColumnAt returns a key element or column.
func (s *Schema) ColumnAt(i int) *Column {
	if i < len(s.Key) {
		return &s.Key[i]
	}
	return &s.Columns[i-len(s.Key)]
}

// ValueAt returns what a row holds in a key element or column: NULL if the row
// has no key yet, or only its key was read.
func (s *Schema) ValueAt(r *Row, i int) tuple.Value {
	values := []tuple.Value(r.Key)
	if i >= len(s.Key) {
		values, i = r.Values, i-len(s.Key)
	}
	if i >= len(values) {
		return tuple.Null
	}
	return values[i]
}
