package store

import (
	"slices"

	"github.com/rowan-db/rowan/store/tuple"
)

// Resolution is how a conflict is settled.
type Resolution uint8

// The resolutions.
const (
	// KeepMine bases the change on the row as it is now, so that it leaves
	// the same values as before. A row that others have deleted is inserted
	// again; an insert whose key others have used becomes an update.
	KeepMine Resolution = iota + 1
	// TakeTheirs drops the change.
	TakeTheirs
)

// Resolve settles the conflict of a staged change, as one step. The row is as
// the conflict shows it, Theirs, nil if it has gone. It fails with [Exists] if
// mine cannot be kept, because the row's new key belongs to another row.
func (c *ChangeSet) Resolve(id ID, r Resolution, current *Row) error {
	const op = "resolve"
	st, ok := c.changes[id]
	if !ok {
		return fault(op, "", NoRow, "change %d is not staged", id).withHint("it may have been undone")
	}
	if r == TakeTheirs {
		c.Drop(id)
		return nil
	}
	if current != nil && len(current.Values) != len(st.schema.Columns) {
		return fault(op, st.schema.Name, Internal, "the row was not read whole")
	}
	now, err := st.rebased(op, current)
	if err != nil {
		return err
	}
	if now == nil {
		c.Drop(id)
		return nil
	}
	if row, ok := now.row(); ok && c.byRow[row] != 0 && c.byRow[row] != id {
		return fault(op, st.schema.Name, Exists, "another change of the row %s is staged", describeKey(now.change.Key)).
			withHint("resolve or drop that change first")
	}
	if key := now.change.FinalKey(); key != nil && now.change.Op != Delete {
		if err := c.checkFree(op, now.schema, key, id); err != nil {
			return err
		}
	}
	c.replace(id, now)
	return nil
}

// rebased returns the change that leaves what st leaves, but begins with the
// row as it is now, nil if it has gone. It is nil if there is nothing to do.
func (st *staged) rebased(op string, current *Row) (*staged, error) {
	change := st.change
	switch {
	case change.Op == Insert && current == nil:
		return st, nil // its key is free again
	case change.Op == Insert:
		change = updateTo(current, change.Set)
		change.Table = st.change.Table
	case change.Op == Delete && current == nil:
		return nil, nil // done by others
	case change.Op == Delete:
		change.Base = slices.Clone(current.Values)
	case current == nil:
		before := Row{Key: change.FinalKey(), Values: change.Result(change.Base)}
		change = insertOf(st.schema, &before)
	case change.Moves() && !current.Key.Equal(change.Key):
		return nil, fault(op, st.schema.Name, Exists, "another row has the key %s", describeKey(change.NewKey)).
			withHint("choose another key, or delete that row first")
	default:
		change.Base = slices.Clone(current.Values)
		change.Set = differing(change.Base, change.Set)
	}
	return &staged{schema: st.schema, change: change}, nil
}

// updateTo returns the change that sets columns of an existing row.
func updateTo(row *Row, set []Assignment) Change {
	base := slices.Clone(row.Values)
	return Change{Op: Update, Key: slices.Clone(row.Key), Base: base, Set: differing(base, set)}
}

// differing returns the assignments that change something.
func differing(base []tuple.Value, set []Assignment) []Assignment {
	return slices.DeleteFunc(slices.Clone(set), func(a Assignment) bool { return base[a.Column] == a.Value })
}

// Changes returns the staged changes in the order in which they can be made.
func (c *ChangeSet) Changes() []Change {
	ids := c.commitOrder()
	changes := make([]Change, len(ids))
	for i, id := range ids {
		changes[i] = c.changes[id].change
	}
	return changes
}
