package driver

import "github.com/rowan-db/rowan/store/tuple"

// CheckKey reports, as a [BadKey], a key that does not have one element for
// each of the schema's.
func (s *Schema) CheckKey(key tuple.Tuple) error {
	if len(key) == len(s.Key) {
		return nil
	}
	return Errorf(BadKey, "a key of %s has %d elements, not %d", s.Name, len(s.Key), len(key))
}

// CheckRow reports a row that does not fit the schema: a [BadKey], a
// [BadValue], or a [Constraint] for a NULL where none may be. It is for
// backends that keep rows themselves; a relational database has its own rules.
func (s *Schema) CheckRow(key tuple.Tuple, values []tuple.Value) error {
	if err := s.CheckKey(key); err != nil {
		return err
	}
	for i, v := range key {
		if c := &s.Key[i]; v.IsNull() && !c.Nullable || !c.Holds(v) {
			return Errorf(BadKey, "element %s of a key of %s holds %s, not %s", c.Name, s.Name, c.Kind, v.Kind())
		}
	}
	if len(values) != len(s.Columns) {
		return Errorf(BadValue, "a row of %s has %d columns, not %d", s.Name, len(s.Columns), len(values))
	}
	for i, v := range values {
		c := &s.Columns[i]
		if v.IsNull() && !c.Nullable {
			return Errorf(Constraint, "column %s of %s cannot be NULL", c.Name, s.Name)
		}
		if !c.Holds(v) {
			return Errorf(BadValue, "column %s of %s holds %s, not %s", c.Name, s.Name, c.Kind, v.Kind())
		}
	}
	return nil
}

// Holds reports whether values of v's kind belong in the column. NULL does,
// as far as this goes. An integer is of KindInt wherever that can hold
// it, so a column of KindUint takes both; one of KindNull takes anything.
func (c *Column) Holds(v tuple.Value) bool {
	switch c.Kind {
	case tuple.KindNull, v.Kind():
		return true
	case tuple.KindUint:
		return v.IsNull() || v.Kind() == tuple.KindInt && v.AsInt() >= 0
	}
	return v.IsNull()
}
