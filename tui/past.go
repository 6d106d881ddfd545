package tui

import (
	"context"
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/grid"
	"github.com/rowan-db/rowan/tui/objects"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/style"
	"github.com/rowan-db/rowan/tui/task"
	"github.com/rowan-db/rowan/tui/value"
)

// The calls about states that are kept.
var (
	pastSlot      = task.Slot{Pane: rootID, Name: "open a kept state"}
	checkPastSlot = task.Slot{Pane: rootID, Name: "look for the kept state"}
	namesSlot     = task.Slot{Pane: rootID, Name: "names of kept states"}
)

// past is a kept state that is shown in place of the present one, and what is
// put aside until that is shown again. The present database stays open all the
// while, and Model.open is that.
//
// Nothing of the present is in reach of the panels meanwhile: they are new
// ones, over a store that cannot write, with a set of changes that stays empty.
type past struct {
	db      *database // its store
	version store.Version
	gone    bool // it was given up since it was opened

	objects  *objects.Model
	grid     *grid.Model
	value    *value.Model
	focus    pane.Pane
	console  bool // was on the screen
	changes  *store.ChangeSet
	writer   *store.Writer
	readOnly string
}

// noChange says why nothing can be written to a kept state.
const noChange = "a kept state cannot be changed: P goes back to the present"

// changes returns what is staged, also while a kept state is shown.
func (m *Model) changes() *store.ChangeSet {
	if m.past != nil {
		return m.past.changes
	}
	return m.env.Changes
}

// setWriter says what can write to the present state.
func (m *Model) setWriter(w *store.Writer, readOnly string) {
	if m.past != nil {
		m.past.writer, m.past.readOnly = w, readOnly
		return
	}
	m.env.Writer, m.env.ReadOnly = w, readOnly
}

// pastCommands show kept states.
func (m *Model) pastCommands() []pane.Command {
	return []pane.Command{
		{Name: "at", Help: "show a state that is kept by name, to look around in it; without a name, the present one again", Arg: "name", Optional: true, Complete: m.keptNames,
			Disabled: m.unless((*store.Store).CanVersion, noVersions), Run: m.at},
		{Name: "present", Help: "go back from a kept state to the present one", Keys: []string{"P"}, Hint: "back to the present", Disabled: m.notPast, Run: does(pane.ShowPresent{})},
		{Name: "diff", Help: "show what changed since a kept state, or from one to another", Arg: "name [name]", Complete: m.keptNames,
			Disabled: m.unless((*store.Store).CanCompare, noVersions), Run: m.diff},
	}
}

func (m *Model) notPast() string {
	if m.past == nil {
		return "the present state is shown already"
	}
	return ""
}

// at shows a kept state. Without a name it goes back to the present one or, if
// that is shown, lists what is kept.
func (m *Model) at(name string) (pane.Action, tea.Cmd) {
	switch {
	case name != "":
		return pane.ShowKept{Name: name}, nil
	case m.past != nil:
		return pane.ShowPresent{}, nil
	}
	return pane.Run{Name: "versions"}, nil
}

// keptNames lists the names of kept states, the newest first.
type keptNames []string

func (m *Model) keptNames() []string { return m.names }

// readNames reads which states are kept, so that they can be chosen from.
func (m *Model) readNames() tea.Cmd {
	st := m.env.Present
	if !st.CanVersion() {
		m.names = nil
		return nil
	}
	return task.Start(m.env.Tasks, namesSlot, func(ctx context.Context) (keptNames, error) {
		all, err := st.Versions(ctx)
		var names keptNames
		for _, v := range slices.Backward(all) {
			if v.Name != "" {
				names = append(names, v.Name)
			}
		}
		return names, err
	})
}

// pastOpened is a kept state that was opened, and where the cursor goes in it.
type pastOpened struct {
	name    string
	db      *database // nil if it failed
	version store.Version
	table   string // empty if it does not have the one that is shown
	at      grid.Place
}

// showKept opens a kept state. What is shown stays until it is there.
func (m *Model) showKept(name string) tea.Cmd {
	if m.env.Tasks.Writing() {
		return m.notify(pane.Notice{Text: "Something is being written: wait for that first.", Level: pane.Blocked})
	}
	st, shelf, table, place := m.env.Present, &m.shelf, m.grid.Table(), m.grid.Place()
	return task.Start(m.env.Tasks, pastSlot, func(ctx context.Context) (pastOpened, error) {
		opened := pastOpened{name: name}
		at, err := st.At(ctx, name)
		if err != nil {
			return opened, err
		}
		opened.db = &database{store: at}
		shelf.add(opened.db)
		if t, err := at.Table(ctx, table); err == nil {
			opened.table = table
			if len(t.Schema().Key) == len(place.Key) {
				opened.at = place
			}
		}
		opened.version, err = findVersion(ctx, st, name)
		return opened, err
	})
}

// findVersion returns the version of a name, with nothing but that if there is
// none.
func findVersion(ctx context.Context, st *store.Store, name string) (store.Version, error) {
	all, err := st.Versions(ctx)
	if i := slices.IndexFunc(all, func(v store.Version) bool { return v.Name == name }); i >= 0 {
		return all[i], err
	}
	return store.Version{Name: name}, err
}

// pastOpened takes a kept state that was opened.
func (m *Model) pastOpened(d task.Done[pastOpened], wanted bool) tea.Cmd {
	switch {
	case !wanted:
		return m.putDatabase(d.Value.db)
	case d.Err != nil:
		return tea.Batch(m.putDatabase(d.Value.db), m.keptFailed(d.Err))
	case m.env.Tasks.Writing():
		return tea.Batch(m.putDatabase(d.Value.db), m.notify(pane.Notice{Text: "Something is being written: look at the kept state after that.", Level: pane.Warning}))
	}
	return m.enterPast(d.Value)
}

// keptFailed tells why a kept state cannot be shown.
func (m *Model) keptFailed(err error) tea.Cmd {
	if store.KindOf(err) == store.NotFound {
		return tea.Batch(m.readNames(), m.notify(pane.Notice{Text: sentence(err) + " V lists the states that are.", Level: pane.Warning}))
	}
	return m.fail(err)
}

// sentence returns what an error says, with a full stop.
func sentence(err error) string {
	text := err.Error()
	if text[len(text)-1] != '.' {
		text += "."
	}
	return text
}

// enterPast shows a kept state in place of what is shown.
func (m *Model) enterPast(o pastOpened) tea.Cmd {
	m.cancelPanels()
	m.closeOverlays()
	var cmds []tea.Cmd
	onTables := m.focus == pane.Pane(m.objects)
	if m.past == nil {
		m.past = &past{
			objects: m.objects, grid: m.grid, value: m.value, focus: m.focus, console: m.screen.console,
			changes: m.env.Changes, writer: m.env.Writer, readOnly: m.env.ReadOnly,
		}
	} else {
		cmds = append(cmds, m.put(m.past.db))
	}
	m.past.db, m.past.version, m.past.gone = o.db, o.version, false
	m.env.Store, m.env.Kept = o.db.store, o.name
	m.env.Writer, m.env.ReadOnly = nil, noChange
	m.env.Changes = store.NewChangeSet()
	m.newPanels()
	m.screen.console, m.screen.stale = false, true
	m.focus = m.grid
	if onTables || o.table == "" {
		m.focus = m.objects
	}
	cmds = append(cmds, m.objects.Load(), m.openAt(o))
	return tea.Batch(append(cmds, m.notify(pane.Notice{Text: "P goes back to the present. A kept state cannot be edited."}))...)
}

// openAt shows the table, and about the row, that were shown before.
func (m *Model) openAt(o pastOpened) tea.Cmd {
	switch {
	case o.table == "":
		return nil
	case o.at.Key == nil:
		return m.from(m.grid)(m.grid.Open(o.table))
	}
	return m.from(m.grid)(m.grid.GoNear(o.table, o.at))
}

// showPresent shows the present state again, where it was left.
func (m *Model) showPresent() tea.Cmd {
	p := m.past
	if p == nil {
		return m.notify(pane.Refusal(m.notPast()))
	}
	m.cancelPanels()
	m.closeOverlays()
	closed := m.forgetPast()
	m.objects, m.grid, m.value, m.focus = p.objects, p.grid, p.value, p.focus
	m.screen.console, m.screen.stale = p.console, true
	m.env.Store, m.env.Kept = m.env.Present, ""
	m.env.Writer, m.env.ReadOnly, m.env.Changes = p.writer, p.readOnly, p.changes
	told := m.notify(pane.Notice{Text: "This is the present state."})
	return tea.Batch(closed, m.reload(), m.staged(), told)
}

// forgetPast closes the kept state that is shown, if one is.
func (m *Model) forgetPast() tea.Cmd {
	p := m.past
	m.past = nil
	m.env.Tasks.Cancel(checkPastSlot)
	if p == nil {
		return nil
	}
	return m.put(p.db)
}

// looked is the version that has the name of the kept state that is shown.
type looked struct{ version store.Version }

// checkPast finds out whether the kept state that is shown is still kept.
func (m *Model) checkPast() tea.Cmd {
	if m.past == nil {
		return nil
	}
	st, name := m.env.Present, m.env.Kept
	return task.Start(m.env.Tasks, checkPastSlot, func(ctx context.Context) (looked, error) {
		v, err := findVersion(ctx, st, name)
		return looked{v}, err
	})
}

// pastLooked tells that the kept state that is shown has been given up.
func (m *Model) pastLooked(d task.Done[looked]) tea.Cmd {
	if d.Err != nil || d.Value.version.Number == m.past.version.Number {
		return nil
	}
	m.past.gone = true
	text := fmt.Sprintf("%s is kept no longer: others have dropped it. It can be looked at until you leave it.", m.env.Kept)
	return m.notify(pane.Notice{Text: text, Level: pane.Warning})
}

// shorten returns as much of a text, which may hold anything, as takes no more
// cells, with an ellipsis if that is not all.
func shorten(text string, cells int) string {
	if display.WidthUpTo(text, cells) <= cells {
		return text
	}
	end := 0
	for i := range text {
		if display.Width(text[:i]) >= cells {
			break
		}
		end = i
	}
	return text[:end] + display.Ellipsis
}

// mostOfName is how many cells of a state's name the header has.
const mostOfName = 24

// pastSpans says, at the very left of the header, that a kept state is shown.
func (m *Model) pastSpans() []style.Span {
	text := " Kept state " + shorten(m.env.Kept, mostOfName)
	if v := m.past.version; !v.Time.IsZero() && m.screen.width >= wideWidth {
		text += ", " + v.Time.In(m.env.Now().Location()).Format(time.DateTime)
	}
	if m.past.gone {
		text += ", dropped"
	}
	h := m.env.Styles.Header
	return []style.Span{{SGR: h.Badge, Text: text + " · read-only "}, style.Plain(" ")}
}
