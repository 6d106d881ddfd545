package tuple

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// SyntaxError is returned when a literal cannot be read.
type SyntaxError struct {
	// Offset is the byte of the literal at which it went wrong.
	Offset int
	// Reason says what was expected there.
	Reason string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("tuple: at %d: %s", e.Offset, e.Reason)
}

// String returns v as a literal: a text that says what kind of value it is,
// and that ParseValue reads back as v.
//
//	null  true  false
//	42  -7  18446744073709551615     an integer
//	1.0  -0.0  1e+100  nan  inf      a float: always a point, an exponent or a name
//	d'12.50'                         a decimal
//	"caf\u00e9\n"                    text: a JSON string, and \xNN for a byte that is not UTF-8
//	x'0aff'                          bytes
//	6ba7b810-9dad-11d1-80b4-00c04fd430c8
//	2026-01-02  +12026-01-02         a date
//	12:30:00.5  -838:59:59           a time of day or a duration
//	2026-01-02T12:30:00.5            a timestamp without a zone
//	2026-01-02T12:30:00.5Z           an instant; another offset is read too
//	interval'P1Y2M3DT4H5M6.7S'
//	json'{"a": 1}'                   a ' in it is doubled
//	other("inet","10.0.0.1")         a type's name and the database's text
//
// Between single quotes, everything but a doubled quote stands for itself.
// What would not print there is in double quotes instead, with the escapes of
// a text: json"[\n]".
func (v Value) String() string {
	var buf [64]byte
	return string(v.AppendString(buf[:0]))
}

// AppendString appends v as a literal to dst and returns the longer slice.
func (v Value) AppendString(dst []byte) []byte {
	switch v.kind {
	case KindText:
		return appendQuoted(dst, v.str)
	case KindBytes:
		dst = append(dst, "x'"...)
		return append(v.appendBare(dst), '\'')
	case KindDecimal:
		dst = append(dst, "d'"...)
		return append(v.appendBare(dst), '\'')
	case KindInterval:
		dst = append(dst, "interval'"...)
		return append(v.appendBare(dst), '\'')
	case KindJSON:
		return appendRaw(append(dst, "json"...), v.str)
	case KindOther:
		dst = appendQuoted(append(dst, "other("...), v.TypeName())
		return append(appendQuoted(append(dst, ','), v.AsText()), ')')
	}
	return v.appendBare(dst)
}

// appendRaw appends s between single quotes if all of it prints, and else as
// a text.
func appendRaw(dst []byte, s string) []byte {
	if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return appendQuoted(dst, s)
	}
	dst = append(dst, '\'')
	dst = append(dst, strings.ReplaceAll(s, "'", "''")...)
	return append(dst, '\'')
}

// String returns t as a literal, ("user",42), that Parse reads back as t.
func (t Tuple) String() string {
	var buf [128]byte
	return string(t.AppendString(buf[:0]))
}

// AppendString appends t as a literal to dst and returns the longer slice.
func (t Tuple) AppendString(dst []byte) []byte {
	dst = append(dst, '(')
	for i, v := range t {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = v.AppendString(dst)
	}
	return append(dst, ')')
}

// Parse reads a tuple: literals between parentheses, separated by commas, as
// [Value.String] describes them. White space between them does not count, nor
// does a comma after the last. An error is a *[SyntaxError]. Time and memory
// grow no faster than s.
func Parse(s string) (Tuple, error) {
	p := parser{s: s}
	t, err := p.tuple()
	if err == nil {
		err = p.end()
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// ParseValue reads a literal as [Value.String] describes it. An error is a
// *[SyntaxError].
func ParseValue(s string) (Value, error) {
	p := parser{s: s}
	p.space()
	v, err := p.value()
	if err == nil {
		err = p.end()
	}
	if err != nil {
		return Null, err
	}
	return v, nil
}

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

// bare returns v without what tells its kind.
func (v Value) bare() string {
	switch v.kind {
	case KindText, KindDecimal, KindJSON, KindOther:
		return v.AsText()
	}
	var buf [64]byte
	return string(v.appendBare(buf[:0]))
}

// appendBare appends v without what tells its kind.
func (v Value) appendBare(dst []byte) []byte {
	switch v.kind {
	case KindNull:
		return append(dst, "null"...)
	case KindBool:
		return strconv.AppendBool(dst, v.num != 0)
	case KindInt:
		return strconv.AppendInt(dst, int64(v.num), 10)
	case KindUint:
		return strconv.AppendUint(dst, v.num, 10)
	case KindFloat:
		return appendFloat(dst, v.AsFloat())
	case KindBytes:
		return hex.AppendEncode(dst, []byte(v.str))
	case KindUUID:
		return appendUUID(dst, v.str)
	case KindDate, KindTime, KindTimestamp:
		return v.appendTemporal(dst)
	case KindInterval:
		return appendIntervalText(dst, v)
	}
	return append(dst, v.AsText()...)
}
