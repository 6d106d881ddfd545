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
	p := newPainter(c, dst)
	p.text(s)
	return p.end()
}

// painter fills one cell.
type painter struct {
	Cell
	dst  []byte
	w    int  // cells filled
	left int  // cells still to skip
	esc  bool // EscapeOn was written, EscapeOff not yet

	// The state before the last cell was filled: an ellipsis that turns out to
	// be needed goes back there.
	mark, markW int
	markEsc     bool
}

func newPainter(c Cell, dst []byte) painter {
	return painter{Cell: c, dst: dst, left: c.Skip, mark: len(dst)}
}

// text fills in the shaped text of s and reports whether there is room for
// more.
func (p *painter) text(s string) bool {
	sc := scanner{s: s}
	for tok, ok := sc.next(); ok; tok, ok = sc.next() {
		if !p.add(tok, s) {
			return false
		}
	}
	return true
}

// add fills in one token.
func (p *painter) add(tok token, s string) bool {
	if p.left > 0 {
		p.skip(tok.width)
		return true
	}
	if p.w+tok.width > p.Width {
		p.ellipsis()
		return false
	}
	p.escape(tok.escaped())
	p.dst = tok.append(p.dst, s)
	p.w += tok.width
	p.remember()
	return true
}

// skip leaves out the next cells. When they belong to a wide piece that is
// dropped only in part, spaces stand for the rest of it.
func (p *painter) skip(width int) {
	p.left -= width
	if n := min(-p.left, p.Width); n > 0 {
		p.dst = AppendSpaces(p.dst, n)
		p.w = n
		p.remember()
	}
}

func (p *painter) remember() {
	if p.w < p.Width {
		p.mark, p.markW, p.markEsc = len(p.dst), p.w, p.esc
	}
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
	p.escape(true)
	p.dst = append(p.dst, Ellipsis...)
	p.w++
}

// end returns the buffer and the cells filled.
func (p *painter) end() ([]byte, int) {
	p.escape(false)
	return p.dst, p.w
}
