package grid

import (
	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/style"
)

// canvas keeps the last drawing, which stands until something changes, and the
// memory that drawing needs.
type canvas struct {
	stale  bool
	text   string
	styles *style.Styles // that text was drawn with
	looks  looks
	buf    []byte
	spans  []span
}

// looks are those of the grid that are made from others.
type looks struct {
	header, headerHere            style.SGR
	gonePlain, goneRow, goneHere  style.SGR // deleted rows
	goneMarked, goneBlurred, gone style.SGR
}

func newLooks(g *style.Grid) looks {
	gone := func(l style.Layer) style.SGR { return l.Of(themes.Delete).With(themes.Strike) }
	return looks{
		header: g.Column, headerHere: g.Column.With(themes.Underline),
		gonePlain: gone(g.Plain), goneRow: gone(g.Row), goneMarked: gone(g.Marked),
		goneHere: gone(g.Cursor), goneBlurred: gone(g.Blurred), gone: gone(g.Stale),
	}
}

// rowsHeight is the number of lines for rows: all but the header, the message
// of a fault and the prompt.
func (m *Model) rowsHeight() int {
	h := m.height - 1 - m.faultHeight()
	if m.prompt != nil {
		h -= m.prompt.height()
	}
	return max(h, 0)
}

// View implements [pane.Pane].
func (m *Model) View() string {
	c := &m.canvas
	if c.styles != m.env.Styles {
		c.styles, c.looks, c.stale = m.env.Styles, newLooks(&m.env.Styles.Grid), true
	}
	if c.stale {
		c.text, c.stale = m.draw(), false
	}
	return c.text
}

// draw draws the pane: exactly its height of lines of its width.
func (m *Model) draw() string {
	if m.width == 0 || m.height == 0 {
		return ""
	}
	c := &m.canvas
	var sep int
	c.spans, sep = m.layout.place(c.spans[:0], m.width)
	b := m.appendHeader(c.buf[:0], sep)
	notice := m.emptyNotice()
	for i := range m.rowsHeight() {
		b = append(b, '\n')
		switch n := m.cursor.top + i; {
		case n < len(m.lines):
			b = m.appendLine(b, n, sep)
		case len(notice) > 0 && i >= min(len(m.lines)+1, m.rowsHeight()-len(notice)):
			b = append(b, style.Line(m.env.Styles.Grid.Plain.Muted(), m.width, notice[0]...)...)
			notice = notice[1:]
		default:
			b = m.appendText(b, m.env.Styles.Grid.Plain.Text(), "")
		}
	}
	if m.fault != nil {
		b = m.appendFault(b)
	}
	if m.prompt != nil {
		b = m.prompt.append(b, m.env.Styles, m.width, m.height-1)
	}
	c.buf = b
	return string(b)
}

// appendText appends safe text on a line of its own.
func (m *Model) appendText(dst []byte, look style.SGR, text string) []byte {
	dst = append(dst, look.On...)
	text, w := fitSafe(text, m.width)
	dst = append(dst, text...)
	dst = display.AppendSpaces(dst, m.width-w)
	return append(dst, look.Off...)
}

// appendHeader appends the names of the columns.
func (m *Model) appendHeader(dst []byte, sep int) []byte {
	p := painter{dst: dst, looks: &m.canvas.looks, layer: m.env.Styles.Grid.Plain, width: m.width, sep: sep}
	p.blank(gutterWidth)
	s := m.schema()
	for _, sp := range m.canvas.spans {
		p.to(sp.x)
		look := p.looks.header
		if sp.column == m.cursor.column {
			look = p.looks.headerHere
		}
		c := s.ColumnAt(sp.column)
		p.header(look, c.Name, m.arrow(sp.column), sp.width, alignOf(c.Kind))
	}
	return p.end()
}

// arrow tells how the view is ordered by a column.
func (m *Model) arrow(column int) string {
	o := m.view.Options()
	s := m.schema()
	switch {
	case o.Sort.Column == "" && column == 0 && o.Reverse:
		return " ▼"
	case o.Sort.Column == "" && column == 0:
		return " ▲"
	case o.Sort.Column == "" || o.Sort.Column != s.ColumnAt(column).Name:
		return ""
	case o.Sort.Descending:
		return " ▼"
	}
	return " ▲"
}

// appendLine appends line n.
func (m *Model) appendLine(dst []byte, n, sep int) []byte {
	l, here := m.lines[n], n == m.cursor.line
	g := &m.env.Styles.Grid
	p := painter{dst: dst, looks: &m.canvas.looks, layer: g.Plain, gone: m.canvas.looks.gonePlain, width: m.width, sep: sep}
	marked := m.marks.has(l)
	switch {
	case m.leaving():
		p.layer, p.gone = g.Stale, m.canvas.looks.gone
	case marked:
		p.layer, p.gone = g.Marked, m.canvas.looks.goneMarked
	case here:
		p.layer, p.gone = g.Row, m.canvas.looks.goneRow
	}
	p.gutter(l.mark(), m.conflicting(l), marked)
	row := p.layer
	goneRow := p.gone
	for _, sp := range m.canvas.spans {
		p.to(sp.x)
		if here && sp.column == m.cursor.column {
			p.layer, p.gone = g.Blurred, m.canvas.looks.goneBlurred
			if m.focused {
				p.layer, p.gone = g.Cursor, m.canvas.looks.goneHere
			}
		}
		p.cell(m.schema(), l, sp)
		p.layer, p.gone = row, goneRow
	}
	return p.end()
}

// leaving tells that the lines on the screen are those of another view than
// the user is waiting for.
func (m *Model) leaving() bool {
	req := &m.reading.req
	return req.view == nil && req.goal != goalKey && m.slow()
}

func (m *Model) conflicting(l line) bool { return l.staged != nil && m.conflicts[l.staged.ID] }
