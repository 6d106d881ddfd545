package storetest

import (
	"fmt"
	"maps"
	"slices"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"pgregory.net/rapid"
)

// commit commits and compares the whole table before and after.
func (e *editing) commit(rt *rapid.T) {
	if e.changes.Len() != len(e.meant) {
		rt.Fatalf("%d changes are staged, %d were meant", e.changes.Len(), len(e.meant))
	}
	if len(e.meant) == 0 {
		return
	}
	before, others := e.rows(), e.bystanders()
	want, conflicts := e.outcome(before)
	result, err := e.writerOf.Commit(e.ctx, e.changes)
	if err != nil {
		rt.Fatalf("commit: %v", err)
	}
	after := e.rows()
	if d := differentRow(e.bystanders(), others); d != "" {
		rt.Fatalf("the other table has changed: %s", d)
	}
	if len(result.Conflicts) > 0 {
		e.checkConflicts(rt, result, conflicts)
		if d := differentRow(after, before); d != "" {
			rt.Fatalf("a conflict, but the table has changed: %s", d)
		}
		e.settle(rt, result)
		return
	}
	if len(conflicts) > 0 {
		rt.Fatalf("no conflict, although rows are not as they were shown: %v", conflicts)
	}
	if d := differentRow(after, want); d != "" {
		rt.Fatalf("the table is not as it was meant to be: %s", d)
	}
	e.meant, e.undo, e.redo = intents{}, nil, nil
	if result.Undo != nil && rapid.Bool().Draw(rt, "take it back") {
		e.takeBack(rt, result.Undo, before)
	}
}

func (e *editing) bystanders() []driver.Row { return e.all(e.db, e.bystander) }

// outcome works out what the table should be after the commit, and which
// intents conflict with what it is: their rows are not as they were shown, or
// another row has their new key and keeps it.
func (e *editing) outcome(before []driver.Row) (want []driver.Row, conflicts map[string]bool) {
	rows := map[string]driver.Row{}
	for _, r := range before {
		rows[rowName(r.Key)] = r
	}
	conflicts = map[string]bool{}
	left := maps.Clone(rows) // without the rows that are meant to change
	for name, i := range e.meant {
		if i.shown == nil {
			continue
		}
		if now, ok := rows[name]; !ok || !sameRow(&now, i.shown) {
			conflicts[name] = true
		}
		delete(left, name)
	}
	for name, i := range e.meant {
		if i.final == nil {
			continue
		}
		at := rowName(i.final.Key)
		if _, taken := left[at]; taken {
			conflicts[name] = true
		}
		left[at] = *i.final
	}
	want = slices.Collect(maps.Values(left))
	slices.SortFunc(want, func(a, b driver.Row) int { return a.Key.Compare(b.Key) })
	return want, conflicts
}

// inCircle reports whether rows take keys from each other in a circle that an
// intent is part of: no order of single changes can do that.
func (m intents) inCircle(name string) bool {
	at := name
	for range len(m) {
		i, ok := m[at]
		if !ok || i.final == nil || rowName(i.final.Key) == at {
			return false
		}
		if at = rowName(i.final.Key); at == name {
			return true
		}
	}
	return false
}

// checkConflicts checks that at least one conflict is real, and that all are
// shown as they are. Others may follow from it: a row whose place is not made
// free by a change that conflicts.
func (e *editing) checkConflicts(rt *rapid.T, result *store.CommitResult, real map[string]bool) {
	found := 0
	for _, c := range result.Conflicts {
		name := fmt.Sprint("insert ", c.Staged.ID)
		if c.Base != nil {
			name = rowName(c.Base.Key)
		}
		i, ok := e.meant[name]
		if !ok {
			rt.Fatalf("a conflict of %v, which was not meant", shortRow(c.Base))
		}
		if real[name] {
			found++
		}
		if i.shown != nil && !sameRow(c.Base, i.shown) {
			rt.Fatalf("the base of a conflict is %v, but %v was shown", shortRow(c.Base), shortRow(i.shown))
		}
		if (c.Mine == nil) != (i.final == nil) || i.final != nil && !sameRow(c.Mine, i.final) {
			rt.Fatalf("mine is %v, but %v was meant", shortRow(c.Mine), shortRow(i.final))
		}
		if c.Theirs != nil && !slices.ContainsFunc(e.rows(), func(r driver.Row) bool { return sameRow(&r, c.Theirs) }) {
			// Within the transaction, another staged change may have made it.
			if !e.finalOf(c.Theirs) {
				rt.Fatalf("theirs is %v, which is not a row", shortRow(c.Theirs))
			}
		}
	}
	if found == 0 {
		rt.Fatalf("conflicts %+v, but all rows are as they were shown", result.Conflicts)
	}
}

func (e *editing) finalOf(row *driver.Row) bool {
	for _, i := range e.meant {
		if i.final != nil && sameRow(i.final, row) {
			return true
		}
	}
	return false
}

// settle resolves conflicts one way or the other, until the changes can be
// committed or are gone, and checks that only rows with a staged change change.
func (e *editing) settle(rt *rapid.T, result *store.CommitResult) {
	for range 10 {
		for _, c := range result.Conflicts {
			r := rapid.SampledFrom([]store.Resolution{store.TakeTheirs, store.KeepMine}).Draw(rt, "resolution")
			if err := e.changes.Resolve(c.Staged.ID, r, c.Theirs); err != nil {
				e.changes.Drop(c.Staged.ID)
			}
		}
		before := e.rows()
		staged := e.changes.All()
		var err error
		if result, err = e.writerOf.Commit(e.ctx, e.changes); err != nil {
			rt.Fatalf("commit after resolving: %v", err)
		}
		if len(result.Conflicts) == 0 {
			e.checkTouched(rt, before, staged)
			break
		}
		if d := differentRow(e.rows(), before); d != "" {
			rt.Fatalf("a conflict, but the table has changed: %s", d)
		}
	}
	e.changes = store.NewChangeSet()
	e.meant, e.undo, e.redo = intents{}, nil, nil
}

// checkTouched checks that what was committed is what was staged: each row is
// as a change leaves it, or as it was.
func (e *editing) checkTouched(rt *rapid.T, before []driver.Row, staged []store.Staged) {
	want := map[string]driver.Row{}
	for _, r := range before {
		want[rowName(r.Key)] = r
	}
	for _, st := range staged {
		delete(want, rowName(st.Before.Key))
	}
	for _, st := range staged {
		if st.Change.Op != driver.Delete {
			want[rowName(st.After.Key)] = st.After
		}
	}
	for _, r := range e.rows() {
		w, ok := want[rowName(r.Key)]
		if !ok || !sameRow(&r, &w) {
			rt.Fatalf("%v is not as it was staged: %v", shortRow(&r), shortRow(&w))
		}
		delete(want, rowName(r.Key))
	}
	if len(want) > 0 {
		rt.Fatalf("rows are missing: %v", want)
	}
}

// takeBack commits the inverse of what was just committed.
func (e *editing) takeBack(rt *rapid.T, inverse *store.Inverse, before []driver.Row) {
	if err := e.changes.StageInverse(inverse); err != nil {
		rt.Fatalf("stage the inverse: %v", err)
	}
	result, err := e.writerOf.Commit(e.ctx, e.changes)
	if err != nil || len(result.Conflicts) > 0 {
		rt.Fatalf("commit of the inverse: %+v, %v", result, err)
	}
	if d := differentRow(e.rows(), before); d != "" {
		rt.Fatalf("after a commit was taken back: %s", d)
	}
}
