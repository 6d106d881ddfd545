package store

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"pgregory.net/rapid"
)

// stager stages changes at random, of few rows.
type stager struct {
	set    *ChangeSet
	schema *Schema
	auto   *Schema
}

func newStager(c *ChangeSet) *stager {
	return &stager{
		set: c,
		schema: &Schema{Name: "t", Kind: driver.Table,
			Key:     []Column{{Name: "k", Kind: tuple.KindInt}},
			Columns: []Column{{Name: "a", Kind: tuple.KindText, Nullable: true}, {Name: "b", Kind: tuple.KindInt, Nullable: true}}},
		auto: &Schema{Name: "auto", Kind: driver.Table, AutoKey: true,
			Key: []Column{{Name: "k", Kind: tuple.KindInt}}, Columns: []Column{}},
	}
}

// row returns row n as the database has it.
func (*stager) row(n int64) Row {
	return Row{Key: tuple.Of(tuple.Int(n)), Values: []tuple.Value{tuple.Text(fmt.Sprint("row ", n)), tuple.Null}}
}

func drawRow(rt *rapid.T) int64 { return rapid.Int64Range(0, 5).Draw(rt, "row") }

func (m *stager) drawID(rt *rapid.T) ID {
	if len(m.set.order) == 0 {
		return 0
	}
	return rapid.SampledFrom(m.set.order).Draw(rt, "id")
}

func drawCell(rt *rapid.T) (column int, v tuple.Value) {
	column = rapid.IntRange(0, 2).Draw(rt, "column")
	n := rapid.Int64Range(0, 6).Draw(rt, "value")
	switch {
	case column == 1 && n == 0:
		v = tuple.Null
	case column == 1:
		v = tuple.Text(fmt.Sprint("row ", n))
	default:
		v = tuple.Int(n)
	}
	return column, v
}

// actions are ways to change the set. Those that cannot be done are refused.
func (m *stager) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"edit": func(rt *rapid.T) {
			column, v := drawCell(rt)
			m.refused(rt, m.set.Edit(m.schema, m.row(drawRow(rt)), column, v))
		},
		"edit inserted": func(rt *rapid.T) {
			column, v := drawCell(rt)
			m.refused(rt, m.set.EditInserted(m.drawID(rt), column, v))
		},
		"insert": func(rt *rapid.T) {
			_, err := m.set.Insert(m.schema, tuple.Of(tuple.Int(rapid.Int64Range(0, 9).Draw(rt, "key"))), nil)
			m.refused(rt, err)
		},
		"insert without a key": func(rt *rapid.T) {
			_, err := m.set.Insert(m.auto, nil, nil)
			m.refused(rt, err)
		},
		"delete": func(rt *rapid.T) { m.refused(rt, m.set.Delete(m.schema, m.row(drawRow(rt)))) },
		"drop":   func(rt *rapid.T) { m.set.Drop(m.drawID(rt)) },
		"resolve": func(rt *rapid.T) {
			var current *Row
			if rapid.Bool().Draw(rt, "there") {
				row := m.row(drawRow(rt))
				current = &row
			}
			id := m.drawID(rt)
			if st, ok := m.set.Get(id); ok && len(st.Schema.Columns) > 0 {
				m.refused(rt, m.set.Resolve(id, KeepMine, current))
			}
		},
		"clear": func(rt *rapid.T) {
			if rapid.IntRange(0, 9).Draw(rt, "really") == 9 {
				m.set.Clear()
			}
		},
		"undo": func(*rapid.T) { m.set.Undo() },
		"redo": func(*rapid.T) { m.set.Redo() },
	}
}

// refused checks the error of a change that may not be possible.
func (m *stager) refused(rt *rapid.T, err error) {
	if err == nil {
		return
	}
	if k := KindOf(err); k != Exists && k != NoRow && k != Internal {
		rt.Fatalf("refused as %q: %v", k, err)
	}
}

// checkInvariants checks what a change set promises about itself.
func checkInvariants(rt *rapid.T, c *ChangeSet) {
	rows, finals := map[rowID]ID{}, map[rowID]ID{}
	for _, st := range c.All() {
		s := c.changes[st.ID]
		if row, ok := s.row(); ok {
			if other, twice := rows[row]; twice {
				rt.Fatalf("changes %d and %d are of the same row", other, st.ID)
			}
			rows[row] = st.ID
		}
		if row, ok := s.final(); ok {
			if other, twice := finals[row]; twice {
				rt.Fatalf("changes %d and %d leave the same key", other, st.ID)
			}
			finals[row] = st.ID
		}
		if s.idle() || c.inCircle(s) {
			rt.Fatalf("change %d changes nothing, or goes round: %+v", st.ID, st.Change)
		}
	}
	if !reflect.DeepEqual(rows, c.byRow) || !reflect.DeepEqual(finals, c.byFinal) {
		rt.Fatalf("the indexes are %v, %v, but should be %v, %v", c.byRow, c.byFinal, rows, finals)
	}
	if !slices.IsSorted(c.order) || len(c.order) != len(c.changes) {
		rt.Fatalf("the order is %v of %d changes", c.order, len(c.changes))
	}
}

// TestUndoAndRedo stages at random and keeps a list of the states: undo and
// redo go through exactly those.
func TestUndoAndRedo(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := NewChangeSet()
		states, now := [][]Staged{c.All()}, 0
		revisions := map[uint64]bool{c.Revision(): true}
		wrap := func(name string, act func(*rapid.T)) func(*rapid.T) {
			return func(rt *rapid.T) {
				before := c.Revision()
				can := c.CanUndo() && name == "undo" || c.CanRedo() && name == "redo"
				act(rt)
				if c.Revision() == before {
					if !reflect.DeepEqual(c.All(), states[now]) || can {
						rt.Fatalf("%s: the set has changed, the revision has not", name)
					}
					return
				}
				if revisions[c.Revision()] {
					rt.Fatalf("revision %d comes again", c.Revision())
				}
				revisions[c.Revision()] = true
				switch name {
				case "undo":
					now--
				case "redo":
					now++
				default:
					states = append(states[:now+1], c.All())
					now++
				}
				if !reflect.DeepEqual(c.All(), states[now]) {
					rt.Fatalf("%s: %+v, want %+v", name, c.All(), states[now])
				}
			}
		}
		actions := newStager(c).actions()
		for name, act := range actions {
			actions[name] = wrap(name, act)
		}
		actions[""] = func(rt *rapid.T) {
			checkInvariants(rt, c)
			if c.CanUndo() != (now > 0) || c.CanRedo() != (now < len(states)-1) {
				rt.Fatalf("at %d of %d: can undo %t, can redo %t", now, len(states), c.CanUndo(), c.CanRedo())
			}
		}
		rt.Repeat(actions)
		for now > 0 {
			actions["undo"](rt)
		}
		for now < len(states)-1 {
			actions["redo"](rt)
		}
	})
}

func TestEditsOfOneRowAreOneChange(t *testing.T) {
	c, m := NewChangeSet(), newStager(nil)
	row := m.row(1)
	edit := func(column int, v tuple.Value) {
		t.Helper()
		if err := c.Edit(m.schema, row, column, v); err != nil {
			t.Fatal(err)
		}
	}
	edit(1, tuple.Text("x"))
	edit(2, tuple.Int(7))
	edit(1, tuple.Text("y"))
	edit(0, tuple.Int(10))
	want := Change{Op: Update, Table: "t", Key: row.Key, NewKey: tuple.Of(tuple.Int(10)), Base: row.Values,
		Set: []Assignment{{Column: 0, Value: tuple.Text("y")}, {Column: 1, Value: tuple.Int(7)}}}
	st, ok := c.Find("t", row.Key)
	if !ok || !reflect.DeepEqual(st.Change, want) || c.Len() != 1 {
		t.Fatalf("staged %+v, want %+v", st.Change, want)
	}
	if after := (Row{Key: want.NewKey, Values: []tuple.Value{tuple.Text("y"), tuple.Int(7)}}); !reflect.DeepEqual(st.After, after) {
		t.Errorf("after: %+v, want %+v", st.After, after)
	}
	if !reflect.DeepEqual(st.Before, row) {
		t.Errorf("before: %+v, want %+v", st.Before, row)
	}
	edit(1, row.Values[0])
	edit(2, row.Values[1])
	edit(0, row.Key[0])
	if c.Len() != 0 {
		t.Errorf("edits back to the base are still staged: %+v", c.All())
	}
}

func TestDeleteKeepsTheFirstBase(t *testing.T) {
	c, m := NewChangeSet(), newStager(nil)
	row := m.row(1)
	if err := c.Edit(m.schema, row, 1, tuple.Text("x")); err != nil {
		t.Fatal(err)
	}
	seenLater := Row{Key: row.Key, Values: []tuple.Value{tuple.Text("by others"), tuple.Null}}
	if err := c.Delete(m.schema, seenLater); err != nil {
		t.Fatal(err)
	}
	want := Change{Op: Delete, Table: "t", Key: row.Key, Base: row.Values}
	if got := c.Changes(); len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("staged %+v, want %+v", got, want)
	}
	if err := c.Delete(m.schema, row); err != nil || c.Len() != 0 {
		t.Errorf("a second Delete leaves %d changes, %v", c.Len(), err)
	}
}

func TestInsertsWithoutKeys(t *testing.T) {
	c, m := NewChangeSet(), newStager(nil)
	first, err1 := c.Insert(m.auto, nil, nil)
	second, err2 := c.Insert(m.auto, nil, nil)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if got := c.Inserted("auto"); len(got) != 2 || got[0].ID != first || got[1].ID != second || got[0].After.Key != nil {
		t.Fatalf("inserted: %+v", got)
	}
	if err := c.EditInserted(first, 0, tuple.Int(5)); err != nil {
		t.Fatal(err)
	}
	if err := c.EditInserted(second, 0, tuple.Int(5)); !errors.Is(err, Exists) {
		t.Errorf("the same key twice: %v", err)
	}
	if err := c.EditInserted(first, 0, tuple.Null); err != nil {
		t.Fatal(err)
	}
	if st, _ := c.Get(first); st.Change.Key != nil {
		t.Errorf("a NULL key stayed %v", st.Change.Key)
	}
	if inserts, updates, deletes := c.Counts(); inserts != 2 || updates != 0 || deletes != 0 {
		t.Errorf("counts: %d, %d, %d", inserts, updates, deletes)
	}
}

func TestWhatCannotBeStaged(t *testing.T) {
	m, s := newStager(nil), ordersSchema()
	readOnly := *s
	readOnly.ReadOnly = "it is a view"
	cut := orderRow("a", 1)
	cut.Cut = []Cut{{Column: 0, Size: 100}}
	for _, c := range []struct {
		what string
		err  error
		want Kind
	}{
		{"edit of a generated column", NewChangeSet().Edit(s, orderRow("a", 1), 5, tuple.Int(1)), ReadOnly},
		{"NULL in a NOT NULL column", NewChangeSet().Edit(s, orderRow("a", 1), 4, tuple.Null), BadValue},
		{"NULL in a key", NewChangeSet().Edit(s, orderRow("a", 1), 0, tuple.Null), BadValue},
		{"edit in a read-only table", NewChangeSet().Edit(&readOnly, orderRow("a", 1), 2, tuple.Null), ReadOnly},
		{"delete in a read-only table", NewChangeSet().Delete(&readOnly, orderRow("a", 1)), ReadOnly},
		{"edit of a row that is cut", NewChangeSet().Edit(s, cut, 2, tuple.Null), Internal},
		{"delete of a row that is cut", NewChangeSet().Delete(s, cut), Internal},
		{"delete of a row without values", NewChangeSet().Delete(s, Row{Key: cut.Key}), Internal},
		{"edit of a partial key", NewChangeSet().Edit(s, Row{Key: cut.Key[:1], Values: cut.Values}, 2, tuple.Null), BadKey},
		{"edit of no column", NewChangeSet().Edit(s, orderRow("a", 1), 6, tuple.Null), Internal},
		{"edit of no insert", NewChangeSet().EditInserted(3, 0, tuple.Null), NoRow},
		{"resolve of no change", NewChangeSet().Resolve(3, KeepMine, nil), NoRow},
	} {
		if c.err == nil || KindOf(c.err) != c.want {
			t.Errorf("%s: %v, want %q", c.what, c.err, c.want)
		}
	}
	for _, c := range []struct {
		what string
		s    *Schema
		key  tuple.Tuple
		set  []Assignment
		want Kind
	}{
		{"no key", s, nil, nil, BadKey},
		{"a partial key", s, tuple.Of(tuple.Text("a")), nil, BadKey},
		{"NULL in a key", s, tuple.Of(tuple.Null, tuple.Int(1)), nil, BadKey},
		{"a column twice", m.schema, m.row(1).Key, []Assignment{{Column: 0, Value: tuple.Null}, {Column: 0, Value: tuple.Null}}, BadValue},
		{"no such column", m.schema, m.row(1).Key, []Assignment{{Column: 2, Value: tuple.Null}}, Internal},
		{"a generated column", s, orderKey("a", 1), []Assignment{{Column: 3, Value: tuple.Int(1)}}, ReadOnly},
		{"a read-only table", &readOnly, orderKey("a", 1), nil, ReadOnly},
	} {
		set := NewChangeSet()
		if _, err := set.Insert(c.s, c.key, c.set); err == nil || KindOf(err) != c.want || set.Len() != 0 {
			t.Errorf("insert with %s: %v, want %q", c.what, err, c.want)
		}
	}
}

func TestRowsCannotExchangeKeys(t *testing.T) {
	c, m := NewChangeSet(), newStager(nil)
	move := func(from, to int64) error { return c.Edit(m.schema, m.row(from), 0, tuple.Int(to)) }
	if err := errors.Join(move(3, 4), move(2, 3), move(1, 2)); err != nil {
		t.Fatal(err)
	}
	want := []int64{3, 2, 1}
	for i, change := range c.Changes() {
		if change.Key[0].AsInt() != want[i] {
			t.Errorf("change %d is of row %v, want %d", i, change.Key, want[i])
		}
	}
	if err := move(4, 1); !errors.Is(err, Exists) {
		t.Errorf("a circle of four rows: %v", err)
	}
}

func TestResolve(t *testing.T) {
	m := newStager(nil)
	row, theirs := m.row(1), m.row(1)
	theirs.Values = []tuple.Value{tuple.Text("theirs"), tuple.Int(9)}
	edit := func(c *ChangeSet) error { return c.Edit(m.schema, row, 1, tuple.Text("mine")) }
	remove := func(c *ChangeSet) error { return c.Delete(m.schema, row) }
	insert := func(c *ChangeSet) error {
		_, err := c.Insert(m.schema, row.Key, []Assignment{{Column: 0, Value: tuple.Text("mine")}})
		return err
	}
	mine := []Assignment{{Column: 0, Value: tuple.Text("mine")}}
	for _, tc := range []struct {
		name    string
		stage   func(*ChangeSet) error
		r       Resolution
		current *Row
		want    []Change
	}{
		{"mine over an edit", edit, KeepMine, &theirs,
			[]Change{{Op: Update, Table: "t", Key: row.Key, Base: theirs.Values, Set: mine}}},
		{"mine over a deletion", edit, KeepMine, nil,
			[]Change{{Op: Insert, Table: "t", Key: row.Key, Set: []Assignment{{Column: 0, Value: tuple.Text("mine")}, {Column: 1, Value: tuple.Null}}}}},
		{"mine which others made, too", edit, KeepMine, &Row{Key: row.Key, Values: []tuple.Value{tuple.Text("mine"), tuple.Int(9)}},
			[]Change{}},
		{"my deletion over an edit", remove, KeepMine, &theirs,
			[]Change{{Op: Delete, Table: "t", Key: row.Key, Base: theirs.Values}}},
		{"my deletion, which others made, too", remove, KeepMine, nil, []Change{}},
		{"my insert over theirs", insert, KeepMine, &theirs,
			[]Change{{Op: Update, Table: "t", Key: row.Key, Base: theirs.Values, Set: mine}}},
		{"my insert, whose key is free again", insert, KeepMine, nil,
			[]Change{{Op: Insert, Table: "t", Key: row.Key, Set: mine}}},
		{"theirs", edit, TakeTheirs, &theirs, []Change{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := NewChangeSet()
			if err := tc.stage(c); err != nil {
				t.Fatal(err)
			}
			before := c.All()
			if err := c.Resolve(before[0].ID, tc.r, tc.current); err != nil {
				t.Fatal(err)
			}
			if got := c.Changes(); !reflect.DeepEqual(got, tc.want) {
				t.Errorf("staged %+v, want %+v", got, tc.want)
			}
			if !reflect.DeepEqual(tc.want, []Change{before[0].Change}) && (!c.Undo() || !reflect.DeepEqual(c.All(), before)) {
				t.Errorf("undo gives %+v", c.All())
			}
		})
	}
}

func TestResolveOfATakenKey(t *testing.T) {
	c, m := NewChangeSet(), newStager(nil)
	if err := c.Edit(m.schema, m.row(1), 0, tuple.Int(2)); err != nil {
		t.Fatal(err)
	}
	other := m.row(2)
	if err := c.Resolve(c.All()[0].ID, KeepMine, &other); !errors.Is(err, Exists) {
		t.Errorf("keeping a key that another row has: %v", err)
	}
}
