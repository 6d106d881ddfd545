package display

import (
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// token is one indivisible piece of shaped text: bytes of the source as they
// are, or an escape for one character or one byte of it.
type token struct {
	start, end int // in the source
	width      int
	escape     escape
	r          rune // that is escaped; for escapeByte the byte
}

func (t token) escaped() bool { return t.escape != escapeNone && t.escape != splitVowel }

// append appends the token's shaped text. s is the source.
func (t token) append(dst []byte, s string) []byte {
	switch t.escape {
	case escapeNone:
		return append(dst, s[t.start:t.end]...)
	case splitVowel:
		dst = append(dst, s[t.start:t.end-utf8.RuneLen(t.r)]...)
		first, second := vowelParts(t.r)
		return utf8.AppendRune(utf8.AppendRune(dst, first), second)
	}
	return t.escape.append(dst, t.r)
}

// maxCluster is the number of bytes that one cluster may have. Longer ones,
// which only heaps of combining marks reach, are taken apart.
const maxCluster = 32

// scanner cuts a string into tokens.
type scanner struct {
	s   string
	pos int
	end int // of the cluster that is being taken apart, if greater than pos

	// wasEscape says that the last token was an escape, so that what follows
	// cannot join what comes before.
	wasEscape bool
	// wasCut says that the last cluster was too long and goes on here.
	wasCut bool
}

// next returns the next token; ok is false at the end.
func (sc *scanner) next() (tok token, ok bool) {
	if sc.pos >= len(sc.s) {
		return token{}, false
	}
	switch {
	case sc.pos < sc.end:
		tok = sc.apart()
	case sc.isSimpleASCII():
		tok = token{start: sc.pos, end: sc.pos + 1, width: 1}
		sc.wasCut = false
	default:
		tok = sc.cluster()
	}
	sc.pos = tok.end
	sc.wasEscape = tok.escaped()
	return tok, true
}

// isSimpleASCII reports whether the next byte is a printable ASCII character
// that no mark follows and that needs no look ahead.
func (sc *scanner) isSimpleASCII() bool {
	c := sc.s[sc.pos]
	if c < ' ' || c > '~' || c == '\\' {
		return false
	}
	return sc.pos+1 == len(sc.s) || sc.s[sc.pos+1] < utf8.RuneSelf
}

// cluster returns the next grapheme cluster, if it can be shown as it is, or
// the first token of its parts.
func (sc *scanner) cluster() token {
	r, size := utf8.DecodeRuneInString(sc.s[sc.pos:])
	if e := escapeOf(r, size, sc.s[sc.pos:]); e != escapeNone {
		return sc.escape(e, r, size)
	}
	rest := sc.window(size)
	n, grapheme, wc := clusterWidth(rest)
	joined := sc.wasCut && !sc.wasEscape
	sc.wasCut = n > maxCluster
	if n <= maxCluster && !joined && isBase(r) && sc.allShown(sc.pos+size, sc.pos+n) {
		if grapheme == wc && wc > 0 {
			return token{start: sc.pos, end: sc.pos + n, width: wc}
		}
		if tok, ok := sc.vowel(n); ok {
			return tok
		}
	}
	sc.end = sc.pos + n
	sc.wasEscape = !joined // where a cluster begins, nothing joins what comes before
	return sc.apart()
}

// window returns enough of the source to tell whether the next cluster, whose
// first character has size bytes, is short enough. It ends before ASCII,
// which joins nothing, and before what is not UTF-8, where segmentation is not
// defined.
func (sc *scanner) window(size int) string {
	end := sc.pos + size
	for end < len(sc.s) && end-sc.pos <= maxCluster {
		r, n := utf8.DecodeRuneInString(sc.s[end:])
		if r < utf8.RuneSelf || r == utf8.RuneError && n == 1 {
			break
		}
		end += n
	}
	return sc.s[sc.pos:end]
}

// allShown reports whether no character of the source between two offsets
// has an escape of its own.
func (sc *scanner) allShown(from, to int) bool {
	for i := from; i < to; {
		r, size := utf8.DecodeRuneInString(sc.s[i:])
		if escapeOf(r, size, sc.s[i:]) != escapeNone {
			return false
		}
		i += size
	}
	return true
}

// vowel returns the next n bytes, a cluster, as a token in which the vowel AM
// at the end is split into its two parts. Thai and Lao write it as one
// character, which is a mark and a letter; the two measures disagree on it.
func (sc *scanner) vowel(n int) (token, bool) {
	r, size := utf8.DecodeLastRuneInString(sc.s[sc.pos : sc.pos+n])
	if !isSplitVowel(r) || size == n {
		return token{}, false
	}
	k, grapheme, wc := clusterWidth(sc.s[sc.pos : sc.pos+n-size])
	if k != n-size || grapheme != wc || wc == 0 {
		return token{}, false
	}
	return token{start: sc.pos, end: sc.pos + n, width: wc + 1, escape: splitVowel, r: r}, true
}

// apart returns the next part of a cluster that the two measures disagree on,
// or that has something to escape. A part may be shown as it is only after an
// escape: right after another such part it would join it again.
func (sc *scanner) apart() token {
	s := sc.s[sc.pos:sc.end]
	r, size := utf8.DecodeRuneInString(s)
	if e := escapeOf(r, size, sc.s[sc.pos:]); e != escapeNone {
		return sc.escape(e, r, size)
	}
	if !sc.wasEscape || !isBase(r) {
		return sc.escape(escapeCode, r, size)
	}
	n, w := sc.grow(s, size)
	if n == 0 {
		return sc.escape(escapeCode, r, size)
	}
	return token{start: sc.pos, end: sc.pos + n, width: w}
}

func (sc *scanner) escape(e escape, r rune, size int) token {
	if e == escapeByte {
		r = rune(sc.s[sc.pos])
	}
	return token{start: sc.pos, end: sc.pos + size, width: e.width(r), escape: e, r: r}
}

// grow returns how many bytes at the beginning of s, whose first character
// has size bytes, can be shown together, and their width. It returns 0 when
// not even the first character can.
func (sc *scanner) grow(s string, size int) (n, width int) {
	last := 0 // where the last character of the part begins
	for end := size; ; {
		k, grapheme, wc := clusterWidth(s[:end])
		if k != end || grapheme != wc || wc == 0 || end > maxCluster {
			// A mark such as a virama joined what follows: it is better to
			// escape the mark than the letter.
			if r, _ := utf8.DecodeRuneInString(s[n:]); n > 0 && last > 0 && isBase(r) {
				return last, ansi.StringWidthWc(s[:last])
			}
			return n, width
		}
		if n > 0 {
			last = n
		}
		n, width = end, wc
		if end == len(s) {
			return n, width
		}
		r, rs := utf8.DecodeRuneInString(s[end:])
		if escapeOf(r, rs, sc.s[sc.pos+end:]) != escapeNone {
			return n, width
		}
		end += rs
	}
}
