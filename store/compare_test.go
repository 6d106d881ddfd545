package store_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/backends/mem"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// past is a database that keeps states of itself. What it says of differences
// is up to the test.
type past struct {
	*mem.DB
	kept map[string]driver.Snapshot
	diff iter.Seq2[driver.Difference, error]
}

// state is a version of a past.
type state struct {
	driver.Snapshot
	*mem.DB
}

func (v state) Get(ctx context.Context, s *driver.Schema, keys []tuple.Tuple) ([]*driver.Row, error) {
	return v.Snapshot.Get(ctx, s, keys)
}

func (v state) Scan(ctx context.Context, s *driver.Schema, q driver.Query) (driver.Page, error) {
	return v.Snapshot.Scan(ctx, s, q)
}

func (p *past) Versions(context.Context) ([]driver.Version, error) { return nil, nil }

func (p *past) OpenVersion(ctx context.Context, name string) (driver.VersionSnapshot, error) {
	snap, ok := p.kept[name]
	if name == "" {
		var err error
		if snap, err = p.Snapshot(ctx); err != nil {
			return nil, err
		}
	} else if !ok {
		return nil, driver.Errorf(driver.NotFound, "no version %q", name)
	}
	return state{snap, p.DB}, nil
}

func (p *past) keep(t *testing.T, name string) {
	t.Helper()
	snap, err := p.Snapshot(t.Context())
	must(t, err)
	p.kept[name] = snap
}

func (p *past) Diff(context.Context, driver.VersionSnapshot, driver.VersionSnapshot) iter.Seq2[driver.Difference, error] {
	return p.diff
}

// newPast opens a database with n people that differs from what it keeps as
// before in what diff yields.
func newPast(t *testing.T, n int, diff iter.Seq2[driver.Difference, error]) (*past, *store.Store, *store.Writer) {
	t.Helper()
	p := &past{DB: mem.New(), kept: map[string]driver.Snapshot{}, diff: diff}
	s := store.New(p)
	w, err := s.Writer()
	must(t, err)
	must(t, w.CreateTable(t.Context(), people))
	p.keep(t, "before")
	changePeople(t, w, store.Insert, n, "")
	return p, s, w
}

var people = &store.Schema{
	Name: "people", Key: []store.Column{{Name: "id", Kind: tuple.KindInt}},
	Columns: []store.Column{{Name: "name", Kind: tuple.KindText}},
}

// added yields that the people 1 to n were added.
func added(n int) iter.Seq2[driver.Difference, error] {
	return func(yield func(driver.Difference, error) bool) {
		for i := range n {
			row := &driver.Row{Key: number(int64(i + 1)), Values: []tuple.Value{tuple.Text(fmt.Sprint("n", i+1))}}
			if !yield(driver.Difference{Kind: driver.RowAdded, Table: "people", Key: row.Key, New: row, NewSchema: people}, nil) {
				return
			}
		}
	}
}

// changePeople inserts or changes the people 1 to n.
func changePeople(t *testing.T, w *store.Writer, op store.Op, n int, suffix string) {
	t.Helper()
	changes := make([]store.Change, n)
	for i := range changes {
		changes[i] = store.Change{
			Op: op, Table: "people", Key: number(int64(i + 1)),
			Set: []store.Assignment{{Column: 0, Value: tuple.Text(fmt.Sprint("n", i+1, suffix))}},
		}
	}
	if done, err := w.Apply(t.Context(), changes); err != nil || len(done.Conflicts) > 0 {
		t.Fatal(done, err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// lines describes rows of a comparison.
func lines(rows []store.Row) (out []string) {
	for _, r := range rows {
		line := r.Key.String()
		for _, v := range r.Values {
			line += " " + v.Plain()
		}
		out = append(out, line)
	}
	return out
}

// The differences are rows, which can be read from anywhere in either direction.
func TestComparisonReadsAsATable(t *testing.T) {
	_, s, _ := newPast(t, 5, added(5))
	c, err := s.Compare(t.Context(), "before", "")
	must(t, err)
	defer c.Release()
	table := c.Result().Table
	for name, q := range map[string]store.Query{
		`(1) added people (1) name: "n1"|(2) added people (2) name: "n2"|more`: {Limit: 2},
		`(4) added people (4) name: "n4"|(5) added people (5) name: "n5"`:      {Limit: 9, Range: tuple.Range{}.After(number(3))},
		`(5) added people (5) name: "n5"|(4) added people (4) name: "n4"|more`: {Limit: 2, Reverse: true},
		`(2) added people (2) name: "n2"|(1) added people (1) name: "n1"`:      {Limit: 2, Reverse: true, Range: tuple.Range{}.Before(number(3))},
		`(3) added people (3) name: "n3"|more`:                                 {Limit: 1, Range: tuple.Range{Lower: tuple.Bound{Key: number(3)}}},
		``:                                                                     {Limit: 2, Range: tuple.Range{}.After(number(5))},
	} {
		page, err := table.Scan(t.Context(), q)
		got := lines(page.Rows)
		if page.More {
			got = append(got, "more")
		}
		if text := strings.Join(got, "|"); text != name || err != nil {
			t.Errorf("%+v: %s, %v, want %s", q, text, err, name)
		}
	}
	if n, err := table.Count(t.Context(), tuple.Range{}, nil); n != 5 || err != nil {
		t.Errorf("count: %d, %v", n, err)
	}
	rows, err := table.Get(t.Context(), number(2), number(6), number(0))
	if err != nil || rows[0] == nil || rows[0].Values[2] != tuple.Text("(2)") || rows[1] != nil || rows[2] != nil {
		t.Errorf("rows by number: %v, %v", rows, err)
	}
	if of, key, ok := c.Result().About(rows[0]); of != "people" || !key.Equal(number(2)) || !ok {
		t.Errorf("it is about %s %v, %t", of, key, ok)
	}
	v := table.View(store.ViewOptions{})
	for at, key := range map[int64]tuple.Tuple{2: number(3), 5: number(70), 0: number(-4)} {
		if n, _, err := v.Position(t.Context(), key); n != at || err != nil {
			t.Errorf("the position of %v: %d, %v", key, n, err)
		}
	}
	if at, err := v.KeyAt(t.Context(), 2); !at.Equal(number(3)) || err != nil {
		t.Errorf("the third: %v, %v", at, err)
	}
}

// Reading on takes up the comparison where it was: a thousand pages do not
// compare a thousand times.
func TestComparisonIsReadOnce(t *testing.T) {
	begun := 0
	const many = 10_000
	_, s, _ := newPast(t, 0, func(yield func(driver.Difference, error) bool) {
		begun++
		added(many)(yield)
	})
	c, err := s.Compare(t.Context(), "before", "")
	must(t, err)
	defer c.Release()
	table := c.Result().Table
	n := 0
	for _, err := range table.Rows(t.Context(), store.Query{}) {
		must(t, err)
		n++
	}
	if n != many || begun != 1 {
		t.Errorf("%d rows of %d, compared %d times", n, many, begun)
	}
	if last, err := table.Scan(t.Context(), store.Query{Limit: 2, Reverse: true}); err != nil || len(last.Rows) != 2 || begun != 1 {
		t.Errorf("the last rows: %v, %v, compared %d times", lines(last.Rows), err, begun)
	}
	near := tuple.Range{}.Before(number(many - 2000))
	if page, err := table.Scan(t.Context(), store.Query{Limit: 1, Reverse: true, Range: near}); err != nil || !page.Rows[0].Key.Equal(number(many-2001)) || begun != 1 {
		t.Errorf("a row shortly before: %v, %v, compared %d times", lines(page.Rows), err, begun)
	}
	keys := store.Query{Limit: 2, KeysOnly: true}
	if first, err := table.Scan(t.Context(), keys); err != nil || !first.More || !first.Rows[1].Key.Equal(number(2)) || begun != 1 {
		t.Errorf("the first keys: %v, %v, compared %d times", lines(first.Rows), err, begun)
	}
	if first, err := table.Scan(t.Context(), store.Query{Limit: 1}); err != nil || !first.Rows[0].Key.Equal(number(1)) || begun != 2 {
		t.Errorf("the first row: %v, %v, compared %d times", lines(first.Rows), err, begun)
	}
}

// An error or a canceled read is told, and does not spoil what follows.
func TestComparisonThatFails(t *testing.T) {
	fail := errors.New("the disk is gone")
	_, s, _ := newPast(t, 0, func(yield func(driver.Difference, error) bool) {
		_ = yield(driver.Difference{Kind: driver.TableAdded, Table: "a"}, nil) && yield(driver.Difference{}, fail)
	})
	c, err := s.Compare(t.Context(), "before", "")
	must(t, err)
	table := c.Result().Table
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := table.Scan(canceled, store.Query{Limit: 5}); store.KindOf(err) != store.Canceled {
		t.Errorf("a canceled read: %v", err)
	}
	if _, err := table.Scan(t.Context(), store.Query{Limit: 5}); !errors.Is(err, fail) {
		t.Errorf("a read that fails: %v", err)
	}
	if page, err := table.Scan(t.Context(), store.Query{Limit: 1, KeysOnly: true}); !errors.Is(err, fail) {
		t.Errorf("the row before: %v, %v", page, err) // it is not known whether there are more
	}
	if n, err := table.Count(t.Context(), tuple.Range{}, nil); n != 0 || !errors.Is(err, fail) {
		t.Errorf("a count that fails: %d, %v", n, err)
	}
	must(t, c.Release())
	must(t, c.Release())
	if _, err := table.Scan(t.Context(), store.Query{Limit: 1}); store.KindOf(err) != store.Closed {
		t.Errorf("after the release: %v", err)
	}
}

// A store of a kept version is one of then, and cannot be written.
func TestAtAKeptVersion(t *testing.T) {
	p, s, w := newPast(t, 3, added(3))
	p.keep(t, "three")
	changePeople(t, w, store.Update, 3, " later")
	at, err := s.At(t.Context(), "three")
	must(t, err)
	if _, err := at.Writer(); store.KindOf(err) != store.ReadOnly || !strings.Contains(err.Error(), "three") {
		t.Errorf("writing to a kept version: %v", err)
	}
	table, err := at.Table(t.Context(), "people")
	must(t, err)
	var names []string
	for row, err := range table.Rows(t.Context(), store.Query{}) {
		must(t, err)
		names = append(names, row.Values[0].AsText())
	}
	if !slices.Equal(names, []string{"n1", "n2", "n3"}) {
		t.Errorf("its rows: %q", names)
	}
	if at.CanVersion() || at.CanCompare() || at.CanBackUp() {
		t.Error("a kept version keeps versions of its own")
	}
	must(t, at.Close())
	if _, err := table.Get(t.Context(), number(1)); store.KindOf(err) != store.Closed {
		t.Errorf("after it was closed: %v", err)
	}
	if _, err := s.Tables(t.Context()); err != nil {
		t.Errorf("the present was closed with it: %v", err)
	}
	for _, name := range []string{"", "sunday"} {
		if _, err := s.At(t.Context(), name); store.KindOf(err) != store.NotFound {
			t.Errorf("at %q: %v", name, err)
		}
	}
}
