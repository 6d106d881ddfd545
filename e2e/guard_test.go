//go:build unix

package e2e

import (
	"strings"
	"testing"
)

// TestGuardHoldsInTheConsole types statements that write into the console of a
// production database: the server refuses them until the database is unlocked,
// and again once it is locked.
func TestGuardHoldsInTheConsole(t *testing.T) {
	eachServer(t, func(l *login) {
		if strings.HasPrefix(l.clean, "redis:") {
			return // it has no statements
		}
		const table = "rowan_e2e_guard"
		l.noteTable(table)
		l.write("vault", l.password+"\n")
		l.results(l.pure("profiles", "add", "live", l.clean, "environment=prod", "password_command=cat vault")).done()
		value := func() string {
			t.Helper()
			return l.results(l.pure("get", "live", table, "first", "--column", "value")).done()
		}
		s := l.open("live")
		s.table(table)
		s.press("4")
		s.sees("[4]")
		s.types("update " + table + " set value = 'two' where value <> 'x'").press("F5")
		s.sees("read-only", "✗")
		if got := value(); !strings.Contains(got, "one") {
			t.Fatalf("written while it was locked: %s", got)
		}
		s.press("C-p").types("unlock").press("Enter")
		s.sees("Type live to go on")
		s.reads().types("live").press("Enter")
		s.sees("RW 15 min")
		s.press("F5")
		s.sees("✓", "1 row")
		if got := value(); !strings.Contains(got, "two") {
			t.Errorf("not written while it was unlocked: %s", got)
		}
		s.press("C-p").types("lock").press("Enter")
		s.sees("SQL read-only")
		s.press("F5")
		s.sees("read-only", "✗")
		s.escapes("f5 run").quits()
		l.keepsFiles("vault")
	})
}
