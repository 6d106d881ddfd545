package storetest

import (
	"slices"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

var conflictCases = []testCase{
	{
		name: "each operation finds its conflicts",
		rule: "A change whose row is not as expected is listed with the row as it is now, nil if it has gone; a row in the way of an insert or a new key is listed instead.",
		run:  (*suite).testEachConflict,
	},
	{
		name: "a conflict leaves nothing written",
		rule: "If one change of a batch conflicts, none is made.",
		run:  (*suite).testConflictAtomicity,
	},
	{
		name: "all conflicts of a batch are found",
		rule: "One Apply lists every change that conflicts with the rows as they are, by its index.",
		run:  (*suite).testAllConflicts,
	},
	{
		name: "the base is compared with all columns",
		rule: "A difference in any column is a conflict, also in one that the change does not set; the same values are none.",
		run:  (*suite).testBase,
	},
	{
		name: "the base of large values is compared whole",
		rule: "A difference in the last byte of 1 MB is a conflict.",
		run:  (*suite).testLargeBase,
	},
}

// conflict applies one change, which must conflict, and returns the row that
// the conflict shows.
func (s *suite) conflict(what string, c driver.Change) *driver.Row {
	s.Helper()
	applied, err := s.writer().Apply(s.ctx, []driver.Change{c})
	if err != nil {
		s.Fatalf("%s: %v", what, err)
	}
	if len(applied.Conflicts) != 1 || applied.Conflicts[0].Change != 0 {
		s.Fatalf("%s: conflicts %+v, want one", what, applied.Conflicts)
	}
	return applied.Conflicts[0].Current
}

func (s *suite) testEachConflict() {
	sc := s.createInt()
	one, two := driver.Row{Key: number(1), Values: texts("a")}, driver.Row{Key: number(2), Values: texts("b")}
	s.apply(insert(sc, one.Key, one.Values...), insert(sc, two.Key, two.Values...))
	stale := texts("stale")
	for _, c := range []struct {
		what   string
		change driver.Change
		want   *driver.Row
	}{
		{"insert of an existing row", insert(sc, number(1), tuple.Text("new")), &one},
		{"update of a missing row", driver.Change{Op: driver.Update, Key: number(9)}, nil},
		{"update of a missing row with a base", driver.Change{Op: driver.Update, Key: number(9), Base: stale}, nil},
		{"update with another base", driver.Change{Op: driver.Update, Key: number(1), Base: stale, Set: set(tuple.Text("x"))}, &one},
		{"delete of a missing row", driver.Change{Op: driver.Delete, Key: number(9)}, nil},
		{"delete with another base", driver.Change{Op: driver.Delete, Key: number(1), Base: stale}, &one},
		{"new key that is taken", driver.Change{Op: driver.Update, Key: number(1), Base: one.Values, NewKey: number(2)}, &two},
		{"new key of a missing row", driver.Change{Op: driver.Update, Key: number(9), NewKey: number(10)}, nil},
		{"new key and another base", driver.Change{Op: driver.Update, Key: number(1), Base: stale, NewKey: number(10)}, &one},
	} {
		c.change.Table = sc.Name
		got := s.conflict(c.what, c.change)
		if (got == nil) != (c.want == nil) || got != nil && !sameRow(got, c.want) {
			s.Errorf("%s: shows %v, want %v", c.what, shortRow(got), shortRow(c.want))
		}
		wantRows(s, "after "+c.what, s.all(s.db, sc), []driver.Row{one, two})
	}
}

func (s *suite) testConflictAtomicity() {
	sc, other := s.createInt(), s.createText()
	s.fill(sc, number(1), number(2))
	before := s.all(s.db, sc)
	applied, err := s.writer().Apply(s.ctx, []driver.Change{
		insert(other, text("x")),
		insert(sc, number(3)),
		{Op: driver.Delete, Table: sc.Name, Key: number(1)},
		{Op: driver.Update, Table: sc.Name, Key: number(9)},
		{Op: driver.Put, Table: sc.Name, Key: number(2), Set: set(tuple.Text("changed"))},
	})
	if err != nil || len(applied.Conflicts) != 1 || applied.Conflicts[0].Change != 3 {
		s.Errorf("applied: %+v, %v", applied, err)
	}
	wantRows(s, sc.Name, s.all(s.db, sc), before)
	wantRows(s, other.Name, s.all(s.db, other), nil)
}

func (s *suite) testAllConflicts() {
	sc := s.createInt()
	s.fill(sc, number(1), number(2), number(3))
	applied, err := s.writer().Apply(s.ctx, []driver.Change{
		insert(sc, number(1)),
		{Op: driver.Delete, Table: sc.Name, Key: number(2)},
		{Op: driver.Update, Table: sc.Name, Key: number(8)},
		{Op: driver.Delete, Table: sc.Name, Key: number(3), Base: texts("stale")},
	})
	if err != nil {
		s.Fatal(err)
	}
	var got []int
	for _, c := range applied.Conflicts {
		got = append(got, c.Change)
	}
	slices.Sort(got)
	if !slices.Equal(got, []int{0, 2, 3}) {
		s.Errorf("conflicts of changes %v, want 0, 2 and 3", got)
	}
}

func (s *suite) testBase() {
	sc := s.create(schema("t", key(tuple.KindInt), columns(tuple.KindText, tuple.KindInt, tuple.KindText)))
	values := []tuple.Value{tuple.Text(""), tuple.Null, tuple.Text("NULL")}
	s.apply(insert(sc, number(1), values...))
	for _, base := range [][]tuple.Value{
		{tuple.Null, tuple.Null, tuple.Text("NULL")},
		{tuple.Text(""), tuple.Int(0), tuple.Text("NULL")},
		{tuple.Text(""), tuple.Null, tuple.Null},
		{tuple.Text(""), tuple.Null, tuple.Text("null")},
	} {
		s.conflict("stale base", driver.Change{Op: driver.Update, Table: sc.Name, Key: number(1), Base: base, Set: set(tuple.Text("x"))})
		s.conflict("stale base", driver.Change{Op: driver.Delete, Table: sc.Name, Key: number(1), Base: base})
	}
	s.apply(driver.Change{Op: driver.Update, Table: sc.Name, Key: number(1), Base: values, Set: set(tuple.Text("x"))})
	values[0] = tuple.Text("x")
	wantRows(s, "rows", s.all(s.db, sc), []driver.Row{{Key: number(1), Values: values}})
	s.apply(driver.Change{Op: driver.Delete, Table: sc.Name, Key: number(1), Base: values})
}

func (s *suite) testLargeBase() {
	sc := s.createInt()
	body := make([]byte, megabyte)
	for i := range body {
		body[i] = 'a' + byte(i%26)
	}
	whole := tuple.Text(string(body))
	body[len(body)-1] = '!'
	s.apply(insert(sc, number(1), whole))
	stale := []tuple.Value{tuple.Text(string(body))}
	s.conflict("other last byte", driver.Change{Op: driver.Delete, Table: sc.Name, Key: number(1), Base: stale})
	s.apply(driver.Change{Op: driver.Delete, Table: sc.Name, Key: number(1), Base: []tuple.Value{whole}})
}
