package review

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/style"
)

// footLines is the number of lines below the list.
const footLines = 3

// Title implements [pane.Titled].
func (m *Model) Title() []style.Span {
	if len(m.changes) == 0 {
		return []style.Span{style.Plain(" Review ")}
	}
	return []style.Span{style.Plain(" Review " + countOf(len(m.changes), "change") + " in " + countOf(m.tables(), "table") + " ")}
}

// Footer implements [pane.Titled].
func (m *Model) Footer() []style.Span { return nil }

// Size implements [pane.Sizer].
func (m *Model) Size(maxWidth, maxHeight int) (width, height int) {
	return min(maxWidth, 100), min(maxHeight, max(len(m.lines)+footLines+1, 8))
}

// SetSize implements [pane.Pane].
func (m *Model) SetSize(width, height int) {
	m.width, m.height = width, height
	m.fit()
}

// View implements [pane.Pane].
func (m *Model) View() string {
	if m.width < 4 || m.height < 1 {
		return ""
	}
	l := m.env.Styles.Overlay
	var lines []string
	first, end := m.list.Window()
	for i := first; i < end; i++ {
		lines = append(lines, m.drawLine(i))
	}
	if len(m.changes) == 0 {
		lines = append(lines, style.Line(l.Muted(), m.width, style.Plain(" Nothing is staged.")))
	}
	for len(lines) < m.height-footLines {
		lines = append(lines, style.Line(l.Text(), m.width))
	}
	lines = append(lines, l.Of(themes.Border).Render(strings.Repeat("─", m.width)), m.stateLine(), m.promiseLine())
	return strings.Join(lines[:min(len(lines), m.height)], "\n")
}

// stateLine says what stands in the way of a commit, or how to make it.
func (m *Model) stateLine() string {
	l := m.env.Styles.Overlay
	say := func(look style.SGR, text string) string { return style.Line(look, m.width, style.Plain(" "+text)) }
	if d, ok := m.env.Committing(); ok {
		text := style.Spinner(d) + " committing… " + fmt.Sprintf("%.1fs", d.Seconds()) + "  esc cancels"
		if m.stopping {
			text = style.Spinner(d) + " canceling…"
		}
		return say(l.Of(themes.Warn), text)
	}
	switch {
	case len(m.changes) == 0:
		return say(l.Muted(), "esc goes back")
	case len(m.conflicts) > 0:
		return say(l.Of(themes.Fail), countOf(len(m.conflicts), "conflict")+" to resolve before commit: m mine · t theirs · e edit")
	}
	return style.Line(l.Text(), m.width, style.Span{SGR: l.Of(themes.HintKey), Text: " ctrl+s"}, style.Plain(" writes "+countOf(len(m.changes), "change")+" to "+m.env.Name+", "),
		style.Span{SGR: l.Of(themes.HintKey), Text: "esc"}, style.Plain(" goes back with everything staged"))
}

// promiseLine says what the database guarantees.
func (m *Model) promiseLine() string {
	text := ""
	if m.env.Store != nil {
		switch m.env.Store.Info().Atomicity {
		case driver.WholeBatch:
			text = "One transaction: all of it is written, or nothing."
		case driver.PerRow:
			text = "Row by row: if one fails, those before it stay written."
		}
	}
	return style.Line(m.env.Styles.Overlay.Muted(), m.width, style.Plain(" "+text))
}

// keyWidth is the cells of the keys of rows.
func (m *Model) keyWidth() int { return max(8, min(30, m.width/3)) }

// nameWidth is the cells of the names of columns.
func (m *Model) nameWidth() int { return max(6, min(18, m.width/6)) }

func (m *Model) drawLine(i int) string {
	at := m.lines[i]
	s := &m.changes[at.change]
	l := m.env.Styles.Overlay
	if cur := m.lines[m.list.Cursor()]; cur.change == at.change && at.kind != tableLine && at.kind != gapLine {
		l = m.env.Styles.Grid.Row
	}
	switch at.kind {
	case tableLine:
		return style.Line(l.Text(), m.width, style.Span{SGR: l.Of(themes.Accent).With(themes.Bold), Text: " " + s.Schema.Name})
	case gapLine:
		return style.Line(l.Text(), m.width)
	case rowLine:
		return m.drawRow(s, at, l)
	case columnLine:
		return style.Line(l.Text(), min(m.keyWidth()+4, m.width)) + style.Line(l.Text(), m.width-m.keyWidth()-4, m.valueSpans(s, at.column, l)...)
	case versionsLine:
		return m.drawVersions(l, "", [3]style.Span{{SGR: l.Muted(), Text: "base"}, {SGR: l.Muted(), Text: "mine (m)"}, {SGR: l.Muted(), Text: "theirs (t)"}})
	}
	d := m.conflicts[s.ID]
	return m.drawVersions(l, s.Schema.ColumnAt(at.column).Name, [3]style.Span{
		versionSpan(d.Base, s.Schema, at.column, l.Text()),
		mineSpan(&d, at.column, l.Of(themes.Change)),
		versionSpan(d.Theirs, s.Schema, at.column, l.Of(themes.Fail)),
	})
}

// drawRow draws a row's key, what happens to it, and its first value.
func (m *Model) drawRow(s *store.Staged, at line, l style.Layer) string {
	sign, role := "~", themes.Change
	switch s.Change.Op {
	case store.Insert:
		sign, role = "+", themes.Add
	case store.Delete:
		sign, role = "-", themes.Delete
	}
	key := s.Change.Key.String()
	if s.Change.Key == nil {
		key = "(new key)"
	}
	spans := []style.Span{{SGR: l.Of(role).With(themes.Bold), Text: "  " + sign + " "}, {SGR: l.Of(themes.Key), Text: key}}
	rest := m.valueSpans(s, at.column, l)
	if d, ok := m.conflicts[s.ID]; ok {
		rest = []style.Span{{SGR: l.Of(themes.Fail).With(themes.Bold), Text: "! " + conflictText(&d)}}
	}
	w := min(m.keyWidth()+4, m.width)
	return style.Line(l.Text(), w, spans...) + style.Line(l.Text(), m.width-w, rest...)
}

// conflictText says what others did.
func conflictText(d *store.ConflictDetail) string {
	switch {
	case d.Base == nil:
		return "others have inserted this row"
	case d.Theirs == nil:
		return "others have deleted this row"
	case d.Staged.Change.Moves() && !d.Theirs.Key.Equal(d.Staged.Change.Key):
		return "others have a row with the new key"
	}
	return "others have changed this row"
}

// valueSpans returns what happens to a value: before → after, or the new one.
// Column -1 is a change that sets nothing.
func (m *Model) valueSpans(s *store.Staged, column int, l style.Layer) []style.Span {
	switch {
	case s.Change.Op == store.Delete:
		return []style.Span{{SGR: l.Muted(), Text: summary(s)}}
	case column < 0:
		return []style.Span{{SGR: l.Muted(), Text: "with defaults only"}}
	}
	name := s.Schema.ColumnAt(column).Name
	pad := strings.Repeat(" ", max(1, m.nameWidth()-display.WidthUpTo(name, m.nameWidth())))
	spans := []style.Span{{SGR: l.Muted(), Text: name + pad}}
	after, _ := valueOf(&s.After, s.Schema, column)
	if s.Change.Op == store.Insert {
		return append(spans, style.Span{SGR: l.Of(themes.Add), Text: literal(after)})
	}
	before, _ := valueOf(&s.Before, s.Schema, column)
	return append(spans,
		style.Span{SGR: l.Of(themes.Delete).With(themes.Strike), Text: clipped(literal(before), (m.width-m.keyWidth()-m.nameWidth())/2-4)},
		style.Span{SGR: l.Muted(), Text: " → "},
		style.Span{SGR: l.Of(themes.Add), Text: literal(after)})
}

// summary returns the values of a row that is deleted, on one line.
func summary(s *store.Staged) string {
	var parts []string
	for i, v := range s.Before.Values {
		if !v.IsNull() && i < maxValues {
			parts = append(parts, s.Schema.Columns[i].Name+"="+literal(v))
		}
	}
	return strings.Join(parts, " ")
}

// maxLiteral is the number of bytes of a value that are made a literal: more
// do not fit on a line.
const maxLiteral = 512

// literal returns a value as a literal: NULL, ” and the text "null" differ.
func literal(v tuple.Value) string {
	if v.Size() <= maxLiteral {
		return v.String()
	}
	switch v.Kind() {
	case tuple.KindBytes:
		return tuple.BytesOf(v.AsText()[:maxLiteral]).String()
	case tuple.KindText, tuple.KindJSON, tuple.KindOther:
		return tuple.Text(v.AsText()[:maxLiteral]).String()
	}
	return v.String()
}

// clipped returns text cut off to width cells, not yet safe to show: it is
// made so when it is drawn.
func clipped(text string, width int) string {
	if display.WidthUpTo(text, max(width, 1)) <= width {
		return text
	}
	for i := range text {
		if display.WidthUpTo(text[:i], width) >= width-1 {
			return text[:i] + display.Ellipsis
		}
	}
	return text
}

// drawVersions draws a line of a conflict: the three versions of a value.
func (m *Model) drawVersions(l style.Layer, name string, versions [3]style.Span) string {
	head := min(m.nameWidth()+6, m.width)
	out := style.Line(l.Muted(), head-1, style.Plain("      "+name)) + style.Line(l.Text(), 1)
	w := max(0, (m.width-head)/3)
	for i, v := range versions {
		if i == 2 {
			w = m.width - head - 2*w
		}
		out += style.Line(l.Text(), max(0, w-1), v) + style.Line(l.Text(), min(1, w))
	}
	return out
}

// mineSpan returns a value as the change would leave it. Columns that an insert
// does not set get their defaults, which only the database knows.
func mineSpan(d *store.ConflictDetail, column int, look style.SGR) style.Span {
	c := column - len(d.Staged.Schema.Key)
	unset := !slices.ContainsFunc(d.Staged.Change.Set, func(a store.Assignment) bool { return a.Column == c })
	if d.Staged.Change.Op == store.Insert && c >= 0 && unset {
		return style.Span{SGR: look, Text: "(default)"}
	}
	return versionSpan(d.Mine, d.Staged.Schema, column, look)
}

// versionSpan returns a value of one version.
func versionSpan(r *store.Row, s *store.Schema, column int, look style.SGR) style.Span {
	v, ok := valueOf(r, s, column)
	if !ok {
		return style.Span{SGR: look, Text: "—"}
	}
	return style.Span{SGR: look, Text: literal(v)}
}
