package tuple_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/store/tuple"
)

func FuzzDecode(f *testing.F) {
	for _, g := range golden {
		b, err := hex.DecodeString(strings.ReplaceAll(g.encoding, " ", ""))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte{0x24, 0x04, 0x80, 0x02, 0x49, 0xF0, 0x0B, 0x00, 0x80, 0x00, 0x00, 0x00}) // d'1e149999'
	f.Fuzz(func(t *testing.T, b []byte) {
		k, err := tuple.Decode(b)
		if err != nil {
			return
		}
		if again := k.Append(nil); !bytes.Equal(again, b) {
			t.Fatalf("% x decodes to %v, which is encoded as % x", b, k, again)
		}
		back, err := tuple.Parse(k.String())
		if err != nil || !slices.Equal(back, k) {
			t.Fatalf("% x decodes to %v, which reads back as %v, %v", b, k, back, err)
		}
	})
}

func FuzzOrder(f *testing.F) {
	for i := range golden[1:] {
		f.Add(golden[i].literal, golden[i+1].literal)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		ta, err := tuple.Parse(a)
		if err != nil {
			t.Skip()
		}
		tb, err := tuple.Parse(b)
		if err != nil {
			t.Skip()
		}
		checkOrder(t, ta, tb)
		for _, r := range []tuple.Range{
			tuple.Prefix(tb), tuple.PrefixPart(tb), tuple.Range{}.After(tb), tuple.Range{}.Before(tb),
		} {
			checkContains(t, r, ta)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, g := range golden {
		f.Add(g.literal)
	}
	for _, s := range []string{`("user",)`, ` ( "a" , 'b' ) `, `(2026-01-02 12:30, 1)`, `(,)`, `((`, `("\ud800")`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		k, err := tuple.Parse(s)
		if err != nil {
			checkSyntaxError(t, s, err)
			return
		}
		back, err := tuple.Parse(k.String())
		if err != nil || !slices.Equal(back, k) {
			t.Fatalf("%q is read as %v, which reads back as %v, %v", s, k, back, err)
		}
	})
}

func checkSyntaxError(t *testing.T, s string, err error) {
	bad, ok := err.(*tuple.SyntaxError)
	if !ok || bad.Offset < 0 || bad.Offset > len(s) || bad.Reason == "" {
		t.Fatalf("%q: error %#v does not name a place in it", s, err)
	}
}

func FuzzParseValue(f *testing.F) {
	for _, l := range literals(f) {
		f.Add(l.want)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := tuple.ParseValue(s)
		if err != nil {
			checkSyntaxError(t, s, err)
			return
		}
		if back, err := tuple.ParseValue(v.String()); err != nil || back != v {
			t.Fatalf("%q is read as %v, which reads back as %v, %v", s, v, back, err)
		}
		var fromJSON tuple.Value
		if err := json.Unmarshal(v.AppendJSON(nil), &fromJSON); err != nil || fromJSON != v {
			t.Fatalf("%q is read as %v, which is %v after JSON: %v", s, v, fromJSON, err)
		}
	})
}

// FuzzParseAs checks that no word breaks a kind's reader, and that what it
// makes of the word is edited as a word that means the same.
func FuzzParseAs(f *testing.F) {
	for _, l := range literals(f) {
		f.Add(uint8(l.v.Kind()), l.v.Edit())
	}
	f.Fuzz(func(t *testing.T, kind uint8, word string) {
		v, err := tuple.ParseAs(tuple.Kind(kind), "type", word)
		if err != nil || v.IsNull() || v.Kind() == tuple.KindJSON && !json.Valid([]byte(v.AsText())) {
			return
		}
		again, err := tuple.ParseAs(v.Kind(), v.TypeName(), v.Edit())
		if err != nil || again != v {
			t.Fatalf("%q is read as %v, edited as %q, and read as %v, %v", word, v, v.Edit(), again, err)
		}
	})
}

func FuzzDecimal(f *testing.F) {
	for _, s := range []string{
		"0", "-0.00", "12.50", "+.5", "5.", "1e149999", "1E-150000", "0e-5", "1e999999999999999999999",
		"-Infinity", "NaN", "infinit", "1e", "1e+-5", "0x1", "1_000", "00012.340",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := tuple.Decimal(s)
		if err != nil {
			return
		}
		again, err := tuple.Decimal(v.AsText())
		if err != nil || again != v {
			t.Fatalf("%q became %v, and that %v, %v", s, v, again, err)
		}
		decoded, err := tuple.Decode(tuple.Of(v).Append(nil))
		if err != nil || !slices.Equal(decoded, tuple.Of(v)) {
			t.Fatalf("%q became %v, and decodes to %v, %v", s, v, decoded, err)
		}
	})
}

func FuzzUnmarshalJSON(f *testing.F) {
	for _, l := range literals(f) {
		f.Add(l.v.AppendJSON(nil))
	}
	f.Add([]byte(`{"$text":{"$text":""}}`))
	f.Add([]byte(`{"$other":{"type":"a","text":1}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var v, again tuple.Value
		if err := v.UnmarshalJSON(data); err != nil {
			return
		}
		if err := again.UnmarshalJSON(v.AppendJSON(nil)); err != nil || again != v {
			t.Fatalf("%q is read as %v, and then %v, %v", data, v, again, err)
		}
	})
}
