package mysql

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// shop makes the database that testdata/shop.sql describes.
func shop(t *testing.T) string {
	t.Helper()
	script, err := os.ReadFile("testdata/shop.sql")
	if err != nil {
		t.Fatal(err)
	}
	name := newDatabase(t)
	statements := []string{"SET sql_mode = ''", "SET NAMES utf8mb4 COLLATE utf8mb4_general_ci"}
	for _, s := range language.Split(string(script)) {
		statements = append(statements, s.Text)
	}
	run(t, name, statements...)
	return name
}

// shell runs a query with the server's own client and returns what it prints, a
// line for each row.
func shell(t *testing.T, database, query string) []string {
	t.Helper()
	u := server(t)
	password, _ := u.User.Password()
	cmd := exec.Command("mariadb", "--no-defaults", "--protocol=tcp", "--host="+u.Hostname(), "--port="+u.Port(), "--user="+u.User.Username(),
		"--default-character-set=utf8mb4", "--batch", "--skip-column-names", "--binary-as-hex", database, "-e", "SET time_zone = '+00:00'; "+query)
	cmd.Env = append(os.Environ(), "MYSQL_PWD="+password)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", query, err, out)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}

// allRows reads a table to its end.
func allRows(t *testing.T, db *writer, s *driver.Schema, reverse bool) []driver.Row {
	t.Helper()
	var rows []driver.Row
	q := driver.Query{Limit: 97, Reverse: reverse}
	for {
		page, err := db.Scan(context.Background(), s, q)
		if err != nil {
			t.Fatalf("scan %s: %v", s.Name, err)
		}
		rows = append(rows, page.Rows...)
		if !page.More {
			return rows
		}
		last := page.Rows[len(page.Rows)-1].Key
		if q.Range = (tuple.Range{}).After(last); reverse {
			q.Range = (tuple.Range{}).Before(last)
		}
	}
}

// TestShop walks over every table of a schema as one finds it, to its end in both
// directions, writes one row of each, and looks with the server's own client
// what has changed: that row, and nothing else.
func TestShop(t *testing.T) {
	name := shop(t)
	db := opened(t, connection(t, name)).(*writer)
	defer db.Close()
	list, err := db.Tables(context.Background())
	if err != nil || len(list) < 20 {
		t.Fatalf("%d tables, %v", len(list), err)
	}
	written := 0
	for _, info := range list {
		s := describe(t, db, info.Name)
		rows, backward := allRows(t, db, s, false), allRows(t, db, s, true)
		slices.Reverse(backward)
		if !slices.EqualFunc(rows, backward, func(a, b driver.Row) bool {
			return a.Key.Equal(b.Key) && slices.Equal(a.Values, b.Values)
		}) {
			t.Errorf("%s: %d rows forward, %d backward, and not the same", s.Name, len(rows), len(backward))
		}
		query := "SELECT * FROM " + db.d.Table(s.Name)
		before := shell(t, name, query)
		if len(before) != len(rows) {
			t.Errorf("%s: %d rows were read, there are %d", s.Name, len(rows), len(before))
		}
		if s.ReadOnly != "" {
			continue
		}
		written++
		edit(t, db, s, rows)
		if changed := difference(before, shell(t, name, query)); changed != 1 {
			t.Errorf("%s: %d rows have changed, want 1", s.Name, changed)
		}
	}
	if written < 16 {
		t.Errorf("only %d tables were written", written)
	}
}

// edit writes what a row in the middle holds into all its columns again, but for
// one that gets another value; where there is none but the key, that changes.
func edit(t *testing.T, db *writer, s *driver.Schema, rows []driver.Row) {
	t.Helper()
	row, other := rows[len(rows)/2], rows[len(rows)/2+1]
	c := driver.Change{Op: driver.Update, Table: s.Name, Key: row.Key, Base: row.Values}
	changed := false
	for i := range s.Columns {
		v := row.Values[i]
		if !changed && isChangeable(&s.Columns[i]) {
			v, changed = another(v, &s.Columns[i]), true
		}
		if !s.Columns[i].Generated {
			c.Set = append(c.Set, driver.Assignment{Column: i, Value: v})
		}
	}
	if !changed {
		c.NewKey = slices.Clone(row.Key)
		last := len(row.Key) - 1
		c.NewKey[last] = another(other.Key[last], &s.Key[last])
	}
	applied, err := db.Apply(context.Background(), []driver.Change{c})
	if err != nil || len(applied.Conflicts) > 0 {
		t.Errorf("edit %s %v: %+v, %v", s.Name, row.Key, applied, err)
	}
}

// isChangeable leaves alone what other tables refer to.
func isChangeable(c *driver.Column) bool {
	switch c.Kind {
	case tuple.KindText:
		return !strings.HasPrefix(c.Type, "enum") && !strings.HasPrefix(c.Type, "set") && c.Name != "country" && c.Name != "sku" && c.Name != "secret" && !c.Generated
	case tuple.KindInt, tuple.KindDecimal:
		return c.Name != "category" && c.Name != "parent" && !c.Generated
	case tuple.KindFloat:
		return true
	}
	return false
}

// another returns a value that is not v.
func another(v tuple.Value, c *driver.Column) tuple.Value {
	switch c.Kind {
	case tuple.KindText:
		return tuple.Text("geändert")
	case tuple.KindInt:
		return tuple.Int(v.AsInt()%100 + 1)
	case tuple.KindFloat:
		return tuple.Float(v.AsFloat() + 0.25)
	case tuple.KindDecimal:
		return decimal("0.99")
	}
	return v
}

// difference counts the lines that are in one list only, in pairs.
func difference(a, b []string) int {
	left := map[string]int{}
	for _, line := range a {
		left[line]++
	}
	for _, line := range b {
		left[line]--
	}
	n := 0
	for _, count := range left {
		n += max(count, 0)
	}
	return n
}
