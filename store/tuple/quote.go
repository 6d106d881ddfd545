package tuple

import (
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// appendQuoted appends s between double quotes. If s is valid UTF-8 the
// result is a JSON string too; a byte that is not part of a character is
// written as \xNN, which JSON does not have. Whatever does not print is
// escaped, so that the result can be copied from a terminal.
func appendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for len(s) > 0 {
		n := plainPrefix(s)
		dst = append(dst, s[:n]...)
		if s = s[n:]; s == "" {
			break
		}
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			dst = append(dst, '\\', 'x')
			dst = hex.AppendEncode(dst, []byte{s[0]})
		case r < utf8.RuneSelf || !strconv.IsPrint(r):
			dst = appendEscape(dst, r)
		default:
			dst = append(dst, s[:size]...)
		}
		s = s[size:]
	}
	return append(dst, '"')
}

// plainPrefix returns how many bytes at the start of s are ASCII that stands
// for itself between quotes.
func plainPrefix(s string) int {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return i
		}
	}
	return len(s)
}

func appendEscape(dst []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r))
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	if r <= 0xFFFF {
		return appendUnit(dst, r)
	}
	high, low := utf16.EncodeRune(r)
	return appendUnit(appendUnit(dst, high), low)
}

// appendUnit appends \u and the four digits of a UTF-16 code unit.
func appendUnit(dst []byte, unit rune) []byte {
	dst = append(dst, '\\', 'u')
	return hex.AppendEncode(dst, []byte{byte(unit >> 8), byte(unit)})
}

// unquote reads a text in double quotes at the start of s and returns it and
// what follows it. If it cannot, the error's offset counts from the start
// of s.
func unquote(s string) (text, rest string, err *SyntaxError) {
	var b strings.Builder
	for at := 1; ; {
		n := strings.IndexAny(s[at:], `"\`)
		if n < 0 {
			return "", "", &SyntaxError{Offset: len(s), Reason: `a text must end with "`}
		}
		b.WriteString(s[at : at+n])
		at += n
		if s[at] == '"' {
			return b.String(), s[at+1:], nil
		}
		size, ok := unescape(&b, s[at:])
		if !ok {
			return "", "", &SyntaxError{Offset: at, Reason: `an escape is one of \" \\ \/ \b \f \n \r \t, \u and 4 hex digits (a pair of them above FFFF), or \x and 2`}
		}
		at += size
	}
}

// unescape writes what the escape at the start of s stands for and returns
// the escape's length.
func unescape(b *strings.Builder, s string) (size int, ok bool) {
	if len(s) < 2 {
		return 0, false
	}
	switch s[1] {
	case 'x':
		u, ok := hexUnit(s, `\x`, 2)
		b.WriteByte(byte(u))
		return 4, ok
	case 'u':
		return unescapeRune(b, s)
	}
	i := strings.IndexByte(`"\/bfnrt`, s[1])
	if i < 0 {
		return 0, false
	}
	b.WriteByte("\"\\/\b\f\n\r\t"[i])
	return 2, true
}

func unescapeRune(b *strings.Builder, s string) (size int, ok bool) {
	r, ok := hexUnit(s, `\u`, 4)
	if !ok {
		return 0, false
	}
	size = 6
	if utf16.IsSurrogate(r) {
		low, _ := hexUnit(s[6:], `\u`, 4)
		if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
			return 0, false
		}
		size = 12
	}
	b.WriteRune(r)
	return size, true
}

// hexUnit reads the digits after intro at the start of s.
func hexUnit(s, intro string, digits int) (rune, bool) {
	s, ok := strings.CutPrefix(s, intro)
	if !ok || len(s) < digits {
		return 0, false
	}
	var u rune
	for i := range digits {
		d, ok := hexDigit(s[i])
		if !ok {
			return 0, false
		}
		u = u<<4 | rune(d)
	}
	return u, true
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}
