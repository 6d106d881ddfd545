package tuple_test

import (
	"cmp"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rowan-db/rowan/store/tuple"
)

func TestAccessorsGiveBackWhatConstructorsTook(t *testing.T) {
	at := time.Date(2026, 1, 2, 12, 30, 0, 5, time.FixedZone("", 3600))
	months, days, micros := tuple.Interval(-14, 3, math.MinInt64).AsInterval()
	for name, ok := range map[string]bool{
		"bool":          tuple.Bool(true).AsBool(),
		"int":           tuple.Int(-7).AsInt() == -7,
		"uint":          tuple.Uint(math.MaxUint64).AsUint() == math.MaxUint64,
		"small uint":    tuple.Uint(7) == tuple.Int(7) && tuple.Int(7).AsUint() == 7,
		"negative int":  tuple.Int(-7).AsUint() == 0,
		"uint as int":   tuple.Uint(math.MaxUint64).AsInt() == 0,
		"float":         tuple.Float(1.5).AsFloat() == 1.5,
		"one NaN":       tuple.Float(math.Float64frombits(0xFFF8000000000099)) == tuple.Float(math.NaN()),
		"decimal":       mustDecimal(t, "12.50").AsText() == "12.50",
		"text":          tuple.Text("a").AsText() == "a",
		"bytes":         tuple.Bytes([]byte("a")).AsText() == "a",
		"uuid":          tuple.UUID(canonicalUUID.AsUUID()) == canonicalUUID,
		"date":          tuple.DateOf(at).AsTime().Equal(time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)),
		"days":          tuple.Date(-1).AsDays() == -1,
		"time":          tuple.Time(-time.Hour).AsDuration() == -time.Hour,
		"instant":       tuple.Instant(at).AsTime().Equal(at) && tuple.Instant(at).IsInstant(),
		"timestamp":     tuple.Timestamp(at).AsTime().Equal(at.Add(time.Hour)) && !tuple.Timestamp(at).IsInstant(),
		"interval":      months == -14 && days == 3 && micros == math.MinInt64,
		"other":         tuple.Other("a\x00b", "c\x00d").TypeName() == "ab" && tuple.Other("a", "c\x00d").AsText() == "c\x00d",
		"null":          tuple.Null.IsNull() && !tuple.Text("").IsNull() && tuple.Null == tuple.Value{},
		"size of text":  tuple.Text("abc").Size() == 3,
		"size of fixed": canonicalUUID.Size() == 0 && tuple.Interval(1, 1, 1).Size() == 0,
		"another kind": tuple.Text("1").AsInt() == 0 && tuple.Int(1).AsText() == "" && !tuple.Int(1).AsBool() &&
			tuple.Int(1).AsFloat() == 0 && tuple.Int(1).AsDuration() == 0 && tuple.Int(1).AsDays() == 0 &&
			tuple.Int(1).AsTime().IsZero() && tuple.Int(1).TypeName() == "",
	} {
		if !ok {
			t.Error(name)
		}
	}
}

func TestKindsHaveNames(t *testing.T) {
	if got := tuple.KindOther.String(); got != "other" {
		t.Errorf("the last kind is named %q", got)
	}
	if got := tuple.Kind(200).String(); got != "kind(200)" {
		t.Errorf("an unknown kind is named %q", got)
	}
}

// TestTimestampIsInISOForm compares with the time package, in the years that
// it writes in four digits.
func TestTimestampIsInISOForm(t *testing.T) {
	first, last := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(
			rapid.Int64Range(first.Unix(), last.Unix()).Draw(t, "seconds"),
			rapid.Int64Range(0, 999_999_999).Draw(t, "nanos"),
		).UTC()
		if got, want := tuple.Instant(at).String(), at.Format(time.RFC3339Nano); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
		if got, want := tuple.DateOf(at).String(), at.Format(time.DateOnly); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	})
}

// TestDecimalsAreOrderedAsNumbers compares with exact fractions.
func TestDecimalsAreOrderedAsNumbers(t *testing.T) {
	finite := rapid.StringMatching(`-?[0-9]{1,5}(0{1,40})?(\.(0{1,40})?[0-9]{1,5}(0{1,9})?)?`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := finite.Draw(t, "a"), finite.Draw(t, "b")
		if rapid.Bool().Draw(t, "alike") {
			b = a[:rapid.IntRange(1, len(a)).Draw(t, "cut")] + "1"
		}
		va, errA := tuple.Decimal(a)
		vb, errB := tuple.Decimal(b)
		ra, okA := new(big.Rat).SetString(a)
		rb, okB := new(big.Rat).SetString(b)
		if errA != nil || errB != nil || !okA || !okB {
			t.Fatal(a, errA, okA, b, errB, okB)
		}
		want := cmp.Or(ra.Cmp(rb), cmp.Compare(scale(a), scale(b)))
		if got := tuple.Compare(va, vb); got != want {
			t.Fatalf("%s and %s compare as %d, not %d", a, b, got, want)
		}
		if back, ok := new(big.Rat).SetString(va.AsText()); !ok || back.Cmp(ra) != 0 || scale(va.AsText()) != scale(a) {
			t.Fatalf("%s became %s", a, va.AsText())
		}
	})
}

func scale(decimal string) int {
	_, fraction, _ := strings.Cut(decimal, ".")
	return len(fraction)
}

func TestFloatsAreOrderedAsNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Float64().Draw(t, "a"), rapid.Float64().Draw(t, "b")
		if got, want := tuple.Compare(tuple.Float(a), tuple.Float(b)), cmp.Compare(a, b); a != b && got != want {
			t.Fatalf("%v and %v compare as %d, not %d", a, b, got, want)
		}
	})
	negative, zero := tuple.Float(math.Copysign(0, -1)), tuple.Float(0)
	if tuple.Compare(negative, zero) != -1 || tuple.Compare(tuple.Float(math.Inf(1)), tuple.Float(math.NaN())) != -1 {
		t.Error("want -0 before 0, and infinity before NaN")
	}
}

func TestOpenBoundsExcludeNothing(t *testing.T) {
	r := tuple.Range{Lower: tuple.Bound{Exclusive: true, Part: true}, Upper: tuple.Bound{Exclusive: true, Part: true}}
	if !r.All() || !r.Contains(tuple.Tuple{}) || !tuple.Prefix(nil).All() || !tuple.PrefixPart(nil).All() {
		t.Error("a range without keys excludes something")
	}
	if lower, upper := r.Encoded(); lower != nil || upper != nil {
		t.Errorf("an open range is encoded as % x to % x", lower, upper)
	}
}
