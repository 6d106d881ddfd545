package display

import (
	"fmt"
	"strings"
)

// SyntaxError is where a source is not valid JSON.
type SyntaxError struct {
	Offset int // in bytes, from 0
	Msg    string
}

// Error implements error.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("display: not valid JSON at byte %d: %s", e.Offset, e.Msg)
}

// lexer reads JSON. After an error pos is where the piece that is wrong
// begins.
type lexer struct {
	src string
	pos int
}

func (l *lexer) errorf(format string, args ...any) *SyntaxError {
	return l.errorAt(l.pos, format, args...)
}

func (l *lexer) errorAt(offset int, format string, args ...any) *SyntaxError {
	if offset >= len(l.src) {
		return &SyntaxError{len(l.src), "it ends too early"}
	}
	return &SyntaxError{offset, fmt.Sprintf(format, args...)}
}

// space skips white space.
func (l *lexer) space() {
	for l.pos < len(l.src) {
		switch l.src[l.pos] {
		case ' ', '\t', '\n', '\r':
			l.pos++
		default:
			return
		}
	}
}

// atEnd reports whether only white space is left.
func (l *lexer) atEnd() bool {
	l.space()
	return l.pos == len(l.src)
}

// skip skips c if it comes next, and reports whether it did.
func (l *lexer) skip(c byte) bool {
	l.space()
	if l.pos == len(l.src) || l.src[l.pos] != c {
		return false
	}
	l.pos++
	return true
}

// punct skips c, which must come next.
func (l *lexer) punct(c byte) *SyntaxError {
	if !l.skip(c) {
		return l.errorf("'%c' is expected", c)
	}
	return nil
}

// name reads the name of a member.
func (l *lexer) name() (Token, *SyntaxError) {
	l.space()
	if l.pos == len(l.src) || l.src[l.pos] != '"' {
		return Token{}, l.errorf("a name in quotes is expected")
	}
	return l.string(KindName)
}

// value reads a literal, or the opening bracket of an object or an array,
// which is KindPunct.
func (l *lexer) value() (Token, *SyntaxError) {
	l.space()
	rest := l.src[l.pos:]
	switch {
	case rest == "":
	case rest[0] == '"':
		return l.string(KindString)
	case rest[0] == '{' || rest[0] == '[':
		return l.take(KindPunct, 1), nil
	case strings.HasPrefix(rest, "true"):
		return l.take(KindBool, 4), nil
	case strings.HasPrefix(rest, "false"):
		return l.take(KindBool, 5), nil
	case strings.HasPrefix(rest, "null"):
		return l.take(KindNull, 4), nil
	case rest[0] == '-' || isDigit(rest[0]):
		return l.number()
	}
	return Token{}, l.errorf("a value is expected")
}

// take returns the next n bytes as a token.
func (l *lexer) take(k Kind, n int) Token {
	t := Token{k, l.src[l.pos : l.pos+n]}
	l.pos += n
	return t
}

// string reads a string with its quotes.
func (l *lexer) string(k Kind) (Token, *SyntaxError) {
	for i := l.pos + 1; i < len(l.src); i++ {
		switch c := l.src[i]; {
		case c == '"':
			return l.take(k, i+1-l.pos), nil
		case c < ' ':
			return Token{}, l.errorAt(i, "a control character in a string must be escaped")
		case c == '\\':
			n := escapeLen(l.src[i:])
			if n == 0 {
				return Token{}, l.errorAt(i, "this is no escape")
			}
			i += n - 1
		}
	}
	return Token{}, l.errorAt(len(l.src), "")
}

// escapeLen returns the length of the escape at the beginning of s, 0 if it is
// none.
func escapeLen(s string) int {
	if len(s) < 2 {
		return 0
	}
	if strings.IndexByte(`"\/bfnrt`, s[1]) >= 0 {
		return 2
	}
	if s[1] != 'u' || len(s) < 6 || strings.Trim(s[2:6], "0123456789abcdefABCDEF") != "" {
		return 0
	}
	return 6
}

// number reads a number.
func (l *lexer) number() (Token, *SyntaxError) {
	i := l.pos
	if l.src[i] == '-' {
		i++
	}
	digits := func() bool {
		from := i
		for i < len(l.src) && isDigit(l.src[i]) {
			i++
		}
		return i > from
	}
	if i < len(l.src) && l.src[i] == '0' {
		i++ // no digits follow a leading zero
	} else if !digits() {
		return Token{}, l.errorAt(i, "a digit is expected")
	}
	if i < len(l.src) && l.src[i] == '.' {
		if i++; !digits() {
			return Token{}, l.errorAt(i, "a digit is expected")
		}
	}
	if i < len(l.src) && (l.src[i] == 'e' || l.src[i] == 'E') {
		if i++; i < len(l.src) && (l.src[i] == '+' || l.src[i] == '-') {
			i++
		}
		if !digits() {
			return Token{}, l.errorAt(i, "a digit is expected")
		}
	}
	return l.take(KindNumber, i-l.pos), nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
