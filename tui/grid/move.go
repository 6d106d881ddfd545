package grid

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/task"
)

// move goes n rows down, or up.
func (m *Model) move(n int) {
	m.cursor.move(n, len(m.lines), m.rowsHeight(), m.win.before.more, m.win.after.more)
}

// page moves the cursor and what is on the screen by n rows.
func (m *Model) page(n int) {
	m.cursor.top += n
	m.move(n)
}

func (m *Model) sideways(n int) {
	m.cursor.column = min(max(m.cursor.column+n, 0), max(m.layout.columns()-1, 0))
}

func (m *Model) pageSideways(direction int) {
	m.cursor.column = m.layout.page(m.cursor.column, direction, m.width)
}

// first goes to the first row: at once if it is here.
func (m *Model) first(string) (pane.Action, tea.Cmd) {
	if !m.win.before.more {
		m.stop()
		m.cursor.line, m.cursor.owed, m.cursor.heading = 0, 0, 1
		return nil, nil
	}
	return nil, m.within(request{goal: goalFirst})
}

// stop abandons the read under way, in favour of rows that are here, unless
// it is one of another view.
func (m *Model) stop() {
	if m.reading.req.view != nil {
		m.env.Tasks.Cancel(slotRows)
		m.reading.active = false
	}
}

// last goes to the last row.
func (m *Model) last(string) (pane.Action, tea.Cmd) {
	if !m.win.after.more {
		m.stop()
		m.cursor.line, m.cursor.owed, m.cursor.heading = len(m.lines)-1, 0, -1
		return nil, nil
	}
	return nil, m.within(request{goal: goalLast})
}

// mark marks the row, and goes on to the next.
func (m *Model) mark() {
	if l, ok := m.current(); ok {
		m.marks.toggle(l)
		m.move(1)
	}
}

// lastMark returns the line of the row that was marked last, -1 if there is none
// among the rows that are held.
func (m *Model) lastMark() int {
	last, ok := m.marks.last()
	if !ok {
		return -1
	}
	return slices.IndexFunc(m.lines, func(l line) bool { return l.inserted() == 0 && markKey(l.row) == last })
}

// markRange marks the rows from the one that was marked last to the one of the
// cursor.
func (m *Model) markRange() {
	at, step := m.lastMark(), 1
	if at > m.cursor.line {
		step = -1
	}
	for at != m.cursor.line {
		at += step
		if l := m.lines[at]; l.inserted() == 0 && !m.marks.has(l) {
			m.marks.toggle(l)
		}
	}
}

func (m *Model) toggleFrozen() {
	m.layout.frozen = !m.layout.frozen
	m.layout.left = 0
}

// autofit makes the column as wide as the rows that are held need.
func (m *Model) autofit() {
	m.layout.autofit(m.cursor.column)
	m.measureAll()
}

// measureAll makes the columns wide enough for what the window holds, and for
// their names.
func (m *Model) measureAll() {
	s := m.schema()
	widest := make([]int, m.layout.columns())
	for c := range widest {
		widest[c] = display.WidthUpTo(s.ColumnAt(c).Name, maxWidth) + cells(m.arrow(c))
	}
	for _, r := range m.win.rows {
		m.measureRow(widest, r)
	}
	m.widen(widest)
}

// measure makes the columns wide enough for more rows.
func (m *Model) measure(rows []store.Row) {
	widest := make([]int, m.layout.columns())
	for i := range rows {
		m.measureRow(widest, &rows[i])
	}
	m.widen(widest)
}

func (m *Model) measureRow(widest []int, r *store.Row) {
	s := m.schema()
	for c := range widest {
		text, _ := cellText(s.ValueAt(r, c), maxWidth)
		widest[c] = max(widest[c], display.WidthUpTo(text, maxWidth))
	}
}

func (m *Model) widen(widest []int) {
	for c, w := range widest {
		m.layout.fit(c, w)
	}
}

// escape takes back one thing: what is under way, then the marks, the filter,
// the range and the order.
func (m *Model) escape(string) (pane.Action, tea.Cmd) {
	switch o := m.wish; {
	case m.fault != nil:
		m.closeFault()
	case m.cancel():
	case m.marks.len() > 0:
		m.marks.clear()
	case m.view == nil:
	case !o.Filter.Empty():
		o.Filter = store.Filter{}
		return m.settle(nil, m.reopen(o, m.stay()))
	case !o.Range.All() || o.Limit > 0 || o.Reverse:
		return m.settle(nil, m.reopen(store.ViewOptions{MaxValue: m.cut(), Sort: o.Sort}, m.stay()))
	case o.Sort.Column != "":
		o.Sort = store.Sort{}
		return m.settle(nil, m.reopen(o, m.stay()))
	}
	return m.settle(nil, nil)
}

// cancelable reports whether the user waits for something.
func (m *Model) cancelable() bool {
	for _, a := range m.env.Tasks.Activities(ID) {
		if m.mayCancel(a.Slot) {
			return true
		}
	}
	return false
}

// mayCancel reports whether a call is one that the user waits for: rows are
// read ahead, and estimates made, without asking.
func (m *Model) mayCancel(slot task.Slot) bool {
	return slot == slotRows && m.waiting() || slot != slotRows && slot != slotEstimate && slot != slotRank
}

// cancel gives up what the user waits for, and reports whether there was
// anything.
func (m *Model) cancel() bool {
	found := false
	for _, a := range m.env.Tasks.Activities(ID) {
		if !m.mayCancel(a.Slot) {
			continue
		}
		found = m.env.Tasks.Cancel(a.Slot) || found
		if a.Slot == slotRows {
			m.abandoned()
		}
	}
	return found
}

// abandoned takes notice that the rows the user waited for will not come.
func (m *Model) abandoned() {
	m.cursor.owed = 0
	m.reading.halted, m.reading.active = true, false
	if m.view != nil {
		m.name, m.wish = m.table.Name(), m.view.Options()
	}
}

// mouse moves the cursor to the cell that is clicked, and scrolls. Positions
// are relative to the corner of the pane.
func (m *Model) mouse(msg tea.MouseMsg) (pane.Action, tea.Cmd) {
	const lines = 3
	m.reading.paused, m.reading.halted = false, false
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		switch msg.Button {
		case tea.MouseWheelDown:
			m.move(lines)
		case tea.MouseWheelUp:
			m.move(-lines)
		}
	case tea.MouseClickMsg:
		m.click(msg.X, msg.Y)
	}
	return nil, nil
}

func (m *Model) click(x, y int) {
	n := m.cursor.top + y - 1
	if y < 1 || y > m.rowsHeight() || n >= len(m.lines) {
		return
	}
	m.cursor.line, m.cursor.owed = n, 0
	spans, _ := m.layout.place(nil, m.width)
	for _, sp := range spans {
		if x >= sp.x && x < sp.x+sp.width {
			m.cursor.column = sp.column
		}
	}
}
