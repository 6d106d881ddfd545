package grid

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rowan-db/rowan/store"
)

// TestLayoutFitsAnyScreen: columns neither overlap nor leave the screen, and
// the column of the cursor can always be seen.
func TestLayoutFitsAnyScreen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &store.Schema{
			Key:     make([]store.Column, rapid.IntRange(1, 4).Draw(t, "keys")),
			Columns: make([]store.Column, rapid.IntRange(0, 20).Draw(t, "columns")),
		}
		l := newLayout(s)
		for c := range l.columns() {
			l.fit(c, rapid.IntRange(0, 60).Draw(t, "data"))
			if rapid.IntRange(0, 5).Draw(t, "resized") == 0 {
				l.resize(c, rapid.IntRange(-50, 200).Draw(t, "by"))
			}
		}
		l.frozen = rapid.Bool().Draw(t, "frozen")
		width := rapid.IntRange(0, 200).Draw(t, "width")
		for range 10 {
			column := rapid.IntRange(0, l.columns()-1).Draw(t, "cursor")
			l.reveal(column, width)
			checkLayout(t, &l, column, width)
		}
	})
}

func checkLayout(t *rapid.T, l *layout, column, width int) {
	spans, sep := l.place(nil, width)
	x, seen := 0, false
	for _, s := range spans {
		if s.x < x || s.width < 1 || s.x+s.width > width {
			t.Fatalf("column %d is at %d to %d after %d, on %d cells: %+v", s.column, s.x, s.x+s.width, x, width, spans)
		}
		if sep >= 0 && (sep >= s.x && sep < s.x+s.width) {
			t.Fatalf("the line at %d is in column %d: %+v", sep, s.column, spans)
		}
		seen = seen || s.column == column
		x = s.x + s.width + 1
	}
	if !seen && width >= 20 && l.keys < 3 {
		t.Fatalf("column %d is not seen on %d cells: %+v", column, width, spans)
	}
}

// TestColumnsDoNotJitter: a column grows in steps, and never beyond a limit or
// back.
func TestColumnsDoNotJitter(t *testing.T) {
	l := newLayout(&store.Schema{Key: make([]store.Column, 1)})
	changes, last := 0, 0
	for n := 1; n <= 100; n++ {
		l.fit(0, n)
		l.fit(0, 1)
		w := l.width(0)
		if w < last || w > maxWidth {
			t.Fatalf("the width went from %d to %d", last, w)
		}
		if w != last {
			changes++
		}
		last = w
	}
	if last != maxWidth || changes > maxWidth/widthStep+1 {
		t.Errorf("the width changed %d times, to %d", changes, last)
	}
}

// widths returns a layout of columns of the given widths, of which the first
// ones are keys.
func widths(keys int, w ...int) *layout {
	l := newLayout(&store.Schema{Key: make([]store.Column, keys), Columns: make([]store.Column, len(w)-keys)})
	for c, n := range w {
		l.fit(c, n)
	}
	return &l
}

func TestSpareCellsGoWhereSomethingIsCut(t *testing.T) {
	for _, c := range []struct {
		name   string
		layout *layout
		width  int
		want   []int // widths of the columns that are seen
	}{
		{"everything fits", widths(1, 10, 6, 8), 60, []int{10, 6, 8}},
		{"a key is wider than its half", widths(1, 40, 5), 60, []int{40, 5}},
		{"keys at the end give way", widths(2, 24, 36, 40), 54, []int{15, 6, 26}},
		{"the column that may go on", widths(1, 4, 40, 6), 80, []int{4, 63, 6}},
		{"too little of the last column", widths(1, 4, 10, 30), 25, []int{4, 10}},
		{"enough of the last column", widths(1, 4, 10, 30), 30, []int{4, 10, 9}},
		{"too little of the only column", widths(1, 10, 30), 12, []int{2, 5}},
	} {
		spans, _ := c.layout.place(nil, c.width)
		var got []int
		for _, s := range spans {
			got = append(got, s.width)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: the columns are %v wide, want %v", c.name, got, c.want)
		}
	}
}

// TestSortingByTheKeyTurnsItAround: rows go up by their key already, so that the
// first press of s is not one that changes nothing.
func TestSortingByTheKeyTurnsItAround(t *testing.T) {
	w := newWorld(t, newOrders(t, 50), 80, 24)
	w.open("orders").See("customer ▲").Press("s").See("customer ▼", "▼ customer").Press("s").See("customer ▲").Miss("▼")
}

// TestArrowIsSeenInANarrowColumn: the name gives way to it.
func TestArrowIsSeenInANarrowColumn(t *testing.T) {
	w := newWorld(t, newOrders(t, 50), 80, 24)
	w.open("orders").Press("<").See("cus… ▲")
}

func TestHiddenColumnsAreCounted(t *testing.T) {
	l := widths(1, 4, 10, 10, 10, 10)
	for _, c := range []struct{ column, left, right int }{{1, 0, 2}, {3, 1, 1}, {4, 2, 0}} {
		l.reveal(c.column, 32)
		spans, _ := l.place(nil, 32)
		if left, right := l.hidden(spans); left != c.left || right != c.right {
			t.Errorf("at column %d there are %d and %d more, want %d and %d: %+v", c.column, left, right, c.left, c.right, spans)
		}
	}
}
