package postgres

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// stored returns v as the column will hold it. PostgreSQL rounds, pads and cuts
// some values without a word; what would be lost that way is refused here.
// Whether a text is the form of some value of another type, only it can say.
func (d dialect) stored(c *driver.Column, v tuple.Value) (tuple.Value, error) {
	if v.IsNull() {
		return v, nil
	}
	if isInfinite(c, v) {
		return tuple.Other(c.Type, v.AsText()), nil
	}
	held, problem := d.held(c, v)
	if problem != "" {
		return tuple.Null, driver.Errorf(driver.BadValue, "column %s of type %s cannot hold %s: %s", c.Name, c.Type, clip(v.String()), problem)
	}
	return held, nil
}

// clip shortens a value for a message.
func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

const wrongKind = "it is of another type"

// held returns the value that a column makes of v, or what is wrong with it.
func (d dialect) held(c *driver.Column, v tuple.Value) (tuple.Value, string) {
	switch c.Kind {
	case tuple.KindInt:
		return heldInteger(c, v)
	case tuple.KindFloat:
		return heldFloat(c, v)
	case tuple.KindDecimal:
		return heldDecimal(c, v)
	case tuple.KindText, tuple.KindJSON, tuple.KindOther:
		return d.heldText(c, v)
	case tuple.KindBool, tuple.KindBytes, tuple.KindUUID:
		if v.Kind() == c.Kind {
			return v, ""
		}
		return v, wrongKind
	}
	return heldTemporal(c, v)
}

func heldInteger(c *driver.Column, v tuple.Value) (tuple.Value, string) {
	if v.Kind() == tuple.KindUint {
		return v, "it is too large"
	}
	if v.Kind() != tuple.KindInt {
		return v, wrongKind
	}
	least, most := integerRange(c)
	if i := v.AsInt(); i < least || i > most {
		return v, "it is out of range"
	}
	return v, ""
}

// integerRange returns the limits of a column of integers.
func integerRange(c *driver.Column) (least, most int64) {
	switch spellingOf(c.Type).name {
	case typeSmallint:
		return math.MinInt16, math.MaxInt16
	case typeInteger:
		return math.MinInt32, math.MaxInt32
	case typeOID:
		return 0, math.MaxUint32
	}
	return math.MinInt64, math.MaxInt64
}

func heldFloat(c *driver.Column, v tuple.Value) (tuple.Value, string) {
	f := v.AsFloat()
	switch v.Kind() {
	case tuple.KindFloat:
	case tuple.KindInt:
		if f = float64(v.AsInt()); f >= 1<<63 || int64(f) != v.AsInt() {
			return v, "it has more digits than a floating-point number"
		}
	default:
		return v, wrongKind
	}
	if spellingOf(c.Type).name == typeReal && !math.IsNaN(f) && widen(float32(f)) != f {
		return v, "it has more digits, or is larger, than a floating-point number of 32 bits"
	}
	return tuple.Float(f), ""
}

// heldDecimal pads a number to the scale of the column.
func heldDecimal(c *driver.Column, v tuple.Value) (tuple.Value, string) {
	text := v.AsText()
	switch v.Kind() {
	case tuple.KindDecimal:
	case tuple.KindInt:
		text = strconv.FormatInt(v.AsInt(), 10)
	case tuple.KindUint:
		text = strconv.FormatUint(v.AsUint(), 10)
	case tuple.KindFloat:
		text = strconv.FormatFloat(v.AsFloat(), 'f', -1, 64)
	default:
		return v, wrongKind
	}
	s := spellingOf(c.Type)
	finite := strings.ContainsAny(text, "0123456789")
	if len(s.args) > 0 && finite {
		var problem string
		if text, problem = scaled(text, s); problem != "" {
			return v, problem
		}
	}
	d, err := tuple.Decimal(text)
	if err != nil {
		return v, err.Error()
	}
	if len(s.args) > 0 && strings.HasSuffix(text, "Infinity") {
		return d, "a number with a precision is finite"
	}
	return d, ""
}

// scaled returns a number as numeric(precision, scale) spells it.
func scaled(text string, s spelling) (string, string) {
	precision, scale := s.args[0], 0
	if len(s.args) > 1 {
		scale = s.args[1]
	}
	if scale < 0 {
		return text, "numbers with a negative scale are rounded; use the SQL console"
	}
	whole, fraction, _ := strings.Cut(text, ".")
	if len(strings.TrimRight(fraction, "0")) > scale {
		return text, "it has more digits after the point"
	}
	if len(strings.TrimLeft(strings.TrimPrefix(whole, "-"), "0")) > precision-scale {
		return text, "it has more digits before the point"
	}
	fraction = (fraction + strings.Repeat("0", scale))[:scale]
	if scale == 0 {
		return whole, ""
	}
	return whole + "." + fraction, ""
}

// heldText is for columns whose values are sent as text.
func (d dialect) heldText(c *driver.Column, v tuple.Value) (tuple.Value, string) {
	switch v.Kind() {
	case tuple.KindText, tuple.KindOther:
	case tuple.KindJSON:
		if c.Kind == tuple.KindText {
			return v, wrongKind
		}
	default:
		return v, wrongKind
	}
	text := v.AsText()
	if strings.IndexByte(text, 0) >= 0 {
		return v, "PostgreSQL's texts cannot hold NUL"
	}
	if d.utf8 && !utf8.ValidString(text) {
		return v, "it is not UTF-8"
	}
	switch c.Kind {
	case tuple.KindJSON:
		return tuple.JSON(text), ""
	case tuple.KindOther:
		return tuple.Other(c.Type, text), ""
	}
	return heldString(c, text)
}

// heldString pads or refuses what character types of a length would.
func heldString(c *driver.Column, text string) (tuple.Value, string) {
	s := spellingOf(c.Type)
	if len(s.args) == 0 || s.name != typeChar && s.name != typeVarchar {
		return tuple.Text(text), ""
	}
	n := utf8.RuneCountInString(text)
	if n > s.args[0] {
		return tuple.Text(text), "it has " + strconv.Itoa(n) + " characters"
	}
	if s.name == typeChar {
		text += strings.Repeat(" ", s.args[0]-n)
	}
	return tuple.Text(text), ""
}

// isInfinite reports whether v is the text of a time beyond all others, for a
// column of times.
func isInfinite(c *driver.Column, v tuple.Value) bool {
	switch c.Kind {
	case tuple.KindDate, tuple.KindTimestamp, tuple.KindInterval:
	default:
		return false
	}
	switch v.Kind() {
	case tuple.KindOther, tuple.KindText:
		return v.AsText() == infinity || v.AsText() == negativeInfinity
	}
	return false
}

// The limits of dates and timestamps: 4714-11-24 BC to 5874897-12-31, and to
// 294276-12-31 for timestamps.
const (
	leastDay      = -2_440_588
	mostDay       = 2_145_031_948 + epochDays
	mostTimestamp = 9_224_318_016_000 // seconds since 1970, not included
)

func heldTemporal(c *driver.Column, v tuple.Value) (tuple.Value, string) {
	if v.Kind() != c.Kind {
		return v, wrongKind
	}
	step := int64(time.Microsecond)
	if s := spellingOf(c.Type); len(s.args) == 1 {
		for range 6 - s.args[0] {
			step *= 10
		}
	}
	const tooFine = "its fraction of a second has more digits"
	switch c.Kind {
	case tuple.KindDate:
		if v.AsDays() < leastDay || v.AsDays() > mostDay {
			return v, "it is out of range"
		}
	case tuple.KindTime:
		t := v.AsDuration()
		if t < 0 || t > 24*time.Hour {
			return v, "it is no time of day"
		}
		if int64(t)%step != 0 {
			return v, tooFine
		}
	case tuple.KindTimestamp:
		t := v.AsTime()
		switch {
		case v.IsInstant() && !isZoned(c):
			return v, "it is a point in time, and the column holds dates and times without a zone"
		case !v.IsInstant() && isZoned(c):
			return v, "it is without a zone, and the column holds points in time; add Z or an offset"
		case t.Unix() < leastDay*24*60*60 || t.Unix() >= mostTimestamp:
			return v, "it is out of range"
		case int64(t.Nanosecond())%step != 0:
			return v, tooFine
		}
	case tuple.KindInterval:
		_, _, us := v.AsInterval()
		if us%(step/int64(time.Microsecond)) != 0 {
			return v, tooFine
		}
	}
	return v, ""
}

// decimalOf returns a finite number as a decimal, and false for any other value.
func decimalOf(v tuple.Value) (*big.Rat, bool) {
	switch v.Kind() {
	case tuple.KindInt:
		return new(big.Rat).SetInt64(v.AsInt()), true
	case tuple.KindUint:
		return new(big.Rat).SetInt(new(big.Int).SetUint64(v.AsUint())), true
	case tuple.KindFloat:
		r := new(big.Rat).SetFloat64(v.AsFloat())
		return r, r != nil
	case tuple.KindDecimal:
		r, ok := new(big.Rat).SetString(v.AsText())
		return r, ok
	}
	return nil, false
}
