package input

import (
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"github.com/rowan-db/rowan/tui/style"
)

// Pieces change how a text looks, and nothing of what it is or where it stands,
// wherever they end.
func TestPiecesMoveNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("ab ( '\n\t\x1b日é\u0301\u200d👩🏽\u0e33"))).Draw(t, "text")
		m := Area(text)
		m.SetSize(rapid.IntRange(0, 12).Draw(t, "width"), rapid.IntRange(0, 5).Draw(t, "height"))
		ends := rapid.SliceOfN(rapid.IntRange(0, len(text)), 0, 6).Draw(t, "ends")
		slices.Sort(ends)
		var pieces []Piece
		for _, end := range ends {
			pieces = append(pieces, Piece{End: end, SGR: style.SGR{On: "\x1b[31m", Off: "\x1b[m"}})
		}
		plain, painted := m.Lines(style.SGR{}, style.SGR{}), m.Painted(style.SGR{}, style.SGR{}, pieces)
		for i := range plain {
			if got := ansi.Strip(painted[i]); got != plain[i] {
				t.Fatalf("line %d is %q, not %q", i, got, plain[i])
			}
		}
	})
}

func TestPiecesHaveTheirLooks(t *testing.T) {
	m := Area("one two\nthree")
	m.SetSize(10, 2)
	red := style.SGR{On: "<", Off: ">"}
	lines := m.Painted(style.SGR{}, style.SGR{}, []Piece{{End: 3, SGR: red}, {End: 4}, {End: len("one two\nthr"), SGR: red}})
	if got, want := strings.Join(lines, "|"), "<one> <two>   |<thr>ee     "; got != want {
		t.Errorf("%q, not %q", got, want)
	}
}
