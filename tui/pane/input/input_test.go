package input

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/style"
)

var special = map[string]tea.KeyPressMsg{
	"left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight}, "up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown},
	"home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd}, "pgup": {Code: tea.KeyPgUp}, "pgdown": {Code: tea.KeyPgDown},
	"backspace": {Code: tea.KeyBackspace}, "delete": {Code: tea.KeyDelete}, "enter": {Code: tea.KeyEnter}, "tab": {Code: tea.KeyTab},
	"ctrl+w": {Code: 'w', Mod: tea.ModCtrl}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl}, "ctrl+k": {Code: 'k', Mod: tea.ModCtrl},
	"ctrl+left": {Code: tea.KeyLeft, Mod: tea.ModCtrl}, "ctrl+right": {Code: tea.KeyRight, Mod: tea.ModCtrl},
	"ctrl+home": {Code: tea.KeyHome, Mod: tea.ModCtrl}, "ctrl+end": {Code: tea.KeyEnd, Mod: tea.ModCtrl},
}

func press(m *Model, names ...string) {
	for _, n := range names {
		k, ok := special[n]
		if !ok {
			k = tea.KeyPressMsg{Code: []rune(n)[0], Text: n}
		}
		m.Update(k)
	}
}

func TestEditingKeys(t *testing.T) {
	for _, c := range []struct {
		area              bool
		start, keys, want string
	}{
		{false, "abc", "backspace", "ab|"},
		{false, "abc", "home delete", "|bc"},
		{false, "a b_c", "ctrl+w", "a |"},
		{false, "a bc de", "ctrl+left ctrl+left", "a |bc de"},
		{false, "ab", "home ctrl+right x", "abx|"},
		{false, "abc", "left ctrl+k", "ab|"},
		{false, "a\nb", "left backspace", "a|b"},
		{false, "e\u0301", "backspace", "|"},
		{false, "a\xff\xfe", "backspace", "a\xff|"},
		{false, "\r\n", "home delete", "|\n"},
		{false, "ab", "enter tab up down", "ab|"},
		{true, "ab\ncd", "down", "ab\n|cd"},
		{true, "ab\ncd", "end down x", "ab\ncdx|"},
		{true, "ab\nc\nde", "end down down", "ab\nc\nde|"},
		{true, "ab\ncd", "down ctrl+u up", "|ab\ncd"},
		{true, "ab", "right enter", "a\n|b"},
		{true, "ab", "tab", "\t|ab"},
		{true, "ab\ncd", "ctrl+end backspace", "ab\nc|"},
		{true, "ab\ncd", "down backspace", "ab|cd"},
	} {
		m := Line(c.start)
		if c.area {
			m = Area(c.start)
			m.SetSize(20, 5)
		}
		press(&m, strings.Fields(c.keys)...)
		press(&m, "|")
		if m.Value() != c.want {
			t.Errorf("%q after %s is %q, want %q", c.start, c.keys, m.Value(), c.want)
		}
	}
}

// TestBytesAreKept: to open a text and to leave it changes no byte, nor does
// pasting.
func TestBytesAreKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOf(rapid.Byte()).Draw(t, "text"))
		pasted := string(rapid.SliceOf(rapid.Byte()).Draw(t, "pasted"))
		m := Line(text)
		if rapid.Bool().Draw(t, "area") {
			m = Area(text)
			m.SetSize(10, 3)
			press(&m, "ctrl+end")
		}
		m.Update(tea.PasteMsg{Content: pasted})
		if m.Value() != text+pasted {
			t.Fatalf("%q and then %q became %q", text, pasted, m.Value())
		}
	})
}

// TestAnyKeysAnywhere: whatever the text and the keys, the field draws itself
// in exactly its cells and safely, and the cursor is inside.
func TestAnyKeysAnywhere(t *testing.T) {
	var names []string
	for n := range special {
		names = append(names, n)
	}
	names = append(names, "x", "é", "日", "👩", "\u0301", "\\", " ")
	texts := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z \n日é]{0,80}`),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
	rapid.Check(t, func(t *rapid.T) {
		m := Line(texts.Draw(t, "text"))
		if rapid.Bool().Draw(t, "area") {
			m = Area(m.Value())
		}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				m.SetSize(rapid.IntRange(0, 30).Draw(t, "width"), rapid.IntRange(0, 5).Draw(t, "height"))
			default:
				press(&m, rapid.SampledFrom(names).Draw(t, "key"))
			}
			check(t, &m)
		}
	})
}

func check(t *rapid.T, m *Model) {
	look := style.SGR{On: "\x1b[1m", Off: "\x1b[m"}
	lines := m.Lines(look, style.SGR{On: "\x1b[2m"})
	if want := m.height; m.width == 0 && len(lines) != 0 || m.width > 0 && len(lines) != want {
		t.Fatalf("%d lines are drawn of %d", len(lines), want)
	}
	for _, l := range lines {
		if w := ansi.StringWidth(l); w != m.width {
			t.Fatalf("a line has %d cells, not %d: %q", w, m.width, l)
		}
		plain := ansi.Strip(l)
		if strings.ContainsFunc(plain, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Fatalf("a line is not safe: %q", l)
		}
	}
	if m.width == 0 || m.height == 0 {
		return
	}
	if x, y := m.Cursor(); x < 0 || x >= m.width || y < 0 || y >= m.height {
		t.Fatalf("the cursor is at %d,%d of %dx%d in %q at %d", x, y, m.width, m.height, m.text, m.at)
	}
	if m.at < 0 || m.at > len(m.text) {
		t.Fatalf("the cursor is at byte %d of %d", m.at, len(m.text))
	}
}

// TestRowsCoverTheText: breaking lines loses and repeats nothing.
func TestRowsCoverTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z \n日é\\x]{0,200}`)).Draw(t, "text")
		m := Area(text)
		m.SetSize(rapid.IntRange(1, 20).Draw(t, "width"), 4)
		var b strings.Builder
		for i, r := range m.rows {
			if i > 0 && r.start != m.rows[i-1].end {
				b.WriteString(text[m.rows[i-1].end:r.start])
				if text[m.rows[i-1].end:r.start] != "\n" {
					t.Fatalf("%q is skipped", text[m.rows[i-1].end:r.start])
				}
			}
			b.WriteString(text[r.start:r.end])
		}
		if b.String() != text {
			t.Fatalf("%q became %q", text, b.String())
		}
	})
}

// FuzzBreak: a break is on a boundary and makes progress.
func FuzzBreak(f *testing.F) {
	f.Add("abc日\x1b[31m\\xff", 3)
	f.Add("e\u0301\u200d👩", 1)
	f.Fuzz(func(t *testing.T, text string, width int) {
		n := Break(text, width)
		if n < 0 || n > len(text) || n == 0 && text != "" {
			t.Fatalf("Break(%q, %d) = %d", text, width, n)
		}
		if first := cluster(text); n > first && display.Width(text[:n]) > width {
			t.Fatalf("Break(%q, %d) = %d, which is %d cells", text, width, n, display.Width(text[:n]))
		}
	})
}
