package palette_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/tui/palette"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/pane/panetest"
)

func nothing(string) (pane.Action, tea.Cmd) { return nil, nil }

// entries are commands like those of the program.
func entries() []pane.Entry {
	commands := []pane.Command{
		{Name: "goto", Help: "go to a key", Keys: []string{"ctrl+g"}, Arg: "key", Run: nothing},
		{Name: "open", Help: "open a table", Arg: "table", Complete: func() []string { return []string{"customers", "orders", "old_orders"} }, Run: nothing},
		{Name: "theme", Help: "change the colours", Arg: "name", Complete: func() []string { return []string{"dark", "light"} }, Run: nothing},
		{Name: "review", Help: "review staged changes", Keys: []string{"ctrl+s"}, Disabled: func() string { return "nothing is staged" }, Run: nothing},
		{Name: "quit", Help: "leave the program", Keys: []string{"q"}, Run: nothing},
		{Name: "down", Help: "go down", Keys: []string{"down"}, Motion: true, Run: nothing},
	}
	out := make([]pane.Entry, len(commands))
	for i := range commands {
		out[i] = pane.Entry{Section: "Everywhere", Command: &commands[i]}
	}
	return out
}

func stage(t *testing.T, h *palette.History) *panetest.User {
	t.Helper()
	env := panetest.NewEnv(t, nil)
	return panetest.On(t, env, palette.New(env, entries(), h, ""), 80, 16)
}

// ran returns the command that was run, as it would be typed.
func ran(s *panetest.User) string {
	for _, a := range s.Actions() {
		if r, ok := a.(pane.Run); ok {
			return strings.TrimSpace(r.Name + " " + r.Arg)
		}
	}
	return ""
}

func TestWhatIsTypedIsRun(t *testing.T) {
	for _, c := range []struct{ typed, want string }{
		{"quit", "quit"},
		{":quit", "quit"},
		{"qt", "quit"},
		{`goto ("user",42)`, `goto ("user",42)`},
		{"goto ", "goto"},
		{"theme light", "theme light"},
		{"light", "theme light"},
		{"open ord", "open orders"},
		{"open custom", "open customers"},
		{"custom", "open customers"},
		{"open no_such_table", "open no_such_table"},
		{"leave", "quit"},
	} {
		s := stage(t, &palette.History{})
		s.Type(c.typed).Press("enter")
		if got := ran(s); got != c.want {
			t.Errorf("%q runs %q, want %q:\n%s", c.typed, got, c.want, s.Screen())
		}
	}
}

func TestArgumentIsAskedFor(t *testing.T) {
	s := stage(t, &palette.History{})
	s.Type("got").Press("enter").See(": goto", "go to a key")
	if got := ran(s); got != "" {
		t.Fatalf("it ran %q without an argument", got)
	}
	s.Type("(1)").Press("enter")
	if got := ran(s); got != "goto (1)" {
		t.Errorf("it ran %q", got)
	}
}

func TestBlockedCommandsSayWhy(t *testing.T) {
	s := stage(t, &palette.History{})
	s.Type("rev").See("blocked: nothing is staged").Press("enter")
	a := s.Actions()
	if len(a) != 1 || a[0].(pane.Notice).Level != pane.Blocked {
		t.Errorf("asked for %v", a)
	}
}

func TestSelectedItemIsRun(t *testing.T) {
	s := stage(t, &palette.History{})
	s.Type("open ").Press("down", "down", "enter")
	if got := ran(s); got != "open old_orders" {
		t.Errorf("it ran %q", got)
	}
	s = stage(t, &palette.History{})
	s.Type("ord").Press("tab").See(": open orders").Press("enter")
	if got := ran(s); got != "open orders" {
		t.Errorf("after tab it ran %q", got)
	}
}

func TestHistoryComesFirst(t *testing.T) {
	var h palette.History
	for _, line := range []string{"quit", "theme light", "quit"} {
		stage(t, &h).Type(line).Press("enter")
	}
	s := stage(t, &h)
	s.Press("enter")
	if got := ran(s); got != "quit" {
		t.Errorf("the newest is %q", got)
	}
	s = stage(t, &h)
	s.Press("ctrl+n", "enter")
	if got := ran(s); got != "theme light" {
		t.Errorf("the one before is %q", got)
	}
}

func TestMotionsAreLeftOut(t *testing.T) {
	stage(t, &palette.History{}).See("quit").Miss("go down")
}

func TestNothingMatches(t *testing.T) {
	s := stage(t, &palette.History{})
	s.Type("zzz").See("Nothing matches.").Press("tab", "enter")
	if a := s.Actions(); slices.ContainsFunc(a, func(a pane.Action) bool { _, ok := a.(pane.Close); return ok }) {
		t.Errorf("it closed: %v", a)
	}
}

// TestManyOffersAreCut keeps the palette quick with tens of thousands of
// tables.
func TestManyOffersAreCut(t *testing.T) {
	names := make([]string, 50_000)
	for i := range names {
		names[i] = fmt.Sprintf("table%05d", i)
	}
	c := pane.Command{Name: "open", Help: "open a table", Arg: "table", Complete: func() []string { return names }, Run: nothing}
	env := panetest.NewEnv(t, nil)
	s := panetest.On(t, env, palette.New(env, []pane.Entry{{Command: &c}}, &palette.History{}, ""), 80, 16)
	s.Type("table4").Press("end").See("table40199").Miss("table40200")
}
