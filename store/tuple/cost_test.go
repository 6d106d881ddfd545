package tuple_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/store/tuple"
)

func TestScanningKeysAllocatesOnlyWhatTheyHold(t *testing.T) {
	k := tuple.Of(tuple.Text("customer-4711"), tuple.Int(42), tuple.Float(1.5))
	encoded := k.Append(nil)
	buf := make([]byte, 0, len(encoded))
	row := make(tuple.Tuple, 0, len(k))
	for name, test := range map[string]struct {
		want float64
		do   func()
	}{
		"Append":       {0, func() { buf = k.Append(buf[:0]) }},
		"Compare":      {0, func() { k.Compare(row) }},
		"Decode":       {2, func() { row, _ = tuple.Decode(encoded) }},
		"AppendDecode": {1, func() { row, _ = tuple.AppendDecode(row[:0], encoded) }},
	} {
		if got := testing.AllocsPerRun(100, test.do); got > test.want {
			t.Errorf("%s allocates %v times, want %v", name, got, test.want)
		}
	}
}

// TestHostileDecimalsStaySmall reads many short decimals with very many zeros.
func TestHostileDecimalsStaySmall(t *testing.T) {
	for _, s := range []string{"1e149999", "-1e-150000", "0e-150000", "1e75000"} {
		one := tuple.Of(mustDecimal(t, s))
		encoded := bytes.Repeat(one.Append(nil), 10_000)
		decoded, err := tuple.Decode(encoded)
		if err != nil {
			t.Fatal(err)
		}
		literal := "(" + strings.Repeat("d'"+s+"',", 10_000) + ")"
		parsed, err := tuple.Parse(literal)
		if err != nil {
			t.Fatal(err)
		}
		if !parsed.Equal(decoded) || len(parsed) != 10_000 {
			t.Errorf("%s: decoded %d, parsed %d, or they differ", s, len(decoded), len(parsed))
		}
		size := 0
		for _, v := range decoded {
			size += v.Size()
		}
		if size > 2*len(encoded) {
			t.Errorf("%s: %d bytes hold %d", s, len(encoded), size)
		}
	}
}

func TestDecodeRefusesWhatAppendDoesNotWrite(t *testing.T) {
	for name, b := range map[string]string{
		"an unknown code":                "\x05",
		"infinity":                       "\xff",
		"a text without an end":          "\x28ab",
		"an integer cut short":           "\x16\x01",
		"an integer too long":            "\x16\x00\x01",
		"a negative integer too long":    "\x12\xff\x00",
		"an integer below all":           "\x0c\x7f\xff\xff\xff\xff\xff\xff\xfe",
		"another NaN":                    "\x20\xff\xf8\x00\x00\x00\x00\x00\x02",
		"a UUID cut short":               "\x30abc",
		"nanoseconds of a second":        "\x3c\x80\x00\x00\x00\x00\x00\x00\x00\xbb\x9a\xca\x00",
		"a decimal of no class":          "\x24\x07",
		"a decimal without digits":       "\x24\x04\x80\x00\x00\x01\x00\x80\x00\x00\x00",
		"a decimal that begins with 0":   "\x24\x04\x80\x00\x00\x02\x06\x00\x80\x00\x00\x00",
		"a decimal that ends with 00":    "\x24\x04\x80\x00\x00\x04\x0d\x01\x00\x80\x00\x00\x00",
		"a pair of digits above 99":      "\x24\x04\x80\x00\x00\x02\x65\x00\x80\x00\x00\x00",
		"a scale that cuts digits":       "\x24\x04\x80\x00\x00\x01\x0d\x00\x80\x00\x00\x00",
		"a negative scale":               "\x24\x03\x7f\xff\xff\xff",
		"a scale above all":              "\x24\x03\xff\xff\xff\xff",
		"an exponent above all":          "\x24\x04\xff\xff\xff\xff\x0d\x00\x80\x00\x00\x00",
		"an exponent below all":          "\x24\x04\x00\x00\x00\x00\x0d\x00\x80\x00\x00\x00",
		"a type's name with a NUL":       "\x48a\x00\xff\x00\x28b\x00",
		"a type's name without its text": "\x48a\x00",
		"a type's text without its code": "\x48a\x00b\x00",
	} {
		if got, err := tuple.Decode([]byte("\x02" + b)); err == nil {
			t.Errorf("%s: % x decodes to %v", name, b, got)
		} else if !strings.Contains(err.Error(), "element 1, at byte 1 of") {
			t.Errorf("%s: %v does not name the place", name, err)
		}
	}
}
