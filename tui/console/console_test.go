package console_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/backends/mem"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/sqltext"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/console"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/pane/panetest"
)

// speaking is a database that answers statements: one that begins with FAIL
// fails, CALL has three results, BEGIN and COMMIT do what they say, and any other
// returns a row for each of its words.
type speaking struct {
	*mem.DB
	ran  []string
	inTx bool
}

func (*speaking) Language() driver.Language {
	return driver.Language{Name: "SQL", Explain: "EXPLAIN ", Analyze: "EXPLAIN ANALYZE ", Keywords: []string{"SELVAGE"}, Dialect: sqltext.Dialect{}}
}

func (s *speaking) Console(context.Context) (driver.Console, error) { return session{s}, nil }

type session struct{ of *speaking }

func (session) Close() error { return nil }

func (c session) Run(ctx context.Context, statement string, sink driver.Sink) (driver.Outcome, error) {
	s := c.of
	if err := ctx.Err(); err != nil {
		return driver.Outcome{Affected: -1}, err
	}
	s.ran = append(s.ran, statement)
	words := strings.Fields(statement)
	out := driver.Outcome{Affected: -1}
	switch words[0] {
	case "FAIL":
		out.InTransaction = s.inTx
		return out, driver.Errorf(driver.Constraint, "it is \x1b[31mforbidden").WithHint("do not do it")
	case "BEGIN", "COMMIT":
		s.inTx = words[0] == "BEGIN"
		out.Tag = words[0]
	case "UPDATE", "DELETE", "DROP":
		out.Affected = 3
		out.Notices = []driver.Notice{{Severity: "NOTICE", Text: "three of them"}}
	case "CALL":
		for n := range 3 {
			if err := sink.Columns([]driver.ResultColumn{{Column: driver.Column{Name: "n"}}}); err != nil {
				return out, err
			}
			for range n {
				if err := sink.Row([]tuple.Value{tuple.Int(1)}); err != nil {
					return out, err
				}
			}
		}
	default:
		if err := sink.Columns([]driver.ResultColumn{{Column: driver.Column{Name: "word"}}}); err != nil {
			return out, err
		}
		for _, w := range words {
			if err := sink.Row([]tuple.Value{tuple.Text(w)}); err != nil {
				return out, err
			}
		}
	}
	out.InTransaction = s.inTx
	return out, nil
}

func open(t *testing.T, file string) (*panetest.User, *speaking, *console.Model) {
	t.Helper()
	db := &speaking{DB: mem.New()}
	shape := &driver.Schema{Name: "selections", Key: []driver.Column{{Name: "id", Kind: tuple.KindInt}}, Columns: []driver.Column{{Name: "Selected At", Kind: tuple.KindText, Nullable: true}}}
	if err := db.CreateTable(t.Context(), shape); err != nil {
		t.Fatal(err)
	}
	env := panetest.NewEnv(t, store.New(db))
	m := console.New(env, file)
	return panetest.Framed(t, env, m, 70, 14), db, m
}

// results returns the results that were shown since the last call, as the
// number of their rows.
func results(u *panetest.User) (lens []int) {
	for _, a := range u.Actions() {
		if r, ok := a.(pane.ShowResult); ok {
			lens = append(lens, r.Result.Len)
		}
	}
	return lens
}

func TestRunsTheStatementOfTheCursor(t *testing.T) {
	u, db, _ := open(t, "")
	u.Type("select 1;\nselect 2 3;")
	u.Press("f5")
	u.See("✓ 3 rows")
	if got := fmt.Sprint(results(u)); got != "[3]" {
		t.Errorf("results of %s rows", got)
	}
	u.Press("ctrl+home", "f5")
	if got := fmt.Sprint(db.ran); got != "[select 2 3 select 1]" {
		t.Errorf("ran %s", got)
	}
}

func TestRunsAllUntilOneFails(t *testing.T) {
	u, db, _ := open(t, "")
	u.Type("select 1; select 2 3; FAIL; select 4")
	u.Press("f6")
	u.See("✗ 3 of 3: failed", "it is ␛[31mforbidden", "do not do it")
	if got := fmt.Sprint(db.ran, results(u)); got != "[select 1 select 2 3 FAIL] [2 3]" {
		t.Errorf("ran %s", got)
	}
	u.Press("ctrl+pgup")
	u.See("✓ 2 of 3: 3 rows")
	if got := fmt.Sprint(results(u)); got != "[3]" {
		t.Errorf("the result before has %s rows", got)
	}
}

func TestEachResultOfAStatementCanBeShown(t *testing.T) {
	u, _, _ := open(t, "")
	u.Type("CALL p(); select 1")
	u.Press("f6").See("✓ 4 of 4: 2 rows")
	u.Press("ctrl+pgdown").See("✓ 1 of 4: 0 rows")
	u.Press("ctrl+pgdown").See("✓ 2 of 4: 1 row")
	u.Press("ctrl+pgdown").See("✓ 3 of 4: 2 rows")
	if got := fmt.Sprint(results(u)); got != "[0 2 0 1 2]" {
		t.Errorf("results of %s rows", got)
	}
}

func TestCancel(t *testing.T) {
	u, _, _ := open(t, "")
	u.Type("select 1; select 2 3")
	h := u.Hold("f6")
	u.See("… 1 of 2: running")
	u.Press("esc")
	u.See("! canceled")
	u.Run(h)
	u.See("! canceled")
	if got := results(u); len(got) > 0 {
		t.Errorf("a statement that was canceled shows %v", got)
	}
	u.Press("f5")
	u.See("✓ 3 rows")
}

func TestTransactionIsShown(t *testing.T) {
	u, _, m := open(t, "")
	u.Type("BEGIN; FAIL")
	u.Press("f6")
	u.See("transaction open")
	if !m.InTransaction() {
		t.Error("the transaction ended with the statement that failed")
	}
	u.Press("ctrl+u")
	u.Type("COMMIT")
	u.Press("f5")
	u.See("✓ COMMIT")
	u.Miss("transaction open")
}

// TestAsksBeforeTooMuch: what is likely to concern more than was meant.
func TestAsksBeforeTooMuch(t *testing.T) {
	for statement, asks := range map[string]bool{
		"DELETE FROM t": true, "DELETE FROM t WHERE a": false, "DROP TABLE t": true, "select 1": false, "UPDATE t SET a = 1": true,
	} {
		u, db, _ := open(t, "")
		u.Type(statement)
		u.Press("f5")
		var confirm *pane.Confirm
		for _, a := range u.Actions() {
			if c, ok := a.(pane.Confirm); ok {
				confirm = &c
			}
		}
		if asks != (confirm != nil) || asks == (len(db.ran) > 0) {
			t.Errorf("%s: asked %t, ran %q", statement, confirm != nil, db.ran)
		}
		if confirm != nil && (!strings.Contains(confirm.Text, statement) || confirm.Then != pane.Action(pane.Run{Name: "run-anyway"})) {
			t.Errorf("%s: asked %+v", statement, confirm)
		}
	}
}

func TestProductionAsksForTheName(t *testing.T) {
	u, _, _ := open(t, "")
	u.Env.Environment = pane.Production
	u.Type("DROP TABLE t")
	u.Press("f5")
	if c, ok := u.Actions()[0].(pane.Confirm); !ok || c.Word != "shop" {
		t.Errorf("asked %+v", c)
	}
}

func TestWhatWasWrittenIsReadAgain(t *testing.T) {
	u, _, _ := open(t, "")
	u.Type("UPDATE t SET a = 1 WHERE b")
	u.Press("f5")
	u.See("3 rows affected", "NOTICE: three of them")
	reloaded := false
	for _, a := range u.Actions() {
		_, ok := a.(pane.Reload)
		reloaded = reloaded || ok
	}
	if !reloaded {
		t.Error("nothing is read again after an UPDATE")
	}
}

func TestExplain(t *testing.T) {
	u, db, _ := open(t, "")
	u.Type("select 1; select 2")
	u.Press("f7", "f8")
	if got := fmt.Sprintf("%q", db.ran); got != `["EXPLAIN select 2" "EXPLAIN ANALYZE select 2"]` {
		t.Errorf("ran %s", got)
	}
	if plan, ok := u.Actions()[0].(pane.ShowText); !ok || plan.Text != "EXPLAIN\nselect\n2" {
		t.Errorf("the plan is shown as %+v", plan)
	}
	u.Press("ctrl+u")
	u.Type("DELETE FROM t")
	u.Press("f7")
	u.Actions()
	u.Press("f8")
	if _, ok := u.Actions()[0].(pane.Confirm); !ok {
		t.Error("to analyze a DELETE runs it without a question")
	}
}

func TestCompletion(t *testing.T) {
	for typed, want := range map[string]string{
		"sel":                            "selections", // then the keywords
		"SELE":                           "selections",
		"select id from sel":             "select id from selections",
		"select s.i from selections s":   "select s.id from selections s",
		"select s.sel from selections s": `select s."Selected At" from selections s`,
		"select s.\"S from selections s": "select s.\"S from selections s", // a quote that is not closed
		"select 'sel":                    "select 'sel",
		"zzz":                            "zzz",
	} {
		u, _, _ := open(t, "")
		u.Type(typed)
		if from := strings.Index(typed, " from "); strings.Contains(typed, "s.") {
			u.Press("home")
			for range from {
				u.Press("right")
			}
		}
		u.Press("tab")
		u.See(strings.ReplaceAll(want, "\n", " "))
	}
	u, _, _ := open(t, "")
	u.Type("se")
	u.Press("tab")
	u.See("selections", "select", "selvage", "set")
	u.Press("tab", "tab")
	u.Type(" 1")
	u.See("select 1")
}

func TestHistoryIsKeptWithoutSecrets(t *testing.T) {
	file := filepath.Join(t.TempDir(), "statements")
	u, _, _ := open(t, file)
	for _, s := range []string{"select 1", "ALTER USER ada PASSWORD 'xyzzy'", "select 2\nagain"} {
		u.Press("ctrl+home")
		for range 3 {
			u.Press("ctrl+k", "delete")
		}
		u.Type(s)
		u.Press("f5")
	}
	u.Press("ctrl+up")
	u.See("xyzzy") // in this run
	kept, err := os.ReadFile(file)
	if err != nil || strings.Contains(string(kept), "xyzzy") || strings.Count(string(kept), "\n") != 2 {
		t.Fatalf("kept %q, %v", kept, err)
	}
	if fi, err := os.Stat(file); err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", fi.Mode(), err)
	}
	if err := os.WriteFile(file, append(kept, `"cut o`...), 0o600); err != nil {
		t.Fatal(err)
	}
	again, _, _ := open(t, file)
	again.Type("draft")
	again.Press("ctrl+up")
	again.See("select 2", "again")
	again.Press("ctrl+up", "ctrl+up", "ctrl+up")
	again.See("select 1")
	again.Press("ctrl+down", "ctrl+down")
	again.See("draft")
}

func TestExportsAStatement(t *testing.T) {
	file := filepath.Join(t.TempDir(), "out.csv")
	u, _, m := open(t, "")
	u.Type("select 1")
	export := func(arg string) {
		t.Helper()
		for _, c := range m.Commands() {
			if c.Name == "export-statement" {
				u.Send(panetest.Did(c.Do(arg)))
			}
		}
	}
	export(file)
	u.See("2 rows written to")
	if got, err := os.ReadFile(file); err != nil || string(got) != "word\r\nselect\r\n1\r\n" {
		t.Errorf("wrote %q, %v", got, err)
	}
	export(file)
	u.See("the file exists already")
	export(file + "!")
	u.See("2 rows written to")
	export("out.xls")
	u.See("must end with")
}
