package pane_test

import (
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/pane/panetest"
)

func TestMatch(t *testing.T) {
	commands := []pane.Command{{Name: "down", Keys: []string{"j", "down"}}, {Name: "save", Keys: []string{"ctrl+s"}}, {Name: "mark", Keys: []string{"space"}}}
	for _, c := range []struct {
		name   string
		key    tea.KeyPressMsg
		typing bool
		want   string
	}{
		{"a letter", tea.KeyPressMsg{Code: 'j', Text: "j"}, false, "down"},
		{"a letter that is typed", tea.KeyPressMsg{Code: 'j', Text: "j"}, true, ""},
		{"a space that is typed", tea.KeyPressMsg{Code: ' ', Text: " "}, true, ""},
		{"another key of the same command", tea.KeyPressMsg{Code: tea.KeyDown}, true, "down"},
		{"control while typing", tea.KeyPressMsg{Code: 's', Mod: tea.ModCtrl}, true, "save"},
		{"a key of none", tea.KeyPressMsg{Code: 'x', Text: "x"}, false, ""},
	} {
		got := ""
		if m := pane.Match(commands, c.key, c.typing); m != nil {
			got = m.Name
		}
		if got != c.want {
			t.Errorf("%s runs %q, want %q", c.name, got, c.want)
		}
	}
}

func TestDoSaysWhyNot(t *testing.T) {
	c := pane.Command{Name: "commit", Disabled: func() string { return "nothing is staged" }, Run: func(string) (pane.Action, tea.Cmd) {
		t.Error("a command that is not possible was run")
		return nil, nil
	}}
	act, _ := c.Do("")
	if want := (pane.Notice{Text: "Blocked: nothing is staged.", Level: pane.Blocked}); act != want {
		t.Errorf("it asks for %v", act)
	}
}

func TestLentChangesAreNobodysMeanwhile(t *testing.T) {
	e := panetest.NewEnv(t, nil)
	mine := e.Changes
	lent := e.Lend()
	if lent != mine || e.Changes == mine || e.Changes.Len() != 0 {
		t.Error("the lent set is still that of the panes")
	}
	if _, ok := e.Committing(); !ok {
		t.Error("nobody can tell that it is lent")
	}
	e.Return(lent)
	if _, ok := e.Committing(); ok || e.Changes != mine {
		t.Error("the set has not come back")
	}
}
