//go:build unix

package e2e

import "testing"

const stock = `
CREATE TABLE stock (sku TEXT PRIMARY KEY NOT NULL, name TEXT, pieces INTEGER);
INSERT INTO stock VALUES ('a-1','anvil',1),('b-2','brush',2),('c-3','chair',3);
`

// TestConflictIsShownAndResolved lets somebody else change two rows between an
// edit and its commit: nothing is written until each conflict is resolved, one
// with what was typed and one with what the other did.
func TestConflictIsShownAndResolved(t *testing.T) {
	u := newUser(t)
	u.sql("shop.db", stock)
	s := u.open("shop.db")
	s.table("stock")
	s.press("Right", "Right").replaces("10")
	s.press("Down").replaces("20")
	s.press("Down").replaces("30")
	s.sees("3 staged")

	u.sql("shop.db", "UPDATE stock SET pieces = 111 WHERE sku = 'a-1'; UPDATE stock SET pieces = 222 WHERE sku = 'b-2'")
	before := u.sql("shop.db", ".dump")
	s.reviews("3 changes")
	s.confirms()
	s.sees("Nothing was written", "base", "mine", "theirs")
	s.seesLine(`pieces\D+1\D+10\D+111`)
	if after := u.sql("shop.db", ".dump"); after != before {
		t.Errorf("something was written in spite of a conflict:\n%s", after)
	}
	// It is not to be written with conflicts open.
	s.reads().press("C-s")
	s.sees("2 conflicts must be resolved first")

	s.press("m")
	s.sees("1 conflict")
	s.press("t")
	s.seesNo("theirs")
	s.sees("2 staged")
	s.confirms()
	s.sees("Committed 2 changes")
	s.quits()
	if got := u.sql("shop.db", "SELECT group_concat(sku || '=' || pieces) FROM stock"); got != "a-1=10,b-2=222,c-3=30" {
		t.Errorf("the stock is %s", got)
	}
}

// TestDeletedMeanwhileIsAConflict lets somebody else delete a row that was
// edited here, and change one that was deleted here.
func TestDeletedMeanwhileIsAConflict(t *testing.T) {
	u := newUser(t)
	u.sql("shop.db", stock)
	s := u.open("shop.db")
	s.table("stock")
	s.press("Right").replaces("ANVIL")
	s.press("Down", "d")
	s.sees("2 staged")
	u.sql("shop.db", "DELETE FROM stock WHERE sku = 'a-1'; UPDATE stock SET pieces = 200 WHERE sku = 'b-2'")

	s.reviews("2 changes")
	s.confirms()
	s.sees("Nothing was written", "theirs")
	s.press("t")
	s.sees("1 staged")
	s.press("t")
	s.seesNo("1 staged")
	s.escapes("╭ Review")
	s.quits()
	if got := u.sql("shop.db", "SELECT group_concat(sku || '=' || name || '=' || pieces) FROM stock"); got != "b-2=brush=200,c-3=chair=3" {
		t.Errorf("the stock is %s", got)
	}
}

// TestGoneWhileShown drops the table, and deletes the row, that are on the
// screen: the program says so and goes on.
func TestGoneWhileShown(t *testing.T) {
	u := newUser(t)
	u.sql("shop.db", stock+"CREATE TABLE other (id INTEGER PRIMARY KEY); INSERT INTO other VALUES (7)")
	s := u.open("shop.db")
	s.table("stock")
	s.seesLine(`│ b-2 │ brush`)
	u.sql("shop.db", "DELETE FROM stock WHERE sku = 'b-2'")
	s.press("R")
	s.seesNo("brush")
	s.seesLine(`│ c-3 │ chair`)

	u.sql("shop.db", "DROP TABLE stock")
	s.press("R")
	s.sees("there is no table stock")
	s.escapes("there is no table")
	s.table("other")
	s.seesLine(`│ 7`)
	s.quits()
}
