package tui

import (
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/tui/console"
	"github.com/rowan-db/rowan/tui/dialog"
	"github.com/rowan-db/rowan/tui/pane"
)

// doQuery carries out what concerns statements and links.
func (m *Model) doQuery(act pane.Action) (tea.Cmd, bool) {
	switch act := act.(type) {
	case pane.ShowConsole:
		return m.showConsole(act.Text), true
	case pane.HideConsole:
		m.hideConsole()
		return nil, true
	case pane.ShowResult:
		return m.from(m.grid)(m.grid.ShowResult(act.Result)), true
	case pane.OpenPart:
		m.focusOn(m.grid)
		return m.from(m.grid)(m.grid.OpenPart(act.Name, act.Options)), true
	case pane.Ask:
		return m.push(dialog.NewAsk(m.env, act.Title, act.Text, choices(act.Choices)...)), true
	case pane.ShowText:
		return m.push(dialog.NewTextView(m.env, act.Title, act.Text)), true
	}
	return nil, false
}

func choices(from []pane.Choice) []dialog.Choice {
	var to []dialog.Choice
	for _, c := range from {
		to = append(to, dialog.Choice{Label: c.Label, Then: c.Then})
	}
	return to
}

// noConsole says why there is no console.
func (m *Model) noConsole() string {
	if why := m.nothingOpen(); why != "" {
		return why
	}
	if m.past != nil {
		return m.env.ReadOnly
	}
	if _, ok := m.open.store.Language(); !ok {
		return "the database has no language in which statements could be written"
	}
	return ""
}

// showConsole opens the console above the rows. Hidden, it keeps its session.
func (m *Model) showConsole(text string) tea.Cmd {
	if why := m.noConsole(); why != "" {
		return m.notify(pane.Refusal(why))
	}
	var cmd tea.Cmd
	if m.console == nil {
		m.console = console.New(m.env, m.statementFile())
		cmd = tea.Batch(m.console.Init(), m.switchConsole())
	}
	m.console.Insert(text)
	m.screen.console = true
	m.focusOn(m.console)
	return cmd
}

// statementFile is where statements are remembered: beside the journal of the
// same database.
func (m *Model) statementFile() string {
	journal := m.open.Journal
	if journal == "" {
		return ""
	}
	return strings.TrimSuffix(journal, filepath.Ext(journal)) + ".statements"
}

// switchConsole makes the console write if the database is unlocked, and only
// read if it is locked again.
func (m *Model) switchConsole() tea.Cmd {
	if m.console == nil {
		return nil
	}
	if m.guard.writer != nil {
		return m.console.UseStore(m.guard.writer.store)
	}
	return m.console.UseStore(m.open.store)
}

func (m *Model) hideConsole() {
	m.screen.console = false
	if m.focus == pane.Pane(m.console) {
		m.focusOn(m.grid)
	}
}

// dropConsole forgets the console of a database that is no longer shown: its
// session ends with the store.
func (m *Model) dropConsole() {
	m.env.Tasks.CancelPane(console.ID)
	m.console, m.screen.console = nil, false
}

// withConsole puts the console above the rows.
func (m *Model) withConsole(places []place) []place {
	if m.console == nil || !m.screen.console || m.screen.zoomed {
		return places
	}
	var out []place
	for _, p := range places {
		if p.pane != pane.Pane(m.grid) {
			out = append(out, p)
			continue
		}
		above := p
		above.pane, above.height = m.console, max(min(p.height*2/5, 16), min(7, p.height/2))
		p.y, p.height = p.y+above.height, p.height-above.height
		out = append(out, above, p)
	}
	return out
}
