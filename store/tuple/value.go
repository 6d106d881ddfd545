package tuple

import (
	"cmp"
	"fmt"
	"math"
	"strings"
	"time"
)

// Kind says what a value is. The order of the kinds is the order of values of
// different kinds.
type Kind uint8

// The kinds of values.
const (
	KindNull      Kind = iota // the absence of a value; not the empty text
	KindBool                  // false sorts before true
	KindInt                   // an integer that fits an int64
	KindUint                  // an integer from 1<<63 to 1<<64-1
	KindFloat                 // an IEEE 754 double, one NaN
	KindDecimal               // an exact decimal number, its scale kept
	KindText                  // text; the bytes need not be valid UTF-8
	KindBytes                 // binary data
	KindUUID                  // 16 bytes
	KindDate                  // a day of the proleptic Gregorian calendar
	KindTime                  // a time of day or a signed duration, in nanoseconds
	KindTimestamp             // a date and time, an instant or of no zone
	KindInterval              // months, days and microseconds
	KindJSON                  // a JSON text, kept as it was written
	KindOther                 // the database's own text form of any other type
)

var kindNames = [...]string{
	"null", "bool", "int", "uint", "float", "decimal", "text", "bytes", "uuid",
	"date", "time", "timestamp", "interval", "json", "other",
}

// String returns the kind's name in lower case.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Value is a typed value. The zero Value is NULL. Two values are the same if
// and only if they are ==.
type Value struct {
	kind Kind
	// zoned tells an instant from a timestamp without a zone.
	zoned bool
	// aux holds nanoseconds of a timestamp, days of an interval.
	aux int32
	// num holds a bool, an integer, a float's bits, days since 1970, a time
	// of day, seconds since 1970, or an interval's microseconds.
	num uint64
	// str holds text, bytes, a decimal as decimal.string writes it, a UUID's
	// 16 bytes, an interval's months (4 bytes), JSON, or a type's name, NUL,
	// and text.
	str string
}

// Null is the absence of a value.
var Null Value

// Bool returns a boolean.
func Bool(b bool) Value {
	v := Value{kind: KindBool}
	if b {
		v.num = 1
	}
	return v
}

// Int returns an integer.
func Int(i int64) Value { return Value{kind: KindInt, num: uint64(i)} }

// Uint returns an integer: of KindInt if an int64 can hold it, so that a
// number has one representation.
func Uint(u uint64) Value {
	if u <= math.MaxInt64 {
		return Int(int64(u))
	}
	return Value{kind: KindUint, num: u}
}

// Float returns a floating-point number. All NaNs become one.
func Float(f float64) Value {
	if math.IsNaN(f) {
		f = math.NaN()
	}
	return Value{kind: KindFloat, num: math.Float64bits(f)}
}

// Text returns a text.
func Text(s string) Value { return Value{kind: KindText, str: s} }

// Bytes returns binary data. It copies b.
func Bytes(b []byte) Value { return Value{kind: KindBytes, str: string(b)} }

// BytesOf returns binary data that a string holds.
func BytesOf(s string) Value { return Value{kind: KindBytes, str: s} }

// UUID returns a UUID.
func UUID(u [16]byte) Value { return Value{kind: KindUUID, str: string(u[:])} }

// Date returns the day that is so many days after 1970-01-01.
func Date(days int64) Value { return Value{kind: KindDate, num: uint64(days)} }

// DateOf returns the day that t's calendar shows.
func DateOf(t time.Time) Value {
	y, m, d := t.Date()
	return Date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

// Time returns a time of day, or a duration that a database calls a time.
func Time(d time.Duration) Value { return Value{kind: KindTime, num: uint64(d)} }

// Instant returns a timestamp that is a point in time. Its zone is not kept.
func Instant(t time.Time) Value {
	return Value{kind: KindTimestamp, zoned: true, num: uint64(t.Unix()), aux: int32(t.Nanosecond())}
}

// Timestamp returns the date and time that t's calendar and clock show,
// without a zone.
func Timestamp(t time.Time) Value {
	_, offset := t.Zone()
	return Value{kind: KindTimestamp, num: uint64(t.Unix() + int64(offset)), aux: int32(t.Nanosecond())}
}

// Interval returns an interval. Its fields are kept apart, because a month
// has no fixed number of days, nor a day of hours.
func Interval(months, days int32, microseconds int64) Value {
	m := uint32(months)
	return Value{
		kind: KindInterval, num: uint64(microseconds), aux: days,
		str: string([]byte{byte(m >> 24), byte(m >> 16), byte(m >> 8), byte(m)}),
	}
}

// JSON returns a JSON text. It is not validated and not reformatted.
func JSON(s string) Value { return Value{kind: KindJSON, str: s} }

// Other returns a value of a type that has no kind of its own, as the text
// that the database itself reads and prints. A NUL in typ would make the
// value ambiguous, so it is dropped.
func Other(typ, text string) Value {
	return Value{kind: KindOther, str: strings.ReplaceAll(typ, "\x00", "") + "\x00" + text}
}

// Kind returns what v is.
func (v Value) Kind() Kind { return v.kind }

// IsNull reports whether v is NULL.
func (v Value) IsNull() bool { return v.kind == KindNull }

// The accessors below return the zero value if v is of another kind.

// AsBool returns a boolean.
func (v Value) AsBool() bool { return v.kind == KindBool && v.num != 0 }

// AsInt returns an integer of KindInt.
func (v Value) AsInt() int64 {
	if v.kind != KindInt {
		return 0
	}
	return int64(v.num)
}

// AsUint returns an integer of KindUint, or a non-negative one of KindInt.
func (v Value) AsUint() uint64 {
	if v.kind == KindUint || v.kind == KindInt && int64(v.num) >= 0 {
		return v.num
	}
	return 0
}

// AsFloat returns a floating-point number.
func (v Value) AsFloat() float64 {
	if v.kind != KindFloat {
		return 0
	}
	return math.Float64frombits(v.num)
}

// AsText returns what a value of KindText, KindBytes, KindDecimal, KindJSON
// or KindOther holds, as a string.
func (v Value) AsText() string {
	switch v.kind {
	case KindText, KindBytes, KindJSON:
		return v.str
	case KindDecimal:
		return decimalText(v.str)
	case KindOther:
		_, text, _ := strings.Cut(v.str, "\x00")
		return text
	}
	return ""
}

// TypeName returns the type's name of a value of KindOther.
func (v Value) TypeName() string {
	if v.kind != KindOther {
		return ""
	}
	name, _, _ := strings.Cut(v.str, "\x00")
	return name
}

// AsUUID returns a UUID.
func (v Value) AsUUID() (u [16]byte) {
	if v.kind == KindUUID {
		copy(u[:], v.str)
	}
	return u
}

// AsTime returns a date (its midnight) or a timestamp, in UTC.
func (v Value) AsTime() time.Time {
	switch v.kind {
	case KindDate:
		return time.Unix(int64(v.num)*secondsPerDay, 0).UTC()
	case KindTimestamp:
		return time.Unix(int64(v.num), int64(v.aux)).UTC()
	}
	return time.Time{}
}

// IsInstant reports whether v is a timestamp that is a point in time.
func (v Value) IsInstant() bool { return v.zoned }

// AsDuration returns a value of KindTime.
func (v Value) AsDuration() time.Duration {
	if v.kind != KindTime {
		return 0
	}
	return time.Duration(v.num)
}

// AsDays returns the number of days between 1970-01-01 and a date.
func (v Value) AsDays() int64 {
	if v.kind != KindDate {
		return 0
	}
	return int64(v.num)
}

// AsInterval returns the fields of an interval.
func (v Value) AsInterval() (months, days int32, microseconds int64) {
	if v.kind != KindInterval {
		return 0, 0, 0
	}
	s := v.str
	months = int32(uint32(s[0])<<24 | uint32(s[1])<<16 | uint32(s[2])<<8 | uint32(s[3]))
	return months, v.aux, int64(v.num)
}

// Size returns the number of bytes of text or binary data that v holds, 0 for
// the kinds of fixed size.
func (v Value) Size() int {
	switch v.kind {
	case KindUUID, KindInterval:
		return 0
	}
	return len(v.str)
}

const secondsPerDay = 24 * 60 * 60

// Compare orders two values: by kind, then by value.
func Compare(a, b Value) int {
	if a.kind != b.kind {
		return cmp.Compare(a.kind, b.kind)
	}
	switch a.kind {
	case KindBool, KindUint:
		return cmp.Compare(a.num, b.num)
	case KindInt, KindDate, KindTime:
		return cmp.Compare(int64(a.num), int64(b.num))
	case KindFloat:
		return cmp.Compare(orderedFloat(a.num), orderedFloat(b.num))
	case KindDecimal:
		return compareDecimals(a.str, b.str)
	case KindTimestamp:
		return cmp.Or(compareBools(a.zoned, b.zoned),
			cmp.Compare(int64(a.num), int64(b.num)), cmp.Compare(a.aux, b.aux))
	case KindInterval:
		return compareIntervals(a, b)
	}
	return strings.Compare(a.str, b.str)
}

// orderedFloat maps the bits of a float to an integer in the same order:
// -Inf first, -0 just before +0, NaN last. It flips all bits of a negative
// number and the sign bit of any other.
func orderedFloat(bits uint64) uint64 {
	if bits>>63 != 0 {
		return ^bits
	}
	return bits | 1<<63
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func compareIntervals(a, b Value) int {
	am, ad, au := a.AsInterval()
	bm, bd, bu := b.AsInterval()
	return cmp.Or(cmp.Compare(am, bm), cmp.Compare(ad, bd), cmp.Compare(au, bu))
}

// Tuple is a sequence of values, such as the key of a row.
type Tuple []Value

// Of returns the tuple of vs. It keeps vs.
func Of(vs ...Value) Tuple { return vs }

// Compare orders tuples element by element; a tuple sorts before the longer
// ones that begin with it.
func (t Tuple) Compare(u Tuple) int {
	for i := range min(len(t), len(u)) {
		if c := Compare(t[i], u[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(t), len(u))
}

// Equal reports whether t and u have the same elements.
func (t Tuple) Equal(u Tuple) bool { return t.Compare(u) == 0 }
