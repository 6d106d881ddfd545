package display

import (
	"unicode"
	"unicode/utf8"
)

// escape is a way to show what cannot be shown.
type escape uint8

const (
	escapeNone    escape = iota
	escapePicture        // ␛: a symbol for a control character
	escapeCode           // ‹U+202E›
	escapeByte           // \xff
	splitVowel           // no escape: a vowel as its two parts, after a consonant
)

// maxEscape is the greatest width of the escape of one byte of source.
const maxEscape = len("‹U+10FFFF›")

const hexUpper, hexLower = "0123456789ABCDEF", "0123456789abcdef"

// width returns the width of the escape of r.
func (e escape) width(r rune) int {
	switch e {
	case escapePicture:
		return 1
	case escapeByte:
		return len(`\xff`)
	}
	return len("<U+>") + codeDigits(r)
}

// append appends the escape of r.
func (e escape) append(dst []byte, r rune) []byte {
	switch e {
	case escapePicture:
		return utf8.AppendRune(dst, picture(r))
	case escapeByte:
		return append(dst, '\\', 'x', hexLower[r>>4&15], hexLower[r&15])
	}
	dst = append(dst, "‹U+"...)
	for i := codeDigits(r) - 1; i >= 0; i-- {
		dst = append(dst, hexUpper[r>>(4*i)&15])
	}
	return append(dst, "›"...)
}

// codeDigits returns the number of digits after U+.
func codeDigits(r rune) int {
	switch {
	case r > 0xfffff:
		return 6
	case r > 0xffff:
		return 5
	}
	return 4
}

// picture returns the symbol for a control character.
func picture(r rune) rune {
	switch r {
	case '\n':
		return '⏎'
	case '\t':
		return '⇥'
	case 0x7f:
		return '␡'
	}
	return '␀' + r
}

// escapeOf returns how r, which was decoded from size bytes at the beginning
// of s, is escaped wherever it stands. escapeNone says that it may be shown,
// if its neighbours permit.
func escapeOf(r rune, size int, s string) escape {
	switch {
	case r == utf8.RuneError && size <= 1:
		return escapeByte
	case r < ' ' || r == 0x7f:
		return escapePicture
	case r == '\\':
		if isByteEscape(s) {
			return escapeCode
		}
	case r < 0x7f:
	case r == '‹':
		if len(s) > size+1 && s[size] == 'U' && s[size+1] == '+' {
			return escapeCode
		}
	case isHidden(r), isVowelPair(r, s[size:]):
		return escapeCode
	}
	return escapeNone
}

// isSplitVowel reports whether r is the vowel AM of Thai or Lao.
func isSplitVowel(r rune) bool { return r == 0x0e33 || r == 0x0eb3 }

// vowelParts returns the mark and the letter that look like the vowel AM.
func vowelParts(r rune) (mark, letter rune) { return r + 0x1a, r - 1 }

// isVowelPair reports whether the mark r and the beginning of rest look like
// the vowel AM. Such a pair in the source is escaped, to be told apart.
func isVowelPair(r rune, rest string) bool {
	if r != 0x0e4d && r != 0x0ecd {
		return false
	}
	next, _ := utf8.DecodeRuneInString(rest)
	_, letter := vowelParts(r - 0x1a)
	return next == letter
}

// isByteEscape reports whether s begins with what looks like the escape of a
// byte, such as \xff. Bytes below 0x80 are valid UTF-8 and never escaped so.
func isByteEscape(s string) bool {
	return len(s) >= 4 && s[1] == 'x' && isLowerHex(s[2]) && s[2] >= '8' && isLowerHex(s[3])
}

func isLowerHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' }

// isHidden reports whether r, which is not ASCII, would be invisible, would
// change its neighbours, or is a symbol that this package uses for escapes.
func isHidden(r rune) bool {
	switch {
	case r >= 0x3041 && r <= 0x3096, r >= 0x309b && r <= 0x30ff, r >= 0x4e00 && r <= 0x9fff, r >= 0xac00 && r <= 0xd7a3:
		return false // most Japanese, Chinese and Korean text: no need to search the tables
	case r >= 0x2400 && r <= 0x2426, r == '⏎', r == '⇥', r == 0x2800:
		return true
	case !unicode.IsGraphic(r), unicode.Is(unicode.Zs, r):
		return true
	}
	return r >= 0x34f && unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// isBase reports whether r can begin a piece of text: it does not join the
// character before it, nor whatever comes after it.
func isBase(r rune) bool {
	if r < 0x300 {
		return true
	}
	switch {
	case isSplitVowel(r),
		r == 0xff9e, r == 0xff9f, // half-width voicing marks
		r >= 0x1f3fb && r <= 0x1f3ff: // skin tones
		return false
	}
	return !unicode.Is(unicode.M, r) && !isPrepend(r)
}

// isPrepend reports whether r, a letter, joins the character after it: it has
// the grapheme break property Prepend.
func isPrepend(r rune) bool {
	switch {
	case r == 0x0d4e, r == 0x111c2, r == 0x111c3, r == 0x1193f, r == 0x11941, r == 0x11a3a,
		r >= 0x11a84 && r <= 0x11a89, r == 0x11d46, r == 0x11f02:
		return true
	}
	return false
}
