package storetest

import (
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

var orderCases = []testCase{
	{
		name:  "keys of each kind are in the order of tuples",
		rule:  "Scan returns rows in the order of package tuple, whatever the order of their insertion, and Reverse in the opposite one.",
		needs: []Capability{TupleOrder},
		run:   (*suite).testKeyOrder,
	},
	{
		name:  "composite keys are ordered element by element",
		rule:  "An element decides only if those before it are equal, whatever bytes they contain: (\"a\",2) is before (\"a\\x00\",1).",
		needs: []Capability{TupleOrder},
		run:   (*suite).testCompositeOrder,
	},
	{
		name:  "long elements of keys",
		rule:  "Elements of 258, 259, 600 and 30000 bytes are keys like others, or TooLarge where the database has a limit.",
		needs: []Capability{TupleOrder},
		run:   (*suite).testLongKeys,
	},
}

// sorted returns keys in the order of tuples.
func sorted(keys []tuple.Tuple) []tuple.Tuple {
	keys = slices.Clone(keys)
	slices.SortFunc(keys, tuple.Tuple.Compare)
	return keys
}

// shuffled returns keys in an order that is always the same one.
func shuffled(keys []tuple.Tuple) []tuple.Tuple {
	keys = slices.Clone(keys)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	return keys
}

// storable returns the samples of a kind that are stored as they are.
func (s *suite) storable(k tuple.Kind) []tuple.Value {
	return slices.DeleteFunc(samples(k), func(v tuple.Value) bool {
		stored, ok := s.h.stores(v)
		return !ok || stored != v
	})
}

func (s *suite) wantOrder(sc *driver.Schema, keys []tuple.Tuple) {
	s.Helper()
	s.fill(sc, shuffled(keys)...)
	want := sorted(keys)
	s.wantKeys("scan of "+sc.Name, s.keysIn(sc, tuple.Range{}, false), want)
	slices.Reverse(want)
	s.wantKeys("reverse scan of "+sc.Name, s.keysIn(sc, tuple.Range{}, true), want)
}

func (s *suite) testKeyOrder() {
	for _, kind := range s.h.KeyKinds {
		var keys []tuple.Tuple
		for _, v := range s.storable(kind) {
			keys = append(keys, tuple.Of(v))
		}
		s.wantOrder(s.create(schema("t_"+kind.String(), key(kind), columns(tuple.KindText))), keys)
	}
}

func (s *suite) testCompositeOrder() {
	for i, kind := range s.h.KeyKinds {
		second := s.h.KeyKinds[(i+1)%len(s.h.KeyKinds)]
		sc := s.create(schema("t_"+kind.String(), key(kind, second, tuple.KindText), columns(tuple.KindText)))
		var keys []tuple.Tuple
		for _, a := range spread(s.storable(kind), 8) {
			for _, b := range spread(s.storable(second), 5) {
				for _, c := range texts("", "a", "b") {
					keys = append(keys, tuple.Of(a, b, c))
				}
			}
		}
		s.wantOrder(sc, keys)
	}
}

// spread returns at most n of some values, from all over the list.
func spread(vs []tuple.Value, n int) []tuple.Value {
	if len(vs) <= n {
		return vs
	}
	few := make([]tuple.Value, n)
	for i := range few {
		few[i] = vs[i*(len(vs)-1)/(n-1)]
	}
	return few
}

func (s *suite) testLongKeys() {
	sc := s.create(schema("long", key(tuple.KindText, tuple.KindText), columns(tuple.KindText)))
	var keys []tuple.Tuple
	for _, n := range []int{1, 257, 258, 259, 600, 30_000} {
		long := strings.Repeat("x", n)
		for _, k := range []tuple.Tuple{text("a", long), text(long, "a"), text("a", long+"y")} {
			if limit := s.db.Info().MaxKey; limit > 0 && int64(len(k.Append(nil))) > limit {
				_, err := s.writer().Apply(s.ctx, []driver.Change{insert(sc, k)})
				s.wantKind("insert of a long key", err, driver.TooLarge)
				continue
			}
			keys = append(keys, k)
		}
	}
	s.wantOrder(sc, keys)
	for _, k := range keys {
		if s.get(s.db, sc, k) == nil {
			s.Errorf("get of %s finds nothing", short(k))
		}
		s.wantKeys("point range", s.keysIn(sc, tuple.Prefix(k), false), []tuple.Tuple{k})
	}
}
