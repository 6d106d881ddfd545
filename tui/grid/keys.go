package grid

import (
	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/tui/pane"
)

// act is what a command does to the grid, before the grid settles.
type act func(arg string) (pane.Action, tea.Cmd)

// buildCommands makes the table of what can be done in the grid. It is made
// once.
func (m *Model) buildCommands() []pane.Command {
	var all []pane.Command
	all = append(all, m.movements()...)
	all = append(all, m.viewing()...)
	all = append(all, m.editing()...)
	return append(all, m.copying()...)
}

// buildTyping makes the table of what can be done while the prompt is open.
func (m *Model) buildTyping() []pane.Command {
	return []pane.Command{
		{Name: "apply", Help: "apply what was typed", Keys: []string{"enter"}, Hint: "apply", Run: m.run(m.accept)},
		{Name: "cancel", Help: "close the prompt", Keys: []string{"esc"}, Hint: "cancel", Run: m.run(m.dismiss)},
		{Name: "older", Help: "recall what was typed before", Keys: []string{"up"}, Motion: true, Run: m.run(m.recall(1))},
		{Name: "newer", Help: "recall what was typed after that", Keys: []string{"down"}, Motion: true, Run: m.run(m.recall(-1))},
	}
}

// run makes a command of what one does: the user has moved on, so what was
// paused goes on, and the grid settles afterwards.
func (m *Model) run(f act) func(string) (pane.Action, tea.Cmd) {
	return func(arg string) (pane.Action, tea.Cmd) {
		m.reading.paused, m.reading.halted = false, false
		return m.settle(f(arg))
	}
}

// step makes a command of something that only changes the grid itself.
func (m *Model) step(f func()) func(string) (pane.Action, tea.Cmd) {
	return m.run(func(string) (pane.Action, tea.Cmd) {
		f()
		return nil, nil
	})
}

func (m *Model) movements() []pane.Command {
	screens := func(n int) func() { return func() { m.page(n * max(m.rowsHeight(), 1)) } }
	halves := func(n int) func() { return func() { m.page(n * max(m.rowsHeight()/2, 1)) } }
	return []pane.Command{
		{Name: "down", Help: "go one row down", Keys: []string{"down", "j"}, Motion: true, Run: m.step(func() { m.move(1) })},
		{Name: "up", Help: "go one row up", Keys: []string{"up", "k"}, Motion: true, Run: m.step(func() { m.move(-1) })},
		{Name: "right", Help: "go one column right", Keys: []string{"right", "l"}, Motion: true, Run: m.step(func() { m.sideways(1) })},
		{Name: "left", Help: "go one column left", Keys: []string{"left", "h"}, Motion: true, Run: m.step(func() { m.sideways(-1) })},
		{Name: "page-down", Help: "go one screen down", Keys: []string{"pgdown"}, Motion: true, Run: m.step(screens(1))},
		{Name: "page-up", Help: "go one screen up", Keys: []string{"pgup"}, Motion: true, Run: m.step(screens(-1))},
		{Name: "half-page-down", Help: "go half a screen down", Keys: []string{"ctrl+d"}, Motion: true, Run: m.step(halves(1))},
		{Name: "half-page-up", Help: "go half a screen up", Keys: []string{"ctrl+u"}, Motion: true, Run: m.step(halves(-1))},
		{Name: "first-row", Help: "go to the first row", Keys: []string{"g", "home"}, Motion: true, Disabled: m.noTable, Run: m.run(m.first)},
		{Name: "last-row", Help: "go to the last row", Keys: []string{"G", "end"}, Motion: true, Disabled: m.noTable, Run: m.run(m.last)},
		{Name: "first-column", Help: "go to the first column", Keys: []string{"0"}, Motion: true, Run: m.step(func() { m.sideways(-m.layout.columns()) })},
		{Name: "last-column", Help: "go to the last column", Keys: []string{"$"}, Motion: true, Run: m.step(func() { m.sideways(m.layout.columns()) })},
		{Name: "columns-right", Help: "scroll one screen of columns right", Keys: []string{"L"}, Motion: true, Run: m.step(func() { m.pageSideways(1) })},
		{Name: "columns-left", Help: "scroll one screen of columns left", Keys: []string{"H"}, Motion: true, Run: m.step(func() { m.pageSideways(-1) })},
	}
}

func (m *Model) viewing() []pane.Command {
	return []pane.Command{
		{Name: "enter", Help: "follow the foreign key of the cell, go to the row that a difference is of, or open the cell in the value panel", Keys: []string{"enter"}, Hint: "open", Disabled: m.noRow, Run: m.run(m.enter)},
		{Name: "open-value", Help: "open the cell in the value panel", Keys: []string{"z"}, Disabled: m.noRow,
			Run: m.run(func(string) (pane.Action, tea.Cmd) { return pane.Focus{ID: "value"}, nil })},
		{Name: "links", Help: "list what the row refers to, and what refers to it", Keys: []string{"b"}, Disabled: m.noLinks, Run: m.run(m.links)},
		{Name: "jump-back", Help: "go back to where a link was followed from", Keys: []string{"backspace", "alt+left"}, Disabled: m.noTrail, Run: m.run(m.jumpBack)},
		{Name: "filter", Help: "show only the rows that match", Keys: []string{"/"}, Hint: "filter", Arg: "filter", Disabled: m.noTable, Run: m.run(m.filter)},
		{Name: "next-match", Help: "go to the next row that matches the last filter", Keys: []string{"n"}, Disabled: m.noSearch, Run: m.run(m.nextMatch)},
		{Name: "previous-match", Help: "go to the previous row that matches the last filter", Keys: []string{"N"}, Disabled: m.noSearch, Run: m.run(m.previousMatch)},
		{Name: "scan", Help: "choose a range of keys", Keys: []string{"f", "ctrl+f"}, Hint: "scan", Disabled: m.noTable, Run: m.run(m.scan)},
		{Name: "goto", Help: "go to a key", Keys: []string{"ctrl+g"}, Arg: "key", Disabled: m.noTable, Run: m.run(m.gotoKey)},
		{Name: "sort", Help: "sort by the column: up, down, not", Keys: []string{"s"}, Disabled: m.noTable, Run: m.run(m.sort)},
		{Name: "refresh", Help: "read the rows again", Disabled: m.noTable,
			Run: m.run(func(string) (pane.Action, tea.Cmd) { return m.Refresh() })},
		{Name: "count", Help: "count the rows that are shown", Disabled: m.noTable, Run: m.run(m.count)},
		{Name: "wider", Help: "make the column wider", Keys: []string{">"}, Disabled: m.noTable, Run: m.step(func() { m.layout.resize(m.cursor.column, widenStep) })},
		{Name: "narrower", Help: "make the column narrower", Keys: []string{"<"}, Disabled: m.noTable, Run: m.step(func() { m.layout.resize(m.cursor.column, -widenStep) })},
		{Name: "fit-column", Help: "make the column as wide as what it holds", Keys: []string{"="}, Disabled: m.noTable, Run: m.step(m.autofit)},
		{Name: "freeze", Help: "keep the key columns in place, or let them scroll", Keys: []string{"F"}, Disabled: m.noTable, Run: m.step(m.toggleFrozen)},
		{Name: "mark", Help: "mark the row, or unmark it", Keys: []string{"space"}, Disabled: m.noMark, Run: m.step(m.mark)},
		{Name: "mark-range", Help: "mark all rows from the last mark to this one", Keys: []string{"v"}, Disabled: m.noRange, Run: m.step(m.markRange)},
		{Name: "retry", Help: "try again what failed", Keys: []string{"r"}, Disabled: m.noFault, Run: m.run(m.retry)},
		{Name: "back", Help: "cancel, or clear marks, filter or range", Keys: []string{"esc"}, Hint: "back", Motion: true, Disabled: m.noBack, Run: m.escape},
	}
}

func (m *Model) editing() []pane.Command {
	return []pane.Command{
		{Name: "edit-cell", Help: "edit the cell", Keys: []string{"e", "f2", "c"}, Hint: "edit", Disabled: m.noEdit, Run: m.run(m.edit(false))},
		{Name: "edit-external", Help: "edit the cell in your own editor", Keys: []string{"E"}, Disabled: m.noEdit, Run: m.run(m.edit(true))},
		{Name: "insert", Help: "insert a row", Keys: []string{"o"}, Hint: "insert", Disabled: m.noWrite, Run: m.run(m.insert)},
		{Name: "duplicate", Help: "insert a row like this one", Keys: []string{"O"}, Disabled: m.noWriteRow, Run: m.run(m.duplicate)},
		{Name: "delete", Help: "delete the row or the marked rows, or take that back", Keys: []string{"d"}, Hint: "delete", Disabled: m.noWriteRow, Run: m.run(m.delete)},
		{Name: "set-null", Help: "set the cell to NULL", Keys: []string{"x", "ctrl+n"}, Disabled: m.noNull, Run: m.run(m.setNull)},
		{Name: "undo", Help: "undo the last staged change", Keys: []string{"u"}, Disabled: m.noUndo, Run: m.run(m.undo)},
		{Name: "redo", Help: "redo what was undone", Keys: []string{"ctrl+r"}, Disabled: m.noRedo, Run: m.run(m.redo)},
	}
}

func (m *Model) copying() []pane.Command {
	return []pane.Command{
		{Name: "copy", Help: "copy the cell", Keys: []string{"y"}, Disabled: m.noCopy, Run: m.run(m.copyCell)},
		{Name: "export", Help: "write the rows that are shown into a file: .csv, .tsv, .jsonl, .json, .sql or .md", Arg: "file", Disabled: m.noTable, Run: m.run(m.export)},
		{Name: "copy-row", Help: "copy the row, or the marked rows, as tuple, JSON, CSV or command", Keys: []string{"Y"}, Arg: "format", Disabled: m.noRow, Run: m.run(m.copyRow)},
	}
}

// Why commands are not possible.

func (m *Model) noTable() string {
	if m.view == nil {
		return "no table is open"
	}
	return ""
}

func (m *Model) noRow() string {
	if _, ok := m.current(); !ok {
		return "there is no row"
	}
	return ""
}

func (m *Model) noCopy() string {
	if m.fault != nil {
		return ""
	}
	return m.noRow()
}

func (m *Model) noMark() string {
	l, ok := m.current()
	switch {
	case !ok:
		return "there is no row"
	case l.inserted() != 0:
		return "the row is not in the database yet"
	}
	return ""
}

func (m *Model) noRange() string {
	if why := m.noMark(); why != "" {
		return why
	}
	if m.lastMark() < 0 {
		return "no row near by is marked: space marks where the range begins"
	}
	return ""
}

func (m *Model) noFault() string {
	if m.fault == nil {
		return "nothing has failed"
	}
	return ""
}

func (m *Model) noSearch() string {
	if m.view == nil || m.search.filter.Empty() {
		return "there was no filter yet: / sets one"
	}
	return ""
}

func (m *Model) noBack() string {
	o := &m.wish
	switch {
	case m.fault != nil, m.marks.len() > 0, m.cancelable():
	case m.view != nil && (!o.Filter.Empty() || !o.Range.All() || o.Limit > 0 || o.Reverse || o.Sort.Column != ""):
	default:
		return "there is nothing to go back from"
	}
	return ""
}

// blocked says why nothing can be written to the table.
func (m *Model) blocked() string { return m.env.Blocked(m.writable()) }

func (m *Model) noWrite() string {
	if why := m.noTable(); why != "" {
		return why
	}
	return m.blocked()
}

func (m *Model) noWriteRow() string {
	if why := m.noWrite(); why != "" {
		return why
	}
	if m.marks.len() > 0 {
		return ""
	}
	return m.noRow()
}

func (m *Model) noEdit() string {
	if why := m.noWrite(); why != "" {
		return why
	}
	l, ok := m.current()
	column, known := m.writableColumn()
	switch {
	case !ok:
		return "there is no row"
	case l.deleted():
		return "the row is staged to be deleted; d takes that back"
	case !known:
		return "the query computes this column"
	case m.writable().ColumnAt(column).Generated:
		return "the database computes this column"
	}
	return ""
}

func (m *Model) noNull() string {
	if why := m.noEdit(); why != "" {
		return why
	}
	if column, _ := m.writableColumn(); !m.writable().ColumnAt(column).Nullable {
		return "the column cannot hold NULL"
	}
	return ""
}

func (m *Model) noUndo() string {
	if !m.env.Changes.CanUndo() {
		return "nothing is staged that could be undone"
	}
	return ""
}

func (m *Model) noRedo() string {
	if !m.env.Changes.CanRedo() {
		return "nothing was undone"
	}
	return ""
}
