package tui

import (
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/themes"
)

func TestThemeByName(t *testing.T) {
	u := start(t)
	u.Press(":").Type("theme light").Press("enter")
	if got := u.model.env.Styles.Theme; got != "light" {
		t.Errorf("the theme is %q", got)
	}
	u.Press(":").Type("theme pink").Press("enter").See("no such theme")
}

// TestThemesAreSeenBeforeOneIsChosen: the selected one is shown, and gone with
// the palette.
func TestThemesAreSeenBeforeOneIsChosen(t *testing.T) {
	u := start(t)
	expect := func(want string) {
		t.Helper()
		if got := u.model.env.Styles.Theme; got != want {
			t.Errorf("the theme is %q, want %q", got, want)
		}
	}
	before := u.model.env.Styles.Theme
	u.Press(":").Type("theme hig")
	expect(themes.HighContrast)
	u.Press("backspace", "backspace", "backspace").Press("down")
	expect(themes.Light)
	u.Press("esc")
	expect(before)
	u.Press(":").Type("theme li")
	expect(themes.Light)
	u.Press("ctrl+u").Type("quit")
	expect(before)
	u.Press("ctrl+u").Type("theme mono").Press("enter")
	expect(themes.Mono)
}

func TestThemeOfAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mine.toml")
	src, err := os.ReadFile("../themes/light.toml")
	if err != nil {
		t.Fatal(err)
	}
	mine := strings.Replace(string(src), `name = "light"`, `name = "mine"`, 1)
	if err := os.WriteFile(path, []byte(mine), 0o600); err != nil {
		t.Fatal(err)
	}
	u := start(t)
	u.Press(":").Type("theme " + path).Press("enter")
	if got := u.model.env.Styles.Theme; got != "mine" {
		t.Errorf("the theme is %q", got)
	}
	u.Press(":").Type("theme " + path + ".gone/x.toml").Press("enter").See("cannot read")
	if got := u.model.env.Styles.Theme; got != "mine" {
		t.Errorf("after a failure the theme is %q", got)
	}
}

func TestThemeGoesByTheBackground(t *testing.T) {
	white := tea.BackgroundColorMsg{Color: color.White}
	u := start(t)
	if got := u.model.env.Styles.Theme; got != themes.Dark {
		t.Errorf("before the terminal has answered the theme is %q", got)
	}
	if u.Model().View().BackgroundColor != nil {
		t.Error("the background is set before the terminal has told its own")
	}
	u.Send(white)
	if got := u.model.env.Styles.Theme; got != themes.Light {
		t.Errorf("on white the theme is %q", got)
	}
	mono, err := themes.Named(themes.Mono)
	if err != nil {
		t.Fatal(err)
	}
	u = start(t, func(o *Options) { o.Theme = mono })
	u.Send(white)
	if got := u.model.env.Styles.Theme; got != themes.Mono {
		t.Errorf("the choice %q gave way to the background", got)
	}
}
