package postgres

import (
	"context"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// TestTablesAreMadeWhereTheirNamesSay: in a schema, if there is one.
func TestTablesAreMadeWhereTheirNamesSay(t *testing.T) {
	db, u := made(t, "CREATE SCHEMA app; CREATE TABLE target(id int PRIMARY KEY)")
	s := &driver.Schema{Key: []driver.Column{{Name: "k", Kind: tuple.KindText}}, Columns: []driver.Column{
		{Name: "at", Kind: tuple.KindTimestamp}, {Name: "local", Kind: tuple.KindTimestamp, Type: "datetime(6)"}, {Name: "big", Kind: tuple.KindUint}}}
	for _, name := range []string{"plain", "app.t", "gone.t"} {
		s.Name = name
		if err := db.(driver.Creator).CreateTable(context.Background(), s); err != nil {
			t.Fatal(err)
		}
		d := described(t, db, name)
		if d.Name != name || d.Key[0].Collation != "" || d.Columns[0].Type != typeZoned || d.Columns[1].Type != "timestamp without time zone" || d.Columns[2].Type != "numeric(20,0)" {
			t.Errorf("%s: %+v", name, d)
		}
	}
	if got := askSQL(t, u, "SELECT string_agg(n.nspname || '/' || relname, ',' ORDER BY n.nspname, relname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'r' AND relname <> 'target' AND nspname IN ('app', 'public')"); got != "app/t,public/gone.t,public/plain" {
		t.Error(got)
	}
	if err := db.(driver.Creator).DropTable(context.Background(), "app.t"); err != nil {
		t.Error(err)
	}
	if _, err := db.Describe(context.Background(), "app.t"); db.Classify(err) != driver.NoTable {
		t.Error(err)
	}
}
