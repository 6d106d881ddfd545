package tui

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/profiles"
	"github.com/rowan-db/rowan/tui/tuitest"
)

// user is a user of the whole program.
type user struct {
	*tuitest.User
	t     testing.TB
	model *Model
	shop  *shop
	now   time.Time
}

// start starts the program on the shop, on a screen of 120 by 36.
func start(t testing.TB, change ...func(*Options)) *user {
	t.Helper()
	s, err := openShop()
	if err != nil {
		t.Fatal(err)
	}
	u := &user{t: t, shop: s, now: time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)}
	o := Options{
		Store:  store.New(s),
		Opened: Opened{Target: "shop.rowan", Name: "shop", Changes: store.NewChangeSet(), Journal: "/state/shop.journal"},
		Now:    func() time.Time { return u.now },
	}
	for _, f := range change {
		f(&o)
	}
	u.model = New(context.Background(), o)
	t.Cleanup(func() {
		if err := u.model.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	u.User = tuitest.New(t, u.model, 120, 36)
	return u
}

// wait lets time pass.
func (u *user) wait(d time.Duration) *user {
	u.now = u.now.Add(d)
	return u
}

// open opens a table.
func (u *user) open(table string) *user {
	u.t.Helper()
	u.Press(":").Type("open " + table).Press("enter")
	if got := u.model.objects.Current(); got != table {
		u.t.Fatalf("the table %q is open, not %q:\n%s", got, table, u.Screen())
	}
	return u
}

// row returns a row of the database, nil if there is none.
func (u *user) row(table string, key ...tuple.Value) *store.Row {
	u.t.Helper()
	tb, err := store.New(u.shop).Table(context.Background(), table)
	if err != nil {
		u.t.Fatal(err)
	}
	rows, err := tb.Get(context.Background(), tuple.Tuple(key))
	if err != nil {
		u.t.Fatal(err)
	}
	return rows[0]
}

// others makes a change as another user of the database does.
func (u *user) others(c driver.Change) {
	u.t.Helper()
	if _, err := u.shop.Apply(context.Background(), []driver.Change{c}); err != nil {
		u.t.Fatal(err)
	}
}

var adaFirst = []tuple.Value{tuple.Text("ada"), tuple.Int(1)}

// set returns the change that sets the status of ada's first order.
func set(status string) driver.Change {
	return driver.Change{
		Op: driver.Update, Table: "orders", Key: tuple.Tuple(adaFirst),
		Set: []driver.Assignment{{Column: 0, Value: tuple.Text(status)}},
	}
}

// editStatus stages another status of ada's first order.
func (u *user) editStatus(status string) *user {
	u.t.Helper()
	u.open("orders")
	u.Press("g", "0", "right", "right", "e", "ctrl+u").Type(status).Press("enter")
	if u.model.env.Changes.Len() == 0 {
		u.t.Fatalf("nothing is staged:\n%s", u.Screen())
	}
	return u
}

func TestOpenScanEditReviewCommitUndo(t *testing.T) {
	u := start(t)
	u.See("customers", "orders", " 300")
	u.open("orders")
	u.See("▸ orders", "row 1 of")

	u.Press("f").See("Scan orders").Type("bob").Press("tab").Type("7")
	u.See(`that begin with ("bob",7)`, `rowan scan shop.rowan orders --prefix '("bob",7)'`)
	u.Press("enter").See("row 1 of 1").Miss("Scan orders")
	u.Press("esc")

	u.editStatus("void")
	u.See("1 staged ~1")
	u.Press("ctrl+s").See("Review 1 change in 1 table", `"open"`, `"void"`, "One transaction")
	u.Press("ctrl+s").See("Review 1 change")
	if got := u.row("orders", adaFirst...); got.Values[0] != tuple.Text("open") {
		t.Fatalf("the key that opened the review also wrote: %v", got.Values)
	}
	u.wait(time.Second).Press("ctrl+s").See("Committed 1 change.").Miss("staged", "Review")
	if got := u.row("orders", adaFirst...); got.Values[0] != tuple.Text("void") {
		t.Fatalf("after the commit the row is %v", got.Values)
	}

	u.Press(":").Type("undo-commit").Press("enter").See("1 staged ~1")
	u.Press("ctrl+s").See(`"void"`, `"open"`)
	u.wait(time.Second).Press("ctrl+s").See("Committed 1 change.")
	if got := u.row("orders", adaFirst...); got.Values[0] != tuple.Text("open") {
		t.Fatalf("after the undo the row is %v", got.Values)
	}
}

func TestConflictIsShownAndResolved(t *testing.T) {
	for _, c := range []struct{ key, want string }{{"m", "mine"}, {"t", "theirs"}} {
		t.Run(c.key, func(t *testing.T) {
			u := start(t).editStatus("mine")
			u.others(set("theirs"))
			u.Press("ctrl+s")
			u.wait(time.Second).Press("ctrl+s")
			u.See("Nothing was written", "others have changed this row", "base", `"open"`, `"mine"`, `"theirs"`, "1 conflict to resolve")
			if got := u.row("orders", adaFirst...); got.Values[0] != tuple.Text("theirs") {
				t.Fatalf("a conflict was written over: %v", got.Values)
			}
			u.Press("ctrl+s").See("1 conflict must be resolved first")
			u.Press(c.key).Miss("to resolve", "must be resolved")
			if c.key == "m" {
				u.Press("ctrl+s").See("Committed 1 change.")
			}
			if got := u.row("orders", adaFirst...); got.Values[0] != tuple.Text(c.want) {
				t.Errorf("after %s the row is %v", c.key, got.Values)
			}
		})
	}
}

func TestEnterDoesNotCommit(t *testing.T) {
	u := start(t).editStatus("void")
	u.Press("ctrl+s")
	u.wait(time.Second).Press("enter").Miss("Review")
	if got := u.row("orders", adaFirst...); got.Values[0] != tuple.Text("open") {
		t.Fatalf("enter wrote: %v", got.Values)
	}
	u.See("1 staged")
}

func TestQuitWithStagedChangesAsks(t *testing.T) {
	u := start(t).editStatus("void")
	u.Press("q").See("1 change is staged, and will be there again", "Stay", "Keep and quit", "Discard and quit")
	u.Press("enter").Miss("Keep and quit")
	u.Press("q")
	u.wait(time.Second).Press("right", "enter")
	if !u.Quit() {
		t.Fatal("the program did not quit")
	}
	if u.model.env.Changes.Len() != 1 {
		t.Error("the staged change was not kept")
	}
}

func TestDiscardAndQuit(t *testing.T) {
	u := start(t).editStatus("void")
	u.Press("q")
	u.wait(time.Second).Press("left", "enter")
	if !u.Quit() || u.model.env.Changes.Len() != 0 {
		t.Errorf("quit %v, staged %d", u.Quit(), u.model.env.Changes.Len())
	}
}

func TestStagedChangesOutliveTheProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	withJournal := func(o *Options) {
		cs, err := store.OpenJournal(path, "mem:")
		if err != nil {
			t.Fatal(err)
		}
		o.Opened.Changes, o.Opened.Journal = cs, path
	}
	u := start(t, withJournal).editStatus("void")
	if err := u.model.Close(); err != nil {
		t.Fatal(err)
	}
	start(t, withJournal).See("1 staged ~1", "1 change is staged from the last time.")
}

func TestQuitWithNothingStaged(t *testing.T) {
	if u := start(t); !u.Press("q").Quit() {
		t.Error("q did not quit")
	}
	if u := start(t); !u.Press("ctrl+c").Quit() {
		t.Error("ctrl+c did not quit")
	}
}

func TestCtrlCCancelsBeforeItQuits(t *testing.T) {
	u := start(t)
	u.Press("down", "down")
	held := u.Hold("enter")
	u.wait(time.Second).Press("ctrl+c").See("Canceled. ctrl+c again quits.")
	u.Run(held).Miss("ada")
	if !u.Press("ctrl+c").Quit() {
		t.Error("the second ctrl+c did not quit")
	}
}

// TestLateRowsAreDropped opens orders and then customers, and lets the rows of
// orders come last.
func TestLateRowsAreDropped(t *testing.T) {
	u := start(t)
	first := u.Press("down", "down").Hold("enter")
	u.Press("1")
	second := u.Press("g").Hold("enter")
	u.Run(second).Run(first)
	u.See("▸ customers", "ada@example.org").Miss("row 1 of 300")
}

func TestReadOnlyIsABlock(t *testing.T) {
	u := start(t, func(o *Options) {
		s, err := openShop()
		if err != nil {
			t.Fatal(err)
		}
		o.Store = store.New(s.ReadOnly())
	})
	u.open("orders")
	u.See(" RO ").Press("d").See("✗ Blocked: ", "read").Miss("staged")
}

func TestErrorIsAPanelWithWhatToDo(t *testing.T) {
	u := start(t)
	u.shop.failTables = driver.Errorf(driver.Locked, "the file is locked by process 42")
	u.Press("R")
	u.See("Could not list tables · locked", "the file is locked by process 42", "wait until the other program is done")
	u.Press("y")
	if !strings.Contains(u.Clipboard(), "locked by process 42") {
		t.Errorf("copied %q", u.Clipboard())
	}
	u.shop.failTables = nil
	u.Press("r").Miss("Could not")
	u.Press("@").See("locked by process 42")
}

func TestErrorSaysThatStagedChangesAreKept(t *testing.T) {
	u := start(t).editStatus("void")
	u.shop.failTables = driver.Errorf(driver.Unavailable, "the connection is lost")
	u.Press("R").See("the connection is lost", "Staged changes are kept.")
	u.Press("esc").See("1 staged")
}

func TestFailedCommitKeepsWhatIsStaged(t *testing.T) {
	u := start(t).editStatus("void")
	u.shop.failWrites = driver.Errorf(driver.Full, "no space left on device")
	u.Press("ctrl+s")
	u.wait(time.Second).Press("ctrl+s").See("no space left on device", "Staged changes are kept.", "r retry")
	u.shop.failWrites = nil
	u.Press("r").See("Committed 1 change.")
	if got := u.row("orders", adaFirst...); got.Values[0] != tuple.Text("void") {
		t.Errorf("after the retry the row is %v", got.Values)
	}
}

// TestCommitIsCanceled presses keys that would change what is staged while a
// commit is under way, and then cancels it.
func TestCommitIsCanceled(t *testing.T) {
	u := start(t).editStatus("void")
	u.Press("ctrl+s")
	held := u.wait(time.Second).Hold("ctrl+s")
	u.wait(time.Second).See("committing… 1.0s")
	u.Press("u", "d", "m", "ctrl+s", "y", "ctrl+r").See("Review 1 change")
	u.Press("esc").See("canceling…")
	u.Run(held).See("canceled", "1 staged")
	if got := u.row("orders", adaFirst...); got.Values[0] != tuple.Text("open") {
		t.Errorf("a commit that was canceled before it ran has written %v", got.Values)
	}
}

func TestQuitWaitsForACommit(t *testing.T) {
	u := start(t).editStatus("void")
	u.Press("ctrl+s")
	held := u.wait(time.Second).Hold("ctrl+s")
	u.wait(time.Second).Press("ctrl+c").See("A commit is running")
	u.Press("esc").Run(held).See("Committed 1 change.")
}

func TestHelpRunsWhatItLists(t *testing.T) {
	u := start(t).open("orders")
	u.Press("?").See("Help", "Rows", "choose a range of keys")
	u.Type("range of keys").Press("enter").See("Scan orders")
}

func TestPaletteOpensTablesAndRemembers(t *testing.T) {
	u := start(t)
	u.Press(":").Type("custom").See("open customers").Press("enter")
	u.See("▸ customers", "ada@example.org")
	u.Press(":").Type("undo-c").See("blocked: nothing was committed").Press("enter").See("nothing was committed")
	u.Press("esc", ":").See("open customers")
}

func TestTroubleBeforeTheStartIsShown(t *testing.T) {
	u := start(t, func(o *Options) { o.Trouble = errors.New("profiles.toml:3: there is no setting readonly") })
	u.See("Failed", "profiles.toml:3", "esc close").Press("esc").Miss("Failed").Press("@").See("profiles.toml:3")
}

// TestPromptNamesItsKeys: what went well does not hide how to go on from a prompt.
func TestPromptNamesItsKeys(t *testing.T) {
	u := start(t)
	u.open("orders").Press("y").See("✓ Copied the cell").Press("/").See("enter apply", "esc cancel").Miss("Copied")
}

// TestTableThatHasGone opens a table that others have dropped.
func TestTableThatHasGone(t *testing.T) {
	u := start(t).open("orders")
	if err := u.shop.DropTable(context.Background(), "customers"); err != nil {
		t.Fatal(err)
	}
	u.Press("1", "g", "enter").See("no table", "shop ▸ orders")
}

func TestCtrlCAtAnyOtherQuestionDoesNotQuit(t *testing.T) {
	u := start(t, func(o *Options) { o.Opened.Journal = "" }).editStatus("void")
	u.Press(":").Type("discard").Press("enter").See("Drop them all?")
	u.Press("ctrl+c").See("Staged changes would be lost")
	if u.Quit() {
		t.Fatal("staged changes were lost without a question")
	}
	if !u.Press("ctrl+c").Quit() {
		t.Error("the second ctrl+c did not quit")
	}
}

func TestReferenceOpensItsTable(t *testing.T) {
	u := start(t)
	u.Press("down", "down", "right").See("→ customers by customer")
	u.Press("down", "down", "down", "down", "down", "down", "enter").See("▸ customers", "ada@example.org")
}

func TestFilterOfTables(t *testing.T) {
	u := start(t)
	u.Press("/").Type("ord").See("1 of 4 tables").Miss("customers")
	u.Press("q").See("No match. esc shows all.")
	u.Press("esc").See("4 tables", "customers")
}

func TestNamesFromDataAreSafe(t *testing.T) {
	u := start(t)
	u.Press("G", "enter").See("▸ ticks␛[31m")
	if strings.Contains(u.Model().View().WindowTitle+u.Styled(), "\x1b[31m") {
		t.Error("an escape sequence of the data reaches the terminal")
	}
}

func TestStartScreen(t *testing.T) {
	opened := ""
	u := start(t, func(o *Options) {
		s := o.Store
		o.Store = nil
		o.Profiles = []profiles.Entry{
			{Name: "prod-eu", Target: "postgres://db/shop", Environment: "prod", ReadOnly: true, Opened: time.Date(2026, 1, 2, 12, 4, 5, 0, time.UTC)},
			{Target: "/data/shop.rowan"},
		}
		o.Open = func(_ context.Context, r Request) (*store.Store, Opened, error) {
			opened = r.Target
			if r.Target == "nowhere" {
				return nil, Opened{}, &store.Error{Op: "open", Kind: store.NotFound, Err: errors.New("there is no file nowhere")}
			}
			if r.ReadOnly {
				opened += " read-only"
			}
			return s, Opened{Target: r.Target}, nil
		}
	})
	u.See("Open a database", "prod-eu", "PROD", "read-only", "3 h ago", "shop.rowan")
	u.Type("nowhere").See("Nothing matches. enter opens nowhere.").Press("enter").See("there is no file nowhere")
	u.Press("r").See("there is no file nowhere")
	u.Press("esc", "ctrl+u").Type("prod").Press("enter").See("Tables", "customers")
	if opened != "prod-eu read-only" {
		t.Errorf("opened %q", opened)
	}
}

func TestNothingToOpenSaysWhatToType(t *testing.T) {
	u := start(t, func(o *Options) { o.Store = nil })
	u.See("rowan demo", "rowan FILE").Press("esc")
	if !u.Quit() {
		t.Error("esc did not leave the start screen")
	}
}

func TestAnotherDatabaseClosesTheFirst(t *testing.T) {
	second, err := openShop()
	if err != nil {
		t.Fatal(err)
	}
	u := start(t, func(o *Options) {
		o.Open = func(context.Context, Request) (*store.Store, Opened, error) {
			return store.New(second), Opened{Target: "second", Name: "second"}, nil
		}
	})
	u.Press(":").Type("database second").Press("enter").See("second ").Miss("shop")
	if _, err := u.shop.Tables(context.Background()); store.KindOf(err) != store.Closed {
		t.Errorf("the first database is still open: %v", err)
	}
}

// TestCanceledOpenLeavesNothingOpen cancels while a database is being opened,
// and lets the opening succeed nevertheless.
func TestCanceledOpenLeavesNothingOpen(t *testing.T) {
	var late *shop
	u := start(t, func(o *Options) {
		o.Store = nil
		o.Open = func(context.Context, Request) (*store.Store, Opened, error) {
			var err error
			if late, err = openShop(); err != nil {
				return nil, Opened{}, err
			}
			return store.New(late), Opened{}, nil
		}
	})
	held := u.Type("x").Hold("enter")
	u.Press("esc") // clears what is typed
	u.wait(time.Second).Press("esc").See("Canceled.")
	u.Run(held).See("Open a database")
	if _, err := late.Tables(context.Background()); store.KindOf(err) != store.Closed {
		t.Errorf("the database is still open: %v", err)
	}
}

func TestMouse(t *testing.T) {
	u := start(t)
	u.open("orders")
	if u.Model().View().MouseMode != tea.MouseModeNone {
		t.Error("the mouse is on at the start")
	}
	u.Press("m").See("The mouse is on")
	if u.Model().View().MouseMode == tea.MouseModeNone {
		t.Error("m does not turn the mouse on")
	}
	x, y, ok := u.Find("customers")
	if !ok {
		t.Fatal("there are no customers")
	}
	u.Click(x, y).Click(x, y).See("▸ customers", "ada@example.org")
	u.open("orders")
	x, y, _ = u.Find("paid")
	u.Click(x, y).See("row 2 of")
	u.Wheel(x, y, 20).Press("up").Miss("row 1 of", "row 2 of")
}

func TestPasteGoesToWhatIsTyped(t *testing.T) {
	u := start(t)
	u.Press("/").Paste("ord\x1b[2J\n")
	u.See("ord␛[2J")
}

func TestClipboardHasALimit(t *testing.T) {
	u := start(t)
	u.others(driver.Change{Op: driver.Update, Table: "customers", Key: tuple.Of(tuple.Text("ada")),
		Set: []driver.Assignment{{Column: 0, Value: tuple.Text(strings.Repeat("x", maxClipboard+1))}}})
	u.open("customers").Press("right", "y")
	u.See("Not copied: the cell has 75.0 kB")
	if u.Clipboard() != "" {
		t.Errorf("copied %d bytes", len(u.Clipboard()))
	}
	u.Press("left", "y").See("Copied the cell (3 bytes).")
}
