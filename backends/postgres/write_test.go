package postgres

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// setText returns an update of the first column.
func setText(table string, id int64, base []tuple.Value, text string) driver.Change {
	return driver.Change{Op: driver.Update, Table: table, Key: key(tuple.Int(id)), Base: base, Set: []driver.Assignment{{Value: tuple.Text(text)}}}
}

// TestApplyWaitsForOthersAndSeesWhatTheyWrote: the row is locked before it is
// compared.
func TestApplyWaitsForOthersAndSeesWhatTheyWrote(t *testing.T) {
	db, u := made(t, "CREATE TABLE t(id int PRIMARY KEY, v text); INSERT INTO t VALUES(1,'a')")
	ctx := context.Background()
	other, err := pgx.Connect(ctx, u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close(ctx)
	for _, statement := range []string{"BEGIN", "UPDATE t SET v = 'theirs' WHERE id = 1"} {
		if _, err := other.Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	type outcome struct {
		applied driver.Applied
		err     error
	}
	done := make(chan outcome, 1)
	go func() {
		applied, err := db.(driver.Writer).Apply(ctx, []driver.Change{setText("t", 1, []tuple.Value{tuple.Text("a")}, "mine")})
		done <- outcome{applied, err}
	}()
	waitFor(t, u, "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()", "1")
	if _, err := other.Exec(ctx, "COMMIT"); err != nil {
		t.Fatal(err)
	}
	got := <-done
	if got.err != nil || len(got.applied.Conflicts) != 1 || got.applied.Conflicts[0].Current.Values[0] != tuple.Text("theirs") {
		t.Errorf("%+v, %v", got.applied, got.err)
	}
	if v := askSQL(t, u, "SELECT v FROM t"); v != "theirs" {
		t.Errorf("the row holds %s", v)
	}
}

// TestWhoMayOnlyInsertDoes: without the right to lock rows.
func TestWhoMayOnlyInsertDoes(t *testing.T) {
	_, u := made(t, `CREATE TABLE t(id int PRIMARY KEY, v text, secret text)`)
	role := "role_" + strings.TrimPrefix(u.Path, "/")
	runSQL(t, u, "CREATE ROLE "+role+" LOGIN PASSWORD 'p'; GRANT SELECT, INSERT ON t TO "+role)
	t.Cleanup(func() { runSQL(t, u, "DROP OWNED BY "+role+"; DROP ROLE "+role) })
	c := connectionTo(u)
	c.URL = asUser(c.URL, role)
	c.Password = func(context.Context) (string, error) { return "p", nil }
	db := openAt(t, c)
	w := db.(driver.Writer)
	if _, err := w.Apply(context.Background(), []driver.Change{{Op: driver.Insert, Table: "t", Key: key(tuple.Int(1)), Set: []driver.Assignment{{Value: tuple.Text("a")}}}}); err != nil {
		t.Errorf("insert: %v", err)
	}
	_, err := w.Apply(context.Background(), []driver.Change{setText("t", 1, nil, "b")})
	if db.Classify(err) != driver.Permission {
		t.Errorf("update: %v", err)
	}
	// Where the right to read one column is missing, the others can be read.
	runSQL(t, u, "REVOKE SELECT ON t FROM "+role+"; GRANT SELECT (id, v) ON t TO "+role)
	if rows := all(t, db, described(t, db, "t")); len(rows) != 1 || len(rows[0].Values) != 1 {
		t.Errorf("rows: %v", rows)
	}
	runSQL(t, u, "REVOKE SELECT (id, v) ON t FROM "+role)
	if _, err := db.Scan(context.Background(), described(t, db, "t"), driver.Query{Limit: 1}); db.Classify(err) != driver.Permission {
		t.Errorf("scan without any right: %v", err)
	}
}

// TestIdentities: what the server makes itself is left to it, unless it is said.
func TestIdentities(t *testing.T) {
	db, u := made(t, `CREATE TABLE a(id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text, twice text GENERATED ALWAYS AS (v || v) STORED);
		CREATE TABLE d(id uuid DEFAULT gen_random_uuid() PRIMARY KEY, v text);
		CREATE TABLE n(id serial PRIMARY KEY)`)
	w := db.(driver.Writer)
	for _, c := range []struct {
		change driver.Change
		after  string
	}{
		{driver.Change{Op: driver.Insert, Table: "a", Set: []driver.Assignment{{Value: tuple.Text("x")}}}, "SELECT id, twice FROM a"},
		{driver.Change{Op: driver.Insert, Table: "n"}, "SELECT id, 'xx' FROM n"},
	} {
		applied, err := w.Apply(context.Background(), []driver.Change{c.change})
		if err != nil || !applied.Keys[0].Equal(key(tuple.Int(1))) {
			t.Errorf("%s: %v, %v", c.change.Table, applied.Keys, err)
		}
		if got := askSQL(t, u, c.after); got != "1|xx" {
			t.Errorf("%s: %s", c.change.Table, got)
		}
	}
	applied, err := w.Apply(context.Background(), []driver.Change{{Op: driver.Insert, Table: "d", Set: []driver.Assignment{{Value: tuple.Text("x")}}}})
	if err != nil || applied.Keys[0][0].Kind() != tuple.KindUUID {
		t.Errorf("%v, %v", applied.Keys, err)
	}
	// The key of a row that was deleted can be given back.
	if _, err := w.Apply(context.Background(), []driver.Change{{Op: driver.Insert, Table: "a", Key: key(tuple.Int(7))}}); err != nil {
		t.Errorf("a key that is generated always: %v", err)
	}
	if _, err := w.Apply(context.Background(), []driver.Change{{Op: driver.Update, Table: "a", Key: key(tuple.Int(1)), Set: []driver.Assignment{{Column: 1, Value: tuple.Text("x")}}}}); db.Classify(err) != driver.ReadOnly {
		t.Errorf("a generated column: %v", err)
	}
}

// TestConstraints: deferred ones are found by COMMIT.
func TestConstraints(t *testing.T) {
	db, u := made(t, `CREATE TABLE p(id int PRIMARY KEY); CREATE TABLE t(id int PRIMARY KEY, v text UNIQUE CHECK (v <> 'bad'), p int REFERENCES p DEFERRABLE INITIALLY DEFERRED);
		INSERT INTO t VALUES(1, 'a', NULL)`)
	w := db.(driver.Writer)
	insert := func(id int64, column int, v tuple.Value) error {
		_, err := w.Apply(context.Background(), []driver.Change{{Op: driver.Insert, Table: "t", Key: key(tuple.Int(id)), Set: []driver.Assignment{{Column: column, Value: v}}}})
		return err
	}
	for what, err := range map[string]error{
		"check": insert(2, 0, tuple.Text("bad")), "unique": insert(3, 0, tuple.Text("a")), "deferred": insert(4, 1, tuple.Int(9)),
	} {
		if db.Classify(err) != driver.Constraint {
			t.Errorf("%s: %v", what, err)
		}
	}
	if n := askSQL(t, u, "SELECT count(*) FROM t"); n != "1" {
		t.Errorf("%s rows", n)
	}
	// In a transaction that goes on.
	tx, err := db.(driver.Transactor).Begin(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	for _, id := range []int64{5, 6} {
		if _, err := tx.Apply(context.Background(), []driver.Change{{Op: driver.Insert, Table: "t", Key: key(tuple.Int(id)), Set: []driver.Assignment{{Value: tuple.Text("a")}}}}); db.Classify(err) != driver.Constraint {
			t.Errorf("%v", err)
		}
		if _, err := tx.Scan(context.Background(), &driver.Schema{Name: "gone", Key: []driver.Column{{Name: "id"}}}, driver.Query{Limit: 1}); db.Classify(err) != driver.NoTable {
			t.Errorf("%v", err)
		}
	}
	if _, err := tx.Apply(context.Background(), []driver.Change{{Op: driver.Insert, Table: "t", Key: key(tuple.Int(7))}}); err != nil {
		t.Error(err)
	}
	if err := tx.Commit(context.Background()); err != nil {
		t.Error(err)
	}
	if n := askSQL(t, u, "SELECT string_agg(id::text, ',') FROM t"); n != "1,7" {
		t.Errorf("rows %s", n)
	}
}
