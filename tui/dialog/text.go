package dialog

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/style"
)

// wrap returns text, which may hold anything, as safe lines of at most width
// cells.
func wrap(text string, width int) []string {
	if width <= 0 {
		return nil
	}
	var out []string
	for line := range strings.Lines(text) {
		line = display.Text(strings.TrimRight(line, "\r\n"))
		out = append(out, strings.Split(ansi.Wrap(line, width, "/,"), "\n")...)
	}
	return out
}

// paint returns safe lines in one look, indented by a cell, in exactly width
// cells.
func paint(look style.SGR, lines []string, width int) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		cell := ansi.Truncate(" "+line, max(width, 0), display.Ellipsis)
		pad := string(display.AppendSpaces(nil, width-ansi.StringWidth(cell)))
		out[i] = look.Render(cell + pad)
	}
	return out
}

// clip joins at most height lines.
func clip(lines []string, height int) string {
	return strings.Join(lines[:max(0, min(len(lines), height))], "\n")
}
