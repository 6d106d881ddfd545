package grid

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/pane"
)

// changes returns what is staged, in words.
func (w *world) changes() []string {
	var out []string
	for _, st := range w.screen.env.Changes.All() {
		out = append(out, st.Change.Op.String()+" "+st.Change.FinalKey().String())
	}
	return out
}

func (w *world) expectChanges(want ...string) {
	w.t.Helper()
	if got := strings.Join(w.changes(), ", "); got != strings.Join(want, ", ") {
		w.t.Fatalf("staged is %s, want %s", got, strings.Join(want, ", "))
	}
}

func TestEditGetsTheRowThatIsShown(t *testing.T) {
	w := newWorld(t, newOrders(t, 500), 80, 24)
	w.open("orders").Press("l", "l", "l", "s", "j", "j", "e")
	got := last[pane.EditCell](t, w.screen)
	if l, _ := w.screen.grid.current(); got.Row.Key.Compare(l.row.Key) != 0 || got.Column != 3 || got.External {
		t.Errorf("edit opens on %v, column %d; the cursor is on %v", got.Row.Key, got.Column, l.row.Key)
	}
	w.Press("E")
	if !last[pane.EditCell](t, w.screen).External {
		t.Error("E does not ask for the user's editor")
	}
}

// TestCutRowIsReadWholeFirst: a row of which the grid holds a part cannot be
// the base of an edit.
func TestCutRowIsReadWholeFirst(t *testing.T) {
	db := newAwkward(t)
	w := newWorld(t, db, 80, 24)
	w.open(awkward.Name).run("goto", "10").Press("l", "e")
	got := last[pane.EditCell](t, w.screen)
	if len(got.Row.Cut) != 0 || got.Row.Values[0].Size() != 1_250_000 {
		t.Fatalf("the row has %d bytes, and %v is cut", got.Row.Values[0].Size(), got.Row.Cut)
	}

	h := w.Hold("e")
	apply(t, writer(t, db), store.Change{Op: store.Update, Table: awkward.Name, Key: got.Row.Key,
		Set: []store.Assignment{{Column: 0, Value: tuple.Text("new")}}})
	w.Run(h)
	if n := last[pane.Notice](t, w.screen); n.Text != "(10) has been changed by others." {
		t.Errorf("the change is not told: %q", n.Text)
	}
	if got := last[pane.EditCell](t, w.screen); got.Row.Values[0] != tuple.Text("new") {
		t.Error("the editor does not show the present value")
	}
	w.See("10 │ new")

	n := len(w.screen.actions)
	w.run("goto", "11")
	h = w.Hold("e")
	apply(t, writer(t, db), store.Change{Op: store.Delete, Table: awkward.Name, Key: tuple.Of(tuple.Int(11))})
	w.Run(h)
	if n := last[pane.Notice](t, w.screen); n.Text != "(11) has been deleted by others." {
		t.Errorf("the deletion is not told: %q", n.Text)
	}
	for _, a := range w.screen.actions[n:] {
		if _, ok := a.(pane.EditCell); ok {
			t.Error("a row that has gone is edited")
		}
	}
	w.expect("(12)")
}

// TestMovingOnGivesUpAnEdit but not a deletion, however fast they come.
func TestMovingOnGivesUpAnEdit(t *testing.T) {
	w := newWorld(t, newAwkward(t), 80, 24)
	w.open(awkward.Name).run("goto", "5")
	h := w.Hold("e", "j")
	w.Run(h)
	for _, a := range w.screen.actions {
		if e, ok := a.(pane.EditCell); ok {
			t.Errorf("the editor opened on %v, which the cursor has left", e.Row.Key)
		}
	}
	h = w.Hold("d", "j", "d", "j", "d")
	w.Run(h)
	w.expectChanges("delete (6)", "delete (7)", "delete (8)")
}

func TestDeleteTogglesAndTakesMarks(t *testing.T) {
	w := newWorld(t, newOrders(t, 500), 80, 24)
	w.open("orders").Press("d")
	w.expectChanges(`delete ("c00000",1)`)
	w.See("- c00000").Press("d")
	w.expectChanges()
	w.Press("space", "space", "j", "space", "G", "space").See("4 marked").Press("d")
	w.expectChanges(`delete ("c00000",1)`, `delete ("c00000",2)`, `delete ("c00000",4)`, `delete ("c00049",10)`)
	w.Miss("marked").Press("u").Press("u", "u", "u")
	w.expectChanges()
	w.Press("ctrl+r")
	w.expectChanges(`delete ("c00000",1)`)
}

func TestMarksAreClearedBeforeTheFilter(t *testing.T) {
	w := newWorld(t, newOrders(t, 50), 80, 24)
	w.open("orders")
	w.run("filter", "void").Press("space").See("1 marked", "/void").Press("esc").Miss("marked").See("/void").Press("esc").Miss("/void")
}

// TestRangeOfRowsIsMarked: from the last mark to the cursor, down or up, without
// the inserts that are only staged.
func TestRangeOfRowsIsMarked(t *testing.T) {
	w := newWorld(t, newOrders(t, 50), 80, 24)
	w.open("orders").Press("v").Miss("marked")
	if n := last[pane.Notice](t, w.screen); n.Level != pane.Blocked {
		t.Errorf("v without a mark: %+v", n)
	}
	w.Press("j", "j", "space", "j", "j", "v").See("4 marked", " •c00000        3", " •c00000        6").Miss(" •c00000        2", " •c00000        7")
	w.Press("g", "v").See("6 marked", " •c00000        1").Press("d")
	w.expectChanges(`delete ("c00000",3)`, `delete ("c00000",4)`, `delete ("c00000",5)`, `delete ("c00000",6)`, `delete ("c00000",2)`, `delete ("c00000",1)`)
}

func TestNullNeedsANullableColumn(t *testing.T) {
	w := newWorld(t, newOrders(t, 50), 80, 24)
	w.open("orders").Press("x")
	if n := last[pane.Notice](t, w.screen); n.Text != "Blocked: the column cannot hold NULL." {
		t.Errorf("x on a key: %q", n.Text)
	}
	w.Press("l", "l", "x").See("∅ null")
	w.expectChanges(`update ("c00000",1)`)
	w.Press("u")
	w.expectChanges()
}

func TestInsertsStandAtTheirPlace(t *testing.T) {
	w := newWorld(t, newOrders(t, 3000), 80, 24)
	w.open("orders")
	insert := func(customer string, id int64) {
		t.Helper()
		key := tuple.Of(tuple.Text(customer), tuple.Int(id))
		if _, err := w.screen.env.Changes.Insert(orders, key, []store.Assignment{{Column: 0, Value: tuple.Text("mine")}}); err != nil {
			t.Fatal(err)
		}
		w.Send(callMsg{(*Model).Staged})
		w.expect(key.String())
		w.See("+ "+customer, "mine", "default", "new row of")
	}
	insert("c00000", 55)
	above, below := w.screen.grid.lines[9], w.screen.grid.lines[11]
	if above.row.Key.String() != `("c00000",10)` || below.row.Key.String() != `("c00001",1)` {
		t.Errorf("the new row is between %v and %v", above.row.Key, below.row.Key)
	}
	insert("c00200", 11) // far from what is loaded
	insert("a", 1)       // before the first row
	insert("zzz", 1)     // after the last one
	w.Press("g").See("+ a").Press("G").See("+ zzz")
	w.Press("d").Miss("+ zzz")
	w.Press("g", "j", "l", "l", "l", "s", "g").See("+ c00000", "+ c00200", "+ a ")
	w.Press("s", "s")
	w.run("goto", `("c00000",55)`).Press("e")
	if e := last[pane.EditCell](t, w.screen); e.Inserted == 0 || e.Row.Values[0] != tuple.Text("mine") {
		t.Errorf("edit of a staged insert: %+v", e)
	}
	w.Press("O")
	if i := last[pane.InsertRow](t, w.screen); i.Key.String() != `("c00000",55)` || i.Values[0] != tuple.Text("mine") {
		t.Errorf("duplicate of a staged insert: %+v", i)
	}
}

func TestInsertsStandInReverseViews(t *testing.T) {
	w := newWorld(t, newOrders(t, 30), 80, 24)
	w.open("orders")
	if _, err := w.screen.env.Changes.Insert(orders, tuple.Of(tuple.Text("c00001"), tuple.Int(99)), nil); err != nil {
		t.Fatal(err)
	}
	w.do(func(m *Model) (pane.Action, tea.Cmd) { return m.OpenView(store.ViewOptions{Reverse: true}) })
	for i, l := range w.screen.grid.lines {
		if l.inserted() != 0 && (i != 10 || w.screen.grid.lines[11].row.Key.String() != `("c00001",10)`) {
			t.Errorf("the new row is line %d, before %v", i, w.screen.grid.lines[i+1].row.Key)
		}
	}
	w.See("+ c00001")
}

func TestChangedKeyIsShownAtItsOldPlace(t *testing.T) {
	w := newWorld(t, newOrders(t, 30), 80, 24)
	w.open("orders").Press("j")
	l, _ := w.screen.grid.current()
	if err := w.screen.env.Changes.Edit(orders, *l.row, 1, tuple.Int(9)); err != nil {
		t.Fatal(err)
	}
	w.Send(callMsg{(*Model).Staged})
	w.See("2→9")
	w.expect(`("c00000",2)`)
}

func TestConflictsAreMarked(t *testing.T) {
	db := newOrders(t, 30)
	w := newWorld(t, db, 80, 24)
	w.open("orders").Press("d", "j", "d")
	apply(t, writer(t, db), store.Change{Op: store.Update, Table: "orders", Key: order(1).Key,
		Set: []store.Assignment{{Column: 0, Value: tuple.Text("theirs")}}})
	commit := func() {
		t.Helper()
		r, err := w.screen.env.Writer.Commit(t.Context(), w.screen.env.Changes)
		if err != nil {
			t.Fatal(err)
		}
		w.do(func(m *Model) (pane.Action, tea.Cmd) { return m.Committed(r) })
	}
	commit()
	w.See("! c00000", "- c00000")
	w.Press("d")
	commit()
	w.Miss("! c00000", "- c00000", "  c00000           1").See("theirs")
}

func TestNothingIsWrittenWhereThatIsNotPossible(t *testing.T) {
	mustBlock := func(w *world, why string, keys ...string) {
		t.Helper()
		for _, k := range keys {
			w.Press(k)
			if n := last[pane.Notice](t, w.screen); !strings.HasSuffix(n.Text, why+".") || n.Level != pane.Blocked {
				t.Errorf("%s: %+v, want %q", k, n, why)
			}
		}
		w.expectChanges()
	}
	db := newOrders(t, 30)
	w := newWorld(t, db.ReadOnly(), 80, 24)
	w.screen.env.ReadOnly = "it was opened with --read-only"
	w.open("orders").Press("l", "l")
	mustBlock(w, "it was opened with --read-only", "e", "E", "o", "O", "d", "x")

	w = newWorld(t, &described{db, func(s *store.Schema) { s.ReadOnly = "it is a view" }}, 80, 24)
	w.open("orders").Press("l", "l")
	mustBlock(w, "it is a view", "e", "E", "o", "O", "d", "x")

	w = newWorld(t, &described{db, func(s *store.Schema) { s.Columns[0].Generated = true }}, 80, 24)
	w.open("orders").Press("l", "l")
	mustBlock(w, "the database computes this column", "e", "x")
}

// described is a database whose tables have another shape.
type described struct {
	*memDB
	change func(*store.Schema)
}

// TestAnEditTouchesOnlyTheRowThatIsShown: whatever the user does to find it,
// and others to the table, what is staged is of the row whose key stands on
// the screen, and the commit changes no other.
func TestAnEditTouchesOnlyTheRowThatIsShown(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		const n = 300
		db := newOrders(t, n)
		w := newWorld(t, db, 60, 16)
		defer w.screen.env.Tasks.Close()
		others := writer(t, db)
		w.open("orders")
		keys := []string{"j", "k", "pgdown", "pgup", "ctrl+d", "ctrl+u", "g", "G", "h", "l", "s", "n", "N", "esc", "R", "space", "0", "$", "F"}
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			switch rapid.IntRange(0, 6).Draw(rt, "what") {
			case 0:
				w.run("filter", rapid.SampledFrom([]string{"void", "note", "status=paid", "total=3.03"}).Draw(rt, "filter"))
			case 1:
				w.run("goto", order(rapid.IntRange(0, n-1).Draw(rt, "goto")).Key.String())
			case 2:
				disturb(rt, others, n)
			default:
				held := w.Hold(rapid.SliceOfN(rapid.SampledFrom(keys), 1, 4).Draw(rt, "keys")...)
				if rapid.Bool().Draw(rt, "late") {
					disturb(rt, others, n)
				}
				w.Run(held)
			}
		}
		w.Press("esc", "esc", "0")
		checkEdit(rt, w, others)
	})
}

// disturb changes, deletes or inserts a row as somebody else would.
func disturb(t *rapid.T, w *store.Writer, n int) {
	i := rapid.IntRange(0, n-1).Draw(t, "disturbed")
	change := store.Change{Op: store.Put, Table: "orders", Key: order(i).Key, Set: []store.Assignment{
		{Column: 0, Value: tuple.Text(rapid.SampledFrom([]string{"void", "other"}).Draw(t, "status"))},
	}}
	switch rapid.IntRange(0, 2).Draw(t, "op") {
	case 0:
		change.Op, change.Set = store.Remove, nil
	case 1:
		change.Key = tuple.Of(change.Key[0], tuple.Int(int64(100+i)))
	}
	if _, err := w.Apply(t.Context(), []driver.Change{change}); err != nil {
		t.Fatal(err)
	}
}

// checkEdit stages the deletion of the row under the cursor, commits it, and
// compares all rows before and after.
func checkEdit(t *rapid.T, w *world, others *store.Writer) {
	g := w.screen.grid
	if len(g.lines) == 0 {
		return
	}
	y := 2 + g.cursor.line - g.cursor.top
	shown := strings.Fields(strings.NewReplacer("│", " ", "•", " ").Replace(strings.Split(w.Screen(), "\n")[y]))
	before := allRows(t, w.store)
	w.Press("e")
	edit := last[pane.EditCell](t, w.screen)
	if edit.Row.Key[0].AsText() != shown[0] || edit.Row.Key[1].Plain() != shown[1] {
		t.Fatalf("%v is edited, and %v is shown:\n%s", edit.Row.Key, shown, w.Screen())
	}
	if err := w.screen.env.Changes.Edit(orders, edit.Row, 2, tuple.Text("edited")); err != nil {
		t.Fatal(err)
	}
	r, err := w.screen.env.Writer.Commit(t.Context(), w.screen.env.Changes)
	if err != nil {
		t.Fatal(err)
	}
	after := allRows(t, w.store)
	for key, row := range after {
		changed := before[key] != row
		if changed != (r.Written == 1 && key == edit.Row.Key.String()) {
			t.Fatalf("%s was %s and is %s after an edit of %v", key, before[key], row, edit.Row.Key)
		}
	}
	if len(after) != len(before) {
		t.Fatalf("%d rows became %d", len(before), len(after))
	}
}

func allRows(t *rapid.T, s *store.Store) map[string]string {
	table, err := s.Table(t.Context(), "orders")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for r, err := range table.Rows(t.Context(), store.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		rows[r.Key.String()] = tuple.Tuple(r.Values).String()
	}
	return rows
}
