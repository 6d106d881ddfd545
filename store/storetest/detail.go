package storetest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

var detailCases = []testCase{
	{
		name: "a table is defined by what makes it", needs: []Capability{Definitions},
		rule: "Definition says how to make the table, and fails with NoTable if there is none.",
		run:  (*suite).testDefinition,
	},
	{
		name: "indexes and references are described", needs: []Capability{Detailing, Consoles},
		rule: "Details lists each index with its columns, and each foreign key that refers to the table.",
		run:  (*suite).testDetails,
	},
	{
		name: "links lead along foreign keys and back", needs: []Capability{Detailing, Consoles},
		rule: "A row leads to the rows that it refers to, and back to those that refer to it.",
		run:  (*suite).testLinks,
	},
	{
		name: "a commit writes rows that refer to each other", needs: []Capability{Consoles, Transactions},
		rule: "In whatever order they were staged, rows are added after those that they refer to and removed before them, so that no foreign key stands in the way and none that cascades takes a row away first.",
		run:  (*suite).testFamilyCommit,
	},
}

func (s *suite) testDefinition() {
	s.createInt()
	text, err := s.db.(driver.Definer).Definition(s.ctx, "numbers")
	if err != nil || !strings.Contains(text, "numbers") || !strings.Contains(text, "c1") {
		s.Errorf("definition: %q, %v", text, err)
	}
	_, err = s.db.(driver.Definer).Definition(s.ctx, "missing")
	s.wantKind("of a table that is not there", err, driver.NoTable)
}

// createFamily makes two tables of which one refers to the other.
func (s *suite) createFamily() {
	s.Helper()
	c := s.console(s.db)
	for _, statement := range []string{
		"CREATE TABLE parent (a INTEGER NOT NULL, b INTEGER NOT NULL, name VARCHAR(20), PRIMARY KEY (a, b))",
		"CREATE TABLE child (id INTEGER NOT NULL PRIMARY KEY, pb INTEGER, pa INTEGER, boss INTEGER, " +
			"CONSTRAINT of_parent FOREIGN KEY (pa, pb) REFERENCES parent (a, b), CONSTRAINT of_boss FOREIGN KEY (boss) REFERENCES child (id))",
		"CREATE UNIQUE INDEX parent_name ON parent (name, b)",
		"CREATE INDEX parent_b ON parent (b)",
		"INSERT INTO parent VALUES (1, 2, 'x'), (1, 3, 'y')",
		"INSERT INTO child VALUES (10, 2, 1, NULL)",
		"INSERT INTO child VALUES (11, 2, 1, 10)",
		"INSERT INTO child VALUES (12, NULL, 1, 10)",
	} {
		s.run(c, statement)
	}
}

func (s *suite) testDetails() {
	s.createFamily()
	d, err := s.db.(driver.Detailer).Details(s.ctx, "parent")
	if err != nil {
		s.Fatal(err)
	}
	found := map[string]driver.Index{}
	for _, ix := range d.Indexes {
		found[ix.Name] = ix
	}
	if ix := found["parent_name"]; fmt.Sprint(ix.Columns) != "[name b]" || !ix.Unique || ix.Primary {
		s.Errorf("parent_name: %+v", ix)
	}
	if ix := found["parent_b"]; fmt.Sprint(ix.Columns) != "[b]" || ix.Unique || ix.Primary {
		s.Errorf("parent_b: %+v", ix)
	}
	if len(d.Referrers) != 1 || d.Referrers[0].Table != "child" || fmt.Sprint(d.Referrers[0].Columns) != "[pa pb]" || fmt.Sprint(d.Referrers[0].To) != "[a b]" {
		s.Errorf("referrers of parent: %+v", d.Referrers)
	}
	child := s.describe("child")
	if len(child.References) != 2 {
		s.Errorf("references of child: %+v", child.References)
	}
	_, err = s.db.(driver.Detailer).Details(s.ctx, "missing")
	s.wantKind("details of a table that is not there", err, driver.NoTable)
}

func (s *suite) testLinks() {
	s.createFamily()
	links := func(table string, key tuple.Tuple) []string {
		s.Helper()
		t, err := s.store.Table(s.ctx, table)
		if err != nil {
			s.Fatal(err)
		}
		rows, err := t.Get(s.ctx, key)
		if err != nil || rows[0] == nil {
			s.Fatalf("get %v: %v, %v", key, rows, err)
		}
		all, err := t.Links(s.ctx, rows[0])
		if err != nil {
			s.Fatalf("links of %v: %v", key, err)
		}
		var found []string
		for _, l := range all {
			if l.Unset {
				continue
			}
			found = append(found, fmt.Sprintf("%s back %t: %v", l.Table, l.Back, s.linked(l)))
		}
		return found
	}
	for _, c := range []struct {
		table string
		key   tuple.Tuple
		want  string
	}{
		{"parent", number(1, 2), "[child back true: [(10) (11)]]"},
		{"parent", number(1, 3), "[child back true: []]"},
		{"child", number(11), "[parent back false: [(1,2)] child back false: [(10)] child back true: []]"},
		{"child", number(10), "[parent back false: [(1,2)] child back true: [(11) (12)]]"},
		{"child", number(12), "[child back false: [(10)] child back true: []]"},
	} {
		got := links(c.table, c.key)
		if fmt.Sprint(got) != c.want && fmt.Sprint(reordered(got)) != c.want {
			s.Errorf("%s %v leads to %v, want %s", c.table, c.key, got, c.want)
		}
	}
}

func (s *suite) testFamilyCommit() {
	c := s.console(s.db)
	for _, action := range []string{"NO ACTION", "CASCADE"} {
		name := strings.ToLower(strings.Fields(action)[0])
		s.run(c, "CREATE TABLE parent_"+name+" (id INTEGER NOT NULL PRIMARY KEY)")
		s.run(c, "CREATE TABLE child_"+name+" (id INTEGER NOT NULL PRIMARY KEY, parent INTEGER, CONSTRAINT of_"+name+
			" FOREIGN KEY (parent) REFERENCES parent_"+name+" (id) ON DELETE "+action+")")
		parent, child := s.describe("parent_"+name), s.describe("child_"+name)
		cs := store.NewChangeSet()
		commit := func(what string, err error) {
			s.Helper()
			if err != nil {
				s.Fatalf("%s: stage: %v", what, err)
			}
			w, err := s.store.Writer()
			if err != nil {
				s.Fatal(err)
			}
			if r, err := w.Commit(s.ctx, cs); err != nil || len(r.Conflicts) > 0 {
				s.Fatalf("%s, ON DELETE %s: %+v, %v", what, action, r, err)
			}
		}
		_, e1 := cs.Insert(child, number(10), []store.Assignment{{Column: 0, Value: tuple.Int(1)}})
		_, e2 := cs.Insert(parent, number(1), nil)
		commit("add", errors.Join(e1, e2))
		e1 = cs.Delete(parent, *s.get(s.db, parent, number(1)))
		_, e2 = cs.Insert(parent, number(2), nil)
		e3 := cs.Edit(child, *s.get(s.db, child, number(10)), 1, tuple.Int(2))
		commit("move", errors.Join(e1, e2, e3))
		e1 = cs.Delete(parent, *s.get(s.db, parent, number(2)))
		e2 = cs.Delete(child, *s.get(s.db, child, number(10)))
		commit("remove", errors.Join(e1, e2))
		if n := len(s.all(s.db, parent)) + len(s.all(s.db, child)); n != 0 {
			s.Errorf("ON DELETE %s: %d rows are left", action, n)
		}
	}
}

// linked returns the keys of the rows that a link leads to.
func (s *suite) linked(l store.Link) []tuple.Tuple {
	s.Helper()
	t, err := s.store.Table(s.ctx, l.Table)
	if err != nil {
		s.Fatal(err)
	}
	w, err := t.View(store.ViewOptions{Range: l.Range, Filter: l.Filter}).Read(s.ctx, store.Anchor{}, everything)
	if err != nil {
		s.Fatal(err)
	}
	return keysOf(w.Rows)
}

// reordered exchanges the first two: a database may list foreign keys in any
// order.
func reordered(links []string) []string {
	if len(links) < 2 {
		return links
	}
	return append([]string{links[1], links[0]}, links[2:]...)
}
