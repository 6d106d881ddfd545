package store

import (
	"context"
	"slices"

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
	// Confirmed tells that the connection was lost before the database
	// answered, and that the rows were read again and found to be written.
	Confirmed bool
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
//
// A transaction that the database gave up because of others, [TryAgain], is
// made again a few times. If the connection is lost before the database has
// answered, the rows are read again: the commit then succeeds, or fails with
// [TryAgain] if nothing was written, or with [OutcomeUnknown] if nobody knows.
// While a live transaction of this program is open, it does not wait for others
// for ever, and fails with [Locked].
func (w *Writer) Commit(ctx context.Context, cs *ChangeSet) (*CommitResult, error) {
	at := &attempt{writer: w, set: cs, ids: cs.commitOrder()}
	for _, id := range at.ids {
		at.changes = append(at.changes, cs.changes[id].change)
	}
	if len(at.changes) == 0 {
		return &CommitResult{}, nil
	}
	if err := w.checkShapes(ctx, cs); err != nil {
		return nil, err
	}
	confirmed, err := at.run(ctx)
	if err != nil {
		return nil, err
	}
	if len(at.applied.Conflicts) > 0 {
		return &CommitResult{Conflicts: cs.details(at.ids, at.applied.Conflicts)}, nil
	}
	result := &CommitResult{Written: len(at.ids), Keys: map[ID]tuple.Tuple{}, Undo: cs.inverse(at.ids, at.after), Confirmed: confirmed}
	for i, id := range at.ids {
		result.Keys[id] = at.applied.Keys[i]
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
