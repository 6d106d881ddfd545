package tuple_test

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/store/tuple"
)

// golden pairs literals with their encoding, in order. Files on people's disks
// hold these bytes: a change here is a new format. docs/FORMAT.md quotes it.
var golden = []struct{ literal, encoding string }{
	{`()`, ``},
	{`(null)`, `02`},
	{`(false)`, `03`},
	{`(true)`, `04`},
	{`(-9223372036854775808)`, `0c 7fffffffffffffff`},
	{`(-72057594037927936)`, `0c feffffffffffffff`},
	{`(-72057594037927935)`, `0d 00000000000000`},
	{`(-256)`, `12 feff`},
	{`(-255)`, `13 00`},
	{`(-1)`, `13 fe`},
	{`(0)`, `14`},
	{`(1)`, `15 01`},
	{`(42)`, `15 2a`},
	{`(255)`, `15 ff`},
	{`(256)`, `16 0100`},
	{`(16777216)`, `18 01000000`},
	{`(9223372036854775807)`, `1c 7fffffffffffffff`},
	{`(9223372036854775808)`, `1c 8000000000000000`},
	{`(18446744073709551615)`, `1c ffffffffffffffff`},
	{`(-inf)`, `20 000fffffffffffff`},
	{`(-1.0)`, `20 400fffffffffffff`},
	{`(-0.0)`, `20 7fffffffffffffff`},
	{`(0.0)`, `20 8000000000000000`},
	{`(1.5)`, `20 bff8000000000000`},
	{`(inf)`, `20 fff0000000000000`},
	{`(nan)`, `20 fff8000000000001`},
	{`(d'-Infinity')`, `24 01`},
	{`(d'-12.5')`, `24 02 7ffffffd f2 cc ff 80000001`},
	{`(d'0')`, `24 03 80000000`},
	{`(d'0.00')`, `24 03 80000002`},
	{`(d'0.05')`, `24 04 7fffffff 33 00 80000002`},
	{`(d'12.5')`, `24 04 80000002 0d 33 00 80000001`},
	{`(d'12.50')`, `24 04 80000002 0d 33 00 80000002`},
	{`(d'100')`, `24 04 80000003 0b 00 80000000`},
	{`(d'Infinity')`, `24 05`},
	{`(d'NaN')`, `24 06`},
	{`("")`, `28 00`},
	{`("\u0000")`, `28 00ff 00`},
	{`("user")`, `28 75736572 00`},
	{`("user",42)`, `28 75736572 00 15 2a`},
	{`("é")`, `28 c3a9 00`},
	{`(x'')`, `2c 00`},
	{`(x'0a00ff')`, `2c 0a00ffff 00`},
	{`(6ba7b810-9dad-11d1-80b4-00c04fd430c8)`, `30 6ba7b8109dad11d180b400c04fd430c8`},
	{`(1969-12-31)`, `34 7fffffffffffffff`},
	{`(2026-01-02)`, `34 8000000000004fe7`},
	{`(-00:00:00.000000001)`, `38 7fffffffffffffff`},
	{`(12:30:00.5)`, `38 800028ed7ed13500`},
	{`(2026-01-02T12:30:00)`, `3c 800000006957ba48 80000000`},
	{`(2026-01-02T12:30:00.000000001Z)`, `3d 800000006957ba48 80000001`},
	{`(interval'P1Y2M3DT4S')`, `40 8000000e 80000003 80000000003d0900`},
	{`(json'{"a": 1}')`, `44 7b2261223a20317d 00`},
	{`(other("inet","10.0.0.1"))`, `48 696e6574 00 28 31302e302e302e31 00`},
}

func TestFormatHasNotDrifted(t *testing.T) {
	var all [][]byte
	for _, g := range golden {
		k, err := tuple.Parse(g.literal)
		if err != nil {
			t.Fatal(err)
		}
		if got := k.String(); got != g.literal {
			t.Errorf("%s prints as %s", g.literal, got)
		}
		b := k.Append(nil)
		all = append(all, b)
		if got := hex.EncodeToString(b); got != strings.ReplaceAll(g.encoding, " ", "") {
			t.Errorf("%s is encoded as %s, not %s", g.literal, got, g.encoding)
		}
		back, err := tuple.Decode(b)
		if err != nil || !slices.Equal(back, k) {
			t.Errorf("%s: % x decodes to %v, %v", g.literal, b, back, err)
		}
	}
	if !slices.IsSortedFunc(all, slices.Compare[[]byte]) {
		t.Error("the encodings are not in order")
	}
}
