package tuitest

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

// special are the keys that are not characters, by the names that Bubble Tea
// gives them.
var special = map[string]rune{
	"enter": tea.KeyEnter, "tab": tea.KeyTab, "backspace": tea.KeyBackspace, "esc": tea.KeyEscape,
	"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight,
	"home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
	"insert": tea.KeyInsert, "delete": tea.KeyDelete,
	"f1": tea.KeyF1, "f2": tea.KeyF2, "f3": tea.KeyF3, "f4": tea.KeyF4, "f5": tea.KeyF5, "f6": tea.KeyF6,
	"f7": tea.KeyF7, "f8": tea.KeyF8, "f9": tea.KeyF9, "f10": tea.KeyF10, "f11": tea.KeyF11, "f12": tea.KeyF12,
}

var modifiers = map[string]tea.KeyMod{
	"ctrl": tea.ModCtrl, "alt": tea.ModAlt, "shift": tea.ModShift, "super": tea.ModSuper,
}

// key returns the message of pressing the key with this name.
func key(t testing.TB, name string) tea.KeyPressMsg {
	t.Helper()
	var mod tea.KeyMod
	rest := name
	for {
		head, tail, ok := strings.Cut(rest, "+")
		m, isMod := modifiers[head]
		if !ok || !isMod || tail == "" {
			break
		}
		mod |= m
		rest = tail
	}
	k, ok := baseKey(rest)
	if !ok {
		t.Fatalf("there is no key %q", name)
	}
	if mod != 0 {
		k.Mod |= mod
		if mod != tea.ModShift {
			k.Text = "" // with ctrl or alt a key is no text
		}
	}
	if got := k.String(); got != name {
		t.Fatalf("key %q is called %q", name, got)
	}
	return k
}

func baseKey(name string) (tea.KeyPressMsg, bool) {
	if name == "space" {
		return runeKey(' '), true
	}
	if code, ok := special[name]; ok {
		return tea.KeyPressMsg{Code: code}, true
	}
	if r, n := utf8.DecodeRuneInString(name); n == len(name) && unicode.IsPrint(r) {
		return runeKey(r), true
	}
	return tea.KeyPressMsg{}, false
}

// runeKey returns the message that a terminal without extensions causes for a
// character.
func runeKey(r rune) tea.KeyPressMsg {
	k := tea.KeyPressMsg{Code: r, Text: string(r)}
	switch {
	case r == '\n':
		return tea.KeyPressMsg{Code: tea.KeyEnter}
	case r == '\t':
		return tea.KeyPressMsg{Code: tea.KeyTab}
	case unicode.IsUpper(r):
		k.Code, k.ShiftedCode, k.Mod = unicode.ToLower(r), r, tea.ModShift
	}
	return k
}
