package display

// TextLines is text on lines of limited width. Only line feeds end a line of
// the source; a carriage return is shown as any other control character.
type TextLines struct {
	rest   string // what was not laid out
	width  int
	kind   Kind
	number int // of the source line that rest begins with or goes on with
	inside bool
	all    bool
	lines  []ViewLine
}

// NewText returns s on lines of at most width cells. Lines are not broken when
// width is not positive.
func NewText(s string, width int) *TextLines {
	return &TextLines{rest: s, width: width, number: 1}
}

// Line implements [Lines].
func (t *TextLines) Line(n int) (ViewLine, bool) {
	for !t.all && len(t.lines) <= n {
		t.extend()
	}
	if n < 0 || n >= len(t.lines) {
		return ViewLine{}, false
	}
	return t.lines[n], true
}

// Known implements [Lines].
func (t *TextLines) Known() (int, bool) { return len(t.lines), t.all }

// extend lays out one more line.
func (t *TextLines) extend() {
	end, feed := breakLine(t.rest, t.width)
	line := ViewLine{Tokens: []Token{{t.kind, t.rest[:end]}}}
	if !t.inside {
		line.Number = t.number
	}
	t.lines = append(t.lines, line)
	t.inside = !feed
	t.rest = t.rest[end:]
	switch {
	case feed:
		t.rest = t.rest[1:]
		t.number++
	case t.rest == "":
		t.all = true
	}
}
