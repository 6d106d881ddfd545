package review_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rowan-db/rowan/backends/mem"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/pane/panetest"
	"github.com/rowan-db/rowan/tui/review"
)

func schema(name string) *store.Schema {
	return &store.Schema{
		Name: name, Kind: "table", Key: []store.Column{{Name: "id", Kind: tuple.KindInt}},
		Columns: []store.Column{{Name: "a", Kind: tuple.KindText, Nullable: true}, {Name: "b", Kind: tuple.KindInt, Nullable: true}},
	}
}

func row(id int64, a tuple.Value, b int64) store.Row {
	return store.Row{Key: tuple.Of(tuple.Int(id)), Values: []tuple.Value{a, tuple.Int(b)}}
}

// stage returns the review of what change stages, on a database whose clock is
// past the grace.
func stage(t *testing.T, change func(cs *store.ChangeSet) error) (*panetest.User, *review.Model) {
	t.Helper()
	env := panetest.NewEnv(t, store.New(mem.New()))
	if err := change(env.Changes); err != nil {
		t.Fatal(err)
	}
	m := review.New(env)
	env.Now = func() time.Time { return panetest.Start.Add(review.Grace) }
	return panetest.On(t, env, m, 96, 24), m
}

// several stages an edit, an insert and a delete, in two tables.
func several(cs *store.ChangeSet) error {
	s := schema("orders")
	if err := cs.Edit(s, row(1, tuple.Text("old"), 5), 1, tuple.Text("new")); err != nil {
		return err
	}
	if _, err := cs.Insert(schema("customers"), tuple.Of(tuple.Int(7)), []store.Assignment{{Column: 0, Value: tuple.Text("x\x1b[31m")}}); err != nil {
		return err
	}
	if err := cs.Edit(s, row(1, tuple.Text("old"), 5), 2, tuple.Null); err != nil {
		return err
	}
	return cs.Delete(s, row(2, tuple.Null, 9))
}

func TestChangesAreShownByTable(t *testing.T) {
	s, _ := stage(t, several)
	s.See(" orders", "~ (1)", `"old" → "new"`, "5 → null", "- (2)", "b=9", " customers", "+ (7)", `"x\u001b[31m"`).Golden()
}

func TestDropAndUndo(t *testing.T) {
	s, m := stage(t, several)
	s.Press("down", "d")
	s.Send(panetest.Did(m.Staged()))
	s.Miss("(2)")
	if n := s.Env.Changes.Len(); n != 2 {
		t.Errorf("%d changes are staged", n)
	}
	s.Press("u")
	s.Send(panetest.Did(m.Staged()))
	s.See("(2)")
}

func TestEnterGoesToTheRow(t *testing.T) {
	s, _ := stage(t, several)
	s.Press("down", "enter")
	a := s.Actions()
	g, ok := a[len(a)-1].(pane.GoTo)
	if !ok || g.Table != "orders" || !g.Key.Equal(tuple.Of(tuple.Int(2))) {
		t.Errorf("enter asks for %v", a)
	}
}

func TestCommitIsAsked(t *testing.T) {
	s, _ := stage(t, several)
	s.Press("ctrl+s")
	if got, want := s.Actions(), []pane.Action{pane.Commit{}}; !slices.Equal(got, want) {
		t.Errorf("asked for %v", got)
	}
}

// TestHeldKeyDoesNotCommit presses ctrl+s at the moment that the review opens.
func TestHeldKeyDoesNotCommit(t *testing.T) {
	s, _ := stage(t, several)
	s.Env.Now = func() time.Time { return panetest.Start.Add(review.Grace - 1) }
	if a := s.Press("ctrl+s"); len(s.Actions()) > 0 {
		t.Errorf("it commits:\n%s", a.Screen())
	}
}

func TestEveryConflictHasToBeResolved(t *testing.T) {
	s, m := stage(t, several)
	all := s.Env.Changes.All()
	var conflicts []store.ConflictDetail
	for i := range all {
		d := store.ConflictDetail{Staged: all[i], Base: &all[i].Before, Mine: &all[i].After}
		switch all[i].Change.Op {
		case store.Insert:
			theirs := row(7, tuple.Text("theirs"), 1)
			d.Base, d.Theirs = nil, &theirs
		case store.Delete:
			d.Mine = nil
			theirs := row(2, tuple.Text("now"), 9)
			d.Theirs = &theirs
		}
		conflicts = append(conflicts, d)
	}
	s.Send(panetest.Did(m.Committed(&store.CommitResult{Conflicts: conflicts})))
	s.See("others have deleted this row", "others have changed this row", "others have inserted this row", "3 conflicts to resolve", "mine (m)", `"theirs"`).Golden()
	for i := range 3 {
		s.Press("ctrl+s")
		if slices.Contains(s.Actions(), pane.Action(pane.Commit{})) {
			t.Fatalf("it commits with %d conflicts", 3-i)
		}
		s.Press("m")
		s.Send(panetest.Did(m.Staged()))
	}
	s.Miss("conflict").Press("ctrl+s")
	if !slices.Contains(s.Actions(), pane.Action(pane.Commit{})) {
		t.Errorf("it does not commit:\n%s", s.Screen())
	}
}

func TestEditOfAConflictIsBasedOnTheirs(t *testing.T) {
	s, m := stage(t, func(cs *store.ChangeSet) error {
		return cs.Edit(schema("orders"), row(1, tuple.Text("old"), 5), 1, tuple.Text("mine"))
	})
	st := s.Env.Changes.All()[0]
	theirs := row(1, tuple.Text("theirs"), 6)
	s.Send(panetest.Did(m.Committed(&store.CommitResult{Conflicts: []store.ConflictDetail{{Staged: st, Base: &st.Before, Mine: &st.After, Theirs: &theirs}}})))
	s.Press("e")
	a := s.Actions()
	e, ok := a[len(a)-1].(pane.EditCell)
	if !ok || !slices.Equal(e.Row.Values, theirs.Values) || e.Column != 1 {
		t.Fatalf("e asks for %v", a)
	}
	if got := s.Env.Changes.All()[0].Change.Base; !slices.Equal(got, theirs.Values) {
		t.Errorf("the change is based on %v", got)
	}
}

func TestCopyIsCommands(t *testing.T) {
	s, _ := stage(t, several)
	s.Press("y")
	got := s.Actions()[0].(pane.Copy).Text
	want := "rowan put shop.rowan orders '(1)' a=new b:=null --update\n" +
		"rowan delete shop.rowan orders '(2)'\n" +
		`rowan put shop.rowan customers '(7)' 'a:="x\u001b[31m"' --insert` + "\n"
	if got != want {
		t.Errorf("copied\n%s\nwant\n%s", got, want)
	}
}

func TestManyChangesScroll(t *testing.T) {
	s, _ := stage(t, func(cs *store.ChangeSet) error {
		for i := range int64(500) {
			if err := cs.Delete(schema("orders"), row(i, tuple.Text(strings.Repeat("long ", 400)), i)); err != nil {
				return err
			}
		}
		return nil
	})
	s.See("(0)").Press("G").See("(499)").Press("up").See("(498)").Press("g").See("(0)", "orders")
}

func TestNothingStaged(t *testing.T) {
	s, _ := stage(t, func(*store.ChangeSet) error { return nil })
	s.See("Nothing is staged.").Press("ctrl+s", "d", "enter", "m", "t", "e", "s", "y", "down", "up", "G")
	for _, a := range s.Actions() {
		if _, ok := a.(pane.Notice); !ok {
			t.Errorf("asked for %T", a)
		}
	}
}

// TestLargeValuesAreNotDrawnWhole keeps a review of large values quick.
func TestLargeValuesAreNotDrawnWhole(t *testing.T) {
	big := strings.Repeat("x", 1<<20)
	s, _ := stage(t, func(cs *store.ChangeSet) error {
		return cs.Edit(schema("orders"), row(1, tuple.Text("old"), 5), 1, tuple.Text(big))
	})
	if n := len(s.Styled()); n > 100_000 {
		t.Errorf("the screen has %d bytes", n)
	}
}
