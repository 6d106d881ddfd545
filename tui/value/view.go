package value

import (
	"errors"
	"fmt"
	"strings"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/style"
	"github.com/rowan-db/rowan/tui/task"
)

// Title implements [pane.Titled].
func (m *Model) Title() []style.Span { return []style.Span{style.Plain(" Value ")} }

// Footer implements [pane.Titled]: the view, and how far one has scrolled.
func (m *Model) Footer() []style.Span {
	l := m.laidOut()
	if l == nil {
		return nil
	}
	text := modeNames[m.view()]
	if n, all := l.Known(); n > m.bodyHeight() {
		text += " · line " + display.Count(int64(m.top+1))
		if all {
			text += " of " + display.Count(int64(n))
		}
	}
	return []style.Span{style.Plain(" " + text + " ")}
}

// headHeight is the number of lines above the value.
func (m *Model) headHeight() int { return min(m.height, len(m.notes())+2) }

func (m *Model) bodyHeight() int { return max(m.height-m.headHeight(), 0) }

// laidOut returns the layout of what is shown, nil if there is nothing.
func (m *Model) laidOut() display.Lines {
	if m.row == nil || m.width == 0 {
		return nil
	}
	if m.lines == nil {
		m.lines = m.layOut()
	}
	return m.lines
}

// View implements [pane.Pane].
func (m *Model) View() string {
	if m.stale || m.drawnWith != m.env.Styles {
		m.text, m.stale, m.drawnWith = m.draw(), false, m.env.Styles
	}
	return m.text
}

func (m *Model) draw() string {
	if m.width == 0 || m.height == 0 {
		return ""
	}
	st := &m.env.Styles.Value
	if m.row == nil {
		rows := []string{style.Line(st.Muted(), m.width, style.Plain(" No cell is selected."))}
		return strings.Join(m.pad(rows), "\n")
	}
	m.clamp()
	rows := m.head()
	for i := range m.bodyHeight() {
		rows = append(rows, m.drawLine(m.top+i))
	}
	return strings.Join(m.pad(rows), "\n")
}

// pad fills the panel with blank lines.
func (m *Model) pad(rows []string) []string {
	for len(rows) < m.height {
		rows = append(rows, style.Line(m.env.Styles.Value.Text(), m.width))
	}
	return rows[:m.height]
}

// head returns the lines that say what is shown: the key has one of its own,
// so that a long one leaves the name of the column to be read.
func (m *Model) head() []string {
	st := &m.env.Styles.Value
	key := "(new key)"
	if m.sel.Row.Key != nil {
		key = m.sel.Row.Key.String()
	}
	spans := []style.Span{{SGR: st.Text().With(themes.Bold), Text: m.sel.Schema.ColumnAt(m.sel.Column).Name}}
	for _, s := range m.facts() {
		spans = append(spans, style.Span{SGR: st.Muted(), Text: " · " + s})
	}
	rows := []string{
		style.Line(st.Text(), m.width, style.Span{SGR: st.Of(themes.Key), Text: key}),
		style.Line(st.Text(), m.width, spans...),
	}
	for _, n := range m.notes() {
		rows = append(rows, style.Line(st.Of(n.role), m.width, style.Plain(n.text)))
	}
	return rows[:m.headHeight()]
}

// facts returns the size and type of the value.
func (m *Model) facts() []string {
	var facts []string
	v := m.value()
	if n, _ := m.size(); hasBytes(v) {
		facts = append(facts, display.Bytes(n))
	}
	kind := v.Kind().String()
	if v.Kind() == tuple.KindOther {
		kind = v.TypeName()
	}
	return append(facts, kind)
}

// note is a line about the value.
type note struct {
	role themes.Role
	text string
}

// notes returns what the user has to know about the value.
func (m *Model) notes() []note {
	if m.row == nil {
		return nil
	}
	var notes []note
	if _, staged := m.stagedValue(); staged {
		was, _ := oneLine(m.sel.Schema.ValueAt(&m.sel.Staged.Before, m.sel.Column))
		notes = append(notes, note{themes.Change, "~ staged; was " + was[:min(len(was), m.width*4)]})
	}
	switch {
	case m.inserted():
		notes = append(notes, note{themes.Add, "+ staged to be inserted"})
	case m.sel.Staged != nil && m.sel.Staged.Change.Op == store.Delete:
		notes = append(notes, note{themes.Delete, "- staged to be deleted"})
	}
	if m.err != nil {
		notes = append(notes, note{themes.Fail, m.err.Error() + " · L tries again"})
	}
	if m.gone {
		notes = append(notes, note{themes.Warn, "The row has been deleted by others: this is what it held."})
	}
	if d, ok := m.env.Tasks.Elapsed(slotRead); ok && d >= task.Patience {
		notes = append(notes, note{themes.Muted, fmt.Sprintf("reading… %.1fs  esc cancels", d.Seconds())})
	}
	if n, cut := m.size(); cut && m.view() != modeRow {
		notes = append(notes, note{themes.Warn, fmt.Sprintf("the first %s of %s · L loads all", display.Bytes(int64(len(m.value().AsText()))), display.Bytes(n))})
	}
	if j, ok := m.lines.(*display.JSONLines); ok && j.Err() != nil {
		if _, cut := m.size(); !cut { // what was cut off ends too early, of course
			notes = append(notes, note{themes.Warn, m.describeInvalid(j.Err())})
		}
	}
	return notes
}

// describeInvalid says why a value is shown as JSON but is not.
func (m *Model) describeInvalid(err error) string {
	bad, ok := errors.AsType[*display.SyntaxError](err)
	if !ok {
		return err.Error()
	}
	before := m.value().AsText()[:bad.Offset]
	line := strings.Count(before, "\n") + 1
	return fmt.Sprintf("not valid JSON at line %d, byte %d: %s", line, bad.Offset-strings.LastIndexByte(before, '\n'), bad.Msg)
}

// drawLine draws a line of the value, blank beyond its end.
func (m *Model) drawLine(n int) string {
	st := &m.env.Styles.Value
	line, _ := m.lines.Line(n)
	c := display.Cell{Width: m.width, EscapeOn: st.Escape().On}
	b := line.Append(make([]byte, 0, m.width*2), c, func(k display.Kind) string { return st.Token(k).On })
	return string(append(b, st.Text().Off...))
}
