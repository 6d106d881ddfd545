package storetest

import (
	"fmt"
	"slices"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

var rangeCases = []testCase{
	{
		name:  "every kind of range, in both directions",
		rule:  "Scan returns exactly the rows whose keys Range.Contains, for bounds that are open, inclusive and exclusive, whole, partial and with a part of an element, also if the range is empty or the wrong way round.",
		needs: []Capability{TupleOrder},
		run:   (*suite).testEveryRange,
	},
	{
		name:  "prefixes of texts and bytes",
		rule:  "Prefix takes whole elements: (\"a\") excludes (\"ab\",1). PrefixPart takes the beginning of the last one; 0xFF bytes are no exception.",
		needs: []Capability{TupleOrder},
		run:   (*suite).testPrefixes,
	},
	{
		name: "ranges of integers",
		rule: "Bounds need not be keys that exist; an inclusive upper bound includes its key.",
		run:  (*suite).testIntRanges,
	},
	{
		name: "ranges of a grid",
		rule: "A bound of fewer elements than the key speaks of all keys that begin with it.",
		run:  (*suite).testGridRanges,
	},
}

// bounds returns an open bound, and every kind of bound at each prefix of some
// keys.
func bounds(keys []tuple.Tuple) []tuple.Bound {
	all := []tuple.Bound{{}}
	seen := map[string]bool{}
	for _, k := range keys {
		for n := 1; n <= len(k); n++ {
			prefix := k[:n]
			code := string(prefix.Append(nil))
			if seen[code] {
				continue
			}
			seen[code] = true
			all = append(all, tuple.Bound{Key: prefix}, tuple.Bound{Key: prefix, Exclusive: true})
			if part := tuple.PrefixPart(prefix).Lower; part.Part {
				all = append(all, part, tuple.Bound{Key: prefix, Part: true, Exclusive: true})
			}
		}
	}
	return all
}

func (s *suite) testEveryRange() {
	sc := s.create(schema("t", key(tuple.KindText, tuple.KindInt), columns(tuple.KindText)))
	var places, keys []tuple.Tuple
	for i, word := range s.storable(tuple.KindText) {
		if !slices.Contains([]string{"", "\x00", "\x00\x00", "a", "a\x00b", "ab"}, word.AsText()) {
			continue
		}
		places = append(places, tuple.Of(word, tuple.Int(-1)), tuple.Of(word, tuple.Int(0)))
		if i%3 != 0 { // so that some bounds are between keys
			for _, n := range ints(-1, 0, 256) {
				keys = append(keys, tuple.Of(word, n))
			}
		}
	}
	s.fill(sc, keys...)
	keys = s.keysIn(sc, tuple.Range{}, false)
	for _, lower := range bounds(places) {
		for _, upper := range bounds(places) {
			s.wantRange(sc, keys, tuple.Range{Lower: lower, Upper: upper})
			if s.Failed() {
				return
			}
		}
	}
}

// wantRange compares a scan of a range with a filtered list of all keys.
func (s *suite) wantRange(sc *driver.Schema, keys []tuple.Tuple, r tuple.Range) {
	s.Helper()
	want := slices.DeleteFunc(slices.Clone(keys), func(k tuple.Tuple) bool { return !r.Contains(k) })
	s.wantKeys(fmt.Sprintf("range %+v", r), s.keysIn(sc, r, false), want)
	slices.Reverse(want)
	s.wantKeys(fmt.Sprintf("reverse range %+v", r), s.keysIn(sc, r, true), want)
}

func (s *suite) testPrefixes() {
	for _, kind := range []tuple.Kind{tuple.KindText, tuple.KindBytes} {
		if !slices.Contains(s.h.KeyKinds, kind) {
			continue
		}
		values := s.storable(kind)
		for _, kinds := range [][]tuple.Kind{{kind}, {kind, tuple.KindInt}, {tuple.KindInt, kind}} {
			sc := s.create(schema(fmt.Sprint("t", kinds), key(kinds...), columns(tuple.KindText)))
			var keys []tuple.Tuple
			for _, v := range values {
				keys = append(keys, keyOf(kinds, v))
			}
			s.fill(sc, keys...)
			keys = sorted(keys)
			for _, k := range keys {
				for n := 1; n <= len(k); n++ {
					s.wantRange(sc, keys, tuple.Prefix(k[:n]))
					s.wantRange(sc, keys, tuple.PrefixPart(k[:n]))
				}
			}
		}
	}
}

// keyOf returns the key with v where kinds has its kind, and 1 elsewhere.
func keyOf(kinds []tuple.Kind, v tuple.Value) tuple.Tuple {
	k := make(tuple.Tuple, len(kinds))
	for i := range k {
		k[i] = tuple.Int(1)
		if kinds[i] == v.Kind() {
			k[i] = v
		}
	}
	return k
}

// between returns the range from one tuple to another, both inclusive; an
// empty tuple is an open end.
func between(lower, upper tuple.Tuple) tuple.Range {
	return tuple.Range{Lower: tuple.Bound{Key: lower}, Upper: tuple.Bound{Key: upper}}
}

func (s *suite) testIntRanges() {
	sc := s.createInt()
	for i := range int64(10) {
		s.fill(sc, number(10*i))
	}
	for _, c := range []struct {
		lower, upper tuple.Tuple
		want         []int64
	}{
		{nil, nil, []int64{0, 10, 20, 30, 40, 50, 60, 70, 80, 90}},
		{number(40), number(75), []int64{40, 50, 60, 70}},
		{number(40), number(70), []int64{40, 50, 60, 70}},
		{number(80), nil, []int64{80, 90}},
		{number(0), number(15), []int64{0, 10}},
		{nil, number(15), []int64{0, 10}},
		{number(-5), number(-1), nil},
		{number(91), nil, nil},
		{number(70), number(40), nil},
	} {
		var want []tuple.Tuple
		for _, n := range c.want {
			want = append(want, number(n))
		}
		s.wantKeys(fmt.Sprint(c.lower, " to ", c.upper), s.keysIn(sc, between(c.lower, c.upper), false), want)
	}
}

func (s *suite) testGridRanges() {
	sc := s.create(schema("grid", key(tuple.KindInt, tuple.KindInt), columns(tuple.KindText)))
	var keys []tuple.Tuple
	for i := int64(1); i <= 4; i++ {
		for j := int64(1); j <= 4; j++ {
			keys = append(keys, number(i, j))
		}
	}
	s.fill(sc, keys...)
	for _, c := range []struct {
		lower, upper tuple.Tuple
		from, to     int // of keys
	}{
		{number(1), number(1), 0, 4},
		{number(2, 1), number(2, 2), 4, 6},
		{number(2, 0), number(2, 3), 4, 7},
		{number(2, 2), number(2, 5), 5, 8},
		{number(2, 5), number(3, 0), 8, 8},
		{number(2, 4), number(3, 1), 7, 9},
		{number(4), number(6), 12, 16},
		{number(0), number(1), 0, 4},
		{number(0), number(6), 0, 16},
		{number(0, 6), number(6, 0), 0, 16},
		{number(0), number(0), 0, 0},
		{number(1, 2), nil, 1, 16},
		{nil, number(1, 2), 0, 2},
	} {
		r := between(c.lower, c.upper)
		s.wantKeys(fmt.Sprint(c.lower, " to ", c.upper), s.keysIn(sc, r, false), keys[c.from:c.to])
	}
}
