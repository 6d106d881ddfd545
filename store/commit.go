package store

import (
	"context"
	"slices"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// CommitResult is what became of a change set: conflicts and nothing written,
// or no conflicts and everything written.
type CommitResult struct {
	// Conflicts lists the staged changes whose rows are not as they were.
	Conflicts []ConflictDetail
	// Written is the number of changes that were made.
	Written int
	// Keys holds the key of the row of each change: as staged, or as the
	// database made it.
	Keys map[ID]tuple.Tuple
	// Undo takes the commit back: see [ChangeSet.StageInverse]. It is nil if
	// nothing was written.
	Undo *Inverse
}

// ConflictDetail tells that the row of a staged change is not what the change
// was based on. [ChangeSet.Resolve] settles it.
type ConflictDetail struct {
	Staged Staged
	// Base is the row that the change was based on, nil for an insert.
	Base *Row
	// Mine is the row as the change would leave it, nil for a delete.
	Mine *Row
	// Theirs is the row as it is now, nil if it has gone; for an insert, or a
	// change of the key, the row that has the key already.
	Theirs *Row
}

// Commit makes all staged changes in one transaction, as far as the database's
// [Info].Atomicity goes, after it has read their rows again and found them
// unchanged. On success the set is empty, and its steps are forgotten. On a
// conflict or an error it is as it was. It fails with [Conflicting] if a table
// has other columns than when the changes were staged.
func (w *Writer) Commit(ctx context.Context, cs *ChangeSet) (*CommitResult, error) {
	ids := cs.commitOrder()
	changes := make([]Change, len(ids))
	for i, id := range ids {
		changes[i] = cs.changes[id].change
	}
	if len(changes) == 0 {
		return &CommitResult{}, nil
	}
	if err := w.checkShapes(ctx, cs); err != nil {
		return nil, err
	}
	applied, after, err := w.applyAndRead(ctx, cs, ids, changes)
	if err != nil {
		return nil, err
	}
	if len(applied.Conflicts) > 0 {
		return &CommitResult{Conflicts: cs.details(ids, applied.Conflicts)}, nil
	}
	result := &CommitResult{Written: len(ids), Keys: map[ID]tuple.Tuple{}, Undo: cs.inverse(ids, after)}
	for i, id := range ids {
		result.Keys[id] = applied.Keys[i]
	}
	cs.committed()
	return result, nil
}

// checkShapes checks that the tables still have the columns that the changes
// speak of, which say them by number: somebody may have altered a table since.
func (w *Writer) checkShapes(ctx context.Context, cs *ChangeSet) error {
	const op = "commit"
	checked := map[*Schema]bool{}
	for _, id := range cs.order {
		s := cs.changes[id].schema
		if checked[s] {
			continue
		}
		checked[s] = true
		now, err := w.store.db.Describe(ctx, s.Name)
		if err != nil {
			return w.store.wrap(op, s.Name, err)
		}
		if !sameColumns(s.Key, now.Key) || !sameColumns(s.Columns, now.Columns) {
			return w.store.wrap(op, s.Name, fault(op, s.Name, Conflicting, "the columns of the table have changed since").
				withHint("drop the staged changes of the table, refresh, and make them again"))
		}
	}
	return nil
}

func sameColumns(a, b []Column) bool {
	return slices.EqualFunc(a, b, func(a, b Column) bool { return a.Name == b.Name })
}

// applyAndRead applies changes and returns their rows as they are then, nil
// for what was deleted. It does both in one transaction if it can. Otherwise
// somebody might write in between, so that only what cannot be known without
// reading is taken from the row: see merge.
func (w *Writer) applyAndRead(ctx context.Context, cs *ChangeSet, ids []ID, changes []Change) (Applied, []*Row, error) {
	if _, ok := w.store.db.(driver.Transactor); ok {
		return w.applyInTx(ctx, cs, ids, changes)
	}
	applied, err := w.Apply(ctx, changes)
	if err != nil || len(applied.Conflicts) > 0 {
		return applied, nil, err
	}
	after, err := cs.readAfter(ctx, ids, applied.Keys, w.store.Table)
	if err != nil {
		// What was written stays written. Without its rows, the inverse is
		// made of what is expected: an undo may then find a conflict.
		after = make([]*Row, len(ids))
	}
	for i, id := range ids {
		after[i] = cs.changes[id].merge(applied.Keys[i], after[i])
	}
	return applied, after, nil
}

func (w *Writer) applyInTx(ctx context.Context, cs *ChangeSet, ids []ID, changes []Change) (applied Applied, after []*Row, err error) {
	tx, err := w.Begin(ctx)
	if err != nil {
		return Applied{}, nil, err
	}
	defer func() {
		if e := tx.Rollback(); err == nil { // does nothing after Commit
			err = e
		}
	}()
	applied, err = tx.Apply(ctx, changes)
	if err != nil || len(applied.Conflicts) > 0 {
		return applied, nil, err
	}
	if after, err = cs.readAfter(ctx, ids, applied.Keys, tx.Table); err != nil {
		return Applied{}, nil, err
	}
	return applied, after, tx.Commit(ctx)
}

// readAfter reads the rows that changes have left, a table at a time.
func (cs *ChangeSet) readAfter(ctx context.Context, ids []ID, keys []tuple.Tuple,
	table func(context.Context, string) (*Table, error)) ([]*Row, error) {
	after := make([]*Row, len(ids))
	byTable := map[string][]int{}
	for i, id := range ids {
		if c := &cs.changes[id].change; c.Op != Delete {
			byTable[c.Table] = append(byTable[c.Table], i)
		}
	}
	for name, places := range byTable {
		t, err := table(ctx, name)
		if err != nil {
			return nil, err
		}
		wanted := make([]tuple.Tuple, len(places))
		for i, at := range places {
			wanted[i] = keys[at]
		}
		rows, err := t.Get(ctx, wanted...)
		if err != nil {
			return nil, err
		}
		for i, at := range places {
			after[at] = rows[i]
		}
	}
	return after, nil
}

// merge returns the row that the change leaves, given its key and the row that
// was read afterwards, if it was: only what the database computes is taken
// from that. If somebody has written in between, an undo thus finds a
// conflict instead of undoing that, too.
func (st *staged) merge(key tuple.Tuple, read *Row) *Row {
	c := &st.change
	if c.Op == Delete {
		return nil
	}
	values := c.Base
	if c.Op == Insert {
		values = make([]tuple.Value, len(st.schema.Columns))
		if read != nil {
			values = read.Values
		}
	}
	after := c.Result(values)
	for i, col := range st.schema.Columns {
		if col.Generated && read != nil {
			after[i] = read.Values[i]
		}
	}
	return &Row{Key: key, Values: after}
}

// details describes conflicts of changes, of which ids are the names.
func (cs *ChangeSet) details(ids []ID, conflicts []Conflict) []ConflictDetail {
	details := make([]ConflictDetail, len(conflicts))
	for i, conflict := range conflicts {
		id := ids[conflict.Change]
		st := cs.changes[id].view(id)
		d := ConflictDetail{Staged: st, Theirs: conflict.Current}
		if st.Change.Op != Insert {
			d.Base = &st.Before
		}
		if st.Change.Op != Delete {
			d.Mine = &st.After
		}
		details[i] = d
	}
	return details
}

// committed empties the set for good: to undo a step of it would stage again
// what has been written.
func (cs *ChangeSet) committed() {
	cs.Clear()
	cs.undo, cs.redo = nil, nil
}

// commitOrder returns the names of the changes in the order of staging, except
// that a change which gives up a key comes before the one that takes it. Thus
// each change finds the row that it is of, and never one that another change
// has put in its place.
func (cs *ChangeSet) commitOrder() []ID {
	order := make([]ID, 0, len(cs.order))
	seen := make(map[ID]bool, len(cs.order))
	for _, id := range cs.order {
		// The chain of changes each of which waits for the next.
		var chain []ID
		for id != 0 && !seen[id] {
			seen[id] = true
			chain = append(chain, id)
			id = cs.waitsFor(id)
		}
		for i := len(chain) - 1; i >= 0; i-- {
			order = append(order, chain[i])
		}
	}
	return order
}

// waitsFor returns the change of the row that has, at present, the key that
// change id takes; 0 if there is none.
func (cs *ChangeSet) waitsFor(id ID) ID {
	st := cs.changes[id]
	if st.change.Op != Insert && !st.change.Moves() {
		return 0
	}
	row, ok := st.final()
	if !ok {
		return 0
	}
	return cs.byRow[row]
}
