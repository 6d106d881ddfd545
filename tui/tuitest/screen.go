package tuitest

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	uv "github.com/charmbracelet/ultraviolet"
)

// draw draws the view as a terminal does that measures text by this method.
func (u *User) draw(method ansi.Method) uv.ScreenBuffer {
	b := uv.NewScreenBuffer(u.width, u.height)
	b.Method = method
	uv.NewStyledString(u.model.View().Content).Draw(b, b.Bounds())
	return b
}

// Screen returns the text on the screen: as many lines as it is high, without
// trailing spaces. It fails the test if the view is larger than the screen,
// or looks different in terminals that measure text in the other way.
func (u *User) Screen() string {
	u.t.Helper()
	u.checkSize()
	b, other := u.draw(ansi.GraphemeWidth), u.draw(ansi.WcWidth)
	for y := range u.height {
		for x := range u.width {
			if got, want := other.CellAt(x, y), b.CellAt(x, y); got.Content != want.Content {
				u.t.Errorf("cell %d,%d depends on how the terminal measures text: %q or %q", x, y, got.Content, want.Content)
				return trim(b.String())
			}
		}
	}
	return trim(b.String())
}

func (u *User) checkSize() {
	u.t.Helper()
	content := u.model.View().Content
	if content == "" {
		return
	}
	lines := strings.Split(content, "\n")
	if len(lines) > u.height {
		u.t.Errorf("the view has %d lines on a screen of %d", len(lines), u.height)
	}
	for i, l := range lines {
		if w := ansi.StringWidth(l); w > u.width {
			u.t.Errorf("line %d of the view is %d cells wide on a screen of %d: %q", i+1, w, u.width, ansi.Strip(l))
		}
	}
}

func trim(screen string) string {
	lines := strings.Split(strings.ReplaceAll(screen, "\r\n", "\n"), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n")
}

// Styled returns the screen with its colours and attributes, as escape
// sequences.
func (u *User) Styled() string { return u.draw(ansi.GraphemeWidth).Render() }

// Cell returns the cell at x, y with its style. It is empty outside of the
// screen.
func (u *User) Cell(x, y int) uv.Cell {
	if c := u.draw(ansi.GraphemeWidth).CellAt(x, y); c != nil {
		return *c
	}
	return uv.Cell{}
}

// Find returns where text first stands on the screen, in cells; ok is false
// when it does not.
func (u *User) Find(text string) (x, y int, ok bool) {
	u.t.Helper()
	for y, line := range strings.Split(u.Screen(), "\n") {
		if head, _, found := strings.Cut(line, text); found {
			return ansi.StringWidth(head), y, true
		}
	}
	return 0, 0, false
}

// Golden compares the screen with testdata/<test>.golden, or with
// testdata/<test>/<name>.golden when a test looks at more than one. Run the
// test with -update to write the file, and look at the difference.
func (u *User) Golden(name ...string) *User {
	u.t.Helper()
	golden.RequireEqual(u.named(name), u.Screen()+"\n")
	return u
}

// GoldenStyled is [User.Golden] with colours and attributes.
func (u *User) GoldenStyled(name ...string) *User {
	u.t.Helper()
	golden.RequireEqual(u.named(name), u.Styled()+"\n")
	return u
}

// namedTest is a test under another name, after which package golden names
// its file.
type namedTest struct {
	testing.TB
	name string
}

func (n namedTest) Name() string { return n.name }

func (u *User) named(name []string) testing.TB {
	return namedTest{u.t, strings.Join(append([]string{u.t.Name()}, name...), "/")}
}
