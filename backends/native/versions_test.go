package native

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// keeping is what a file that is open for writing can do with versions.
type keeping interface {
	driver.Versioner
	driver.Keeper
	driver.Differ
	driver.CommitUndoer
	driver.Backuper
	driver.Compacter
}

// keptReader is what a file that is open for reading can do with versions.
type keptReader interface {
	driver.Versioner
	driver.Differ
}

// version opens a version until the test ends.
func version(t *testing.T, db driver.Versioner, name string) driver.VersionSnapshot {
	t.Helper()
	v, err := db.OpenVersion(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := v.Release(); err != nil {
			t.Error(err)
		}
	})
	return v
}

// diff lists what differs between two versions.
func diff(t *testing.T, db keptReader, from, to string) (ds []string) {
	t.Helper()
	old, now := version(t, db, from), version(t, db, to)
	for d, err := range db.Diff(t.Context(), old, now) {
		if err != nil {
			t.Fatal(err)
		}
		s := fmt.Sprintf("%s %s", d.Kind, d.Table)
		if d.Key != nil {
			s += " " + d.Key.String()
		}
		for _, r := range []*driver.Row{d.Old, d.New} {
			if r != nil {
				s += " " + r.Values[0].AsText()
			}
		}
		ds = append(ds, s)
	}
	return ds
}

// names lists the names in the people table.
func names(t *testing.T, r driver.Reader) (names []string) {
	t.Helper()
	page, err := r.Scan(t.Context(), people, driver.Query{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range page.Rows {
		names = append(names, row.Values[0].AsText())
	}
	return names
}

// A version that was kept shows the tables of then, is compared row by row with
// the present, and with another, and can be dropped.
func TestVersions(t *testing.T) {
	db, path := create(t, Options{})
	v := db.(keeping)
	ada, bob := insert(t, db, "ada"), insert(t, db, "bob")
	if err := v.Keep(t.Context(), "first"); err != nil {
		t.Fatal(err)
	}
	if err := v.Keep(t.Context(), "first"); !errors.Is(err, driver.Exists) {
		t.Errorf("keeping under a name that is taken: %v", err)
	}
	change := func(changes ...driver.Change) {
		t.Helper()
		if done, err := db.Apply(t.Context(), changes); err != nil || len(done.Conflicts) > 0 {
			t.Fatal(done, err)
		}
	}
	change(driver.Change{Op: driver.Remove, Table: "people", Key: ada},
		driver.Change{Op: driver.Put, Table: "people", Key: bob, Set: []driver.Assignment{{Column: 0, Value: tuple.Text("rob")}}})
	cy := insert(t, db, "cy")
	if err := db.CreateTable(t.Context(), &driver.Schema{Name: "zoo", Key: people.Key}); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"removed people " + ada.String() + " ada",
		"changed people " + bob.String() + " bob rob",
		"added people " + cy.String() + " cy",
		"table added zoo",
	}
	if got := diff(t, v, "first", ""); !slices.Equal(got, want) {
		t.Errorf("since the first version: %q, want %q", got, want)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	reader := mustOpen(t, path, Options{ReadOnly: true})
	if is[driver.Keeper](reader) || is[driver.CommitUndoer](reader) || is[driver.Compacter](reader) {
		t.Error("a file that is open for reading has ways to write")
	}
	if got := diff(t, reader.(keptReader), "", "first"); len(got) != 4 || got[3] != "table removed zoo" {
		t.Errorf("back to the first version: %q", got)
	}
	verifyFirst(t, reader.(driver.Versioner))
}

// verifyFirst opens the version of TestVersions.
func verifyFirst(t *testing.T, db driver.Versioner) {
	t.Helper()
	first, err := db.OpenVersion(t.Context(), "first")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Release()
	if got := names(t, first); !slices.Equal(got, []string{"ada", "bob"}) {
		t.Errorf("the first version has %q", got)
	}
	if tables, err := first.Tables(t.Context()); err != nil || len(tables) != 1 {
		t.Errorf("the first version has the tables %v, %v", tables, err)
	}
	if _, err := first.Describe(t.Context(), "zoo"); !errors.Is(err, driver.NoTable) {
		t.Errorf("a table of later: %v", err)
	}
	if _, err := db.OpenVersion(t.Context(), "second"); !errors.Is(err, driver.NotFound) {
		t.Errorf("a version that is not kept: %v", err)
	}
}

// What a version has is counted and found by position at once, as in the
// present, also after others gave the version up.
func TestVersionKnowsPositions(t *testing.T) {
	db, _ := create(t, Options{})
	v := db.(keeping)
	for _, name := range []string{"ada", "bob", "cy"} {
		insert(t, db, name)
	}
	if err := v.Keep(t.Context(), "three"); err != nil {
		t.Fatal(err)
	}
	insert(t, db, "dan")
	three := version(t, v, "three")
	if err := v.DropVersion(t.Context(), "three"); err != nil {
		t.Fatal(err)
	}
	if n, known, err := three.(driver.Estimator).Estimate(t.Context(), people); n != 3 || !known || err != nil {
		t.Errorf("rows: %d, %t, %v", n, known, err)
	}
	last, err := three.(driver.Ranker).Select(t.Context(), people, 2)
	if err != nil || last == nil {
		t.Fatalf("the last row: %v, %v", last, err)
	}
	if n, err := three.(driver.Ranker).Rank(t.Context(), people, last); n != 2 || err != nil {
		t.Errorf("its position: %d, %v", n, err)
	}
	if _, err := v.OpenVersion(t.Context(), "three"); !errors.Is(err, driver.NotFound) {
		t.Errorf("opening it again: %v", err)
	}
}

// Comparing ends with an error when a version is released meanwhile, and it may
// be while its rows are handed out.
func TestComparingReleasedVersions(t *testing.T) {
	db, _ := create(t, Options{})
	v := db.(keeping)
	if err := v.Keep(t.Context(), "none"); err != nil {
		t.Fatal(err)
	}
	insert(t, db, "ada")
	insert(t, db, "bob")
	old, now := version(t, v, "none"), version(t, v, "")
	seen, failed := 0, error(nil)
	for _, err := range v.Diff(t.Context(), old, now) {
		if failed = err; err == nil {
			seen++
			if err := now.Release(); err != nil {
				t.Error(err)
			}
		}
	}
	if seen != 1 || !errors.Is(failed, driver.Closed) {
		t.Errorf("%d differences, then %v", seen, failed)
	}
	for _, err := range v.Diff(t.Context(), now, old) {
		if !errors.Is(err, driver.Closed) {
			t.Errorf("comparing what was released: %v", err)
		}
	}
	for range v.Diff(t.Context(), old, old) {
		t.Error("a version differs from itself")
	}
}

// The same versions are compared by several at once, and read meanwhile, and end
// for all of them together.
func TestComparingAtOnce(t *testing.T) {
	db, _ := create(t, Options{})
	v := db.(keeping)
	if err := v.Keep(t.Context(), "none"); err != nil {
		t.Fatal(err)
	}
	const rows = 50
	for range rows {
		insert(t, db, "somebody")
	}
	old, now := version(t, v, "none"), version(t, v, "")
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			n := 0
			for _, err := range v.Diff(t.Context(), old, now) {
				if err != nil {
					t.Error(err)
				}
				if got := len(names(t, now)); got != rows {
					t.Errorf("%d rows", got)
				}
				n++
			}
			if n != rows {
				t.Errorf("%d differences", n)
			}
		})
	}
	all.Wait()
	for range 4 {
		all.Go(func() {
			for _, err := range v.Diff(t.Context(), old, now) {
				if err != nil && !errors.Is(err, driver.Closed) {
					t.Error(err)
				}
				if err := old.Release(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

// Commits are undone and had back, and what is undone is whole tables, too.
func TestUndoCommits(t *testing.T) {
	db, _ := create(t, Options{})
	insert(t, db, "ada")
	insert(t, db, "bob")
	if err := db.DropTable(t.Context(), "people"); err != nil {
		t.Fatal(err)
	}
	v := db.(keeping)
	for _, step := range []struct {
		n    int
		want []string
	}{
		{1, []string{"ada", "bob"}},
		{2, []string{"ada", "bob"}}, // what was there before the drop is there already, so this is no commit
		{3, []string{"ada"}},
	} {
		if err := v.UndoCommits(t.Context(), step.n); err != nil {
			t.Fatal(err)
		}
		if got := names(t, db); !slices.Equal(got, step.want) {
			t.Errorf("after undoing %d there are %q, want %q", step.n, got, step.want)
		}
	}
	if err := v.UndoCommits(t.Context(), 50); !errors.Is(err, driver.NotFound) || !strings.Contains(err.Error(), "only the last") {
		t.Errorf("undoing more than there is: %v", err)
	}
	fresh := mustOpen(t, filepath.Join(t.TempDir(), "fresh.rowan"), Options{Create: true})
	if err := fresh.(keeping).UndoCommits(t.Context(), 1); !errors.Is(err, driver.NotFound) || err.Error() != "there is no commit that can be undone" {
		t.Errorf("undoing what nobody has done: %v", err)
	}
}

// Names that cannot be are refused in words about names, and a backup does not
// replace the database that it is of.
func TestWrongNames(t *testing.T) {
	db, path := create(t, Options{})
	v := db.(keeping)
	if err := v.Keep(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	_, missing := v.OpenVersion(t.Context(), "b")
	for want, err := range map[string]error{
		`no state is kept as "b"`:                                      missing,
		`no state is kept as "c"`:                                      v.DropVersion(t.Context(), "c"),
		`a state is kept as "a" already`:                               v.Keep(t.Context(), "a"),
		"the name of a state has 1 to 255 bytes, and this one has 0":   v.Keep(t.Context(), ""),
		"the name of a state has 1 to 255 bytes, and this one has 256": v.Keep(t.Context(), strings.Repeat("x", 256)),
		path + " is the database itself":                               v.Backup(t.Context(), path),
	} {
		if err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if err := v.Keep(t.Context(), strings.Repeat("x", 255)); err != nil {
		t.Errorf("the longest name: %v", err)
	}
	reader := mustOpen(t, path, Options{ReadOnly: true})
	if err := reader.(driver.Backuper).Backup(t.Context(), path); !errors.Is(err, driver.Exists) {
		t.Errorf("a backup over the database that is open for reading: %v", err)
	}
}

// A backup is a database like the one that it is of, and compacting makes a
// file small whose rows were deleted.
func TestBackupAndCompact(t *testing.T) {
	db, path := create(t, Options{})
	v := db.(keeping)
	var gone []driver.Change
	for range 200 {
		gone = append(gone, driver.Change{Op: driver.Remove, Table: "people", Key: insert(t, db, "somebody with a name that is long enough to fill pages")})
	}
	insert(t, db, "ada")
	if _, err := db.Apply(t.Context(), gone); err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(filepath.Dir(path), "copy.rowan")
	if err := v.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	before, after, err := v.Compact(t.Context())
	if err != nil || after >= before {
		t.Errorf("compacting %d bytes made %d, %v", before, after, err)
	}
	for _, r := range []driver.Reader{db, mustOpen(t, copied, Options{})} {
		if got := names(t, r); !slices.Equal(got, []string{"ada"}) {
			t.Errorf("there are %q", got)
		}
	}
	checked := func(db any) {
		if err := db.(driver.Checker).Check(context.Background(), func(p string) { t.Error(p) }); err != nil {
			t.Error(err)
		}
	}
	checked(db)
}
