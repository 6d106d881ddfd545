package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/backends/mem"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// plain is a database that has none of the optional interfaces but
// driver.Writer and driver.Creator, so that the store must do without.
type plain struct {
	driver.DB
	driver.Writer
	driver.Creator
	scans *int
}

func (p plain) Scan(ctx context.Context, s *driver.Schema, q driver.Query) (driver.Page, error) {
	*p.scans++
	return p.DB.Scan(ctx, s, q)
}

func newPlain() plain {
	db := mem.New()
	return plain{DB: db, Writer: db, Creator: db, scans: new(int)}
}

// numbers makes a table with the rows 0 to n-1 and returns it.
func numbers(t *testing.T, s *store.Store, n int) *store.Table {
	t.Helper()
	w := writer(t, s)
	schema := &store.Schema{
		Name:    "numbers",
		Key:     []store.Column{{Name: "n", Kind: tuple.KindInt}},
		Columns: []store.Column{{Name: "text", Kind: tuple.KindText, Nullable: true}},
	}
	if err := w.CreateTable(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	table := lookUp(t, s, "numbers")
	rows := func(yield func(store.Row, error) bool) {
		for i := range int64(n) {
			if !yield(store.Row{Key: tuple.Of(tuple.Int(i)), Values: []tuple.Value{tuple.Text(fmt.Sprint("row ", i))}}, nil) {
				return
			}
		}
	}
	if err := w.Load(t.Context(), table, rows); err != nil {
		t.Fatal(err)
	}
	return table
}

func writer(t *testing.T, s *store.Store) *store.Writer {
	t.Helper()
	w, err := s.Writer()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func lookUp(t *testing.T, s *store.Store, name string) *store.Table {
	t.Helper()
	table, err := s.Table(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestWhatADatabaseCannotDoIsUnsupported(t *testing.T) {
	s := store.New(newPlain())
	_, snapshot := s.Snapshot(t.Context())
	_, begin := writer(t, s).Begin(t.Context())
	check := s.Check(t.Context(), func(string) {})
	for name, err := range map[string]error{"snapshot": snapshot, "begin": begin, "check": check} {
		if !errors.Is(err, store.Unsupported) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var withoutCreator struct {
		driver.DB
		driver.Writer
	}
	db := mem.New()
	withoutCreator.DB, withoutCreator.Writer = db, db
	w := writer(t, store.New(withoutCreator))
	if w.CanCreate() {
		t.Error("CanCreate is true")
	}
	if err := w.DropTable(t.Context(), "x"); !errors.Is(err, store.Unsupported) {
		t.Errorf("drop: %v", err)
	}
}

func TestReadOnlyStoreHasNoWriter(t *testing.T) {
	s := store.New(mem.New().ReadOnly())
	_, err := s.Writer()
	if !errors.Is(err, store.ReadOnly) || !strings.Contains(err.Error(), s.Info().ReadOnly) || store.HintOf(err) == "" {
		t.Errorf("error: %v", err)
	}
}

func TestErrorsAreWrappedOnce(t *testing.T) {
	s := store.New(mem.New())
	_, err := s.Table(t.Context(), "nowhere")
	e, ok := errors.AsType[*store.Error](err)
	if !ok || e.Op != "describe" || e.Table != "nowhere" || e.Backend != "mem" || e.Kind != store.NoTable || e.Hint == "" {
		t.Fatalf("error: %#v", err)
	}
	if _, ok := errors.AsType[*store.Error](e.Err); ok {
		t.Errorf("it is wrapped twice: %v", err)
	}
	if raw, ok := errors.AsType[*driver.Error](err); !ok || raw.Kind != driver.NoTable {
		t.Error("the driver's own error cannot be reached")
	}
	if want := "describe nowhere: there is no table nowhere"; err.Error() != want {
		t.Errorf("message %q, want %q", err, want)
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.Tables(canceled)
	if !errors.Is(err, store.Canceled) || !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

// unknown is a database whose errors only it understands.
type unknown struct{ driver.DB }

var errDisk = errors.New("disk on fire")

func (unknown) Tables(context.Context) ([]driver.TableInfo, error) { return nil, errDisk }

func (unknown) Classify(err error) driver.Kind {
	if errors.Is(err, errDisk) {
		return driver.Unavailable
	}
	return driver.Internal
}

func TestDriversClassifyTheirErrors(t *testing.T) {
	_, err := store.New(unknown{mem.New()}).Tables(t.Context())
	if !errors.Is(err, errDisk) || store.KindOf(err) != store.Unavailable || store.HintOf(err) == "" {
		t.Errorf("error: %v, kind %q, hint %q", err, store.KindOf(err), store.HintOf(err))
	}
}

func TestChangesAreCheckedBeforeTheDriverSeesThem(t *testing.T) {
	db := newPlain()
	s := store.New(db)
	numbers(t, s, 1)
	db.Writer = nil // it would panic
	w := writer(t, store.New(db))
	key := tuple.Of(tuple.Int(0))
	for name, tc := range map[string]struct {
		change store.Change
		want   store.Kind
	}{
		"no operation":       {store.Change{Key: key}, store.Internal},
		"partial key":        {store.Change{Op: store.Put, Key: tuple.Tuple{}}, store.BadKey},
		"no key":             {store.Change{Op: store.Insert}, store.BadKey},
		"NULL in key":        {store.Change{Op: store.Put, Key: tuple.Of(tuple.Null)}, store.BadKey},
		"NULL in new key":    {store.Change{Op: store.Update, Key: key, NewKey: tuple.Of(tuple.Null)}, store.BadKey},
		"long new key":       {store.Change{Op: store.Update, Key: key, NewKey: tuple.Of(key[0], key[0])}, store.BadKey},
		"new key of a put":   {store.Change{Op: store.Delete, Key: key, NewKey: key}, store.Internal},
		"base of two":        {store.Change{Op: store.Delete, Key: key, Base: make([]tuple.Value, 2)}, store.Internal},
		"column beyond":      {store.Change{Op: store.Put, Key: key, Set: []store.Assignment{{Column: 1}}}, store.Internal},
		"column before":      {store.Change{Op: store.Put, Key: key, Set: []store.Assignment{{Column: -1}}}, store.Internal},
		"column twice":       {store.Change{Op: store.Put, Key: key, Set: []store.Assignment{{}, {}}}, store.BadValue},
		"in no table at all": {store.Change{Op: store.Put, Table: "nowhere", Key: key}, store.NoTable},
	} {
		if tc.change.Table == "" {
			tc.change.Table = "numbers"
		}
		if _, err := w.Apply(t.Context(), []store.Change{tc.change}); err == nil || store.KindOf(err) != tc.want {
			t.Errorf("%s: %v, want %q", name, err, tc.want)
		}
	}
	if _, err := w.Apply(t.Context(), nil); err != nil {
		t.Errorf("no changes: %v", err)
	}
}

func TestRowsAndCountByPages(t *testing.T) {
	db := newPlain()
	table := numbers(t, store.New(db), 10_000)
	for _, limit := range []int{0, 1, 63, 64, 65, 5000, 20_000} {
		for _, reverse := range []bool{false, true} {
			want := limit
			if limit == 0 || limit > 10_000 {
				want = 10_000
			}
			n := 0
			for row, err := range table.Rows(t.Context(), store.Query{Limit: limit, Reverse: reverse}) {
				at := int64(n)
				if reverse {
					at = int64(9_999 - n)
				}
				if err != nil || row.Key[0].AsInt() != at {
					t.Fatalf("row %d: %v, %v", n, row, err)
				}
				n++
			}
			if n != want {
				t.Errorf("limit %d, reverse %t: %d rows, want %d", limit, reverse, n, want)
			}
		}
	}
	*db.scans = 0
	var progress []int64
	n, err := table.Count(t.Context(), tuple.Range{}.After(tuple.Of(tuple.Int(99))), func(n int64) { progress = append(progress, n) })
	if n != 9_900 || err != nil || !slices.IsSorted(progress) || progress[len(progress)-1] != n {
		t.Errorf("count: %d, %v, progress %v", n, err, progress)
	}
	if *db.scans > 20 || *db.scans < 3 {
		t.Errorf("the count took %d pages", *db.scans)
	}
	if e, err := table.Estimate(t.Context()); e.Known || err != nil {
		t.Errorf("an estimate without an Estimator: %+v, %v", e, err)
	}
}

func TestRowsStopEarly(t *testing.T) {
	db := newPlain()
	table := numbers(t, store.New(db), 10_000)
	*db.scans = 0
	for row, err := range table.Rows(t.Context(), store.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		if row.Key[0].AsInt() == 3 {
			break
		}
	}
	if *db.scans != 1 {
		t.Errorf("4 rows took %d pages", *db.scans)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	var last error
	for _, err := range table.Rows(ctx, store.Query{}) {
		cancel()
		last = err
		n++
	}
	if !errors.Is(last, store.Canceled) || n > 100 {
		t.Errorf("after a cancel: %d rows, %v", n, last)
	}
}

func TestBadReads(t *testing.T) {
	table := numbers(t, store.New(mem.New()), 1)
	long := tuple.Of(tuple.Int(1), tuple.Int(2))
	_, err1 := table.Scan(t.Context(), store.Query{Range: tuple.Prefix(long), Limit: 1})
	_, err2 := table.Count(t.Context(), tuple.Prefix(long), nil)
	_, err3 := table.Get(t.Context(), long)
	_, err4 := table.View(store.ViewOptions{}).Read(t.Context(), store.Anchor{Key: long}, 1)
	for i, err := range []error{err1, err2, err3, err4} {
		if store.KindOf(err) != store.BadKey || err == nil {
			t.Errorf("read %d: %v", i, err)
		}
	}
	_, err5 := table.Scan(t.Context(), store.Query{})
	_, err6 := table.View(store.ViewOptions{}).Read(t.Context(), store.Anchor{}, 0)
	for i, err := range []error{err5, err6} {
		if store.KindOf(err) != store.Internal || err == nil {
			t.Errorf("read of no rows %d: %v", i, err)
		}
	}
}

func TestNewTablesAreChecked(t *testing.T) {
	w := writer(t, store.New(mem.New()))
	key := []store.Column{{Name: "k", Kind: tuple.KindInt}}
	for name, s := range map[string]*store.Schema{
		"no name":        {Key: key},
		"no key":         {Name: "t"},
		"unnamed column": {Name: "t", Key: key, Columns: []store.Column{{}}},
		"same name":      {Name: "t", Key: key, Columns: key},
	} {
		if err := w.CreateTable(t.Context(), s); err == nil {
			t.Errorf("%s: created", name)
		}
	}
}

func TestLoadByInsertsReportsDoubleKeys(t *testing.T) {
	s := store.New(newPlain())
	table := numbers(t, s, 5)
	again := func(yield func(store.Row, error) bool) {
		yield(store.Row{Key: tuple.Of(tuple.Int(3)), Values: []tuple.Value{tuple.Null}}, nil)
	}
	err := writer(t, s).Load(t.Context(), table, again)
	if !errors.Is(err, store.Exists) || !strings.Contains(err.Error(), "3") {
		t.Errorf("load: %v", err)
	}
}

func TestTransactionOfTheStore(t *testing.T) {
	s := store.New(mem.New())
	numbers(t, s, 2)
	tx, err := writer(t, s).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if tx.Since().IsZero() {
		t.Error("the transaction began never")
	}
	sp, err := tx.Savepoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	remove := []store.Change{{Op: store.Delete, Table: "numbers", Key: tuple.Of(tuple.Int(0))}}
	if _, err := tx.Apply(t.Context(), remove); err != nil {
		t.Fatal(err)
	}
	inside, err := tx.Table(t.Context(), "numbers")
	if err != nil {
		t.Fatal(err)
	}
	wantCount(t, inside, 1)
	wantCount(t, lookUp(t, s, "numbers"), 2)
	if err := tx.RollbackTo(t.Context(), sp); err != nil {
		t.Fatal(err)
	}
	wantCount(t, inside, 2)
	if _, err := tx.Apply(t.Context(), remove); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(tx.Commit(t.Context()), tx.Rollback()); err != nil {
		t.Fatal(err)
	}
	wantCount(t, lookUp(t, s, "numbers"), 1)
	if err := tx.Commit(t.Context()); !errors.Is(err, store.Closed) {
		t.Errorf("a second commit: %v", err)
	}
}

func wantCount(t *testing.T, table *store.Table, want int64) {
	t.Helper()
	if n, err := table.Count(t.Context(), tuple.Range{}, nil); n != want || err != nil {
		t.Errorf("%d rows, %v, want %d", n, err, want)
	}
}

func TestSnapshotOfTheStore(t *testing.T) {
	s := store.New(mem.New())
	numbers(t, s, 2)
	snap, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	then, err := snap.Table(t.Context(), "numbers")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writer(t, s).Apply(t.Context(), []store.Change{{Op: store.Remove, Table: "numbers", Key: tuple.Of(tuple.Int(0))}}); err != nil {
		t.Fatal(err)
	}
	wantCount(t, then, 2)
	if err := errors.Join(snap.Release(), snap.Release()); err != nil {
		t.Error(err)
	}
	if _, err := then.Scan(t.Context(), store.Query{Limit: 1}); !errors.Is(err, store.Closed) {
		t.Errorf("after release: %v", err)
	}
}
