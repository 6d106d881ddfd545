package storetest

import (
	"errors"
	"iter"
	"slices"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

var loadCases = []testCase{
	{
		name: "rows are loaded in any order",
		rule: "Load adds exactly the rows that it is given, in key order or not, by the driver's Loader or by batches.",
		run:  (*suite).testLoad,
	},
	{
		name: "an error of the source ends a load", needs: []Capability{Loading},
		rule: "The error that the rows yield is returned as it is, and a Loader leaves the table empty.",
		run:  (*suite).testLoadError,
	},
	{
		name: "two rows of the same key are not loaded",
		rule: "A load of two rows with the same key fails with Exists.",
		run:  (*suite).testLoadTwice,
	},
}

func rowsOf(rows []driver.Row, err error) iter.Seq2[store.Row, error] {
	return func(yield func(store.Row, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
		if err != nil {
			yield(store.Row{}, err)
		}
	}
}

// loadTarget returns an empty table, and a writer to load it with.
func (s *suite) loadTarget(name string) (*store.Writer, *store.Table) {
	s.Helper()
	s.create(schema(name, key(tuple.KindText, tuple.KindInt), columns(tuple.KindText)))
	t, err := s.store.Table(s.ctx, name)
	if err != nil {
		s.Fatal(err)
	}
	w, err := s.store.Writer()
	if err != nil {
		s.Fatal(err)
	}
	return w, t
}

func (s *suite) testLoad() {
	var want []driver.Row
	for i, k := range mixedKeys() {
		want = append(want, driver.Row{Key: k, Values: []tuple.Value{tuple.Text(string(rune('a' + i)))}})
	}
	backward := slices.Clone(want)
	slices.Reverse(backward)
	late := append(slices.Clone(want[5:]), want[:5]...)
	for name, rows := range map[string][]driver.Row{"forward": want, "backward": backward, "late": late, "empty": nil} {
		w, t := s.loadTarget(name)
		if err := w.Load(s.ctx, t, rowsOf(rows, nil)); err != nil {
			s.Errorf("%s: %v", name, err)
		}
		wantRows(s, name, s.all(s.db, t.Schema()), want[:len(rows)])
	}
}

func (s *suite) testLoadError() {
	w, t := s.loadTarget("t")
	broken := errors.New("the source is broken")
	err := w.Load(s.ctx, t, rowsOf([]driver.Row{{Key: mixedKeys()[0], Values: texts("a")}}, broken))
	if !errors.Is(err, broken) {
		s.Errorf("load returned %v", err)
	}
	wantRows(s, "rows", s.all(s.db, t.Schema()), nil)
}

func (s *suite) testLoadTwice() {
	w, t := s.loadTarget("t")
	row := driver.Row{Key: mixedKeys()[0], Values: texts("a")}
	s.wantKind("load", w.Load(s.ctx, t, rowsOf([]driver.Row{row, row}, nil)), driver.Exists)
}
