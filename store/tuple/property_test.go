package tuple_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/store/tuple/tupletest"
)

// pairs draws two tuples that are often alike.
func pairs(t *rapid.T) (a, b tuple.Tuple) {
	a = tupletest.Tuples().Draw(t, "a")
	b = rapid.OneOf(tupletest.Tuples(), tupletest.Neighbours(a)).Draw(t, "b")
	return a, b
}

func TestBytesAreInTheOrderOfTuples(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := pairs(t)
		checkOrder(t, a, b)
	})
}

type fataler interface {
	Fatalf(format string, args ...any)
}

func checkOrder(t fataler, a, b tuple.Tuple) {
	ea, eb := a.Append(nil), b.Append(nil)
	if got, want := bytes.Compare(ea, eb), a.Compare(b); got != want {
		t.Fatalf("%v and %v compare as %d, their bytes % x and % x as %d", a, b, want, ea, eb, got)
	}
}

func TestOrderIsTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := pairs(t)
		c := rapid.OneOf(tupletest.Neighbours(a), tupletest.Neighbours(b)).Draw(t, "c")
		if a.Compare(b) != -b.Compare(a) {
			t.Fatalf("%v and %v: %d one way, %d the other", a, b, a.Compare(b), b.Compare(a))
		}
		if same := slices.Equal(a, b); same != a.Equal(b) {
			t.Fatalf("%v and %v: identical is %v, equal %v", a, b, same, a.Equal(b))
		}
		three := []tuple.Tuple{a, b, c}
		slices.SortFunc(three, tuple.Tuple.Compare)
		if three[0].Compare(three[1]) > 0 || three[1].Compare(three[2]) > 0 || three[0].Compare(three[2]) > 0 {
			t.Fatalf("not transitive: %v", three)
		}
	})
}

func TestPrefixSortsFirstAndInfinityLast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prefix := tupletest.Tuples().Draw(t, "prefix")
		longer := append(prefix[:len(prefix):len(prefix)], tupletest.Values().Draw(t, "next"))
		low, high := prefix.Append(nil), longer.Append(nil)
		if bytes.Compare(low, high) >= 0 || !bytes.HasPrefix(high, low) {
			t.Fatalf("%v does not sort before %v", prefix, longer)
		}
		if bytes.Compare(high, append(low, 0xFF)) >= 0 {
			t.Fatalf("%v does not sort before the infinity of %v", longer, prefix)
		}
		after := rapid.OneOf(tupletest.Tuples(), tupletest.Neighbours(prefix)).Draw(t, "after")
		beyond := prefix.Compare(after) < 0 && !bytes.HasPrefix(after.Append(nil), low)
		if beyond && bytes.Compare(append(prefix.Append(nil), 0xFF), after.Append(nil)) >= 0 {
			t.Fatalf("the infinity of %v does not sort before %v", prefix, after)
		}
	})
}

func TestDecodeGivesBackTheTuple(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := tupletest.Tuples().Draw(t, "t")
		got, err := tuple.Decode(want.Append(nil))
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("%v became %v, %v", want, got, err)
		}
		head := tuple.Of(tuple.Text("head"))
		got, err = tuple.AppendDecode(head, want.Append(nil))
		if err != nil || !slices.Equal(got, append(head, want...)) {
			t.Fatalf("%v was appended as %v, %v", want, got, err)
		}
	})
}

func TestLiteralReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := tupletest.Tuples().Draw(t, "t")
		got, err := tuple.Parse(want.String())
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("%v became %v, %v", want, got, err)
		}
	})
}

func TestEditedWordReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := tupletest.Values().Draw(t, "v")
		if want.IsNull() || want.Kind() == tuple.KindJSON && !json.Valid([]byte(want.AsText())) {
			t.Skip()
		}
		got, err := tuple.ParseAs(want.Kind(), want.TypeName(), want.Edit())
		if err != nil || got != want {
			t.Fatalf("%v, edited as %q, became %v, %v", want, want.Edit(), got, err)
		}
	})
}

func TestJSONReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := tupletest.Tuples().Draw(t, "t")
		text := want.AppendJSON(nil)
		if bytes.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7F || 0x80 <= r && r < 0xA0 }) {
			t.Fatalf("%v became %q, with a control character", want, text)
		}
		var got tuple.Tuple
		if err := json.Unmarshal(text, &got); err != nil || !slices.Equal(got, want) {
			t.Fatalf("%v, written as %s, became %v, %v", want, text, got, err)
		}
	})
}

func TestRangeContainsWhatLiesBetweenItsBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := tupletest.Ranges().Draw(t, "r")
		k := rapid.OneOf(
			tupletest.Tuples(), tupletest.Neighbours(r.Lower.Key), tupletest.Neighbours(r.Upper.Key),
		).Draw(t, "k")
		checkContains(t, r, k)
	})
}

func checkContains(t fataler, r tuple.Range, k tuple.Tuple) {
	lower, upper := r.Encoded()
	b := k.Append(nil)
	between := bytes.Compare(lower, b) <= 0 && (upper == nil || bytes.Compare(b, upper) < 0)
	if r.Contains(k) != between {
		t.Fatalf("%+v contains %v: %v; its bytes % x to % x contain % x: %v", r, k, !between, lower, upper, b, between)
	}
}

func TestAfterAndBeforeDivideARange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := tupletest.Tuples().Filter(func(k tuple.Tuple) bool { return len(k) > 0 }).Draw(t, "k")
		r := tuple.Range{}
		if rapid.Bool().Draw(t, "prefix") {
			r = tuple.PrefixPart(k[:rapid.IntRange(0, len(k)).Draw(t, "n")])
		}
		other := tupletest.Neighbours(k).Draw(t, "other")
		if !r.Contains(k) {
			t.Fatalf("%+v does not contain %v", r, k)
		}
		checkContains(t, r.After(k), other)
		checkContains(t, r.Before(k), other)
		if !r.Contains(other) || len(other) > len(k) {
			return // keys of one table are of one length
		}
		c := other.Compare(k)
		if len(other) == len(k) && r.After(k).Contains(other) != (c > 0) {
			t.Fatalf("%+v after %v contains %v: %v", r, k, other, c <= 0)
		}
		if len(other) == len(k) && r.Before(k).Contains(other) != (c < 0) {
			t.Fatalf("%+v before %v contains %v: %v", r, k, other, c >= 0)
		}
	})
}
