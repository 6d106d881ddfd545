package store

import (
	"context"
	"slices"
	"time"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// This file finds out whether a commit happened whose answer never came.

// How often the rows are looked at again, and how long it waits before the
// first time: twice as long each time, about ten seconds in all, in which a
// server may come back.
const (
	mostLooks = 8
	firstLook = 40 * time.Millisecond
)

// findOut returns nil if the changes were made, and otherwise the error of the
// commit. lost is what the attempt failed with.
func (at *attempt) findOut(ctx context.Context, lost error) error {
	pause := firstLook
	for range mostLooks {
		if sleep(ctx, pause) != nil {
			break
		}
		pause *= 2
		written, err := at.look(ctx)
		switch {
		case err != nil:
			continue // the server is not back yet, or others are in the way
		case written == yes:
			return nil
		case written == no:
			return at.notWritten(lost)
		}
		break
	}
	const op = "commit"
	return at.writer.store.wrap(op, onlyTable(at.changes), fault(op, onlyTable(at.changes), OutcomeUnknown,
		"the connection was lost before the database confirmed it, and whether it was written cannot be found out: %w", lost).
		withHint("the changes are still staged: look at their rows before you commit them again"))
}

func (at *attempt) notWritten(lost error) error {
	const op = "commit"
	return at.writer.store.wrap(op, onlyTable(at.changes), fault(op, onlyTable(at.changes), TryAgain,
		"the connection was lost before the database wrote anything: %w", lost).
		withHint("the changes are still staged: commit them again"))
}

// written tells whether changes were made.
type written uint8

const (
	unclear written = iota
	yes
	no
)

// look compares the rows with what the changes would have left. The error says
// that it could not.
func (at *attempt) look(ctx context.Context) (written, error) {
	w := at.writer
	if _, ok := w.store.db.(driver.Transactor); !ok {
		return at.compare(ctx, w.store.Table)
	}
	tx, err := w.Begin(ctx)
	if err != nil {
		return unclear, err
	}
	defer tx.Rollback()
	// To make the changes again waits for whoever holds their rows: the lost
	// transaction, too, if the server has not noticed yet. If nothing is in
	// their way, nothing was written. All of it is rolled back.
	applied, err := tx.Apply(ctx, at.withKeys())
	switch {
	case err == nil && len(applied.Conflicts) == 0:
		return no, nil
	case err != nil && !isInTheWay(err):
		return unclear, err
	}
	return at.compare(ctx, tx.Table)
}

// isInTheWay reports whether an error may come of the changes having been made
// already.
func isInTheWay(err error) bool {
	switch KindOf(err) {
	case Exists, Constraint, Conflicting, NoRow:
		return true
	}
	return false
}

// withKeys returns the changes, in which inserts have the keys that the database
// made for them: so that they would find their rows.
func (at *attempt) withKeys() []Change {
	changes := slices.Clone(at.changes)
	for i := range changes {
		if changes[i].Key == nil && i < len(at.applied.Keys) {
			changes[i].Key = at.applied.Keys[i]
		}
	}
	return changes
}

// compare reads the rows of the changes, before and after them. All were made
// or none, so that one row that only the commit can have left is a proof.
func (at *attempt) compare(ctx context.Context, table func(context.Context, string) (*Table, error)) (written, error) {
	verdict := unclear
	for i, c := range at.withKeys() {
		t, err := table(ctx, c.Table)
		if err != nil {
			return unclear, err
		}
		if c.Key == nil {
			continue // the database was to make one, and nobody knows which
		}
		rows, err := t.Get(ctx, c.Key, c.FinalKey())
		if err != nil {
			return unclear, err
		}
		switch at.judge(i, rows[0], rows[1]) {
		case yes:
			return yes, nil
		case no:
			verdict = no
		}
	}
	return verdict, nil
}

// judge tells whether change i was made, from the rows that have its key and
// its final key now.
func (at *attempt) judge(i int, first, final *Row) written {
	c := &at.changes[i]
	untouched := first != nil && c.Base != nil && at.same(i, first.Values, c.Base)
	switch {
	case c.Op == Delete && first == nil:
		return yes
	case c.Op == Insert && final == nil, c.Op != Insert && untouched:
		return no
	case c.Op == Delete, final == nil, c.Moves() && first != nil, !at.left(i, final):
		return unclear
	}
	return yes
}

// same reports whether two readings of the row of change i are the same, apart
// from what the database computes by itself.
func (at *attempt) same(i int, a, b []tuple.Value) bool {
	columns := at.set.changes[at.ids[i]].schema.Columns
	for c := range min(len(a), len(b)) {
		if a[c] != b[c] && (c >= len(columns) || !columns[c].Generated) {
			return false
		}
	}
	return len(a) == len(b)
}

// left reports whether a row is as change i leaves it.
func (at *attempt) left(i int, r *Row) bool {
	if at.after != nil && at.after[i] != nil {
		return at.same(i, r.Values, at.after[i].Values)
	}
	c := &at.changes[i]
	return !slices.ContainsFunc(c.Set, func(a Assignment) bool { return r.Values[a.Column] != a.Value })
}
