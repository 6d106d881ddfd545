package store_test

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/backends/mem"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// shaky is a database whose commits fail as those of a server do, the first
// ones as often as failures says.
type shaky struct {
	*mem.DB
	failures int
	kind     driver.Kind
	written  bool   // a commit that fails has been made all the same
	begun    func() // is called before a transaction begins
	down     bool   // no transaction begins any more
}

func (s *shaky) Begin(ctx context.Context) (driver.Tx, error) {
	if s.begun != nil {
		s.begun()
	}
	if s.down {
		return nil, driver.Errorf(driver.Unavailable, "the server is gone")
	}
	tx, err := s.DB.Begin(ctx)
	return &shakyTx{Tx: tx, of: s}, err
}

type shakyTx struct {
	driver.Tx
	of *shaky
}

func (tx *shakyTx) Commit(ctx context.Context) error {
	if tx.of.failures == 0 {
		return tx.Tx.Commit(ctx)
	}
	tx.of.failures--
	end := tx.Tx.Rollback
	if tx.of.written {
		end = func() error { return tx.Tx.Commit(ctx) }
	}
	if err := end(); err != nil {
		return err
	}
	return driver.Errorf(tx.of.kind, "it failed")
}

func TestCommitIsMadeAgainIfTheDatabaseGaveItUp(t *testing.T) {
	db := &shaky{DB: mem.New(), kind: driver.TryAgain}
	s := store.New(db)
	table := numbers(t, s, 4)
	cs := store.NewChangeSet()
	stage(t, table, cs)
	db.failures = 2
	if result, err := writer(t, s).Commit(t.Context(), cs); err != nil || result.Written != 4 || result.Confirmed || db.failures != 0 {
		t.Fatalf("commit: %+v, %v, %d failures left", result, err, db.failures)
	}
	before := allRows(t, table)
	if err := cs.Edit(table.Schema(), before[0], 1, tuple.Text("never")); err != nil {
		t.Fatal(err)
	}
	db.failures = 1000
	_, err := writer(t, s).Commit(t.Context(), cs)
	if store.KindOf(err) != store.TryAgain || cs.Len() != 1 || !reflect.DeepEqual(allRows(t, table), before) {
		t.Errorf("a commit that always fails: %v, %d staged, rows %v", err, cs.Len(), allRows(t, table))
	}
}

// TestLostAnswer: the connection is lost after the database was told to commit.
func TestLostAnswer(t *testing.T) {
	kinds := map[string]func(t *testing.T, table *store.Table, cs *store.ChangeSet){
		"all kinds of changes": func(t *testing.T, table *store.Table, cs *store.ChangeSet) { stage(t, table, cs) },
		"an edit": func(t *testing.T, table *store.Table, cs *store.ChangeSet) {
			if err := cs.Edit(table.Schema(), allRows(t, table)[0], 1, tuple.Text("edited")); err != nil {
				t.Fatal(err)
			}
		},
		"a move": func(t *testing.T, table *store.Table, cs *store.ChangeSet) {
			if err := cs.Edit(table.Schema(), allRows(t, table)[0], 0, tuple.Int(77)); err != nil {
				t.Fatal(err)
			}
		},
		"a deletion": func(t *testing.T, table *store.Table, cs *store.ChangeSet) {
			if err := cs.Delete(table.Schema(), allRows(t, table)[0]); err != nil {
				t.Fatal(err)
			}
		},
		"an insert": func(t *testing.T, table *store.Table, cs *store.ChangeSet) {
			if _, err := cs.Insert(table.Schema(), number(77), nil); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, change := range kinds {
		for _, written := range []bool{true, false} {
			db := &shaky{DB: mem.New(), kind: driver.OutcomeUnknown, written: written}
			s := store.New(db)
			table := numbers(t, s, 4)
			before := allRows(t, table)
			cs := store.NewChangeSet()
			change(t, table, cs)
			n := cs.Len()
			db.failures = 1
			result, err := writer(t, s).Commit(t.Context(), cs)
			switch {
			case written:
				if err != nil || !result.Confirmed || result.Written != n || result.Undo.Len() != n || cs.Len() != 0 {
					t.Errorf("%s, written: %+v, %v, %d staged", name, result, err, cs.Len())
				}
			case store.KindOf(err) != store.TryAgain || cs.Len() != n || !reflect.DeepEqual(allRows(t, table), before):
				t.Errorf("%s, not written: %v, %d staged, rows %v", name, err, cs.Len(), allRows(t, table))
			default:
				if _, err := writer(t, s).Commit(t.Context(), cs); err != nil {
					t.Errorf("%s: commit again: %v", name, err)
				}
			}
		}
	}
}

// TestLostServer: the server does not come back, so that nobody can know.
func TestLostServer(t *testing.T) {
	db := &shaky{DB: mem.New(), kind: driver.OutcomeUnknown, written: true}
	s := store.New(db)
	table := numbers(t, s, 4)
	cs := store.NewChangeSet()
	stage(t, table, cs)
	ctx, cancel := context.WithCancel(t.Context())
	begun := 0
	db.begun = func() {
		if begun++; begun > 1 {
			db.down = true
		}
		if begun == 4 {
			cancel() // the user has waited long enough
		}
	}
	db.failures = 1
	_, err := writer(t, s).Commit(ctx, cs)
	if store.KindOf(err) != store.OutcomeUnknown || store.HintOf(err) == "" || cs.Len() != 4 || begun != 4 {
		t.Errorf("commit: %v, hint %q, %d staged, looked %d times", err, store.HintOf(err), cs.Len(), begun-1)
	}
	if !strings.Contains(err.Error(), "cannot be found out") {
		t.Errorf("it says: %v", err)
	}
}
