package input_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"github.com/rowan-db/rowan/tui/pane/input"
)

// keys are the keys that the tests press by name.
var keys = map[string]tea.KeyPressMsg{
	"left":       {Code: tea.KeyLeft},
	"right":      {Code: tea.KeyRight},
	"home":       {Code: tea.KeyHome},
	"end":        {Code: tea.KeyEnd},
	"backspace":  {Code: tea.KeyBackspace},
	"delete":     {Code: tea.KeyDelete},
	"ctrl+w":     {Code: 'w', Mod: tea.ModCtrl},
	"ctrl+u":     {Code: 'u', Mod: tea.ModCtrl},
	"ctrl+k":     {Code: 'k', Mod: tea.ModCtrl},
	"ctrl+left":  {Code: tea.KeyLeft, Mod: tea.ModCtrl},
	"ctrl+right": {Code: tea.KeyRight, Mod: tea.ModCtrl},
}

func press(f *input.Prompt, names ...string) {
	for _, n := range names {
		f.Update(keys[n])
	}
}

func TestPromptEditingKeys(t *testing.T) {
	for _, c := range []struct{ start, keys, want string }{
		{"abc", "backspace", "ab|"},
		{"abc", "left backspace", "a|c"},
		{"abc", "home delete", "|bc"},
		{"abc", "left left ctrl+k", "a|"},
		{"abc", "left ctrl+u", "|c"},
		{"ab cd", "ctrl+w", "ab |"},
		{"ab cd  ", "ctrl+w", "ab |"},
		{"ab cd", "ctrl+left ctrl+left", "|ab cd"},
		{"ab cd", "home ctrl+right", "ab| cd"},
		{`("user",42)`, "ctrl+w", `("user",|`},
		{"on 2024-05-01", "ctrl+w", "on |"},
		{"on a-b c", "home ctrl+right ctrl+right", "on a-b| c"},
		{"e\u0301x", "home right", "e\u0301|x"},
		{"", "backspace delete left right ctrl+w", "|"},
	} {
		f := input.NewPrompt(c.start)
		press(&f, strings.Fields(c.keys)...)
		f.Update(tea.KeyPressMsg{Code: '|', Text: "|"})
		if f.Value() != c.want {
			t.Errorf("%q after %s = %q, want %q", c.start, c.keys, f.Value(), c.want)
		}
	}
}

func TestPromptPasteKeepsOneLine(t *testing.T) {
	var f input.Prompt
	f.Update(tea.PasteMsg{Content: "a\r\nb\nc\n"})
	if f.Value() != "a b c" {
		t.Errorf("pasted %q", f.Value())
	}
}

func TestPromptUnknownKeysAreLeftAlone(t *testing.T) {
	f := input.NewPrompt("x")
	for _, k := range []tea.KeyPressMsg{
		{Code: tea.KeyTab}, {Code: tea.KeyEnter}, {Code: tea.KeyUp}, {Code: tea.KeyPgDown},
		{Code: 'd', Mod: tea.ModCtrl}, {Code: tea.KeyHome, Mod: tea.ModCtrl},
		{Code: tea.KeyEnd, Mod: tea.ModCtrl}, {Code: tea.KeyBackspace, Mod: tea.ModCtrl},
	} {
		if handled, changed := f.Update(k); handled || changed {
			t.Errorf("%s was taken", k)
		}
	}
}

// TestPromptDrawFitsAndShowsTheCursor holds for any text, also with control bytes
// and wide characters.
func TestPromptDrawFitsAndShowsTheCursor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := input.NewPrompt(rapid.String().Draw(t, "text"))
		for range rapid.IntRange(0, 12).Draw(t, "left") {
			press(&f, "left")
		}
		width := rapid.IntRange(0, 30).Draw(t, "width")
		text, cursor := f.Draw(width)
		if w := ansi.StringWidth(text); w != width {
			t.Fatalf("drew %d cells, want %d: %q", w, width, text)
		}
		if cursor < 0 || width > 0 && cursor >= width {
			t.Fatalf("the cursor is at cell %d of %d", cursor, width)
		}
		if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Fatalf("a control byte is drawn: %q", text)
		}
	})
}
