package style

import (
	"strings"

	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/display"
)

// Panel is the looks of a bordered part of the screen.
type Panel struct {
	Body, Border, BorderFocus, Title, TitleFocus, Note SGR
}

// Frame is a panel to draw. Its inside is Width-2 by Height-2 cells.
type Frame struct {
	Width, Height int
	Focused       bool

	// Title stands in the top edge on the left, Note on the right; Footer in
	// the bottom edge. What does not fit is cut off: the note first.
	Title, Note, Footer []Span

	// Body is drawn as it is: lines of exactly Width-2 cells, already
	// painted. Missing lines are blank, those too many are left out.
	Body []string
}

func newPanel(l Layer) Panel {
	return Panel{
		Body: l.Text(), Border: l.Of(themes.Border), BorderFocus: l.Of(themes.BorderFocus),
		Title: l.Muted(), TitleFocus: l.Of(themes.Title), Note: l.Muted(),
	}
}

// Draw returns the panel: exactly f.Height lines of exactly f.Width cells,
// joined by line feeds.
func (p Panel) Draw(f Frame) string {
	if f.Width < 2 || f.Height < 2 {
		return Blank(p.Body, f.Width, f.Height)
	}
	border, title := p.Border, p.Title
	if f.Focused {
		border, title = p.BorderFocus, p.TitleFocus
	}
	b := make([]byte, 0, p.size(f, border))
	b = p.appendEdge(b, "╭", "╮", f.Width, border, title, f.Title, f.Note)
	for i := range f.Height - 2 {
		b = append(b, '\n')
		b = border.Append(b, "│")
		if i < len(f.Body) {
			b = append(b, f.Body[i]...)
		} else {
			b = append(b, p.Body.On...)
			b = display.AppendSpaces(b, f.Width-2)
		}
		b = border.Append(b, "│")
	}
	b = append(b, '\n')
	b = p.appendEdge(b, "╰", "╯", f.Width, border, p.Note, f.Footer, nil)
	return string(b)
}

// size is about the bytes that a frame takes, so that it is drawn without
// being moved.
func (p Panel) size(f Frame, border SGR) int {
	const rule = len("─")
	n := 2*rule*f.Width + f.Height*(2*(len(border.On)+len("│")+len(border.Off))+1)
	for _, line := range f.Body {
		n += len(line)
	}
	return n + max(0, f.Height-2-len(f.Body))*(len(p.Body.On)+f.Width) + 512 // the texts in the edges
}

// appendEdge appends a horizontal edge of width cells with text on the left
// and on the right.
func (p Panel) appendEdge(dst []byte, left, right string, width int, border, look SGR, text, note []Span) []byte {
	room := width - 2
	dst = append(append(dst, border.On...), left...)
	var used, noteWidth int
	if len(text) > 0 {
		dst, used = AppendSpans(dst, look, room, text...)
	}
	if n := SpansWidth(note); n > 0 && n < room-used {
		noteWidth = n
	}
	dst = append(dst, border.On...)
	dst = appendRule(dst, room-used-noteWidth)
	if noteWidth > 0 {
		dst, _ = AppendSpans(dst, p.Note, noteWidth, note...)
		dst = append(dst, border.On...)
	}
	return append(append(dst, right...), border.Off...)
}

func appendRule(dst []byte, n int) []byte {
	for range n {
		dst = append(dst, "─"...)
	}
	return dst
}

// Blank returns height lines of width spaces in a look, joined by line feeds.
func Blank(look SGR, width, height int) string {
	if height <= 0 {
		return ""
	}
	line := look.Render(strings.Repeat(" ", max(width, 0)))
	return strings.Repeat(line+"\n", height-1) + line
}

// Columns puts blocks of lines side by side. The blocks have the same number
// of lines, each of one width, as [Panel.Draw] makes them; a shorter block
// ends early.
func Columns(blocks ...string) string {
	size, height := 0, 0
	rest := make([]string, len(blocks))
	for i, b := range blocks {
		rest[i] = b
		size += len(b)
		height = max(height, strings.Count(b, "\n")+1)
	}
	var out strings.Builder
	out.Grow(size)
	for n := range height {
		if n > 0 {
			out.WriteByte('\n')
		}
		for i := range rest {
			var line string
			line, rest[i], _ = strings.Cut(rest[i], "\n")
			out.WriteString(line)
		}
	}
	return out.String()
}
