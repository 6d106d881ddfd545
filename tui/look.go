package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/style"
	"github.com/rowan-db/rowan/tui/task"
)

// look is how the screen is coloured.
type look struct {
	chosen *themes.Theme // by the user or the database; nil goes by light
	tried  *themes.Theme // shown for a moment in its place, nil if none is
	light  bool          // what the terminal said of its background
	known  bool          // it has said so
}

// restyle makes the styles of the theme that applies.
func (m *Model) restyle() {
	t := themes.Default(!m.look.light)
	if m.look.chosen != nil {
		t = m.look.chosen
	}
	if m.look.tried != nil {
		t = m.look.tried
	}
	m.env.Styles = style.New(t)
	m.screen.stale = true
}

// askBackground asks the terminal for its background colour, which it may
// never tell, unless the user has chosen a theme.
func (m *Model) askBackground() tea.Cmd {
	if m.look.chosen != nil {
		return nil
	}
	return tea.RequestBackgroundColor
}

func (m *Model) background(dark bool) {
	m.look.light, m.look.known = !dark, true
	m.restyle()
}

// themeSlot is the call that reads a theme's file.
var themeSlot = task.Slot{Pane: rootID, Name: "theme"}

// setTheme changes the theme to a built-in one or that of a file; "auto" goes by
// the background again.
func (m *Model) setTheme(name string) tea.Cmd {
	m.env.Tasks.Cancel(themeSlot)
	if name == autoTheme {
		m.look.chosen = nil
		m.restyle()
		return m.askBackground()
	}
	if t, err := themes.Named(name); err == nil {
		m.look.chosen = t
		m.restyle()
		return nil
	}
	return task.Start(m.env.Tasks, themeSlot, func(context.Context) (*themes.Theme, error) {
		return themes.Find(name)
	})
}

// tryTheme shows a built-in theme for a while. The empty name, or that of none,
// brings the one that was chosen back.
func (m *Model) tryTheme(name string) {
	var t *themes.Theme
	switch name {
	case "":
	case autoTheme:
		t = themes.Default(!m.look.light)
	default:
		t, _ = themes.Named(name)
	}
	if t != m.look.tried {
		m.look.tried = t
		m.restyle()
	}
}

// themeRead takes the theme that was asked for.
func (m *Model) themeRead(d task.Done[*themes.Theme]) tea.Cmd {
	if d.Err != nil {
		return m.do(nil, pane.Report{Err: d.Err})
	}
	m.look.chosen = d.Value
	m.restyle()
	return nil
}

// autoTheme is what the user calls the theme that goes by the background.
const autoTheme = "auto"
