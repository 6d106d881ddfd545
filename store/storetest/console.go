package storetest

import (
	"context"
	"errors"
	"fmt"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

var consoleCases = []testCase{
	{
		name: "a query returns its columns and rows", needs: []Capability{Consoles},
		rule: "Columns come once for a result, then its rows, with NULL and the empty text told apart; nothing is affected.",
		run:  (*suite).testQuery,
	},
	{
		name: "a statement says how many rows it wrote", needs: []Capability{Consoles},
		rule: "Affected is the number of rows that an INSERT, UPDATE or DELETE wrote, 0 included.",
		run:  (*suite).testAffected,
	},
	{
		name: "a session remembers", needs: []Capability{Consoles},
		rule: "A temporary table and a transaction last until the session ends, which rolls back; others see neither.",
		run:  (*suite).testSession,
	},
	{
		name: "a statement that fails does no harm to the session", needs: []Capability{Consoles},
		rule: "After an error of the database or of the sink, the next statement runs; the error is the database's own or the sink's.",
		run:  (*suite).testConsoleErrors,
	},
	{
		name: "a statement can be canceled", needs: []Capability{Consoles},
		rule: "Run returns soon after its context is canceled, with an error of that kind, and the session can be used on.",
		run:  (*suite).testConsoleCancel,
	},
	{
		name: "explaining does not run", needs: []Capability{Consoles},
		rule: "A statement with Language.Explain before it says something, and writes nothing.",
		run:  (*suite).testExplain,
	},
	{
		name: "a read-only console refuses to write", needs: []Capability{Consoles, ReadOnlyOpening},
		rule: "In a database that is open for reading only, the database refuses statements that write, and reads.",
		run:  (*suite).testReadOnlyConsole,
	},
	{
		name: "closing the database ends its consoles", needs: []Capability{Consoles},
		rule: "After Close of the database, Run fails with Closed, and Close of the console does nothing.",
		run:  (*suite).testConsoleAfterClose,
	},
}

// gathered is a sink that keeps everything.
type gathered struct {
	columns [][]driver.ResultColumn
	rows    []tuple.Tuple
	each    func() error // is called after each row, if it is not nil
}

func (g *gathered) Columns(c []driver.ResultColumn) error {
	g.columns = append(g.columns, c)
	return nil
}

func (g *gathered) Row(values []tuple.Value) error {
	g.rows = append(g.rows, append(tuple.Tuple{}, values...))
	if g.each != nil {
		return g.each()
	}
	return nil
}

// console opens a session, which is closed after the test.
func (s *suite) console(db driver.DB) driver.Console {
	s.Helper()
	c, err := db.(driver.Consoler).Console(s.ctx)
	if err != nil {
		s.Fatalf("open a console: %v", err)
	}
	s.Cleanup(func() { _ = c.Close() })
	return c
}

// run runs a statement that must work.
func (s *suite) run(c driver.Console, statement string) (*gathered, driver.Outcome) {
	s.Helper()
	var g gathered
	out, err := c.Run(s.ctx, statement, &g)
	if err != nil {
		s.Fatalf("%s: %v", statement, err)
	}
	return &g, out
}

// createNumbers makes a table of n rows.
func (s *suite) createNumbers(n int) *driver.Schema {
	s.Helper()
	sc := s.createInt()
	var keys []tuple.Tuple
	for i := range n {
		keys = append(keys, number(int64(i)))
	}
	s.fill(sc, keys...)
	return sc
}

func (s *suite) testQuery() {
	sc := s.createNumbers(3)
	s.apply(insert(sc, number(3), tuple.Null), insert(sc, number(4), tuple.Text("")))
	g, out := s.run(s.console(s.db), "SELECT k1, c1 AS other, k1 + 1 FROM numbers ORDER BY k1")
	if len(g.columns) != 1 || len(g.columns[0]) != 3 || g.columns[0][0].Name != "k1" || g.columns[0][1].Name != "other" {
		s.Fatalf("columns: %+v", g.columns)
	}
	for i, want := range []string{"k1", "c1", ""} {
		c := g.columns[0][i]
		if c.Table != "" && (c.Table != sc.Name || c.Origin != want) || c.Table == "" != (c.Origin == "") || want == "" && c.Table != "" {
			s.Errorf("column %d comes from %q.%q", i, c.Table, c.Origin)
		}
	}
	var got []tuple.Tuple
	for _, r := range g.rows {
		got = append(got, r[:2])
	}
	if want := `[(0,"row 0") (1,"row 1") (2,"row 2") (3,null) (4,"")]`; fmt.Sprint(got) != want {
		s.Errorf("rows %v, want %s", got, want)
	}
	if out.Affected > 0 || out.InTransaction {
		s.Errorf("outcome: %+v", out)
	}
	g, _ = s.run(s.console(s.db), "SELECT k1 FROM numbers WHERE k1 < 0")
	if len(g.columns) != 1 || len(g.rows) != 0 {
		s.Errorf("an empty result: %+v", g)
	}
}

func (s *suite) testAffected() {
	s.createNumbers(5)
	c := s.console(s.db)
	for _, step := range []struct {
		statement string
		want      int64
	}{
		{"UPDATE numbers SET c1 = 'x' WHERE k1 < 3", 3},
		{"UPDATE numbers SET c1 = 'x' WHERE k1 > 100", 0},
		{"INSERT INTO numbers (k1, c1) VALUES (10, 'a'), (11, NULL)", 2},
		{"DELETE FROM numbers WHERE k1 >= 10", 2},
		{"DELETE FROM numbers WHERE k1 >= 10", 0},
	} {
		if g, out := s.run(c, step.statement); out.Affected != step.want || len(g.columns) != 0 {
			s.Errorf("%s: %d rows affected, %d results", step.statement, out.Affected, len(g.columns))
		}
	}
}

func (s *suite) testSession() {
	sc := s.createNumbers(2)
	c := s.console(s.db)
	s.run(c, "CREATE TEMPORARY TABLE own (a INTEGER)")
	s.run(c, "INSERT INTO own VALUES (7)")
	if g, _ := s.run(c, "SELECT a FROM own"); len(g.rows) != 1 {
		s.Errorf("the temporary table has %d rows", len(g.rows))
	}
	if _, err := s.console(s.db).Run(s.ctx, "SELECT a FROM own", &gathered{}); err == nil {
		s.Error("another session sees the temporary table")
	}
	if _, out := s.run(c, "BEGIN"); !out.InTransaction {
		s.Error("no transaction is open after BEGIN")
	}
	s.run(c, "INSERT INTO numbers (k1, c1) VALUES (50, 'x')")
	if g, out := s.run(c, "SELECT k1 FROM numbers"); len(g.rows) != 3 || !out.InTransaction {
		s.Errorf("the transaction sees %d rows", len(g.rows))
	}
	if n := len(s.all(s.db, sc)); n != 2 {
		s.Errorf("others see %d rows", n)
	}
	if err := c.Close(); err != nil {
		s.Errorf("close: %v", err)
	}
	if n := len(s.all(s.db, sc)); n != 2 {
		s.Errorf("there are %d rows after the session", n)
	}
	s.apply(insert(sc, number(50), tuple.Text("mine"))) // nothing holds a lock
}

func (s *suite) testConsoleErrors() {
	s.createNumbers(3)
	c := s.console(s.db)
	for _, statement := range []string{"SELECT nonsense FROM numbers", "SELEC 1", "SELECT * FROM missing", "INSERT INTO numbers (k1) VALUES (0)"} {
		if _, err := c.Run(s.ctx, statement, &gathered{}); err == nil {
			s.Errorf("%s works", statement)
		}
	}
	_, err := c.Run(s.ctx, "SELECT * FROM missing", &gathered{})
	if k := s.db.Classify(err); k != driver.NoTable {
		s.Errorf("a table that is not there: kind %q of %v", k, err)
	}
	refused := errors.New("the sink is full")
	g := &gathered{each: func() error { return refused }}
	if _, err := c.Run(s.ctx, "SELECT k1 FROM numbers", g); !errors.Is(err, refused) || len(g.rows) != 1 {
		s.Errorf("a sink that refuses: %v after %d rows", err, len(g.rows))
	}
	if g, _ := s.run(c, "SELECT k1 FROM numbers"); len(g.rows) != 3 {
		s.Errorf("after the errors, %d rows", len(g.rows))
	}
}

func (s *suite) testConsoleCancel() {
	s.createNumbers(100)
	c := s.console(s.db)
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	g := &gathered{}
	g.each = func() error {
		if len(g.rows) == 3 {
			cancel()
		}
		return nil
	}
	// A hundred million rows: it does not end by itself.
	_, err := c.Run(ctx, "SELECT a.k1 FROM numbers a, numbers b, numbers d, numbers e", g)
	if err == nil || driver.KindOf(err) != driver.Canceled && s.db.Classify(err) != driver.Canceled {
		s.Errorf("canceled after 3 rows: %v, %d rows", err, len(g.rows))
	}
	if g, _ := s.run(c, "SELECT k1 FROM numbers"); len(g.rows) != 100 {
		s.Errorf("afterwards, %d rows", len(g.rows))
	}
	if _, err := c.Run(ctx, "SELECT k1 FROM numbers", &gathered{}); err == nil {
		s.Error("a statement runs although its context has ended")
	}
}

func (s *suite) testExplain() {
	s.createNumbers(3)
	c, l := s.console(s.db), s.db.(driver.Consoler).Language()
	if l.Name == "" {
		s.Error("the language has no name")
	}
	if l.Explain == "" {
		return
	}
	if g, _ := s.run(c, l.Explain+"DELETE FROM numbers WHERE c1 = 'x'"); len(g.rows) == 0 {
		s.Error("nothing is explained")
	}
	if g, _ := s.run(c, "SELECT k1 FROM numbers"); len(g.rows) != 3 {
		s.Errorf("to explain a DELETE left %d rows", len(g.rows))
	}
	if l.Analyze != "" {
		if g, _ := s.run(c, l.Analyze+"SELECT k1 FROM numbers"); len(g.rows) == 0 {
			s.Error("nothing is analyzed")
		}
	}
}

func (s *suite) testReadOnlyConsole() {
	sc := s.createNumbers(3)
	before := s.all(s.db, sc)
	db := s.openReadOnly()
	c := s.console(db)
	for _, statement := range []string{
		"INSERT INTO numbers (k1) VALUES (100)", "UPDATE numbers SET c1 = 'x'", "DELETE FROM numbers",
		"DROP TABLE numbers", "CREATE TABLE other (a INTEGER)", "ALTER TABLE numbers ADD COLUMN z INTEGER", "CREATE INDEX ix ON numbers (c1)",
	} {
		if _, err := c.Run(s.ctx, statement, &gathered{}); err == nil {
			s.Errorf("%s works", statement)
		} else if k := db.Classify(err); k != driver.ReadOnly && k != driver.Permission {
			s.Errorf("%s: kind %q of %v", statement, k, err)
		}
	}
	if g, _ := s.run(c, "SELECT k1 FROM numbers"); len(g.rows) != 3 {
		s.Errorf("%d rows can be read", len(g.rows))
	}
	wantRows(s, "afterwards", s.all(db, sc), before)
}

func (s *suite) testConsoleAfterClose() {
	s.createNumbers(1)
	c := s.console(s.db)
	if err := s.db.Close(); err != nil {
		s.Fatalf("close: %v", err)
	}
	_, err := c.Run(s.ctx, "SELECT 1", &gathered{})
	if err == nil || s.db.Classify(err) != driver.Closed {
		s.Errorf("run after Close: %v", err)
	}
	if err := c.Close(); err != nil {
		s.Errorf("close after Close: %v", err)
	}
	if _, err := s.db.(driver.Consoler).Console(s.ctx); err == nil || s.db.Classify(err) != driver.Closed {
		s.Errorf("a console after Close: %v", err)
	}
}
