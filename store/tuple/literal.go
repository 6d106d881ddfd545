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
