package pane_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/rowan-db/rowan/tui/pane"
)

// TestListKeepsCursorInSight checks after any series of moves and resizes that
// the cursor is an entry, in sight, and that no line is wasted.
func TestListKeepsCursorInSight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l pane.List
		n, height := 0, 0
		moves := map[string]func(*rapid.T){
			"resize": func(t *rapid.T) {
				n, height = rapid.IntRange(0, 40).Draw(t, "n"), rapid.IntRange(0, 12).Draw(t, "height")
				l.Resize(n, height)
			},
			"move":   func(t *rapid.T) { l.Move(rapid.IntRange(-9, 9).Draw(t, "by")) },
			"select": func(t *rapid.T) { l.Select(rapid.IntRange(-5, 50).Draw(t, "at")) },
			"page":   func(t *rapid.T) { l.Page(rapid.IntRange(-2, 2).Draw(t, "by")) },
			"scroll": func(t *rapid.T) { l.Scroll(rapid.IntRange(-9, 9).Draw(t, "by")) },
			"": func(t *rapid.T) {
				first, end := l.Window()
				c := l.Cursor()
				switch {
				case n == 0:
					if c != 0 || first != 0 || end != 0 {
						t.Fatalf("empty list: cursor %d, window %d to %d", c, first, end)
					}
				case c < 0 || c >= n:
					t.Fatalf("cursor %d is none of %d entries", c, n)
				case height > 0 && (c < first || c >= end):
					t.Fatalf("cursor %d is outside the window %d to %d", c, first, end)
				case height > 0 && end-first != min(n, height):
					t.Fatalf("window %d to %d wastes lines of %d with %d entries", first, end, height, n)
				}
			},
		}
		t.Repeat(moves)
	})
}

func TestListScrollTakesTheCursorAlong(t *testing.T) {
	var l pane.List
	l.Resize(100, 10)
	l.Scroll(5)
	if first, end := l.Window(); first != 5 || end != 15 || l.Cursor() != 5 {
		t.Errorf("window %d to %d, cursor %d; want 5 to 15, cursor 5", first, end, l.Cursor())
	}
	if i, ok := l.At(9); i != 14 || !ok {
		t.Errorf("At(9) = %d, %v; want 14, true", i, ok)
	}
	if _, ok := l.At(10); ok {
		t.Error("a line below the window has an entry")
	}
}
