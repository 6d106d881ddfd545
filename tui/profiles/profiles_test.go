package profiles_test

import (
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/pane/panetest"
	"github.com/rowan-db/rowan/tui/profiles"
)

var entries = []profiles.Entry{
	{Name: "prod-eu", Target: "postgres://db.example.org/shop", Backend: "postgres", Environment: "prod", ReadOnly: true, Opened: panetest.Start.Add(-3 * time.Hour)},
	{Name: "shop", Target: "/data/shop.rowan", Environment: "dev", Opened: panetest.Start.Add(-90 * 24 * time.Hour)},
	{Target: "/data/bad\x1b[31m.db", Opened: panetest.Start.Add(-5 * time.Minute)},
}

func stage(t *testing.T, e []profiles.Entry) *panetest.User {
	t.Helper()
	env := panetest.NewEnv(t, nil)
	return panetest.On(t, env, profiles.New(env, e, nil), 90, 16)
}

func TestListShowsWhatIsKnown(t *testing.T) {
	stage(t, entries).See("prod-eu", "PROD", "read-only", "postgres", "3 h ago", "dev", "90 days ago", "bad␛[31m.db", "5 min ago")
}

func TestEnterOpens(t *testing.T) {
	for _, c := range []struct {
		typed string
		keys  []string
		want  pane.OpenTarget
	}{
		{"", []string{"enter"}, pane.OpenTarget{Target: "prod-eu", ReadOnly: true}},
		{"", []string{"down", "enter"}, pane.OpenTarget{Target: "shop"}},
		{"", []string{"down", "ctrl+r"}, pane.OpenTarget{Target: "shop", ReadOnly: true}},
		{"SHOP.r", []string{"enter"}, pane.OpenTarget{Target: "shop"}},
		{"/data/shop", []string{"enter"}, pane.OpenTarget{Target: "shop"}},
		{"/data/new.db", []string{"enter"}, pane.OpenTarget{Target: "/data/new.db"}},
		{"./shop", []string{"enter"}, pane.OpenTarget{Target: "./shop"}},
		{"  other.db ", []string{"enter"}, pane.OpenTarget{Target: "other.db"}},
		{"postgres://else/", []string{"ctrl+r"}, pane.OpenTarget{Target: "postgres://else/", ReadOnly: true}},
	} {
		s := stage(t, entries)
		s.Type(c.typed).Press(c.keys...)
		if got := s.Actions(); !slices.Equal(got, []pane.Action{c.want}) {
			t.Errorf("%q %v: %+v, want %+v", c.typed, c.keys, got, c.want)
		}
	}
}

func TestEmptyStateTellsWhatToType(t *testing.T) {
	s := stage(t, nil)
	s.See("rowan demo", "rowan FILE", "Or type a path above").Press("enter")
	if got := s.Actions(); len(got) != 1 || got[0].(pane.Notice).Level != pane.Blocked {
		t.Errorf("asked for %v", got)
	}
}

func TestFooterNamesTheWayOut(t *testing.T) {
	m := profiles.New(panetest.NewEnv(t, nil), entries, nil)
	text := func() (s string) {
		for _, span := range m.Footer() {
			s += span.Text
		}
		return s
	}
	if got := text(); got != " esc quit " {
		t.Errorf("at first: %q", got)
	}
	m.Update(tea.KeyPressMsg{Code: 'x', Text: "x"})
	if got := text(); got != " esc clear " {
		t.Errorf("with something typed: %q", got)
	}
}
