package store

import (
	"slices"

	"github.com/rowan-db/rowan/store/tuple"
)

// Edit sets one column of a row, or one element of its key. The column is an
// index into Schema.Key and then Schema.Columns. The row is as the database
// holds it, with all its values and none of them cut; if it is staged already,
// only its key counts. An edit that gives the row back what it held un-stages
// it.
func (c *ChangeSet) Edit(s *Schema, row Row, column int, v tuple.Value) error {
	const op = "edit"
	id, was := c.ofRow(s, row.Key)
	if was == nil {
		if err := checkBase(op, s, &row); err != nil {
			return err
		}
		was = &staged{schema: s, change: Change{
			Op: Update, Table: s.Name, Key: slices.Clone(row.Key), Base: slices.Clone(row.Values),
		}}
	}
	if was.change.Op == Delete {
		return fault(op, s.Name, NoRow, "the row is staged to be deleted").
			withHint("take the deletion back first")
	}
	return c.edit(op, id, was, column, v)
}

// EditInserted sets one column, or element of the key, of a row that is staged
// to be inserted.
func (c *ChangeSet) EditInserted(id ID, column int, v tuple.Value) error {
	const op = "edit"
	was, ok := c.changes[id]
	if !ok || was.change.Op != Insert {
		return fault(op, "", NoRow, "no insert is staged as change %d", id).
			withHint("it may have been undone")
	}
	return c.edit(op, id, was, column, v)
}

// edit stages what was becomes by setting a column.
func (c *ChangeSet) edit(op string, id ID, was *staged, column int, v tuple.Value) error {
	s := was.schema
	if column < 0 || column >= len(s.Key)+len(s.Columns) {
		return fault(op, s.Name, Internal, "there is no column %d", column)
	}
	if s.ReadOnly != "" {
		return fault(op, s.Name, ReadOnly, "%s", s.ReadOnly).withHint("choose a table that can be written")
	}
	now := &staged{schema: s, change: was.change}
	if column < len(s.Key) {
		if err := now.setKey(op, column, v); err != nil {
			return err
		}
	} else if err := now.set(op, column-len(s.Key), v); err != nil {
		return err
	}
	if key := now.change.FinalKey(); key != nil && !now.idle() {
		if err := c.checkFree(op, s, key, id); err != nil {
			return err
		}
		if c.inCircle(now) {
			return fault(op, s.Name, Exists, "rows would exchange their keys, which no order of changes can do").
				withHint("give one of them a free key, commit, and then the other's")
		}
	}
	c.replace(id, now)
	return nil
}

// inCircle reports whether a change would take the key of a row that takes the
// key of another, and so on, back to the row of the change. Without circles,
// changes can be made in an order in which each finds its row as it was before
// all of them: see commitOrder.
func (c *ChangeSet) inCircle(st *staged) bool {
	start, ok := st.row()
	if !ok {
		return false
	}
	for st != nil && st.change.Moves() {
		at, _ := st.final()
		if at == start {
			return true
		}
		st = c.changes[c.byRow[at]]
	}
	return false
}

// setKey sets an element of the key that the row will have.
func (st *staged) setKey(op string, element int, v tuple.Value) error {
	s := st.schema
	column := &s.Key[element]
	auto := st.change.Op == Insert && s.AutoKey && len(s.Key) == 1
	if v.IsNull() && auto {
		st.change.Key = nil
		return nil
	}
	if err := checkValue(op, s, column, v); err != nil {
		return err
	}
	key := slices.Clone(st.change.FinalKey())
	if key == nil {
		key = make(tuple.Tuple, len(s.Key))
	}
	key[element] = v
	switch {
	case st.change.Op == Insert:
		st.change.Key = key
	case key.Equal(st.change.Key):
		st.change.NewKey = nil
	default:
		st.change.NewKey = key
	}
	return nil
}

// checkFree checks that no other staged change leaves a row with the key.
// Whether the database has one turns out at commit.
func (c *ChangeSet) checkFree(op string, s *Schema, key tuple.Tuple, id ID) error {
	if other, ok := c.byFinal[rowIDOf(s.Name, key)]; ok && other != id {
		return fault(op, s.Name, Exists, "another staged row has the key %s", describeKey(key))
	}
	return nil
}

// set sets a column, or forgets that it was set if it held the value anyway.
func (st *staged) set(op string, column int, v tuple.Value) error {
	if err := checkValue(op, st.schema, &st.schema.Columns[column], v); err != nil {
		return err
	}
	c := &st.change
	i := slices.IndexFunc(c.Set, func(a Assignment) bool { return a.Column == column })
	c.Set = slices.Clone(c.Set)
	unchanged := c.Op == Update && c.Base[column] == v
	switch {
	case unchanged && len(c.Set) == 1 && i == 0:
		c.Set = nil
	case unchanged && i >= 0:
		c.Set = slices.Delete(c.Set, i, i+1)
	case unchanged:
	case i >= 0:
		c.Set[i].Value = v
	default:
		c.Set = append(c.Set, Assignment{Column: column, Value: v})
	}
	return nil
}

// replace stages what a change has become, as one step, unless it is the same.
// An id of 0 is that of a change that is not staged yet.
func (c *ChangeSet) replace(id ID, now *staged) {
	if now.idle() {
		now = nil
	}
	was := c.changes[id]
	if was == nil && now == nil || was != nil && now != nil && was.same(now) {
		return
	}
	if id == 0 {
		id = c.next + 1
	}
	c.do(step{{id: id, before: was, after: now}})
}

// idle reports whether the change changes nothing.
func (st *staged) idle() bool {
	return st.change.Op == Update && len(st.change.Set) == 0 && !st.change.Moves()
}

func (st *staged) same(other *staged) bool {
	a, b := &st.change, &other.change
	return a.Op == b.Op && sameKey(a.Key, b.Key) && sameKey(a.NewKey, b.NewKey) &&
		slices.Equal(a.Base, b.Base) && slices.Equal(a.Set, b.Set)
}

func sameKey(a, b tuple.Tuple) bool { return (a == nil) == (b == nil) && a.Equal(b) }

// ofRow returns the change of the row with the given key, if one is staged.
func (c *ChangeSet) ofRow(s *Schema, key tuple.Tuple) (ID, *staged) {
	id := c.byRow[rowIDOf(s.Name, key)]
	return id, c.changes[id]
}

// checkBase checks that a change can be based on a row: that it was read
// whole, so that the commit can tell whether it is still the same.
func checkBase(op string, s *Schema, row *Row) error {
	if s.ReadOnly != "" {
		return fault(op, s.Name, ReadOnly, "%s", s.ReadOnly).withHint("choose a table that can be written")
	}
	if err := checkKey(op, s, row.Key); err != nil {
		return err
	}
	if len(row.Cut) > 0 || len(row.Values) != len(s.Columns) {
		return fault(op, s.Name, Internal, "the row %s was not read whole", describeKey(row.Key))
	}
	return nil
}

// Insert stages a new row and returns the change's name. The key is nil if the
// database shall make one; columns that are not set get their defaults.
func (c *ChangeSet) Insert(s *Schema, key tuple.Tuple, set []Assignment) (ID, error) {
	const op = "insert"
	change := Change{Op: Insert, Table: s.Name, Key: slices.Clone(key), Set: slices.Clone(set)}
	if err := checkChange(s, &change); err != nil {
		return 0, err
	}
	if key != nil {
		if err := c.checkFree(op, s, key, 0); err != nil {
			return 0, err
		}
	}
	id := c.next + 1
	c.do(step{{id: id, after: &staged{schema: s, change: change}}})
	return id, nil
}

// Delete stages that a row be removed, whatever else was staged of it. If that
// is staged already, it is un-staged. The row is as for Edit: one that is only
// staged to be inserted is un-staged with Drop.
func (c *ChangeSet) Delete(s *Schema, row Row) error {
	const op = "delete"
	id, was := c.ofRow(s, row.Key)
	if was == nil {
		if err := checkBase(op, s, &row); err != nil {
			return err
		}
	}
	now := &staged{schema: s, change: Change{Op: Delete, Table: s.Name}}
	switch {
	case was == nil:
		now.change.Key, now.change.Base = slices.Clone(row.Key), slices.Clone(row.Values)
	case was.change.Op == Delete:
		c.Drop(id)
		return nil
	default:
		now.change.Key, now.change.Base = was.change.Key, was.change.Base
	}
	c.replace(id, now)
	return nil
}

// Drop un-stages a change, if it is still staged.
func (c *ChangeSet) Drop(id ID) {
	if was, ok := c.changes[id]; ok {
		c.do(step{{id: id, before: was}})
	}
}

// Clear un-stages everything. It is one step, so that Undo brings it back.
func (c *ChangeSet) Clear() {
	s := make(step, len(c.order))
	for i, id := range c.order {
		s[i] = delta{id: id, before: c.changes[id]}
	}
	c.do(s)
}
