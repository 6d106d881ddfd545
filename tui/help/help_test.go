package help_test

import (
	"slices"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/tui/help"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/pane/panetest"
)

func nothing(string) (pane.Action, tea.Cmd) { return nil, nil }

func stage(t *testing.T) *panetest.User {
	t.Helper()
	rows := []pane.Command{
		{Name: "scan", Help: "choose a range of keys", Keys: []string{"f"}, Run: nothing},
		{Name: "delete", Help: "delete the row", Keys: []string{"d"}, Disabled: func() string { return "read-only" }, Run: nothing},
		{Name: "count", Help: "count the rows", Run: nothing},
		{Name: "page-down", Help: "go down a screen", Keys: []string{"pgdown"}, Motion: true, Run: nothing},
	}
	everywhere := []pane.Command{
		{Name: "theme", Help: "change the colours", Arg: "name", Run: nothing},
		{Name: "quit", Help: "quit", Keys: []string{"q"}, Run: nothing},
	}
	var entries []pane.Entry
	for i := range rows {
		entries = append(entries, pane.Entry{Section: "Rows", Command: &rows[i]})
	}
	for i := range everywhere {
		entries = append(entries, pane.Entry{Section: "Everywhere", Command: &everywhere[i]})
	}
	env := panetest.NewEnv(t, nil)
	return panetest.On(t, env, help.New(env, entries), 70, 16)
}

func TestEverythingIsListed(t *testing.T) {
	stage(t).See(" Rows", "f  ", "choose a range of keys", "delete the row (blocked: read-only)", ":count", "PgDn", " Everywhere", ":theme")
}

func TestSearchByWordsAndKeys(t *testing.T) {
	stage(t).Type("range").See("choose a range").Miss("quit", "Everywhere")
	stage(t).Type("pgdn").See("go down a screen").Miss("range")
	stage(t).Type("rows count").See(":count").Miss("range")
	stage(t).Type("zzz").See("No entry matches.")
}

func TestEnterRunsTheEntry(t *testing.T) {
	for _, c := range []struct {
		typed string
		want  []pane.Action
	}{
		{"", []pane.Action{pane.Close{}, pane.Run{Name: "scan"}}},
		{"quit", []pane.Action{pane.Close{}, pane.Run{Name: "quit"}}},
		{"colours", []pane.Action{pane.Close{}, pane.Run{Name: "palette", Arg: "theme "}}},
		{"delete", []pane.Action{pane.Notice{Text: "Blocked: read-only.", Level: pane.Blocked}}},
	} {
		s := stage(t)
		s.Type(c.typed).Press("enter")
		if got := s.Actions(); !slices.Equal(got, c.want) {
			t.Errorf("%q and enter: %v, want %v", c.typed, got, c.want)
		}
	}
}

// TestEnterOnASectionRunsItsFirst goes up to the name of a section.
func TestEnterOnASectionRunsItsFirst(t *testing.T) {
	s := stage(t)
	s.Press("home", "enter")
	if got := s.Actions(); len(got) != 2 || got[1] != (pane.Run{Name: "scan"}) {
		t.Errorf("asked for %v", got)
	}
}
