package tuple

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
)

// Plain returns v as a person reads it in a table: a text without quotes, a
// decimal as 12.50, bytes as 0x0aff, NULL as NULL, everything else as in its
// literal without what tells its kind. It does not say which kind it is: a
// text may look just like a number or like NULL. Nothing is escaped.
func (v Value) Plain() string {
	switch v.kind {
	case KindNull:
		return "NULL"
	case KindBytes:
		return "0x" + v.bare()
	}
	return v.bare()
}

// Edit returns v as a person edits it, where its kind is known: the word that
// [ParseAs] reads back as v, given v's kind and type name. It is empty for
// NULL, which no word stands for, and a JSON text that is not valid is not
// read back.
func (v Value) Edit() string {
	if v.kind == KindNull {
		return ""
	}
	return v.bare()
}

// ParseAs reads a plain word, as it is typed in a cell or on a command line,
// as a value of a kind; typeName is the type's name for KindOther. A text, a
// JSON text and one of KindOther is the word itself. Around others, white
// space does not count. Dates and the like are in ISO form, bytes in hex, with
// 0x, \x, or x'…' around it if one likes.
//
// KindNull stands for a column of no particular kind: the word is null, a
// number, or a value in quotes (d'1.5', "42"), and otherwise a text.
func ParseAs(kind Kind, typeName, word string) (Value, error) {
	switch kind {
	case KindNull:
		return guess(word), nil
	case KindText:
		return Text(word), nil
	case KindOther:
		return Other(typeName, word), nil
	case KindJSON:
		return parseJSON(word)
	case KindDecimal:
		return Decimal(strings.TrimSpace(word))
	}
	v, ok := parseKind(kind, strings.TrimSpace(word))
	if !ok {
		return Null, fmt.Errorf("tuple: %.40q is not %s", word, kind.describe())
	}
	return v, nil
}

// guess reads a word for a column of no particular kind. Of the literals
// without quotes it takes null and numbers only: a word that looks like a date
// or a truth is as likely a text.
func guess(word string) Value {
	v, err := ParseValue(word)
	switch {
	case err != nil:
		return Text(word)
	case strings.ContainsAny(word, `"'`):
		return v
	case v.kind == KindNull, v.kind == KindInt, v.kind == KindUint:
		return v
	case v.kind == KindFloat && !isFloatName(strings.TrimSpace(word)):
		return v
	}
	return Text(word)
}

func parseJSON(word string) (Value, error) {
	var raw json.RawMessage
	err := json.Unmarshal([]byte(word), &raw)
	var bad *json.SyntaxError
	if errors.As(err, &bad) {
		return Null, fmt.Errorf("tuple: not valid JSON at byte %d: %w", bad.Offset, err)
	}
	if err != nil {
		return Null, fmt.Errorf("tuple: not valid JSON: %w", err)
	}
	return JSON(word), nil
}

// describe says what a word of kind k looks like, for the end of an error.
func (k Kind) describe() string {
	switch k {
	case KindBool:
		return "a truth value (true, t, 1, false, f or 0)"
	case KindInt, KindUint:
		return fmt.Sprintf("an integer (%d to %d)", int64(math.MinInt64), uint64(math.MaxUint64))
	case KindFloat:
		return "a number (such as 42, 1.5 or 1e100, nan, inf or -inf)"
	case KindDecimal:
		return "a decimal number (such as 12.50)"
	case KindBytes:
		return "bytes in hex (such as 0aff)"
	case KindUUID:
		return "a UUID (such as 6ba7b810-9dad-11d1-80b4-00c04fd430c8)"
	case KindDate:
		return "a date (such as 2026-01-31)"
	case KindTime:
		return "a time (such as 12:30:00.5)"
	case KindTimestamp:
		return "a date or time (such as 2026-01-31, 2026-01-31T12:30:00 or 2026-01-31T12:30:00Z)"
	case KindInterval:
		return "an interval (such as P1Y2M3DT4H5M6.7S)"
	}
	return k.String()
}

// parseKind reads a word as a value of kind k.
func parseKind(k Kind, word string) (Value, bool) {
	switch k {
	case KindBool:
		return parseBool(word)
	case KindInt, KindUint:
		return parseInteger(word)
	case KindFloat:
		return parseFloat(word)
	case KindDecimal:
		v, err := Decimal(word)
		return v, err == nil
	case KindBytes:
		return parseBytes(word)
	case KindUUID:
		return parseUUID(word)
	case KindDate:
		return parseDate(word)
	case KindTime:
		return parseTime(word)
	case KindTimestamp:
		return parseTimestamp(word)
	case KindInterval:
		return parseInterval(word)
	case KindJSON:
		return JSON(word), true
	}
	return Null, false
}

func parseBool(s string) (Value, bool) {
	switch strings.ToLower(s) {
	case "true", "t", "1":
		return Bool(true), true
	case "false", "f", "0":
		return Bool(false), true
	}
	return Null, false
}

// parseBytes reads hex digits, alone or as 0x…, \x… or x'…'.
func parseBytes(s string) (Value, bool) {
	if inner, ok := strings.CutPrefix(s, "x'"); ok {
		if s, ok = strings.CutSuffix(inner, "'"); !ok {
			return Null, false
		}
	} else if len(s) > 1 && (s[0] == '0' || s[0] == '\\') && s[1] == 'x' {
		s = s[2:]
	}
	b, err := hex.DecodeString(s)
	return BytesOf(string(b)), err == nil
}
