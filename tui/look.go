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
	light  bool          // what the terminal said of its background
	known  bool          // it has said so
}

// restyle makes the styles of the theme that applies.
func (m *Model) restyle() {
	t := m.look.chosen
	if t == nil {
		t = themes.Default(!m.look.light)
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
	return task.Start(m.env.Tasks, themeSlot, func(context.Context) (*themes.Theme, error) {
		return themes.Find(name)
	})
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
