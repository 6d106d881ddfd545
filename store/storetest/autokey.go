package storetest

import (
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

var keyCases = []testCase{
	{
		name:  "the database makes keys",
		rule:  "An insert without a key gets one that no row has, which Applied.Keys tells; with a key, it keeps it.",
		needs: []Capability{AutoKeys},
		run:   (*suite).testAutoKeys,
	},
	{
		name: "a table whose keys are given needs them",
		rule: "An insert without a key into a table that is not AutoKey fails with BadKey.",
		run: func(s *suite) {
			sc := s.createMixed()
			_, err := s.writer().Apply(s.ctx, []driver.Change{insert(sc, nil)})
			s.wantKind("insert without a key", err, driver.BadKey)
		},
	},
	{
		name:  "a key that is too large is refused",
		rule:  "A key above Info().MaxKey fails with TooLarge and writes nothing.",
		needs: nil,
		run:   (*suite).testMaxKey,
	},
}

func (s *suite) testAutoKeys() {
	sc := schema("auto", key(tuple.KindInt), columns(tuple.KindText))
	sc.AutoKey = true
	sc = s.create(sc)
	applied := s.apply(
		insert(sc, nil, tuple.Text("a")),
		insert(sc, number(100), tuple.Text("b")),
		insert(sc, nil, tuple.Text("c")),
		insert(sc, nil, tuple.Text("d")),
	)
	if !applied.Keys[1].Equal(number(100)) {
		s.Errorf("a key that was given became %v", applied.Keys[1])
	}
	for i, want := range []string{"a", "b", "c", "d"} {
		row := s.get(s.db, sc, applied.Keys[i])
		if row == nil || row.Values[0] != tuple.Text(want) {
			s.Errorf("key %v finds %v, want %q", applied.Keys[i], shortRow(row), want)
		}
	}
	if rows := s.all(s.db, sc); len(rows) != 4 {
		s.Errorf("%d rows, want 4", len(rows))
	}
}

func (s *suite) testMaxKey() {
	limit := s.db.Info().MaxKey
	if limit == 0 {
		return // no limit to speak of
	}
	sc := s.createText()
	body := make([]byte, limit+1)
	for i := range body {
		body[i] = 'x'
	}
	_, err := s.writer().Apply(s.ctx, []driver.Change{insert(sc, text("a")), insert(sc, text(string(body)))})
	s.wantKind("insert", err, driver.TooLarge)
	wantRows(s, "rows", s.all(s.db, sc), nil)
}
