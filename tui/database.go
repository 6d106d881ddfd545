package tui

import (
	"context"
	"errors"
	"fmt"
	"sync"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/dialog"
	"github.com/rowan-db/rowan/tui/grid"
	"github.com/rowan-db/rowan/tui/objects"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/task"
	"github.com/rowan-db/rowan/tui/value"
)

// openSlot is the call that opens a database.
var openSlot = task.Slot{Pane: rootID, Name: "open"}

// database is an open database.
type database struct {
	store *store.Store
	Opened
}

func (db *database) close() error {
	var err error
	if db.Changes != nil {
		err = db.Changes.Close()
	}
	return errors.Join(err, db.store.Close())
}

// closer is what the program has open.
type closer interface{ close() error }

// shelf holds everything that is open, so that nothing is forgotten: also what
// was opened on another goroutine and whose result nobody took.
type shelf struct {
	mu     sync.Mutex
	open   map[closer]bool
	closed bool
}

// add puts something on the shelf, or closes it if the program has ended.
func (s *shelf) add(c closer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		_ = c.close() // nobody is there to be told
		return
	}
	if s.open == nil {
		s.open = map[closer]bool{}
	}
	s.open[c] = true
}

// close closes something, unless that was done already.
func (s *shelf) close(c closer) error {
	s.mu.Lock()
	held := s.open[c]
	delete(s.open, c)
	s.mu.Unlock()
	if !held {
		return nil
	}
	return c.close()
}

// closeAll closes what is open now and what is put on the shelf later.
func (s *shelf) closeAll() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	var errs []error
	for c := range s.open {
		errs = append(errs, c.close())
	}
	s.open = nil
	return errors.Join(errs...)
}

// opening is what came of opening a database.
type opening struct {
	act pane.OpenTarget
	db  *database // nil if it failed
}

// openTarget opens another database. What is shown stays until it is there.
func (m *Model) openTarget(act pane.OpenTarget) tea.Cmd {
	open, shelf := m.options.Open, &m.shelf
	switch {
	case open == nil:
		return m.notify(pane.Notice{Text: "Other databases cannot be opened from here.", Level: pane.Blocked})
	case m.env.Tasks.Writing():
		return m.notify(pane.Notice{Text: "A commit is running: wait for it first.", Level: pane.Blocked})
	case m.volatile():
		return m.do(nil, m.confirmLoss(act))
	}
	m.start.SetOpening(act.Target)
	return task.Start(m.env.Tasks, openSlot, func(ctx context.Context) (opening, error) {
		s, opened, err := open(ctx, Request{Target: act.Target, ReadOnly: act.ReadOnly, Password: string(act.Password)})
		if err != nil {
			return opening{act: act}, err
		}
		db := &database{store: s, Opened: opened}
		shelf.add(db)
		return opening{act, db}, nil
	})
}

// volatile reports whether staged changes would be lost with this process.
func (m *Model) volatile() bool {
	return m.changes().Len() > 0 && (m.open == nil || m.open.Journal == "")
}

// confirmLoss asks before staged changes that are in memory only are lost.
func (m *Model) confirmLoss(then pane.Action) pane.Confirm {
	return pane.Confirm{
		Title: "Staged changes would be lost",
		Text:  fmt.Sprintf("%s in memory only: they will not come back.", are(m.changes().Len())),
		Yes:   "Lose them",
		Then:  pane.Actions{pane.Discard{}, then},
	}
}

// are returns the number of staged changes, for the beginning of a sentence.
func are(n int) string {
	if n == 1 {
		return "1 change is staged"
	}
	return fmt.Sprintf("%d changes are staged", n)
}

// result takes a result of a call of the root's own.
func (m *Model) result(res task.Result, wanted bool) tea.Cmd {
	switch d := res.(type) {
	case task.Done[opening]:
		return m.opened(d, wanted)
	case task.Done[*store.CommitResult]:
		return m.commitDone(d)
	case task.Done[unlocking]:
		return m.unlocked(d, wanted)
	case task.Done[pastOpened]:
		return m.pastOpened(d, wanted)
	case task.Done[comparing]:
		return m.compared(d, wanted)
	case task.Done[looked]:
		if wanted && m.past != nil {
			return m.pastLooked(d)
		}
	case task.Done[keptNames]:
		if wanted && d.Err == nil {
			m.names = d.Value
		}
	case task.Done[undoable]:
		if wanted {
			return m.confirmUndo(d)
		}
	case task.Done[extent]:
		if wanted {
			return m.measured(d)
		}
	case task.Done[dropped]:
		return m.tableDropped(d)
	case task.Done[upkept]:
		if wanted || d.Err == nil && d.Ticket().Slot == upkeepSlot {
			return m.upkeepDone(d)
		}
	case task.Done[statistics]:
		if wanted {
			return m.showInfo(d)
		}
	case task.Done[*themes.Theme]:
		if wanted {
			return m.themeRead(d)
		}
	}
	return nil
}

// opened takes a database that was opened.
func (m *Model) opened(d task.Done[opening], wanted bool) tea.Cmd {
	if !wanted {
		return m.putDatabase(d.Value.db)
	}
	m.start.SetOpening("")
	switch {
	case d.Err == nil && m.env.Tasks.Writing():
		return tea.Batch(m.putDatabase(d.Value.db), m.notify(pane.Notice{Text: "A commit is running: open the other database after it.", Level: pane.Warning}))
	case d.Err == nil:
		return m.show(d.Value.db)
	case store.KindOf(d.Err) == store.Canceled:
		return nil
	}
	if need, ok := errors.AsType[*NeedPassword](d.Err); ok {
		return m.askPassword(need, func(password pane.Secret) pane.Action {
			act := d.Value.act
			act.Password = password
			return act
		})
	}
	return m.do(nil, pane.Report{Err: d.Err, Retry: d.Value.act})
}

// askPassword asks for a password, and does then with it.
func (m *Model) askPassword(need *NeedPassword, then func(pane.Secret) pane.Action) tea.Cmd {
	return m.push(dialog.NewPassword(m.env, need.Question, need.Again, then))
}

// putDatabase closes a database in the background; nil is none.
func (m *Model) putDatabase(db *database) tea.Cmd {
	if db == nil {
		return nil
	}
	return m.put(db)
}

// put closes something in the background.
func (m *Model) put(c closer) tea.Cmd {
	shelf := &m.shelf
	return func() tea.Msg {
		if err := shelf.close(c); err != nil {
			return closeFailed{err}
		}
		return nil
	}
}

// closeFailed tells that something could not be closed.
type closeFailed struct{ err error }

// show makes db the database that is shown, and closes the one before.
func (m *Model) show(db *database) tea.Cmd {
	before, writer := m.open, m.guard.writer
	m.cancelPanels()
	m.env.Tasks.Cancel(unlockSlot)
	m.env.Tasks.Cancel(pastSlot)
	m.env.Tasks.Cancel(compareSlot)
	m.closeOverlays()
	past := m.forgetPast()
	m.dropConsole()
	m.open = db
	m.setEnv(db)
	m.newPanels()
	m.commits = commits{}
	m.guard = guard{number: m.guard.number}
	m.focus = m.objects
	cmds := []tea.Cmd{past, m.putDatabase(before), m.putDatabase(writer), m.objects.Load(), m.readNames()}
	if n := m.env.Changes.Len(); n > 0 {
		cmds = append(cmds, m.notify(pane.Notice{Text: are(n) + " from the last time. ctrl+s opens the review."}))
	}
	for _, note := range db.Notes {
		cmds = append(cmds, m.notify(pane.Notice{Text: note, Level: pane.Warning}))
	}
	return tea.Batch(cmds...)
}

// cancelPanels abandons what the panels read.
func (m *Model) cancelPanels() {
	for _, id := range []string{objects.ID, grid.ID, value.ID} {
		m.env.Tasks.CancelPane(id)
	}
}

// setEnv tells the panes which database is open.
func (m *Model) setEnv(db *database) {
	e, info := m.env, db.store.Info()
	e.Store, e.Present, e.Kept = db.store, db.store, ""
	e.Target, e.Name, e.Environment = db.Target, db.Name, db.Environment
	if e.Name == "" {
		e.Name = info.Name
	}
	if db.Changes == nil {
		db.Changes = store.NewChangeSet()
	}
	e.Changes = db.Changes
	w, err := db.store.Writer()
	e.Writer, e.ReadOnly = w, info.ReadOnly
	if err != nil && e.ReadOnly == "" {
		e.ReadOnly = err.Error()
	}
	if db.Unlock > 0 {
		e.ReadOnly = db.locked()
	}
	if db.Theme != nil {
		m.look.chosen = db.Theme
		m.restyle()
	}
}
