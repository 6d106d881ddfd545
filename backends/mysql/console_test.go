package mysql

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// collected is a [driver.Sink] that keeps everything.
type collected struct {
	columns [][]driver.ResultColumn
	rows    [][]tuple.Tuple // of each result
	fail    error           // what the second row is answered with
}

func (c *collected) Columns(columns []driver.ResultColumn) error {
	c.columns, c.rows = append(c.columns, columns), append(c.rows, nil)
	return nil
}

func (c *collected) Row(values []tuple.Value) error {
	last := len(c.rows) - 1
	c.rows[last] = append(c.rows[last], slices.Clone(values))
	if c.fail != nil && len(c.rows[last]) == 2 {
		return c.fail
	}
	return nil
}

func console(t testing.TB, db driver.DB) driver.Console {
	t.Helper()
	c, err := db.(driver.Consoler).Console(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Errorf("close the console: %v", err)
		}
	})
	return c
}

// ran runs a statement that must succeed.
func ran(t *testing.T, c driver.Console, statement string) (*collected, driver.Outcome) {
	t.Helper()
	var got collected
	outcome, err := c.Run(context.Background(), statement, &got)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return &got, outcome
}

func TestConsole(t *testing.T) {
	name := newDatabase(t)
	db := opened(t, connection(t, name))
	defer db.Close()
	c := console(t, db)
	if _, o := ran(t, c, "CREATE TABLE t (id INT PRIMARY KEY, f FLOAT, b BIT(5), n BIGINT UNSIGNED, v VARCHAR(5), d DATE)"); o.Affected != 0 || o.InTransaction {
		t.Errorf("create: %+v", o)
	}
	if _, o := ran(t, c, "INSERT INTO t VALUES (1, 0.5, b'101', 18446744073709551615, 'é', '2026-01-02'), (2, NULL, NULL, NULL, NULL, NULL);"); o.Affected != 2 {
		t.Errorf("insert: %+v", o)
	}
	got, o := ran(t, c, "SELECT * FROM t ORDER BY id")
	want := tuple.Tuple{tuple.Int(1), tuple.Float(0.5), tuple.Other("bit", "101"), tuple.Uint(1<<64 - 1), tuple.Text("é"), tuple.DateOf(at("2026-01-02 00:00:00"))}
	if len(got.rows) != 1 || len(got.rows[0]) != 2 || !got.rows[0][0].Equal(want) || o.Affected != -1 {
		t.Errorf("select: %+v, %+v", got.rows, o)
	}
	var kinds []tuple.Kind
	for _, column := range got.columns[0] {
		kinds = append(kinds, column.Kind)
	}
	if !slices.Equal(kinds, []tuple.Kind{tuple.KindInt, tuple.KindFloat, tuple.KindOther, tuple.KindUint, tuple.KindText, tuple.KindDate}) || got.columns[0][4].Name != "v" {
		t.Errorf("columns: %+v", got.columns)
	}
	if got, _ := ran(t, c, "SELECT 1 FROM t WHERE FALSE"); len(got.columns) != 1 || len(got.rows[0]) != 0 {
		t.Errorf("an empty result: %+v", got)
	}
	if _, o := ran(t, c, "INSERT IGNORE INTO t (id, v) VALUES (3, 'too long')"); o.Affected != 1 || len(o.Notices) != 1 || !strings.Contains(o.Notices[0].Text, "truncated") || o.Notices[0].Severity != "WARNING" {
		t.Errorf("a warning: %+v", o)
	}
	if _, o := ran(t, c, "UPDATE t SET v = v WHERE id < 3"); o.Affected != 2 {
		t.Errorf("update: %+v", o)
	}
	checkScriptTransaction(t, c)
	if _, err := c.Run(context.Background(), "SELECT 1; SELECT 2", &collected{}); err == nil {
		t.Error("two statements in one were run")
	}
	if _, err := c.Run(context.Background(), "SELECT * FROM missing", &collected{}); db.Classify(err) != driver.NoTable {
		t.Errorf("a missing table: %v", err)
	}
	ran(t, c, "SET @x = 5")
	if got, _ := ran(t, c, "SELECT @x"); got.rows[0][0].String() != "(5)" {
		t.Errorf("the session has forgotten a variable: %v", got.rows)
	}
}

func checkScriptTransaction(t *testing.T, c driver.Console) {
	t.Helper()
	for _, step := range []struct {
		statement string
		open      bool
	}{
		{"START TRANSACTION", true}, {"DELETE FROM t", true}, {"SELECT * FROM t", true}, {"SAVEPOINT a", true}, {"ROLLBACK TO a", true}, {"ROLLBACK", false},
		{"SET autocommit = 0", false}, {"DELETE FROM t WHERE id = 1", true}, {"CREATE TABLE implicit (a INT)", false}, {"SET autocommit = 1", false},
	} {
		if _, o := ran(t, c, step.statement); o.InTransaction != step.open {
			t.Errorf("after %s a transaction is open: %t", step.statement, o.InTransaction)
		}
	}
	if got, _ := ran(t, c, "SELECT count(*) FROM t"); got.rows[0][0][0] != tuple.Int(2) {
		t.Errorf("rows after the implicit commit: %v", got.rows)
	}
}

// TestScriptOfMySQL asks what became of a statement as MySQL, which has no
// variable for that, has to be asked.
func TestScriptOfMySQL(t *testing.T) {
	name := newDatabase(t)
	db := opened(t, connection(t, name)).(*writer)
	defer db.Close()
	db.d.facts = &facts{version: version{8, 4, 0}, database: name}
	c := console(t, db)
	ran(t, c, "CREATE TABLE t (id INT PRIMARY KEY)")
	for _, step := range []struct {
		statement string
		open      bool
		affected  int64
	}{
		{"START TRANSACTION", true, 0}, {"INSERT INTO t VALUES (1), (2)", true, 2}, {"COMMIT", false, 0}, {"UPDATE t SET id = id", false, 2}, {"SELECT 1", false, -1},
	} {
		if _, o := ran(t, c, step.statement); o.InTransaction != step.open || o.Affected != step.affected {
			t.Errorf("after %s: %+v", step.statement, o)
		}
	}
}

// TestSeveralResults: a procedure may return any number of results.
func TestSeveralResults(t *testing.T) {
	name := newDatabase(t)
	run(t, name, "CREATE PROCEDURE p() BEGIN SELECT 1 AS a; SELECT 2 AS b, 3 AS c UNION ALL SELECT 4, 5; END")
	db := opened(t, connection(t, name))
	defer db.Close()
	c := console(t, db)
	got, _ := ran(t, c, "CALL p()")
	if len(got.columns) != 2 || len(got.rows[0]) != 1 || len(got.rows[1]) != 2 || got.columns[1][1].Name != "c" {
		t.Errorf("results: %+v", got)
	}
}

// TestSinkEndsStatement: what nobody wants to have any more is not sent to its
// end, and the session goes on.
func TestSinkEndsStatement(t *testing.T) {
	name := newDatabase(t)
	db := opened(t, connection(t, name))
	defer db.Close()
	c := console(t, db)
	enough := errors.New("enough")
	ran(t, c, "START TRANSACTION")
	_, err := c.Run(context.Background(), "SELECT a.seq, b.seq, REPEAT('x', 1000) FROM seq_1_to_1000000 a, seq_1_to_1000000 b", &collected{fail: enough})
	if !errors.Is(err, enough) {
		t.Errorf("run: %v", err)
	}
	if _, o := ran(t, c, "SELECT 1"); !o.InTransaction {
		t.Error("the transaction was lost")
	}
}

// TestClosedConsole: a console ends with its database.
func TestClosedConsole(t *testing.T) {
	name := newDatabase(t)
	db := opened(t, connection(t, name))
	c := console(t, db)
	ran(t, c, "CREATE TABLE t (id INT PRIMARY KEY)")
	ran(t, c, "START TRANSACTION")
	ran(t, c, "INSERT INTO t VALUES (1)")
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	if _, err := c.Run(context.Background(), "SELECT 1", &collected{}); db.Classify(err) != driver.Closed {
		t.Errorf("run after close: %v", err)
	}
	again := opened(t, connection(t, name)).(*writer)
	defer again.Close()
	if n := text(t, again, "SELECT count(*) FROM t"); n != "0" {
		t.Error("what was not committed is there")
	}
}
