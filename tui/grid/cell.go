package grid

import (
	"encoding/hex"

	"github.com/charmbracelet/x/ansi"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/style"
)

// Texts of what has none.
const (
	nullText  = "∅ null"
	emptyText = "''"
)

// painter draws one line of the pane. Every piece begins with the escape
// sequence of its whole look, so that none has to be ended.
type painter struct {
	dst   []byte
	looks *looks
	layer style.Layer
	gone  style.SGR // of a deleted row
	x     int
	width int
	sep   int // where the line after the frozen columns is
}

func (p *painter) blank(n int) {
	if n = min(n, p.width-p.x); n <= 0 {
		return
	}
	p.dst = append(p.dst, p.layer.Text().On...)
	p.dst = display.AppendSpaces(p.dst, n)
	p.x += n
}

// to fills the line up to x, with the separator where it belongs.
func (p *painter) to(x int) {
	if p.sep >= p.x && p.sep < min(x, p.width) {
		p.blank(p.sep - p.x)
		p.dst = append(append(p.dst, p.layer.Of(themes.Border).On...), "│"...)
		p.x++
	}
	p.blank(x - p.x)
}

func (p *painter) end() []byte {
	p.to(p.width)
	return append(p.dst, p.layer.Text().Off...)
}

// gutter draws the mark of the staged change, and of a row that is marked.
func (p *painter) gutter(mark byte, conflict, marked bool) {
	role := themes.Change
	switch mark {
	case '+':
		role = themes.Add
	case '-':
		role = themes.Delete
	}
	if conflict {
		mark, role = '!', themes.Fail
	}
	p.dst = append(append(p.dst, p.layer.Of(role).On...), mark)
	p.x++
	if p.x == p.width {
		return
	}
	if !marked {
		p.blank(1)
		return
	}
	p.dst = append(append(p.dst, p.layer.Of(themes.Accent).On...), "•"...)
	p.x++
}

// header draws the name of a column and the arrow of its order, which is seen
// even where there is no room for all of the name.
func (p *painter) header(look style.SGR, name, arrow string, width int, align display.Align) {
	if w := cells(arrow); w >= width || display.WidthUpTo(name, width)+w <= width {
		name, arrow = name+arrow, ""
	}
	p.dst = append(p.dst, look.On...)
	p.dst = display.Cell{Width: width - cells(arrow), Align: align}.Append(p.dst, name)
	p.dst = append(p.dst, arrow...)
	p.x += width
}

// text draws data in a cell of exactly width cells.
func (p *painter) text(look style.SGR, s string, width int, align display.Align) {
	if width <= 0 {
		return
	}
	p.dst = append(p.dst, look.On...)
	c := display.Cell{Width: width, Align: align, EscapeOn: p.layer.Escape().On, EscapeOff: look.On}
	p.dst = c.Append(p.dst, s)
	p.x += width
}

// cell draws one cell of a line.
func (p *painter) cell(s *store.Schema, l line, sp span) {
	old, now, changed := l.value(s, sp.column)
	text, look, align := p.show(l, now, sp)
	switch {
	case l.deleted():
		look = p.gone
	case l.inserted() != 0:
		look = p.layer.Of(themes.Add)
		if !l.sets(s, sp.column) {
			text, look, align = "default", p.layer.Muted(), display.Left
		}
	case changed:
		p.change(old, text, sp, align)
		return
	}
	if size, cut := cutAt(l.row, s, sp.column); cut && !now.IsNull() {
		p.cut(look, text, size, sp.width)
		return
	}
	p.text(look, text, sp.width, align)
}

// sets reports whether a staged insert gives a column a value.
func (l line) sets(s *store.Schema, column int) bool {
	if column < len(s.Key) {
		return column < len(l.row.Key)
	}
	for _, a := range l.staged.Change.Set {
		if a.Column == column-len(s.Key) {
			return true
		}
	}
	return false
}

// show returns how a value looks in a column.
func (p *painter) show(l line, v tuple.Value, sp span) (string, style.SGR, display.Align) {
	text, role := cellText(v, sp.width)
	if sp.frozen && !v.IsNull() {
		role = themes.Key
	}
	return text, p.layer.Of(role), alignOf(v.Kind())
}

// change draws what a cell was and will be, or only that if both do not fit.
func (p *painter) change(old tuple.Value, now string, sp span, align display.Align) {
	look := p.layer.Of(themes.Change)
	was, _ := cellText(old, sp.width)
	const arrow = "→"
	width := display.WidthUpTo(was, sp.width) + 1
	if total := width + display.WidthUpTo(now, sp.width); total <= sp.width {
		pad := 0
		if align == display.Right {
			pad = sp.width - total
		}
		p.blank(pad)
		p.text(p.layer.Of(themes.Delete), was, width-1, display.Left)
		p.text(look, arrow, 1, display.Left)
		p.text(look, now, sp.width-pad-width, display.Left)
		return
	}
	p.text(look, now, sp.width, align)
}

// cut draws the beginning of a value and the size of all of it.
func (p *painter) cut(look style.SGR, text string, size int64, width int) {
	note := display.Bytes(size)
	if width < len(note)+2 {
		p.text(look, text, width, display.Left)
		return
	}
	p.text(look, text, width-len(note), display.Left)
	p.text(p.layer.Muted(), note, len(note), display.Left)
}

// cellText returns a value as it is written in a cell of a width, and the role
// of its look. The text may hold anything.
func cellText(v tuple.Value, width int) (string, themes.Role) {
	switch v.Kind() {
	case tuple.KindNull:
		return nullText, themes.Null
	case tuple.KindText:
		if v.AsText() == "" {
			return emptyText, themes.Muted
		}
		return v.AsText(), themes.String
	case tuple.KindBytes:
		// No more of it than can be seen: there may be a kilobyte.
		s := v.AsText()
		s = s[:min(len(s), width/2+1)]
		return "0x" + hex.EncodeToString([]byte(s)), themes.Binary
	}
	return v.Plain(), roleOf(v.Kind())
}

// roleOf returns the role of the look of a kind.
func roleOf(k tuple.Kind) themes.Role {
	switch k {
	case tuple.KindNull:
		return themes.Null
	case tuple.KindBool:
		return themes.Bool
	case tuple.KindInt, tuple.KindUint, tuple.KindFloat, tuple.KindDecimal:
		return themes.Number
	case tuple.KindUUID, tuple.KindDate, tuple.KindTime, tuple.KindTimestamp, tuple.KindInterval:
		return themes.Time
	case tuple.KindBytes:
		return themes.Binary
	}
	return themes.String
}

// alignOf puts numbers at the right of their column.
func alignOf(k tuple.Kind) display.Align {
	switch k {
	case tuple.KindInt, tuple.KindUint, tuple.KindFloat, tuple.KindDecimal:
		return display.Right
	}
	return display.Left
}

// fitSafe cuts text that is safe already to a width.
func fitSafe(text string, width int) (string, int) {
	w := cells(text)
	if w <= width {
		return text, w
	}
	text = ansi.Truncate(text, width, display.Ellipsis)
	return text, cells(text)
}

// cells measures text that is safe already.
func cells(text string) int { return ansi.StringWidth(text) }
