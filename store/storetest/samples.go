package storetest

import (
	"math"
	"strings"
	"time"

	"github.com/rowan-db/rowan/store/tuple"
)

// samples returns different values of a kind, the awkward ones among them, in no
// particular order.
func samples(k tuple.Kind) []tuple.Value {
	switch k {
	case tuple.KindBool:
		return []tuple.Value{tuple.Bool(false), tuple.Bool(true)}
	case tuple.KindInt:
		return ints(math.MinInt64, math.MinInt64+1, -1<<32, -65537, -65536, -257, -256, -255, -2, -1,
			0, 1, 127, 128, 255, 256, 0x7f000001, 0xff00_0000, 1<<32, 1<<53+1, math.MaxInt64)
	case tuple.KindUint:
		return []tuple.Value{tuple.Uint(1 << 63), tuple.Uint(1<<63 + 1), tuple.Uint(math.MaxUint64)}
	case tuple.KindFloat:
		return floats(math.Inf(-1), -math.MaxFloat64, -1.5, -math.SmallestNonzeroFloat64, 0,
			math.SmallestNonzeroFloat64, 0.1, 1, 1.5, 1<<53, math.MaxFloat64, math.Inf(1), math.NaN())
	case tuple.KindDecimal:
		return decimals("-12345678901234567890.5", "-0.001", "0", "0.00", "0.001", "1", "1.5", "1.50", "99999999999999999999")
	case tuple.KindText:
		return textSamples()
	case tuple.KindBytes:
		return bytesSamples()
	case tuple.KindUUID:
		return uuids()
	}
	return timeSamples(k)
}

func timeSamples(k tuple.Kind) []tuple.Value {
	day := time.Date(2026, 2, 28, 23, 59, 59, 999_999_000, time.UTC)
	switch k {
	case tuple.KindDate:
		return []tuple.Value{tuple.Date(-719162), tuple.Date(-1), tuple.Date(0), tuple.DateOf(day)}
	case tuple.KindTime:
		return []tuple.Value{tuple.Time(0), tuple.Time(time.Microsecond), tuple.Time(24*time.Hour - time.Microsecond)}
	case tuple.KindTimestamp:
		return []tuple.Value{tuple.Timestamp(time.Unix(-1, 0).UTC()), tuple.Timestamp(day), tuple.Instant(day)}
	case tuple.KindInterval:
		return []tuple.Value{tuple.Interval(-1, 0, 0), tuple.Interval(0, 0, 1), tuple.Interval(1, -2, 3)}
	case tuple.KindJSON:
		return []tuple.Value{tuple.JSON(`"text"`), tuple.JSON(`[1, 2]`), tuple.JSON(`null`), tuple.JSON(`{"b": 1,  "a": "é"}`)}
	case tuple.KindOther:
		return []tuple.Value{tuple.Other("inet", "10.0.0.1"), tuple.Other("point", ""), tuple.Other("point", "(1,2)")}
	}
	return nil
}

func textSamples() []tuple.Value {
	return texts("", "\x00", "\x00\x00", "\x00a", "\x01", "\x01a", " ", "'\"`\\%_", "NULL", "\\N",
		"a", "a\x00b", "a\x01", "ab", "a%00b", "null", "\x1b[31mred", "line\nbreak", strings.Repeat("x", 600), "é", "e\u0301", "日本", "🌲", "\U0010FFFF")
}

func bytesSamples() []tuple.Value {
	var every [256]byte
	for i := range every {
		every[i] = byte(i)
	}
	return []tuple.Value{
		tuple.BytesOf(""), tuple.BytesOf("\x00"), tuple.Bytes(every[:]), tuple.BytesOf("\x00\xff"), tuple.BytesOf("a"),
		tuple.BytesOf("\xff"), tuple.BytesOf("\xff\x00"), tuple.BytesOf("\xff\xff"),
	}
}

func uuids() []tuple.Value {
	var low, mid, high [16]byte
	mid[15] = 1
	for i := range high {
		high[i] = 0xff
	}
	return []tuple.Value{tuple.UUID(low), tuple.UUID(mid), tuple.UUID(high)}
}

func ints(ns ...int64) []tuple.Value { return number(ns...) }

func texts(words ...string) []tuple.Value { return text(words...) }

func floats(fs ...float64) []tuple.Value {
	var vs []tuple.Value
	for _, f := range fs {
		vs = append(vs, tuple.Float(f))
	}
	return vs
}

func decimals(words ...string) []tuple.Value {
	var vs []tuple.Value
	for _, w := range words {
		v, err := tuple.Decimal(w)
		if err != nil {
			panic(err) // a mistake in this file
		}
		vs = append(vs, v)
	}
	return vs
}
