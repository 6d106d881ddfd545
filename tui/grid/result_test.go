package grid

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/backends/mem"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/pane"
)

// asked is a database whose console knows one query: notes and keys of orders,
// with twice their sizes, the largest key first.
type asked struct{ *mem.DB }

func (*asked) Language() driver.Language { return driver.Language{Name: "SQL"} }

func (a *asked) Console(context.Context) (driver.Console, error) { return answering{a}, nil }

type answering struct{ of *asked }

func (answering) Close() error { return nil }

func (c answering) Run(ctx context.Context, _ string, sink driver.Sink) (driver.Outcome, error) {
	out := driver.Outcome{Affected: -1}
	page, err := c.of.Scan(ctx, orders, driver.Query{Limit: 1000, Reverse: true})
	if err != nil {
		return out, err
	}
	var columns []driver.ResultColumn
	for _, name := range []string{"note", "id", "customer", "twice"} {
		columns = append(columns, driver.ResultColumn{Column: driver.Column{Name: name, Nullable: true}})
	}
	if err := sink.Columns(columns); err != nil {
		return out, err
	}
	for _, r := range page.Rows {
		if err := sink.Row([]tuple.Value{r.Values[2], r.Key[1], r.Key[0], tuple.Int(2 * r.Values[3].AsInt())}); err != nil {
			return out, err
		}
	}
	return out, nil
}

// showQuery shows what a statement returns.
func (w *world) showQuery(statement string) *world {
	w.t.Helper()
	c, err := w.store.Console(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	e, err := c.Run(w.t.Context(), statement)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.do(func(m *Model) (pane.Action, tea.Cmd) { return m.ShowResult(e.Results[0]) })
}

const wholeKeys = "SELECT note, id, customer, size*2 AS twice FROM orders"

func TestResultIsShownLikeATable(t *testing.T) {
	w := newWorld(t, &asked{newOrders(t, 30)}, 80, 20).showQuery(wholeKeys)
	w.See("(result 1)", "note", "twice", "406")
	w.Press("/").Type("twice<30").Press("enter").See("row 1 of 3")
	w.Press("esc", "right", "right", "s").See("▲ id")
	w.Press("Y")
	w.Miss("g get") // no command gets the row of a result
	w.Press("esc", "R").See("(result 1)")
	w.open("orders").See("orders", "status")
}

// TestEditsOfAResultReachTheTable: the row that is shown, and no other.
func TestEditsOfAResultReachTheTable(t *testing.T) {
	w := newWorld(t, &asked{newOrders(t, 30)}, 80, 20).showQuery(wholeKeys)
	shown := order(27) // the third from the end
	w.Press("down", "down", "right", "e")
	edit := last[pane.EditCell](t, w.screen)
	if edit.Schema.Name != "orders" || edit.Column != 4 || !edit.Row.Key.Equal(shown.Key) || len(edit.Row.Values) != 4 {
		t.Fatalf("edits %+v", edit)
	}
	w.Press("x") // NULL
	w.expectChanges("update " + shown.Key.String())
	w.Press("down", "down", "d").Press("down", "space", "space", "d")
	w.expectChanges("update "+shown.Key.String(), "delete "+order(25).Key.String(), "delete "+order(24).Key.String(), "delete "+order(23).Key.String())
	w.Press("up", "d") // on the row that was marked last
	w.expectChanges("update "+shown.Key.String(), "delete "+order(25).Key.String(), "delete "+order(24).Key.String())
	w.Press("u", "g", "down", "down", "$", "e")
	if n := last[pane.Notice](t, w.screen); !strings.Contains(n.Text, "computes") {
		t.Errorf("an expression is edited: %+v", n)
	}
}

func TestResultOfAnyQueryIsReadOnly(t *testing.T) {
	w := newWorld(t, &asked{newOrders(t, 30)}, 80, 20).showQuery("SELECT note, id, customer, 1 FROM orders JOIN x")
	for _, key := range []string{"e", "x", "d", "o"} {
		w.Press("right", key)
		if n := last[pane.Notice](t, w.screen); n.Level != pane.Blocked {
			t.Errorf("%s is not blocked: %+v", key, n)
		}
	}
	w.expectChanges()
}

// TestStaleResultIsNotEdited: what the result shows is no longer there.
func TestStaleResultIsNotEdited(t *testing.T) {
	w := newWorld(t, &asked{newOrders(t, 30)}, 80, 20).showQuery(wholeKeys)
	others, err := w.store.Writer()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := others.Apply(t.Context(), []store.Change{
		{Op: store.Update, Table: "orders", Key: order(29).Key, Set: []store.Assignment{{Column: 2, Value: tuple.Text("theirs")}}},
		{Op: store.Delete, Table: "orders", Key: order(28).Key},
	}); err != nil {
		t.Fatal(err)
	}
	w.Press("right")
	for range 2 {
		w.Press("x", "down")
		if n := last[pane.Notice](t, w.screen); n.Level != pane.Warning || !strings.Contains(n.Text, "run the query again") {
			t.Errorf("told %+v", n)
		}
	}
	w.expectChanges()
}

func TestExport(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "out.csv")
	w := newWorld(t, &asked{newOrders(t, 30)}, 80, 20).open("orders")
	w.Press("/").Type("id=3").Press("enter")
	w.run("export", file)
	if n := last[pane.Notice](t, w.screen); n.Level != pane.Success || !strings.Contains(n.Text, "3 rows") {
		t.Fatalf("told %+v", n)
	}
	text, err := os.ReadFile(file)
	if err != nil || strings.Count(string(text), "\r\n") != 4 || !strings.HasPrefix(string(text), "customer,id,") {
		t.Errorf("wrote %q, %v", text, err)
	}
	w.run("export", file)
	if n := last[pane.Notice](t, w.screen); n.Level != pane.Warning || !strings.Contains(n.Text, "!") {
		t.Errorf("a file that is there: %+v", n)
	}
	w.showQuery(wholeKeys).run("export", file+"!")
	if text, err = os.ReadFile(file); err != nil || !strings.HasPrefix(string(text), "note,id,customer,twice\r\n") {
		t.Errorf("wrote %q, %v", text, err)
	}
	file = filepath.Join(dir, "out.sql")
	w.run("export", file)
	if text, err = os.ReadFile(file); err != nil || !strings.HasPrefix(string(text), `INSERT INTO orders ("note", `) {
		t.Errorf("wrote %q, %v", text, err)
	}
	w.run("export", "out.xls")
	if n := last[pane.Notice](t, w.screen); n.Level != pane.Warning {
		t.Errorf("an unknown format: %+v", n)
	}
}
