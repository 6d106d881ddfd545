package storetest

import (
	"strings"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

var valueCases = []testCase{
	{
		name: "values of each kind come back as they were",
		rule: "A value that is stored reads back as the same value, of the same kind, by Get and by Scan; one that cannot be stored is refused.",
		run:  (*suite).testValues,
	},
	{
		name: "NULL, the empty text and the word NULL are three values",
		rule: "Nothing stands for NULL but NULL.",
		run:  (*suite).testNulls,
	},
	{
		name: "keys of each kind come back as they were",
		rule: "An element of a key that is stored reads back as the same value, and finds the row.",
		run:  (*suite).testKeyValues,
	},
	{
		name: "a table may have no columns beside its key",
		rule: "A row may consist of its key alone.",
		run:  (*suite).testNoColumns,
	},
	{
		name: "a value of a megabyte comes back whole",
		rule: "Values of 1 MB of text and of binary data are stored whole.",
		run:  (*suite).testLargeValues,
	},
	{
		name: "MaxValue cuts values and tells their size",
		rule: "A longer value is cut to a beginning of it, of the same kind, and is listed in Cut with its whole size; others are whole, and keys always are.",
		run:  (*suite).testMaxValue,
	},
	{
		name: "KeysOnly returns keys",
		rule: "With KeysOnly, Values and Cut are nil.",
		run:  (*suite).testKeysOnly,
	},
}

func (s *suite) testValues() {
	for _, kind := range s.h.Kinds {
		sc := s.create(schema("t_"+kind.String(), key(tuple.KindInt), columns(kind)))
		var want []driver.Row
		for i, v := range samples(kind) {
			k := number(int64(i))
			stored, ok := s.h.stores(v)
			if !ok {
				_, err := s.writer().Apply(s.ctx, []driver.Change{insert(sc, k, v)})
				s.wantKind("insert "+clip(v.String()), err, driver.BadValue)
				continue
			}
			s.apply(insert(sc, k, v))
			want = append(want, driver.Row{Key: k, Values: []tuple.Value{stored}})
			if row := s.get(s.db, sc, k); row == nil || !sameRow(row, &want[len(want)-1]) {
				s.Errorf("%s %s reads back as %v", kind, clip(v.String()), shortRow(row))
			}
		}
		wantRows(s, kind.String(), s.all(s.db, sc), want)
	}
}

func (s *suite) testNulls() {
	sc := s.createInt()
	s.apply(
		insert(sc, number(1), tuple.Null),
		insert(sc, number(2), tuple.Text("")),
		insert(sc, number(3), tuple.Text("NULL")),
		insert(sc, number(4)),
	)
	wantRows(s, "rows", s.all(s.db, sc), []driver.Row{
		{Key: number(1), Values: []tuple.Value{tuple.Null}},
		{Key: number(2), Values: texts("")},
		{Key: number(3), Values: texts("NULL")},
		{Key: number(4), Values: []tuple.Value{tuple.Null}},
	})
}

func (s *suite) testKeyValues() {
	for _, kind := range s.h.KeyKinds {
		sc := s.create(schema("t_"+kind.String(), key(kind), columns(tuple.KindInt)))
		for i, v := range samples(kind) {
			stored, ok := s.h.stores(v)
			change := insert(sc, tuple.Of(v), tuple.Int(int64(i)))
			if !ok {
				_, err := s.writer().Apply(s.ctx, []driver.Change{change})
				s.wantKind("insert "+clip(v.String()), err, driver.BadKey, driver.BadValue)
				continue
			}
			s.apply(change)
			want := driver.Row{Key: tuple.Of(stored), Values: ints(int64(i))}
			if row := s.get(s.db, sc, tuple.Of(v)); row == nil || !sameRow(row, &want) {
				s.Errorf("%s %s finds %v", kind, clip(v.String()), shortRow(row))
			}
		}
	}
}

func (s *suite) testNoColumns() {
	sc := s.create(schema("t", key(tuple.KindText, tuple.KindInt), nil))
	k := tuple.Of(tuple.Text("a"), tuple.Int(1))
	s.apply(insert(sc, k))
	rows := s.all(s.db, sc)
	if len(rows) != 1 || !rows[0].Key.Equal(k) || len(rows[0].Values) != 0 {
		s.Errorf("rows: %v", rows)
	}
	s.apply(driver.Change{Op: driver.Delete, Table: sc.Name, Key: k, Base: []tuple.Value{}})
	if rows := s.all(s.db, sc); len(rows) != 0 {
		s.Errorf("after the deletion: %v", rows)
	}
}

const megabyte = 1 << 20

func (s *suite) testLargeValues() {
	sc := s.create(schema("large", key(tuple.KindInt), columns(tuple.KindText, tuple.KindBytes)))
	values := []tuple.Value{
		tuple.Text(strings.Repeat("0123456789abcdef", megabyte/16)),
		tuple.BytesOf(strings.Repeat("\x00\xff\x01\xfe", megabyte/4)),
	}
	want := driver.Row{Key: number(1), Values: values}
	s.apply(insert(sc, want.Key, values...))
	wantRows(s, "scan", s.all(s.db, sc), []driver.Row{want})
	wantRows(s, "get", []driver.Row{*s.get(s.db, sc, want.Key)}, []driver.Row{want})
}

func (s *suite) testMaxValue() {
	const limit = 100
	sc := s.create(schema("large", key(tuple.KindText), columns(tuple.KindText, tuple.KindBytes, tuple.KindText, tuple.KindInt)))
	long := strings.Repeat("k", 3*limit)
	values := []tuple.Value{
		tuple.Text(strings.Repeat("é", megabyte/2)), tuple.BytesOf(strings.Repeat("\xff", limit+1)),
		tuple.Text(strings.Repeat("x", limit)), tuple.Int(1 << 60),
	}
	s.apply(insert(sc, text(long), values...))
	row := s.scan(s.db, sc, driver.Query{Limit: 1, MaxValue: limit}).Rows[0]
	if !row.Key.Equal(text(long)) {
		s.Errorf("the key is %s", short(row.Key))
	}
	s.wantCut(&row, 0, values[0], limit)
	s.wantCut(&row, 1, values[1], limit)
	if len(row.Cut) != 2 || row.Values[2] != values[2] || row.Values[3] != values[3] {
		s.Errorf("more was cut than the values above the limit: %v", shortRow(&row))
	}
	if row := s.get(s.db, sc, text(long)); len(row.Cut) != 0 || row.Values[0] != values[0] {
		s.Error("Get does not return whole values")
	}
}

func (s *suite) wantCut(row *driver.Row, column int, whole tuple.Value, limit int) {
	s.Helper()
	if column >= len(row.Cut) {
		s.Fatalf("column %d is not cut: %v", column, shortRow(row))
	}
	got, cut := row.Values[column], row.Cut[column]
	if cut.Column != column || cut.Size != int64(len(whole.AsText())) {
		s.Errorf("column %d: cut is %+v, the size is %d", column, cut, len(whole.AsText()))
	}
	const character = 4 // bytes; a cut may be before one that does not fit
	n := len(got.AsText())
	if got.Kind() != whole.Kind() || n > limit || n <= limit-character || !strings.HasPrefix(whole.AsText(), got.AsText()) {
		s.Errorf("column %d: %s of %d bytes is not the beginning of %d bytes at most", column, got.Kind(), n, limit)
	}
}

func (s *suite) testKeysOnly() {
	sc := s.createInt()
	s.fill(sc, number(1), number(2))
	page := s.scan(s.db, sc, driver.Query{Limit: 1, KeysOnly: true, MaxValue: 1})
	if !page.More || len(page.Rows) != 1 || !page.Rows[0].Key.Equal(number(1)) {
		s.Errorf("page: %+v", page)
	}
	if page.Rows[0].Values != nil || page.Rows[0].Cut != nil {
		s.Errorf("a row with KeysOnly has values: %v", shortRow(&page.Rows[0]))
	}
}
