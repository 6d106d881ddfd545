package mysql

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// stored returns v as column c will hold it. What the server would round, cut,
// fill up or take for something else is refused here. How long a value may be
// is left to the server.
func stored(c *driver.Column, v tuple.Value) (tuple.Value, error) {
	t := typeOf(c)
	held, ok := t.hold(v)
	switch {
	case v.IsNull() || ok && held == v:
		return v, nil
	case !ok:
		err := driver.Errorf(driver.BadValue, "column %s of type %s cannot hold %s", c.Name, brief(c.Type), brief(v.String()))
		if hint := t.hint(); hint != "" {
			err = err.WithHint("%s", hint)
		}
		return tuple.Null, err
	}
	return held, nil
}

// brief is the beginning of a text, for messages.
func brief(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	return validPrefix(s[:most]) + "…"
}

// hint says what the type can hold.
func (t columnType) hint() string {
	switch t.class {
	case classEnum:
		return "it is one of " + brief(t.args)
	case classSet:
		return "they are some of " + brief(t.args) + ", with commas between them"
	case classBit:
		return "it has " + strconv.Itoa(max(t.size(), 1)) + " digits at most, 0 and 1"
	case classDecimal:
		return "it keeps " + strconv.Itoa(t.scale()) + " digits after the point"
	case classTime, classDatetime, classTimestamp:
		return "it keeps " + strconv.Itoa(t.size()) + " digits of a second's fraction"
	case classFloat:
		return "it keeps about 7 digits"
	case classGeometry:
		return "write it as SRID=4326;POINT(1 2)"
	}
	switch t.base {
	case "char":
		return "spaces at its end are not kept"
	case "binary":
		return "it is filled up to " + strconv.Itoa(t.size()) + " bytes"
	}
	return ""
}

// hold returns what a column of the type makes of v, and false if that says
// something else.
func (t columnType) hold(v tuple.Value) (tuple.Value, bool) {
	switch t.class {
	case classInt, classBool:
		return t.holdInteger(v)
	case classFloat, classDouble:
		return t.holdFloat(v)
	case classDecimal:
		return t.holdDecimal(v)
	case classText, classJSON:
		return t.holdText(v)
	case classBytes:
		return t.holdBytes(v)
	case classEnum:
		n, ok := t.memberNumber(v.AsText())
		return v, ok && n > 0 && v.Kind() == tuple.KindText
	case classSet:
		return t.holdSet(v)
	case classUUID:
		return v, v.Kind() == tuple.KindUUID
	case classBit:
		return t.holdBits(v)
	case classGeometry:
		return t.holdGeometry(v)
	}
	if t.isTemporal() {
		return t.holdTemporal(v)
	}
	return tuple.Other(t.base, v.Plain()), v.Kind() == tuple.KindOther || v.Kind() == tuple.KindText
}

func (t columnType) holdInteger(v tuple.Value) (tuple.Value, bool) {
	switch v.Kind() {
	case tuple.KindBool:
		if t.class == classBool {
			return v, true
		}
		return tuple.Int(int64(argument(v).(int64))), true
	case tuple.KindInt:
		return t.integer(v.AsInt()), true
	case tuple.KindUint:
		return v, true
	case tuple.KindDecimal:
		text := plainNumber(v.AsText())
		if i, err := strconv.ParseInt(text, 10, 64); err == nil {
			return t.integer(i), true
		}
		u, err := strconv.ParseUint(text, 10, 64)
		return tuple.Uint(u), err == nil
	case tuple.KindFloat:
		f := v.AsFloat()
		return t.integer(int64(f)), f == math.Trunc(f) && f >= -1<<63 && f < 1<<63
	}
	return v, false
}

// plainNumber returns a decimal without needless zeros after its point.
func plainNumber(text string) string {
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

func (t columnType) holdFloat(v tuple.Value) (tuple.Value, bool) {
	var f float64
	switch v.Kind() {
	case tuple.KindInt:
		f = float64(v.AsInt())
		if f >= 1<<63 || int64(f) != v.AsInt() {
			return v, false
		}
	case tuple.KindFloat:
		f = v.AsFloat()
	case tuple.KindDecimal:
		var err error
		f, err = strconv.ParseFloat(v.AsText(), 64)
		if err != nil || plainNumber(v.AsText()) != strconv.FormatFloat(f, 'f', -1, 64) {
			return v, false
		}
	default:
		return v, false
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return v, false
	}
	if f == 0 {
		return tuple.Float(0), true // the server keeps no sign of zero
	}
	if t.class == classFloat {
		single := singlePrecision(float64(float32(f)))
		return single, single == tuple.Float(f)
	}
	return tuple.Float(f), true
}

// holdDecimal returns v with the digits after the point that the column has.
func (t columnType) holdDecimal(v tuple.Value) (tuple.Value, bool) {
	var text string
	switch v.Kind() {
	case tuple.KindInt, tuple.KindUint, tuple.KindDecimal:
		text = v.Plain()
	case tuple.KindFloat:
		text = strconv.FormatFloat(v.AsFloat(), 'f', -1, 64)
	default:
		return v, false
	}
	whole, fraction, _ := strings.Cut(text, ".")
	extra := max(0, len(fraction)-t.scale())
	if strings.Trim(whole, "-0123456789") != "" || strings.Trim(fraction[len(fraction)-extra:], "0") != "" {
		return v, false
	}
	fraction = fraction[:len(fraction)-extra] + strings.Repeat("0", max(0, t.scale()-len(fraction)))
	if fraction != "" {
		whole += "." + fraction
	}
	d, err := tuple.Decimal(whole)
	return d, err == nil
}

func (t columnType) holdText(v tuple.Value) (tuple.Value, bool) {
	text := v.AsText()
	switch v.Kind() {
	case tuple.KindText, tuple.KindJSON:
	case tuple.KindBytes, tuple.KindNull:
		return v, false
	default:
		text = v.Plain()
	}
	if t.base == "char" && strings.HasSuffix(text, " ") || !utf8.ValidString(text) {
		return v, false
	}
	if t.class == classJSON {
		return tuple.JSON(text), v.Kind() == tuple.KindJSON
	}
	return tuple.Text(text), true
}

// validPrefix returns what of s, from its beginning, is UTF-8.
func validPrefix(s string) string {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n <= 1 {
			return s[:i]
		}
		i += n
	}
	return s
}

func (t columnType) holdBytes(v tuple.Value) (tuple.Value, bool) {
	if v.Kind() == tuple.KindUUID {
		u := v.AsUUID()
		v = tuple.Bytes(u[:])
	}
	return v, v.Kind() == tuple.KindBytes && (t.base != "binary" || len(v.AsText()) >= t.size())
}

// memberNumber returns the number of an ENUM's value, or the bits of a SET's.
// The empty text is what the server puts in the place of a wrong value of an
// ENUM, and a SET without members.
func (t columnType) memberNumber(text string) (n uint64, ok bool) {
	if text == "" && t.class == classSet {
		return 0, true
	}
	members := t.members()
	if t.class == classEnum {
		for i, m := range members {
			if m == text {
				return uint64(i) + 1, true
			}
		}
		return 0, text == ""
	}
	for word := range strings.SplitSeq(text, ",") {
		found := false
		for i, m := range members {
			if m == word {
				n, found = n|1<<i, true
			}
		}
		if !found {
			return 0, false
		}
	}
	return n, true
}

// holdSet returns the members in the order in which the type lists them.
func (t columnType) holdSet(v tuple.Value) (tuple.Value, bool) {
	n, ok := t.memberNumber(v.AsText())
	if !ok || v.Kind() != tuple.KindText {
		return v, false
	}
	var chosen []string
	for i, m := range t.members() {
		if n&(1<<i) != 0 {
			chosen = append(chosen, m)
		}
	}
	return tuple.Text(strings.Join(chosen, ",")), true
}

func (t columnType) holdBits(v tuple.Value) (tuple.Value, bool) {
	switch v.Kind() {
	case tuple.KindInt, tuple.KindUint:
		return t.bits(v.AsUint()), v.Kind() == tuple.KindUint || v.AsInt() >= 0
	case tuple.KindBool:
		return t.bits(uint64(argument(v).(int64))), true
	case tuple.KindOther, tuple.KindText:
		u, err := strconv.ParseUint(v.AsText(), 2, 64)
		return t.bits(u), err == nil
	}
	return v, false
}

func (t columnType) holdGeometry(v tuple.Value) (tuple.Value, bool) {
	if v.Kind() != tuple.KindOther && v.Kind() != tuple.KindText {
		return v, false
	}
	raw, err := encodeGeometry(v.AsText())
	if err != nil {
		return v, false
	}
	return tuple.Other(t.base, geometryText(raw)), true
}

// holdTemporal converts between dates and timestamps where that loses nothing.
// A time without a zone that a TIMESTAMP is to hold is one in UTC, and so is
// what is left of a point in time in a DATETIME.
func (t columnType) holdTemporal(v tuple.Value) (tuple.Value, bool) {
	switch {
	case v.Kind() == tuple.KindOther:
		return v, classes[v.TypeName()] == t.class
	case t.class == classTime:
		d := v.AsDuration()
		return v, v.Kind() == tuple.KindTime && d >= -maxClock && d <= maxClock && fitsFraction(int64(d%time.Second), t.size())
	case v.Kind() != tuple.KindDate && v.Kind() != tuple.KindTimestamp:
		return v, false
	}
	at := v.AsTime()
	fits := at.Year() >= 0 && at.Year() <= lastYear
	switch t.class {
	case classDate:
		return tuple.DateOf(at), fits && at.Equal(at.Truncate(24*time.Hour))
	case classTimestamp:
		return tuple.Instant(at), fits && fitsFraction(int64(at.Nanosecond()), t.size())
	}
	return tuple.Timestamp(at), fits && fitsFraction(int64(at.Nanosecond()), t.size())
}
