//go:build !race

// The picture shows the whole demo, which takes the race detector half a minute
// to build. The checks run these tests without it, too.

package cli

import (
	"bytes"
	"flag"
	"fmt"
	"html"
	"image/color"
	"os"
	"path/filepath"
	"testing"
	"time"

	uv "github.com/charmbracelet/ultraviolet"

	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui"
	"github.com/rowan-db/rowan/tui/tuitest"
)

//go:generate go test -run ^TestScreenshot$ . -update

// The size of the screenshot in cells.
const (
	shotColumns = 120
	shotRows    = 28
)

// TestScreenshot draws the picture in the README with the program itself, and
// fails if the one that is there shows another program.
func TestScreenshot(t *testing.T) {
	path := filepath.Join(isolate(t), "demo.rowan")
	rowan(t, "demo", "--build-only", "--path", path).want(t, path+"\n")
	a := &app{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}
	s, opened, err := a.openForUI(t.Context(), tui.Request{Target: path})
	if err != nil {
		t.Fatal(err)
	}
	theme, err := themes.Named(themes.Dark)
	if err != nil {
		t.Fatal(err)
	}
	clock := time.Date(2026, time.November, 21, 9, 0, 0, 0, time.UTC)
	m := tui.New(t.Context(), tui.Options{
		Store: s, Opened: opened, Theme: theme, Now: func() time.Time { return clock },
	})
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	u := tuitest.New(t, m, shotColumns, shotRows)
	for range 6 {
		u.Press("down")
	}
	u.Press("enter", "down", "down", "right", "right", "e", "ctrl+u").Type("shipped").Press("enter")
	u.Press("down", "down", "down", "d", "down", "down", "3", "r", "2")
	compare(t, "../docs/screenshot.svg", svg(u))
}

// compare compares a generated document with the one that is kept, or writes
// it.
func compare(t *testing.T, path string, want []byte) {
	t.Helper()
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is stale (%v): run make generate, and look at it", path, err)
	}
}

// The size of a cell in the picture.
const (
	cellWidth  = 8.4
	cellHeight = 18
	margin     = 12
)

// svg draws a screen: for each row, a box behind each run of cells with a
// background, and a text for each run of cells that look alike. Every text is
// stretched to its cells, so that columns stay columns in any font.
func svg(u *tuitest.User) []byte {
	var b bytes.Buffer
	background := hex(u.Cell(0, 1).Style.Bg, "#15171e")
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%d" font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace" font-size="14">`+"\n",
		shotColumns*cellWidth+2*margin, shotRows*cellHeight+2*margin)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", background)
	for y := range shotRows {
		for x := 0; x < shotColumns; {
			x = svgRun(&b, u, x, y, background)
		}
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// svgRun draws the cells from x on that look alike, and returns where they end.
func svgRun(b *bytes.Buffer, u *tuitest.User, x, y int, background string) int {
	first := u.Cell(x, y)
	text, end := "", x
	for end < shotColumns {
		c := u.Cell(end, y)
		if !c.Style.Equal(&first.Style) {
			break
		}
		text += c.Content
		end += max(1, c.Width)
	}
	left, top := margin+float64(x)*cellWidth, margin+y*cellHeight
	width := float64(end-x) * cellWidth
	if bg := hex(first.Style.Bg, background); bg != background {
		fmt.Fprintf(b, `<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>`+"\n", left, top, width, cellHeight, bg)
	}
	if len(bytes.TrimSpace([]byte(text))) > 0 {
		fmt.Fprintf(b, `<text x="%.1f" y="%d" textLength="%.1f" lengthAdjust="spacingAndGlyphs" xml:space="preserve" fill="%s"%s>%s</text>`+"\n",
			left, top+13, width, hex(first.Style.Fg, "#c8ccd4"), svgAttrs(first.Style), html.EscapeString(text))
	}
	return end
}

func svgAttrs(s uv.Style) string {
	attrs := ""
	if s.Attrs&uv.AttrBold != 0 {
		attrs += ` font-weight="bold"`
	}
	if s.Attrs&uv.AttrItalic != 0 {
		attrs += ` font-style="italic"`
	}
	switch {
	case s.Attrs&uv.AttrStrikethrough != 0:
		attrs += ` text-decoration="line-through"`
	case s.Underline != uv.UnderlineNone:
		attrs += ` text-decoration="underline"`
	}
	return attrs
}

// hex returns a colour, or another one if there is none.
func hex(c color.Color, none string) string {
	if c == nil {
		return none
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}
