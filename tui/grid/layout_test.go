package grid

import (
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
