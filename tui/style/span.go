package style

import "github.com/rowan-db/rowan/tui/display"

// Span is a piece of a line in one look. Its text may come from data: it is
// made safe when it is drawn. A zero SGR means the look of the place.
type Span struct {
	SGR  SGR
	Text string
}

// Plain returns a span in the look of its place.
func Plain(text string) Span { return Span{Text: text} }

// AppendSpans appends the spans in at most width cells, cut off with an
// ellipsis, and returns the cells used. The look of the place is base, which
// is also on at the end.
func AppendSpans(dst []byte, base SGR, width int, spans ...Span) ([]byte, int) {
	used := 0
	dst = append(dst, base.On...)
	for _, s := range spans {
		if used >= width {
			break
		}
		text, w := display.Fit(s.Text, width-used)
		if s.SGR == (SGR{}) {
			dst = append(dst, text...)
		} else {
			dst = append(dst, s.SGR.On...)
			dst = append(dst, text...)
			dst = append(dst, base.On...)
		}
		used += w
	}
	return dst, used
}

// Line returns the spans in exactly width cells: cut off, or padded in the
// look base.
func Line(base SGR, width int, spans ...Span) string {
	b, used := AppendSpans(nil, base, width, spans...)
	b = display.AppendSpaces(b, width-used)
	return string(append(b, base.Off...))
}

// SplitLine returns one line of exactly width cells with left at its left and
// right at its right end. When both do not fit, left is cut off first.
func SplitLine(base SGR, width int, left, right []Span) string {
	rightWidth := min(SpansWidth(right), max(width, 0))
	room := width - rightWidth
	if rightWidth > 0 {
		room-- // a space between the two
	}
	b, used := AppendSpans(nil, base, room, left...)
	b = display.AppendSpaces(b, width-rightWidth-used)
	b, used = AppendSpans(b, base, rightWidth, right...)
	b = display.AppendSpaces(b, rightWidth-used)
	return string(append(b, base.Off...))
}

// SpansWidth returns the number of cells that the spans take.
func SpansWidth(spans []Span) int {
	w := 0
	for _, s := range spans {
		w += display.Width(s.Text)
	}
	return w
}
