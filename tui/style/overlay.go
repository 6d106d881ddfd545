package style

import (
	"strings"
	"time"

	"charm.land/bubbles/v2/spinner"
	"github.com/charmbracelet/x/ansi"

	"github.com/rowan-db/rowan/tui/display"
)

// Overlay draws box over base with its corner at x, y, which may be negative,
// and returns the result. What lies outside of base, a screen of width cells,
// is clipped: the result has the lines and the width of base.
func Overlay(base, box string, x, y, width int) string {
	lines := strings.Split(base, "\n")
	for i, line := range strings.Split(box, "\n") {
		if row := y + i; row >= 0 && row < len(lines) {
			lines[row] = overlayLine(lines[row], line, x, width)
		}
	}
	return strings.Join(lines, "\n")
}

// overlayLine draws box over the cells of line from x on.
func overlayLine(line, box string, x, width int) string {
	if x < 0 {
		box, x = cut(box, -x, ansi.StringWidth(box)), 0
	}
	if x >= width {
		return line
	}
	boxWidth := ansi.StringWidth(box)
	if boxWidth > width-x {
		boxWidth = width - x
		box = cut(box, 0, boxWidth)
	}
	if boxWidth == 0 {
		return line
	}
	return cut(line, 0, x) + reset + box + reset + cut(line, x+boxWidth, width)
}

// cut returns the cells from left to right of a painted line, exactly that
// many: spaces stand for the half of a wide character that was cut through,
// and for what is missing.
func cut(line string, left, right int) string {
	if right <= left {
		return ""
	}
	head := ""
	// The part on the left may end before left, where a wide character
	// reaches across it; its other half is a space.
	if before := ansi.StringWidth(ansi.Truncate(line, left, "")); before < left && ansi.StringWidth(line) > left {
		head = strings.Repeat(" ", min(before+2, right)-left)
		left = min(before+2, right)
	}
	part := ansi.TruncateLeft(ansi.Truncate(line, right, ""), left, "")
	missing := right - left - ansi.StringWidth(part)
	return head + part + string(display.AppendSpaces(nil, missing))
}

// Center returns where to draw a box of size over a screen of size in, so that
// it is in the middle. It is not negative: a box that is too large is cut off
// on the right and below.
func Center(size, in int) int { return max(0, (in-size)/2) }

// Spinner returns the frame that shows activity which has lasted for elapsed.
// It is one cell wide.
func Spinner(elapsed time.Duration) string {
	s := spinner.MiniDot
	return s.Frames[int(max(0, elapsed)/s.FPS)%len(s.Frames)]
}
