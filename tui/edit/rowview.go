package edit

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/style"
)

// widestName is how many cells of a column's name are shown.
const widestName = 24

// foot is the number of lines below the fields.
const foot = 2

// Size implements [pane.Sizer].
func (r *Row) Size(maxWidth, maxHeight int) (width, height int) {
	return min(maxWidth, 96), min(maxHeight, len(r.fields)+foot+1)
}

// SetSize implements [pane.Pane].
func (r *Row) SetSize(width, height int) {
	r.width, r.height = max(width, 0), max(height, 0)
	for i := range r.fields {
		r.fields[i].box.SetSize(r.boxWidth(), 1)
	}
	r.scroll()
}

// rows is the number of fields that are seen.
func (r *Row) rows() int { return max(r.height-foot, 0) }

func (r *Row) scroll() {
	r.top = min(r.top, r.focus)
	r.top = max(r.top, r.focus-max(r.rows()-1, 0))
	r.top = max(0, min(r.top, len(r.fields)-r.rows()))
}

func (r *Row) nameWidth() int {
	w := 0
	for i := range r.fields {
		w = max(w, display.WidthUpTo(r.fields[i].column.Name, widestName))
	}
	return min(w, widestName, max(r.width/3, 1))
}

// inputAt is where the inputs begin: after the marks and the name.
func (r *Row) inputAt() int { return min(2+r.nameWidth()+2, r.width) }

// boxWidth leaves a third of the line to what is said about the column.
func (r *Row) boxWidth() int { return max((r.width-r.inputAt())*3/5, 0) }

// View implements [pane.Pane].
func (r *Row) View() string {
	l := r.env.Styles.Overlay
	var lines []string
	for i := r.top; i < min(r.top+r.rows(), len(r.fields)); i++ {
		lines = append(lines, r.field(i))
	}
	for len(lines) < r.rows() {
		lines = append(lines, style.Line(l.Text(), r.width))
	}
	lines = append(lines, style.Line(l.Text(), r.width), style.Line(l.Text(), r.width, style.Plain(" "), r.message()))
	return strings.Join(lines[max(0, len(lines)-r.height):], "\n")
}

// field draws a field: a mark, the name, the input, and what the column takes.
func (r *Row) field(i int) string {
	l, f := r.env.Styles.Overlay, r.env.Styles.Form
	e := &r.fields[i]
	_, _, err := e.value()
	mark, name := "  ", l.Text()
	if i == r.focus {
		mark, name = "▸ ", f.Focused
	}
	if e.key {
		name = l.Of(themes.Key)
	}
	b := append([]byte(nil), f.Focused.On...)
	b = display.AppendFit(b, mark, min(2, r.width))
	b = append(b, name.On...)
	b = display.AppendFit(b, e.column.Name, min(r.nameWidth(), r.width-2))
	b = append(b, l.Text().On...)
	b = display.AppendSpaces(b, r.inputAt()-2-r.nameWidth())
	b = r.appendInput(b, e, i == r.focus)
	note := "  " + r.note(e)
	look := l.Muted()
	if err != nil && e.state == stateValue {
		note, look = "  ✗ "+reason(err), f.Error
	}
	b = append(b, look.On...)
	b = display.AppendFit(b, note, r.width-r.inputAt()-r.boxWidth())
	return string(append(b, look.Off...))
}

// appendInput draws what is typed, or that nothing is.
func (r *Row) appendInput(dst []byte, e *entry, focused bool) []byte {
	l, width := r.env.Styles.Overlay, r.boxWidth()
	text, look := "", l.Muted()
	switch {
	case e.column.Generated:
		text = "generated"
	case e.state == stateNull:
		text, look = nullText, l.Of(themes.Null)
	case e.state == stateDefault && e.auto:
		text = "automatic"
	case e.state == stateDefault && e.missing() != nil:
		text = requiredText
	case e.state == stateDefault:
		text = defaultText
	case e.box.Value() == "" && !focused:
		text = emptyText
	default:
		look = l.Text()
		if focused {
			look = r.env.Styles.Form.Button
		}
		for _, line := range e.box.Lines(look, l.Escape()) {
			dst = append(dst, line...)
		}
		return dst
	}
	if focused {
		look = r.env.Styles.Grid.Marked.Muted() // nothing is typed yet
	}
	dst = append(dst, look.On...)
	return display.AppendFit(dst, text, width)
}

// note says what a column takes.
func (r *Row) note(e *entry) string {
	note := describe(e.column)
	switch {
	case e.column.Generated:
		note += ", computed by the database"
	case e.column.Default != "":
		note += ", default " + e.column.Default
	}
	return note
}

func (r *Row) message() style.Span {
	if r.err != "" {
		return style.Span{SGR: r.env.Styles.Form.Error, Text: "✗ " + r.err}
	}
	if e := r.current(); e.state == stateValue {
		if _, _, err := e.value(); err != nil {
			return style.Span{SGR: r.env.Styles.Form.Error, Text: "✗ " + e.column.Name + ": " + reason(err)}
		}
	}
	return style.Span{SGR: r.env.Styles.Form.Help, Text: "Fields that are left alone get the database's default."}
}

// Cursor implements [pane.Cursorer].
func (r *Row) Cursor() *tea.Cursor {
	y := r.focus - r.top
	if y < 0 || y >= r.rows() || r.inputAt() >= r.width {
		return nil
	}
	x := 0
	if e := r.current(); e.state == stateValue {
		x, _ = e.box.Cursor()
	}
	return tea.NewCursor(min(r.inputAt()+x, r.width-1), y)
}
