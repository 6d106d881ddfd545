package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// schema returns the shape of a table, whose columns are Nullable.
func schema(name string, key, columns []driver.Column) *driver.Schema {
	return &driver.Schema{Name: name, Kind: driver.Table, Key: key, Columns: columns}
}

func key(kinds ...tuple.Kind) []driver.Column     { return named("k", kinds, false) }
func columns(kinds ...tuple.Kind) []driver.Column { return named("c", kinds, true) }

// named returns columns that are called p1, p2, and so on.
func named(p string, kinds []tuple.Kind, nullable bool) []driver.Column {
	columns := make([]driver.Column, len(kinds))
	for i, k := range kinds {
		columns[i] = driver.Column{Name: fmt.Sprint(p, i+1), Kind: k, Nullable: nullable}
	}
	return columns
}

// create makes a table and returns its shape as the database describes it.
func (s *suite) create(sc *driver.Schema) *driver.Schema {
	s.Helper()
	if err := create(s, s.db, sc); err != nil {
		s.Fatalf("create %s: %v", sc.Name, err)
	}
	return s.describe(sc.Name)
}

func create(s *suite, db driver.DB, sc *driver.Schema) error {
	if s.h.Create != nil {
		return s.h.Create(s.ctx, db, sc)
	}
	return db.(driver.Creator).CreateTable(s.ctx, sc)
}

// createText makes a table with a text key and a text column.
func (s *suite) createText() *driver.Schema {
	s.Helper()
	return s.create(schema("words", key(tuple.KindText), columns(tuple.KindText)))
}

// createInt makes a table with an integer key and a text column.
func (s *suite) createInt() *driver.Schema {
	s.Helper()
	return s.create(schema("numbers", key(tuple.KindInt), columns(tuple.KindText)))
}

func (s *suite) describe(name string) *driver.Schema {
	s.Helper()
	sc, err := s.db.Describe(s.ctx, name)
	if err != nil {
		s.Fatalf("describe %s: %v", name, err)
	}
	return sc
}

// writer is a database or a transaction.
type writer interface {
	driver.Reader
	driver.Writer
}

func (s *suite) writer() writer {
	w, ok := s.db.(writer)
	if !ok {
		s.Fatal("the database that the harness opened cannot be written")
	}
	return w
}

// apply makes changes that must succeed.
func (s *suite) apply(changes ...driver.Change) driver.Applied {
	s.Helper()
	return s.applyTo(s.writer(), changes...)
}

func (s *suite) applyTo(w driver.Writer, changes ...driver.Change) driver.Applied {
	s.Helper()
	applied, err := w.Apply(s.ctx, changes)
	if err != nil {
		s.Fatalf("apply: %v", err)
	}
	if len(applied.Conflicts) > 0 {
		s.Fatalf("apply: unexpected conflicts %v", applied.Conflicts)
	}
	if len(applied.Keys) != len(changes) {
		s.Fatalf("apply returned %d keys for %d changes", len(applied.Keys), len(changes))
	}
	return applied
}

// insert returns the change that adds a row.
func insert(sc *driver.Schema, key tuple.Tuple, values ...tuple.Value) driver.Change {
	return driver.Change{Op: driver.Insert, Table: sc.Name, Key: key, Set: set(values...)}
}

// set sets the first columns.
func set(values ...tuple.Value) []driver.Assignment {
	var as []driver.Assignment
	for i, v := range values {
		as = append(as, driver.Assignment{Column: i, Value: v})
	}
	return as
}

// fill adds a row for each key; its first column, if there is one, is the
// key's number.
func (s *suite) fill(sc *driver.Schema, keys ...tuple.Tuple) {
	s.Helper()
	for chunk := range slices.Chunk(keys, 1000) {
		var changes []driver.Change
		for i, k := range chunk {
			changes = append(changes, insert(sc, k, label(sc, i)...))
		}
		s.apply(changes...)
	}
}

// label returns the value of the first column of row i.
func label(sc *driver.Schema, i int) []tuple.Value {
	if len(sc.Columns) == 0 {
		return nil
	}
	return []tuple.Value{tuple.Text(fmt.Sprintf("row %d", i))}
}

func text(words ...string) tuple.Tuple {
	var t tuple.Tuple
	for _, w := range words {
		t = append(t, tuple.Text(w))
	}
	return t
}

func number(ns ...int64) tuple.Tuple {
	var t tuple.Tuple
	for _, n := range ns {
		t = append(t, tuple.Int(n))
	}
	return t
}

// scan reads one page.
func (s *suite) scan(r driver.Reader, sc *driver.Schema, q driver.Query) driver.Page {
	s.Helper()
	page, err := r.Scan(s.ctx, sc, q)
	if err != nil {
		s.Fatalf("scan %s %+v: %v", sc.Name, q, err)
	}
	if len(page.Rows) > q.Limit {
		s.Fatalf("scan %s returned %d rows, the limit is %d", sc.Name, len(page.Rows), q.Limit)
	}
	return page
}

// everything is a limit that no table of the suite reaches.
const everything = 1 << 20

// all returns the rows of a table, in one page.
func (s *suite) all(r driver.Reader, sc *driver.Schema) []driver.Row {
	s.Helper()
	page := s.scan(r, sc, driver.Query{Limit: everything})
	if page.More {
		s.Errorf("scan %s: More is set after the last row", sc.Name)
	}
	return page.Rows
}

// keysIn returns the keys of a range.
func (s *suite) keysIn(sc *driver.Schema, r tuple.Range, reverse bool) []tuple.Tuple {
	s.Helper()
	page := s.scan(s.db, sc, driver.Query{Range: r, Reverse: reverse, Limit: everything, KeysOnly: true})
	return keysOf(page.Rows)
}

func keysOf(rows []driver.Row) []tuple.Tuple {
	keys := []tuple.Tuple{}
	for _, r := range rows {
		keys = append(keys, r.Key)
	}
	return keys
}

// get returns one row, nil if there is none.
func (s *suite) get(r driver.Reader, sc *driver.Schema, key tuple.Tuple) *driver.Row {
	s.Helper()
	rows, err := r.Get(s.ctx, sc, []tuple.Tuple{key})
	if err != nil {
		s.Fatalf("get %v: %v", short(key), err)
	}
	if len(rows) != 1 {
		s.Fatalf("get of one key returned %d rows", len(rows))
	}
	return rows[0]
}

// wantKeys checks keys and their order.
func (s *suite) wantKeys(what string, got, want []tuple.Tuple) {
	s.Helper()
	if !slices.EqualFunc(got, want, tuple.Tuple.Equal) {
		s.Errorf("%s:\n got %v\nwant %v", what, shortAll(got), shortAll(want))
	}
}

// wantRows checks rows and their order.
func wantRows(t testing.TB, what string, got, want []driver.Row) {
	t.Helper()
	if d := differentRow(got, want); d != "" {
		t.Errorf("%s: %s", what, d)
	}
}

// differentRow describes the first difference of two lists of rows.
func differentRow(got, want []driver.Row) string {
	for i := range min(len(got), len(want)) {
		if !sameRow(&got[i], &want[i]) {
			return fmt.Sprintf("row %d is %v, not %v", i, shortRow(&got[i]), shortRow(&want[i]))
		}
	}
	if len(got) != len(want) {
		return fmt.Sprintf("there are %d rows, not %d", len(got), len(want))
	}
	return ""
}

func sameRow(a, b *driver.Row) bool {
	return a.Key.Equal(b.Key) && slices.Equal(a.Values, b.Values) && slices.Equal(a.Cut, b.Cut)
}

// wantKind checks what kind of failure the driver says err is.
func (s *suite) wantKind(what string, err error, kinds ...driver.Kind) {
	s.Helper()
	if err == nil {
		s.Errorf("%s: succeeded, want %v", what, kinds)
		return
	}
	if got := s.classify(err); !slices.Contains(kinds, got) {
		s.Errorf("%s: kind %q, want one of %v: %v", what, got, kinds, err)
	}
}

// classify is what package store makes of an error.
func (s *suite) classify(err error) driver.Kind {
	if e, ok := errors.AsType[*store.Error](err); ok {
		return e.Kind
	}
	if k := driver.KindOf(err); k != driver.Internal {
		return k
	}
	return s.db.Classify(err)
}

// short is a key for a message.
func short(k tuple.Tuple) string { return clip(k.String()) }

func shortAll(keys []tuple.Tuple) string {
	const most = 40
	text := ""
	for i, k := range keys {
		if i == most {
			return fmt.Sprintf("%s and %d more", text, len(keys)-most)
		}
		text += short(k) + " "
	}
	return fmt.Sprintf("%d: %s", len(keys), text)
}

func shortRow(r *driver.Row) string {
	if r == nil {
		return "no row"
	}
	return fmt.Sprintf("%s %s cut %v", short(r.Key), clip(tuple.Tuple(r.Values).String()), r.Cut)
}

func clip(s string) string {
	const most = 120
	if len(s) > most {
		return fmt.Sprintf("%s… (%d bytes)", s[:most], len(s))
	}
	return s
}
