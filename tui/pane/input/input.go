// Package input is a text being edited: one line, or an area of many.
//
// It keeps the text as bytes, whatever they are: control characters that were
// pasted, and bytes that are not UTF-8, stay in it and are shown as visible
// escapes, each of which is stepped over and deleted as one. Opening a text
// and leaving it alone gives back the same bytes.
//
// A line scrolls sideways and shows its line feeds as ⏎. An area breaks lines
// at its right edge. A Prompt is a line that asks for something rather than
// holds data: it alone changes what is pasted, line breaks to spaces. Nothing
// here shows a cursor of its own: the terminal's is used.
package input

import (
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/style"
)

// Model is a text being edited. The zero Model is an empty line.
type Model struct {
	text string
	at   int // where the cursor is, in bytes, between two clusters
	area bool

	width, height int
	left          int // cells of a line that are scrolled away
	top           int // rows of an area that are scrolled away
	goal          int // the column that moving up and down keeps to
	rows          []row
}

// row is a line on the screen: part of a line of the text.
type row struct{ start, end int }

// Line returns a field for one line, with the cursor at its end.
func Line(text string) Model { return Model{text: text, at: len(text)} }

// Area returns a field for many lines, with the cursor at their beginning.
func Area(text string) Model {
	m := Model{text: text, area: true}
	m.layout()
	return m
}

// Value returns the text.
func (m *Model) Value() string { return m.text }

// IsArea reports whether the field holds many lines.
func (m *Model) IsArea() bool { return m.area }

// SetValue replaces the text and puts the cursor at its end.
func (m *Model) SetValue(text string) {
	m.text, m.at, m.left = text, len(text), 0
	m.changed()
}

// SetSize sets the size in cells. A line is one row high.
func (m *Model) SetSize(width, height int) {
	if !m.area {
		height = 1
	}
	if m.width == width && m.height == height {
		return
	}
	m.width, m.height = max(width, 0), max(height, 0)
	m.changed()
}

// Insert puts text at the cursor, as it is.
func (m *Model) Insert(text string) {
	m.text = m.text[:m.at] + text + m.text[m.at:]
	m.at += len(text)
	m.changed()
}

// Update handles a key, or pasted text, and reports whether it was one for the
// field.
func (m *Model) Update(msg tea.Msg) bool {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		m.Insert(msg.Content)
		return true
	case tea.KeyPressMsg:
		if msg.Text != "" && !msg.Mod.Contains(tea.ModAlt) {
			m.Insert(msg.Text)
			return true
		}
		return m.key(msg.String())
	}
	return false
}

func (m *Model) key(name string) bool {
	switch name {
	case "left", "ctrl+b":
		m.moveTo(m.before(m.at))
	case "right", "ctrl+f":
		m.moveTo(m.after(m.at))
	case "ctrl+left", "alt+left", "alt+b":
		m.moveTo(m.wordBefore(isWord))
	case "ctrl+right", "alt+right", "alt+f":
		m.moveTo(m.wordAfter(isWord))
	case "home", "ctrl+a":
		m.moveTo(m.lineStart())
	case "end", "ctrl+e":
		m.moveTo(m.lineEnd())
	case "ctrl+home":
		m.moveTo(0)
	case "ctrl+end":
		m.moveTo(len(m.text))
	case "backspace", "ctrl+h":
		m.remove(m.before(m.at), m.at)
	case "delete", "ctrl+d":
		m.remove(m.at, m.after(m.at))
	case "ctrl+w", "alt+backspace", "ctrl+backspace":
		m.remove(m.wordBefore(isWord), m.at)
	case "ctrl+u":
		m.remove(m.lineStart(), m.at)
	case "ctrl+k":
		m.remove(m.at, m.lineEnd())
	default:
		return m.area && m.areaKey(name)
	}
	return true
}

func (m *Model) areaKey(name string) bool {
	switch name {
	case "up":
		m.vertical(-1)
	case "down":
		m.vertical(1)
	case "pgup":
		m.vertical(-max(m.height-1, 1))
	case "pgdown":
		m.vertical(max(m.height-1, 1))
	case "enter", "shift+enter":
		m.Insert("\n")
	case "tab":
		m.Insert("\t")
	default:
		return false
	}
	return true
}

func (m *Model) moveTo(at int) {
	m.at = at
	m.settle()
}

func (m *Model) remove(start, end int) {
	m.text = m.text[:start] + m.text[end:]
	m.at = start
	m.changed()
}

// cluster returns the length of the first cluster of s, at least one byte.
func cluster(s string) int {
	switch {
	case s == "":
		return 0
	case s[0] < utf8.RuneSelf && (len(s) == 1 || s[1] < utf8.RuneSelf):
		return 1
	}
	if r, size := utf8.DecodeRuneInString(s); r == utf8.RuneError && size == 1 {
		return size
	}
	c, _ := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	return max(len(c), 1)
}

func (m *Model) after(at int) int { return at + cluster(m.text[at:]) }

func (m *Model) before(at int) int { return lastCluster(m.text, at) }

// lastCluster returns where the cluster begins that ends at end. Clusters can
// only be found forward: the search goes from a place that surely is between
// two.
func lastCluster(s string, end int) int {
	const longest = 64
	start := max(0, end-longest)
	for start > 0 && !utf8.RuneStart(s[start]) {
		start--
	}
	if i := strings.LastIndexAny(s[start:end], "\n "); i >= 0 && start+i+1 < end {
		start += i
	}
	last := start
	for p := start; p < end; p += cluster(s[p:]) {
		last = p
	}
	return last
}

// wordBefore returns the start of the word at or before the cursor; inWord
// tells which clusters words are made of.
func (m *Model) wordBefore(inWord func(cluster string) bool) int {
	p := m.at
	for seen := false; p > 0; {
		q := m.before(p)
		if inWord(m.text[q:p]) {
			seen = true
		} else if seen {
			break
		}
		p = q
	}
	return p
}

// wordAfter returns the end of the word at or after the cursor.
func (m *Model) wordAfter(inWord func(cluster string) bool) int {
	p := m.at
	for seen := false; p < len(m.text); {
		q := m.after(p)
		if inWord(m.text[p:q]) {
			seen = true
		} else if seen {
			break
		}
		p = q
	}
	return p
}

func isWord(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// lineStart returns where the row of the cursor begins: the whole text of a
// line is one.
func (m *Model) lineStart() int {
	if !m.area {
		return 0
	}
	return m.rows[m.row()].start
}

func (m *Model) lineEnd() int {
	if !m.area {
		return len(m.text)
	}
	i := m.row()
	end := m.rows[i].end
	if end > m.rows[i].start && i+1 < len(m.rows) && m.rows[i+1].start == end {
		return m.before(end) // a broken line: its end is the beginning of the next row
	}
	return end
}

// Lines returns what is seen, each line exactly as wide as the field.
func (m *Model) Lines(look, escape style.SGR) []string {
	if m.width == 0 || m.height == 0 {
		return nil
	}
	c := display.Cell{Width: m.width, EscapeOn: escape.On, EscapeOff: look.On}
	if !m.area {
		c.Skip = m.left
		return []string{paint(look, c, m.text)}
	}
	lines := make([]string, 0, m.height)
	for i := m.top; i < m.top+m.height; i++ {
		text := ""
		if i < len(m.rows) {
			text = m.text[m.rows[i].start:m.rows[i].end]
		}
		lines = append(lines, paint(look, c, text))
	}
	return lines
}

func paint(look style.SGR, c display.Cell, text string) string {
	b := append(make([]byte, 0, c.Width+32), look.On...)
	b = c.Append(b, text)
	return string(append(b, look.Off...))
}

// Cursor returns where the cursor is, relative to the corner of the field.
func (m *Model) Cursor() (x, y int) {
	if !m.area {
		return min(max(display.Width(m.text[:m.at])-m.left, 0), max(m.width-1, 0)), 0
	}
	i := m.row()
	x = display.Width(m.text[m.rows[i].start:m.at])
	return min(x, max(m.width-1, 0)), i - m.top
}
