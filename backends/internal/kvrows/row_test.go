package kvrows

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/store/tuple/tupletest"
)

func TestRowRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(tupletest.Values(), 0, 8).Draw(t, "values")
		b := appendRow(nil, want)
		got, cuts, err := readRow(b, len(b), rowQuery{})
		if err != nil || len(cuts) > 0 || !slices.Equal(got, want) {
			t.Fatalf("got %v, %v, %v\nwant %v", got, cuts, err, want)
		}
	})
}

// TestCutRow reads rows through every short glance: the result is that of
// reading all, or errPartial.
func TestCutRow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(tupletest.Values(), 1, 5).Draw(t, "values")
		limit := rapid.IntRange(1, 12).Draw(t, "limit")
		b := appendRow(nil, values)
		want, wantCuts, err := readRow(b, len(b), rowQuery{maxValue: limit})
		if err != nil {
			t.Fatal(err)
		}
		for n := 1; n < len(b); n++ {
			got, cuts, err := readRow(b[:n], len(b), rowQuery{maxValue: limit})
			if errors.Is(err, errPartial) {
				continue
			}
			if err != nil || !slices.Equal(got, want) || !slices.Equal(cuts, wantCuts) {
				t.Fatalf("from %d of %d bytes: got %v, %v, %v\nwant %v, %v", n, len(b), got, cuts, err, want, wantCuts)
			}
		}
	})
}

func TestCut(t *testing.T) {
	long := strings.Repeat("x", 100)
	b := appendRow(nil, []tuple.Value{tuple.Int(1), tuple.Text(long), tuple.BytesOf("ab")})
	got, cuts, err := readRow(b, len(b), rowQuery{maxValue: 10})
	if err != nil {
		t.Fatal(err)
	}
	want := []tuple.Value{tuple.Int(1), tuple.Text(long[:10]), tuple.BytesOf("ab")}
	if !slices.Equal(got, want) || !slices.Equal(cuts, []driver.Cut{{Column: 1, Size: 100}}) {
		t.Errorf("got %v, %v", got, cuts)
	}
}

// TestCutCharacter checks that a cut does not leave half of a character, and
// that bytes, which have none, are cut where they are.
func TestCutCharacter(t *testing.T) {
	text := "ab日本"
	for limit, want := range map[int]string{1: "a", 2: "ab", 3: "ab", 4: "ab", 5: "ab日", 6: "ab日", 7: "ab日"} {
		b := appendRow(nil, []tuple.Value{tuple.Text(text), tuple.BytesOf(text)})
		got, _, err := readRow(b, len(b), rowQuery{maxValue: limit})
		if err != nil || got[0].AsText() != want || got[1].AsText() != text[:limit] {
			t.Errorf("cut at %d: got %q, %q, %v", limit, got[0].AsText(), got[1].AsText(), err)
		}
	}
}

func FuzzReadRow(f *testing.F) {
	f.Add(appendRow(nil, []tuple.Value{tuple.Null, tuple.Int(-1), tuple.Text("a\x00"), tuple.JSON("{}")}), 3)
	f.Add([]byte{rowFormat, 0xff, 0xff, 0xff, 0xff, 0x0f}, 0)
	f.Fuzz(func(t *testing.T, b []byte, maxValue int) {
		values, cuts, err := readRow(b, len(b), rowQuery{maxValue: maxValue})
		if err != nil || len(cuts) > 0 {
			return
		}
		// There is one encoding of a row, save for numbers that are longer
		// than they need to be.
		again := appendRow(nil, values)
		if len(again) > len(b) || len(again) == len(b) && !bytes.Equal(again, b) {
			t.Errorf("%x reads as %v, which is written as %x", b, values, again)
		}
	})
}

func TestRawBounds(t *testing.T) {
	key := func(s string) tuple.Tuple { return tuple.Of(tuple.BytesOf(s)) }
	for _, c := range []struct {
		name         string
		r            tuple.Range
		lower, upper []byte
	}{
		{"all", tuple.Range{}, nil, nil},
		{"one key", tuple.Prefix(key("a")), []byte("a"), []byte("a\x00")},
		{"exclusive", tuple.Range{Lower: tuple.Bound{Key: key("a"), Exclusive: true}, Upper: tuple.Bound{Key: key("b"), Exclusive: true}}, []byte("a\x00"), []byte("b")},
		{"beginning", tuple.PrefixPart(key("a\xff")), []byte("a\xff"), []byte("b")},
		{"beginning without end", tuple.PrefixPart(key("\xff\xff")), []byte("\xff\xff"), nil},
		{"after all of a beginning without end", tuple.Range{Lower: tuple.Bound{Key: key("\xff"), Part: true, Exclusive: true}}, []byte{}, []byte{}},
	} {
		lower, upper := rawCodec{}.bounds(c.r)
		if !bytes.Equal(lower, c.lower) || !bytes.Equal(upper, c.upper) || (upper == nil) != (c.upper == nil) {
			t.Errorf("%s: got %q to %q", c.name, lower, upper)
		}
	}
}
