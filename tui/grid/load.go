package grid

import (
	"slices"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/task"
)

// How much is read and kept, in screens of rows.
const (
	screensAhead = 2  // rows are read when fewer lie before the cursor
	screensRead  = 3  // by one read
	screensKept  = 10 // around the cursor
	screensLeast = 6  // that are kept even if they are large
	fewestRows   = 20 // of a screen, for these purposes
	mostRead     = 2000
)

// maxHeld is the number of bytes of values above which fewer rows are kept.
const maxHeld = 16 << 20

// reading is what the reads of rows have come to.
type reading struct {
	req request // under way, or the last one
	// active tells that its result is expected.
	active bool
	took   time.Duration
	// searched is the number of rows that a filter has examined since the
	// view was opened.
	searched int64
	// paused tells that a search ended its budget with enough on the screen:
	// it goes on when the user moves.
	paused bool
	// halted tells that the user canceled: nothing is read until they move.
	halted bool
}

// busy reports whether rows are being read.
func (m *Model) busy() bool {
	_, ok := m.env.Tasks.Elapsed(slotRows)
	return ok
}

// start begins a read, which supersedes the one under way.
func (m *Model) start(req request) tea.Cmd {
	req.store, req.now = m.env.Store, m.env.Now
	if req.name == "" {
		req.name = m.name
	}
	req.prepared = new(atomic.Int64)
	if req.n == 0 {
		req.n = m.readSize(0)
	}
	if req.goal != goalExtend {
		m.cursor.owed = 0
		m.reading.searched = 0
		m.env.Tasks.Cancel(slotEdit)
		m.env.Tasks.Cancel(slotRank)
	}
	m.reading.req, m.reading.active = req, true
	m.reading.paused, m.reading.halted = false, false
	return task.Start(m.env.Tasks, slotRows, req.run)
}

// reopen makes a new view of the table and reads it as req says.
func (m *Model) reopen(o store.ViewOptions, req request) tea.Cmd {
	m.fault = nil
	m.wish = o
	req.options, req.view = o, nil
	if req.goal != goalKey || req.table == nil {
		m.env.Tasks.Cancel(slotCount)
	}
	return m.start(req)
}

// within reads elsewhere in the view that the user wants to see: the one that
// is shown or, if another is being opened, that one.
func (m *Model) within(req request) tea.Cmd {
	if now := &m.reading.req; m.busy() && now.view == nil {
		req.name, req.table = now.name, now.table
		return m.reopen(m.wish, req)
	}
	req.table, req.view = m.table, m.view
	return m.start(req)
}

// stay returns a read that leaves the cursor where it is.
func (m *Model) stay() request {
	l, ok := m.current()
	if !ok || l.row.Key == nil || m.table == nil || m.table.Name() != m.name {
		return request{goal: goalFirst, table: m.shownTable()}
	}
	offset := m.cursor.line - m.cursor.top
	return request{
		goal: goalKey, table: m.table, at: store.Anchor{Key: l.row.Key},
		above: offset + m.rowsHeight(), offset: offset,
	}
}

// shownTable returns the table that is shown if it is the one that is wanted.
func (m *Model) shownTable() *store.Table {
	if m.table == nil || m.table.Name() != m.name {
		return nil
	}
	return m.table
}

// fill reads the rows that are missing on the screen or will be soon.
func (m *Model) fill() tea.Cmd {
	if m.view == nil || m.fault != nil || m.reading.halted || m.rowsHeight() == 0 {
		return nil
	}
	backward, urgent, ok := m.missing()
	if !ok {
		return nil
	}
	if now := &m.reading.req; m.busy() && (now.goal != goalExtend || now.at.Backward == backward || !urgent) {
		return nil
	}
	return m.start(request{
		goal: goalExtend, table: m.table, view: m.view,
		at: m.win.anchor(backward), n: m.readSize(m.cursor.owed),
	})
}

// missing tells at which end of the window rows are missing; urgent if the
// user waits for them.
func (m *Model) missing() (backward, urgent, ok bool) {
	screen := m.rowsHeight()
	above, below := m.cursor.line, len(m.lines)-1-m.cursor.line
	before, after := m.win.before.more, m.win.after.more
	ahead := screensAhead * max(screen, fewestRows)
	switch {
	case m.cursor.owed > 0 && after, len(m.lines)-m.cursor.top < screen && after:
		return false, true, true
	case m.cursor.owed < 0 && before, len(m.lines) < screen && before:
		return true, true, true
	case m.reading.paused:
		return false, false, false
	case m.cursor.heading >= 0 && below < ahead && after:
		return false, false, true
	case m.cursor.heading <= 0 && above < ahead && before:
		return true, false, true
	}
	return false, false, false
}

// readSize returns how many rows to read when the user waits for owed of them.
func (m *Model) readSize(owed int) int {
	return min(screensRead*max(m.rowsHeight(), fewestRows)+max(owed, -owed), mostRead)
}

// rowsDone takes the rows of a read.
func (m *Model) rowsDone(d task.Done[rowsRead]) (pane.Action, tea.Cmd) {
	m.reading.active = false
	if d.Err != nil {
		return m.rowsFailed(d.Err)
	}
	res := &d.Value
	m.reading.took = res.took
	m.reading.searched += res.scanned()
	if res.goal == goalExtend {
		m.extended(res)
		return nil, nil
	}
	return m.arrived(res)
}

// extended adds rows at an end of the window.
func (m *Model) extended(res *rowsRead) {
	win := res.forward
	if res.at.Backward {
		win = res.back
	}
	if res.view != m.view || !m.win.extend(res.at, *win) {
		return
	}
	m.reading.paused = win.Resume != nil
	m.measure(win.Rows)
	m.trim()
	m.rebuild()
	m.cursor.pay(len(m.lines), m.rowsHeight(), m.win.before.more, m.win.after.more)
}

// arrived shows rows elsewhere: of another table, another view, or around
// another key.
func (m *Model) arrived(res *rowsRead) (pane.Action, tea.Cmd) {
	var cmds []tea.Cmd
	fresh := m.table == nil || res.table.Name() != m.table.Name()
	if m.table != res.table {
		m.adopt(res.table)
	}
	if m.view != res.view {
		m.view = res.view
		m.tally.counted = false
		cmds = append(cmds, m.startEstimate())
	}
	m.fault = nil
	m.win.reset(res.back, res.forward)
	m.marks.renew(m.win.rows)
	m.measureAll()
	m.rebuild()
	m.place(res, fresh)
	if fresh && m.column > 0 {
		m.cursor.column, m.column = min(m.column, m.layout.columns()-1), 0
	}
	m.inserted = m.insertedIDs()
	cmds = append(cmds, m.startRank())
	if res.announce && !res.found() && m.indexOfKey(res.at.Key) < 0 {
		return pane.Notice{Text: "There is no row " + res.at.Key.String() + ": this is the place where it would be.", Level: pane.Warning}, tea.Batch(cmds...)
	}
	return nil, tea.Batch(cmds...)
}

// adopt makes t the table that is shown.
func (m *Model) adopt(t *store.Table) {
	s := t.Schema()
	if m.table == nil || m.table.Name() != t.Name() {
		m.marks.clear()
		m.cursor = cursor{}
		m.search = search{}
	}
	m.tally = tally{}
	m.table = t
	l, ok := m.layouts[t.Name()]
	if !ok || l.columns() != len(s.Key)+len(s.Columns) || l.keys != len(s.Key) {
		fresh := newLayout(s)
		l = &fresh
		m.layouts[t.Name()] = l
	}
	m.layout = l
	m.cursor.column = min(m.cursor.column, l.columns()-1)
}

// place puts the cursor where a read was to lead.
func (m *Model) place(res *rowsRead, fresh bool) {
	m.cursor.owed = 0
	switch res.goal {
	case goalFirst:
		m.cursor.line, m.cursor.top, m.cursor.heading = 0, 0, 1
		if fresh {
			m.cursor.column = 0
		}
	case goalLast:
		m.cursor.line, m.cursor.heading = len(m.lines)-1, -1
		m.cursor.top = len(m.lines)
	case goalKey:
		m.cursor.line = m.indexOfKey(res.at.Key)
		if target := res.target(); m.cursor.line < 0 && target < len(m.win.rows) {
			m.cursor.line = m.indexOfRow(m.win.rows[target])
		}
		m.cursor.top = m.cursor.line - res.offset
	}
}

// indexOfKey returns the line of the row that has, or of the staged insert
// that would have, a key; -1 if it is not there.
func (m *Model) indexOfKey(key tuple.Tuple) int {
	return slices.IndexFunc(m.lines, func(l line) bool { return l.row.Key != nil && l.row.Key.Equal(key) })
}

func (m *Model) indexOfRow(row *store.Row) int {
	return slices.IndexFunc(m.lines, func(l line) bool { return l.row == row })
}

// rowsFailed shows why rows could not be read. What is on the screen stays.
func (m *Model) rowsFailed(err error) (pane.Action, tea.Cmd) {
	m.abandoned()
	switch store.KindOf(err) {
	case store.Canceled:
	case store.Unsupported:
		return pane.Notice{Text: sentence(err), Level: pane.Warning}, nil
	default:
		m.fault = &fault{err: err, retry: m.reading.req}
	}
	return nil, nil
}

// rebuild makes the lines anew after the rows or the staged changes changed,
// and keeps the cursor on the line it is on.
func (m *Model) rebuild() {
	was, ok := m.current()
	offset := m.cursor.line - m.cursor.top
	o := overlay{schema: m.schema(), options: m.view.Options(), ordered: m.ordered(), changes: m.env.Changes, result: m.result()}
	m.lines = o.lines(&m.win)
	if !ok {
		return
	}
	if i := slices.IndexFunc(m.lines, was.same); i >= 0 {
		m.cursor.line = i
	}
	m.cursor.top = m.cursor.line - offset
}

// trim drops rows far from the cursor.
func (m *Model) trim() {
	screen := max(m.rowsHeight(), fewestRows)
	limit := screensKept * screen
	if m.win.size > maxHeld {
		limit = max(int(int64(len(m.win.rows))*maxHeld/m.win.size), screensLeast*screen)
	}
	m.win.trim(m.nearestRow(), limit)
}

// nearestRow returns the index in the window of the row that the cursor is on
// or, if it is on a staged insert, of one beside it.
func (m *Model) nearestRow() int {
	for i := m.cursor.line; i >= 0 && i < len(m.lines); i-- {
		if at := slices.Index(m.win.rows, m.lines[i].row); at >= 0 {
			return at
		}
	}
	return 0
}
