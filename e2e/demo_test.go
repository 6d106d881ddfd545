//go:build unix

package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// order is a row of the demo's orders, as scan and get print it.
type order struct {
	line     string
	customer string
	number   int
}

// orders returns rows as scan --json prints them.
func (u *user) orders(args ...string) []order {
	u.t.Helper()
	var all []order
	for line := range strings.Lines(u.pure(append([]string{"scan"}, args...)...).done()) {
		var row struct{ Key [2]any }
		u.must(json.Unmarshal([]byte(line), &row))
		all = append(all, order{strings.TrimSpace(line), row.Key[0].(string), int(row.Key[1].(float64))})
	}
	return all
}

// TestDemoJourney is the first hour with the program: the demo is opened, a
// prefix scanned, the last row visited; cells are edited, rows inserted,
// duplicated and deleted; all is reviewed and committed. Afterwards exactly
// these changes are in the database, and on the screen.
func TestDemoJourney(t *testing.T) {
	u := newUser(t)
	u.million("shop.rowan")
	u.dump("shop.rowan", "before")
	last := u.orders("shop.rowan", "orders", "--reverse", "--limit", "6", "--json")
	prefix := last[0].customer[:len(last[0].customer)-4]

	s := u.open("demo", "--path", u.path("shop.rowan"))
	s.sees("Tables", "orders", "~1M")
	s.table("orders")
	s.sees("row 1 of 1,000,000")

	s.press("f")
	s.sees("Scan orders")
	s.types(prefix).press("Down", "Down", "Space")
	s.sees(fmt.Sprintf("that begin with (%q*)", prefix), "--prefix")
	s.press("Enter")
	s.seesLine(fmt.Sprintf(`orders prefix \(%q\*\)`, prefix))
	s.seesLine(`│ ` + prefix + `\S+ 1 │`)

	s.press("Escape")
	s.seesNo("prefix (")
	s.press("G")
	s.sees("row 1,000,000 of 1,000,000")
	s.seesLine(fmt.Sprintf(`│ %s %d │`, last[0].customer, last[0].number))

	// The last row's status and total.
	s.press("Right", "Right").replaces("lost").press("Right").replaces("43.21")
	s.sees("1 staged", "~1")
	s.seesLine(fmt.Sprintf(`│~ %s %d │ lost 43.21`, last[0].customer, last[0].number))

	// A new row, whose note is left to the database.
	s.press("o")
	s.sees("Insert into orders")
	s.types("zoe-new").press("Tab").types("7").press("Tab").types("open").press("Tab").types("0.10")
	s.press("Tab").types("2026-01-02T03:04:05Z").press("Enter")
	s.sees("2 staged", "+1")
	s.seesLine(`│\+ zoe-new 7 │ open 0.10`)

	// A row like it, with another number.
	s.press("O")
	s.sees("Insert into orders")
	s.press("Tab", "C-u").types("8").press("Enter")
	s.sees("3 staged", "+2")

	// The third row from the end of the table is deleted, and the two before
	// it, marked: a mark moves on to the next row.
	s.press("Up", "Up", "Up", "Up", "d")
	s.sees("4 staged", "-1")
	s.press("Up", "Up", "Space", "Space")
	s.sees("2 marked")
	s.press("d")
	s.sees("6 staged", "+2", "~1", "-3")

	s.reviews("6 changes in 1 table")
	s.sees(`"open"`, "lost", `+ ("zoe-new",7)`, `+ ("zoe-new",8)`)
	s.confirms()
	s.sees("Committed 6 changes")
	s.seesNo("staged")
	s.quits()

	added := func(n int) string {
		return fmt.Sprintf(`> {"key":["zoe-new",%d],"columns":{"status":"open","total":{"$decimal":"0.10"},"placed":{"$time":"2026-01-02T03:04:05Z"},"note":null}}`, n)
	}
	edited := u.pure("get", "shop.rowan", "orders", fmt.Sprintf("(%q,%d)", last[0].customer, last[0].number), "--json").done()
	if !strings.Contains(edited, `"status":"lost","total":{"$decimal":"43.21"}`) {
		t.Errorf("the edited row is %s", edited)
	}
	u.dump("shop.rowan", "after")
	want := []string{
		"< " + last[4].line, "< " + last[3].line, "< " + last[2].line, "< " + last[0].line,
		"> " + strings.TrimSpace(edited), added(7), added(8),
	}
	if got := u.differences("before", "after"); !slices.Equal(got, want) {
		t.Errorf("the changes are\n%s\nwant\n%s", clip(strings.Join(got, "\n")), strings.Join(want, "\n"))
	}
	u.pure("check", "shop.rowan").done()

	s = u.open("shop.rowan")
	s.sees("orders")
	s.table("orders")
	s.press("G")
	s.seesLine(`│ zoe-new 8 │ open 0.10`)
	s.seesLine(fmt.Sprintf(`│ %s %d │ lost 43.21`, last[0].customer, last[0].number))
	s.sees("row 999,999 of 999,999")
	s.quits()
}

// TestDemoIsBuiltOnceWithProgress runs the demo command as the README says.
func TestDemoIsBuiltOnceWithProgress(t *testing.T) {
	u := newUser(t)
	s := u.open("demo", "--rows", "30000")
	s.sees("Tables", "orders", "~30k")
	if out := string(s.term.Output()); !strings.Contains(out, "Building the demo database") || !strings.Contains(out, "█") {
		t.Errorf("no progress was shown: %q", clip(out))
	}
	s.quits()

	s = u.open("demo", "--rows", "30000")
	s.sees("Tables", "orders", "~30k")
	if strings.Contains(string(s.term.Output()), "Building") {
		t.Error("the demo was built again")
	}
	s.quits()
}
