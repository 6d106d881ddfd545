package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/rowan-db/rowan/backends/mem"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// databases are the two ways to commit: in a transaction that reads the rows
// again, and without one.
func databases() map[string]driver.DB {
	return map[string]driver.DB{"with transactions": mem.New(), "without": newPlain()}
}

func number(n int64) tuple.Tuple { return tuple.Of(tuple.Int(n)) }

func allRows(t *testing.T, table *store.Table) []store.Row {
	t.Helper()
	page, err := table.Scan(t.Context(), store.Query{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	return page.Rows
}

// stage stages an edit, a move, a deletion and an insert of table numbers, each
// of another row.
func stage(t *testing.T, table *store.Table, cs *store.ChangeSet) (inserted store.ID) {
	t.Helper()
	s, rows := table.Schema(), allRows(t, table)
	inserted, err := cs.Insert(s, number(100), []store.Assignment{{Column: 0, Value: tuple.Text("new")}})
	if err := errors.Join(err,
		cs.Edit(s, rows[0], 1, tuple.Text("edited")),
		cs.Edit(s, rows[1], 0, tuple.Int(2)),
		cs.Delete(s, rows[2]),
	); err != nil {
		t.Fatal(err)
	}
	return inserted
}

func TestCommitAndUndoIt(t *testing.T) {
	for name, db := range databases() {
		t.Run(name, func(t *testing.T) {
			s := store.New(db)
			table := numbers(t, s, 4)
			before := allRows(t, table)
			cs := store.NewChangeSet()
			inserted := stage(t, table, cs)
			w := writer(t, s)
			result, err := w.Commit(t.Context(), cs)
			if err != nil || len(result.Conflicts) > 0 {
				t.Fatalf("commit: %+v, %v", result, err)
			}
			want := []store.Row{
				{Key: number(0), Values: []tuple.Value{tuple.Text("edited")}},
				{Key: number(2), Values: []tuple.Value{tuple.Text("row 1")}},
				{Key: number(3), Values: []tuple.Value{tuple.Text("row 3")}},
				{Key: number(100), Values: []tuple.Value{tuple.Text("new")}},
			}
			if got := allRows(t, table); !reflect.DeepEqual(got, want) {
				t.Errorf("rows %v, want %v", got, want)
			}
			if result.Written != 4 || !result.Keys[inserted].Equal(number(100)) || result.Undo.Len() != 4 {
				t.Errorf("result: %+v", result)
			}
			if cs.Len() != 0 || cs.CanUndo() || cs.CanRedo() {
				t.Error("the set is not empty after the commit")
			}
			if err := cs.StageInverse(result.Undo); err != nil {
				t.Fatal(err)
			}
			if result, err = w.Commit(t.Context(), cs); err != nil || len(result.Conflicts) > 0 {
				t.Fatalf("commit of the inverse: %+v, %v", result, err)
			}
			if got := allRows(t, table); !reflect.DeepEqual(got, before) {
				t.Errorf("rows after undoing the commit: %v, want %v", got, before)
			}
		})
	}
}

func TestConflictShowsThreeSides(t *testing.T) {
	for name, db := range databases() {
		t.Run(name, func(t *testing.T) {
			s := store.New(db)
			table := numbers(t, s, 4)
			cs := store.NewChangeSet()
			stage(t, table, cs)
			base := allRows(t, table)
			w := writer(t, s)
			if _, err := w.Apply(t.Context(), []store.Change{
				{Op: store.Put, Table: "numbers", Key: number(0), Set: []store.Assignment{{Column: 0, Value: tuple.Text("theirs")}}},
				{Op: store.Remove, Table: "numbers", Key: number(2)},
				{Op: store.Put, Table: "numbers", Key: number(100)},
			}); err != nil {
				t.Fatal(err)
			}
			theirs, staged := allRows(t, table), cs.All()
			result, err := w.Commit(t.Context(), cs)
			if err != nil || result.Written != 0 || result.Undo != nil {
				t.Fatalf("commit: %+v, %v", result, err)
			}
			got := map[store.ID]store.ConflictDetail{}
			for _, c := range result.Conflicts {
				got[c.Staged.ID] = c
			}
			want := map[store.ID]store.ConflictDetail{
				staged[0].ID: {Staged: staged[0], Mine: &staged[0].After, Theirs: &theirs[3]},
				staged[1].ID: {Staged: staged[1], Base: &base[0], Mine: &staged[1].After, Theirs: &theirs[0]},
				staged[3].ID: {Staged: staged[3], Base: &base[2]},
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("conflicts %+v, want %+v", got, want)
			}
			if !reflect.DeepEqual(cs.All(), staged) || !reflect.DeepEqual(allRows(t, table), theirs) {
				t.Error("a conflict has changed the set or the table")
			}
		})
	}
}

// computing is a database that upper-cases nothing but appends to every text
// that is written: what is stored is not what was asked for.
type computing struct{ plain }

func (c computing) Apply(ctx context.Context, changes []driver.Change) (driver.Applied, error) {
	for i := range changes {
		for j, a := range changes[i].Set {
			changes[i].Set = slices.Clone(changes[i].Set)
			changes[i].Set[j].Value = tuple.Text(a.Value.AsText() + "!")
		}
	}
	return c.plain.Apply(ctx, changes)
}

// TestUndoWithoutTransactionIsCareful lets the stored row differ from what was
// written: without a transaction, that may be somebody else's work, which an
// undo must not take back silently.
func TestUndoWithoutTransactionIsCareful(t *testing.T) {
	s := store.New(computing{newPlain()})
	table := numbers(t, s, 1)
	cs := store.NewChangeSet()
	if err := cs.Edit(table.Schema(), allRows(t, table)[0], 1, tuple.Text("mine")); err != nil {
		t.Fatal(err)
	}
	w := writer(t, s)
	result, err := w.Commit(t.Context(), cs)
	if err != nil {
		t.Fatal(err)
	}
	if err := cs.StageInverse(result.Undo); err != nil {
		t.Fatal(err)
	}
	if result, err = w.Commit(t.Context(), cs); err != nil || len(result.Conflicts) != 1 {
		t.Errorf("commit of the inverse: %+v, %v", result, err)
	}
}

func TestInverseDoesNotMixWithStagedChanges(t *testing.T) {
	s := store.New(mem.New())
	table := numbers(t, s, 4)
	cs := store.NewChangeSet()
	stage(t, table, cs)
	result, err := writer(t, s).Commit(t.Context(), cs)
	if err != nil {
		t.Fatal(err)
	}
	rows := allRows(t, table)
	if err := cs.Edit(table.Schema(), rows[0], 1, tuple.Null); err != nil {
		t.Fatal(err)
	}
	staged := cs.All()
	if err := cs.StageInverse(result.Undo); !errors.Is(err, store.Exists) || !reflect.DeepEqual(cs.All(), staged) {
		t.Errorf("over a staged change of the same row: %v", err)
	}
	cs.Clear()
	if err := cs.StageInverse(result.Undo); err != nil || cs.Len() != 4 {
		t.Fatalf("stage the inverse: %v", err)
	}
	if !cs.Undo() || cs.Len() != 0 {
		t.Error("the inverse is not one step")
	}
	// The move to the key of the deleted row came last, so it goes back first.
	if got := result.Undo.Changes(); len(got) != 4 || !got[0].NewKey.Equal(number(1)) || got[3].Op != store.Delete {
		t.Errorf("the inverse is not in the opposite order: %+v", got)
	}
}

func TestFailedCommitKeepsTheSet(t *testing.T) {
	for name, db := range databases() {
		t.Run(name, func(t *testing.T) {
			s := store.New(db)
			table := numbers(t, s, 4)
			cs := store.NewChangeSet()
			stage(t, table, cs)
			staged, rows := cs.All(), allRows(t, table)
			w := writer(t, s)
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := w.Commit(ctx, cs); !errors.Is(err, store.Canceled) {
				t.Errorf("canceled: %v", err)
			}
			if !reflect.DeepEqual(cs.All(), staged) || !reflect.DeepEqual(allRows(t, table), rows) {
				t.Error("a failure has changed the set or the table")
			}
			if result, err := w.Commit(t.Context(), cs); err != nil || result.Written != 4 {
				t.Errorf("the next try: %+v, %v", result, err)
			}
			if result, err := w.Commit(t.Context(), cs); err != nil || result.Written != 0 || result.Undo != nil {
				t.Errorf("commit of nothing: %+v, %v", result, err)
			}
		})
	}
}

func TestAlteredTableIsNotCommitted(t *testing.T) {
	s := store.New(mem.New())
	table := numbers(t, s, 1)
	cs := store.NewChangeSet()
	if _, err := cs.Insert(table.Schema(), number(9), []store.Assignment{{Column: 0, Value: tuple.Text("a text")}}); err != nil {
		t.Fatal(err)
	}
	w := writer(t, s)
	altered := *table.Schema()
	altered.Columns = []store.Column{{Name: "other", Kind: tuple.KindText, Nullable: true}}
	if err := errors.Join(w.DropTable(t.Context(), "numbers"), w.CreateTable(t.Context(), &altered)); err != nil {
		t.Fatal(err)
	}
	_, err := w.Commit(t.Context(), cs)
	if !errors.Is(err, store.Conflicting) || store.HintOf(err) == "" || cs.Len() != 1 {
		t.Errorf("commit: %v, %d changes are staged", err, cs.Len())
	}
	if err := w.DropTable(t.Context(), "numbers"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Commit(t.Context(), cs); !errors.Is(err, store.NoTable) || cs.Len() != 1 {
		t.Errorf("commit to a dropped table: %v", err)
	}
}

func TestCommitEmptiesTheJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	cs, err := store.OpenJournal(path, "db")
	if err != nil {
		t.Fatal(err)
	}
	s := store.New(mem.New())
	table := numbers(t, s, 4)
	stage(t, table, cs)
	if _, err := writer(t, s).Commit(t.Context(), cs); err != nil {
		t.Fatal(err)
	}
	if err := cs.Err(); err != nil {
		t.Error(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	killed := filepath.Join(t.TempDir(), "journal")
	if err := os.WriteFile(killed, content, 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := store.OpenJournal(killed, "db")
	if err != nil || again.Len() != 0 {
		t.Errorf("after a commit, %d changes come back, %v", again.Len(), err)
	}
	if err := errors.Join(again.Close(), cs.Close()); err != nil {
		t.Error(err)
	}
}
