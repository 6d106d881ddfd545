package mysql

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

var (
	_ sqlrows.Searching = dialect{}
	_ sqlrows.Sorting   = dialect{}
)

// Sorts implements [sqlrows.Sorting]. Of long values only the beginning is sorted
// by.
func (dialect) Sorts(_ *driver.Schema, c *driver.Column) bool {
	t := typeOf(c)
	switch t.class {
	case classInt, classBool, classFloat, classDouble, classDecimal, classBit, classEnum, classSet,
		classDate, classTime, classDatetime, classTimestamp, classUUID:
		return true
	case classText:
		const perCharacter = 16 // bytes by which it is sorted, at most
		return (t.base == "char" || t.base == "varchar") && t.size()*perCharacter <= sortLength
	case classBytes:
		return (t.base == "binary" || t.base == "varbinary") && t.size() <= sortLength
	}
	return false
}

// Condition implements [sqlrows.Searching].
func (d dialect) Condition(c *driver.Column, expr string, cond driver.Condition, arg func(any) string) (string, bool) {
	t := typeOf(c)
	switch cond.Op {
	case driver.IsNull:
		return expr + " IS NULL", true
	case driver.NotNull:
		return expr + " IS NOT NULL", true
	case driver.Contains:
		return d.containing(t, expr, cond.Value.AsText(), arg)
	}
	op, ok := sqlrows.Operator(cond.Op)
	if !ok {
		return "", false
	}
	switch {
	case t.isNumber():
		return t.compareNumber(expr, op, cond.Value, arg)
	case t.class == classText:
		return compareText(c, expr, op, cond.Value, arg)
	case t.class == classBytes && cond.Value.Kind() == tuple.KindBytes:
		return orNull(expr, op, arg(argument(cond.Value))), true
	case t.isTemporal():
		return t.compareTemporal(expr, op, cond.Value, arg)
	case t.class == classUUID && op == "=" && cond.Value.Kind() == tuple.KindUUID,
		t.class == classEnum && op == "=" && isMember(t, cond.Value):
		return expr + " = " + arg(argument(cond.Value)), true
	}
	return "", false
}

// orNull compares so that NULL is not equal to anything.
func orNull(expr, op, value string) string {
	if op == "<>" {
		return "(" + expr + " <> " + value + " OR " + expr + " IS NULL)"
	}
	return expr + " " + op + " " + value
}

func isMember(t columnType, v tuple.Value) bool {
	n, ok := t.memberNumber(v.AsText())
	return ok && n > 0 && v.Kind() == tuple.KindText
}

// compareNumber compares a column of numbers. To people, a boolean is none.
func (t columnType) compareNumber(expr, op string, v tuple.Value, arg func(any) string) (string, bool) {
	if t.class == classBool && (op == "<>" || op != "=" && v.Kind() != tuple.KindBool) {
		return "", false
	}
	n, ok := t.comparable(v)
	if !ok {
		return "", false
	}
	return orNull(expr, op, arg(n)), true
}

// comparable returns a number as the server compares it exactly with those of
// the type. A floating-point number counts as the shortest decimal that stands
// for it, so that others than those have none.
func (t columnType) comparable(v tuple.Value) (any, bool) {
	switch v.Kind() {
	case tuple.KindBool:
		return argument(v), t.class == classBool
	case tuple.KindInt, tuple.KindUint, tuple.KindFloat, tuple.KindDecimal:
	default:
		return nil, false
	}
	text := v.Plain()
	if v.Kind() == tuple.KindFloat {
		if f := v.AsFloat(); math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, false
		}
		text = strconv.FormatFloat(v.AsFloat(), 'f', -1, 64)
	}
	if t.class != classFloat && t.class != classDouble {
		return literal(text), len(text) <= maxDigits && strings.Trim(text, "-.0123456789") == ""
	}
	bits := 64
	if t.class == classFloat {
		bits = 32
	}
	f, err := strconv.ParseFloat(text, bits)
	return f, err == nil && strconv.FormatFloat(f, 'f', -1, bits) == plainNumber(text)
}

// compareText compares byte by byte, whatever the column's collation; but for
// equality, where a collation finds more than what is the same, by the index.
func compareText(c *driver.Column, expr, op string, v tuple.Value, arg func(any) string) (string, bool) {
	text := v.AsText()
	if v.Kind() != tuple.KindText || !utf8.ValidString(text) {
		return "", false
	}
	if op == "=" {
		if !isASCII(text) && c.Collation != "" && !strings.HasPrefix(c.Collation, "utf8mb4") {
			return "", false // its character set may not have it
		}
		return expr + " = " + arg(text), true
	}
	return orNull("CAST(CONVERT("+expr+" USING utf8mb4) AS BINARY)", op, arg([]byte(text))), true
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// compareTemporal compares dates and timestamps with each other, and times.
func (t columnType) compareTemporal(expr, op string, v tuple.Value, arg func(any) string) (string, bool) {
	text, ok := "", false
	switch v.Kind() {
	case tuple.KindDate:
		text, ok = dateText(v)
		ok = ok && t.class != classTime
	case tuple.KindTimestamp:
		text, ok = timestampText(v)
		ok = ok && t.class != classTime && fitsFraction(int64(v.AsTime().Nanosecond()), maxFraction)
	case tuple.KindTime:
		d := v.AsDuration()
		text = clockText(d)
		ok = t.class == classTime && d >= -maxClock && d <= maxClock && fitsFraction(int64(d%time.Second), maxFraction)
	}
	if !ok {
		return "", false
	}
	return orNull(expr, op, arg(text)), true
}

// maxFraction is how many digits of a second's fraction the server has.
const maxFraction = 6

// foldsTo are the characters beyond ASCII whose lower case is in it.
var foldsTo = map[string]string{"i": "\u0130", "k": "\u212a"}

// spelledWith lists the characters that values of a type are spelled with, where
// the server does not spell them as people see them. A word with others is in
// none of them.
var spelledWith = map[class]string{
	classBool: "truefals", classFloat: "-+.0123456789einfa", classDouble: "-+.0123456789einfa", classBytes: "0123456789abcdefx",
	classTime: "-:.0123456789", classDatetime: "-:. 0123456789tz+", classTimestamp: "-:. 0123456789tz+", classBit: "01",
}

// containing looks for an ASCII word in text, in upper or lower case, and in
// what is spelled alike here and there.
func (d dialect) containing(t columnType, expr, word string, arg func(any) string) (string, bool) {
	if characters, ok := spelledWith[t.class]; ok {
		return "FALSE", strings.Trim(word, characters) != ""
	}
	if !isASCII(word) || strings.Contains(word, "\x00") {
		return "", false
	}
	switch t.class {
	case classText, classEnum, classSet, classUUID:
	case classInt, classDecimal, classDate:
		return "INSTR(" + expr + "," + arg(word) + ") > 0", true
	case classJSON:
		if !d.mariaDB {
			return "", false
		}
	default:
		return "", false
	}
	// In this collation, and not in the column's, letters have the lower case
	// that they usually have.
	text := "CONVERT(" + expr + " USING utf8mb4) COLLATE utf8mb4_bin"
	parts := []string{"INSTR(LOWER(" + text + ")," + arg(word) + ") > 0"}
	for _, letter := range []string{"i", "k"} {
		if strings.Contains(word, letter) {
			parts = append(parts, "INSTR("+text+","+arg(foldsTo[letter])+") > 0")
		}
	}
	return "(" + strings.Join(parts, " OR ") + ")", true
}
