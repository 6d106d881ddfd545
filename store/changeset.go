package store

import (
	"slices"

	"github.com/rowan-db/rowan/store/tuple"
)

// ChangeSet is changes that are staged: made on the screen, and reviewed
// there, before [Writer.Commit] makes them in the database. Of each row there
// is at most one, which sums up all that was done to it, based on what the
// row held when it was first changed.
//
// Each method that changes the set is one step, which Undo takes back. Rows
// are told apart by table and original key.
type ChangeSet struct {
	changes map[ID]*staged
	order   []ID         // ascending, which is the order of first staging
	byRow   map[rowID]ID // updates and deletes by the key that the row has
	byFinal map[rowID]ID // inserts and updates by the key that it will have
	next    ID           // the last one given
	undo    []step       // the newest last
	redo    []step       // what was undone, the newest last
	journal *journal     // nil if the set is in memory only
	// revision is never the same for two states of the set.
	revision uint64
}

// ID names a staged change within its set, for as long as it is staged.
type ID uint64

// Staged is a staged change.
type Staged struct {
	ID     ID
	Schema *Schema
	Change Change
	// Before is the row that the change is based on; its Key is nil for an
	// insert.
	Before Row
	// After is the row as it will be; its Key is nil for a delete, and for an
	// insert whose key the database makes. Columns of an insert that are not
	// set, see Change.Set, are NULL here and get their defaults.
	After Row
}

// staged is a change with the schema of its table. It is never modified, so
// that steps can share it.
type staged struct {
	schema *Schema
	change Change
}

// rowID is a table's name and a key, encoded.
type rowID string

func rowIDOf(table string, key tuple.Tuple) rowID {
	return rowID(key.Append(append([]byte(table), 0)))
}

// delta is what a step does to one staged change. Nil is no such change.
type delta struct {
	id            ID
	before, after *staged
}

type step []delta

// NewChangeSet returns an empty change set in memory.
func NewChangeSet() *ChangeSet {
	c := &ChangeSet{}
	c.reset()
	return c
}

func (c *ChangeSet) reset() {
	c.changes = map[ID]*staged{}
	c.byRow = map[rowID]ID{}
	c.byFinal = map[rowID]ID{}
	c.order, c.undo, c.redo = nil, nil, nil
	c.revision++
}

// do makes a step, as the newest one.
func (c *ChangeSet) do(s step) {
	if len(s) == 0 {
		return
	}
	c.apply(s)
	c.undo, c.redo = append(c.undo, s), nil
}

// Undo takes back the newest step. It reports whether there was one.
func (c *ChangeSet) Undo() bool {
	if !c.CanUndo() {
		return false
	}
	s := pop(&c.undo)
	c.redo = append(c.redo, s)
	c.apply(s.inverted())
	return true
}

// Redo makes again the step that was undone last. It reports whether there
// was one: any other step forgets what was undone.
func (c *ChangeSet) Redo() bool {
	if !c.CanRedo() {
		return false
	}
	s := pop(&c.redo)
	c.undo = append(c.undo, s)
	c.apply(s)
	return true
}

// CanUndo reports whether there is a step to undo.
func (c *ChangeSet) CanUndo() bool { return len(c.undo) > 0 }

// CanRedo reports whether there is a step to redo.
func (c *ChangeSet) CanRedo() bool { return len(c.redo) > 0 }

func pop(steps *[]step) step {
	last := len(*steps) - 1
	s := (*steps)[last]
	*steps = (*steps)[:last]
	return s
}

func (s step) inverted() step {
	inverse := make(step, len(s))
	for i, d := range s {
		inverse[i] = delta{id: d.id, before: d.after, after: d.before}
	}
	return inverse
}

// apply removes all that the step changes, then adds what it changes it to: a
// key that one change gives up, another may take. It goes on record.
func (c *ChangeSet) apply(s step) {
	for _, d := range s {
		if d.before != nil {
			c.remove(d.id, d.before)
		}
	}
	for _, d := range s {
		if d.after != nil {
			c.add(d.id, d.after)
		}
	}
	c.revision++
	if c.journal != nil {
		c.journal.record(c, s)
	}
}

func (c *ChangeSet) remove(id ID, st *staged) {
	delete(c.changes, id)
	if i, ok := slices.BinarySearch(c.order, id); ok {
		c.order = slices.Delete(c.order, i, i+1)
	}
	if row, ok := st.row(); ok {
		delete(c.byRow, row)
	}
	if row, ok := st.final(); ok {
		delete(c.byFinal, row)
	}
}

func (c *ChangeSet) add(id ID, st *staged) {
	c.changes[id] = st
	c.next = max(c.next, id)
	i, _ := slices.BinarySearch(c.order, id)
	c.order = slices.Insert(c.order, i, id)
	if row, ok := st.row(); ok {
		c.byRow[row] = id
	}
	if row, ok := st.final(); ok {
		c.byFinal[row] = id
	}
}

// row identifies the row that the change is of, if there is one yet.
func (st *staged) row() (rowID, bool) {
	if st.change.Op == Insert {
		return "", false
	}
	return rowIDOf(st.change.Table, st.change.Key), true
}

// final identifies the row that there is after the change, if it is known.
func (st *staged) final() (rowID, bool) {
	key := st.change.FinalKey()
	if st.change.Op == Delete || key == nil {
		return "", false
	}
	return rowIDOf(st.change.Table, key), true
}

// view returns the change as callers see it.
func (st *staged) view(id ID) Staged {
	c := &st.change
	v := Staged{ID: id, Schema: st.schema, Change: *c}
	if c.Op != Insert {
		v.Before = Row{Key: c.Key, Values: c.Base}
	}
	if c.Op != Delete {
		before := c.Base
		if before == nil {
			before = make([]tuple.Value, len(st.schema.Columns))
		}
		v.After = Row{Key: c.FinalKey(), Values: c.Result(before)}
	}
	return v
}

// Len returns the number of staged changes.
func (c *ChangeSet) Len() int { return len(c.order) }

// Counts returns how many rows are to be added, changed and removed.
func (c *ChangeSet) Counts() (inserts, updates, deletes int) {
	for _, st := range c.changes {
		switch st.change.Op {
		case Insert:
			inserts++
		case Update:
			updates++
		case Delete:
			deletes++
		}
	}
	return inserts, updates, deletes
}

// Revision returns a number that is another one after every change of the
// set, so that what was made from it can be kept until then.
func (c *ChangeSet) Revision() uint64 { return c.revision }

// All returns the staged changes, in the order of first staging.
func (c *ChangeSet) All() []Staged {
	all := make([]Staged, len(c.order))
	for i, id := range c.order {
		all[i] = c.changes[id].view(id)
	}
	return all
}

// Get returns a staged change.
func (c *ChangeSet) Get(id ID) (Staged, bool) {
	st, ok := c.changes[id]
	if !ok {
		return Staged{}, false
	}
	return st.view(id), true
}

// Find returns the change of the row that has the given key in the database.
func (c *ChangeSet) Find(table string, key tuple.Tuple) (Staged, bool) {
	return c.Get(c.byRow[rowIDOf(table, key)])
}

// Inserted returns the inserts into a table, in the order of staging.
func (c *ChangeSet) Inserted(table string) []Staged {
	var rows []Staged
	for _, id := range c.order {
		if st := c.changes[id]; st.change.Op == Insert && st.change.Table == table {
			rows = append(rows, st.view(id))
		}
	}
	return rows
}
