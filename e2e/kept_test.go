//go:build unix

package e2e

import (
	"os"
	"strings"
	"testing"
)

// TestKeptStates keeps a state, goes on, looks into what was kept, compares it
// with the present, and undoes a commit: with something staged all the while.
func TestKeptStates(t *testing.T) {
	u := newUser(t)
	u.demo("demo.rowan")
	s := u.open("demo.rowan")
	s.table("countries")
	s.runs("keep before the move")
	s.sees("Kept the present state as before the move.")
	s.press("Right").replaces("Oesterreich")
	s.commits("1 change")
	s.press("Down").replaces("Bresil")
	s.sees("1 staged")

	s.press("V")
	s.sees("╭ Kept states", "before the move", "enter open")
	s.press("Enter")
	s.sees("Kept state before the move", "read-only", "1 staged in the present")
	s.seesLine(`│ AT │ Österreich`)
	s.seesLine(`│ BR │ Brasil`)
	s.press("e")
	s.sees("Blocked: a kept state cannot be changed: P goes back to the present.")
	s.runs("filter currency = EUR")
	s.sees("/currency = EUR")
	s.runs("export kept.csv")
	s.sees("Exported")
	s.runs("diff before the move")
	s.sees("(before the move → now)", "row 1 of 1")
	s.seesLine(`│ 1 │ changed countries \("AT"\)`)
	s.press("Enter")
	s.sees("[2] countries")
	s.press("BSpace")
	s.sees("(before the move → now)")

	s.press("P")
	s.sees("This is the present state.", "1 staged")
	s.seesNo("Kept state")
	s.seesLine(`│ AT │ Oesterreich`)
	s.seesLine(`│~ BR │ Bra.*Bresil`)
	s.press("u")
	s.seesNo("staged")
	s.runs("revert")
	s.sees("Undo 1 commit")
	s.reads().press("Right", "Enter")
	s.seesLine(`│ AT │ Österreich`)
	s.quits()

	exported, err := os.ReadFile(u.path("kept.csv"))
	if u.must(err); !strings.Contains(string(exported), "AT,Österreich,EUR") || strings.Contains(string(exported), "BR") {
		t.Errorf("exported: %s", exported)
	}
	if diff := u.rowan("diff", "demo.rowan", "before the move"); diff.done() != "" {
		t.Errorf("undone, it differs: %+v", diff)
	}
}

// TestKeptStateIsDroppedByAnother looks at a state while another process gives
// it up.
func TestKeptStateIsDroppedByAnother(t *testing.T) {
	u := newUser(t)
	u.demo("demo.rowan")
	u.rowan("keep", "demo.rowan", "monday").done()
	s := u.open("--read-only", "demo.rowan")
	s.table("countries")
	s.runs("at monday")
	s.sees("Kept state monday")
	u.rowan("delete", "demo.rowan", "countries", "AT").done()
	u.rowan("keep", "demo.rowan", "monday", "--drop").done()
	s.press("R")
	s.sees("monday is kept no longer", "Kept state monday")
	s.seesLine(`│ AT │ Österreich`)
	s.press("P")
	s.sees("This is the present state.")
	s.seesNo("Österreich")
	s.runs("at monday")
	s.sees("V lists the states that are.")
	s.quits()
	u.rowan("check", "demo.rowan").done()
}
