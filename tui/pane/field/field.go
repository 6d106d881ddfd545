// Package field is a line of text being typed.
//
// It knows editing keys and pasted text, and draws itself through package
// display, so that whatever is typed or pasted is safe to show. It keeps one
// line: line breaks in pasted text become spaces. It does not style itself and
// shows no cursor of its own: the terminal's cursor is used.
package field

import (
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/rowan-db/rowan/tui/display"
)

// Field is one line of text and a cursor in it. The zero Field is empty.
type Field struct {
	text string
	pos  int // of the cursor, in bytes, between two grapheme clusters
}

// New returns a field that holds text, with the cursor at its end.
func New(text string) Field { return Field{text: text, pos: len(text)} }

// Value returns the text.
func (f *Field) Value() string { return f.text }

// Set replaces the text and puts the cursor at its end.
func (f *Field) Set(text string) { f.text, f.pos = text, len(text) }

// Empty reports whether nothing is typed.
func (f *Field) Empty() bool { return f.text == "" }

// Update handles typed and pasted text and the editing keys. It reports
// whether msg was one of them, and whether the text is another now.
func (f *Field) Update(msg tea.Msg) (handled, changed bool) {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		f.insert(oneLine(msg.Content))
		return true, msg.Content != ""
	case tea.KeyPressMsg:
		if msg.Text != "" {
			f.insert(msg.Text)
			return true, true
		}
		before := f.text
		handled = f.edit(msg.String())
		return handled, f.text != before
	}
	return false, false
}

// edit carries out an editing key.
func (f *Field) edit(key string) bool {
	switch key {
	case "left", "ctrl+b":
		f.pos = f.previous()
	case "right", "ctrl+f":
		f.pos = f.next()
	case "ctrl+left", "alt+left", "alt+b":
		f.pos = f.wordStart()
	case "ctrl+right", "alt+right", "alt+f":
		f.pos = f.wordEnd()
	case "home", "ctrl+a":
		f.pos = 0
	case "end", "ctrl+e":
		f.pos = len(f.text)
	case "backspace", "ctrl+h":
		f.remove(f.previous(), f.pos)
	case "delete":
		f.remove(f.pos, f.next())
	case "ctrl+w", "alt+backspace":
		f.remove(f.wordStart(), f.pos)
	case "ctrl+u":
		f.remove(0, f.pos)
	case "ctrl+k":
		f.remove(f.pos, len(f.text))
	default:
		return false
	}
	return true
}

func (f *Field) insert(s string) {
	f.text = f.text[:f.pos] + s + f.text[f.pos:]
	f.pos += len(s)
}

func (f *Field) remove(from, to int) {
	f.text = f.text[:from] + f.text[to:]
	f.pos = from
}

// next returns the end of the cluster after the cursor.
func (f *Field) next() int { return f.pos + clusterLen(f.text[f.pos:]) }

// previous returns the start of the cluster before the cursor.
func (f *Field) previous() int {
	at := 0
	for {
		n := clusterLen(f.text[at:])
		if n == 0 || at+n >= f.pos {
			return at
		}
		at += n
	}
}

func clusterLen(s string) int {
	c, _ := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	return len(c)
}

// wordStart returns the start of the word at or before the cursor.
func (f *Field) wordStart() int {
	s := strings.TrimRightFunc(f.text[:f.pos], isGap)
	i := strings.LastIndexFunc(s, isGap)
	if i < 0 {
		return 0
	}
	_, n := utf8.DecodeRuneInString(s[i:])
	return i + n
}

// wordEnd returns the end of the word at or after the cursor.
func (f *Field) wordEnd() int {
	s := f.text[f.pos:]
	rest := strings.TrimLeftFunc(s, isGap)
	if i := strings.IndexFunc(rest, isGap); i >= 0 {
		rest = rest[i:]
	} else {
		rest = ""
	}
	return len(f.text) - len(rest)
}

func isGap(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune(`,.;:()[]{}"'=/`, r)
}

// oneLine joins pasted lines.
func oneLine(s string) string {
	s = strings.Trim(s, "\r\n")
	return strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(s)
}

// Draw returns the text in exactly width cells, without styles, scrolled so
// that the cursor is in sight, and the cell of the cursor.
func (f *Field) Draw(width int) (text string, cursor int) {
	if width <= 0 {
		return "", 0
	}
	skip := 0
	cursor = display.Width(f.text[:f.pos])
	room := width - 1
	if f.pos < len(f.text) && width > 2 {
		room-- // the last cell may hold an ellipsis
	}
	if cursor > room {
		skip = cursor - room
	}
	cell := display.Cell{Width: width, Skip: skip}
	return string(cell.Append(nil, f.text)), cursor - skip
}
