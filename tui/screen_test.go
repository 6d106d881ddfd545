package tui

import (
	"fmt"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/pane"
)

// scenes are states of the screen, each reached from the start.
var scenes = map[string]func(u *user){
	"tables":   func(u *user) {},
	"unfolded": func(u *user) { u.Press("down", "down", "right") },
	"rows":     func(u *user) { u.open("orders") },
	"value":    func(u *user) { u.open("orders").Press("z") },
	"empty":    func(u *user) { u.open("empty") },
	"staged":   func(u *user) { u.editStatus("void").Press("down", "d") },
	"scan":     func(u *user) { u.open("orders").Press("f").Type("bob") },
	"review":   func(u *user) { u.editStatus("void").Press("down", "d", "ctrl+s") },
	"conflict": func(u *user) {
		u.editStatus("mine")
		u.others(set("theirs"))
		u.Press("ctrl+s")
		u.wait(time.Second).Press("ctrl+s")
	},
	"palette": func(u *user) { u.open("orders").Press(":").Type("c") },
	"help":    func(u *user) { u.open("orders").Press("?") },
	"quit":    func(u *user) { u.editStatus("void").Press("q") },
	"error": func(u *user) {
		u.model.do(nil, pane.Report{Err: fmt.Errorf("the server went away\x1b[31m\nin the middle of a message that is long enough to be broken into lines"), Retry: pane.Reload{}})
		u.Send(tea.FocusMsg{})
	},
	"log":  func(u *user) { u.open("orders").Press("y", "@") },
	"edit": func(u *user) { u.open("orders").Press("right", "right", "e") },
}

func TestScreens(t *testing.T) {
	for name, scene := range scenes {
		for _, s := range []struct{ width, height int }{{80, 24}, {120, 36}} {
			t.Run(fmt.Sprintf("%s_%dx%d", name, s.width, s.height), func(t *testing.T) {
				u := start(t)
				u.Resize(s.width, s.height)
				scene(u)
				u.Golden()
			})
		}
	}
}

func TestScreenTooSmall(t *testing.T) {
	u := start(t)
	u.Resize(40, 12).See("terminal too small, need 60x15").Golden()
	if !u.Press("q").Quit() {
		t.Error("q does not quit")
	}
}

func TestPortrait(t *testing.T) {
	u := start(t)
	u.Resize(80, 50)
	u.open("orders").Golden()
}

func TestColors(t *testing.T) {
	for _, name := range []string{themes.Dark, themes.Light, themes.Mono} {
		t.Run(name, func(t *testing.T) {
			theme, err := themes.Named(name)
			if err != nil {
				t.Fatal(err)
			}
			u := start(t, func(o *Options) { o.Theme = theme })
			u.Resize(80, 24)
			scenes["review"](u)
			u.GoldenStyled()
		})
	}
}

// TestAnySize checks that nothing panics and nothing is larger than the
// screen, whatever its size, in every scene.
func TestAnySize(t *testing.T) {
	sizes := [][2]int{{0, 0}, {1, 1}, {0, 9}, {9, 0}, {20, 5}, {59, 14}, {60, 15}, {61, 40}, {76, 16}, {80, 44}, {84, 60}, {107, 20}, {108, 15}, {200, 50}, {500, 200}}
	for w := range 8 {
		sizes = append(sizes, [2]int{w, 7 - w})
	}
	for name, scene := range scenes {
		t.Run(name, func(t *testing.T) {
			u := start(t)
			scene(u)
			for _, s := range sizes {
				u.Resize(s[0], s[1]).Screen()
			}
			u.Resize(60, 15)
			for _, k := range []string{"1", "2", "3", "+", "_"} {
				u.Press(k).Screen()
			}
		})
	}
}

func TestPanelsWithoutRoomAreDrawers(t *testing.T) {
	u := start(t)
	u.Resize(60, 20)
	u.See("Tables").Press("down", "down", "enter")
	u.Miss("[1]").See("[2]", "ada")
	u.Press("1").See("[1] Tables", "customers")
	u.Press("esc").Miss("[1]")
	u.Press("3").See("[3] Value").Press("esc").Miss("[3]")
}

func TestZoom(t *testing.T) {
	u := start(t)
	u.open("orders").See("[1]", "[3]")
	u.Press("+").See("[2]").Miss("[1]", "[3]")
	u.Press("1").See("[1]").Miss("[2]")
	u.Press("+").See("[1]", "[2]")
}

// TestHelpHintIsNeverDropped checks that the way to the help stays on the
// screen at any width.
func TestHelpHintIsNeverDropped(t *testing.T) {
	u := start(t)
	u.open("orders")
	for w := minWidth; w < 140; w += 7 {
		u.Resize(w, 20).See("? help")
	}
}

// BenchmarkKeyPress measures a key press to the finished frame.
func BenchmarkKeyPress(b *testing.B) {
	u := start(b)
	u.open("orders")
	keys := []string{"down", "up"}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		u.Press(keys[i%2])
		_ = u.model.View()
		i++
	}
}
