package grid

import (
	"github.com/rowan-db/rowan/store"
)

// Widths of columns, in cells.
const (
	minWidth     = 3
	maxWidth     = 40  // that data gives a column; a user may give more
	maxUserWidth = 400 //
	widthStep    = 4   // columns that turn out too narrow grow by whole steps
	gutterWidth  = 2   // the mark of a staged change, and that of a marked row
	columnGap    = 2   // between two columns
	widenStep    = 4   // of one press of > or <
	leastSeen    = 6   // of a column that is cut off by the right edge
)

// layout decides which columns are seen, where and how wide. Widths only grow
// while a table is shown, and in steps, so that columns do not move about
// under the reader's eyes.
type layout struct {
	keys   int   // number of key elements
	widths []int // of all columns, keys first
	user   []int // widths that the user chose, 0 if none
	frozen bool  // key columns stay in place
	left   int   // the first scrolling column that is seen
}

func newLayout(s *store.Schema) layout {
	n := s.Width()
	return layout{keys: len(s.Key), widths: make([]int, n), user: make([]int, n), frozen: true}
}

func (l *layout) columns() int { return len(l.widths) }

// fit makes a column wide enough for n cells, as far as data may.
func (l *layout) fit(column, n int) {
	n = min(max(n, minWidth), maxWidth)
	switch w := l.widths[column]; {
	case n <= w:
	case w == 0:
		l.widths[column] = n
	default:
		l.widths[column] = min(maxWidth, (n+widthStep-1)/widthStep*widthStep)
	}
}

func (l *layout) width(column int) int {
	if w := l.user[column]; w > 0 {
		return w
	}
	return max(l.widths[column], minWidth)
}

// resize changes a column's width by the user's wish.
func (l *layout) resize(column, by int) {
	l.user[column] = min(max(l.width(column)+by, minWidth), maxUserWidth)
}

// autofit forgets what the user and earlier data made of a column's width.
func (l *layout) autofit(column int) { l.user[column], l.widths[column] = 0, 0 }

// firstScrolling is the first column that moves when scrolling sideways.
func (l *layout) firstScrolling() int {
	if l.frozen && l.keys < l.columns() {
		return l.keys
	}
	return 0
}

// span is a column on the screen.
type span struct {
	column int
	x      int // from the left edge of the pane
	width  int // cells that are seen; less than the column's own at the right edge
	frozen bool
}

// place returns the columns that are seen in a pane of some width: frozen ones
// first. sep is where the line after those is drawn, -1 if there is none. Of a
// column that the right edge would leave too little of, nothing is seen, unless
// it is the only one.
func (l *layout) place(dst []span, width int) (spans []span, sep int) {
	x, sep := gutterWidth, -1
	first := l.firstScrolling()
	if first > 0 {
		dst, x = l.placeFrozen(dst, first, width)
		if sep = x; sep < width {
			x += 2 // the line and a space
		}
	}
	for c := max(l.left, first); c < l.columns() && x < width; c++ {
		w := min(l.width(c), width-x)
		if w < min(l.width(c), leastSeen) && c > max(l.left, first) {
			break
		}
		dst = append(dst, span{column: c, x: x, width: w})
		x += w + columnGap
	}
	if last := len(dst) - 1; last >= 0 && !dst[last].frozen {
		sep += l.spread(dst, width-dst[last].x-dst[last].width)
	}
	return dst, sep
}

// spread gives the cells that are left to frozen columns that were cut, and
// then to the last column that data would make wider than it may be on its own.
// It returns by how much the frozen ones grew.
func (l *layout) spread(spans []span, room int) (frozen int) {
	for i, s := range spans {
		if !s.frozen || room <= 0 {
			break
		}
		n := min(max(l.width(s.column)-s.width, 0), room)
		grow(spans, i, n)
		room, frozen = room-n, frozen+n
	}
	for i := len(spans) - 1; i >= 0 && room > 0 && !spans[i].frozen; i-- {
		if c := spans[i].column; l.user[c] == 0 && l.widths[c] >= maxWidth {
			grow(spans, i, room)
			break
		}
	}
	return frozen
}

// grow widens a column, which moves those after it.
func grow(spans []span, i, by int) {
	spans[i].width += by
	for j := i + 1; j < len(spans); j++ {
		spans[j].x += by
	}
}

// hidden returns how many columns there are to the left and to the right of
// those that are seen.
func (l *layout) hidden(spans []span) (left, right int) {
	last := -1
	for _, s := range spans {
		last = max(last, s.column)
	}
	return max(l.left-l.firstScrolling(), 0), l.columns() - 1 - last
}

// placeFrozen places the key columns in at most half of the pane. Where they
// need more, those at the end give way to those before them, which say more of
// the order.
func (l *layout) placeFrozen(dst []span, n, width int) (spans []span, x int) {
	total := 0
	for c := range n {
		total += l.width(c) + columnGap
	}
	room := max(width/2-gutterWidth, minWidth)
	x = gutterWidth
	for c := range n {
		w := l.width(c)
		if total > room {
			rest := (n - c - 1) * (leastSeen + columnGap)
			w = max(1, min(w, room-(x-gutterWidth)-rest-columnGap))
		}
		if x+w > width {
			break
		}
		dst = append(dst, span{column: c, x: x, width: w, frozen: true})
		x += w + columnGap
	}
	return dst, x - columnGap + 1
}

// reveal scrolls sideways as little as possible so that a column is seen
// whole, or from its beginning if it is too wide.
func (l *layout) reveal(column, width int) {
	first := l.firstScrolling()
	l.left = min(max(l.left, first), max(l.columns()-1, 0))
	if column < first {
		return
	}
	if column < l.left {
		l.left = column
		return
	}
	for l.left < column && !l.whole(column, width) {
		l.left++
	}
}

// whole reports whether a column is seen at its full width.
func (l *layout) whole(column, width int) bool {
	var buf [64]span
	spans, _ := l.place(buf[:0], width)
	for _, s := range spans {
		if s.column == column {
			return s.width >= l.width(column)
		}
	}
	return false
}

// page returns the column that a scroll by one screen sideways leads to.
func (l *layout) page(column, direction, width int) int {
	var buf [64]span
	spans, _ := l.place(buf[:0], width)
	seen := 0
	for _, s := range spans {
		if !s.frozen {
			seen++
		}
	}
	return min(max(column+direction*max(seen-1, 1), 0), l.columns()-1)
}
