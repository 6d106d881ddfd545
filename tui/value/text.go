package value

import (
	"strings"
	"unicode/utf8"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/display"
)

// rowLines is the columns of a row, one below the other.
type rowLines struct {
	schema   *store.Schema
	row      *store.Row
	selected int // column
	width    int // of the names
}

// widestName is how many cells of a column's name are shown.
const widestName = 24

func newRowLines(s *store.Schema, r *store.Row, selected int) *rowLines {
	l := &rowLines{schema: s, row: r, selected: selected}
	for i := range l.len() {
		l.width = max(l.width, display.WidthUpTo(s.ColumnAt(i).Name, widestName))
	}
	l.width = min(l.width, widestName)
	return l
}

func (l *rowLines) len() int { return l.schema.Width() }

// Known implements [display.Lines].
func (l *rowLines) Known() (int, bool) { return l.len(), true }

// Line implements [display.Lines].
func (l *rowLines) Line(n int) (display.ViewLine, bool) {
	if n < 0 || n >= l.len() {
		return display.ViewLine{}, false
	}
	mark := "  "
	if n == l.selected {
		mark = "▸ "
	}
	name := l.schema.ColumnAt(n).Name
	gap := max(0, l.width-display.WidthUpTo(name, l.width))
	text, kind := oneLine(l.schema.ValueAt(l.row, n))
	return display.ViewLine{Number: n + 1, Tokens: []display.Token{
		{Kind: display.KindPunct, Text: mark}, {Kind: display.KindName, Text: name},
		{Kind: display.KindPunct, Text: strings.Repeat(" ", gap) + " = "}, {Kind: kind, Text: text},
	}}, true
}

// oneToken is a value on a line of its own.
type oneToken display.Token

// Known implements [display.Lines].
func (oneToken) Known() (int, bool) { return 1, true }

// Line implements [display.Lines].
func (o oneToken) Line(n int) (display.ViewLine, bool) {
	if n != 0 {
		return display.ViewLine{}, false
	}
	return display.ViewLine{Number: 1, Tokens: []display.Token{display.Token(o)}}, true
}

// mostBytes is how many bytes are written in hex on one line: more than fit.
const mostBytes = 512

// oneLine returns a value as it is written beside its name.
func oneLine(v tuple.Value) (string, display.Kind) {
	switch v.Kind() {
	case tuple.KindNull:
		return nullText, display.KindNull
	case tuple.KindText:
		if v.AsText() == "" {
			return emptyText, display.KindPunct
		}
		return v.AsText(), display.KindString
	case tuple.KindBool:
		return v.Plain(), display.KindBool
	case tuple.KindInt, tuple.KindUint, tuple.KindFloat, tuple.KindDecimal:
		return v.Plain(), display.KindNumber
	case tuple.KindBytes:
		s := v.AsText()
		return tuple.BytesOf(s[:min(len(s), mostBytes)]).Plain(), display.KindText
	}
	return v.Plain(), display.KindText
}

// looksLikeJSON reports whether a text begins as a JSON document does, and
// ends as one if it is whole.
func looksLikeJSON(s string, whole bool) bool {
	s = strings.TrimSpace(s)
	if s == "" || s[0] != '{' && s[0] != '[' {
		return false
	}
	return !whole || s[len(s)-1] == s[0]+2 // } and ] are two after { and [ in ASCII
}

// isText reports whether bytes are a text that a person can read.
func isText(s string) bool {
	const enough = 4096
	s = s[:min(len(s), enough)]
	for i, r := range s {
		switch {
		case r == utf8.RuneError && len(s)-i >= utf8.UTFMax:
			return false
		case r < ' ' && r != '\n' && r != '\r' && r != '\t':
			return false
		}
	}
	return true
}
