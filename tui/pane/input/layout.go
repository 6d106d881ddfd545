package input

import (
	"strings"
	"unicode/utf8"

	"github.com/rowan-db/rowan/tui/display"
)

// changed follows every change of the text or the size.
func (m *Model) changed() {
	if m.area {
		m.layout()
	}
	m.settle()
}

// settle keeps the cursor in sight and remembers its column.
func (m *Model) settle() {
	if !m.area {
		m.scrollLine()
		return
	}
	i := m.row()
	m.goal = display.Width(m.text[m.rows[i].start:m.at])
	m.scrollArea(i)
}

// scrollLine scrolls a line so that the cursor, and if possible the character
// it is on, can be seen.
func (m *Model) scrollLine() {
	x := display.Width(m.text[:m.at])
	m.left = min(m.left, x)
	if over := x - m.left - (m.width - 1); over > 0 {
		m.left += over
	}
	if total := display.Width(m.text) + 1; total <= m.width {
		m.left = 0
	}
}

func (m *Model) scrollArea(row int) {
	m.top = min(m.top, row)
	m.top = max(m.top, row-max(m.height-1, 0))
	m.top = max(0, min(m.top, len(m.rows)-m.height))
}

// row returns the row that the cursor is in. Between two rows of a broken line
// it is in the second.
func (m *Model) row() int {
	lo, hi := 0, len(m.rows)-1
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if m.rows[mid].start <= m.at {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return lo
}

// vertical moves the cursor n rows down, or up, and keeps its column.
func (m *Model) vertical(n int) {
	i := min(max(m.row()+n, 0), len(m.rows)-1)
	goal := m.goal
	m.at = m.columnAt(m.rows[i], goal)
	m.scrollArea(m.row())
	m.goal = goal
}

// columnAt returns the place in a row that is nearest to a column.
func (m *Model) columnAt(r row, column int) int {
	at := r.start
	for at < r.end {
		next := m.after(at)
		if next > r.end || display.Width(m.text[r.start:next]) > column {
			break
		}
		at = next
	}
	if next, last := m.after(at), len(m.text); at == r.end && at > r.start && at < last && next > at && m.text[at] != '\n' {
		at = m.before(at) // the end of a broken line is the beginning of the next row
	}
	return at
}

// layout breaks the text into rows.
func (m *Model) layout() {
	m.rows = m.rows[:0]
	start := 0
	for {
		n := strings.IndexByte(m.text[start:], '\n')
		if n < 0 {
			m.breakLine(start, len(m.text))
			return
		}
		m.breakLine(start, start+n)
		start += n + 1
	}
}

// breakLine adds the rows of one line of the text. One column is left free for
// the cursor after the last character.
func (m *Model) breakLine(start, end int) {
	width := max(m.width-1, 1)
	for {
		stop := m.breakAt(start, end, width)
		m.rows = append(m.rows, row{start, stop})
		if stop >= end {
			return
		}
		start = stop
	}
}

// breakAt returns how far a row reaches that begins at start.
func (m *Model) breakAt(start, end, width int) int {
	return start + Break(m.text[start:end], width)
}

// Break returns how many bytes at the beginning of text fit on a line of width
// cells when they are shown: at least one character.
func Break(text string, width int) int {
	n, used := 0, 0
	for n < len(text) {
		size := cluster(text[n:])
		w := 1
		if c := text[n]; size > 1 || c < ' ' || c == '\\' || c >= utf8.RuneSelf {
			w = display.Width(text[n : n+size])
		}
		if used+w > width && n > 0 {
			break
		}
		n, used = n+size, used+w
	}
	// What stands next to each other may be wider than it is apart.
	for n > 0 && display.WidthUpTo(text[:n], width) > width {
		shorter := lastCluster(text, n)
		if shorter == 0 {
			break
		}
		n = shorter
	}
	return n
}
