package postgres

import (
	"context"
	"fmt"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// TestFirstRowsTakeTwoRoundTrips after connecting, however many tables there are:
// one to describe the table and one for its page.
func TestFirstRowsTakeTwoRoundTrips(t *testing.T) {
	u := newDatabase(t)
	const tables = 10_000
	for from := 0; from < tables; from += 1000 {
		runSQL(t, u, fmt.Sprintf(`DO $$ BEGIN FOR i IN %d..%d LOOP
			EXECUTE format('CREATE TABLE t%%s(id int)', i); END LOOP; END $$`, from, from+999))
	}
	runSQL(t, u, "CREATE TABLE first(id int, w text, v text, PRIMARY KEY(id, w)); INSERT INTO first SELECT g, 'w', 'v' FROM generate_series(1, 100) g")
	db, w := wired(t, u)
	connected := w.count()
	trips := func(what string, most int, f func() error) {
		t.Helper()
		before := w.count()
		if err := f(); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if got := w.count() - before; got > most {
			t.Errorf("%s takes %d round trips, not %d", what, got, most)
		}
	}
	if connected > 4 { // the greeting, the password (twice), and what is asked for
		t.Errorf("connecting takes %d round trips", connected)
	}
	var s *driver.Schema
	var page driver.Page
	trips("first rows", 2, func() (err error) {
		if s, err = db.Describe(t.Context(), "first"); err != nil {
			return err
		}
		page, err = db.Scan(t.Context(), s, driver.Query{Limit: 50, MaxValue: 1000})
		return err
	})
	if len(page.Rows) != 50 || !page.More {
		t.Errorf("%d rows", len(page.Rows))
	}
	q := driver.Query{Limit: 10}
	for i := range 4 {
		most := 1
		if i == 2 {
			most = 2 // the second page from a key is the second run of its statement, which prepares it
		}
		trips("a page", most, func() error {
			page, err := db.Scan(t.Context(), s, q)
			q.Range = tuple.Range{}.After(page.Rows[len(page.Rows)-1].Key)
			return err
		})
	}
	trips("the list of tables", 1, func() error {
		list, err := db.Tables(t.Context())
		if len(list) != tables+1 {
			t.Errorf("%d tables", len(list))
		}
		return err
	})
	trips("an estimate", 1, func() error {
		_, _, err := db.(driver.Estimator).Estimate(t.Context(), s)
		return err
	})
	trips("a read in a transaction", 4, func() error { // begin, its snapshot, the page, the end
		snapshot, err := db.(driver.Snapshotter).Snapshot(context.Background())
		if err != nil {
			return err
		}
		defer snapshot.Release()
		_, err = snapshot.Scan(t.Context(), s, q)
		return err
	})
}
