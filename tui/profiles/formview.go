package profiles

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/style"
)

const (
	// labelWidth is the cells of the mark and the label.
	labelWidth = 24
	// foot is the number of lines below the fields: a rule, and three for what
	// is said.
	foot = 4
)

// Size implements [pane.Sizer].
func (f *Form) Size(maxWidth, maxHeight int) (width, height int) {
	return min(maxWidth, 86), min(maxHeight, len(f.visible())+foot)
}

// SetSize implements [pane.Pane].
func (f *Form) SetSize(width, height int) {
	f.width, f.height = max(width, 0), max(height, 0)
	f.scroll()
}

// rows is the number of fields that are seen.
func (f *Form) rows() int { return max(f.height-foot, 1) }

// scroll keeps the focus in sight, and wastes no line.
func (f *Form) scroll() {
	shown := f.visible()
	at := max(0, slices.Index(shown, f.focus))
	f.top = min(f.top, at)
	f.top = max(f.top, at-f.rows()+1)
	f.top = max(0, min(f.top, len(shown)-f.rows()))
}

// View implements [pane.Pane].
func (f *Form) View() string {
	l := f.env.Styles.Overlay
	shown := f.visible()
	var lines []string
	for _, i := range shown[f.top:min(f.top+f.rows(), len(shown))] {
		lines = append(lines, f.line(i))
	}
	for len(lines) < f.rows() {
		lines = append(lines, style.Line(l.Text(), f.width))
	}
	lines = append(lines, style.Line(l.Muted(), f.width, style.Plain(strings.Repeat("─", f.width))))
	lines = append(lines, f.foot()...)
	return strings.Join(lines[:min(len(lines), f.height)], "\n")
}

// line draws a field.
func (f *Form) line(i int) string {
	l, form := f.env.Styles.Overlay, f.env.Styles.Form
	x := &f.fields[i]
	focused := i == f.focus
	mark, label, look := " ", form.Label, l.Text()
	if focused {
		mark, label, look = "▸", form.Focused, form.Button
	}
	room := max(0, f.width-labelWidth-1)
	text, _ := x.draw(room, focused)
	if !x.isChoice() && x.value() == "" && !focused {
		text, look = "–", l.Muted()
	}
	head := style.Line(label, min(labelWidth, f.width), style.Plain(mark+" "+x.label))
	return head + style.Line(look, room, style.Plain(text)) + style.Line(l.Text(), f.width-min(labelWidth, f.width)-room)
}

// foot returns the lines below the fields: what runs, what was said, or what
// the field is for.
func (f *Form) foot() []string {
	l, form := f.env.Styles.Overlay, f.env.Styles.Form
	look, lines := l.Muted(), []string{f.fields[f.focus].help}
	switch elapsed, testing := f.env.Tasks.Elapsed(testSlot); {
	case testing:
		lines = []string{"connecting… " + display.Duration(elapsed.Truncate(time.Second)) + "  esc cancels"}
	case f.loading:
		lines = []string{"reading the profile…"}
	case len(f.message.lines) > 0:
		lines = f.message.lines
		switch f.message.level {
		case pane.Success:
			look = l.Text()
		case pane.Blocked:
			look = form.Error
		}
	}
	var out []string
	for i, line := range lines {
		if i > 0 {
			look = l.Text()
		}
		for _, part := range strings.Split(ansi.Wrap(display.Line(line), max(f.width-2, 1), "/,"), "\n") {
			out = append(out, style.Line(look, f.width, style.Plain(" "+part)))
		}
	}
	for len(out) < foot-1 {
		out = append(out, style.Line(l.Text(), f.width))
	}
	return out[:foot-1]
}

// Cursor implements [pane.Cursorer].
func (f *Form) Cursor() *tea.Cursor {
	_, x := f.fields[f.focus].draw(max(0, f.width-labelWidth-1), true)
	y := slices.Index(f.visible(), f.focus) - f.top
	if x < 0 || y < 0 || y >= f.rows() || labelWidth+x >= f.width {
		return nil
	}
	return tea.NewCursor(labelWidth+x, y)
}
