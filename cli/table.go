package cli

import (
	"bufio"

	"github.com/rowan-db/rowan/tui/display"
)

// table lays out text in columns, and makes it safe to show. It holds the
// first rows back, to see how wide the columns must be.
type table struct {
	widths  []int
	room    int // the width of the terminal, 0 if the table goes elsewhere
	header  []string
	rows    [][]string
	right   [][]bool
	started bool
}

// newTable returns a table that fits into room cells if that is positive, and
// if it can.
func newTable(columns []string, room int) *table {
	t := &table{widths: make([]int, len(columns)), header: columns, room: room}
	t.measure(columns)
	return t
}

func (t *table) measure(cells []string) {
	for i, s := range cells {
		t.widths[i] = max(t.widths[i], min(display.WidthUpTo(s, maxWidth), maxWidth))
	}
}

// add adds a row. right tells which cells stand at the right edge of their
// columns.
func (t *table) add(w *bufio.Writer, cells []string, right []bool) error {
	if t.started {
		return t.print(w, cells, right)
	}
	t.measure(cells)
	t.rows = append(t.rows, cells)
	t.right = append(t.right, right)
	if len(t.rows) < measured {
		return nil
	}
	return t.flush(w)
}

// flush prints the header and the rows that were held back. The widths stay.
func (t *table) flush(w *bufio.Writer) error {
	if t.started {
		return nil
	}
	t.started = true
	t.shrink()
	if err := t.print(w, t.header, nil); err != nil {
		return err
	}
	for i, cells := range t.rows {
		if err := t.print(w, cells, t.right[i]); err != nil {
			return err
		}
	}
	t.rows, t.right = nil, nil
	return nil
}

// minWidth is what a column keeps of its width, if it has as much, when the
// table does not fit.
const minWidth = 4

// shrink takes from the widest columns what the terminal has no room for.
func (t *table) shrink() {
	over := len(gap)*(len(t.widths)-1) - t.room
	for _, w := range t.widths {
		over += w
	}
	if t.room == 0 {
		return
	}
	for ; over > 0; over-- {
		widest := 0
		for i, w := range t.widths {
			if w >= t.widths[widest] { // of equals the last: keys come first
				widest = i
			}
		}
		if t.widths[widest] <= minWidth {
			return
		}
		t.widths[widest]--
	}
}

// gap is the space between two columns.
const gap = "  "

func (t *table) print(w *bufio.Writer, cells []string, right []bool) error {
	var line []byte
	for i, s := range cells {
		if i > 0 {
			line = append(line, gap...)
		}
		c := display.Cell{Width: t.widths[i]}
		if right != nil && right[i] {
			c.Align = display.Right
		}
		line = c.Append(line, s)
	}
	for len(line) > 0 && line[len(line)-1] == ' ' {
		line = line[:len(line)-1]
	}
	_, err := w.Write(append(line, '\n'))
	return err
}
