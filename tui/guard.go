package tui

import (
	"context"
	"errors"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/task"
)

// unlockSlot is the call that opens a guarded database for writing.
var unlockSlot = task.Slot{Pane: rootID, Name: "unlock"}

// guard is how a production database is kept from being written by mistake. Its
// store was opened read-only, and there is no writer, until the user unlocks it
// by typing its name: then a second store is opened for writing, and closed
// when the time is over. What is staged is kept in the meantime.
type guard struct {
	writer *database // nil while locked
	until  time.Time
	number int // of the unlocking, so that ticks of an earlier one are known
}

// guardTick tells that the time that is left may read differently.
type guardTick struct{ number int }

// locked says why a guarded database cannot be written now.
func (db *database) locked() string {
	return fmt.Sprintf("%s is a production database: :unlock allows writing for %s", db.Name, minutes(db.Unlock))
}

// minutes returns a time as people say it: whole minutes, or the seconds of the
// last one.
func minutes(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%d s", (d+time.Second-1)/time.Second)
	}
	return fmt.Sprintf("%d min", (d+time.Minute-1)/time.Minute)
}

func (m *Model) noUnlock() string {
	switch {
	case m.open == nil:
		return "no database is open"
	case m.past != nil:
		return m.env.ReadOnly
	case m.guard.writer != nil:
		return "it is unlocked already, for " + minutes(m.timeLeft())
	case m.open.Unlock > 0:
		return ""
	case m.env.Writer != nil:
		return "it is not guarded: it can be written"
	}
	return m.env.ReadOnly
}

func (m *Model) noLock() string {
	if m.guard.writer == nil {
		return "nothing is unlocked"
	}
	if m.commits.lent != nil {
		return "a commit is running"
	}
	return ""
}

// confirmUnlock asks for the name of the database, typed out.
func (m *Model) confirmUnlock(string) (pane.Action, tea.Cmd) {
	return pane.Confirm{
		Title: "Unlock " + m.env.Name,
		Text: fmt.Sprintf("This is a production database. It can be written for %s; commits are reviewed as ever.\nType %s to go on, and press enter:",
			minutes(m.open.Unlock), m.env.Name),
		Word: m.env.Name, Yes: "Unlock", Then: pane.Unlock{},
	}, nil
}

// unlocking is what came of opening a database for writing.
type unlocking struct{ db *database }

// unlock opens the database for writing, beside the store that is shown.
func (m *Model) unlock(act pane.Unlock) tea.Cmd {
	if why := m.noUnlock(); why != "" {
		return m.notify(pane.Refusal(why))
	}
	open, shelf := m.options.Open, &m.shelf
	if open == nil {
		return m.notify(pane.Refusal("databases cannot be opened from here"))
	}
	r := Request{Target: m.env.Target, Unlock: true, Password: string(act.Password)}
	return task.Start(m.env.Tasks, unlockSlot, func(ctx context.Context) (unlocking, error) {
		s, _, err := open(ctx, r)
		if err != nil {
			return unlocking{}, err
		}
		db := &database{store: s}
		shelf.add(db)
		return unlocking{db}, nil
	})
}

// unlocked takes the store that can write.
func (m *Model) unlocked(d task.Done[unlocking], wanted bool) tea.Cmd {
	if !wanted {
		return m.putDatabase(d.Value.db)
	}
	if need, ok := errors.AsType[*NeedPassword](d.Err); ok {
		return m.askPassword(need, func(password pane.Secret) pane.Action { return pane.Unlock{Password: password} })
	}
	if d.Err != nil {
		if store.KindOf(d.Err) == store.Canceled {
			return nil
		}
		return m.do(nil, pane.Report{Err: d.Err, Retry: pane.Unlock{}})
	}
	w, err := d.Value.db.store.Writer()
	if err != nil {
		return tea.Batch(m.put(d.Value.db), m.do(nil, pane.Report{Err: err}))
	}
	m.setWriter(w, "")
	m.guard.writer, m.guard.until = d.Value.db, m.env.Now().Add(m.open.Unlock)
	m.guard.number++
	text := fmt.Sprintf("%s can be written for %s. :lock ends that.", m.env.Name, minutes(m.open.Unlock))
	return tea.Batch(m.tickGuard(), m.switchConsole(), m.notify(pane.Notice{Text: text, Level: pane.Warning}))
}

// timeLeft is for how long the database can be written still.
func (m *Model) timeLeft() time.Duration { return m.guard.until.Sub(m.env.Now()) }

// tickGuard waits until the time that is left reads differently.
func (m *Model) tickGuard() tea.Cmd {
	left, number := m.timeLeft(), m.guard.number
	step := time.Minute
	if left <= time.Minute {
		step = time.Second
	}
	next := left % step
	if next <= 0 {
		next = step
	}
	return tea.Tick(next, func(time.Time) tea.Msg { return guardTick{number} })
}

func (m *Model) guardTicked(t guardTick) tea.Cmd {
	if m.guard.writer == nil || t.number != m.guard.number {
		return nil
	}
	if cmd, over := m.lockIfOver(); over {
		return cmd
	}
	return m.tickGuard()
}

// lockIfOver locks the database when the time is over, but not while a commit
// writes: that was begun in time.
func (m *Model) lockIfOver() (cmd tea.Cmd, over bool) {
	if m.guard.writer == nil || m.commits.lent != nil || m.timeLeft() > 0 {
		return nil, false
	}
	text := fmt.Sprintf("The time to write to %s is over: it is locked again.", m.env.Name)
	if n := m.changes().Len(); n > 0 {
		text = fmt.Sprintf("The time to write to %s is over: %s, and kept. :unlock allows writing again.", m.env.Name, are(n))
	}
	return tea.Batch(m.lockNow(), m.notify(pane.Notice{Text: text, Level: pane.Warning})), true
}

// lock ends the time to write.
func (m *Model) lock() tea.Cmd {
	if why := m.noLock(); why != "" {
		return m.notify(pane.Refusal(why))
	}
	return tea.Batch(m.lockNow(), m.notify(pane.Notice{Text: m.env.Name + " is locked: it cannot be written."}))
}

// lockNow gives up the store that can write.
func (m *Model) lockNow() tea.Cmd {
	writer := m.guard.writer
	m.guard.writer = nil
	m.setWriter(nil, m.open.locked())
	return tea.Sequence(m.switchConsole(), m.putDatabase(writer))
}
