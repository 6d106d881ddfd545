//go:build unix

package e2e

import (
	"syscall"
	"testing"
)

// stages opens the small shop and stages one change to its first row.
func (u *user) stages() *session {
	u.t.Helper()
	s := u.open("shop.db")
	s.table("stock")
	s.press("Right").replaces("ANVIL")
	s.sees("1 staged")
	return s
}

// unchanged checks that nothing was written.
func (u *user) unchanged() {
	u.t.Helper()
	if got := u.sql("shop.db", "SELECT name FROM stock WHERE sku = 'a-1'"); got != "anvil" {
		u.t.Errorf("the name is %s although nothing was committed", got)
	}
}

// finds opens the small shop, finds the change still staged, and commits it.
func (u *user) finds() {
	u.t.Helper()
	u.unchanged()
	s := u.open("shop.db")
	s.sees("1 staged")
	s.table("stock")
	s.seesLine(`│~ a-1 │ ANVIL`)
	s.commits("1 change")
	s.quits()
	if got := u.sql("shop.db", "SELECT name FROM stock WHERE sku = 'a-1'"); got != "ANVIL" {
		u.t.Errorf("the name is %s after the commit", got)
	}
	s = u.open("shop.db")
	s.sees("stock")
	s.seesNo("staged")
	s.quits()
}

func TestQuittingWithStagedChangesAsks(t *testing.T) {
	u := newUser(t)
	u.sql("shop.db", stock)
	s := u.stages()
	s.press("q")
	s.sees("╭ Quit", "1 change is staged", "Stay", "Discard and quit")
	s.press("Enter") // Stay
	s.seesNo("╭ Quit")
	s.sees("1 staged")
	s.press("q")
	s.sees("╭ Quit")
	s.reads().press("Right", "Enter")
	s.ends(0)
	u.finds()
}

func TestDiscardAndQuit(t *testing.T) {
	u := newUser(t)
	u.sql("shop.db", stock)
	s := u.stages()
	s.press("q")
	s.sees("╭ Quit", "Discard and quit")
	s.reads().press("Right", "Right", "Enter")
	s.ends(0)
	u.unchanged()
	s = u.open("shop.db")
	s.sees("stock")
	s.seesNo("staged")
	s.quits()
}

// TestStagedChangesSurvive ends the program in every way that it can be ended
// without being asked: what was staged is there the next time, and a terminal
// that is still there is as it was.
func TestStagedChangesSurvive(t *testing.T) {
	signal := func(sig syscall.Signal) func(*session) {
		return func(s *session) {
			s.must(s.term.Signal(sig))
			s.ends(130)
		}
	}
	for _, c := range []struct {
		name string
		end  func(*session)
	}{
		{"kill -9", (*session).dies},
		{"SIGTERM", signal(syscall.SIGTERM)},
		{"SIGHUP", signal(syscall.SIGHUP)},
		{"SIGINT", signal(syscall.SIGINT)},
		{"closed window", func(s *session) {
			s.must(s.term.Hangup())
			s.must(s.term.Ended())
		}},
		{"ctrl+c twice", func(s *session) {
			s.press("C-c")
			s.sees("╭ Quit")
			s.press("C-c")
			s.ends(0)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := newUser(t)
			u.sql("shop.db", stock)
			c.end(u.stages())
			u.finds()
		})
	}
}

// TestUndoAndRedoOfStagedChanges takes staged changes back one by one, and
// makes them again.
func TestUndoAndRedoOfStagedChanges(t *testing.T) {
	u := newUser(t)
	u.sql("shop.db", stock)
	s := u.stages()
	s.press("Down", "d")
	s.sees("2 staged")
	s.press("u")
	s.sees("1 staged")
	s.press("u")
	s.seesNo("staged ~1")
	s.seesLine(`│ a-1 │ anvil`)
	s.press("C-r", "C-r")
	s.sees("2 staged")
	s.commits("2 changes")
	s.runs("undo-commit")
	s.sees("2 staged")
	s.commits("2 changes")
	s.quits()
	if got := u.sql("shop.db", "SELECT count(*), sum(pieces), group_concat(name) FROM (SELECT * FROM stock ORDER BY sku)"); got != "3|6|anvil,brush,chair" {
		t.Errorf("after an undone commit the stock is %s", got)
	}
}
