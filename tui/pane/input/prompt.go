package input

import (
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/tui/display"
)

// Prompt is one line that is typed to ask for something, not data: line breaks
// in pasted text become spaces, words end where the parts of a key do, and
// keys that lists have a use for are left to them. It draws itself at whatever
// width it is given. The zero Prompt is empty.
type Prompt struct{ line Model }

// NewPrompt returns a prompt that holds text, with the cursor at its end.
func NewPrompt(text string) Prompt { return Prompt{line: Line(text)} }

// Value returns the text.
func (p *Prompt) Value() string { return p.line.text }

// Set replaces the text and puts the cursor at its end.
func (p *Prompt) Set(text string) { p.line.SetValue(text) }

// Empty reports whether nothing is typed.
func (p *Prompt) Empty() bool { return p.line.text == "" }

// Update handles typed and pasted text and the editing keys. It reports
// whether msg was one of them, and whether the text is another now.
func (p *Prompt) Update(msg tea.Msg) (handled, changed bool) {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		p.line.Insert(oneLine(msg.Content))
		return true, msg.Content != ""
	case tea.KeyPressMsg:
		if msg.Text != "" {
			p.line.Insert(msg.Text)
			return true, true
		}
		before := p.line.text
		handled = p.key(msg.String())
		return handled, p.line.text != before
	}
	return false, false
}

func (p *Prompt) key(name string) bool {
	m := &p.line
	switch name {
	case "ctrl+home", "ctrl+end", "ctrl+d", "ctrl+backspace":
		return false // the list beside the prompt may know them
	case "ctrl+left", "alt+left", "alt+b":
		m.moveTo(m.wordBefore(inPart))
	case "ctrl+right", "alt+right", "alt+f":
		m.moveTo(m.wordAfter(inPart))
	case "ctrl+w", "alt+backspace":
		m.remove(m.wordBefore(inPart), m.at)
	default:
		return m.key(name)
	}
	return true
}

// inPart reports whether a cluster belongs to a word of a prompt: unlike in
// prose, 2024-05-01 is one.
func inPart(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return !unicode.IsSpace(r) && !strings.ContainsRune(`,.;:()[]{}"'=/`, r)
}

// oneLine joins pasted lines.
func oneLine(s string) string {
	s = strings.Trim(s, "\r\n")
	return strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(s)
}

// Draw returns the text in exactly width cells, without styles, scrolled so
// that the cursor is in sight, and the cell of the cursor.
func (p *Prompt) Draw(width int) (text string, cursor int) {
	if width <= 0 {
		return "", 0
	}
	m := &p.line
	skip := 0
	cursor = display.Width(m.text[:m.at])
	room := width - 1
	if m.at < len(m.text) && width > 2 {
		room-- // the last cell may hold an ellipsis
	}
	if cursor > room {
		skip = cursor - room
	}
	cell := display.Cell{Width: width, Skip: skip}
	return string(cell.Append(nil, m.text)), cursor - skip
}
