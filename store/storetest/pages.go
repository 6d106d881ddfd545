package storetest

import (
	"fmt"
	"slices"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

var pageCases = []testCase{
	{
		name: "pages visit each row once, in order, in both directions",
		rule: "The page after the last key of another one, and the range's other end, continues it without gap or repetition.",
		run:  (*suite).testPages,
	},
	{
		name: "More is right at the edge",
		rule: "More tells whether a row of the range follows the page, also if the page is just full, or the range ends before the table does.",
		run:  (*suite).testMore,
	},
	{
		name: "pages while others write",
		rule: "A row that is there all the time is visited exactly once, and in order, whatever is inserted and deleted around it between two pages.",
		run:  (*suite).testPagesWhileWriting,
	},
	{
		name: "a scan that is abandoned leaves nothing open",
		rule: "A page keeps no lock and no cursor: after it, others can write, and a new scan sees everything.",
		run:  (*suite).testAbandonedScan,
	},
	{
		name: "9042 rows",
		rule: "Ranges of a table of several thousand rows have exactly the rows that they should.",
		run:  (*suite).test9042,
	},
}

// pages reads a range page by page and calls between after each page but the
// last.
func (s *suite) pages(sc *driver.Schema, q driver.Query, between func()) []driver.Row {
	s.Helper()
	var rows []driver.Row
	for {
		page := s.scan(s.db, sc, q)
		rows = append(rows, page.Rows...)
		if !page.More {
			return rows
		}
		if len(page.Rows) == 0 {
			s.Fatal("a page has no rows, but More is set")
		}
		last := page.Rows[len(page.Rows)-1].Key
		if q.Reverse {
			q.Range = q.Range.Before(last)
		} else {
			q.Range = q.Range.After(last)
		}
		if between != nil {
			between()
		}
	}
}

// mixedKeys returns keys of a text and an integer, in order.
func mixedKeys() []tuple.Tuple {
	var keys []tuple.Tuple
	for _, word := range []string{"", "a", "aa", "ab", "b"} {
		for _, n := range []int64{-300, -1, 0, 1, 300} {
			keys = append(keys, tuple.Of(tuple.Text(word), tuple.Int(n)))
		}
	}
	return keys
}

func (s *suite) createMixed() *driver.Schema {
	return s.create(schema("mixed", key(tuple.KindText, tuple.KindInt), columns(tuple.KindText)))
}

func (s *suite) testPages() {
	sc := s.createMixed()
	s.fill(sc, shuffled(mixedKeys())...)
	ranges := []tuple.Range{
		{},
		tuple.Prefix(text("a")),
		tuple.PrefixPart(text("a")),
		{Lower: tuple.Bound{Key: text("a"), Exclusive: true}},
		{Upper: tuple.Bound{Key: tuple.Of(tuple.Text("ab"), tuple.Int(0))}},
	}
	for i, r := range ranges {
		want := s.scan(s.db, sc, driver.Query{Range: r, Limit: everything}).Rows
		for _, size := range []int{1, 2, 3, 5, 24, 25, 26} {
			got := s.pages(sc, driver.Query{Range: r, Limit: size}, nil)
			wantRows(s, fmt.Sprintf("range %d in pages of %d", i, size), got, want)
			got = s.pages(sc, driver.Query{Range: r, Limit: size, Reverse: true}, nil)
			slices.Reverse(got)
			wantRows(s, fmt.Sprintf("range %d backward in pages of %d", i, size), got, want)
		}
	}
}

func (s *suite) testMore() {
	sc := s.createInt()
	s.fill(sc, number(1), number(2), number(3), number(4))
	for _, c := range []struct {
		r     tuple.Range
		limit int
		rows  int
		more  bool
	}{
		{tuple.Range{}, 3, 3, true},
		{tuple.Range{}, 4, 4, false},
		{tuple.Range{}, 5, 4, false},
		{between(number(2), number(3)), 1, 1, true},
		{between(number(2), number(3)), 2, 2, false},
		{between(number(7), nil), 1, 0, false},
		{between(number(3), number(2)), 1, 0, false},
	} {
		for _, reverse := range []bool{false, true} {
			page := s.scan(s.db, sc, driver.Query{Range: c.r, Limit: c.limit, Reverse: reverse})
			if len(page.Rows) != c.rows || page.More != c.more {
				s.Errorf("%+v limit %d reverse %t: %d rows, more %t, want %d, %t",
					c.r, c.limit, reverse, len(page.Rows), page.More, c.rows, c.more)
			}
		}
	}
}

func (s *suite) testPagesWhileWriting() {
	for _, reverse := range []bool{false, true} {
		sc := s.create(schema(fmt.Sprint("numbers", reverse), key(tuple.KindInt), columns(tuple.KindText)))
		const n = 60
		for i := range int64(n) {
			s.fill(sc, number(10*i))
		}
		// The rows with a key that 20 divides stay; the others come and go.
		step := int64(0)
		got := s.pages(sc, driver.Query{Limit: 4, Reverse: reverse}, func() {
			step++
			s.apply(
				driver.Change{Op: driver.Put, Table: sc.Name, Key: number(10*((7*step)%n) + 5)},
				driver.Change{Op: driver.Remove, Table: sc.Name, Key: number(20*((3*step)%(n/2)) + 10)},
				driver.Change{Op: driver.Put, Table: sc.Name, Key: number(20*((5*step)%(n/2)) + 10)},
			)
		})
		var steady []tuple.Tuple
		for i, row := range got {
			if i > 0 && (row.Key.Compare(got[i-1].Key) > 0) == reverse {
				s.Errorf("reverse %t: %v is out of order after %v", reverse, row.Key, got[i-1].Key)
			}
			if row.Key[0].AsInt()%20 == 0 {
				steady = append(steady, row.Key)
			}
		}
		var want []tuple.Tuple
		for i := range int64(n / 2) {
			want = append(want, number(20*i))
		}
		if reverse {
			slices.Reverse(want)
		}
		s.wantKeys(fmt.Sprint("the rows that stayed, reverse ", reverse), steady, want)
	}
}

func (s *suite) testAbandonedScan() {
	sc := s.createInt()
	s.fill(sc, number(1), number(2), number(3), number(4))
	for range 50 {
		s.scan(s.db, sc, driver.Query{Limit: 2})
	}
	s.fill(sc, number(5))
	if rows := s.all(s.db, sc); len(rows) != 5 {
		s.Errorf("%d rows, want 5", len(rows))
	}
}

func (s *suite) test9042() {
	sc := s.createInt()
	var changes []driver.Change
	for i := range int64(9042) {
		changes = append(changes, insert(sc, number(i)))
	}
	s.apply(changes...)
	for _, c := range []struct {
		r    tuple.Range
		want int
	}{
		{tuple.Range{}, 9042},
		{between(number(3000), nil), 6042},
		{between(number(3000), number(8437)), 5438},
		{between(nil, number(8437)), 8438},
	} {
		if got := len(s.pages(sc, driver.Query{Range: c.r, Limit: 1000, KeysOnly: true}, nil)); got != c.want {
			s.Errorf("range %+v has %d rows, want %d", c.r, got, c.want)
		}
	}
}
