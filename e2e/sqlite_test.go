//go:build unix

package e2e

import (
	"strings"
	"testing"
)

// music is a SQLite database with every kind of table, made by the sqlite3
// program.
const music = `
CREATE TABLE artists (id INTEGER PRIMARY KEY, name TEXT NOT NULL, founded INTEGER);
INSERT INTO artists VALUES (1,'Anoushka',1981),(2,'Björk',NULL),(3,'Cesária',1941);
CREATE TABLE genres (code TEXT PRIMARY KEY NOT NULL, title TEXT) WITHOUT ROWID;
INSERT INTO genres VALUES ('jazz','Jazz'),('morna','Morna'),('raga','');
CREATE TABLE tracks (album TEXT NOT NULL, no INTEGER NOT NULL, title TEXT NOT NULL, seconds REAL, PRIMARY KEY (album, no));
INSERT INTO tracks VALUES ('Miss Perfumado',1,'Sodade',293.5),('Miss Perfumado',2,'Bia',NULL),('Vespertine',1,'Hidden Place',328.0);
CREATE TABLE notes (body TEXT, at TEXT);
INSERT INTO notes VALUES ('first','2026-01-01'),(NULL,''),('third',NULL);
CREATE TABLE prices (sku TEXT PRIMARY KEY NOT NULL, net REAL NOT NULL, gross REAL GENERATED ALWAYS AS (net*1.25) STORED, twice REAL AS (net*2));
INSERT INTO prices(sku, net) VALUES ('CD-1',8.0),('LP-1',16.0);
CREATE TABLE strict_ones (id INTEGER PRIMARY KEY, n INT NOT NULL, data BLOB) STRICT;
INSERT INTO strict_ones VALUES (1,10,x'00ff1b5b'),(2,20,NULL);
CREATE TABLE loose (id INTEGER PRIMARY KEY, anything);
INSERT INTO loose VALUES (1,'text'),(2,2),(3,2.5),(4,x'beef'),(5,NULL);
CREATE VIEW long_tracks AS SELECT album, title FROM tracks WHERE seconds > 300;
`

// everything dumps a SQLite database as statements.
func (u *user) everything(file string) []string {
	u.t.Helper()
	return strings.Split(u.sql(file, ".dump"), "\n")
}

// without returns the lines of a that are not in b.
func without(a, b []string) string {
	in := map[string]bool{}
	for _, line := range b {
		in[line] = true
	}
	var out []string
	for _, line := range a {
		if !in[line] {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

// TestSQLiteJourney edits every kind of table of a SQLite file in one session
// and commits it all at once. The sqlite3 program then finds exactly these
// changes.
func TestSQLiteJourney(t *testing.T) {
	u := newUser(t)
	u.sql("music.db", music)
	before := u.everything("music.db")

	s := u.open("music.db")
	s.sees("artists", "genres", "long_tracks", "loose", "notes", "prices", "strict_ones", "tracks")

	// An integer key: a cell is edited, and one becomes NULL.
	s.table("artists")
	s.press("Right").replaces("Anna")
	s.seesLine(`│~ 1 │ Anna 1981`)
	s.press("Right", "x")
	s.seesLine(`│~ 1 │ Anna (1981→)?∅ null`)
	// A row whose key is left to the database.
	s.press("o")
	s.sees("Insert into artists")
	s.press("Tab").types("Dulce").press("Enter")
	s.sees("2 staged")

	// A text key without rowid.
	s.table("genres")
	s.press("G")
	s.sees("row 3 of 3")
	s.press("d")
	s.sees("3 staged", "-1")

	// A composite key; part of it is edited, which moves the row.
	s.table("tracks")
	s.press("Down", "Right").replaces("12")
	s.sees("4 staged")

	// No key but SQLite's own.
	s.table("notes")
	s.press("Down", "Right").replaces("no longer NULL")
	s.sees("5 staged")

	// Generated columns are shown, and not edited.
	s.table("prices")
	s.sees("20.0")
	s.press("Right").replaces("9.5")
	s.press("Right", "e")
	s.sees("the database computes this column")
	s.sees("6 staged")

	// A strict table takes only what fits.
	s.table("strict_ones")
	s.press("Right", "e")
	s.sees("╭ Edit strict_ones")
	s.press("C-u").types("ten").press("C-s")
	s.sees("╭ Edit strict_ones", "ten")
	s.press("C-u").types("11").press("C-s")
	s.seesNo("╭ Edit ")
	s.sees("7 staged")

	// A view is shown, and blocked for writing with the reason.
	s.table("long_tracks")
	s.sees("Hidden Place")
	s.press("o")
	s.sees("This is a view")
	s.sees("7 staged")

	s.reviews("7 changes in 6 tables")
	s.confirms()
	s.sees("Committed 7 changes")
	s.quits()

	after := u.everything("music.db")
	gone := `INSERT INTO artists VALUES(1,'Anoushka',1981);
INSERT INTO genres VALUES('raga','');
INSERT INTO tracks VALUES('Miss Perfumado',2,'Bia',NULL);
INSERT INTO notes VALUES(NULL,'');
INSERT INTO prices VALUES('CD-1',8.0);
INSERT INTO strict_ones VALUES(1,10,X'00ff1b5b');`
	if got := without(before, after); got != gone {
		t.Errorf("gone:\n%s\nwant\n%s", got, gone)
	}
	come := `INSERT INTO artists VALUES(1,'Anna',NULL);
INSERT INTO artists VALUES(4,'Dulce',NULL);
INSERT INTO tracks VALUES('Miss Perfumado',12,'Bia',NULL);
INSERT INTO notes VALUES('no longer NULL','');
INSERT INTO prices VALUES('CD-1',9.5);
INSERT INTO strict_ones VALUES(1,11,X'00ff1b5b');`
	if got := without(after, before); got != come {
		t.Errorf("new:\n%s\nwant\n%s", got, come)
	}
	if got := u.sql("music.db", "PRAGMA integrity_check"); got != "ok" {
		t.Errorf("integrity check: %s", got)
	}

	s = u.open("music.db")
	s.table("artists")
	s.seesLine(`│ 4 │ Dulce ∅ null`)
	s.table("tracks")
	s.seesLine(`│ Miss Perfumado 12 │ Bia`)
	s.quits()
}

// TestSQLiteWithoutCgoSaysWhatToDo opens a SQLite file with a program that was
// built without cgo.
func TestSQLiteWithoutCgoSaysWhatToDo(t *testing.T) {
	u := newUser(t)
	u.sql("music.db", music)
	u.pure("tables", "music.db").ends(1, "SQLite", "cgo")
}

// TestSQLiteBesideItsWriter browses and edits a WAL database while another
// program has it open and writes to it.
func TestSQLiteBesideItsWriter(t *testing.T) {
	u := newUser(t)
	u.sql("live.db", "PRAGMA journal_mode=WAL; CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1,'one'),(2,'two')")
	other := u.hold("live.db")
	other.does("INSERT INTO t VALUES (3,'three')")

	s := u.open("live.db")
	s.table("t")
	s.seesLine(`│ 3 │ three`)
	other.does("INSERT INTO t VALUES (4,'four')")
	s.press("R")
	s.seesLine(`│ 4 │ four`)
	s.press("Right").replaces("eins")
	s.commits("1 change")
	if got := other.does("SELECT v FROM t WHERE id = 1"); got != "eins" {
		t.Errorf("the other program reads %q", got)
	}
	s.quits()
	other.does("INSERT INTO t VALUES (5,'five')")
	if got := u.sql("live.db", "SELECT group_concat(v) FROM t"); got != "eins,two,three,four,five" {
		t.Errorf("the table has %s", got)
	}
}
