//go:build unix

package e2e

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rowan-db/rowan/e2e/terminal"
)

// TestAnySize resizes the terminal while the program runs, from one cell to
// more than any screen has: it says when there is too little room, and shows
// the same place when there is room again.
func TestAnySize(t *testing.T) {
	u := newUser(t)
	u.demo("demo.rowan")
	s := u.open("demo.rowan")
	s.table("orders")
	s.press("G")
	s.sees("row 2,000 of 2,000")
	sizes := [][2]int{{1, 1}, {2, 1}, {1, 50}, {20, 5}, {59, 15}, {60, 14}, {60, 15}, {76, 16}, {84, 44}, {107, 20}, {108, 20}, {200, 50}, {500, 200}, {100, 30}}
	for _, size := range sizes {
		w, h := size[0], size[1]
		s.must(s.term.Resize(w, h))
		switch {
		case w >= 60 && h >= 15:
			s.fills(w, h)
			s.sees("row 2,000 of 2,000")
			s.press("Up")
			s.sees("row 1,999 of 2,000")
			s.press("Down")
		case w >= 40:
			s.sees("terminal too small, need 60x15")
		}
	}
	s.quits()
}

// fills waits until the screen is drawn to its last line and column.
func (s *session) fills(width, height int) {
	s.t.Helper()
	_, err := s.term.Until(fmt.Sprintf("a screen of %dx%d", width, height), func(on terminal.Screen) bool {
		lines := strings.Split(string(on), "\n")
		return len(lines) == height && strings.HasSuffix(lines[height-1], "? help") &&
			utf8.RuneCountInString(lines[height-1]) >= width-1 && strings.HasSuffix(lines[height-2], "╯")
	})
	s.must(err)
}

// TestSmallTerminalFromTheStart starts in a terminal that is too small, and
// quits without ever having room.
func TestSmallTerminalFromTheStart(t *testing.T) {
	u := newUser(t)
	u.demo("demo.rowan")
	s := u.openSized(20, 5, rowan, "demo.rowan")
	s.sees("terminal too small")
	s.quits()
	s = u.openSized(1, 1, rowan, "demo.rowan")
	s.must(s.term.Resize(80, 24))
	s.sees("[1] Tables")
	s.quits()
}

// hostile is what must not work in a paste: commands for the terminal, keys,
// and characters that are not what they seem.
const hostile = "a\x1b]0;owned\ab\x07c\x00d\x7fe\x1b[31mf\ng\u009b1mh\u202ei"

// TestPasteOfControlBytes pastes control bytes into every kind of input: they
// are text or dropped, and neither keys nor commands for the terminal.
func TestPasteOfControlBytes(t *testing.T) {
	u := newUser(t)
	u.demo("demo.rowan")
	s := u.open("demo.rowan")
	s.table("countries")
	for _, input := range []struct{ key, title string }{{"f", "╭ Scan"}, {"/", "/"}, {":", "╭ Commands"}, {"o", "╭ Insert"}, {"?", "╭ "}} {
		s.press(input.key)
		s.sees(input.title)
		s.must(s.term.Paste(hostile))
		s.types("~end~")
		s.sees("~end~")
		s.escapes("~end~")
	}
	s.harmless("\x1b]0;owned", "\x1b[31mf", "\u009b1m")
	s.runs("quit")
	s.ends(0)
}

// TestPastedTextIsStoredAsItIs pastes text of several lines with characters of
// all sizes into a cell, and reads it back.
func TestPastedTextIsStoredAsItIs(t *testing.T) {
	u := newUser(t)
	u.sql("shop.db", stock)
	s := u.open("shop.db")
	s.table("stock")
	s.press("Right", "e")
	s.sees("╭ Edit")
	s.press("C-u")
	s.must(s.term.Paste("Füße\n日本語 👩‍👩‍👧\tend"))
	s.sees("日本語")
	s.press("C-s")
	s.commits("1 change")
	s.quits()
	if got := u.sql("shop.db", "SELECT name FROM stock WHERE sku = 'a-1'"); got != "Füße\n日本語 👩‍👩‍👧\tend" {
		t.Errorf("the name is %q", got)
	}
}

// markers are pieces of the awkward table as it is stored. None of them may
// reach a terminal as it is.
var markers = []string{
	"\x1b]0;owned", "\x1b]52;", "\x1b[8mhidden", "\x1b[31mred", "\x1b]8;;https", "\u009b31m", "\u0090q", "\u202etxt", "\u2066",
	"\u200bb", "caf\xe9", "\xff\xfe", "\xed\xa0\x80", "bell \a", "back \b", "vertical \v", "form \f", "delete \x7f", "nul \x00",
	"\x1b[31m colour", "\x89PNG",
}

// harmless checks that none of some bytes reached the terminal.
func (s *session) harmless(bad ...string) {
	s.t.Helper()
	out := s.term.Output()
	for _, b := range bad {
		if at := bytes.Index(out, []byte(b)); at >= 0 {
			s.t.Errorf("%q reached the terminal: %q", b, out[max(0, at-60):min(len(out), at+60)])
		}
	}
	if !utf8.Valid(out) {
		s.t.Error("bytes that are not UTF-8 reached the terminal")
	}
}

// TestNoByteOfDataIsACommand looks at every row and value of the awkward table
// in every view, and in scripts: nothing of the data reaches the terminal as a
// control byte.
func TestNoByteOfDataIsACommand(t *testing.T) {
	u := newUser(t)
	u.demo("demo.rowan")
	s := u.openSized(160, 40, rowan, "demo.rowan")
	s.table("awkward")
	s.sees("␛[31mred", "␛]0;owned␇")
	for column := range 4 {
		for range 30 {
			s.press("Down")
		}
		s.press("g", "Right")
		if column == 0 {
			s.sees("text text")
		}
	}
	for range 8 { // the title row, in the editor, the review, the copy menu
		s.press("Down")
	}
	s.press("0", "Right", "e")
	s.sees("╭ Edit")
	s.press("C-u").types("x").press("C-s")
	s.seesNo("╭ Edit")
	s.reviews("1 change")
	s.escapes("╭ Review")
	s.press("3", "Down", "Down", "2", "Y")
	s.sees("enter apply")
	s.escapes("enter apply")
	s.runs("discard")
	s.sees("Drop them")
	s.reads().press("Right", "Enter")
	s.seesNo("staged ~1")
	s.quits()
	s.harmless(markers...)

	// The same rows as a script prints them on a terminal.
	s = u.openSized(160, 40, rowan, "scan", "demo.rowan", "awkward", "--limit", "0")
	if code, err := s.term.Code(); err != nil || code != 0 {
		t.Errorf("scan ended with %d: %v", code, err)
	}
	s.harmless(markers...)
}
