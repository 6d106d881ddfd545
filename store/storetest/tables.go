package storetest

import (
	"slices"
	"strings"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

var tableCases = []testCase{
	{
		name: "a new database has no tables",
		rule: "Tables lists what is there, and nothing is.",
		run: func(s *suite) {
			if got := s.tableNames(); len(got) != 0 {
				s.Errorf("tables of a new database: %q", got)
			}
		},
	},
	{
		name: "tables are listed by name",
		rule: "Tables returns each table once, sorted by name.",
		run:  (*suite).testListing,
	},
	{
		name: "a table is described as it was created",
		rule: "Describe returns the columns in order, with their names and NULLability; the key's are in the order of the key.",
		run:  (*suite).testDescribe,
	},
	{
		name: "tables with odd names are kept apart",
		rule: "A name is any text: it is never taken for syntax or for a pattern.",
		run:  (*suite).testOddNames,
	},
	{
		name: "what is not there is NoTable",
		rule: "Every use of a table that does not exist fails with NoTable.",
		run:  (*suite).testNoTable,
	},
	{
		name:  "an existing table is not created again",
		rule:  "CreateTable of an existing name fails with Exists and changes nothing.",
		needs: []Capability{Creation},
		run:   (*suite).testCreateTwice,
	},
	{
		name:  "a dropped table is gone and its name free",
		rule:  "DropTable removes the table and its rows; a new table of that name is empty.",
		needs: []Capability{Creation},
		run:   (*suite).testDrop,
	},
	{
		name:  "a table that is dropped between two pages is NoTable",
		rule:  "Scan and Get with the schema of a table that has been dropped fail with NoTable.",
		needs: []Capability{Creation},
		run:   (*suite).testDropBetweenPages,
	},
}

func (s *suite) tableNames() []string {
	s.Helper()
	infos, err := s.db.Tables(s.ctx)
	if err != nil {
		s.Fatalf("list tables: %v", err)
	}
	names := []string{}
	for _, info := range infos {
		names = append(names, info.Name)
	}
	return names
}

func (s *suite) testListing() {
	for _, name := range []string{"orders", "customers", "zoo", "events"} {
		s.create(schema(name, key(tuple.KindInt), nil))
	}
	want := []string{"customers", "events", "orders", "zoo"}
	if got := s.tableNames(); !slices.Equal(got, want) {
		s.Errorf("tables: %q, want %q", got, want)
	}
	infos, _ := s.db.Tables(s.ctx)
	for _, info := range infos {
		if info.Kind != driver.Table {
			s.Errorf("%s is listed as a %s", info.Name, info.Kind)
		}
	}
}

func (s *suite) testDescribe() {
	sc := schema("t", key(s.h.KeyKinds...), columns(s.h.Kinds...))
	sc.Columns[0].Nullable = false
	got := s.create(sc)
	if got.Name != "t" || got.Kind != driver.Table || got.ReadOnly != "" || got.Identity != driver.PrimaryKey {
		s.Errorf("described as %q, a %s, read-only %q, identity %d", got.Name, got.Kind, got.ReadOnly, got.Identity)
	}
	s.wantColumns("key", got.Key, sc.Key)
	s.wantColumns("columns", got.Columns, sc.Columns)
}

func (s *suite) wantColumns(what string, got, want []driver.Column) {
	s.Helper()
	if len(got) != len(want) {
		s.Fatalf("%s: %d columns, want %d", what, len(got), len(want))
	}
	for i, g := range got {
		w := want[i]
		if g.Name != w.Name || g.Kind != w.Kind || g.Nullable != w.Nullable || g.Generated {
			s.Errorf("%s: column %d is %+v, want %s, %s, nullable %t", what, i, g, w.Name, w.Kind, w.Nullable)
		}
		if g.Type == "" {
			s.Errorf("%s: column %s has no type to show", what, g.Name)
		}
	}
}

func (s *suite) testOddNames() {
	names := []string{"a", "a_b", "axb", "a%b", `a"b`, "a'b", "a`b", "a;b", "a b", "select", "日本", "[a]", "a.b", strings.Repeat("n", 60)}
	for i, name := range names {
		sc := s.create(schema(name, key(tuple.KindText), columns(tuple.KindInt)))
		s.apply(insert(sc, text(name), tuple.Int(int64(i))))
	}
	for i, name := range names {
		sc := s.describe(name)
		rows := s.all(s.db, sc)
		want := []driver.Row{{Key: text(name), Values: ints(int64(i))}}
		wantRows(s, name, rows, want)
	}
	if got := s.tableNames(); len(got) != len(names) {
		s.Errorf("%d tables are listed, want %d: %q", len(got), len(names), got)
	}
}

func (s *suite) testNoTable() {
	sc := schema("gone", key(tuple.KindInt), columns(tuple.KindText))
	_, err := s.db.Describe(s.ctx, "gone")
	s.wantKind("describe", err, driver.NoTable)
	s.wantNoTable(sc)
	_, err = s.writer().Apply(s.ctx, []driver.Change{insert(sc, number(1))})
	s.wantKind("apply", err, driver.NoTable)
	if c, ok := s.db.(driver.Creator); ok {
		s.wantKind("drop", c.DropTable(s.ctx, "gone"), driver.NoTable)
	}
	if c, ok := s.db.(driver.Counter); ok {
		_, err := c.Count(s.ctx, sc, tuple.Range{})
		s.wantKind("count", err, driver.NoTable)
	}
}

func (s *suite) wantNoTable(sc *driver.Schema) {
	s.Helper()
	_, err := s.db.Scan(s.ctx, sc, driver.Query{Limit: 1})
	s.wantKind("scan", err, driver.NoTable)
	_, err = s.db.Get(s.ctx, sc, []tuple.Tuple{number(1)})
	s.wantKind("get", err, driver.NoTable)
}

func (s *suite) testCreateTwice() {
	sc := s.createInt()
	s.fill(sc, number(1))
	s.wantKind("create again", s.db.(driver.Creator).CreateTable(s.ctx, sc), driver.Exists)
	if rows := s.all(s.db, sc); len(rows) != 1 {
		s.Errorf("the table has %d rows after the failure, want 1", len(rows))
	}
}

func (s *suite) testDrop() {
	sc, other := s.createInt(), s.createText()
	s.fill(sc, number(1))
	s.fill(other, text("kept"))
	if err := s.db.(driver.Creator).DropTable(s.ctx, sc.Name); err != nil {
		s.Fatalf("drop: %v", err)
	}
	if got := s.tableNames(); !slices.Equal(got, []string{other.Name}) {
		s.Errorf("tables after the drop: %q", got)
	}
	if rows := s.all(s.db, other); len(rows) != 1 {
		s.Errorf("the other table has %d rows, want 1", len(rows))
	}
	if rows := s.all(s.db, s.createInt()); len(rows) != 0 {
		s.Errorf("a new table of the same name has %d rows", len(rows))
	}
}

func (s *suite) testDropBetweenPages() {
	sc := s.createInt()
	s.fill(sc, number(1), number(2), number(3))
	s.scan(s.db, sc, driver.Query{Limit: 1})
	if err := s.db.(driver.Creator).DropTable(s.ctx, sc.Name); err != nil {
		s.Fatalf("drop: %v", err)
	}
	s.wantNoTable(sc)
}
