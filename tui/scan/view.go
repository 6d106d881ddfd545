package scan

import (
	"fmt"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/pane/input"
	"github.com/rowan-db/rowan/tui/pane/shell"
	"github.com/rowan-db/rowan/tui/style"
)

// The columns of the form, and the lines below the fields.
const (
	maxLabel     = 16
	limitWidth   = 12
	previewLines = 7
)

// Title implements [pane.Titled].
func (m *Model) Title() []style.Span {
	return []style.Span{style.Plain(" Scan " + m.schema.Name + " ")}
}

// Footer implements [pane.Titled].
func (m *Model) Footer() []style.Span { return nil }

// Size implements [pane.Sizer].
func (m *Model) Size(maxWidth, maxHeight int) (width, height int) {
	return min(maxWidth, 92), min(maxHeight, m.formLines()+previewLines)
}

// SetSize implements [pane.Pane].
func (m *Model) SetSize(width, height int) {
	m.width, m.height = width, height
	m.scroll()
}

// formLines is the number of lines of the fields with their heading.
func (m *Model) formLines() int { return m.toggleRow() + 5 }

// lineOf returns the line of a row of the form.
func (m *Model) lineOf(row int) int {
	if row > m.toggleRow() {
		return row + 3
	}
	return row + 2
}

// room is the number of lines for the fields; the rest is the preview.
func (m *Model) room() int { return max(1, m.height-previewLines) }

// scroll brings the field that has the focus in sight.
func (m *Model) scroll() {
	at := m.lineOf(m.focus.row)
	m.top = max(min(m.top, at-1), at-m.room()+2, 0)
	m.top = min(m.top, max(0, m.formLines()-m.room()))
}

// labelWidth is the cells of the names of the key elements.
func (m *Model) labelWidth() int {
	w := 8
	for _, c := range m.schema.Key {
		w = max(w, display.WidthUpTo(c.Name, maxLabel)+3)
	}
	return min(w, maxLabel, m.width/4)
}

// fieldWidth is the cells of a column of fields, with a space after it.
func (m *Model) fieldWidth() int { return max(2, (m.width-m.labelWidth()-1)/columns) }

// View implements [pane.Pane].
func (m *Model) View() string {
	if m.width < 8 || m.height < 1 {
		return ""
	}
	lines := m.form()
	lines = lines[min(m.top, len(lines)):min(m.top+m.room(), len(lines))]
	lines = append(lines, m.preview()...)
	return strings.Join(lines[:min(len(lines), m.height)], "\n")
}

func (m *Model) form() []string {
	l := m.env.Styles.Overlay
	lines := []string{style.Line(l.Text(), m.width), m.heading()}
	for i := range m.schema.Key {
		lines = append(lines, m.keyLine(i))
	}
	return append(lines, m.toggleLine(), style.Line(l.Text(), m.width), m.lastLine())
}

func (m *Model) heading() string {
	l := m.env.Styles.Overlay
	line := style.Line(l.Text(), m.labelWidth()+1, style.Plain(" key"))
	for c, name := range [columns]string{"prefix", "from", "to"} {
		look := l.Muted()
		if c == m.focus.column && m.focus.row <= m.toggleRow() {
			look = l.Of(themes.Accent).With(themes.Bold)
		}
		line += style.Line(look, m.columnWidth(c), style.Plain(name))
	}
	return line
}

// columnWidth is the cells of a column: the last one takes what is left.
func (m *Model) columnWidth(c int) int {
	if c == columns-1 {
		return m.width - m.labelWidth() - 1 - (columns-1)*m.fieldWidth()
	}
	return m.fieldWidth()
}

func (m *Model) keyLine(i int) string {
	l := m.env.Styles.Overlay
	col := &m.schema.Key[i]
	look := l.Of(themes.Key)
	line := style.Line(look, m.labelWidth()+1, style.Plain(" "+col.Name))
	for c := range columns {
		line += m.drawField(&m.keys[c][i], spot{c, i}, m.columnWidth(c)-1, elementHint(col))
		line += style.Line(l.Text(), 1)
	}
	return line
}

// elementHint is what an empty field says.
func elementHint(c *store.Column) string {
	kind := c.Type
	if kind == "" {
		kind = c.Kind.String()
	}
	return strings.ToLower(kind)
}

// drawField draws a field in exactly width cells.
func (m *Model) drawField(f *input.Prompt, at spot, width int, hint string) string {
	l, form := m.env.Styles.Overlay, m.env.Styles.Form
	text, _ := f.Draw(width)
	look := form.Button
	switch {
	case m.result.err != nil && m.result.at == at:
		look = l.Of(themes.Fail).With(themes.Underline)
	case f.Empty():
		look = form.Button.With(themes.Faint)
		text = style.Line(look, width, style.Plain(hint))
		return text
	}
	return look.Render(text)
}

func (m *Model) toggleLine() string {
	l := m.env.Styles.Overlay
	line := style.Line(l.Text(), m.labelWidth()+1)
	for c, name := range [columns]string{"begins with", "inclusive", "inclusive"} {
		line += m.drawToggle(m.toggles[c] == (c == prefixColumn), spot{c, m.toggleRow()}, name, m.columnWidth(c))
	}
	return line
}

func (m *Model) drawToggle(on bool, at spot, name string, width int) string {
	l := m.env.Styles.Overlay
	box := "[ ] "
	look := l.Muted()
	if on {
		box, look = "[x] ", l.Text()
	}
	if m.focus == at {
		look = m.env.Styles.Form.ButtonFocused
	}
	w := min(width, display.Width(box+name)+1)
	return style.Line(look, w, style.Plain(box+name)) + style.Line(l.Text(), width-w)
}

func (m *Model) lastLine() string {
	l := m.env.Styles.Overlay
	label := style.Line(l.Text(), m.labelWidth()+1, style.Plain(" order"))
	reverse := m.drawToggle(m.reverse, m.reverseSpot(), "backward", m.columnWidth(0))
	limit := style.Line(l.Muted(), 6, style.Plain("limit ")) + m.drawField(&m.limit, m.limitSpot(), limitWidth, "none")
	used := m.labelWidth() + 1 + m.columnWidth(0) + 6 + limitWidth
	return label + reverse + limit + style.Line(l.Text(), m.width-used)
}

// preview says what the form means.
func (m *Model) preview() []string {
	l := m.env.Styles.Overlay
	lines := []string{l.Of(themes.Border).Render(strings.Repeat("─", m.width))}
	if err := m.result.err; err != nil {
		return append(lines, style.Line(l.Of(themes.Fail), m.width, style.Plain(" ✗ "+err.Error())))
	}
	label := func(name, text string, look style.SGR) string {
		return style.Line(look, m.width, style.Span{SGR: l.Muted(), Text: fmt.Sprintf(" %-8s ", name)}, style.Plain(text))
	}
	lines = append(lines, label("keys", describe(m.result.options.Range), l.Text()))
	if m.env.Store != nil && m.env.Store.Info().Order == driver.Bytewise {
		lower, upper := m.result.options.Range.Encoded()
		lines = append(lines, label("bytes", "≥ "+hexOf(lower, "the first"), l.Of(themes.Binary)), label("", "< "+hexOf(upper, "the end"), l.Of(themes.Binary)))
	}
	lines = append(lines, style.Line(l.Text(), m.width))
	for i, part := range wrapCommand(m.command(), m.width-11) {
		name := ""
		if i == 0 {
			name = "command"
		}
		lines = append(lines, label(name, part, l.Of(themes.String)))
	}
	return lines
}

// maxHex is the number of bytes of a bound that are shown.
const maxHex = 24

// hexOf returns bytes in hex; none is what open says.
func hexOf(b []byte, open string) string {
	if len(b) == 0 {
		return open
	}
	text := fmt.Sprintf("% x", b[:min(len(b), maxHex)])
	if len(b) > maxHex {
		text += " … (" + strconv.Itoa(len(b)) + " bytes)"
	}
	return text
}

// wrapCommand breaks a command at spaces where it can.
func wrapCommand(text string, width int) []string {
	if width < 10 || display.Width(text) <= width {
		return []string{text}
	}
	cut := strings.LastIndexByte(text[:min(len(text), width)], ' ')
	if cut <= 0 {
		return []string{text}
	}
	return []string{text[:cut], "  " + text[cut+1:]}
}

// describe says in words which keys a range has.
func describe(r tuple.Range) string {
	if p, ok := shell.Prefix(r); ok {
		return "that begin with " + p.String()
	}
	var parts []string
	switch l := r.Lower; {
	case l.Open():
	case l.Exclusive:
		parts = append(parts, "after "+l.String())
	default:
		parts = append(parts, "from "+l.String()+" on")
	}
	switch u := r.Upper; {
	case u.Open():
	case u.Exclusive:
		parts = append(parts, "before "+u.String())
	default:
		parts = append(parts, "up to "+u.String())
	}
	if len(parts) == 0 {
		return "all"
	}
	return strings.Join(parts, ", ")
}

// Cursor implements [pane.Cursorer].
func (m *Model) Cursor() *tea.Cursor {
	f := m.input()
	y := m.lineOf(m.focus.row) - m.top
	if f == nil || y < 0 || y >= m.room() || m.width < 8 {
		return nil
	}
	if m.focus == m.limitSpot() {
		_, x := f.Draw(limitWidth)
		return tea.NewCursor(m.labelWidth()+1+m.columnWidth(0)+6+x, y)
	}
	_, x := f.Draw(m.columnWidth(m.focus.column) - 1)
	return tea.NewCursor(m.labelWidth()+1+m.focus.column*m.fieldWidth()+x, y)
}
