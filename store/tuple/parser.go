package tuple

import (
	"fmt"
	"strings"
)

// parser reads literals from s, and stands at the byte at.
type parser struct {
	s  string
	at int
}

func (p *parser) fail(at int, format string, args ...any) error {
	return &SyntaxError{Offset: at, Reason: fmt.Sprintf(format, args...)}
}

// peek returns the next byte, 0 at the end.
func (p *parser) peek() byte {
	if p.at < len(p.s) {
		return p.s[p.at]
	}
	return 0
}

func (p *parser) take(c byte) bool {
	if p.peek() != c || p.at == len(p.s) {
		return false
	}
	p.at++
	return true
}

func (p *parser) space() {
	for p.at < len(p.s) && strings.IndexByte(" \t\r\n", p.s[p.at]) >= 0 {
		p.at++
	}
}

func (p *parser) end() error {
	if p.space(); p.at < len(p.s) {
		return p.fail(p.at, "nothing may follow, but %.20q does", p.s[p.at:])
	}
	return nil
}

func (p *parser) tuple() (Tuple, error) {
	p.space()
	if !p.take('(') {
		return nil, p.fail(p.at, `a tuple begins with (, as in ("user",42)`)
	}
	t := Tuple{}
	for {
		p.space()
		if p.take(')') {
			return t, nil
		}
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		t = append(t, v)
		p.space()
		if !p.take(',') && p.peek() != ')' {
			return nil, p.fail(p.at, "expected , or ) after a value")
		}
	}
}

func (p *parser) value() (Value, error) {
	if p.peek() == '"' {
		s, err := p.quoted()
		return Text(s), err
	}
	start := p.at
	word := p.word()
	switch c := p.peek(); {
	case c == '\'' || c == '"':
		return p.tagged(start, word)
	case c == '(' && word == "other":
		return p.other()
	case word == "":
		return Null, p.fail(start, `expected a value, such as "text", 42 or null`)
	}
	return p.bare(start, word)
}

// word takes what a literal without quotes may consist of.
func (p *parser) word() string {
	start := p.at
	for p.at < len(p.s) && isWordByte(p.s[p.at]) {
		p.at++
	}
	return p.s[start:p.at]
}

func isWordByte(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || strings.IndexByte("+-.:_", c) >= 0
}

// quoted takes a text in double quotes.
func (p *parser) quoted() (string, error) {
	s, rest, err := unquote(p.s[p.at:])
	if err != nil {
		err.Offset += p.at
		return "", err
	}
	p.at = len(p.s) - len(rest)
	return s, nil
}

// single takes a text in single quotes, two of which stand for one.
func (p *parser) single() (string, error) {
	start := p.at + 1
	for at := start; ; at++ {
		n := strings.IndexByte(p.s[at:], '\'')
		if n < 0 {
			return "", p.fail(len(p.s), "a text must end with '")
		}
		if at += n + 1; at == len(p.s) || p.s[at] != '\'' {
			p.at = at
			return strings.ReplaceAll(p.s[start:at-1], "''", "'"), nil
		}
	}
}

// tagged reads what stands in quotes after the name of its kind.
func (p *parser) tagged(start int, tag string) (Value, error) {
	kind, ok := taggedKind(tag)
	if tag == "" {
		return Null, p.fail(start, `a text stands in double quotes: "text"`)
	}
	if !ok {
		return Null, p.fail(start, "before quotes stands d, x, interval or json, not %.20q", tag)
	}
	read := p.single
	if p.peek() == '"' {
		read = p.quoted
	}
	body, err := read()
	if err != nil {
		return Null, err
	}
	v, ok := parseKind(kind, body)
	if !ok {
		return Null, p.fail(start+len(tag)+1, "%.40q is not %s", body, kind.describe())
	}
	return v, nil
}

func taggedKind(tag string) (Kind, bool) {
	switch tag {
	case "d":
		return KindDecimal, true
	case "x":
		return KindBytes, true
	case "interval":
		return KindInterval, true
	case "json":
		return KindJSON, true
	}
	return KindNull, false
}

// other takes ("type","text").
func (p *parser) other() (Value, error) {
	var parts [2]string
	for i, before := range []byte("(,") {
		if p.space(); !p.take(before) {
			return Null, p.fail(p.at, `expected %c: other("type","text")`, before)
		}
		if p.space(); p.peek() != '"' {
			return Null, p.fail(p.at, `expected a text in quotes: other("type","text")`)
		}
		var err error
		if parts[i], err = p.quoted(); err != nil {
			return Null, err
		}
	}
	if p.space(); !p.take(')') {
		return Null, p.fail(p.at, `expected ): other("type","text")`)
	}
	return Other(parts[0], parts[1]), nil
}

// bare reads a literal without quotes, whose first word has been taken.
func (p *parser) bare(start int, word string) (Value, error) {
	if v, ok := namedValue(word); ok {
		return v, nil
	}
	kind := bareKind(word)
	if kind == KindDate {
		if word = p.clockAfter(start, word); hasClock(word) {
			kind = KindTimestamp
		}
	}
	v, ok := parseKind(kind, word)
	switch {
	case ok:
		return v, nil
	case kind == KindNull:
		return Null, p.fail(start, "%.40q is not a value; a text stands in quotes", word)
	}
	return Null, p.fail(start, "%.40q is not %s", word, kind.describe())
}

func namedValue(word string) (Value, bool) {
	switch strings.ToLower(word) {
	case "null":
		return Null, true
	case "true":
		return Bool(true), true
	case "false":
		return Bool(false), true
	}
	return Null, false
}

// bareKind tells by its looks what kind of value a word spells; KindDate
// stands for a timestamp too.
func bareKind(word string) Kind {
	switch {
	case looksLikeUUID(word):
		return KindUUID
	case dateDash(word) > 0:
		return KindDate
	case strings.Contains(word, ":"):
		return KindTime
	case strings.Trim(word, "+-0123456789") == "":
		return KindInt
	case isFloatName(word) || strings.ContainsAny(word[:1], "+-.0123456789"):
		return KindFloat
	}
	return KindNull
}

// clockAfter joins the date that has been taken with a time that follows it
// after a space.
func (p *parser) clockAfter(start int, date string) string {
	after := p.at
	if hasClock(date) || !p.take(' ') {
		return date
	}
	if clock := p.word(); strings.Contains(clock, ":") {
		return p.s[start:p.at]
	}
	p.at = after
	return date
}
