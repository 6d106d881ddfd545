// Package display makes any bytes safe to show in a terminal, and fits them
// into cells.
//
// Every string that comes from data, a cell, a key, a name, an error, goes
// through this package before a terminal sees it. What it returns is valid
// UTF-8 without control characters, and without characters that are invisible
// or change the order or the meaning of their neighbours. In their place
// stand visible escapes:
//
//	␀ … ␟ ␡       the C0 controls and DEL, with ⇥ for tab, ⏎ for line feed
//	‹U+202E›      any other character that cannot be shown: C1 controls,
//	              bidirectional controls, joiners, variation selectors,
//	              blanks that are not the space, private and unassigned code
//	              points, marks without a letter
//	\xff          a byte that is not UTF-8
//
// # What is told apart
//
// Shaping is injective: two strings that differ in any byte are shaped to
// two strings that differ. A literal character that could be mistaken for an
// escape is escaped itself: ␛ in the data becomes ‹U+241B›, ‹ before "U+"
// becomes ‹U+2039›, a backslash that begins a literal \xff becomes ‹U+005C›.
// [Run] also says which parts are escapes, so that they can be painted in
// another colour. Two things look alike nevertheless: letters that fonts draw
// alike, such as the Latin and the Cyrillic a or é in its two forms; and
// strings that differ after the point where one was cut off (which an
// ellipsis shows) or in trailing spaces.
//
// # Width
//
// Terminals measure text in one of two ways: by code point, or by grapheme
// cluster when they know mode 2027. Clusters on which the two disagree, among
// them emoji joined into one and many Indic syllables, are taken apart by
// escaping the characters that join them; the vowel AM of Thai and Lao is
// written as the two characters that it looks like. So each width that this package
// returns is right in both, and equals [ansi.StringWidth] and
// [ansi.StringWidthWc] of the text.
//
// Functions that fit text into cells stop when the cells are full: drawing 20
// cells of a megabyte costs what 20 cells cost.
package display

import (
	"iter"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Ellipsis ends text that was cut off. It is one cell wide.
const Ellipsis = "…"

// Run is a piece of shaped text.
type Run struct {
	Text    string
	Width   int  // cells
	Escaped bool // stands for something that cannot be shown
}

// Runs returns the shaped text of s in pieces that are as long as possible:
// escapes and other text alternate.
func Runs(s string) iter.Seq[Run] {
	return func(yield func(Run) bool) {
		sc := scanner{s: s}
		var cur Run
		var buf []byte
		for {
			tok, ok := sc.next()
			if ok && (len(buf) == 0 || tok.escaped() == cur.Escaped) {
				buf = tok.append(buf, s)
				cur.Width += tok.width
				cur.Escaped = tok.escaped()
				continue
			}
			if len(buf) > 0 {
				cur.Text = string(buf)
				if !yield(cur) {
					return
				}
			}
			if !ok {
				return
			}
			buf = tok.append(buf[:0], s)
			cur = Run{Width: tok.width, Escaped: tok.escaped()}
		}
	}
}

// Text returns the shaped text of s. It returns s itself when there is
// nothing to escape.
func Text(s string) string {
	if isPlain(s) {
		return s
	}
	var b []byte
	sc := scanner{s: s}
	for tok, ok := sc.next(); ok; tok, ok = sc.next() {
		b = tok.append(b, s)
	}
	return string(b)
}

// Width returns the number of cells that [Text] of s takes. It measures all
// of s: to know whether s fits, use [WidthUpTo].
func Width(s string) int { return WidthUpTo(s, len(s)*maxEscape) }

// WidthUpTo returns the number of cells that [Text] of s takes, or some
// number greater than limit as soon as it is certain to be.
func WidthUpTo(s string, limit int) int {
	if len(s) <= limit && isPlain(s) {
		return len(s)
	}
	w := 0
	sc := scanner{s: s}
	for tok, ok := sc.next(); ok && w <= limit; tok, ok = sc.next() {
		w += tok.width
	}
	return w
}

// Fit returns the shaped text of s, cut off with an ellipsis if it is wider
// than width cells, and its width, which is at most width.
func Fit(s string, width int) (string, int) {
	if len(s) <= width && isPlain(s) {
		return s, len(s)
	}
	b, w := Cell{Width: width}.fit(nil, s)
	return string(b), w
}

// AppendFit appends the shaped text of s in exactly width cells: cut off with
// an ellipsis, or padded on the right.
func AppendFit(dst []byte, s string, width int) []byte {
	return Cell{Width: width}.Append(dst, s)
}

// AppendSpaces appends n spaces; none if n is negative.
func AppendSpaces(dst []byte, n int) []byte {
	const blank = "                                                                "
	for ; n > len(blank); n -= len(blank) {
		dst = append(dst, blank...)
	}
	if n > 0 {
		dst = append(dst, blank[:n]...)
	}
	return dst
}

// Line returns the shaped text of s on one line, for messages: runs of line
// breaks and tabs, which carry no meaning there, become one space.
func Line(s string) string {
	if isPlain(s) {
		return s
	}
	return Text(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' || r == '\t' }), " "))
}

// isPlain reports whether s is printable ASCII without anything that looks
// like an escape, and so its own shaped text.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '\\' {
			return false
		}
	}
	return true
}

// clusterWidth returns the widths of the first grapheme cluster of s under
// both rules, and its length in bytes.
func clusterWidth(s string) (n, grapheme, wc int) {
	c, g := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	return len(c), g, ansi.StringWidthWc(c)
}
