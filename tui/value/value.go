// Package value shows one cell: as text, as JSON, as bytes, or among the other
// columns of its row.
//
// Of a large value it reads only the beginning, and only when the panel has
// the focus; the rest when the user asks for it. What is read is laid out as
// far as it is looked at. NULL, the empty text and the text "NULL" look
// different. The panel changes nothing.
package value

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/task"
)

// ID is the name of the pane.
const ID = "value"

// firstPart is how many bytes of a large value are read at once.
const firstPart = 64 << 10

// Texts of what has none.
const (
	nullText  = "∅ null"
	emptyText = "''"
)

var slotRead = task.Slot{Pane: ID, Name: "read"}

// mode is a way to look at a value.
type mode uint8

const (
	modeAuto mode = iota
	modeText
	modeJSON
	modeHex
	modeRow
)

var modeNames = [...]string{"auto", "text", "json", "hex", "row"}

// Model is the value panel. It is a [pane.Pane].
type Model struct {
	env      *pane.Env
	commands []pane.Command

	sel pane.Selected
	// row is what is known of the row: at first as the grid has it, then as it
	// was read again.
	row  *store.Row
	gone bool // the row was not there any more when it was read again
	err  error

	mode  mode          // that the user chose
	lines display.Lines // nil if it has to be laid out
	top   int           // the first line that is seen

	width, height int
	focused       bool
	stale         bool
	text          string
	drawnWith     any // the styles that text was drawn with
}

// New returns a panel that shows nothing yet.
func New(env *pane.Env) *Model {
	m := &Model{env: env, stale: true}
	m.commands = m.buildCommands()
	return m
}

// ID implements [pane.Pane].
func (m *Model) ID() string { return ID }

// Commands implements [pane.Pane].
func (m *Model) Commands() []pane.Command { return m.commands }

// SetSize implements [pane.Pane].
func (m *Model) SetSize(width, height int) {
	if m.width != width {
		m.lines = nil
	}
	m.width, m.height = max(width, 0), max(height, 0)
	m.stale = true
}

// SetFocus implements [pane.Focuser].
func (m *Model) SetFocus(focused bool) { m.focused = focused }

// Focused implements [pane.Fronted]: whoever goes to the panel wants to read
// more of the value than the grid holds.
func (m *Model) Focused() (pane.Action, tea.Cmd) {
	m.stale = true
	return nil, m.read(firstPart)
}

// Show shows a cell, as the grid's selection tells.
func (m *Model) Show(sel pane.Selected) (pane.Action, tea.Cmd) {
	sameRow := m.sel.Row != nil && sel.Row != nil && m.sel.Schema == sel.Schema && m.sel.Row.Key.Equal(sel.Row.Key)
	if sel == m.sel {
		return nil, nil
	}
	m.env.Tasks.Cancel(slotRead)
	if !sameRow || m.sel.Column != sel.Column {
		m.top = 0
	}
	if m.mode != modeRow && (m.sel.Schema != sel.Schema || m.sel.Column != sel.Column) {
		m.mode = modeAuto // it was chosen for another column
	}
	m.sel, m.row, m.gone, m.err = sel, sel.Row, false, nil
	m.reset()
	if m.focused {
		return nil, m.read(firstPart)
	}
	return nil, nil
}

// reset lays out anew.
func (m *Model) reset() { m.lines, m.stale = nil, true }

// Update implements [pane.Pane].
func (m *Model) Update(msg tea.Msg) (pane.Action, tea.Cmd) {
	switch msg := msg.(type) {
	case task.Done[readRow]:
		return m.readDone(msg)
	case tea.MouseWheelMsg:
		const lines = 3
		switch msg.Button {
		case tea.MouseWheelDown:
			m.scroll(lines)
		case tea.MouseWheelUp:
			m.scroll(-lines)
		}
	case task.Tick:
		m.stale = true
	case tea.WindowSizeMsg:
		if m.focused {
			return nil, m.read(firstPart)
		}
	}
	return nil, nil
}

// readRow is the row of the cell, read again.
type readRow struct {
	sel pane.Selected
	row *store.Row // nil if it has gone
}

// read reads up to limit bytes of each value of the row, or all with a limit
// of 0, if not all of the cell is known.
func (m *Model) read(limit int) tea.Cmd {
	if m.row == nil || m.inserted() || m.env.Store == nil || m.complete(limit) {
		return nil
	}
	st, sel := m.env.Store, m.sel
	return task.Start(m.env.Tasks, slotRead, func(ctx context.Context) (readRow, error) {
		row, err := fetch(ctx, st, sel, limit)
		return readRow{sel, row}, err
	})
}

// complete reports whether as much of the value is known as a read with a
// limit would give.
func (m *Model) complete(limit int) bool {
	_, cut := m.size()
	text := m.value().AsText()
	if m.mode == modeRow {
		cut, text = len(m.row.Cut) > 0, ""
	}
	return m.row.Values != nil && (!cut || limit > 0 && len(text) >= limit-4)
}

func fetch(ctx context.Context, st *store.Store, sel pane.Selected, limit int) (*store.Row, error) {
	t, err := st.Table(ctx, sel.Schema.Name)
	if err != nil {
		return nil, err
	}
	if limit == 0 {
		rows, err := t.Get(ctx, sel.Row.Key)
		if err != nil {
			return nil, err
		}
		return rows[0], nil
	}
	page, err := t.Scan(ctx, store.Query{Range: tuple.Prefix(sel.Row.Key), Limit: 1, MaxValue: limit})
	if err != nil || len(page.Rows) == 0 {
		return nil, err
	}
	return &page.Rows[0], nil
}

func (m *Model) readDone(d task.Done[readRow]) (pane.Action, tea.Cmd) {
	m.stale = true
	switch {
	case d.Err != nil && store.KindOf(d.Err) == store.Canceled:
		return nil, nil
	case d.Value.sel != m.sel && d.Err == nil:
		return nil, nil
	case d.Err != nil:
		m.err = d.Err
		return nil, nil
	case d.Value.row == nil:
		m.gone = true
		return nil, nil
	}
	m.row = d.Value.row
	m.reset()
	return nil, nil
}

func (m *Model) inserted() bool {
	return m.sel.Staged != nil && m.sel.Staged.Change.Op == store.Insert
}

// value returns the value of the cell, as it would be after a staged change.
func (m *Model) value() tuple.Value {
	if v, ok := m.stagedValue(); ok {
		return v
	}
	return m.sel.Schema.ValueAt(m.row, m.sel.Column)
}

// stagedValue returns the value that is staged for the cell, if one is.
func (m *Model) stagedValue() (tuple.Value, bool) {
	if m.sel.Staged == nil || m.sel.Staged.Change.Op != store.Update {
		return tuple.Null, false
	}
	v := m.sel.Schema.ValueAt(&m.sel.Staged.After, m.sel.Column)
	return v, v != m.sel.Schema.ValueAt(&m.sel.Staged.Before, m.sel.Column)
}

// size returns the number of bytes of the whole value, and whether only a
// beginning of it is known.
func (m *Model) size() (n int64, cut bool) {
	v := m.value()
	if _, staged := m.stagedValue(); !staged {
		for _, c := range m.row.Cut {
			if c.Column == m.sel.Column-len(m.sel.Schema.Key) {
				return c.Size, true
			}
		}
	}
	return int64(len(v.AsText())), false
}

// view returns the way in which the value is shown.
func (m *Model) view() mode {
	if m.mode != modeAuto {
		return m.mode
	}
	v := m.value()
	_, cut := m.size()
	switch v.Kind() {
	case tuple.KindJSON:
		return modeJSON
	case tuple.KindBytes:
		if !isText(v.AsText()) {
			return modeHex
		}
	case tuple.KindText, tuple.KindOther:
	default:
		return modeText
	}
	if looksLikeJSON(v.AsText(), !cut) {
		return modeJSON
	}
	return modeText
}

// layOut returns the lines of what is shown.
func (m *Model) layOut() display.Lines {
	v := m.value()
	text := v.AsText()
	how := m.view()
	if how == modeRow {
		return newRowLines(m.sel.Schema, m.shownRow(), m.sel.Column)
	}
	if !hasBytes(v) || text == "" {
		text, kind := oneLine(v)
		return oneToken{Kind: kind, Text: text}
	}
	switch how {
	case modeHex:
		return display.NewHex([]byte(text), m.width)
	case modeJSON:
		return display.NewJSON(text, m.width)
	}
	return display.NewText(text, m.width)
}

// shownRow returns the row with its staged changes.
func (m *Model) shownRow() *store.Row {
	if st := m.sel.Staged; st != nil && st.Change.Op != store.Delete {
		return &st.After
	}
	return m.row
}

// hasBytes reports whether a value is text or binary data.
func hasBytes(v tuple.Value) bool {
	switch v.Kind() {
	case tuple.KindText, tuple.KindBytes, tuple.KindJSON, tuple.KindOther:
		return true
	}
	return false
}

// plain returns the value as it goes to the clipboard.
func (m *Model) plain() string {
	if m.view() != modeRow {
		return m.value().Plain()
	}
	var b strings.Builder
	s, r := m.sel.Schema, m.shownRow()
	for i := range s.Width() {
		b.WriteString(s.ColumnAt(i).Name + " = " + s.ValueAt(r, i).Plain() + "\n")
	}
	return b.String()
}
