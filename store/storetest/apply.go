package storetest

import (
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

var applyCases = []testCase{
	{
		name: "insert, update, delete, put and remove",
		rule: "Each operation does what its name says, and a column that is not set keeps its value, or gets its default in a new row.",
		run:  (*suite).testOperations,
	},
	{
		name: "nothing to do",
		rule: "No changes, and changes that set nothing, succeed and change nothing.",
		run:  (*suite).testNothing,
	},
	{
		name: "a put replaces what it sets",
		rule: "A second put of a row sets columns of the existing row.",
		run:  (*suite).testPutTwice,
	},
	{
		name: "an update can give a row another key",
		rule: "The row is then found under the new key only, with all its values.",
		run:  (*suite).testMove,
	},
	{
		name: "a batch is applied in order",
		rule: "Each change sees those before it in the batch: one row may be changed several times, and a key that was freed may be used.",
		run:  (*suite).testBatchOrder,
	},
	{
		name: "a batch of several tables",
		rule: "One batch may change several tables, as one transaction.",
		run:  (*suite).testSeveralTables,
	},
	{
		name: "a key of the wrong length is a bad key",
		rule: "A change whose key, or new key, has too few or too many elements fails with BadKey and writes nothing.",
		run:  (*suite).testApplyArity,
	},
	{
		name:  "a batch that fails in the middle writes nothing",
		rule:  "If a change of a batch fails, those before it are undone.",
		needs: []Capability{WholeBatches},
		run:   (*suite).testFailingBatch,
	},
}

func (s *suite) testOperations() {
	sc := s.create(schema("t", key(tuple.KindInt), columns(tuple.KindText, tuple.KindInt)))
	a, b := tuple.Text("a"), tuple.Text("b")
	only := func(column int, v tuple.Value) []driver.Assignment {
		return []driver.Assignment{{Column: column, Value: v}}
	}
	change := func(op driver.Op, k int64, set []driver.Assignment) driver.Change {
		return driver.Change{Op: op, Table: sc.Name, Key: number(k), Set: set}
	}
	applied := s.apply(
		change(driver.Insert, 1, set(a, tuple.Int(1))),
		change(driver.Insert, 2, only(1, tuple.Int(2))),
		change(driver.Put, 3, only(0, a)),
		change(driver.Insert, 4, nil),
	)
	s.wantKeys("keys", applied.Keys, []tuple.Tuple{number(1), number(2), number(3), number(4)})
	row := func(k int64, values ...tuple.Value) driver.Row { return driver.Row{Key: number(k), Values: values} }
	wantRows(s, "after inserts", s.all(s.db, sc), []driver.Row{
		row(1, a, tuple.Int(1)), row(2, tuple.Null, tuple.Int(2)), row(3, a, tuple.Null), row(4, tuple.Null, tuple.Null),
	})
	s.apply(
		change(driver.Update, 1, only(0, b)),
		change(driver.Put, 2, only(0, b)),
		change(driver.Update, 3, only(0, tuple.Null)),
		change(driver.Delete, 4, nil),
		change(driver.Remove, 5, nil),
	)
	wantRows(s, "after updates", s.all(s.db, sc), []driver.Row{
		row(1, b, tuple.Int(1)), row(2, b, tuple.Int(2)), row(3, tuple.Null, tuple.Null),
	})
	s.apply(change(driver.Remove, 1, nil), change(driver.Delete, 2, nil))
	wantRows(s, "after deletions", s.all(s.db, sc), []driver.Row{row(3, tuple.Null, tuple.Null)})
}

func (s *suite) testNothing() {
	sc := s.createInt()
	s.fill(sc, number(1))
	want := s.all(s.db, sc)
	s.apply()
	s.apply(driver.Change{Op: driver.Update, Table: sc.Name, Key: number(1)})
	s.apply(driver.Change{Op: driver.Put, Table: sc.Name, Key: number(1)})
	s.apply(driver.Change{Op: driver.Update, Table: sc.Name, Key: number(1), NewKey: number(1)})
	wantRows(s, "rows", s.all(s.db, sc), want)
}

func (s *suite) testPutTwice() {
	sc := s.createInt()
	for _, v := range []string{"first", "second", ""} {
		s.apply(driver.Change{Op: driver.Put, Table: sc.Name, Key: number(1), Set: set(tuple.Text(v))})
		wantRows(s, v, s.all(s.db, sc), []driver.Row{{Key: number(1), Values: texts(v)}})
	}
}

func (s *suite) testMove() {
	sc := s.createMixed()
	from, to := mixedKeys()[3], tuple.Of(tuple.Text("zz"), tuple.Int(-7))
	s.apply(insert(sc, from, tuple.Text("a")))
	applied := s.apply(driver.Change{Op: driver.Update, Table: sc.Name, Key: from, NewKey: to})
	s.wantKeys("keys", applied.Keys, []tuple.Tuple{to})
	wantRows(s, "moved", s.all(s.db, sc), []driver.Row{{Key: to, Values: texts("a")}})
	if row := s.get(s.db, sc, from); row != nil {
		s.Errorf("the old key still finds %v", shortRow(row))
	}
	s.apply(driver.Change{Op: driver.Update, Table: sc.Name, Key: to, NewKey: from, Base: texts("a"), Set: set(tuple.Text("b"))})
	wantRows(s, "moved back and set", s.all(s.db, sc), []driver.Row{{Key: from, Values: texts("b")}})
}

func (s *suite) testBatchOrder() {
	sc := s.createInt()
	s.apply(
		insert(sc, number(1), tuple.Text("a")),
		driver.Change{Op: driver.Update, Table: sc.Name, Key: number(1), Base: texts("a"), Set: set(tuple.Text("b"))},
		driver.Change{Op: driver.Update, Table: sc.Name, Key: number(1), Base: texts("b"), NewKey: number(2)},
		insert(sc, number(1), tuple.Text("c")),
		driver.Change{Op: driver.Put, Table: sc.Name, Key: number(3), Set: set(tuple.Text("d"))},
		driver.Change{Op: driver.Put, Table: sc.Name, Key: number(3), Set: set(tuple.Text("e"))},
		driver.Change{Op: driver.Remove, Table: sc.Name, Key: number(4)},
		driver.Change{Op: driver.Remove, Table: sc.Name, Key: number(4)},
		insert(sc, number(5)),
		driver.Change{Op: driver.Delete, Table: sc.Name, Key: number(5)},
	)
	wantRows(s, "rows", s.all(s.db, sc), []driver.Row{
		{Key: number(1), Values: texts("c")}, {Key: number(2), Values: texts("b")}, {Key: number(3), Values: texts("e")},
	})
}

func (s *suite) testSeveralTables() {
	a, b := s.createInt(), s.createText()
	s.apply(insert(a, number(1)), insert(b, text("x")), insert(a, number(2)))
	s.wantKeys(a.Name, s.keysIn(a, tuple.Range{}, false), []tuple.Tuple{number(1), number(2)})
	s.wantKeys(b.Name, s.keysIn(b, tuple.Range{}, false), []tuple.Tuple{text("x")})
}

func (s *suite) testApplyArity() {
	sc := s.createMixed()
	good := mixedKeys()[0]
	s.fill(sc, good)
	before := s.all(s.db, sc)
	for _, bad := range []tuple.Tuple{{}, text("a"), tuple.Of(tuple.Text("a"), tuple.Int(1), tuple.Int(1))} {
		for op := driver.Insert; op <= driver.Remove; op++ {
			_, err := s.writer().Apply(s.ctx, []driver.Change{{Op: op, Table: sc.Name, Key: bad}})
			s.wantKind(op.String()+" "+bad.String(), err, driver.BadKey)
		}
		if len(bad) == 0 {
			continue // no new key
		}
		_, err := s.writer().Apply(s.ctx, []driver.Change{{Op: driver.Update, Table: sc.Name, Key: good, NewKey: bad}})
		s.wantKind("new key "+bad.String(), err, driver.BadKey)
	}
	wantRows(s, "rows", s.all(s.db, sc), before)
}

func (s *suite) testFailingBatch() {
	sc := s.createMixed()
	keys := mixedKeys()
	s.fill(sc, keys[:3]...)
	before := s.all(s.db, sc)
	_, err := s.writer().Apply(s.ctx, []driver.Change{
		insert(sc, keys[3]),
		{Op: driver.Delete, Table: sc.Name, Key: keys[0]},
		{Op: driver.Update, Table: sc.Name, Key: keys[1], Set: set(tuple.Text("changed"))},
		insert(sc, text("too short")),
		insert(sc, keys[4]),
	})
	s.wantKind("a batch with a bad key in it", err, driver.BadKey)
	_, err = s.writer().Apply(s.ctx, []driver.Change{
		{Op: driver.Put, Table: sc.Name, Key: keys[3]},
		{Op: driver.Put, Table: "no such table", Key: keys[3]},
	})
	s.wantKind("a batch with a bad table in it", err, driver.NoTable)
	wantRows(s, "rows", s.all(s.db, sc), before)
}
