package postgres

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// collected is what a sink was given.
type collected struct {
	columns []driver.ResultColumn
	rows    [][]tuple.Value
	most    int // rows before it wants no more, if positive
}

var errEnough = errors.New("enough")

func (c *collected) Columns(columns []driver.ResultColumn) error {
	c.columns = columns
	return nil
}

func (c *collected) Row(values []tuple.Value) error {
	c.rows = append(c.rows, append([]tuple.Value(nil), values...))
	if c.most > 0 && len(c.rows) >= c.most {
		return errEnough
	}
	return nil
}

func openConsole(t *testing.T, db driver.DB) driver.Console {
	t.Helper()
	c, err := db.(driver.Consoler).Console(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// mustRun runs a statement that must succeed.
func mustRun(t *testing.T, c driver.Console, statement string) (collected, driver.Outcome) {
	t.Helper()
	var got collected
	o, err := c.Run(context.Background(), statement, &got)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return got, o
}

func TestConsoleTellsWhereColumnsComeFrom(t *testing.T) {
	db, _ := made(t, `CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM('sad','ok');
		CREATE DOMAIN positive AS numeric(6,2) CHECK (value > 0);
		CREATE TABLE app.t(id int PRIMARY KEY, m app.mood, p positive, j jsonb, "odd ""name" text);
		INSERT INTO app.t VALUES(1,'ok',1.5,'{"a": 1}','x'),(2,NULL,NULL,NULL,NULL)`)
	c := openConsole(t, db)
	got, o := mustRun(t, c, `SELECT id, m AS feeling, p, j, "odd ""name", id + 1 AS next, count(*) OVER () FROM app.t ORDER BY id`)
	if o.Affected != -1 || o.Tag != "SELECT 2" || o.InTransaction {
		t.Errorf("outcome: %+v", o)
	}
	want := []struct {
		name, typ, table, origin string
		kind                     tuple.Kind
		nullable                 bool
	}{
		{"id", "integer", "app.t", "id", tuple.KindInt, false},
		{"feeling", "app.mood", "app.t", "m", tuple.KindOther, true},
		{"p", "positive", "app.t", "p", tuple.KindDecimal, true},
		{"j", "jsonb", "app.t", "j", tuple.KindJSON, true},
		{`odd "name`, "text", "app.t", `odd "name`, tuple.KindText, true},
		{"next", "integer", "", "", tuple.KindInt, true},
		{"count", "bigint", "", "", tuple.KindInt, true},
	}
	for i, w := range want {
		g := got.columns[i]
		if g.Name != w.name || g.Table != w.table || g.Origin != w.origin || g.Kind != w.kind || g.Nullable != w.nullable {
			t.Errorf("column %d is %+v, want %+v", i, g, w)
		}
	}
	row := tuple.Tuple(got.rows[0]).String()
	if !strings.HasPrefix(row, `(1,other("app.mood","ok"),`) || len(got.rows) != 2 || !got.rows[1][1].IsNull() {
		t.Errorf("rows: %s, %d", row, len(got.rows))
	}
}

func TestConsoleSession(t *testing.T) {
	db, u := made(t, "CREATE TABLE t(id int PRIMARY KEY, v text)")
	c := openConsole(t, db)
	if _, o := mustRun(t, c, "INSERT INTO t SELECT g, 'v' FROM generate_series(1, 7) g"); o.Affected != 7 || o.Tag != "INSERT 0 7" {
		t.Errorf("insert: %+v", o)
	}
	_, o := mustRun(t, c, `DO $$ BEGIN RAISE WARNING 'careful' USING HINT = 'twice'; END $$`)
	if len(o.Notices) != 1 || o.Notices[0] != (driver.Notice{Severity: "WARNING", Text: "careful", Detail: "twice"}) {
		t.Errorf("notices: %+v", o.Notices)
	}
	mustRun(t, c, "SET work_mem = '5MB'")
	if got, o := mustRun(t, c, "SHOW work_mem"); got.rows[0][0] != tuple.Text("5MB") || len(o.Notices) != 0 {
		t.Errorf("the setting is %v, %+v", got.rows, o)
	}
	if _, o := mustRun(t, c, "BEGIN"); !o.InTransaction {
		t.Error("no transaction after BEGIN")
	}
	mustRun(t, c, "UPDATE t SET v = 'w' WHERE id = 1")
	if _, o := mustRun(t, c, "ROLLBACK"); o.InTransaction {
		t.Error("a transaction after ROLLBACK")
	}
	if got := askSQL(t, u, "SELECT count(*) FROM t WHERE v = 'v'"); got != "7" {
		t.Errorf("%s rows are as they were", got)
	}
	if got, _ := mustRun(t, c, "EXPLAIN SELECT * FROM t"); len(got.rows) == 0 || got.columns[0].Name != "QUERY PLAN" {
		t.Errorf("explain: %+v", got)
	}
	if got, _ := mustRun(t, c, "SELECT FROM t WHERE false"); len(got.rows) != 0 {
		t.Errorf("no columns: %+v", got)
	}
}

func TestConsoleErrors(t *testing.T) {
	db, _ := made(t, "CREATE TABLE t(id int PRIMARY KEY)")
	c := openConsole(t, db)
	for _, statement := range []string{"SELEC 1", "SELECT 1; SELECT 2", "SELECT $1", "COPY t FROM STDIN", "SELECT 1/0 FROM generate_series(1,3)", "INSERT INTO t VALUES(1),(1)"} {
		if _, err := c.Run(context.Background(), statement, &collected{}); err == nil {
			t.Errorf("%s succeeds", statement)
		}
		if got, _ := mustRun(t, c, "SELECT 1"); got.rows[0][0] != tuple.Int(1) {
			t.Errorf("after %s: %v", statement, got.rows)
		}
	}
	mustRun(t, c, "BEGIN")
	if o, err := c.Run(context.Background(), "SELECT nonsense", &collected{}); err == nil || !o.InTransaction {
		t.Errorf("%+v, %v", o, err)
	}
	if _, err := c.Run(context.Background(), "SELECT 1", &collected{}); db.Classify(err) != driver.Closed {
		t.Errorf("in a failed transaction: %v", err)
	}
	mustRun(t, c, "ROLLBACK")
}

// TestConsoleStopsWhenNobodyReads: the statement is canceled in the server, and
// a transaction goes on.
func TestConsoleStopsWhenNobodyReads(t *testing.T) {
	db, _ := made(t, "CREATE TABLE t(id int PRIMARY KEY)")
	c := openConsole(t, db)
	endless := "SELECT generate_series(1, 1000000000)"
	for _, inTransaction := range []bool{false, true} {
		if inTransaction {
			mustRun(t, c, "BEGIN")
			mustRun(t, c, "INSERT INTO t VALUES(1)")
		}
		few := collected{most: 3}
		o, err := c.Run(context.Background(), endless, &few)
		if !errors.Is(err, errEnough) || len(few.rows) != 3 || o.InTransaction != inTransaction {
			t.Errorf("in a transaction %t: %d rows, %+v, %v", inTransaction, len(few.rows), o, err)
		}
		if got, _ := mustRun(t, c, "SELECT count(*) FROM t"); (got.rows[0][0] == tuple.Int(1)) != inTransaction {
			t.Errorf("in a transaction %t: %v rows", inTransaction, got.rows)
		}
	}
}

func TestConsoleIsCanceled(t *testing.T) {
	db, u := made(t, "")
	c := openConsole(t, db)
	ctx, cancel := context.WithCancel(context.Background())
	failed := make(chan error, 1)
	go func() {
		_, err := c.Run(ctx, "SELECT pg_sleep(600)", &collected{})
		failed <- err
	}()
	waitFor(t, u, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(600)%' AND state = 'active'", "1")
	cancel()
	if err := <-failed; db.Classify(err) != driver.Canceled {
		t.Errorf("%v", err)
	}
	waitFor(t, u, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(600)%' AND state = 'active'", "0")
	mustRun(t, c, "SELECT 1")
}

func TestConsoleEndsWithTheDatabase(t *testing.T) {
	db, _ := made(t, "")
	c := openConsole(t, db)
	mustRun(t, c, "BEGIN")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Run(context.Background(), "SELECT 1", &collected{}); db.Classify(err) != driver.Closed {
		t.Errorf("%v", err)
	}
}

// TestWhatTheServerSaysBeside its message is what can be done.
func TestWhatTheServerSaysBeside(t *testing.T) {
	db, _ := made(t, "CREATE TABLE p(id int PRIMARY KEY); CREATE TABLE c(id int PRIMARY KEY, p int REFERENCES p)")
	c := openConsole(t, db)
	hint := func(err error) string {
		e, ok := errors.AsType[*driver.Error](err)
		if !ok {
			t.Fatalf("no hint: %v", err)
		}
		return e.Hint
	}
	_, err := c.Run(context.Background(), "SELECT 1\nFROM p\nWHERE idd = 1", &collected{})
	if got := hint(err); !strings.Contains(got, "in line 3") || !strings.Contains(got, `"p.id"`) {
		t.Errorf("%v: %s", err, got)
	}
	_, err = c.Run(context.Background(), "INSERT INTO c VALUES(1, 7)", &collected{})
	if got := hint(err); !strings.Contains(got, `Key (p)=(7) is not present`) || db.Classify(err) != driver.Constraint {
		t.Errorf("%v: %s", err, got)
	}
	_, err = db.(driver.Writer).Apply(context.Background(), []driver.Change{
		{Op: driver.Insert, Table: "c", Key: key(tuple.Int(1)), Set: []driver.Assignment{{Value: tuple.Int(7)}}}})
	if got := hint(err); !strings.Contains(got, `Key (p)=(7) is not present`) {
		t.Errorf("%v: %s", err, got)
	}
}
