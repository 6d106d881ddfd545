package dialog

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/style"
)

// TextID is the ID of a text to be read.
const TextID = "text"

// TextView is a text to be read and copied.
type TextView struct {
	env           *pane.Env
	commands      []pane.Command
	title, text   string
	lines         []string // as wide as the overlay, safe
	list          pane.List
	width, height int
}

// NewTextView returns an overlay that shows a text, which may hold anything.
func NewTextView(env *pane.Env, title, text string) *TextView {
	v := &TextView{env: env, title: title, text: text}
	v.commands = append([]pane.Command{
		{Name: "close-text", Help: "close", Keys: []string{"esc", "q"}, Hint: "close", Run: func(string) (pane.Action, tea.Cmd) { return pane.Close{}, nil }},
		{Name: "copy-text", Help: "copy the whole text", Keys: []string{"y"}, Hint: "copy", Run: v.copy},
	}, v.list.Motions(true, nil)...)
	return v
}

func (v *TextView) copy(string) (pane.Action, tea.Cmd) {
	return pane.Copy{Text: v.text, What: "text"}, nil
}

// ID implements [pane.Pane].
func (v *TextView) ID() string { return TextID }

// Commands implements [pane.Pane].
func (v *TextView) Commands() []pane.Command { return v.commands }

// Update implements [pane.Pane].
func (v *TextView) Update(msg tea.Msg) (pane.Action, tea.Cmd) {
	if wheel, ok := msg.(tea.MouseWheelMsg); ok {
		const lines = 3
		if wheel.Button == tea.MouseWheelUp {
			v.list.Scroll(-lines)
		} else {
			v.list.Scroll(lines)
		}
	}
	return nil, nil
}

// Title implements [pane.Titled].
func (v *TextView) Title() []style.Span { return []style.Span{style.Plain(" " + v.title + " ")} }

// Footer implements [pane.Titled].
func (v *TextView) Footer() []style.Span { return nil }

// Size implements [pane.Sizer].
func (v *TextView) Size(maxWidth, maxHeight int) (width, height int) {
	width = min(maxWidth, 100)
	return width, min(maxHeight, max(5, len(wrap(v.text, width-2))))
}

// SetSize implements [pane.Pane].
func (v *TextView) SetSize(width, height int) {
	v.width, v.height = width, height
	v.lines = wrap(strings.ReplaceAll(v.text, "\t", "    "), width-2)
	v.list.Resize(len(v.lines), height)
}

// View implements [pane.Pane].
func (v *TextView) View() string {
	l := v.env.Styles.Overlay
	first, end := v.list.Window()
	var lines []string
	for i := first; i < end; i++ {
		look := l.Text()
		if i == v.list.Cursor() {
			look = v.env.Styles.Grid.Cursor.Text()
		}
		lines = append(lines, paint(look, v.lines[i:i+1], v.width)...)
	}
	return clip(lines, v.height)
}
