package tui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
)

// inPast keeps the state in which ada's first order is open as monday, makes it
// void, stages that it is paid, and opens monday.
func inPast(t *testing.T, change ...func(*Options)) (*user, *keeper) {
	t.Helper()
	u, k := startKeeper(t, change...)
	u.shop = k.shop
	u.command("keep monday").See("as monday")
	u.others(set("void"))
	u.open("orders").Press("R")
	u.editStatus("paid").See("1 staged", "paid")
	u.Press("V", "enter").See("Kept state monday", "P goes back to the present.")
	return u, k
}

// A kept state is opened from the list, shows what there was at the same row,
// says so, and is left for the present as that was.
func TestKeptStateIsShown(t *testing.T) {
	u, k := inPast(t)
	u.See("Kept state monday, 2026-01-02 15:00:00 · read-only", "1 staged in the present", "ada           1 │ open").Miss("empty")
	if got := u.model.windowTitle(); got != "rowan: shop at monday" {
		t.Errorf("the window's title is %q", got)
	}
	for _, key := range []string{"e", "o", "d", "x", "ctrl+s"} {
		u.Press(key).See("Blocked: a kept state cannot be changed: P goes back to the present.")
	}
	for _, command := range []string{"undo-commit", "discard", "keep x", "compact", "drop-table orders", "backup x.rowan", "revert"} {
		u.command(command).See("P goes back").Press("esc")
	}
	if len(k.kept) != 1 || k.copied != "" || k.packed != 0 || k.undone != 0 {
		t.Errorf("something was written: %+v", k)
	}
	u.Press("P").See("This is the present state.", "1 staged", "paid", "empty").Miss("Kept state", "in the present")
	if len(k.open) != 0 {
		t.Error("the kept state was not released")
	}
	u.Press("ctrl+s").See("Review 1 change", `"void" → "paid"`)
}

// The row and the table that were shown are shown again, both ways.
func TestKeptStateBeginsWhereOneIs(t *testing.T) {
	u, _ := startKeeper(t)
	u.command("keep monday")
	u.open("orders")
	u.command(`goto ("cyd", 7)`).Press("right", "right")
	u.command("at monday")
	u.See("Kept state monday")
	u.wantRow(t, `("cyd",7)`)
	u.See("· status text").Press("G")
	u.wantRow(t, `("eve",60)`)
	u.command("at").See("This is the present state.")
	u.wantRow(t, `("cyd",7)`)
	u.open("empty")
	u.command("at monday").See("Kept state monday", "No table is open.")
	u.command("open customers").See("ada Example")
	u.command("at monday").See("ada Example")
	u.Press("P").See("This is the present state.", "[2] empty")
}

// wantRow expects the cursor on a row.
func (u *user) wantRow(t *testing.T, key string) {
	t.Helper()
	if got := u.model.grid.Place().Key.String(); got != key {
		t.Errorf("the cursor is on %s, not %s:\n%s", got, key, u.Screen())
	}
}

// What reads works in a kept state: searching, counting, copying commands,
// exporting.
func TestKeptStateIsRead(t *testing.T) {
	u, _ := inPast(t)
	u.command("filter status = open").See("/status = open")
	u.command("count").See(" rows")
	path := filepath.Join(t.TempDir(), "open.csv")
	u.command("export " + path).See("Exported")
	written, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(written), "customer,id,status,total,note\r\nada,1,open,") {
		t.Errorf("exported: %.80q, %v", written, err)
	}
	u.command("copy-row get")
	if got := u.Clipboard(); got != `rowan get shop.rowan orders '("ada",1)' --at monday --json` {
		t.Errorf("copied: %s", got)
	}
	u.command("info").See("shop").Press("esc")
	u.command("check").See("no faults found")
}

// Another state, another database and the end of the program release it.
func TestKeptStateIsReleased(t *testing.T) {
	other, err := openShop()
	if err != nil {
		t.Fatal(err)
	}
	u, k := inPast(t, func(o *Options) {
		o.Open = func(context.Context, Request) (*store.Store, Opened, error) {
			return store.New(other), Opened{Target: "other.rowan", Name: "other"}, nil
		}
	})
	u.Press("P")
	u.command("keep tuesday")
	u.command("at tuesday").See("Kept state tuesday", "void")
	u.command("at monday").See("Kept state monday")
	if len(k.open) != 1 {
		t.Errorf("%d states are open", len(k.open))
	}
	u.command("database other.rowan").Miss("Kept state")
	if len(k.open) != 0 || u.model.past != nil {
		t.Errorf("%d states are open beside another database", len(k.open))
	}
}

// A state that has been dropped is said to be gone: before it is opened, and
// while it is shown.
func TestKeptStateThatIsDropped(t *testing.T) {
	u, k := inPast(t)
	if err := k.DropVersion(t.Context(), "monday"); err != nil {
		t.Fatal(err)
	}
	u.Press("R").See("monday is kept no longer: others have dropped it.", "Kept state monday, 2026-01-02 15:00:00, dropped", "ada           1 │ open")
	u.Press("P").See("This is the present state.")
	u.command("at monday").See(`no version "monday" is kept`, "V lists the states that are.").Miss("Kept state")
	u.command("diff monday").See("no state, and no two, are kept as monday")
	u.command("diff a b").See("kept as a b")
	k.fail = errors.New("the disk is gone")
	u.command("at monday").See("the disk is gone").Press("esc")
}

// Names are what they are, also where they have blanks or what looks like the
// end of a word.
func TestNamesOfKeptStates(t *testing.T) {
	var all []store.Version
	for _, n := range []string{"", "a", "b c", "a b", "c", "a b c"} {
		all = append(all, store.Version{Name: n})
	}
	for arg, want := range map[string][2]string{
		"a": {"a", ""}, "b c": {"b c", ""}, "a b c": {"a b c", ""}, "c a": {"c", "a"}, "b c  a": {"b c", "a"}, "a b a b": {"a b", "a b"},
	} {
		if from, to, err := twoNames(all, arg); [2]string{from, to} != want || err != nil {
			t.Errorf("%q: %q and %q, %v", arg, from, to, err)
		}
	}
	for _, arg := range []string{"x", "a x", " ", "b"} {
		if _, _, err := twoNames(all, arg); !errors.Is(err, driver.NotFound) {
			t.Errorf("%q: %v", arg, err)
		}
	}
	u, _ := startKeeper(t)
	u.command("keep a\u202eb").Press("V").See("a‹U+202E›b").Press("enter").See("Kept state a‹U+202E›b")
}

// An unlocked database stays as it is behind a kept state, and is locked in time.
func TestKeptStateOfAnUnlockedDatabase(t *testing.T) {
	u, k := inPast(t)
	w := u.model.past.writer
	if w == nil || u.model.env.Writer != nil {
		t.Fatal("the writer is in reach of a kept state")
	}
	u.model.setWriter(nil, "the time is over")
	if u.model.env.ReadOnly == "the time is over" {
		t.Error("the kept state says why the present cannot be written")
	}
	u.Press("P", "e").See("Blocked: the time is over.")
	if len(k.kept) != 1 {
		t.Error("the state was dropped")
	}
}

// Staged changes are asked about when the program is left from a kept state.
func TestQuitFromAKeptState(t *testing.T) {
	u, _ := inPast(t)
	u.Press("q").See("1 change is staged", "Keep and quit").Press("esc")
	u.Press("q")
	u.wait(time.Second).Press("right", "right", "enter")
	if !u.Quit() || u.model.changes().Len() != 0 {
		t.Errorf("%d changes are staged", u.model.changes().Len())
	}
}

// What differs is a table, which is released when another is shown.
func TestComparisonIsATable(t *testing.T) {
	u, k := inPast(t)
	u.Press("P")
	u.command("diff monday").See("[2] (monday → now)", "change", "table added", "row 1 of 2")
	if len(k.open) != 2 {
		t.Errorf("%d states are compared", len(k.open))
	}
	u.Press("e").See("change rows in their tables")
	before := u.model.shown[0]
	if u.Press("R").See("(monday → now)"); u.model.shown[0] == before || len(k.open) != 2 {
		t.Errorf("it was not compared again, or %d states are compared", len(k.open))
	}
	u.Press("down", "enter").See("[2] orders")
	u.wantRow(t, `("bob",7)`)
	u.Press("backspace").See("(monday → now)", "row 2 of 2").Press("up", "enter").See("[3] Value")
	u.Press("esc", "down", "enter").See("[2] orders")
	if u.command("diff monday"); len(k.open) != 4 {
		t.Errorf("%d states are held by two comparisons", len(k.open))
	}
	u.command("at monday").See("Kept state monday", "No table is open.").Press("P").See("(monday → now)")
	u.open("customers").See("ada Example")
	if len(k.open) != 0 {
		t.Errorf("%d states are held by a comparison that is not shown", len(k.open))
	}
	u.command("diff monday").See("(monday → now)") // and is released at the end
}

// Commits are undone after a question that names the state.
func TestUndoCommitsAsksFirst(t *testing.T) {
	u, k := startKeeper(t)
	u.command("revert").See("there is no commit that can be undone").Press("esc")
	for i := range 3 {
		k.kept = append(k.kept, driver.Version{Number: uint64(i), Time: u.now.Add(time.Duration(i-3) * time.Hour)})
	}
	u.command("revert x").See("x is no number of commits")
	u.command("revert 4").See("only the last 3 commits can be undone").Press("esc")
	u.command("revert 2").See("Undo 2 commits", "as they were at 2026-01-02 13:04:05, 2h00m ago").Press("esc")
	if k.undone != 0 {
		t.Fatal("commits were undone without being asked to")
	}
	u.command("revert").See("Undo 1 commit", "14:04:05")
	u.wait(time.Second).Press("right", "enter").See("Undid 1 commit.")
	if k.undone != 1 {
		t.Errorf("%d commits were undone", k.undone)
	}
	u, k = startKeeper(t, func(o *Options) { o.Opened.Environment = "prod" })
	k.kept = append(k.kept, driver.Version{Time: u.now})
	u.command("revert").See("Type shop")
	u.wait(time.Second).Press("enter")
	if k.undone != 0 {
		t.Fatal("commits of a production database were undone without its name")
	}
}

// The screens of kept states, on a small and on a large terminal.
func TestKeptScreens(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}} {
		for name, visit := range map[string]func(u *user){
			"past":     func(u *user) {},
			"versions": func(u *user) { u.Press("V") },
			"long": func(u *user) {
				u.Press("P")
				u.command("keep " + strings.Repeat("long ", 30)).command("at long")
			},
			"diff": func(u *user) {
				u.Press("P")
				u.command("diff monday")
			},
			"compare": func(u *user) { u.command("diff monday") },
		} {
			t.Run(fmt.Sprintf("%s_%dx%d", name, size[0], size[1]), func(t *testing.T) {
				u, _ := inPast(t)
				u.Resize(size[0], size[1])
				visit(u)
				u.Golden()
			})
		}
	}
}
