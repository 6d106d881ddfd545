package mysql

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// manyTables makes a database of so many tables. The server takes minutes to make
// them; it believes as well in files beside its own, of an engine that keeps no
// list of its tables.
func manyTables(t *testing.T, n int) string {
	t.Helper()
	name := newDatabase(t)
	run(t, name, "CREATE TABLE t0 (id INT PRIMARY KEY, v INT) ENGINE=MyISAM",
		"CREATE TABLE orders (id INT PRIMARY KEY, v VARCHAR(20), j JSON, parent INT, FOREIGN KEY (parent) REFERENCES orders (id))",
		"INSERT INTO orders (id, v) SELECT seq, seq FROM seq_1_to_1000")
	db := opened(t, connection(t, name)).(*writer)
	defer db.Close()
	data := text(t, db, "SELECT @@datadir")
	file := func(i int) string { return filepath.Join(data, name, fmt.Sprintf("t%d.frm", i)) }
	for i := 1; i < n; i++ {
		if err := os.Link(file(0), file(i)); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Remove(file(i)) }) // the server would take minutes again
	}
	return name
}

// TestRoundTrips: the first rows of a table are there after two round trips,
// however many tables there are.
func TestRoundTrips(t *testing.T) {
	const tables = 10_000
	db, p := through(t, manyTables(t, tables))
	s := firstRows(t, db) // which is connected then
	if trips := p.took(func() { firstRows(t, db) }); trips != 2 {
		t.Errorf("the first rows take %d round trips, want 2", trips)
	}
	next := driver.Query{Range: tuple.Range{}.After(tuple.Of(tuple.Int(500))), Limit: 100}
	trips := p.took(func() {
		if page, err := db.Scan(context.Background(), s, next); err != nil || len(page.Rows) != 100 {
			t.Errorf("scan: %+v, %v", page, err)
		}
	})
	if trips != 1 {
		t.Errorf("another page takes %d round trips, want 1", trips)
	}
	trips = p.took(func() {
		list, err := db.Tables(context.Background())
		if err != nil || len(list) != tables+1 || list[0].Name != "orders" {
			t.Errorf("%d tables, %v", len(list), err)
		}
	})
	if trips != 1 {
		t.Errorf("the list of tables takes %d round trips, want 1", trips)
	}
}

func firstRows(t *testing.T, db *writer) *driver.Schema {
	t.Helper()
	s, err := db.Describe(context.Background(), "orders")
	if err != nil {
		t.Fatal(err)
	}
	page, err := db.Scan(context.Background(), s, driver.Query{Limit: 100, MaxValue: 1000})
	if err != nil || len(page.Rows) != 100 || !page.More {
		t.Fatalf("scan: %+v, %v", page, err)
	}
	return s
}
