package storetest

import (
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

var getCases = []testCase{
	{
		name: "rows come in the order of the keys asked for",
		rule: "Get returns one entry for each key, in the order of the keys, nil for a row that does not exist, and the row again for a key that is repeated.",
		run:  (*suite).testGetOrder,
	},
	{
		name: "no keys, no rows",
		rule: "Get of no keys returns no rows and no error.",
		run: func(s *suite) {
			rows, err := s.db.Get(s.ctx, s.createInt(), nil)
			if err != nil || len(rows) != 0 {
				s.Errorf("Get() = %v, %v", rows, err)
			}
		},
	},
	{
		name: "a key of the wrong length is a bad key",
		rule: "Get of a partial or over-long key fails with BadKey, in the store and in the driver.",
		run:  (*suite).testGetArity,
	},
	{
		name: "a key of another kind finds nothing",
		rule: "Values of different kinds are different: text does not find an integer. The key may be refused instead.",
		run:  (*suite).testGetOtherKind,
	},
	{
		name: "what a read returns belongs to the caller",
		rule: "A caller may change the slices that it was given, and those that it gave, without changing the database.",
		run:  (*suite).testOwnership,
	},
	{
		name: "many keys at once",
		rule: "Get takes any number of keys.",
		run:  (*suite).testGetMany,
	},
}

func (s *suite) testGetOrder() {
	sc := s.createText()
	s.fill(sc, text("a"), text("b"), text("c"))
	rows, err := s.db.Get(s.ctx, sc, []tuple.Tuple{text("c"), text("x"), text("a"), text("c"), text("")})
	if err != nil {
		s.Fatalf("get: %v", err)
	}
	want := []string{"c", "", "a", "c", ""}
	if len(rows) != len(want) {
		s.Fatalf("%d rows, want %d", len(rows), len(want))
	}
	for i, w := range want {
		switch {
		case w == "" && rows[i] != nil:
			s.Errorf("row %d is %v, want none", i, shortRow(rows[i]))
		case w != "" && (rows[i] == nil || !rows[i].Key.Equal(text(w))):
			s.Errorf("row %d is %v, want that of %q", i, shortRow(rows[i]), w)
		}
	}
}

func (s *suite) testGetArity() {
	sc := s.createMixed()
	s.fill(sc, mixedKeys()...)
	t, err := s.store.Table(s.ctx, sc.Name)
	if err != nil {
		s.Fatal(err)
	}
	for _, k := range []tuple.Tuple{nil, text("a"), tuple.Of(tuple.Text("a"), tuple.Int(1), tuple.Int(1))} {
		_, err := s.db.Get(s.ctx, sc, []tuple.Tuple{k})
		s.wantKind("driver: get "+k.String(), err, driver.BadKey)
		_, err = t.Get(s.ctx, k)
		s.wantKind("store: get "+k.String(), err, driver.BadKey)
	}
}

func (s *suite) testGetOtherKind() {
	sc := s.createInt()
	s.fill(sc, number(1))
	rows, err := s.db.Get(s.ctx, sc, []tuple.Tuple{text("one")})
	if err != nil {
		s.wantKind("get of a text", err, driver.BadKey)
	} else if rows[0] != nil {
		s.Errorf("a text finds %v", shortRow(rows[0]))
	}
}

func (s *suite) testOwnership() {
	sc := s.createInt()
	change := insert(sc, number(1), tuple.Text("kept"))
	s.apply(change)
	change.Key[0], change.Set[0].Value = tuple.Int(9), tuple.Text("changed")
	scribble := func(r *driver.Row) { r.Key[0], r.Values[0] = tuple.Int(9), tuple.Text("changed") }
	scribble(s.get(s.db, sc, number(1)))
	scribble(&s.all(s.db, sc)[0])
	s.describe(sc.Name).Columns[0].Name = "changed"
	want := []driver.Row{{Key: number(1), Values: texts("kept")}}
	wantRows(s, "rows", s.all(s.db, sc), want)
	if got := s.describe(sc.Name).Columns[0].Name; got != sc.Columns[0].Name {
		s.Errorf("the column's name is %q", got)
	}
}

func (s *suite) testGetMany() {
	sc := s.createInt()
	const n = 3000
	var keys, even []tuple.Tuple
	for i := range int64(n) {
		keys = append(keys, number(i))
		if i%2 == 0 {
			even = append(even, number(i))
		}
	}
	s.fill(sc, even...)
	rows, err := s.db.Get(s.ctx, sc, keys)
	if err != nil || len(rows) != n {
		s.Fatalf("get: %d rows, %v", len(rows), err)
	}
	for i, row := range rows {
		if (row != nil) != (i%2 == 0) || row != nil && !row.Key.Equal(keys[i]) {
			s.Fatalf("key %d finds %v", i, shortRow(row))
		}
	}
}
