// Package review is the overlay that shows what is staged before it is
// written: each change as a difference, and each conflict with what others
// made of the row.
//
// Enter never writes. Nothing is written while a conflict is open, and on a
// production database not before its name was typed.
package review

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/pane/shell"
)

// ID is the overlay's ID.
const ID = "review"

// Grace is how long a new review does not commit: the ctrl+s that opened it,
// held down, must not also be the one that writes.
const Grace = 400 * time.Millisecond

// Model is the overlay.
type Model struct {
	env      *pane.Env
	commands []pane.Command
	since    time.Time

	changes   []store.Staged
	conflicts map[store.ID]store.ConflictDetail // that are not resolved
	lines     []line
	list      pane.List // of lines
	stopping  bool      // the commit that runs was asked to give up

	width, height int
}

// New returns the review of what is staged.
func New(env *pane.Env) *Model {
	m := &Model{env: env, since: env.Now(), conflicts: map[store.ID]store.ConflictDetail{}}
	m.commands = m.newCommands()
	m.reread()
	return m
}

// ID implements [pane.Pane].
func (m *Model) ID() string { return ID }

// Commands implements [pane.Pane].
func (m *Model) Commands() []pane.Command { return m.commands }

// Update implements [pane.Pane].
func (m *Model) Update(msg tea.Msg) (pane.Action, tea.Cmd) {
	if w, ok := msg.(tea.MouseWheelMsg); ok {
		switch w.Button {
		case tea.MouseWheelUp:
			m.list.Scroll(-3)
		case tea.MouseWheelDown:
			m.list.Scroll(3)
		}
	}
	return nil, nil
}

// Staged implements [pane.Watcher].
func (m *Model) Staged() (pane.Action, tea.Cmd) {
	if _, ok := m.env.Committing(); !ok {
		m.reread()
	}
	return nil, nil
}

// reread shows what is staged now, and forgets the conflicts of changes that
// are not staged any more, or were made anew.
func (m *Model) reread() {
	var at store.ID
	if s, ok := m.selected(); ok {
		at = s.ID
	}
	m.changes = grouped(m.env.Changes.All())
	open := map[store.ID]store.ConflictDetail{}
	for _, s := range m.changes {
		if d, ok := m.conflicts[s.ID]; ok && sameBase(&d.Staged.Change, &s.Change) {
			open[s.ID] = d
		}
	}
	m.conflicts = open
	m.relist(at)
}

// sameBase reports whether a conflict of change a is one of b too: nothing has
// been resolved or edited anew since.
func sameBase(a, b *store.Change) bool {
	if a.Op != b.Op || !a.Key.Equal(b.Key) || len(a.Base) != len(b.Base) {
		return false
	}
	for i := range a.Base {
		if a.Base[i] != b.Base[i] {
			return false
		}
	}
	return a.FinalKey().Equal(b.FinalKey())
}

// grouped returns changes by table, in the order of first staging.
func grouped(all []store.Staged) []store.Staged {
	var names []string
	byTable := map[string][]store.Staged{}
	for _, s := range all {
		if byTable[s.Schema.Name] == nil {
			names = append(names, s.Schema.Name)
		}
		byTable[s.Schema.Name] = append(byTable[s.Schema.Name], s)
	}
	out := make([]store.Staged, 0, len(all))
	for _, n := range names {
		out = append(out, byTable[n]...)
	}
	return out
}

// Committed implements [pane.Committer]: it shows the conflicts, or closes.
func (m *Model) Committed(r *store.CommitResult) (pane.Action, tea.Cmd) {
	m.stopping = false
	if len(r.Conflicts) == 0 {
		return pane.Close{}, nil
	}
	for _, c := range r.Conflicts {
		m.conflicts[c.Staged.ID] = c
	}
	m.reread()
	m.toConflict(0)
	return nil, nil
}

// selected returns the change of the cursor.
func (m *Model) selected() (*store.Staged, bool) {
	if i := m.list.Cursor(); i < len(m.lines) {
		return &m.changes[m.lines[i].change], true
	}
	return nil, false
}

// selectChange puts the cursor on the first line of change i.
func (m *Model) selectChange(i int) {
	for at, l := range m.lines {
		if l.change == i && l.first {
			m.list.Select(len(m.lines) - 1) // so that all of it comes in sight
			m.list.Select(at)
			return
		}
	}
}

// toConflict goes to the first conflict from change i on, or from the first.
func (m *Model) toConflict(i int) bool {
	for d := range m.changes {
		at := (i + d) % len(m.changes)
		if _, ok := m.conflicts[m.changes[at].ID]; ok {
			m.selectChange(at)
			return true
		}
	}
	return false
}

func (m *Model) newCommands() []pane.Command {
	cs := []pane.Command{
		{Name: "commit", Help: "write all these changes", Keys: []string{"ctrl+s"}, Hint: "commit", Disabled: m.noCommit, Run: m.commit},
		{Name: "drop", Help: "drop the change", Keys: []string{"d"}, Hint: "drop", Disabled: m.noChange, Run: m.drop},
		{Name: "goto-row", Help: "go to the row of the change", Keys: []string{"enter"}, Hint: "go to row", Disabled: m.noRow, Run: m.gotoRow},
		{Name: "mine", Help: "keep my change, on top of theirs", Keys: []string{"m"}, Hint: "mine", Disabled: m.noConflict, Run: m.mine},
		{Name: "theirs", Help: "keep what others made of the row, and drop my change", Keys: []string{"t"}, Hint: "theirs", Disabled: m.noConflict, Run: m.theirs},
		{Name: "edit-change", Help: "edit the changed value", Keys: []string{"e"}, Hint: "edit", Disabled: m.noEdit, Run: m.edit},
		{Name: "skip", Help: "leave this conflict open and go to the next", Keys: []string{"s"}, Hint: "skip", Disabled: m.noConflict, Run: m.skip},
		{Name: "undo-staged", Help: "undo the last step of staging", Keys: []string{"u"}, Disabled: m.noUndo, Run: m.undo},
		{Name: "redo-staged", Help: "redo what was undone", Keys: []string{"ctrl+r"}, Disabled: m.noRedo, Run: m.redo},
		{Name: "copy-commands", Help: "copy the changes as commands", Keys: []string{"y"}, Hint: "copy", Disabled: m.noChange, Run: m.copy},
		{Name: "close-review", Help: "go back, with everything still staged", Keys: []string{"esc"}, Hint: "back", Run: m.close},
		{Name: "next-change", Help: "go to the next change", Keys: []string{"down", "j"}, Motion: true, Run: m.move(1)},
		{Name: "previous-change", Help: "go to the change before", Keys: []string{"up", "k"}, Motion: true, Run: m.move(-1)},
	}
	for _, c := range m.list.Motions(true, nil) {
		if c.Name != "up" && c.Name != "down" {
			cs = append(cs, c)
		}
	}
	return cs
}

// busy says that a commit runs, or returns "".
func (m *Model) busy() string {
	if _, ok := m.env.Committing(); ok {
		return "a commit is running"
	}
	return ""
}

func (m *Model) noChange() string {
	if why := m.busy(); why != "" {
		return why
	}
	if len(m.changes) == 0 {
		return "nothing is staged"
	}
	return ""
}

func (m *Model) noCommit() string {
	switch why := m.noChange(); {
	case why != "":
		return why
	case m.env.Writer == nil:
		return m.env.ReadOnly
	case len(m.conflicts) == 1:
		return "1 conflict must be resolved first"
	case len(m.conflicts) > 1:
		return countOf(len(m.conflicts), "conflict") + " must be resolved first"
	}
	return ""
}

func (m *Model) noRow() string {
	if why := m.noChange(); why != "" {
		return why
	}
	if s, _ := m.selected(); s.Change.Key == nil {
		return "the database will make the row's key"
	}
	return ""
}

func (m *Model) noConflict() string {
	if why := m.noChange(); why != "" {
		return why
	}
	if s, _ := m.selected(); m.conflicts[s.ID].Staged.Schema == nil {
		return "this change has no conflict"
	}
	return ""
}

func (m *Model) noEdit() string {
	if why := m.noChange(); why != "" {
		return why
	}
	if s, _ := m.selected(); s.Change.Op == store.Delete {
		return "a deletion has no value to edit"
	}
	return ""
}

func (m *Model) noUndo() string {
	if !m.env.Changes.CanUndo() {
		return "there is nothing to undo"
	}
	return m.busy()
}

func (m *Model) noRedo() string {
	if !m.env.Changes.CanRedo() {
		return "there is nothing to redo"
	}
	return m.busy()
}

// commit writes, once the review was there to be read.
func (m *Model) commit(string) (pane.Action, tea.Cmd) {
	if m.env.Now().Sub(m.since) < Grace {
		return nil, nil
	}
	m.stopping = false
	return pane.Commit{}, nil
}

func (m *Model) tables() int {
	n := 0
	for i, s := range m.changes {
		if i == 0 || s.Schema.Name != m.changes[i-1].Schema.Name {
			n++
		}
	}
	return n
}

func (m *Model) drop(string) (pane.Action, tea.Cmd) {
	s, _ := m.selected()
	m.env.Changes.Drop(s.ID)
	return pane.Staged{}, nil
}

func (m *Model) gotoRow(string) (pane.Action, tea.Cmd) {
	s, _ := m.selected()
	return pane.Actions{pane.Close{}, pane.GoTo{Table: s.Schema.Name, Key: s.Change.Key}}, nil
}

func (m *Model) mine(string) (pane.Action, tea.Cmd)   { return m.resolve(store.KeepMine) }
func (m *Model) theirs(string) (pane.Action, tea.Cmd) { return m.resolve(store.TakeTheirs) }

func (m *Model) resolve(r store.Resolution) (pane.Action, tea.Cmd) {
	s, _ := m.selected()
	at := m.lines[m.list.Cursor()].change
	if err := m.env.Changes.Resolve(s.ID, r, m.conflicts[s.ID].Theirs); err != nil {
		return pane.Report{Err: err}, nil
	}
	delete(m.conflicts, s.ID)
	m.reread()
	if len(m.changes) > 0 {
		m.toConflict(min(at, len(m.changes)-1))
	}
	return pane.Staged{}, nil
}

func (m *Model) skip(string) (pane.Action, tea.Cmd) {
	m.toConflict(m.lines[m.list.Cursor()].change + 1)
	return nil, nil
}

// edit opens the editor on the first value that the change sets, on top of
// what others made of the row.
func (m *Model) edit(string) (pane.Action, tea.Cmd) {
	s, _ := m.selected()
	act := pane.EditCell{Schema: s.Schema, Row: s.Before}
	if s.Change.Op == store.Insert {
		act.Row, act.Inserted = s.After, s.ID
	}
	if len(s.Change.Set) > 0 {
		act.Column = len(s.Schema.Key) + s.Change.Set[0].Column
	}
	d, conflict := m.conflicts[s.ID]
	if !conflict || s.Change.Op == store.Insert {
		return act, nil
	}
	staged, cmd := m.resolve(store.KeepMine)
	if d.Theirs == nil {
		return staged, cmd // the row is inserted anew, whole
	}
	act.Row = *d.Theirs
	return pane.Actions{staged, act}, cmd
}

func (m *Model) undo(string) (pane.Action, tea.Cmd) {
	m.env.Changes.Undo()
	return pane.Staged{}, nil
}

func (m *Model) redo(string) (pane.Action, tea.Cmd) {
	m.env.Changes.Redo()
	return pane.Staged{}, nil
}

func (m *Model) copy(string) (pane.Action, tea.Cmd) {
	t := shell.Target{Name: m.env.Target}
	if m.env.Environment == pane.Production {
		t.Confirm = m.env.Name
	}
	var lines []string
	for i := range m.changes {
		lines = append(lines, shell.Change(t, &m.changes[i])...)
	}
	return pane.Copy{Text: strings.Join(lines, "\n") + "\n", What: "commands"}, nil
}

// close goes back. While a commit runs it asks that to give up, and stays.
func (m *Model) close(string) (pane.Action, tea.Cmd) {
	if m.busy() == "" {
		return pane.Close{}, nil
	}
	m.stopping = true
	return pane.StopCommit{}, nil
}

// move goes to the next change, or the one before.
func (m *Model) move(d int) func(string) (pane.Action, tea.Cmd) {
	return func(string) (pane.Action, tea.Cmd) {
		if len(m.lines) > 0 {
			at := m.lines[m.list.Cursor()].change
			m.selectChange(max(0, min(at+d, len(m.changes)-1)))
		}
		return nil, nil
	}
}
