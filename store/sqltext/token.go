package sqltext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind tells what a token is.
type Kind uint8

// The kinds of tokens.
const (
	Space   Kind = iota + 1
	Comment      // with what begins and ends it
	Word         // a keyword or a name without quotes
	Name         // a name in quotes
	String       // a text, with its quotes
	Number
	Symbol    // any other character
	Delimiter // what ends a statement
)

// Token is a piece of a text.
type Token struct {
	Kind Kind
	Text string
	Pos  int // of its first byte in the text
}

// Is reports whether the token is a word or symbol, in upper or lower case.
func (t Token) Is(text string) bool {
	return (t.Kind == Word || t.Kind == Symbol) && strings.EqualFold(t.Text, text)
}

// Tokens takes a text apart. The tokens follow each other without a gap; a
// quote or comment that is not closed goes to the end of the text.
func (d Dialect) Tokens(text string) []Token {
	s := scanner{dialect: d, text: text, delimiter: ";"}
	var tokens []Token
	for s.pos < len(s.text) {
		tokens = append(tokens, s.next())
	}
	return tokens
}

// scanner takes tokens off a text.
type scanner struct {
	dialect   Dialect
	text      string
	pos       int
	delimiter string
}

func (s *scanner) next() Token {
	start := s.pos
	kind := s.skip()
	return Token{Kind: kind, Text: s.text[start:s.pos], Pos: start}
}

func (s *scanner) rest() string { return s.text[s.pos:] }

func (s *scanner) has(prefix string) bool { return strings.HasPrefix(s.rest(), prefix) }

// skip moves behind the next token.
func (s *scanner) skip() Kind {
	if s.has(s.delimiter) {
		s.pos += len(s.delimiter)
		return Delimiter
	}
	if s.comment() {
		return Comment
	}
	if kind := s.quoted(); kind != 0 {
		return kind
	}
	r, size := utf8.DecodeRuneInString(s.rest())
	switch {
	case unicode.IsSpace(r):
		s.while(unicode.IsSpace)
		return Space
	case isDigit(r):
		s.while(isInNumber)
		return Number
	case isInWord(r):
		s.while(isInWord)
		return Word
	}
	s.pos += size
	return Symbol
}

// while moves behind the characters that are accepted, but not into what ends
// the statement.
func (s *scanner) while(accepts func(rune) bool) {
	for s.pos < len(s.text) && !s.has(s.delimiter) {
		r, size := utf8.DecodeRuneInString(s.rest())
		if !accepts(r) {
			return
		}
		s.pos += size
	}
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

func isInNumber(r rune) bool { return r == '.' || isInWord(r) && r < utf8.RuneSelf }

func isInWord(r rune) bool {
	return r == '_' || r == '$' || r >= utf8.RuneSelf && !unicode.IsSpace(r) || unicode.IsLetter(r) || isDigit(r)
}

// comment moves behind a comment, if there is one.
func (s *scanner) comment() bool {
	switch {
	case s.has("/*"):
		s.blockComment()
	case s.has("--") && !s.dashesAreSigns(), s.has("#") && s.dialect.HashComments:
		s.to("\n")
	default:
		return false
	}
	return true
}

// dashesAreSigns tells two minus signs from a comment.
func (s *scanner) dashesAreSigns() bool {
	after := strings.TrimPrefix(s.rest(), "--")
	return s.dialect.DashNeedsSpace && after != "" && !unicode.IsSpace(rune(after[0]))
}

// to moves before the next end, or to the end of the text.
func (s *scanner) to(end string) {
	if i := strings.Index(s.rest(), end); i >= 0 {
		s.pos += i
		return
	}
	s.pos = len(s.text)
}

func (s *scanner) blockComment() {
	s.pos += len("/*")
	for depth := 1; depth > 0 && s.pos < len(s.text); {
		switch {
		case s.has("*/"):
			s.pos += len("*/")
			depth--
		case s.has("/*") && s.dialect.NestedComments:
			s.pos += len("/*")
			depth++
		default:
			s.pos++
		}
	}
}

// quoted moves behind a string or quoted name, if there is one.
func (s *scanner) quoted() Kind {
	d := s.dialect
	switch c := s.text[s.pos]; {
	case c == '\'':
		s.closing('\'', d.BackslashEscapes)
		return String
	case (c == 'e' || c == 'E') && d.EscapeStrings && strings.HasPrefix(s.text[s.pos+1:], "'"):
		s.pos++
		s.closing('\'', true)
		return String
	case c == '"':
		s.closing('"', d.BackslashEscapes)
		return Name
	case c == '`' && d.Backticks:
		s.closing('`', false)
		return Name
	case c == '[' && d.Brackets:
		s.to("]")
		s.pos = min(s.pos+1, len(s.text))
		return Name
	case c == '$' && d.DollarQuotes:
		return s.dollarQuoted()
	}
	return 0
}

// closing moves behind a quoted text whose quote is doubled inside, or escaped
// by a backslash if that escapes.
func (s *scanner) closing(quote byte, escapes bool) {
	for s.pos++; s.pos < len(s.text); s.pos++ {
		switch c := s.text[s.pos]; {
		case c == '\\' && escapes:
			s.pos++
		case c != quote:
		case strings.HasPrefix(s.text[s.pos+1:], string(quote)):
			s.pos++
		default:
			s.pos++
			return
		}
	}
	s.pos = len(s.text)
}

// dollarQuoted moves behind $tag$ ... $tag$, if that is what begins.
func (s *scanner) dollarQuoted() Kind {
	tag, _, ok := strings.Cut(s.text[s.pos+1:], "$")
	if !ok || tag != "" && isDigit(rune(tag[0])) || strings.ContainsFunc(tag, func(r rune) bool { return !isInWord(r) }) {
		return 0
	}
	quote := "$" + tag + "$"
	s.pos += len(quote)
	s.to(quote)
	s.pos = min(s.pos+len(quote), len(s.text))
	return String
}
