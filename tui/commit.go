package tui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/tui/dialog"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/task"
)

// commitSlot is the call that writes staged changes.
var commitSlot = task.Slot{Pane: rootID, Name: "commit"}

// commits is the commit that runs and the last one that was made.
type commits struct {
	lent *store.ChangeSet // to the one that runs, nil if none does
	stop context.CancelFunc
	undo *store.Inverse // of the last one, nil if there is none
}

// commit writes what is staged. Nothing supersedes it; only the user cancels
// it, and its result is waited for even then, because it has the change set.
func (m *Model) commit(act pane.Commit) tea.Cmd {
	if m.commits.lent != nil {
		return m.notify(pane.Notice{Text: "A commit is running already.", Level: pane.Blocked})
	}
	if cmd, over := m.lockIfOver(); over {
		return cmd
	}
	w := m.env.Writer
	if w == nil {
		return m.notify(pane.Refusal(m.env.ReadOnly))
	}
	if b := measure(m.env.Changes.All()); b.isLarge() && !act.Confirmed {
		return m.push(dialog.NewConfirm(m.env, b.confirm()))
	}
	lent := m.env.Lend()
	stopped, stop := context.WithCancel(context.Background())
	m.commits.lent, m.commits.stop = lent, stop
	return task.StartWrite(m.env.Tasks, commitSlot, func(ctx context.Context) (*store.CommitResult, error) {
		if err := stopped.Err(); err != nil {
			return nil, err
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(stopped, cancel)()
		return w.Commit(ctx, lent)
	})
}

// stopCommit asks the commit that runs to give up.
func (m *Model) stopCommit() {
	if m.commits.stop != nil {
		m.commits.stop()
	}
}

// commitDone takes the change set back and tells what became of it.
func (m *Model) commitDone(d task.Done[*store.CommitResult]) tea.Cmd {
	m.env.Return(m.commits.lent)
	m.commits.stop()
	m.commits.lent, m.commits.stop = nil, nil
	locked, _ := m.lockIfOver() // it was put off while the commit ran
	return tea.Batch(locked, m.commitEnded(d))
}

// commitEnded tells what became of a commit.
func (m *Model) commitEnded(d task.Done[*store.CommitResult]) tea.Cmd {
	if d.Err == nil {
		return m.committed(d.Value)
	}
	told := m.staged()
	if store.KindOf(d.Err) == store.Canceled {
		text := "The commit was canceled. Staged changes are kept; R shows whether some were written."
		return tea.Batch(told, m.notify(pane.Notice{Text: text, Level: pane.Warning}))
	}
	report := pane.Report{Err: d.Err, Retry: pane.Commit{}}
	if store.KindOf(d.Err) == store.OutcomeUnknown {
		report.Retry = nil // it might be written twice
	}
	return tea.Batch(told, m.do(nil, report))
}

// committed takes notice of what became of a commit, and tells the panes.
func (m *Model) committed(r *store.CommitResult) tea.Cmd {
	cmds := []tea.Cmd{m.staged()}
	for _, p := range m.panes() {
		if c, ok := p.(pane.Committer); ok {
			cmds = append(cmds, m.from(p)(c.Committed(r)))
		}
	}
	if n := len(r.Conflicts); n > 0 {
		text := fmt.Sprintf("Nothing was written: others have changed %s.", countOf(n, "row"))
		return tea.Batch(append(cmds, m.notify(pane.Notice{Text: text, Level: pane.Warning}))...)
	}
	m.commits.undo = r.Undo
	text := fmt.Sprintf("Committed %s.", countOf(r.Written, "change"))
	if r.Confirmed {
		text += " The connection was lost before the answer came: the rows were read again, and hold them."
	}
	if r.Undo != nil {
		text += " :undo-commit takes that back."
	}
	return tea.Batch(append(cmds, m.notify(pane.Notice{Text: text, Level: pane.Success}))...)
}

// undoCommit stages what takes the last commit back.
func (m *Model) undoCommit() tea.Cmd {
	n := m.commits.undo.Len()
	if err := m.env.Changes.StageInverse(m.commits.undo); err != nil {
		return m.do(nil, pane.Report{Err: err})
	}
	m.commits.undo = nil
	text := fmt.Sprintf("Staged what takes the last commit back, %s: ctrl+s reviews it.", countOf(n, "change"))
	return tea.Batch(m.staged(), m.notify(pane.Notice{Text: text}))
}
