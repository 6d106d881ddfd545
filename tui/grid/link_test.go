package grid

import (
	"context"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/pane"
)

// newFamily returns a database of people, each of whom may have a mother.
func newFamily(t *testing.T) driver.DB {
	t.Helper()
	people := &store.Schema{
		Name: "people", Key: []store.Column{{Name: "id", Kind: tuple.KindInt}},
		Columns: []store.Column{{Name: "name", Kind: tuple.KindText, Nullable: true}, {Name: "mother", Kind: tuple.KindInt, Nullable: true}},
	}
	db := newOrders(t, 0)
	st := store.New(db)
	w, err := st.Writer()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.CreateTable(context.Background(), people); err != nil {
		t.Fatal(err)
	}
	var changes []store.Change
	for id, mother := range map[int64]tuple.Value{1: tuple.Null, 2: tuple.Int(1), 3: tuple.Int(1), 4: tuple.Int(2)} {
		changes = append(changes, store.Change{Op: store.Insert, Table: "people", Key: tuple.Of(tuple.Int(id)),
			Set: []store.Assignment{{Column: 1, Value: mother}}})
	}
	if _, err := w.Apply(context.Background(), changes); err != nil {
		t.Fatal(err)
	}
	return &described{db, func(s *store.Schema) {
		if s.Name == people.Name {
			s.References = []store.Reference{{Columns: []string{"mother"}, Table: "people", To: []string{"id"}}}
		}
	}}
}

// followed carries out the newest wish to go somewhere.
func (w *world) followed() *world {
	w.t.Helper()
	part := last[pane.OpenPart](w.t, w.screen)
	w.screen.actions = nil
	return w.do(func(m *Model) (pane.Action, tea.Cmd) { return m.OpenPart(part.Name, part.Options) })
}

func TestEnterFollowsAForeignKey(t *testing.T) {
	w := newWorld(t, newFamily(t), 80, 20).open("people")
	w.Press("down", "down", "down")
	w.expect("(4)")
	w.Press("$", "enter")
	w.followed().expect("(2)")
	w.See("prefix (2)")
	w.Press("$", "enter")
	w.followed().expect("(1)")
	w.Press("$", "enter") // NULL leads nowhere: the value is opened
	if f := last[pane.Focus](t, w.screen); f.ID != "value" {
		t.Errorf("asked for %+v", f)
	}
	w.Press("backspace")
	w.expect("(2)")
	w.Press("backspace")
	w.expect("(4)")
	w.Press("down", "backspace")
	if n := last[pane.Notice](t, w.screen); n.Level != pane.Blocked {
		t.Errorf("there is a way back from the beginning: %+v", n)
	}
}

func TestLinksListWhatRefersToARow(t *testing.T) {
	w := newWorld(t, newFamily(t), 80, 20).open("people")
	w.Press("down", "b")
	ask := last[pane.Ask](t, w.screen)
	if len(ask.Choices) != 3 || ask.Choices[1].Label != "→ people  prefix (1)" || ask.Choices[2].Label != "← people  mother=2" {
		t.Fatalf("asked %+v", ask)
	}
	w.screen.actions = append(w.screen.actions, ask.Choices[2].Then)
	w.followed().expect("(4)")
	w.See("/mother=2")
	w.Press("b")
	if ask := last[pane.Ask](t, w.screen); len(ask.Choices) != 3 {
		t.Errorf("asked %+v", ask)
	}
}

// leading is a database that knows where the rows of people lead to.
type leading struct{ driver.DB }

func (leading) Links(_ context.Context, _ *driver.Schema, r *driver.Row) ([]driver.Link, error) {
	if r.Key.Equal(tuple.Of(tuple.Int(3))) {
		return nil, nil
	}
	return []driver.Link{{Name: "orders", Column: driver.AnyColumn, Table: "orders"}}, nil
}

func TestEnterOnAKeyGoesToWhatItStandsFor(t *testing.T) {
	w := newWorld(t, leading{newFamily(t)}, 80, 20).open("people")
	w.Press("enter")
	if part := last[pane.OpenPart](t, w.screen); part.Name != "orders" {
		t.Errorf("asked for %+v", part)
	}
	w.screen.actions = nil
	w.Press("right", "enter")
	if f := last[pane.Focus](t, w.screen); f.ID != "value" {
		t.Errorf("a column that leads nowhere: %+v", f)
	}
	w.screen.actions = nil
	w.Press("left", "down", "down", "enter")
	if f := last[pane.Focus](t, w.screen); f.ID != "value" {
		t.Errorf("a row that leads nowhere: %+v", f)
	}
}
