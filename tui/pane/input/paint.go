package input

import (
	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/style"
)

// Piece is a part of a text that has a look of its own. It begins where the
// piece before it ends.
type Piece struct {
	End int // in bytes of the text
	SGR style.SGR
}

// Painted is [Model.Lines] of an area whose text is in pieces, in order. What is
// behind the last one has the look of the place.
func (m *Model) Painted(look, escape style.SGR, pieces []Piece) []string {
	lines := m.Lines(look, escape)
	first := 0
	for i := range lines {
		if m.top+i >= len(m.rows) {
			break
		}
		row := m.rows[m.top+i]
		for first < len(pieces) && pieces[first].End <= row.start {
			first++
		}
		if line, ok := m.paintRow(row, look, escape, pieces[first:]); ok {
			lines[i] = line
		}
	}
	return lines
}

// paintRow reports whether a row can be painted in pieces: not if what is between
// two of them is a part of one character, such as a letter and its accent, which
// would be shown as two.
func (m *Model) paintRow(r row, look, escape style.SGR, pieces []Piece) (string, bool) {
	line, shown, used := make([]byte, 0, m.width+64), "", 0
	add := func(from, to int, sgr style.SGR) {
		text := m.text[from:to]
		shown += display.Text(text)
		c := display.Cell{Width: display.Width(text), EscapeOn: escape.On, EscapeOff: sgr.On}
		line = append(c.Append(append(line, sgr.On...), text), sgr.Off...)
		used += c.Width
	}
	at := r.start
	for _, p := range pieces {
		if at >= r.end {
			break
		}
		to := min(p.End, r.end)
		add(at, to, p.SGR)
		at = to
	}
	if at < r.end {
		add(at, r.end, look)
	}
	row := m.text[r.start:r.end]
	if used > m.width || used != display.Width(row) || shown != display.Text(row) {
		return "", false
	}
	line = display.AppendSpaces(append(line, look.On...), m.width-used)
	return string(append(line, look.Off...)), true
}
