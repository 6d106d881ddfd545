//go:build unix

package e2e

import (
	"os"
	"strings"
	"testing"
)

const library = `
CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO authors VALUES (1,'Ada'),(2,'Bela'),(3,'Cem');
CREATE TABLE books (isbn TEXT PRIMARY KEY NOT NULL, author INTEGER REFERENCES authors(id), title TEXT, price REAL) WITHOUT ROWID;
INSERT INTO books VALUES ('a-1',1,'One',10),('a-2',1,'Two',20),('b-1',2,'Three',30),('c-1',NULL,'Four',NULL);
CREATE INDEX books_author ON books(author);
`

// TestConsoleJourney writes statements, changes a row of a result, runs one that
// is asked about, and takes the result away in a file.
func TestConsoleJourney(t *testing.T) {
	u := newUser(t)
	u.sql("library.db", library)
	s := u.open("library.db")
	s.press("4")
	s.sees("[4] SQL")
	s.types("select isbn, title, price * 2 as twice from books where author = 1;")
	s.press("F5")
	s.sees("2 rows", "the rows can be edited", "(result 1)", "40.0")

	// An edit of the result reaches the table, once it is committed.
	s.escapes("f5 run")
	s.press("Right", "Right").replaces("Uno")
	s.sees("1 staged")
	s.commits("1 change")
	if got := u.sql("library.db", "SELECT group_concat(title) FROM books"); !strings.Contains(got, "Uno,Two,Three,Four") {
		t.Errorf("the titles are %s", got)
	}

	// What the result holds, in a file.
	s.runs("export out.csv")
	s.sees("Exported 2 rows")
	if got, err := os.ReadFile(u.path("out.csv")); err != nil || !strings.HasPrefix(string(got), "isbn,title,twice\r\na-1,One,20.0\r\n") {
		t.Errorf("exported %q, %v", got, err)
	}

	// A statement that concerns every row is asked about.
	s.press("4").press("C-u").types("delete from books")
	s.press("F5")
	s.sees("Run it?", "concerns every row")
	s.reads().press("Right", "Enter")
	s.sees("4 rows affected")
	if got := u.sql("library.db", "SELECT count(*) FROM books"); strings.TrimSpace(got) != "0" {
		t.Errorf("%s books are left", got)
	}
	s.press("C-u").types("selec").press("F5")
	s.sees("failed", "syntax error")
	s.press("C-Up")
	s.sees("delete from books")
}

// TestLinksJourney goes along foreign keys, and back.
func TestLinksJourney(t *testing.T) {
	u := newUser(t)
	u.sql("library.db", library)
	s := u.open("library.db")
	s.table("books")
	s.press("Down", "Right", "Enter")
	s.sees("prefix (1)", "Ada")
	s.press("BSpace")
	s.sees("Two", "Four")
	s.table("authors")
	s.press("b")
	s.sees("← books", "author=1")
	s.reads().press("Down", "Enter")
	s.sees("/author=1", "One", "Two")
	s.seesNo("Three")
	s.press("1", "Right")
	s.sees("→ authors by author", "# author")
	s.types("D")
	s.sees("CREATE TABLE books", "CREATE INDEX books_author")
}

// TestReadOnlyConsole: the database itself refuses.
func TestReadOnlyConsole(t *testing.T) {
	u := newUser(t)
	u.sql("library.db", library)
	s := u.open("library.db", "--read-only")
	s.press("4").types("delete from books where author = 1").press("F5")
	s.sees("read-only", "failed", "readonly database")
	if got := u.sql("library.db", "SELECT count(*) FROM books"); strings.TrimSpace(got) != "4" {
		t.Errorf("%s books are left", got)
	}
}
