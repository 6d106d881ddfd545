package display

// Align says where text stands in a cell that is wider than it.
type Align uint8

// The alignments.
const (
	Left Align = iota
	Right
)

// Cell lays text out in a fixed number of screen cells.
type Cell struct {
	Width int   // cells to fill; nothing is drawn when it is not positive
	Align Align // of text that is narrower than Width
	Skip  int   // cells of the text to leave out on the left: horizontal scrolling

	// EscapeOn and EscapeOff are written before and after each escape and the
	// ellipsis. They must be sequences without width, such as the On of an
	// SGR and the On of the SGR around it.
	EscapeOn, EscapeOff string
}

// Append appends the shaped text of s in exactly c.Width cells and returns
// the extended buffer.
func (c Cell) Append(dst []byte, s string) []byte {
	if c.Width <= 0 {
		return dst
	}
	if c.Skip == 0 && len(s) <= c.Width && isPlain(s) {
		return c.appendPlain(dst, s)
	}
	indent := 0
	if c.Align == Right && c.Skip == 0 {
		indent = max(0, c.Width-WidthUpTo(s, c.Width))
	}
	dst, w := c.fit(AppendSpaces(dst, indent), s)
	return AppendSpaces(dst, c.Width-indent-w)
}

// appendPlain is Append for text that is its own shape and fits.
func (c Cell) appendPlain(dst []byte, s string) []byte {
	if c.Align == Right {
		return append(AppendSpaces(dst, c.Width-len(s)), s...)
	}
	return AppendSpaces(append(dst, s...), c.Width-len(s))
}

// fit appends what of s is visible in the cell, without padding, and returns
// the cells used.
func (c Cell) fit(dst []byte, s string) ([]byte, int) {
	if c.Width <= 0 {
		return dst, 0
	}
	p := painter{Cell: c, dst: dst}
	sc := scanner{s: s}
	p.skip(&sc)
	for tok, ok := sc.next(); ok; tok, ok = sc.next() {
		if p.w+tok.width > c.Width {
			p.ellipsis()
			break
		}
		// Where the last cells are used up, the ellipsis may need them: it
		// goes back to the mark.
		if p.w+tok.width < c.Width {
			p.put(tok, s)
			p.mark, p.markW, p.markEsc = len(p.dst), p.w, p.esc
			continue
		}
		p.put(tok, s)
	}
	p.escape(false)
	return p.dst, p.w
}

// painter is the state of one fit.
type painter struct {
	Cell
	dst []byte
	w   int
	esc bool // EscapeOn was written, EscapeOff not yet

	// The state before the last cell was filled.
	mark, markW int
	markEsc     bool
}

// skip drops the cells on the left. When one wide piece is only half
// dropped, spaces stand for its other half.
func (p *painter) skip(sc *scanner) {
	left := p.Skip
	for left > 0 {
		tok, ok := sc.next()
		if !ok {
			return
		}
		left -= tok.width
	}
	if n := min(-left, p.Width); n > 0 {
		p.dst = AppendSpaces(p.dst, n)
		p.w = n
	}
	p.mark, p.markW = len(p.dst), p.w
}

func (p *painter) put(tok token, s string) {
	p.escape(tok.escaped())
	p.dst = tok.append(p.dst, s)
	p.w += tok.width
}

// escape writes EscapeOn or EscapeOff if they have to change.
func (p *painter) escape(on bool) {
	if on == p.esc {
		return
	}
	p.esc = on
	if on {
		p.dst = append(p.dst, p.EscapeOn...)
	} else {
		p.dst = append(p.dst, p.EscapeOff...)
	}
}

// ellipsis ends text that did not fit.
func (p *painter) ellipsis() {
	if p.w == p.Width {
		p.dst, p.w, p.esc = p.dst[:p.mark], p.markW, p.markEsc
	}
	if p.w == p.Width {
		return // the spaces of a half-skipped piece filled the cell
	}
	p.escape(true)
	p.dst = append(p.dst, Ellipsis...)
	p.w++
}
