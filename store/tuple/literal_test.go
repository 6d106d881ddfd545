package tuple_test

import (
	"math"
	"testing"
	"time"

	"github.com/rowan-db/rowan/store/tuple"
)

func mustDecimal(t testing.TB, s string) tuple.Value {
	t.Helper()
	v, err := tuple.Decimal(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var canonicalUUID = tuple.UUID([16]byte{0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0, 0xc0, 0x4f, 0xd4, 0x30, 0xc8})

// literals pairs values with the literal that String prints.
func literals(t testing.TB) []struct {
	v    tuple.Value
	want string
} {
	day := time.Date(2026, 1, 2, 12, 30, 0, 123_000_000, time.UTC)
	return []struct {
		v    tuple.Value
		want string
	}{
		{tuple.Null, `null`},
		{tuple.Bool(true), `true`},
		{tuple.Bool(false), `false`},
		{tuple.Int(42), `42`},
		{tuple.Int(0), `0`},
		{tuple.Int(math.MinInt64), `-9223372036854775808`},
		{tuple.Uint(math.MaxUint64), `18446744073709551615`},
		{tuple.Float(1), `1.0`},
		{tuple.Float(math.Copysign(0, -1)), `-0.0`},
		{tuple.Float(123456789), `123456789.0`},
		{tuple.Float(1e100), `1e+100`},
		{tuple.Float(1e-7), `1e-07`},
		{tuple.Float(5e-324), `5e-324`},
		{tuple.Float(math.NaN()), `nan`},
		{tuple.Float(math.Inf(1)), `inf`},
		{tuple.Float(math.Inf(-1)), `-inf`},
		{mustDecimal(t, "12.50"), `d'12.50'`},
		{mustDecimal(t, "1e3"), `d'1000'`},
		{mustDecimal(t, "-0.00"), `d'0.00'`},
		{mustDecimal(t, "-inf"), `d'-Infinity'`},
		{mustDecimal(t, "nan"), `d'NaN'`},
		{tuple.Text(""), `""`},
		{tuple.Text("user"), `"user"`},
		{tuple.Text("café 世界 👍"), `"café 世界 👍"`},
		{tuple.Text("a\"b\\c/d'e"), `"a\"b\\c/d'e"`},
		{tuple.Text("\x00\n\r\t\x1b[m\x7f\u0085"), `"\u0000\n\r\t\u001b[m\u007f\u0085"`},
		{tuple.Text("\xff\xc3"), `"\xff\xc3"`},
		{tuple.Text("\u202e\u00a0\U000e0001"), `"\u202e\u00a0\udb40\udc01"`},
		{tuple.Text("\ufffd"), "\"\ufffd\""},
		{tuple.Bytes([]byte{0x0a, 0xff}), `x'0aff'`},
		{tuple.Bytes(nil), `x''`},
		{canonicalUUID, `6ba7b810-9dad-11d1-80b4-00c04fd430c8`},
		{tuple.DateOf(day), `2026-01-02`},
		{tuple.DateOf(time.Date(12026, 1, 2, 0, 0, 0, 0, time.UTC)), `+12026-01-02`},
		{tuple.DateOf(time.Date(-43, 3, 15, 0, 0, 0, 0, time.UTC)), `-0043-03-15`},
		{tuple.DateOf(time.Date(0, 2, 29, 0, 0, 0, 0, time.UTC)), `0000-02-29`},
		{tuple.Date(math.MaxInt64), `+25252734927768524-07-27`},
		{tuple.Date(math.MinInt64), `-25252734927764585-06-07`},
		{tuple.Time(12*time.Hour + 30*time.Minute + 500*time.Millisecond), `12:30:00.5`},
		{tuple.Time(-(838*time.Hour + 59*time.Minute + 59*time.Second)), `-838:59:59`},
		{tuple.Time(1), `00:00:00.000000001`},
		{tuple.Time(math.MinInt64), `-2562047:47:16.854775808`},
		{tuple.Time(math.MaxInt64), `2562047:47:16.854775807`},
		{tuple.Instant(day), `2026-01-02T12:30:00.123Z`},
		{tuple.Timestamp(day), `2026-01-02T12:30:00.123`},
		{tuple.Instant(time.Unix(-1, 1)), `1969-12-31T23:59:59.000000001Z`},
		{tuple.Instant(time.Unix(math.MaxInt64, 999_999_999)), `+292277026596-12-04T15:30:07.999999999Z`},
		{tuple.Timestamp(time.Unix(math.MinInt64, 0).UTC()), `-292277022657-01-27T08:29:52`},
		{tuple.Interval(14, 3, (4*3600+5*60+6)*1e6+7e5), `interval'P1Y2M3DT4H5M6.7S'`},
		{tuple.Interval(-14, 3, -5e5), `interval'P-1Y-2M3DT-0.5S'`},
		{tuple.Interval(0, 0, 0), `interval'PT0S'`},
		{tuple.Interval(0, 0, 3600e6), `interval'PT1H'`},
		{tuple.Interval(math.MinInt32, math.MinInt32, math.MinInt64), `interval'P-178956970Y-8M-2147483648DT-2562047788H-54.775808S'`},
		{tuple.JSON(`{"a": "it's \n"}`), `json'{"a": "it''s \n"}'`},
		{tuple.JSON(""), `json''`},
		{tuple.JSON("[\n1]"), `json"[\n1]"`},
		{tuple.JSON("\xff"), `json"\xff"`},
		{tuple.Other("inet", "10.0.0.1"), `other("inet","10.0.0.1")`},
		{tuple.Other("", "a\x00b"), `other("","a\u0000b")`},
	}
}

func TestEveryKindPrintsAsItsLiteral(t *testing.T) {
	for _, test := range literals(t) {
		if got := test.v.String(); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
		got, err := tuple.ParseValue(test.want)
		if err != nil || got != test.v {
			t.Errorf("ParseValue(%s) = %v, %v", test.want, got, err)
		}
	}
}

func TestOneTupleOfEveryKindReadsBack(t *testing.T) {
	var want tuple.Tuple
	for _, test := range literals(t) {
		want = append(want, test.v)
	}
	got, err := tuple.Parse(want.String())
	if err != nil || !got.Equal(want) {
		t.Errorf("%v\n%v\n%v", want, got, err)
	}
}
