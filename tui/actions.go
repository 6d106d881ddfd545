package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/tui/dialog"
	"github.com/rowan-db/rowan/tui/edit"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/profiles"
	"github.com/rowan-db/rowan/tui/review"
	"github.com/rowan-db/rowan/tui/scan"
)

// do carries out what from asks for; nil is the program itself.
func (m *Model) do(from pane.Pane, act pane.Action) tea.Cmd {
	switch act := act.(type) {
	case nil:
		return nil
	case pane.Actions:
		cmds := make([]tea.Cmd, len(act))
		for i, a := range act {
			cmds[i] = m.do(from, a)
		}
		return tea.Batch(cmds...)
	case pane.Close:
		m.closeOverlay(from)
		return nil
	case pane.Notice:
		return m.notify(act)
	case pane.Report:
		return m.report(act)
	case pane.Copy:
		return m.copy(act)
	case pane.Run:
		return m.run(act)
	case pane.Quit:
		return m.quit()
	case pane.QuitNow:
		return tea.Quit
	case pane.SetTheme:
		return m.setTheme(act.Name)
	case pane.PreviewTheme:
		m.tryTheme(act.Name)
		return nil
	}
	if cmd, ok := m.doData(act); ok {
		return cmd
	}
	if cmd, ok := m.doQuery(act); ok {
		return cmd
	}
	return m.doScreen(act)
}

// doData carries out what concerns the database and what is staged.
func (m *Model) doData(act pane.Action) (tea.Cmd, bool) {
	switch act := act.(type) {
	case pane.OpenTarget:
		return m.openTarget(act), true
	case pane.OpenTable:
		return m.openTable(act.Name), true
	case pane.OpenView:
		m.focusOn(m.grid)
		return m.from(m.grid)(m.grid.OpenView(act.Options)), true
	case pane.GoTo:
		m.focusOn(m.grid)
		return m.from(m.grid)(m.grid.GoTo(act.Table, act.Key)), true
	case pane.Selected:
		if act.Schema != nil {
			m.objects.SetCurrent(act.Schema.Name)
		}
		return m.from(m.value)(m.value.Show(act)), true
	case pane.Staged:
		return m.staged(), true
	case pane.Discard:
		m.changes().Clear()
		return m.staged(), true
	case pane.Commit:
		return m.commit(act), true
	case pane.Unlock:
		return m.unlock(act), true
	case pane.Lock:
		return m.lock(), true
	case pane.DropTable:
		return m.dropTable(act), true
	case pane.DropVersion:
		return m.dropVersion(act), true
	case pane.Compact:
		return m.compact(), true
	case pane.ShowKept:
		return m.showKept(act.Name), true
	case pane.ShowPresent:
		return m.showPresent(), true
	case pane.Compare:
		return m.compare(act.From, act.To), true
	case pane.UndoCommits:
		return m.undoCommits(act.Commits), true
	case pane.StopCommit:
		m.stopCommit()
	case pane.Committed:
		return m.committed(act.Result), true
	case pane.UndoCommit:
		return m.undoCommit(), true
	case pane.Reload:
		return tea.Batch(m.reload(), m.compareAgain()), true
	default:
		return nil, false
	}
	return nil, true
}

// doScreen carries out what concerns panels and overlays.
func (m *Model) doScreen(act pane.Action) tea.Cmd {
	switch act := act.(type) {
	case pane.ShowScan:
		return m.push(scan.New(m.env, act))
	case pane.EditCell:
		return m.push(edit.NewCell(m.env, act))
	case pane.InsertRow:
		return m.push(edit.NewRow(m.env, act))
	case pane.EditProfile:
		return m.push(profiles.NewForm(m.env, m.options.Book, act))
	case pane.Review:
		return m.push(review.New(m.env))
	case pane.Confirm:
		return m.push(dialog.NewConfirm(m.env, act))
	case pane.Focus:
		m.focusID(act.ID)
	case pane.Zoom:
		m.screen.zoomed = !m.screen.zoomed
	default:
		panic(fmt.Sprintf("tui: no case for the action %T", act))
	}
	return nil
}

// reload reads the tables and the rows that are shown again.
func (m *Model) reload() tea.Cmd {
	return tea.Batch(m.objects.Load(), m.from(m.grid)(m.grid.Refresh()), m.readNames(), m.checkPast())
}

func (m *Model) openTable(name string) tea.Cmd {
	if m.open == nil {
		return m.notify(pane.Notice{Text: "Open a database first.", Level: pane.Blocked})
	}
	m.focusOn(m.grid)
	return m.from(m.grid)(m.grid.Open(name))
}

// staged tells the panes that the change set changed.
func (m *Model) staged() tea.Cmd {
	var cmds []tea.Cmd
	for _, p := range m.panes() {
		if w, ok := p.(pane.Watcher); ok {
			cmds = append(cmds, m.from(p)(w.Staged()))
		}
	}
	if err := m.env.Changes.Err(); err != nil {
		cmds = append(cmds, m.notify(pane.Notice{Text: "Staged changes are not kept on disk: " + err.Error(), Level: pane.Warning}))
	}
	return tea.Batch(cmds...)
}

// quit leaves the program, or asks first if something would be left undone.
func (m *Model) quit() tea.Cmd {
	n := m.changes().Len()
	switch {
	case m.env.Tasks.Writing():
		m.asked = dialog.NewAsk(m.env, "A commit is running",
			"If you quit now it is canceled, and it may have been written or not.",
			dialog.Choice{Label: "Wait"}, dialog.Choice{Label: "Cancel it and quit", Then: pane.QuitNow{}})
	case n == 0:
		return tea.Quit
	case m.volatile():
		m.asked = dialog.NewConfirm(m.env, m.confirmLoss(pane.QuitNow{}))
	default:
		m.asked = dialog.NewAsk(m.env, "Quit",
			are(n)+", and will be there again the next time that "+m.env.Name+" is opened.",
			dialog.Choice{Label: "Stay"},
			dialog.Choice{Label: "Keep and quit", Then: pane.QuitNow{}},
			dialog.Choice{Label: "Discard and quit", Then: pane.Actions{pane.Discard{}, pane.QuitNow{}}})
	}
	return m.push(m.asked)
}

// countOf returns a number of things in words.
func countOf(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
