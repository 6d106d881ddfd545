package tui

import (
	"context"
	"fmt"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/task"
)

// undoSlot is the call that looks which commits can be undone.
var undoSlot = task.Slot{Pane: rootID, Name: "commits"}

// undoable is the state that undoing some commits leads to.
type undoable struct {
	commits int
	state   store.Version
}

// askUndo looks which state undoing the last commits leads to.
func (m *Model) askUndo(arg string) (pane.Action, tea.Cmd) {
	n := 1
	if arg != "" {
		var err error
		if n, err = strconv.Atoi(arg); err != nil || n < 1 {
			return pane.Notice{Text: arg + " is no number of commits.", Level: pane.Warning}, nil
		}
	}
	st := m.env.Present
	return nil, task.Start(m.env.Tasks, undoSlot, func(ctx context.Context) (undoable, error) {
		all, err := st.Versions(ctx)
		if err != nil {
			return undoable{}, err
		}
		v, err := before(all, n)
		return undoable{n, v}, err
	})
}

// before returns the state that the last n commits found: those without a name
// are the history.
func before(all []store.Version, n int) (store.Version, error) {
	var history []store.Version
	for _, v := range all {
		if v.Name == "" {
			history = append(history, v)
		}
	}
	switch {
	case len(history) == 0:
		return store.Version{}, driver.Errorf(driver.NotFound, "there is no commit that can be undone")
	case n > len(history):
		return store.Version{}, driver.Errorf(driver.NotFound, "only the last %s can be undone", countOf(len(history), "commit"))
	}
	return history[len(history)-n], nil
}

// confirmUndo asks whether to undo commits, whoever made them.
func (m *Model) confirmUndo(d task.Done[undoable]) tea.Cmd {
	if d.Err != nil {
		return m.fail(d.Err)
	}
	now, at := m.env.Now(), d.Value.state.Time
	which := "The last commit is undone, whoever made it"
	if d.Value.commits > 1 {
		which = fmt.Sprintf("The last %d commits are undone, whoever made them", d.Value.commits)
	}
	c := pane.Confirm{
		Title: "Undo " + countOf(d.Value.commits, "commit"),
		Text: fmt.Sprintf("%s: all tables become as they were at %s, %s ago. That is a commit, too: undoing it brings back what is undone.",
			which, at.In(now.Location()).Format(time.DateTime), display.Duration(now.Sub(at))),
		Yes: "Undo", Then: pane.UndoCommits{Commits: d.Value.commits},
	}
	if m.env.Environment == pane.Production {
		c.Word = m.env.Name
		c.Text += "\nType " + m.env.Name + " to go on, and press enter:"
	}
	return m.do(nil, c)
}

// undoCommits undoes the last commits. The user has agreed.
func (m *Model) undoCommits(n int) tea.Cmd {
	return m.write(func(ctx context.Context, w *store.Writer) (upkept, error) {
		return upkept{text: "Undid " + countOf(n, "commit") + ". :revert brings that back.", rows: true}, w.UndoCommits(ctx, n)
	})
}
