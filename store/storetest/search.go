package storetest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

var searchCases = []testCase{
	{
		name: "no row that a condition holds for is left out",
		rule: "A page may have rows that Query.Where does not hold for, but it has every one that it holds for.",
		run:  (*suite).testConditions,
	},
	{
		name: "pages with conditions go on where the last one ended",
		rule: "Limit and More count the rows of the page, also if the database leaves rows out.",
		run:  (*suite).testConditionPages,
	},
	{
		name: "rows come in the order of a column", needs: []Capability{Sorting},
		rule: "ScanSorted returns every row once, NULL first, those with equal values by key; reversed, exactly the reverse.",
		run:  (*suite).testSortedOrder,
	},
	{
		name: "a page of sorted rows begins at any place", needs: []Capability{Sorting},
		rule: "The page from a place holds the rows after it, or at it, whether there is such a row or not.",
		run:  (*suite).testPlaces,
	},
	{
		name: "sorted pages keep to the range, the conditions and the limit", needs: []Capability{Sorting},
		rule: "Range, Where, KeysOnly and MaxValue mean the same as in the order of the keys.",
		run:  (*suite).testSortedQueries,
	},
}

// comparisons lists all comparisons with a value.
var comparisons = []driver.Comparison{driver.Equal, driver.NotEqual, driver.Less, driver.AtMost, driver.Greater, driver.AtLeast}

// createSamples makes a table with a column of a kind, that holds the samples
// that it can hold, some twice, and NULL. The key is an integer.
func (s *suite) createSamples(kind tuple.Kind) *driver.Schema {
	sc := s.create(schema("t_"+kind.String(), key(tuple.KindInt), columns(kind)))
	var changes []driver.Change
	add := func(v tuple.Value) {
		changes = append(changes, insert(sc, number(int64(len(changes))), v))
	}
	add(tuple.Null)
	for i, v := range samples(kind) {
		if _, ok := s.h.stores(v); !ok {
			continue
		}
		add(v)
		if i%3 == 0 {
			add(v)
		}
	}
	add(tuple.Null)
	s.apply(changes...)
	return sc
}

// related returns values of all kinds that may be compared with one of a kind.
func related(kind tuple.Kind) []tuple.Value {
	values := samples(kind)
	switch kind {
	case tuple.KindInt, tuple.KindUint, tuple.KindFloat, tuple.KindDecimal:
		for _, k := range []tuple.Kind{tuple.KindInt, tuple.KindUint, tuple.KindFloat, tuple.KindDecimal} {
			values = append(values, samples(k)...)
		}
	case tuple.KindDate, tuple.KindTimestamp:
		values = append(samples(tuple.KindDate), samples(tuple.KindTimestamp)...)
	}
	return append(values, tuple.Text("5"), tuple.Int(5), tuple.BytesOf("5"))
}

// words are what Contains and Lacks look for. Some are in letters whose lower
// case databases disagree on.
var words = []string{"", "a", "1", "row", "é", "%", "_", "'", `\`, "k", "i", "null", "\x00", "日本"}

func (s *suite) testConditions() {
	for _, kind := range s.h.Kinds {
		sc := s.createSamples(kind)
		if kind == tuple.KindText {
			s.apply(insert(sc, number(1000), tuple.Text("\u212a\u0130\u017f")), insert(sc, number(1001), tuple.Text("KI")), insert(sc, number(1002), tuple.Text("ÉA")))
		}
		all := s.all(s.db, sc)
		check := func(c driver.Condition) {
			s.Helper()
			s.checkCondition(sc, all, c)
		}
		for _, v := range related(kind) {
			for _, op := range comparisons {
				check(driver.Condition{Column: 1, Op: op, Value: v})
			}
		}
		for _, op := range []driver.Comparison{driver.IsNull, driver.NotNull} {
			check(driver.Condition{Column: 1, Op: op})
		}
		for _, w := range words {
			check(driver.Condition{Column: 1, Op: driver.Contains, Value: tuple.Text(w)})
			check(driver.Condition{Column: 1, Op: driver.Lacks, Value: tuple.Text(w)})
			check(driver.Condition{Column: driver.AnyColumn, Op: driver.Contains, Value: tuple.Text(w)})
		}
		check(driver.Condition{Column: 0, Op: driver.Greater, Value: tuple.Int(3)})
		check(driver.Condition{Column: 0, Op: driver.NotEqual, Value: tuple.Int(3)})
	}
}

// checkCondition compares what a scan with a condition returns with the rows
// that the condition holds for.
func (s *suite) checkCondition(sc *driver.Schema, all []driver.Row, c driver.Condition) {
	s.Helper()
	page := s.scan(s.db, sc, driver.Query{Limit: everything, Where: []driver.Condition{c}})
	found := map[string]bool{}
	for _, r := range page.Rows {
		found[rowName(r.Key)] = true
	}
	for i := range all {
		if c.Holds(sc, &all[i]) && !found[rowName(all[i].Key)] {
			s.Errorf("%s: column %d, comparison %d with %s %s leaves out %s", sc.Name, c.Column, c.Op,
				c.Value.Kind(), clip(c.Value.String()), shortRow(&all[i]))
		}
	}
}

func (s *suite) testConditionPages() {
	sc := s.create(schema("searched", key(tuple.KindInt), columns(tuple.KindInt, tuple.KindText)))
	var changes []driver.Change
	for i := range int64(200) {
		changes = append(changes, insert(sc, number(i), tuple.Int(i%7), tuple.Text(strings.Repeat("x", int(i%5)))))
	}
	s.apply(changes...)
	where := []driver.Condition{
		{Column: 1, Op: driver.Equal, Value: tuple.Int(3)},
		{Column: 2, Op: driver.Contains, Value: tuple.Text("xx")},
	}
	want := slices.DeleteFunc(s.all(s.db, sc), func(r driver.Row) bool { return !holdAll(sc, where, &r) })
	for _, reverse := range []bool{false, true} {
		var got []driver.Row
		q := driver.Query{Limit: 3, Reverse: reverse, Where: where}
		for more := true; more; {
			page := s.scan(s.db, sc, q)
			for _, r := range page.Rows {
				if holdAll(sc, where, &r) {
					got = append(got, r)
				}
				q.Range = tuple.Range{}.After(r.Key)
				if reverse {
					q.Range = tuple.Range{}.Before(r.Key)
				}
			}
			more = page.More && len(page.Rows) > 0
		}
		if reverse {
			slices.Reverse(got)
		}
		wantRows(s, fmt.Sprintf("all pages, reverse %t", reverse), got, want)
	}
}

func holdAll(sc *driver.Schema, where []driver.Condition, r *driver.Row) bool {
	for _, c := range where {
		if !c.Holds(sc, r) {
			return false
		}
	}
	return true
}

// sorted reads all pages of a scan in the order of a column.
func (s *suite) sorted(sc *driver.Schema, q driver.Query, column int, from *driver.Place) []driver.Row {
	s.Helper()
	var rows []driver.Row
	for {
		page, err := s.db.(driver.Sorter).ScanSorted(s.ctx, sc, q, column, from)
		if err != nil {
			s.Fatalf("scan %s by column %d, %+v, from %+v: %v", sc.Name, column, q, from, err)
		}
		rows = append(rows, page.Rows...)
		if len(page.Rows) > q.Limit || page.More && len(page.Rows) < q.Limit {
			s.Fatalf("scan %s by column %d: %d rows, More is %t, the limit is %d", sc.Name, column, len(page.Rows), page.More, q.Limit)
		}
		if !page.More {
			return rows
		}
		last := rows[len(rows)-1]
		from = &driver.Place{Value: sc.ValueAt(&last, column), Key: last.Key}
	}
}

// sortable returns the tables of samples whose column the database sorts.
func (s *suite) sortable() []*driver.Schema {
	s.Helper()
	var tables []*driver.Schema
	for _, kind := range s.h.Kinds {
		sc := s.createSamples(kind)
		sorter := s.db.(driver.Sorter)
		if !sorter.Sorts(sc, 0) {
			s.Errorf("%s is not sorted by its key", sc.Name)
		}
		if sorter.Sorts(sc, 1) {
			tables = append(tables, sc)
		}
	}
	if !slices.ContainsFunc(tables, func(sc *driver.Schema) bool { return sc.Name == "t_int" }) {
		s.Error("not even integers are sorted")
	}
	return tables
}

func (s *suite) testSortedOrder() {
	for _, sc := range s.sortable() {
		up := s.sorted(sc, driver.Query{Limit: everything}, 1, nil)
		byKey := slices.Clone(up)
		slices.SortFunc(byKey, func(a, b driver.Row) int { return a.Key.Compare(b.Key) })
		wantRows(s, sc.Name+", sorted", byKey, s.all(s.db, sc))
		for i := 1; i < len(up); i++ {
			s.checkNeighbours(sc, &up[i-1], &up[i])
		}
		for _, limit := range []int{1, 2, 3, everything} {
			wantRows(s, fmt.Sprintf("%s, sorted, %d a page", sc.Name, limit), s.sorted(sc, driver.Query{Limit: limit}, 1, nil), up)
			down := s.sorted(sc, driver.Query{Limit: limit, Reverse: true}, 1, nil)
			slices.Reverse(down)
			wantRows(s, fmt.Sprintf("%s, reversed, %d a page", sc.Name, limit), down, up)
		}
	}
}

// checkNeighbours checks what is known of two rows of which one follows the
// other, whatever the order of the values is.
func (s *suite) checkNeighbours(sc *driver.Schema, a, b *driver.Row) {
	s.Helper()
	x, y := a.Values[0], b.Values[0]
	switch {
	case y.IsNull() && !x.IsNull():
		s.Errorf("%s: NULL comes after %s", sc.Name, clip(x.String()))
	case x == y && a.Key.Compare(b.Key) >= 0:
		s.Errorf("%s: rows %v and %v have one value, and are not in the order of their keys", sc.Name, a.Key, b.Key)
	case sc.Columns[0].Kind == tuple.KindInt && !x.IsNull() && x.AsInt() > y.AsInt():
		s.Errorf("%s: %v comes before %v", sc.Name, x, y)
	}
}

func (s *suite) testPlaces() {
	for _, sc := range s.sortable() {
		for column := range 2 {
			rows := s.sorted(sc, driver.Query{Limit: everything}, column, nil)
			s.checkPlaces(sc, column, rows, rows)
		}
	}
	sc := s.describe("t_int")
	before := s.sorted(sc, driver.Query{Limit: everything}, 1, nil)
	var removed []driver.Change
	for i := range before {
		if i%2 == 0 {
			removed = append(removed, driver.Change{Op: driver.Delete, Table: sc.Name, Key: before[i].Key})
		}
	}
	s.apply(removed...)
	left := s.sorted(sc, driver.Query{Limit: everything}, 1, nil)
	s.checkPlaces(sc, 1, before, left)
}

// checkPlaces reads from the place of each of some rows, of which those in left
// are still there.
func (s *suite) checkPlaces(sc *driver.Schema, column int, rows, left []driver.Row) {
	s.Helper()
	here := map[string]bool{}
	for _, r := range left {
		here[rowName(r.Key)] = true
	}
	present := func(rows []driver.Row) []driver.Row {
		return slices.DeleteFunc(slices.Clone(rows), func(r driver.Row) bool { return !here[rowName(r.Key)] })
	}
	for i, r := range rows {
		from := driver.Place{Value: sc.ValueAt(&r, column), Key: r.Key}
		for _, from.Inclusive = range []bool{false, true} {
			at := i
			if !from.Inclusive {
				at++
			}
			what := fmt.Sprintf("%s by column %d, from %v, inclusive %t", sc.Name, column, r.Key, from.Inclusive)
			wantRows(s, what, s.sorted(sc, driver.Query{Limit: 4}, column, &from), present(rows[at:]))
			if from.Inclusive {
				at = i + 1
			} else {
				at = i
			}
			down := s.sorted(sc, driver.Query{Limit: 4, Reverse: true}, column, &from)
			slices.Reverse(down)
			wantRows(s, what+", reversed", down, present(rows[:at]))
		}
	}
}

func (s *suite) testSortedQueries() {
	sc := s.create(schema("sorted", key(tuple.KindInt, tuple.KindText), columns(tuple.KindInt, tuple.KindText)))
	var changes []driver.Change
	for i := range int64(60) {
		k := tuple.Of(tuple.Int(i%6), tuple.Text(fmt.Sprintf("k%02d", i)))
		changes = append(changes, insert(sc, k, tuple.Int(i*7%11), tuple.Text(strings.Repeat("é", int(i)))))
	}
	s.apply(changes...)
	order := s.sorted(sc, driver.Query{Limit: everything}, 2, nil)
	in := tuple.Range{Lower: tuple.Bound{Key: number(2)}, Upper: tuple.Bound{Key: number(4), Exclusive: true}}
	where := []driver.Condition{{Column: 2, Op: driver.AtLeast, Value: tuple.Int(4)}}
	for _, limit := range []int{1, 5, everything} {
		got := s.sorted(sc, driver.Query{Range: in, Where: where, Limit: limit}, 2, nil)
		got = slices.DeleteFunc(got, func(r driver.Row) bool { return !holdAll(sc, where, &r) })
		want := slices.DeleteFunc(slices.Clone(order), func(r driver.Row) bool {
			return r.Key[0].AsInt() < 2 || r.Key[0].AsInt() > 3 || !holdAll(sc, where, &r)
		})
		wantRows(s, fmt.Sprintf("in a range and with a condition, %d a page", limit), got, want)
	}
	page, err := s.db.(driver.Sorter).ScanSorted(s.ctx, sc, driver.Query{Limit: 60, KeysOnly: true}, 2, nil)
	if err != nil || len(page.Rows) != 60 || page.Rows[0].Values != nil {
		s.Errorf("keys only: %d rows, %v", len(page.Rows), err)
	}
	page, err = s.db.(driver.Sorter).ScanSorted(s.ctx, sc, driver.Query{Limit: 60, MaxValue: 4}, 2, nil)
	if err != nil || len(page.Rows) != 60 {
		s.Fatalf("cut: %d rows, %v", len(page.Rows), err)
	}
	for i := range page.Rows {
		want := order[i]
		want.CutTo(4)
		if !sameRow(&page.Rows[i], &want) {
			s.Errorf("cut: %s, want %s", shortRow(&page.Rows[i]), shortRow(&want))
		}
	}
}
