package grid

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/task"
)

// under returns the key of the row that the cursor is on.
func (w *world) under() string {
	w.t.Helper()
	l, ok := w.screen.grid.current()
	if !ok {
		w.t.Fatalf("there is no row:\n%s", w.Screen())
	}
	return l.row.Key.String()
}

func (w *world) expect(key string) {
	w.t.Helper()
	if got := w.under(); got != key {
		w.t.Fatalf("the cursor is on %s, not on %s:\n%s", got, key, w.Screen())
	}
}

// wait lets time pass, so that what takes long is shown.
func (w *world) wait(d time.Duration) *world {
	w.screen.now = w.screen.now.Add(d)
	w.Send(task.Tick{})
	return w
}

func TestScreens(t *testing.T) {
	for _, size := range []struct{ w, h int }{{80, 24}, {120, 36}, {40, 12}} {
		t.Run(fmt.Sprintf("%dx%d", size.w, size.h), func(t *testing.T) {
			w := newWorld(t, newOrders(t, 500), size.w, size.h).open("orders")
			w.Golden("first")
			w.Press("G", "$").Golden("last")
			w.Press("g", "0", "j", "j", "l", "l", "l", "l", "x", "j", "d", "j", "space").Golden("staged")
			w.Press("esc", "/").Type("nothing like it").Press("enter").Golden("none")
			w = newWorld(t, newAwkward(t), size.w, size.h).open(awkward.Name)
			w.Golden("awkward")
		})
	}
}

func TestColours(t *testing.T) {
	w := newWorld(t, newOrders(t, 20), 60, 12).open("orders")
	w.Press("j", "d", "j", "l", "l", "l", "l", "x", "j", "space")
	w.GoldenStyled()
}

// TestNoPositionIsLostByPaging goes through the table in every way there is.
func TestNoPositionIsLostByPaging(t *testing.T) {
	const n = 1234
	for _, c := range []struct {
		start, key string
		end        string
	}{
		{"g", "j", order(n - 1).Key.String()},
		{"g", "pgdown", order(n - 1).Key.String()},
		{"g", "ctrl+d", order(n - 1).Key.String()},
		{"G", "k", order(0).Key.String()},
		{"G", "pgup", order(0).Key.String()},
		{"G", "ctrl+u", order(0).Key.String()},
	} {
		w := newWorld(t, newOrders(t, n), 80, 24).open("orders").Press(c.start)
		g := w.Model().(*screen).grid
		for i := 0; ; i++ {
			before := g.cursor
			w.Press(c.key)
			if g.cursor == before {
				break
			}
			if i > 2*n {
				t.Fatalf("%s does not come to an end", c.key)
			}
			if held := len(g.win.rows); held > (screensKept+screensRead)*g.rowsHeight() {
				t.Fatalf("%d rows are held", held)
			}
		}
		if l, _ := g.current(); l.row.Key.String() != c.end {
			t.Errorf("%s from %s ends at %s, not %s", c.key, c.start, l.row.Key, c.end)
		}
		if c.start == "g" {
			w.See(fmt.Sprintf("row %s of %s", "1,234", "1,234"))
		} else {
			w.See("row 1 of")
		}
	}
}

// TestStaleRowsStayUntilNewOnesCome: a key press changes what can be changed
// at once, and the rest when the rows are there.
func TestStaleRowsStayUntilNewOnesCome(t *testing.T) {
	w := newWorld(t, newOrders(t, 5000), 80, 24)
	w.open("orders")
	h := w.Hold("G")
	w.See("c00000").Miss("seeking")
	w.wait(task.Patience).See("c00000", "⠙ seeking… 0.1s  esc cancels")
	w.Run(h).See("c00499").Miss("seeking", "c00000")
}

func TestEscCancelsASeek(t *testing.T) {
	w := newWorld(t, newOrders(t, 5000), 80, 24)
	w.open("orders")
	h := w.Hold("G")
	w.wait(time.Second).Press("esc").Miss("seeking")
	w.Run(h).See("c00000").Miss("c00499")
	w.Press("j")
	w.expect(order(1).Key.String())
}

// TestReadsThatTheProgramCancels are not begun again until the user moves.
func TestReadsThatTheProgramCancels(t *testing.T) {
	w := newWorld(t, newOrders(t, 5000), 80, 24)
	w.open("orders").Press("pgdown", "pgdown")
	g := w.screen.grid
	g.cursor.line = len(g.lines) - 1
	h := w.Hold("pgdown")
	if g.cursor.owed == 0 || !g.busy() {
		t.Fatal("nothing is being read")
	}
	w.screen.env.Tasks.CancelPane(ID)
	w.Send(task.Tick{}).Run(h)
	if g.cursor.owed != 0 || g.busy() || g.cursor.line != len(g.lines)-1 {
		t.Errorf("the cursor owes %d, busy is %v", g.cursor.owed, g.busy())
	}
	before := w.under()
	w.Press("j")
	if w.under() == before {
		t.Error("the next key does not go on")
	}
}

func TestResetForgetsEverything(t *testing.T) {
	w := newWorld(t, newOrders(t, 50), 80, 24)
	w.open("orders").Press("j", "space", "d")
	w.do(func(m *Model) (pane.Action, tea.Cmd) {
		m.Reset()
		return nil, nil
	})
	w.See("No table is open.").Miss("c00000", "orders", "marked")
	w.open("orders").See("c00000").Miss("marked")
}

// TestSupersededReadsAreDropped: of two seeks the later one counts, in
// whichever order they end.
func TestSupersededReadsAreDropped(t *testing.T) {
	w := newWorld(t, newOrders(t, 5000), 80, 24)
	w.open("orders").Press("G", "k")
	first := w.Hold("g")
	second := w.Hold("G")
	w.Run(second)
	w.Run(first).See("c00499")
	w.Press("k").See("row 4,999 of 5,000")
}

// TestOwedMovesArePaid: moves beyond what is loaded are made when the rows
// come.
func TestOwedMovesArePaid(t *testing.T) {
	w := newWorld(t, newOrders(t, 5000), 80, 24)
	w.open("orders")
	g := w.screen.grid
	loaded := len(g.lines)
	g.cursor.line = loaded - 1
	var held []string
	for range 30 {
		held = append(held, "j")
	}
	h := w.Hold(held...)
	if g.cursor.line != loaded-1 || g.cursor.owed != 30 {
		t.Fatalf("the cursor is at %d of %d and owes %d", g.cursor.line, loaded, g.cursor.owed)
	}
	w.Run(h)
	w.expect(order(loaded - 1 + 30).Key.String())
}

// TestAnotherTableOpenedMeanwhile: rows of the first table that come late are
// not shown under the name of the second.
func TestAnotherTableOpenedMeanwhile(t *testing.T) {
	db := newOrders(t, 100)
	other := *orders
	other.Name = "other"
	w := newWorld(t, db, 80, 24)
	if err := db.CreateTable(t.Context(), &other); err != nil {
		t.Fatal(err)
	}
	var held tea.Cmd
	w.Send(callMsg{func(m *Model) (pane.Action, tea.Cmd) {
		_, held = m.Open("orders")
		return nil, nil
	}})
	w.open("other").See("No rows. o inserts one, R refreshes.")
	w.Send(callMsg{func(*Model) (pane.Action, tea.Cmd) { return nil, held }})
	w.See(" other ", "No rows.").Miss("c00000")
}

func TestFilter(t *testing.T) {
	w := newWorld(t, newOrders(t, 3000), 80, 24)
	w.open("orders").Press("j", "j", "/").Type("note 2999").Press("enter")
	w.See("/note 2999", "c00299", "row 1 of 1")
	w.expect(order(2999).Key.String())
	w.Press("esc").Miss("/note 2999").See("c00298", "c00299")
	w.expect(order(2999).Key.String())

	w.Press("/").Type("paid-not").Press("enter").See(`0 rows match "paid-not". esc clears the filter.`)
	w.Press("esc").See("c00000")
	w.Press("/").See("/a word, column=value").Type("status=").Miss("a word").Press("enter")
	if w.screen.grid.prompt == nil {
		w.Press("/")
	}
	w.Press("esc").Miss("filter:")
}

// TestFilterReadsOnWhenItsBudgetEnds: a search through more rows than one read
// examines goes on until the screen is full, and can be stopped.
func TestFilterReadsOnWhenItsBudgetEnds(t *testing.T) {
	n := 3*store.DefaultBudget + 7
	w := newWorld(t, newOrders(t, n), 80, 24)
	w.open("orders").Press("/").Type(fmt.Sprintf("note=\"note %d\"", n-1-(n-1)%4-1))
	w.Press("enter").See("row 1 of 1").Miss("Searching")

	w.Press("esc", "/").Type("no such note")
	h := w.Hold("enter")
	w.wait(time.Second).See("searched 0 rows 1.0s  esc cancels")
	w.Press("esc").Run(h)
	w.Miss("no such note").See("c06000")
}

func TestNextMatchDoesNotHideTheOthers(t *testing.T) {
	w := newWorld(t, newOrders(t, 2000), 80, 24)
	w.open("orders").Press("/").Type("status=void total=101.01").Press("enter", "esc", "g")
	w.Press("n")
	first := w.under()
	w.Press("n").Press("N")
	w.expect(first)
	w.See(order(100).Key[0].AsText())
	w.Press("N")
	if !strings.HasPrefix(last[pane.Notice](t, w.screen).Text, "No row before this one matches") {
		t.Errorf("the first match is not said to be the first: %q", last[pane.Notice](t, w.screen).Text)
	}
}

func TestSortCyclesAndKeepsTheKeyOrder(t *testing.T) {
	w := newWorld(t, newOrders(t, 200), 100, 24)
	w.open("orders").Press("l", "l", "l", "s").See("▲ total", "total ▲")
	w.expect(order(0).Key.String())
	w.Press("s").See("▼ total", "total ▼")
	w.expect(order(199).Key.String())
	w.Press("s").Miss("▼ total", "▲ total")
	w.expect(order(0).Key.String())
}

// TestRefreshStaysAtTheKey and, when that has gone, goes to the one after it.
func TestRefreshStaysAtTheKey(t *testing.T) {
	db := newOrders(t, 2000)
	w := newWorld(t, db, 80, 24)
	w.open("orders").run("goto", `("c00100",4)`)
	w.expect(order(1003).Key.String())
	x, y, _ := w.Find("note 1003")
	var gone []store.Change
	for i := 100; i < 1000; i++ {
		gone = append(gone, store.Change{Op: store.Delete, Table: "orders", Key: order(i).Key})
	}
	apply(t, writer(t, db), gone...)
	w.Press("R")
	w.expect(order(1003).Key.String())
	if x2, y2, _ := w.Find("note 1003"); x2 != x || y2 != y {
		t.Errorf("the row moved on the screen from %d,%d to %d,%d", x, y, x2, y2)
	}
	apply(t, writer(t, db), store.Change{Op: store.Delete, Table: "orders", Key: order(1003).Key})
	w.Press("R")
	w.expect(order(1004).Key.String())
}

func TestGoTo(t *testing.T) {
	w := newWorld(t, newOrders(t, 2000), 80, 24)
	w.open("orders")
	for _, c := range []struct {
		text string
		row  int
	}{
		{`("c00150",3)`, 1502}, {`("c00042")`, 420}, {"c00007", 70}, {`"c00199"`, 1990}, {"0%", 0}, {"100%", 1999}, {"50%", 1000},
	} {
		w.Press("ctrl+g").Type(c.text).Press("enter")
		w.expect(order(c.row).Key.String())
	}
	w.Press("ctrl+g").See("go to: customer or (customer,id), or 50%").Type("(1,2,3)").Press("enter").See("the key has 3 elements").Press("esc").Miss("go to:")
	w.run("goto", `("c00150",99)`)
	w.expect(order(1510).Key.String())
	if n := last[pane.Notice](t, w.screen); !strings.Contains(n.Text, `There is no row ("c00150",99)`) {
		t.Errorf("a key that does not exist: %q", n.Text)
	}
	w.run("filter", "void").run("goto", "50%")
	if n := last[pane.Notice](t, w.screen); !strings.Contains(n.Text, "go to a key instead") {
		t.Errorf("half of a filtered view: %q", n.Text)
	}
	w.See("/void")
}

// unranked is a database that knows how many rows there are only about.
type unranked struct{ driver.DB }

func (u unranked) Estimate(ctx context.Context, s *driver.Schema) (int64, bool, error) {
	return u.DB.(driver.Estimator).Estimate(ctx, s)
}

func TestCount(t *testing.T) {
	newWorld(t, newOrders(t, 4321), 80, 24).open("orders").See("row 1 of 4,321")
	w := newWorld(t, unranked{newOrders(t, 4321)}, 80, 24)
	w.open("orders").See("of ~4.3k")
	w.run("count", "").See("of 4,321")
	w.run("filter", "status=void").Miss("4,321")
	w.run("count", "").See("of 1,440")
}

// broken is a database that fails when it is told to.
type broken struct {
	*memDB
	err error
}

func TestFailureKeepsTheRowsAndCanBeRetried(t *testing.T) {
	db := &broken{memDB: newOrders(t, 5000)}
	w := newWorld(t, db, 80, 24)
	w.open("orders").Press("d")
	db.err = errors.New("the cable \x1b[31mis out")
	w.Press("G").See("c00000", "✗ scan orders: the cable ␛[31mis out", "Staged changes are kept.", "r retry · y copy · esc close", "- c00000")
	w.Press("y")
	if c := last[pane.Copy](t, w.screen); !strings.Contains(c.Text, "is out") || c.What != "error" {
		t.Errorf("copied %+v", c)
	}
	w.Press("r").See("✗ scan orders")
	db.err = nil
	w.Press("r").See("c00499").Miss("✗")
	db.err = errors.New("out again")
	w.Press("g").See("✗").Press("esc").Miss("✗").See("c00499")
}

func TestDroppedTable(t *testing.T) {
	db := newOrders(t, 500)
	w := newWorld(t, db, 80, 24)
	w.open("orders").Press("d")
	if err := db.DropTable(t.Context(), "orders"); err != nil {
		t.Fatal(err)
	}
	w.Press("R").See("✗", "refresh the list of tables", "Staged changes are kept.")
	if w.screen.env.Changes.Len() != 1 {
		t.Error("the staged change is lost")
	}
}

func TestEveryKeyOnNothing(t *testing.T) {
	for _, open := range []bool{false, true} {
		db := newTable(t, orders)
		w := newWorld(t, db, 80, 24)
		if open {
			w.open("orders")
		}
		for _, c := range w.screen.grid.commands {
			for _, k := range c.Keys {
				w.Press(k)
				if w.screen.grid.prompt != nil {
					w.Press("esc")
				}
			}
		}
		w.Screen()
	}
}

// TestAnySize: no size breaks the screen, whatever is shown.
func TestAnySize(t *testing.T) {
	w := newWorld(t, newAwkward(t), 80, 24)
	w.open(awkward.Name).Press("j", "d", "j", "l", "x")
	states := []func(){
		func() {}, func() { w.Press("/") }, func() { w.Press("esc", "Y") }, func() { w.Press("esc", "ctrl+g").Type("zzz").Press("enter") },
	}
	for _, enter := range states {
		w.Resize(80, 24)
		enter()
		for width := range 9 {
			for height := range 9 {
				w.Resize(width, height)
				w.Screen()
				if c := w.screen.grid.Cursor(); c != nil && (c.X >= max(width-2, 1) || c.Y >= max(height-2, 1)) {
					t.Fatalf("on %dx%d the cursor is at %d,%d", width, height, c.X, c.Y)
				}
			}
		}
		w.Resize(500, 200).Screen()
	}
}

func TestMouse(t *testing.T) {
	w := newWorld(t, newOrders(t, 500), 80, 24)
	w.open("orders")
	x, y, _ := w.Find("12.12")
	w.Send(tea.MouseClickMsg{X: x - 1, Y: y - 1, Button: tea.MouseLeft})
	w.expect(order(12).Key.String())
	if w.screen.grid.cursor.column != 3 {
		t.Errorf("the click chose column %d", w.screen.grid.cursor.column)
	}
	w.Send(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	w.expect(order(15).Key.String())
}

// TestSelectedIsTold: whoever shows the selected cell hears of every change.
func TestSelectedIsTold(t *testing.T) {
	w := newWorld(t, newOrders(t, 50), 80, 24)
	w.open("orders")
	for _, k := range []string{"j", "l", "G", "0", "g", "x"} {
		w.Press(k)
		sel, g := last[pane.Selected](t, w.screen), w.screen.grid
		l, _ := g.current()
		if sel.Row != l.row || sel.Column != g.cursor.column || sel.Staged != l.staged || sel.Schema != g.schema() {
			t.Errorf("after %s %+v is said to be selected, and %v is", k, sel, l.row.Key)
		}
	}
}

func TestCommandsAreWellFormed(t *testing.T) {
	w := newWorld(t, newTable(t, orders), 80, 24)
	g := w.screen.grid
	for _, table := range [][]pane.Command{g.commands, g.typing} {
		names, keys := map[string]bool{}, map[string]string{}
		for _, c := range table {
			if names[c.Name] || c.Help == "" || c.Run == nil {
				t.Errorf("command %q is there twice, or says or does nothing", c.Name)
			}
			names[c.Name] = true
			for _, k := range c.Keys {
				if keys[k] != "" {
					t.Errorf("%s runs %s and %s", k, keys[k], c.Name)
				}
				keys[k] = c.Name
			}
		}
	}
}

func TestColumnWidths(t *testing.T) {
	w := newWorld(t, newOrders(t, 50), 80, 24)
	w.open("orders").Press("l", "l")
	g := w.screen.grid
	before := g.layout.width(2)
	w.Press(">", ">")
	if got := g.layout.width(2); got != before+2*widenStep {
		t.Errorf("the width is %d after %d", got, before)
	}
	w.Press("<").Press("=")
	if got := g.layout.width(2); got > before {
		t.Errorf("the fitted width is %d", got)
	}
	w.Press("F").Miss("│ open").Press("F").See("│ open")
}

func TestScanFormGetsWhatIsShown(t *testing.T) {
	w := newWorld(t, newOrders(t, 500), 80, 24)
	w.open("orders")
	o := store.ViewOptions{Range: tuple.Prefix(tuple.Of(tuple.Text("c00007"))), Reverse: true}
	w.do(func(m *Model) (pane.Action, tea.Cmd) { return m.OpenView(o) })
	w.See(`prefix ("c00007")`, "▼ key", "row 1 of 10")
	w.expect(`("c00007",10)`)
	w.Press("f")
	got := last[pane.ShowScan](t, w.screen)
	if !got.Options.Reverse || got.Options.Range.Lower.Key.Compare(o.Range.Lower.Key) != 0 {
		t.Errorf("the form gets %+v", got.Options)
	}
	w.Press("esc").Miss("prefix").See("c00008")
	w.expect(`("c00007",10)`)
}
