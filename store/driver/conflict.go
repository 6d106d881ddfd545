package driver

import (
	"slices"

	"github.com/rowan-db/rowan/store/tuple"
)

// ConflictsWith reports whether a change must not be made, given the row that
// its Key has at present, nil if none. Every backend asks it, so that all
// agree on what a conflict is. The row in the way of an Update's NewKey is
// another question: see [Change.Moves].
func (c *Change) ConflictsWith(current *Row) bool {
	switch c.Op {
	case Insert:
		return current != nil
	case Update, Delete:
		return current == nil || c.Base != nil && !slices.Equal(c.Base, current.Values)
	}
	return false
}

// Moves reports whether an Update gives its row another key. If there is a
// row with that key already, the change conflicts with it.
func (c *Change) Moves() bool {
	return c.Op == Update && c.NewKey != nil && !c.NewKey.Equal(c.Key)
}

// FinalKey returns the key that the row has after the change.
func (c *Change) FinalKey() tuple.Tuple {
	if c.NewKey != nil {
		return c.NewKey
	}
	return c.Key
}

// Result returns the columns after the change, given those before it, or the
// defaults for a new row. It does not change before.
func (c *Change) Result(before []tuple.Value) []tuple.Value {
	after := slices.Clone(before)
	for _, a := range c.Set {
		after[a.Column] = a.Value
	}
	return after
}
