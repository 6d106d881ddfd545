package tuple_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/rowan-db/rowan/store/tuple"
)

func TestLiteralsThatAreTypedOtherwise(t *testing.T) {
	for _, test := range []struct{ typed, want string }{
		{`("user",)`, `("user")`},
		{" ( \"a\" ,\n\t1 , ) ", `("a",1)`},
		{`()`, `()`},
		{`(NULL,True,FALSE)`, `(null,true,false)`},
		{`(+42,007,-0)`, `(42,7,0)`},
		{`(1e3,.5,5.,-1E-7,Infinity,-INF,NaN)`, `(1000.0,0.5,5.0,-1e-07,inf,-inf,nan)`},
		{`(d'1e3',d"-.5")`, `(d'1000',d'-0.5')`},
		{`(x'0AFF')`, `(x'0aff')`},
		{`(6BA7B810-9DAD-11D1-80B4-00C04FD430C8)`, `(6ba7b810-9dad-11d1-80b4-00c04fd430c8)`},
		{`("\u00e9\/\b\f\xff\x41\ud83d\udc4d")`, `("é/\u0008\u000c\xffA👍")`},
		{`(2026-1-2,2026-01-02,12026-01-02)`, `(2026-01-02,2026-01-02,+12026-01-02)`},
		{`(9:30,+1:02:03.50)`, `(09:30:00,01:02:03.5)`},
		{`(2026-01-02 12:30,"a")`, `(2026-01-02T12:30:00,"a")`},
		{`(2026-01-02 ,12:30)`, `(2026-01-02,12:30:00)`},
		{`(2026-01-02T12:30:00+02:00)`, `(2026-01-02T10:30:00Z)`},
		{`(2026-01-01 00:30:00.25-0130)`, `(2026-01-01T02:00:00.25Z)`},
		{`(2026-01-02t12:30:00+02)`, `(2026-01-02T10:30:00Z)`},
		{`(interval'P2WT90M',interval'PT-0.5S')`, `(interval'P14DT1H30M',interval'PT-0.5S')`},
		{`(interval'P+1Y-1M')`, `(interval'P11M')`},
		{`(json"{}",other( "a" , "b" ))`, `(json'{}',other("a","b"))`},
	} {
		got, err := tuple.Parse(test.typed)
		if err != nil || got.String() != test.want {
			t.Errorf("%s is read as %v, %v, not as %s", test.typed, got, err, test.want)
		}
	}
}

func TestSyntaxErrorNamesThePlace(t *testing.T) {
	for _, test := range []struct{ typed, want string }{
		{``, `at 0: a tuple begins with (`},
		{`"user"`, `at 0: a tuple begins with (`},
		{`(1`, `at 2: expected , or ) after a value`},
		{`(1,`, `at 3: expected a value`},
		{`(,)`, `at 1: expected a value`},
		{`(1 2)`, `at 3: expected , or ) after a value`},
		{`(1) 2`, `at 4: nothing may follow, but "2" does`},
		{`("user`, `at 6: a text must end with "`},
		{`("a\q")`, `at 3: an escape is one of`},
		{`("\u12")`, `at 2: an escape is one of`},
		{`("\ud800x")`, `at 2: an escape is one of`},
		{`("\x4")`, `at 2: an escape is one of`},
		{`('user')`, `at 1: a text stands in double quotes`},
		{`(json'a)`, `at 8: a text must end with '`},
		{`(1,abc)`, `at 3: "abc" is not a value; a text stands in quotes`},
		{`(y'00')`, `at 1: before quotes stands d, x, interval or json, not "y"`},
		{`(x'0')`, `at 3: "0" is not bytes in hex`},
		{`(d'1.2.3')`, `at 3: "1.2.3" is not a decimal number`},
		{`(interval'1 day')`, `at 10: "1 day" is not an interval`},
		{`(2026-02-30)`, `at 1: "2026-02-30" is not a date`},
		{`(2026-01-02 25:00)`, `at 1: "2026-01-02 25:00" is not a date or time`},
		{`(18446744073709551616)`, `at 1: "18446744073709551616" is not an integer (-9223372036854775808 to 18446744073709551615)`},
		{`(-9223372036854775809)`, `at 1: "-9223372036854775809" is not an integer`},
		{`(1e400)`, `at 1: "1e400" is not a number`},
		{`(0x10)`, `at 1: "0x10" is not a number`},
		{`(1_000)`, `at 1: "1_000" is not a number`},
		{`(other("a"))`, `at 10: expected ,: other("type","text")`},
		{`(other("a",b))`, `at 11: expected a text in quotes`},
		{`(other("a","b"`, `at 14: expected )`},
		{strings.Repeat("(", 1_000_000), `at 1: expected a value`},
	} {
		got, err := tuple.Parse(test.typed)
		if err == nil || !strings.HasPrefix(err.Error(), "tuple: "+test.want) {
			t.Errorf("%.40s: got %v, %v, want tuple: %s", test.typed, got, err, test.want)
		}
	}
}

func TestParseAsReadsWhatIsTypedInACell(t *testing.T) {
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		kind tuple.Kind
		word string
		want tuple.Value
	}{
		{tuple.KindBool, "T", tuple.Bool(true)},
		{tuple.KindBool, " 0 ", tuple.Bool(false)},
		{tuple.KindInt, " 42", tuple.Int(42)},
		{tuple.KindUint, "42", tuple.Int(42)},
		{tuple.KindInt, "18446744073709551615", tuple.Uint(math.MaxUint64)},
		{tuple.KindFloat, "1", tuple.Float(1)},
		{tuple.KindDecimal, " 1.50 ", mustDecimal(t, "1.50")},
		{tuple.KindText, ` "abc" `, tuple.Text(` "abc" `)},
		{tuple.KindText, "", tuple.Text("")},
		{tuple.KindText, "null", tuple.Text("null")},
		{tuple.KindBytes, "0aFF", tuple.BytesOf("\x0a\xff")},
		{tuple.KindBytes, "0x0aff", tuple.BytesOf("\x0a\xff")},
		{tuple.KindBytes, `\x0aff`, tuple.BytesOf("\x0a\xff")},
		{tuple.KindBytes, "x'0aff'", tuple.BytesOf("\x0a\xff")},
		{tuple.KindBytes, "", tuple.BytesOf("")},
		{tuple.KindUUID, "{6BA7B8109dad11d180b400c04fd430c8}", canonicalUUID},
		{tuple.KindDate, "2026-01-02", tuple.DateOf(noon)},
		{tuple.KindTime, "-12:00", tuple.Time(-12 * time.Hour)},
		{tuple.KindTimestamp, "2026-01-02 12:00", tuple.Timestamp(noon)},
		{tuple.KindTimestamp, "2026-01-02", tuple.Timestamp(noon.Add(-12 * time.Hour))},
		{tuple.KindTimestamp, "2026-01-02T13:00+01", tuple.Instant(noon)},
		{tuple.KindInterval, "P1D", tuple.Interval(0, 1, 0)},
		{tuple.KindJSON, ` {"a":1}`, tuple.JSON(` {"a":1}`)},
		{tuple.KindOther, " a ", tuple.Other("inet", " a ")},
		{tuple.KindNull, "null", tuple.Null},
		{tuple.KindNull, "42", tuple.Int(42)},
		{tuple.KindNull, "1.5", tuple.Float(1.5)},
		{tuple.KindNull, `"42"`, tuple.Text("42")},
		{tuple.KindNull, "d'1.5'", mustDecimal(t, "1.5")},
		{tuple.KindNull, "2026-01-02", tuple.Text("2026-01-02")},
		{tuple.KindNull, "inf", tuple.Text("inf")},
		{tuple.KindNull, "true", tuple.Text("true")},
		{tuple.KindNull, `it's`, tuple.Text(`it's`)},
		{tuple.KindNull, "", tuple.Text("")},
	} {
		got, err := tuple.ParseAs(test.kind, "inet", test.word)
		if err != nil || got != test.want {
			t.Errorf("%v %q is read as %v, %v, not as %v", test.kind, test.word, got, err, test.want)
		}
	}
}

func TestParseAsSaysWhatItWants(t *testing.T) {
	for _, test := range []struct {
		kind       tuple.Kind
		word, want string
	}{
		{tuple.KindBool, "yes", `"yes" is not a truth value (true, t, 1, false, f or 0)`},
		{tuple.KindInt, "abc", `"abc" is not an integer (-9223372036854775808 to 18446744073709551615)`},
		{tuple.KindInt, "1.0", `"1.0" is not an integer`},
		{tuple.KindFloat, "0x1p4", `"0x1p4" is not a number`},
		{tuple.KindDecimal, "1,5", `"1,5" is not a decimal number`},
		{tuple.KindDecimal, "1e200000", `the decimal number "1e200000" has more than 150000 digits`},
		{tuple.KindDecimal, "1e99999999999999999999", `the decimal number`},
		{tuple.KindBytes, "xyz", `"xyz" is not bytes in hex`},
		{tuple.KindBytes, "x'00", `"x'00" is not bytes in hex`},
		{tuple.KindUUID, "6ba7b810", `"6ba7b810" is not a UUID`},
		{tuple.KindDate, "2026-02-29", `"2026-02-29" is not a date`},
		{tuple.KindDate, "25252734927768525-01-01", `"25252734927768525-01-01" is not a date`},
		{tuple.KindDate, "2026-01-02T00:00", `"2026-01-02T00:00" is not a date`},
		{tuple.KindTime, "12:60", `"12:60" is not a time`},
		{tuple.KindTime, "2562047:47:16.854775808", `"2562047:47:16.854775808" is not a time`},
		{tuple.KindTime, "1:00:00.0000000001", `"1:00:00.0000000001" is not a time`},
		{tuple.KindTimestamp, "2026-01-02T24:00", `"2026-01-02T24:00" is not a date or time`},
		{tuple.KindTimestamp, "2026-01-02T12:00+24", `"2026-01-02T12:00+24" is not a date or time`},
		{tuple.KindTimestamp, "2026-01-02T12:00+01:", `"2026-01-02T12:00+01:" is not a date or time`},
		{tuple.KindTimestamp, "2026-01-02T12:00+-100", `"2026-01-02T12:00+-100" is not a date or time`},
		{tuple.KindTimestamp, "+292277026596-12-04T15:30:08Z", `"+292277026596-12-04T15:30:08Z" is not a date or time`},
		{tuple.KindTimestamp, "+292277026596-12-04T15:30:07-01:00", `"+292277026596-12-04T15:30:07-01:00" is not a date or time`},
		{tuple.KindInterval, "P", `"P" is not an interval`},
		{tuple.KindInterval, "P1DT", `"P1DT" is not an interval`},
		{tuple.KindInterval, "P1D1Y", `"P1D1Y" is not an interval`},
		{tuple.KindInterval, "P0.5D", `"P0.5D" is not an interval`},
		{tuple.KindInterval, "P178956971Y", `"P178956971Y" is not an interval`},
		{tuple.KindInterval, "PT2562047788H1M", `"PT2562047788H1M" is not an interval`},
		{tuple.KindJSON, `{"a":}`, `not valid JSON at byte 6: invalid character '}'`},
		{tuple.KindJSON, ``, `not valid JSON at byte 0: unexpected end`},
		{tuple.Kind(99), ``, `"" is not kind(99)`},
	} {
		got, err := tuple.ParseAs(test.kind, "", test.word)
		if err == nil || !strings.HasPrefix(err.Error(), "tuple: "+test.want) {
			t.Errorf("%v %q: got %v, %v, want tuple: %s", test.kind, test.word, got, err, test.want)
		}
	}
}

func TestPlainIsWhatAPersonReads(t *testing.T) {
	for literal, want := range map[string]string{
		`null`:                     `NULL`,
		`"a\"\n"`:                  "a\"\n",
		`x'0aff'`:                  `0x0aff`,
		`d'12.50'`:                 `12.50`,
		`42`:                       `42`,
		`1.0`:                      `1.0`,
		`2026-01-02T12:30:00Z`:     `2026-01-02T12:30:00Z`,
		`interval'P1Y'`:            `P1Y`,
		`json'{"a": 1}'`:           `{"a": 1}`,
		`other("inet","10.0.0.1")`: `10.0.0.1`,
	} {
		v, err := tuple.ParseValue(literal)
		if err != nil || v.Plain() != want {
			t.Errorf("%s shows as %q, %v, not as %q", literal, v.Plain(), err, want)
		}
	}
}
