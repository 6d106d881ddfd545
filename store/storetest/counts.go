package storetest

import (
	"fmt"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

var countCases = []testCase{
	{
		name: "a count agrees with a scan",
		rule: "Table.Count, and Counter where there is one, count exactly the rows that a scan of the range returns.",
		run:  (*suite).testCount,
	},
	{
		name: "an estimate of an empty table and of a full one", needs: []Capability{Estimates},
		rule: "If there is an estimate it is not negative, and within a factor of the truth when the table is new; without one, the second result is false.",
		run:  (*suite).testEstimate,
	},
	{
		name: "ranks agree with a scan", needs: []Capability{Ranks},
		rule: "Rank is the number of rows before a key, whether there is such a row or not; Select is its inverse, nil beyond the end.",
		run:  (*suite).testRank,
	},
	{
		name: "a sound database passes its check", needs: []Capability{Checks},
		rule: "Check reports no problem in a database that was just written.",
		run:  (*suite).testCheck,
	},
}

func (s *suite) testCount() {
	sc := s.createMixed()
	keys := mixedKeys()
	s.fill(sc, keys...)
	t, err := s.store.Table(s.ctx, sc.Name)
	if err != nil {
		s.Fatal(err)
	}
	for _, lower := range bounds(keys[6:8]) {
		for _, upper := range bounds(keys[17:19]) {
			r := tuple.Range{Lower: lower, Upper: upper}
			want := int64(len(s.keysIn(sc, r, false)))
			if n, err := t.Count(s.ctx, r, nil); n != want || err != nil {
				s.Errorf("count of %+v: %d, %v, want %d", r, n, err, want)
			}
		}
	}
	if n, err := t.Count(s.ctx, between(keys[20], keys[3]), nil); n != 0 || err != nil {
		s.Errorf("count of a reversed range: %d, %v", n, err)
	}
}

func (s *suite) testEstimate() {
	sc := s.createInt()
	e := s.db.(driver.Estimator)
	if n, _, err := e.Estimate(s.ctx, sc); n < 0 || err != nil {
		s.Errorf("estimate of an empty table: %d, %v", n, err)
	}
	const rows = 500
	var keys []tuple.Tuple
	for i := range int64(rows) {
		keys = append(keys, number(i))
	}
	s.fill(sc, keys...)
	const factor = 10
	n, ok, err := e.Estimate(s.ctx, sc)
	if err != nil || ok && (n < rows/factor || n > rows*factor) {
		s.Errorf("estimate of %d rows: %d, %t, %v", rows, n, ok, err)
	}
}

func (s *suite) testRank() {
	sc := s.createMixed()
	all := mixedKeys()
	var present []tuple.Tuple
	for i, k := range all {
		if i%3 != 0 {
			present = append(present, k)
		}
	}
	s.fill(sc, present...)
	r := s.db.(driver.Ranker)
	for _, k := range all {
		want := int64(len(s.keysIn(sc, tuple.Range{}.Before(k), false)))
		if n, err := r.Rank(s.ctx, sc, k); n != want || err != nil {
			s.Errorf("rank of %v: %d, %v, want %d", k, n, err, want)
		}
	}
	for i, want := range present {
		if k, err := r.Select(s.ctx, sc, int64(i)); !k.Equal(want) || err != nil {
			s.Errorf("select of %d: %v, %v, want %v", i, k, err, want)
		}
	}
	for _, n := range []int64{int64(len(present)), 1 << 40} {
		if k, err := r.Select(s.ctx, sc, n); k != nil || err != nil {
			s.Errorf("select of %d: %v, %v, want none", n, k, err)
		}
	}
}

func (s *suite) testCheck() {
	sc := s.createMixed()
	s.fill(sc, mixedKeys()...)
	s.apply(driver.Change{Op: driver.Delete, Table: sc.Name, Key: mixedKeys()[4]})
	err := s.store.Check(s.ctx, func(problem string) { s.Error("problem: " + problem) })
	if err != nil {
		s.Error(fmt.Errorf("check: %w", err))
	}
}
