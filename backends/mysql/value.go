package mysql

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// value converts what the database's own driver read from a column of type t.
// Bytes are copied.
func (t columnType) value(read any) (tuple.Value, error) {
	switch v := read.(type) {
	case nil:
		return tuple.Null, nil
	case int64:
		return t.integer(v), nil
	case uint64:
		return t.unsignedInteger(v), nil
	case float64:
		if t.class == classFloat {
			return singlePrecision(v), nil
		}
		return tuple.Float(v), nil
	case float32:
		return singlePrecision(float64(v)), nil
	case []byte:
		return t.fromText(v)
	case string:
		return t.fromText([]byte(v))
	}
	return tuple.Null, fmt.Errorf("a value of type %T is not one that the server sends", read)
}

func (t columnType) integer(i int64) tuple.Value {
	switch {
	case t.class == classBool && (i == 0 || i == 1):
		return tuple.Bool(i == 1)
	case t.class == classBit:
		return t.bits(uint64(i))
	}
	return tuple.Int(i)
}

func (t columnType) unsignedInteger(u uint64) tuple.Value {
	if t.class == classBit {
		return t.bits(u)
	}
	return tuple.Uint(u)
}

// bits returns the value of a BIT column: all its digits.
func (t columnType) bits(u uint64) tuple.Value {
	digits := strconv.FormatUint(u, 2)
	if missing := max(t.size(), 1) - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	return tuple.Other(t.base, digits)
}

// singlePrecision returns the shortest number that stands for a FLOAT, as the
// server prints it where it has digits enough.
func singlePrecision(f float64) tuple.Value {
	short, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', -1, 32), 64)
	if err != nil {
		return tuple.Float(f)
	}
	return tuple.Float(short)
}

// fromText converts what the server prints.
func (t columnType) fromText(b []byte) (tuple.Value, error) {
	switch t.class {
	case classBytes:
		return tuple.Bytes(b), nil
	case classGeometry:
		return tuple.Other(t.base, geometryText(b)), nil
	}
	text := string(b)
	switch t.class {
	case classText, classEnum, classSet:
		return tuple.Text(text), nil
	case classDecimal:
		return tuple.Decimal(text)
	case classJSON:
		return tuple.JSON(text), nil
	case classDate:
		return dateValue(text), nil
	case classTime:
		return timeValue(text), nil
	case classDatetime, classTimestamp:
		return timestampValue(text, t.class == classTimestamp), nil
	case classUUID:
		return uuidValue(text), nil
	case classInt, classBool, classBit:
		if u, err := strconv.ParseUint(text, 10, 64); err == nil {
			return t.unsignedInteger(u), nil
		}
		i, err := strconv.ParseInt(text, 10, 64)
		return t.integer(i), err
	case classFloat, classDouble:
		f, err := strconv.ParseFloat(text, 64)
		return tuple.Float(f), err
	}
	return tuple.Other(t.base, text), nil
}

// uuidValue reads the form with hyphens.
func uuidValue(text string) tuple.Value {
	var u [16]byte
	digits := strings.ReplaceAll(text, "-", "")
	if len(digits) != 2*len(u) {
		return tuple.Other("uuid", text)
	}
	for i := range u {
		b, err := strconv.ParseUint(digits[2*i:2*i+2], 16, 8)
		if err != nil {
			return tuple.Other("uuid", text)
		}
		u[i] = byte(b)
	}
	return tuple.UUID(u)
}

func uuidText(v tuple.Value) string {
	u := v.AsUUID()
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// literal is an argument that stands in a statement as it is: a decimal number,
// which would be compared as a floating-point one if it stood in quotes.
type literal string

// argument converts a value that stored or edge returned for the database's own
// driver.
func argument(v tuple.Value) any {
	switch v.Kind() {
	case tuple.KindBool:
		if v.AsBool() {
			return int64(1)
		}
		return int64(0)
	case tuple.KindInt:
		return v.AsInt()
	case tuple.KindUint:
		return v.AsUint()
	case tuple.KindFloat:
		return v.AsFloat()
	case tuple.KindDecimal:
		return literal(v.AsText())
	case tuple.KindText, tuple.KindJSON:
		return v.AsText()
	case tuple.KindBytes:
		return []byte(v.AsText())
	case tuple.KindOther:
		return otherArgument(v)
	}
	return spelled(v)
}

// otherArgument converts what has no kind of its own.
func otherArgument(v tuple.Value) any {
	switch classes[v.TypeName()] {
	case classBit:
		if u, err := strconv.ParseUint(v.AsText(), 2, 64); err == nil {
			return u
		}
	case classGeometry:
		if raw, err := encodeGeometry(v.AsText()); err == nil {
			return raw
		}
	}
	return v.AsText()
}

// spelled is how a date, a time or a UUID is written for the server.
func spelled(v tuple.Value) any {
	var text string
	switch v.Kind() {
	case tuple.KindNull:
		return nil
	case tuple.KindDate:
		text, _ = dateText(v)
	case tuple.KindTimestamp:
		text, _ = timestampText(v)
	case tuple.KindTime:
		text = clockText(v.AsDuration())
	case tuple.KindUUID:
		text = uuidText(v)
	default:
		text = v.Plain()
	}
	return text
}

// edge returns the value to compare column c of a key with in place of v, and
// where v stands. Values of a kind that the column does not have sort by their
// kinds, as everywhere.
func edge(c *driver.Column, v tuple.Value) (tuple.Value, sqlrows.Place) {
	t := typeOf(c)
	switch {
	case v.IsNull():
		return v, sqlrows.Below
	case t.isNumber():
		return t.numberEdge(v)
	case t.class == classEnum || t.class == classSet:
		return t.memberEdge(v)
	case t.class == classText:
		return textEdge(v)
	case t.class == classBit:
		return t.bitsEdge(v)
	case t.isTemporal():
		return t.temporalEdge(v)
	case v.Kind() == tuple.KindOther && t.kind() == tuple.KindOther:
		return tuple.Other(t.base, v.AsText()), sqlrows.At
	case v.Kind() == t.kind():
		return v, sqlrows.At
	}
	return byKind(t, v)
}

// bitsEdge: the server compares bits as the number that they are.
func (t columnType) bitsEdge(v tuple.Value) (tuple.Value, sqlrows.Place) {
	if v.Kind() == tuple.KindOther {
		if u, err := strconv.ParseUint(v.AsText(), 2, 64); err == nil {
			return tuple.Uint(u), sqlrows.At
		}
	}
	return byKind(t, v)
}

func byKind(t columnType, v tuple.Value) (tuple.Value, sqlrows.Place) {
	if v.Kind() < t.kind() {
		return v, sqlrows.Below
	}
	return v, sqlrows.Above
}

// numberEdge: numbers of all kinds are compared by their worth.
func (t columnType) numberEdge(v tuple.Value) (tuple.Value, sqlrows.Place) {
	switch v.Kind() {
	case tuple.KindBool:
		if t.class == classBool {
			return v, sqlrows.At
		}
		return v, sqlrows.Below
	case tuple.KindInt, tuple.KindUint:
		return v, sqlrows.At
	case tuple.KindFloat:
		return t.floatEdge(v.AsFloat())
	case tuple.KindDecimal:
		return t.decimalEdge(v)
	}
	return v, sqlrows.Above
}

func (t columnType) floatEdge(f float64) (tuple.Value, sqlrows.Place) {
	switch {
	case math.IsNaN(f), math.IsInf(f, 1):
		return tuple.Null, sqlrows.Above
	case math.IsInf(f, -1):
		return tuple.Null, sqlrows.Below
	case t.class == classDouble:
		return tuple.Float(f), sqlrows.At
	case t.class == classFloat:
		return tuple.Float(float64(float32(f))), sqlrows.At // the number behind the digits
	}
	d, err := tuple.Decimal(strconv.FormatFloat(f, 'f', -1, 64))
	if err != nil || len(d.AsText()) > maxDigits {
		return tuple.Float(f), sqlrows.At
	}
	return d, sqlrows.At
}

// maxDigits is how long a decimal may be for the server to compare it exactly.
const maxDigits = 65

func (t columnType) decimalEdge(v tuple.Value) (tuple.Value, sqlrows.Place) {
	f, err := strconv.ParseFloat(v.AsText(), 64)
	switch {
	case math.IsNaN(f), math.IsInf(f, 1):
		return tuple.Null, sqlrows.Above
	case math.IsInf(f, -1):
		return tuple.Null, sqlrows.Below
	case err != nil, t.class == classFloat, t.class == classDouble:
		return t.floatEdge(f)
	}
	return v, sqlrows.At
}

// textEdge: a text that is not UTF-8 can be neither in a column nor in a
// statement; it sorts after what it begins with.
func textEdge(v tuple.Value) (tuple.Value, sqlrows.Place) {
	switch {
	case v.Kind() < tuple.KindText:
		return v, sqlrows.Below
	case v.Kind() > tuple.KindText:
		return v, sqlrows.Above
	}
	valid := validPrefix(v.AsText())
	if len(valid) < len(v.AsText()) {
		return tuple.Text(valid), sqlrows.After
	}
	return v, sqlrows.At
}

// memberEdge: values of an ENUM or SET sort by their numbers, and are compared
// by them with a number. With a text, they would be compared as texts.
func (t columnType) memberEdge(v tuple.Value) (tuple.Value, sqlrows.Place) {
	if v.Kind() != tuple.KindText {
		return byKind(t, v)
	}
	n, ok := t.memberNumber(v.AsText())
	if !ok {
		return tuple.Null, sqlrows.Above
	}
	return tuple.Uint(n), sqlrows.At
}

// temporalEdge: what no calendar has is compared by its text.
func (t columnType) temporalEdge(v tuple.Value) (tuple.Value, sqlrows.Place) {
	day := v.Kind() == tuple.KindDate || v.Kind() == tuple.KindTimestamp
	switch {
	case v.Kind() == tuple.KindOther && classes[v.TypeName()] == t.class:
		return v, sqlrows.At
	case v.Kind() == tuple.KindTime && t.class == classTime:
		return clockEdge(v)
	case t.class == classTime || !day:
		return byKind(t, v)
	}
	switch year := v.AsTime().Year(); {
	case year < 0:
		return v, sqlrows.Below
	case year > lastYear:
		return v, sqlrows.Above
	}
	return v, sqlrows.At
}

func clockEdge(v tuple.Value) (tuple.Value, sqlrows.Place) {
	switch d := v.AsDuration(); {
	case d < -maxClock:
		return v, sqlrows.Below
	case d > maxClock:
		return v, sqlrows.Above
	}
	return v, sqlrows.At
}
