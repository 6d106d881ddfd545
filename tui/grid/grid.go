// Package grid shows a table: a screen of rows out of any number, with a
// cursor that selects a cell.
//
// The grid never holds more than some screens of rows. It reads them by key
// around the cursor, ahead of it in the direction in which it moves, and drops
// what lies far behind, so that a table of a million rows costs what a table
// of a thousand does. A key press never waits for the database: where rows are
// missing the cursor owes the movement, old rows stay on the screen, and what
// is no longer wanted is dropped when it comes.
//
// Each line on the screen is an object that carries the key of its row.
// Whatever acts on a row takes that object; nothing translates the position of
// the cursor to a row of the database. Staged changes are drawn over the rows
// that were read, never mixed with them.
//
// The grid does not write. What it changes is the set of staged changes.
package grid

import (
	"slices"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/task"
)

// ID is the name of the pane.
const ID = "grid"

// maxValue is how many bytes of a value the grid reads: enough to fill the
// widest column.
const maxValue = 1024

// The slots of the grid's calls.
var (
	slotRows     = task.Slot{Pane: ID, Name: "rows"}
	slotFind     = task.Slot{Pane: ID, Name: "find"}
	slotCount    = task.Slot{Pane: ID, Name: "count"}
	slotEstimate = task.Slot{Pane: ID, Name: "estimate"}
	slotRank     = task.Slot{Pane: ID, Name: "rank"}
	slotEdit     = task.Slot{Pane: ID, Name: "edit"}
)

// Model is the grid. It is a [pane.Pane].
type Model struct {
	env      *pane.Env
	commands []pane.Command
	typing   []pane.Command // while the prompt is open

	// name is the table that is shown or being opened. table is nil until one
	// has been read.
	name  string
	table *store.Table
	view  *store.View
	// query is the result that was shown last, or is being opened.
	query *store.Result
	// trail is where links were followed from, the newest last, and column
	// where the cursor goes when the way back is read.
	trail     []stop
	column    int
	exporting *atomic.Int64
	// wish is what the user wants to see: the view's options, unless a read
	// that changes them is under way.
	wish store.ViewOptions

	win     window
	lines   []line
	cursor  cursor
	layout  *layout
	layouts map[string]*layout // of the tables seen so far
	marks   marks
	reading reading
	tally   tally
	search  search
	fault   *fault
	prompt  *prompt
	history history

	// conflicts are the changes that the last commit could not make.
	conflicts map[store.ID]bool
	// inserted are the staged inserts of the table when the set of changes was
	// last looked at.
	inserted []store.ID
	selected pane.Selected // as last told
	wanted   cellOf        // that slotEdit reads for

	width, height int
	focused       bool
	canvas        canvas
}

// New returns a grid that shows nothing yet.
func New(env *pane.Env) *Model {
	m := &Model{env: env, layouts: map[string]*layout{}, layout: &layout{}, focused: true}
	m.changed()
	m.commands = m.buildCommands()
	m.typing = m.buildTyping()
	return m
}

// ID implements [pane.Pane].
func (m *Model) ID() string { return ID }

// Commands implements [pane.Pane]. While text is being typed, other commands
// are offered.
func (m *Model) Commands() []pane.Command {
	if m.prompt != nil {
		return m.typing
	}
	return m.commands
}

// Typing implements [pane.Typer].
func (m *Model) Typing() bool { return m.prompt != nil }

// SetSize implements [pane.Pane].
func (m *Model) SetSize(width, height int) {
	m.width, m.height = max(width, 0), max(height, 0)
	m.changed()
}

// SetFocus implements [pane.Focuser].
func (m *Model) SetFocus(focused bool) {
	m.focused = focused
	m.changed()
}

// Update implements [pane.Pane].
func (m *Model) Update(msg tea.Msg) (pane.Action, tea.Cmd) {
	switch msg := msg.(type) {
	case task.Done[rowsRead]:
		return m.settle(m.rowsDone(msg))
	case task.Done[found]:
		return m.settle(m.findDone(msg))
	case task.Done[wholeRows]:
		return m.settle(m.wholeDone(msg))
	case task.Done[linked]:
		return m.settle(m.linksDone(msg))
	case task.Done[exported]:
		return m.settle(m.exportDone(msg))
	case task.Done[originals]:
		return m.settle(m.originalsDone(msg))
	case task.Done[ranked]:
		return m.settle(m.rankDone(msg))
	case task.Done[counted]:
		return m.settle(m.countDone(msg))
	case task.Done[estimated]:
		return m.settle(m.estimateDone(msg))
	case tea.KeyPressMsg, tea.PasteMsg:
		return m.settle(m.typed(msg))
	case tea.MouseMsg:
		return m.settle(m.mouse(msg))
	case tea.WindowSizeMsg:
		return m.settle(nil, nil)
	case task.Tick:
		// Rows that are being replaced look different after a while.
		return m.settle(nil, nil)
	}
	return nil, nil
}

// settle follows every change: it keeps the cursor on the screen, reads the
// rows that are missing, and tells what is selected.
func (m *Model) settle(act pane.Action, cmd tea.Cmd) (pane.Action, tea.Cmd) {
	if m.reading.active && !m.busy() {
		m.abandoned() // the program has canceled the read
	}
	m.lookedAway()
	m.cursor.scroll(len(m.lines), m.rowsHeight())
	m.layout.reveal(m.cursor.column, m.width)
	m.changed()
	return join(act, m.selection()), tea.Batch(cmd, m.fill())
}

// changed makes the next View draw anew.
func (m *Model) changed() { m.canvas.stale = true }

// join returns the actions that are not nil as one.
func join(actions ...pane.Action) pane.Action {
	actions = slices.DeleteFunc(actions, func(a pane.Action) bool { return a == nil })
	switch len(actions) {
	case 0:
		return nil
	case 1:
		return actions[0]
	}
	return pane.Actions(actions)
}

// schema returns the shape of the table that is shown, nil if none is.
func (m *Model) schema() *store.Schema {
	if m.table == nil {
		return nil
	}
	return m.table.Schema()
}

// Table returns the name of the table that is shown or being opened, empty if
// there is none.
func (m *Model) Table() string { return m.name }

// current returns the line that the cursor is on.
func (m *Model) current() (line, bool) {
	if m.cursor.line < 0 || m.cursor.line >= len(m.lines) {
		return line{}, false
	}
	return m.lines[m.cursor.line], true
}

// selection tells which cell is selected, if that is news.
func (m *Model) selection() pane.Action {
	sel := pane.Selected{Schema: m.schema(), Column: m.cursor.column}
	if l, ok := m.current(); ok {
		sel.Row, sel.Staged = l.row, l.staged
	}
	if sel == m.selected {
		return nil
	}
	m.selected = sel
	return sel
}

// Open shows a table from its beginning. What is shown stays until the rows
// have come. From there no way leads back to a result, which may be held for it.
func (m *Model) Open(name string) (pane.Action, tea.Cmd) {
	if m.env.Store == nil {
		return pane.Notice{Text: "No database is open.", Level: pane.Blocked}, nil
	}
	m.trail = slices.DeleteFunc(m.trail, func(s stop) bool { return s.query != nil })
	m.begin(name)
	return m.settle(nil, m.start(request{goal: goalFirst, options: m.wish}))
}

// begin forgets what was under way, to go to another table or view.
func (m *Model) begin(name string) {
	m.env.Tasks.CancelPane(ID)
	m.name, m.wish = name, store.ViewOptions{MaxValue: maxValue}
	m.fault, m.prompt = nil, nil
	m.reading = reading{}
	m.cursor.owed = 0
	m.column = 0
}

// OpenView shows part of the table that is shown, or shows it in another
// order.
func (m *Model) OpenView(o store.ViewOptions) (pane.Action, tea.Cmd) {
	if m.table == nil {
		return pane.Notice{Text: "No table is shown.", Level: pane.Blocked}, nil
	}
	o.MaxValue = m.cut()
	return m.settle(nil, m.reopen(o, request{goal: goalFirst, table: m.shownTable()}))
}

// GoTo shows the row with a key, and opens its table if that is not shown.
// A key with fewer elements than the table's stands for the first that begins
// so.
func (m *Model) GoTo(table string, key tuple.Tuple) (pane.Action, tea.Cmd) {
	if m.env.Store == nil {
		return pane.Notice{Text: "No database is open.", Level: pane.Blocked}, nil
	}
	if m.shownTable() != nil && table == m.name {
		return m.settle(m.goToKey(key))
	}
	m.begin(table)
	req := m.seek(key)
	req.options, req.announce = m.wish, true
	return m.settle(nil, m.start(req))
}

// GoNear opens a table at a place or, if there is no such row, where that would
// be, without a word.
func (m *Model) GoNear(table string, at Place) (pane.Action, tea.Cmd) {
	m.begin(table)
	m.column = at.Column
	req := m.seek(at.Key)
	req.options = m.wish
	return m.settle(nil, m.start(req))
}

// Place is where the cursor is in a table.
type Place struct {
	Key    tuple.Tuple // of the row
	Column int         // as in [pane.Selected]
}

// Place returns where the cursor is. It has no key if it is on no row of a
// table.
func (m *Model) Place() Place {
	l, ok := m.current()
	if !ok || m.result() != nil || m.shownTable() == nil {
		return Place{}
	}
	return Place{l.row.Key, m.cursor.column}
}

// Refresh reads everything again, and stays at the row of the cursor or, if
// that has gone, at the one after it.
func (m *Model) Refresh() (pane.Action, tea.Cmd) {
	if m.name == "" || m.env.Store == nil {
		return nil, nil
	}
	if m.result() != nil {
		return m.settle(nil, m.restage()) // it is what it was
	}
	m.fault = nil
	req := m.stay()
	req.table = nil // its shape may have changed, too
	return m.settle(nil, m.reopen(m.wish, req))
}

// Staged takes notice of a change of the set of staged changes.
func (m *Model) Staged() (pane.Action, tea.Cmd) {
	return m.settle(nil, m.restage())
}

// Committed takes notice of a commit, and reads the rows again.
func (m *Model) Committed(r *store.CommitResult) (pane.Action, tea.Cmd) {
	m.conflicts = map[store.ID]bool{}
	for _, c := range r.Conflicts {
		m.conflicts[c.Staged.ID] = true
	}
	if len(r.Conflicts) > 0 {
		return m.settle(nil, m.restage())
	}
	m.restage()
	return m.Refresh()
}

// Reset forgets everything: another database is open, or none.
func (m *Model) Reset() {
	m.Close()
	*m = Model{
		env: m.env, commands: m.commands, typing: m.typing,
		layouts: map[string]*layout{}, layout: &layout{},
		width: m.width, height: m.height, focused: m.focused,
	}
	m.changed()
}

// Close implements [pane.Closer].
func (m *Model) Close() { m.env.Tasks.CancelPane(ID) }

// ordered reports whether the order of keys is that of package tuple.
func (m *Model) ordered() bool {
	return m.env.Store != nil && m.env.Store.Info().Order == driver.Bytewise
}
