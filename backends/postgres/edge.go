package postgres

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// edge returns what to compare a column with in place of v, and where v stands.
// The server would refuse what the column cannot hold, or compare it after a
// conversion that no index serves.
func (d dialect) edge(c *driver.Column, v tuple.Value) (tuple.Value, sqlrows.Place) {
	if v.IsNull() {
		return v, sqlrows.Below // a key holds none
	}
	if isInfinite(c, v) {
		return tuple.Other(c.Type, v.AsText()), sqlrows.At
	}
	if isNumeric(c.Kind) && isNumeric(v.Kind()) {
		return numericEdge(c, v)
	}
	if v.Kind() == tuple.KindText && c.Kind == tuple.KindOther {
		v = tuple.Other(c.Type, v.AsText())
	}
	switch {
	case v.Kind() < c.Kind:
		return v, sqlrows.Below
	case v.Kind() > c.Kind:
		return v, sqlrows.Above
	case c.Kind == tuple.KindText:
		return d.textEdge(v)
	}
	return temporalEdge(c, v)
}

func isNumeric(k tuple.Kind) bool {
	switch k {
	case tuple.KindInt, tuple.KindUint, tuple.KindFloat, tuple.KindDecimal:
		return true
	}
	return false
}

func numericEdge(c *driver.Column, v tuple.Value) (tuple.Value, sqlrows.Place) {
	switch c.Kind {
	case tuple.KindInt:
		return integerEdge(c, v)
	case tuple.KindFloat:
		return floatEdge(c, v)
	}
	if v.Kind() == tuple.KindFloat { // exactly, and not as its shortest text
		if r, ok := decimalOf(v); ok {
			if exact, err := tuple.Decimal(r.FloatString(scaleOf(r))); err == nil {
				return exact, sqlrows.At
			}
		}
		d, _ := tuple.Decimal(strconv.FormatFloat(v.AsFloat(), 'g', -1, 64))
		return d, sqlrows.At
	}
	return v, sqlrows.At
}

// scaleOf returns how many digits after the point a fraction whose denominator
// is a power of two has.
func scaleOf(r *big.Rat) int { return r.Denom().BitLen() - 1 }

func integerEdge(c *driver.Column, v tuple.Value) (tuple.Value, sqlrows.Place) {
	r, finite := decimalOf(v)
	if !finite {
		if v.Kind() == tuple.KindFloat && math.IsInf(v.AsFloat(), -1) || v.AsText() == "-Infinity" {
			return v, sqlrows.Below
		}
		return v, sqlrows.Above // NaN sorts after all numbers
	}
	least, most := integerRange(c)
	whole := new(big.Int).Div(r.Num(), r.Denom()) // rounded down
	switch {
	case whole.Cmp(big.NewInt(least)) < 0:
		return v, sqlrows.Below
	case whole.Cmp(big.NewInt(most)) > 0:
		return v, sqlrows.Above
	case r.IsInt():
		return integerValue(c, whole.Int64()), sqlrows.At
	}
	return integerValue(c, whole.Int64()), sqlrows.After
}

// integerValue is the integer, but for a type that has no operators with
// others.
func integerValue(c *driver.Column, i int64) tuple.Value {
	if spellingOf(c.Type).name == typeOID {
		return tuple.Other(typeOID, strconv.FormatInt(i, 10))
	}
	return tuple.Int(i)
}

// floatEdge: a number of 64 bits that is compared with a column of 32 bits is
// none of those that the column holds, unless it is written as they are.
func floatEdge(c *driver.Column, v tuple.Value) (tuple.Value, sqlrows.Place) {
	f := v.AsFloat()
	if v.Kind() != tuple.KindFloat {
		r, finite := decimalOf(v)
		if !finite {
			f, _ = strconv.ParseFloat(v.AsText(), 64)
		} else {
			f, _ = r.Float64()
		}
	}
	if held, problem := heldFloat(c, tuple.Float(f)); problem == "" && spellingOf(c.Type).name == typeReal {
		return tuple.Other(typeReal, strconv.FormatFloat(held.AsFloat(), 'g', -1, 64)), sqlrows.At
	}
	return tuple.Float(f), sqlrows.At
}

// textEdge: a text that no column can hold stands right after its beginning that
// one can, in the order of bytes; in others, nothing is found there either.
func (d dialect) textEdge(v tuple.Value) (tuple.Value, sqlrows.Place) {
	text := v.AsText()
	end := strings.IndexByte(text, 0)
	if d.utf8 {
		for i := 0; i < len(text) && (end < 0 || i < end); {
			r, n := utf8.DecodeRuneInString(text[i:])
			if r == utf8.RuneError && n == 1 {
				end = i
				break
			}
			i += n
		}
	}
	if end < 0 {
		return v, sqlrows.At
	}
	return tuple.Text(text[:end]), sqlrows.After
}

func temporalEdge(c *driver.Column, v tuple.Value) (tuple.Value, sqlrows.Place) {
	switch c.Kind {
	case tuple.KindDate:
		switch {
		case v.AsDays() < leastDay:
			return tuple.Other(c.Type, negativeInfinity), sqlrows.After
		case v.AsDays() > mostDay:
			return tuple.Date(mostDay), sqlrows.After
		}
	case tuple.KindTime:
		return timeEdge(v)
	case tuple.KindTimestamp:
		return timestampEdge(c, v)
	}
	return v, sqlrows.At
}

func timeEdge(v tuple.Value) (tuple.Value, sqlrows.Place) {
	switch t := v.AsDuration(); {
	case t < 0:
		return v, sqlrows.Below
	case t > 24*time.Hour:
		return v, sqlrows.Above
	case t%time.Microsecond != 0:
		return tuple.Time(t.Truncate(time.Microsecond)), sqlrows.After
	}
	return v, sqlrows.At
}

// timestampEdge compares a time with a zone as one in UTC with a column without,
// and the other way round.
func timestampEdge(c *driver.Column, v tuple.Value) (tuple.Value, sqlrows.Place) {
	t := v.AsTime()
	of := tuple.Timestamp
	if isZoned(c) {
		of = tuple.Instant
	}
	switch {
	case t.Unix() < leastDay*24*60*60:
		return tuple.Other(c.Type, negativeInfinity), sqlrows.After
	case t.Unix() >= mostTimestamp:
		return of(time.Unix(mostTimestamp-1, 999_999_000).UTC()), sqlrows.After
	}
	if t.Nanosecond()%int(time.Microsecond) != 0 {
		return of(t.Truncate(time.Microsecond)), sqlrows.After
	}
	return of(t), sqlrows.At
}

// ofIndex marks the collation of an index over a column that has another one.
// Its comparisons must name it.
const ofIndex = " of the index"

func indexCollation(c *driver.Column) (name string, ok bool) {
	return strings.CutSuffix(c.Collation, ofIndex)
}

// isBytewise reports whether a column of text is sorted by its bytes.
func isBytewise(c *driver.Column) bool {
	switch c.Collation {
	case "", `"C"` + ofIndex, `"POSIX"` + ofIndex:
		return true
	}
	return false
}

// prefix returns the range of the values that begin with p, in the order of
// the column. In the order of bytes, that of characters is the same.
func prefix(c *driver.Column, p tuple.Value) (first, after tuple.Value, err error) {
	if p.Kind() == tuple.KindBytes {
		next, ok := nextBytes(p.AsText())
		if !ok {
			return p, tuple.Null, nil
		}
		return p, tuple.BytesOf(next), nil
	}
	if c.Kind != tuple.KindText || !isBytewise(c) || isPadded(c) || isText(c.Type) {
		e := driver.Errorf(driver.Unsupported, "the texts that begin with %s do not follow each other in the order of column %s", clip(p.String()), c.Name)
		return tuple.Null, tuple.Null, e.WithHint("give whole values as bounds, or look for the text with a filter")
	}
	next, ok := nextText(p.AsText())
	if !ok {
		return p, tuple.Null, nil
	}
	return p, tuple.Text(next), nil
}

// nextBytes returns the least string above all that begin with s. It reports
// false if there is none.
func nextBytes(s string) (string, bool) {
	n := len(s)
	for n > 0 && s[n-1] == 0xff {
		n--
	}
	if n == 0 {
		return "", false
	}
	next := []byte(s[:n])
	next[n-1]++
	return string(next), true
}

// nextText is nextBytes for texts in UTF-8.
func nextText(s string) (string, bool) {
	for s != "" {
		last, n := utf8.DecodeLastRuneInString(s)
		if last == utf8.RuneError && n == 1 {
			return nextBytes(s)
		}
		s = s[:len(s)-n]
		switch {
		case last == utf8.MaxRune:
			continue
		case last == surrogates-1:
			last = afterSurrogates
		default:
			last++
		}
		return s + string(last), true
	}
	return "", false
}

// Between these there are no characters.
const (
	surrogates      = 0xD800
	afterSurrogates = 0xE000
)
