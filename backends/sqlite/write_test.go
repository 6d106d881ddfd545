//go:build cgo

package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

func id(n int64) tuple.Tuple { return tuple.Of(tuple.Int(n)) }

func set(column int, v tuple.Value) []driver.Assignment {
	return []driver.Assignment{{Column: column, Value: v}}
}

// fails applies changes that must fail and leave t as it was.
func fails(t *testing.T, db *writer, kind driver.Kind, says string, changes ...driver.Change) {
	t.Helper()
	before := shell(t, db.info.Location, ".dump")
	applied, err := db.Apply(context.Background(), changes)
	if db.Classify(err) != kind || err == nil || !strings.Contains(err.Error(), says) {
		t.Errorf("%+v, %q: %v, want %q and %q", applied, db.Classify(err), err, kind, says)
	}
	if after := shell(t, db.info.Location, ".dump"); after != before {
		t.Errorf("it has written:\n%s\nbefore:\n%s", after, before)
	}
}

func applied(t *testing.T, db driver.Writer, changes ...driver.Change) driver.Applied {
	t.Helper()
	a, err := db.Apply(context.Background(), changes)
	if err != nil || len(a.Conflicts) > 0 {
		t.Fatalf("Apply: %+v, %v", a, err)
	}
	return a
}

// TestEachShapeIsWritten inserts, updates, moves and deletes a row of each
// shape, and looks with the sqlite3 program that nothing else has changed.
func TestEachShapeIsWritten(t *testing.T) {
	for _, sh := range shapes {
		if sh.identity == driver.Position {
			continue
		}
		t.Run(sh.name, func(t *testing.T) {
			db, s := sh.make(t)
			before := shell(t, db.info.Location, "SELECT * FROM t")
			row := scanned(t, db, s, driver.Query{Limit: 250}).Rows[249]
			changed := max(0, settable(s))
			base, v := row.Values, tuple.Text("changed")
			if sh.name == "strict" {
				v = tuple.Int(77)
			}
			applied(t, db, driver.Change{Op: driver.Update, Table: "t", Key: row.Key, Base: base, Set: set(changed, v)})
			lines := shell(t, db.info.Location, "SELECT * FROM t")
			if n := differing(before, lines); n != 1 {
				t.Errorf("an update of one row has changed %d", n)
			}
			now, err := db.Get(context.Background(), s, []tuple.Tuple{row.Key})
			if err != nil || now[0] == nil || now[0].Values[changed] != v {
				t.Fatalf("Get: %v, %v", now, err)
			}
			applied(t, db,
				driver.Change{Op: driver.Delete, Table: "t", Key: row.Key, Base: now[0].Values},
				driver.Change{Op: driver.Insert, Table: "t", Key: row.Key, Set: setAll(s, base)},
			)
			if after := shell(t, db.info.Location, "SELECT * FROM t"); sortedLines(after) != sortedLines(before) {
				t.Error("deleting and inserting the row has changed something")
			}
		})
	}
}

// settable returns the first column that can be set.
func settable(s *driver.Schema) int {
	for i, c := range s.Columns {
		if !c.Generated {
			return i
		}
	}
	return -1
}

func setAll(s *driver.Schema, values []tuple.Value) []driver.Assignment {
	var all []driver.Assignment
	for i, c := range s.Columns {
		if !c.Generated {
			all = append(all, driver.Assignment{Column: i, Value: values[i]})
		}
	}
	return all
}

func TestConstraints(t *testing.T) {
	db := made(t, `CREATE TABLE parent(id INTEGER PRIMARY KEY); INSERT INTO parent VALUES(1);
		CREATE TABLE t(id INTEGER PRIMARY KEY, p INT REFERENCES parent, u TEXT UNIQUE, c INT CHECK(c > 0), n INT NOT NULL DEFAULT 5);
		INSERT INTO t VALUES(1, 1, 'one', 1, 1), (2, NULL, 'two', 2, 2);`)
	row := func(op driver.Op, n int64, column int, v tuple.Value) driver.Change {
		return driver.Change{Op: op, Table: "t", Key: id(n), Set: set(column, v)}
	}
	good := row(driver.Update, 2, 2, tuple.Int(9))
	fails(t, db, driver.Constraint, "FOREIGN KEY constraint failed", good, row(driver.Update, 1, 0, tuple.Int(99)))
	fails(t, db, driver.Constraint, "FOREIGN KEY constraint failed", good, driver.Change{Op: driver.Delete, Table: "parent", Key: id(1)})
	fails(t, db, driver.Constraint, "UNIQUE constraint failed: t.u", good, row(driver.Insert, 3, 1, tuple.Text("one")))
	fails(t, db, driver.Constraint, "CHECK constraint failed: c > 0", good, row(driver.Put, 3, 2, tuple.Int(-1)))
	fails(t, db, driver.Constraint, "NOT NULL constraint failed: t.n", good, row(driver.Update, 1, 3, tuple.Null))
	fails(t, db, driver.BadKey, "a key of t is an integer", good, driver.Change{Op: driver.Insert, Table: "t", Key: text("x")})
	applied(t, db, good, row(driver.Put, 1, 2, tuple.Int(8)), row(driver.Put, 3, 2, tuple.Int(7)))
	if got := shell(t, db.info.Location, "SELECT * FROM t"); got != "1|1|one|8|1\n2||two|9|2\n3|||7|5" {
		t.Errorf("afterwards:\n%s", got)
	}
}

// TestTriggers: what triggers write does not count, what they prevent does, and
// a transaction that they end is at its end.
func TestTriggers(t *testing.T) {
	db := made(t, `CREATE TABLE t(id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES(1,'a'),(2,'b'),(3,'c'),(4,'d'); CREATE TABLE log(x);
		CREATE TABLE child(id INTEGER PRIMARY KEY, t INT REFERENCES t ON DELETE CASCADE); INSERT INTO child VALUES(1,1),(2,1),(3,1);
		CREATE TRIGGER u AFTER UPDATE ON t WHEN new.id=1 BEGIN INSERT INTO log VALUES(1),(2),(3); END;
		CREATE TRIGGER i BEFORE UPDATE ON t WHEN new.id=2 BEGIN SELECT RAISE(IGNORE); END;
		CREATE TRIGGER r BEFORE UPDATE ON t WHEN new.id=3 BEGIN SELECT RAISE(ROLLBACK, 'not this one'); END;
		CREATE TRIGGER d BEFORE DELETE ON t WHEN old.id=2 BEGIN SELECT RAISE(IGNORE); END;
		CREATE TRIGGER n BEFORE INSERT ON t WHEN new.id=9 BEGIN SELECT RAISE(IGNORE); END;`)
	update := func(n int64) driver.Change {
		return driver.Change{Op: driver.Update, Table: "t", Key: id(n), Set: set(0, tuple.Text("x"))}
	}
	fails(t, db, driver.Constraint, "left the row of t as it is", update(1), update(2))
	fails(t, db, driver.Constraint, "left the row of t as it is", update(1), driver.Change{Op: driver.Delete, Table: "t", Key: id(2)})
	fails(t, db, driver.Constraint, "left the row of t as it is", update(1), driver.Change{Op: driver.Insert, Table: "t", Key: id(9)})
	fails(t, db, driver.Constraint, "not this one", update(1), update(3))
	applied(t, db, update(1), driver.Change{Op: driver.Delete, Table: "t", Key: id(1)})
	if got := shell(t, db.info.Location, "SELECT count(*) FROM log; SELECT count(*) FROM child;"); got != "3\n0" {
		t.Errorf("rows of triggers and cascades: %s", got)
	}
}

// TestTransactionThatSQLiteEnds: what comes after would be written at once.
func TestTransactionThatSQLiteEnds(t *testing.T) {
	db := made(t, `CREATE TABLE t(id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES(1,'a');
		CREATE TRIGGER r BEFORE UPDATE ON t BEGIN SELECT RAISE(ROLLBACK, 'no'); END;`)
	ctx := context.Background()
	tx, err := db.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	applied(t, tx, driver.Change{Op: driver.Insert, Table: "t", Key: id(2)})
	if _, err := tx.Apply(ctx, []driver.Change{{Op: driver.Update, Table: "t", Key: id(1), Set: set(0, tuple.Null)}}); db.Classify(err) != driver.Constraint {
		t.Errorf("update: %v", err)
	}
	if _, err := tx.Apply(ctx, []driver.Change{{Op: driver.Insert, Table: "t", Key: id(3)}}); db.Classify(err) != driver.Closed {
		t.Errorf("insert in a transaction that has ended: %v", err)
	}
	if err := tx.Commit(ctx); db.Classify(err) != driver.Closed {
		t.Errorf("commit: %v", err)
	}
	if got := shell(t, db.info.Location, "SELECT id FROM t"); got != "1" {
		t.Errorf("rows: %s", got)
	}
	applied(t, db, driver.Change{Op: driver.Insert, Table: "t", Key: id(4)})
}

func TestGeneratedColumns(t *testing.T) {
	db := made(t, `CREATE TABLE t(id INTEGER PRIMARY KEY, a INT, b AS (a*2) STORED, c TEXT AS ('c'||a) VIRTUAL); INSERT INTO t(id,a) VALUES(1,5);`)
	s := described(t, db, "t")
	for i, generated := range []bool{false, true, true} {
		if s.Columns[i].Generated != generated {
			t.Errorf("column %s: generated %v", s.Columns[i].Name, !generated)
		}
	}
	row := scanned(t, db, s, driver.Query{}).Rows[0]
	if row.Values[1] != tuple.Int(10) || row.Values[2] != tuple.Text("c5") {
		t.Errorf("values: %v", row.Values)
	}
	fails(t, db, driver.ReadOnly, "computes column b", driver.Change{Op: driver.Update, Table: "t", Key: id(1), Set: set(1, tuple.Int(1))})
	applied(t, db, driver.Change{Op: driver.Update, Table: "t", Key: id(1), Base: row.Values, Set: set(0, tuple.Int(6))})
	if got := shell(t, db.info.Location, "SELECT * FROM t"); got != "1|6|12|c6" {
		t.Error(got)
	}
}

// TestNullInTheKey: a primary key that holds NULL identifies nothing.
func TestNullInTheKey(t *testing.T) {
	db := made(t, `CREATE TABLE t(a TEXT, b INT, PRIMARY KEY(a,b)); INSERT INTO t VALUES('x',1),('y',2);`)
	s := described(t, db, "t")
	if s.Identity != driver.PrimaryKey || s.Key[1].Nullable {
		t.Fatalf("%+v", s)
	}
	fails(t, db, driver.BadKey, "cannot be NULL", driver.Change{Op: driver.Insert, Table: "t", Key: tuple.Of(tuple.Text("z"), tuple.Null)})
	shell(t, db.info.Location, "INSERT INTO t VALUES('x',NULL),('x',NULL),(NULL,NULL);")
	if _, err := db.Scan(context.Background(), s, driver.Query{Limit: 10}); db.Classify(err) != driver.BadKey {
		t.Errorf("a scan that meets a NULL that has come later: %v", err)
	}
	now := described(t, db, "t")
	if now.Identity != driver.RowID || len(now.Key) != 1 || len(now.Columns) != 2 {
		t.Fatalf("%+v", now)
	}
	if p := scanned(t, db, now, driver.Query{}); len(p.Rows) != 5 {
		t.Errorf("%v", keysOf(p.Rows))
	}
	applied(t, db, driver.Change{Op: driver.Update, Table: "t", Key: id(4), Base: []tuple.Value{tuple.Text("x"), tuple.Null}, Set: set(1, tuple.Int(4))})
	if got := shell(t, db.info.Location, "SELECT rowid, a, b FROM t"); got != "1|x|1\n2|y|2\n3|x|\n4|x|4\n5||" {
		t.Error(got)
	}
}

// TestKeysUnderACollation: ALICE and alice are one key, and a row can be given
// the other spelling.
func TestKeysUnderACollation(t *testing.T) {
	db := made(t, `CREATE TABLE t(name TEXT COLLATE NOCASE PRIMARY KEY NOT NULL, v); INSERT INTO t VALUES('alice',1),('bob',2);`)
	s := described(t, db, "t")
	rows, err := db.Get(context.Background(), s, []tuple.Tuple{text("ALICE"), text("carol"), text("BOB")})
	if err != nil || rows[0] == nil || rows[0].Key[0] != tuple.Text("alice") || rows[1] != nil || rows[2] == nil {
		t.Errorf("Get: %v, %v", rows, err)
	}
	a, err := db.Apply(context.Background(), []driver.Change{{Op: driver.Insert, Table: "t", Key: text("Alice")}})
	if err != nil || len(a.Conflicts) != 1 {
		t.Errorf("insert of the same key: %+v, %v", a, err)
	}
	a, err = db.Apply(context.Background(), []driver.Change{{Op: driver.Update, Table: "t", Key: text("alice"), NewKey: text("BOB")}})
	if err != nil || len(a.Conflicts) != 1 || a.Conflicts[0].Current.Key[0] != tuple.Text("bob") {
		t.Errorf("update to another row's key: %+v, %v", a, err)
	}
	applied(t, db, driver.Change{Op: driver.Update, Table: "t", Key: text("alice"), NewKey: text("Alice")})
	if got := shell(t, db.info.Location, "SELECT * FROM t"); got != "Alice|1\nbob|2" {
		t.Error(got)
	}
}

// TestFull: what happens when there is no room is undone, and said.
func TestFull(t *testing.T) {
	db := made(t, `CREATE TABLE t(id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES(1,'a');`)
	small := func() { // holds for a connection
		if _, err := db.one.Exec("PRAGMA max_page_count = 3"); err != nil {
			t.Fatal(err)
		}
	}
	small()
	big := driver.Change{Op: driver.Insert, Table: "t", Key: id(2), Set: set(0, tuple.Text(strings.Repeat("x", 100_000)))}
	fails(t, db, driver.Full, "full", driver.Change{Op: driver.Delete, Table: "t", Key: id(1)}, big)
	small()
	ctx := context.Background()
	tx, err := db.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	applied(t, tx, driver.Change{Op: driver.Delete, Table: "t", Key: id(1)})
	if _, err := tx.Apply(ctx, []driver.Change{big}); db.Classify(err) != driver.Full {
		t.Errorf("in a transaction: %v", err)
	}
	err = tx.Commit(ctx)
	if got, want := shell(t, db.info.Location, "SELECT count(*) FROM t"), map[bool]string{true: "0", false: "1"}[err == nil]; got != want {
		t.Errorf("commit: %v, but %s rows", err, got)
	}
}

// TestTransactionOutlivesTheCallThatBeganIt: its context is for the waiting.
func TestTransactionOutlivesTheCallThatBeganIt(t *testing.T) {
	db := made(t, `CREATE TABLE t(id INTEGER PRIMARY KEY);`)
	ctx, cancel := context.WithCancel(context.Background())
	tx, err := db.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	applied(t, tx, driver.Change{Op: driver.Insert, Table: "t", Key: id(1)})
	if err := tx.Commit(context.Background()); err != nil {
		t.Error(err)
	}
	if got := shell(t, db.info.Location, "SELECT count(*) FROM t"); got != "1" {
		t.Errorf("%s rows", got)
	}
}

// withoutReturning makes keys known in the way of other databases.
type withoutReturning struct{ dialect }

func (withoutReturning) Returning() bool { return false }

func TestAutoKeys(t *testing.T) {
	for _, create := range []string{
		"CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
		"CREATE TABLE t(v, x)",
		`CREATE TABLE t(v, rowid)`,
	} {
		db := made(t, create+"; INSERT INTO t(v) VALUES('a'),('b');")
		a := applied(t, db, driver.Change{Op: driver.Insert, Table: "t", Set: set(0, tuple.Text("c"))}, driver.Change{Op: driver.Insert, Table: "t"})
		if got := fmt.Sprint(a.Keys); got != "[(3) (4)]" {
			t.Errorf("%s: keys %s", create, got)
		}
		if got := shell(t, db.info.Location, "SELECT v FROM t ORDER BY _rowid_"); got != "a\nb\nc" {
			t.Errorf("%s: %s", create, got)
		}
		a, err := sqlrows.Apply(context.Background(), db.life, sqlrows.NewStdPool(db.one), withoutReturning{db.d}, []driver.Change{{Op: driver.Insert, Table: "t"}})
		if err != nil || a.Keys[0].String() != "(5)" {
			t.Errorf("%s, the key asked for otherwise: %+v, %v", create, a, err)
		}
	}
}

// TestMoveByRowID gives a row without a key another row number.
func TestMoveByRowID(t *testing.T) {
	db := made(t, `CREATE TABLE t(v, rowid); INSERT INTO t(v) VALUES('a'),('b');`)
	a := applied(t, db, driver.Change{Op: driver.Update, Table: "t", Key: id(1), NewKey: id(9), Base: []tuple.Value{tuple.Text("a"), tuple.Null}})
	if got := shell(t, db.info.Location, "SELECT oid, v FROM t"); got != "2|b\n9|a" || a.Keys[0].String() != "(9)" {
		t.Errorf("%v: %s", a.Keys, got)
	}
}

// differing counts the lines that two results do not share.
func differing(a, b string) int {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	n := max(len(x), len(y)) - min(len(x), len(y))
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			n++
		}
	}
	return n
}

func sortedLines(s string) string {
	lines := strings.Split(s, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
