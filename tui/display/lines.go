package display

// ViewLine is one line of a laid out value.
type ViewLine struct {
	Number int // of the source line, from 1; 0 when it goes on from the line above
	Indent int // cells before the first token
	Tokens []Token
}

// Token is a piece of a line. Its text is a part of the source, not yet safe
// to show: [ViewLine.Append] makes it so.
type Token struct {
	Kind Kind
	Text string
}

// Lines is a value that is laid out on lines as far as they are asked for:
// showing the beginning of a megabyte costs what the beginning costs. What
// was laid out is kept. The implementations are not safe for use by several
// goroutines.
type Lines interface {
	// Line returns the line with an index from 0; ok is false when there is
	// none. The tokens must not be changed.
	Line(n int) (line ViewLine, ok bool)
	// Known returns how many lines were laid out, and whether those are all.
	Known() (n int, all bool)
}

// Append appends the line in exactly c.Width cells. Before each token it
// writes the sequence that on returns for its kind, which must have no width
// and say all about the look; it does so after an escape too, instead of
// c.EscapeOff. The alignment of c does not matter.
func (l ViewLine) Append(dst []byte, c Cell, on func(Kind) string) []byte {
	if c.Width <= 0 {
		return dst
	}
	p := newPainter(c, append(dst, on(KindText)...))
	p.indent(l.Indent)
	for _, t := range l.Tokens {
		p.EscapeOff = on(t.Kind)
		p.escape(false)
		p.dst = append(p.dst, p.EscapeOff...)
		if !p.text(t.Text) {
			break
		}
	}
	dst, w := p.end()
	return AppendSpaces(dst, c.Width-w)
}

// indent fills in spaces before the first token.
func (p *painter) indent(n int) {
	skipped := min(n, p.left)
	p.left -= skipped
	n = min(n-skipped, p.Width)
	p.dst = AppendSpaces(p.dst, n)
	p.w = n
	p.remember()
}

// Len lays out all lines and returns their number.
func Len(l Lines) int {
	n, all := l.Known()
	for !all {
		l.Line(2*n + 1024)
		n, all = l.Known()
	}
	return n
}

// breakLine returns where to end a line that begins at the beginning of s and
// has room for width cells, and whether a line feed follows there. The line
// has at least one piece of text; it ends after a space if that leaves it at
// least half full.
func breakLine(s string, width int) (end int, feed bool) {
	sc := scanner{s: s}
	w, space := 0, 0
	for tok, ok := sc.next(); ok; tok, ok = sc.next() {
		if tok.escape == escapePicture && tok.r == '\n' {
			return tok.start, true
		}
		if w += tok.width; width > 0 && w > width && tok.start > 0 {
			if space > 0 {
				return space, false
			}
			return tok.start, false
		}
		if s[tok.start] == ' ' && w > width/2 {
			space = tok.end
		}
	}
	return len(s), false
}
