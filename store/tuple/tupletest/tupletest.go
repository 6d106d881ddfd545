// Package tupletest generates values, tuples and ranges for property tests.
//
// It favours what breaks encodings and text forms: the ends of every range,
// numbers at a change of length, zero and 0xFF bytes, texts that begin alike,
// quotes, control bytes, and bytes that are not UTF-8. Every value that the
// constructors of package tuple can make may come up, but for size: a text or
// a number has some dozens of bytes at most.
//
// It imports a test library, so that only tests import it.
package tupletest

import (
	"fmt"
	"math"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/rowan-db/rowan/store/tuple"
)

// Values returns a generator of values of every kind.
func Values() *rapid.Generator[tuple.Value] {
	return rapid.OneOf(
		rapid.Just(tuple.Null),
		rapid.Map(rapid.Bool(), tuple.Bool),
		rapid.Map(int64s(), tuple.Int),
		rapid.Map(int64s(), func(i int64) tuple.Value { return tuple.Uint(uint64(i)) }),
		rapid.Map(floats(), tuple.Float),
		decimals(),
		rapid.Map(Texts(), tuple.Text),
		rapid.Map(Texts(), tuple.BytesOf),
		rapid.Map(rapid.SliceOfN(bytes(), 16, 16), func(b []byte) tuple.Value { return tuple.UUID([16]byte(b)) }),
		rapid.Map(int64s(), tuple.Date),
		rapid.Map(int64s(), func(i int64) tuple.Value { return tuple.Time(time.Duration(i)) }),
		timestamps(),
		rapid.Custom(func(t *rapid.T) tuple.Value {
			return tuple.Interval(rapid.Int32().Draw(t, "months"), rapid.Int32().Draw(t, "days"), int64s().Draw(t, "micros"))
		}),
		rapid.Map(documents(), tuple.JSON),
		rapid.Custom(func(t *rapid.T) tuple.Value {
			return tuple.Other(Texts().Draw(t, "type"), Texts().Draw(t, "text"))
		}),
	)
}

// Tuples returns a generator of tuples of up to four values.
func Tuples() *rapid.Generator[tuple.Tuple] {
	return rapid.Map(rapid.SliceOfN(Values(), 0, 4), func(vs []tuple.Value) tuple.Tuple { return vs })
}

// Neighbours returns a generator of tuples that stand close to t in the order:
// t itself, shorter and longer ones, and such that differ in the last element.
func Neighbours(t tuple.Tuple) *rapid.Generator[tuple.Tuple] {
	return rapid.Custom(func(r *rapid.T) tuple.Tuple {
		keep := rapid.IntRange(max(0, len(t)-1), len(t)).Draw(r, "keep")
		u := append(tuple.Tuple(nil), t[:keep]...)
		if keep < len(t) && rapid.Bool().Draw(r, "alter") {
			u = append(u, alter(r, t[keep]))
		}
		return append(u, rapid.SliceOfN(Values(), 0, 2).Draw(r, "more")...)
	})
}

// alter returns a value like v: a text or binary one that begins as v does or
// as v begins.
func alter(r *rapid.T, v tuple.Value) tuple.Value {
	s := v.AsText()
	s = s[:rapid.IntRange(max(0, len(s)-1), len(s)).Draw(r, "cut")] + Texts().Draw(r, "tail")
	switch v.Kind() {
	case tuple.KindText:
		return tuple.Text(s)
	case tuple.KindBytes:
		return tuple.BytesOf(s)
	case tuple.KindInt:
		return tuple.Int(v.AsInt() + rapid.Int64Range(-2, 2).Draw(r, "step"))
	}
	return v
}

// Ranges returns a generator of ranges with open, inclusive, exclusive and
// partial bounds, the two of them often close to each other.
func Ranges() *rapid.Generator[tuple.Range] {
	return rapid.Custom(func(t *rapid.T) tuple.Range {
		lower := Tuples().Draw(t, "lower")
		upper := rapid.OneOf(Tuples(), Neighbours(lower)).Draw(t, "upper")
		return tuple.Range{Lower: bound(t, lower), Upper: bound(t, upper)}
	})
}

func bound(t *rapid.T, key tuple.Tuple) tuple.Bound {
	return tuple.Bound{
		Key:       key,
		Part:      rapid.Bool().Draw(t, "part"),
		Exclusive: rapid.Bool().Draw(t, "exclusive"),
	}
}

// Texts returns a generator of strings, many of which begin alike, and not all
// of which are UTF-8.
func Texts() *rapid.Generator[string] {
	piece := rapid.SampledFrom([]string{
		"a", "b", "\x00", "\xff", "\x01", "'", "''", `"`, `\`, "\n", "\x1b[m", "\u202e", "é", "👍", "\xc3", ",", ")", "0",
	})
	return rapid.OneOf(
		rapid.Map(rapid.SliceOfN(piece, 0, 6), func(p []string) string { return strings.Join(p, "") }),
		rapid.String(),
		rapid.Map(rapid.SliceOf(bytes()), func(b []byte) string { return string(b) }),
	)
}

func bytes() *rapid.Generator[byte] {
	return rapid.OneOf(rapid.Byte(), rapid.SampledFrom([]byte{0, 1, 0xFE, 0xFF}))
}

// int64s favours what lies at a change of the number of bytes or of the sign.
func int64s() *rapid.Generator[int64] {
	edge := rapid.Custom(func(t *rapid.T) int64 {
		bit := rapid.IntRange(0, 63).Draw(t, "bit")
		i := int64(1)<<bit + rapid.Int64Range(-1, 1).Draw(t, "step")
		if rapid.Bool().Draw(t, "negate") {
			return -i
		}
		return i
	})
	return rapid.OneOf(edge, rapid.Int64(), rapid.Int64Range(-100_000, 100_000))
}

func floats() *rapid.Generator[float64] {
	return rapid.OneOf(
		rapid.Float64(),
		rapid.SampledFrom([]float64{
			0, math.Copysign(0, -1), 1, math.NaN(), math.Inf(1), math.Inf(-1),
			math.MaxFloat64, math.SmallestNonzeroFloat64, 1 << 53, 1e21, 1e-6,
		}),
		rapid.Map(rapid.Uint64(), math.Float64frombits),
	)
}

func decimals() *rapid.Generator[tuple.Value] {
	special := rapid.SampledFrom([]string{"nan", "inf", "-inf", "0", "0.00", "1e149999", "-1e-150000", "1e-40", "0e-100"})
	finite := rapid.Custom(func(t *rapid.T) string {
		return rapid.SampledFrom([]string{"", "-"}).Draw(t, "sign") +
			rapid.StringMatching(`[0-9]{1,4}(0{1,30})?(\.[0-9]{0,4}(0{1,40})?[0-9]?)?`).Draw(t, "digits") +
			rapid.SampledFrom([]string{"", "", "e5", "e-3", "e60", "e-60"}).Draw(t, "exponent")
	})
	return rapid.Map(rapid.OneOf(special, finite, finite, finite), func(s string) tuple.Value {
		v, err := tuple.Decimal(s)
		if err != nil {
			panic(err) // the generator is wrong
		}
		return v
	})
}

func timestamps() *rapid.Generator[tuple.Value] {
	return rapid.Custom(func(t *rapid.T) tuple.Value {
		seconds := int64s().Draw(t, "seconds")
		nanos := rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(0, 999_999_999)).Draw(t, "nanos")
		at := time.Unix(seconds, nanos).UTC()
		if rapid.Bool().Draw(t, "instant") {
			return tuple.Instant(at)
		}
		return tuple.Timestamp(at)
	})
}

// documents returns texts that are JSON, look like JSON, or are not JSON.
func documents() *rapid.Generator[string] {
	scalar := rapid.OneOf(
		rapid.SampledFrom([]string{"null", "true", "1", "-0.5e3", `"a"`, `"\u0000'"`, `"é"`, "[]", "{}"}),
		rapid.Map(Texts(), func(s string) string { return fmt.Sprintf("%q", s) }),
	)
	return rapid.Custom(func(t *rapid.T) string {
		value := scalar.Draw(t, "value")
		form := rapid.SampledFrom([]string{
			"%s", "[%s]", `{"a": %s}`, `{"a":[%s],"$b":1}`, `{"$json":%s}`, `{"$text": %s }`, `{ "$x":%s}`,
			"[\n  %s\n]", " [%s]", `{"a":%s`, `{"$a":%s,"$a":1}`, `{"%s":1}`,
		}).Draw(t, "form")
		return strings.Replace(form, "%s", value, 1)
	})
}
