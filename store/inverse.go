package store

import (
	"slices"
)

// Inverse is the changes that take a commit back.
type Inverse struct{ changes []*staged }

// Len returns the number of changes.
func (inv *Inverse) Len() int { return len(inv.changes) }

// Changes returns them, in the order in which they are to be made.
func (inv *Inverse) Changes() []Change {
	changes := make([]Change, len(inv.changes))
	for i, st := range inv.changes {
		changes[i] = st.change
	}
	return changes
}

// inverse returns what takes back the changes that were made in the order of
// ids and left the rows in after.
func (c *ChangeSet) inverse(ids []ID, after []*Row) *Inverse {
	inv := &Inverse{}
	for i, id := range slices.Backward(ids) {
		if st := c.changes[id].inverted(after[i]); st != nil {
			inv.changes = append(inv.changes, st)
		}
	}
	return inv
}

// inverted returns the change that takes st back, which left the row after. It
// is nil if that is not known.
func (st *staged) inverted(after *Row) *staged {
	c := &st.change
	if c.Op == Delete {
		return &staged{schema: st.schema, change: insertOf(st.schema, &Row{Key: c.Key, Values: c.Base})}
	}
	if after == nil {
		return nil
	}
	undo := Change{Table: c.Table, Key: after.Key, Base: after.Values}
	if c.Op == Insert {
		undo.Op = Delete
		return &staged{schema: st.schema, change: undo}
	}
	undo.Op = Update
	if c.Moves() {
		undo.NewKey = c.Key
	}
	for _, a := range c.Set {
		undo.Set = append(undo.Set, Assignment{Column: a.Column, Value: c.Base[a.Column]})
	}
	return &staged{schema: st.schema, change: undo}
}

// StageInverse stages the changes that take a commit back, as one step. It
// fails with [Exists], and stages nothing, if a change of one of their rows is
// staged already.
func (c *ChangeSet) StageInverse(inv *Inverse) error {
	const op = "undo the commit"
	var s step
	for i, st := range inv.changes {
		if c.touches(st) {
			return fault(op, st.change.Table, Exists, "the row %s has a staged change", describeKey(st.change.Key)).
				withHint("commit or drop the staged changes first")
		}
		s = append(s, delta{id: c.next + 1 + ID(i), after: st})
	}
	c.do(s)
	return nil
}

// touches reports whether a change is staged of the row that st is of, or one
// that leaves a row with the same key.
func (c *ChangeSet) touches(st *staged) bool {
	for _, of := range []func() (rowID, bool){st.row, st.final} {
		row, ok := of()
		if !ok {
			continue
		}
		if _, taken := c.byRow[row]; taken {
			return true
		}
		if _, taken := c.byFinal[row]; taken {
			return true
		}
	}
	return false
}
