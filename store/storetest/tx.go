package storetest

import (
	"context"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

var txNeeds = []Capability{Transactions}

var txCases = []testCase{
	{
		name: "reads see the transaction's own writes", needs: txNeeds,
		rule: "Get and Scan of a Tx see what it has written; nobody else does before Commit, and everybody sees all of it afterwards.",
		run:  (*suite).testTxReads,
	},
	{
		name: "rollback leaves nothing", needs: txNeeds,
		rule: "After Rollback, the database is as it was before Begin.",
		run:  (*suite).testRollback,
	},
	{
		name: "savepoints nest", needs: txNeeds,
		rule: "RollbackTo returns to the state of a savepoint, which stays valid; those set after it are forgotten.",
		run:  (*suite).testSavepoints,
	},
	{
		name: "a failure or conflict leaves the transaction as it was", needs: txNeeds,
		rule: "After an Apply that fails or conflicts, the transaction goes on as if it had not been called.",
		run:  (*suite).testTxFailure,
	},
	{
		name: "an ended transaction is Closed", needs: txNeeds,
		rule: "After Commit or Rollback, every method fails with Closed, except that Rollback after Commit does nothing.",
		run:  (*suite).testTxEnd,
	},
	{
		name: "a transaction waits for another one only as long as its context", needs: txNeeds,
		rule: "Begin while another transaction writes either succeeds, or waits until its context is done.",
		run:  (*suite).testTwoTx,
	},
	{
		name: "tables are described while a transaction is open", needs: txNeeds,
		rule: "Tables, Describe and reads outside of a transaction do not wait for it.",
		run:  (*suite).testReadsBesideTx,
	},
	{
		name: "a batch that was canceled leaves the transaction usable", needs: txNeeds,
		rule: "A canceled Apply fails with Canceled; the transaction can be rolled back.",
		run:  (*suite).testTxCancel,
	},
}

// begin starts a transaction, which is rolled back at the end of the test at
// the latest.
func (s *suite) begin() driver.Tx {
	s.Helper()
	tx, err := s.db.(driver.Transactor).Begin(s.ctx)
	if err != nil {
		s.Fatalf("begin: %v", err)
	}
	s.Cleanup(func() { _ = tx.Rollback() }) // fails if the test has ended it
	return tx
}

func (s *suite) commit(tx driver.Tx) {
	s.Helper()
	if err := tx.Commit(s.ctx); err != nil {
		s.Fatalf("commit: %v", err)
	}
}

func (s *suite) testTxReads() {
	sc := s.createInt()
	s.fill(sc, number(1), number(2))
	before := s.all(s.db, sc)
	tx := s.begin()
	s.applyTo(tx, insert(sc, number(3), tuple.Text("new")))
	s.applyTo(tx, driver.Change{Op: driver.Delete, Table: sc.Name, Key: number(1)})
	s.applyTo(tx, driver.Change{Op: driver.Update, Table: sc.Name, Key: number(2), Base: before[1].Values, Set: set(tuple.Text("b"))})
	want := []driver.Row{{Key: number(2), Values: texts("b")}, {Key: number(3), Values: texts("new")}}
	wantRows(s, "in the transaction", s.all(tx, sc), want)
	if row := s.get(tx, sc, number(3)); row == nil || !sameRow(row, &want[1]) {
		s.Errorf("get in the transaction: %v", shortRow(row))
	}
	if row := s.get(tx, sc, number(1)); row != nil {
		s.Errorf("the deleted row in the transaction: %v", shortRow(row))
	}
	wantRows(s, "outside before commit", s.all(s.db, sc), before)
	s.commit(tx)
	wantRows(s, "after commit", s.all(s.db, sc), want)
}

func (s *suite) testRollback() {
	sc := s.createInt()
	s.fill(sc, number(1), number(2))
	before := s.all(s.db, sc)
	tx := s.begin()
	s.applyTo(tx, insert(sc, number(3)), driver.Change{Op: driver.Delete, Table: sc.Name, Key: number(1)})
	if err := tx.Rollback(); err != nil {
		s.Errorf("rollback: %v", err)
	}
	wantRows(s, "after rollback", s.all(s.db, sc), before)
	s.fill(sc, number(3))
}

func (s *suite) savepoint(tx driver.Tx) driver.Savepoint {
	s.Helper()
	sp, err := tx.Savepoint(s.ctx)
	if err != nil {
		s.Fatalf("savepoint: %v", err)
	}
	return sp
}

func (s *suite) rollbackTo(tx driver.Tx, sp driver.Savepoint) {
	s.Helper()
	if err := tx.RollbackTo(s.ctx, sp); err != nil {
		s.Fatalf("roll back to savepoint: %v", err)
	}
}

func (s *suite) testSavepoints() {
	sc := s.createInt()
	tx := s.begin()
	keys := func(what string, want ...tuple.Tuple) {
		s.Helper()
		s.wantKeys(what, keysOf(s.all(tx, sc)), want)
	}
	add := func(n int64) { s.applyTo(tx, insert(sc, number(n))) }
	add(1)
	outer := s.savepoint(tx)
	add(2)
	inner := s.savepoint(tx)
	add(3)
	s.rollbackTo(tx, inner)
	keys("back to the inner savepoint", number(1), number(2))
	add(4)
	s.rollbackTo(tx, inner)
	keys("back to it again", number(1), number(2))
	add(5)
	s.rollbackTo(tx, outer)
	keys("back to the outer savepoint", number(1))
	add(6)
	again := s.savepoint(tx)
	add(7)
	s.rollbackTo(tx, again)
	s.commit(tx)
	s.wantKeys("committed", s.keysIn(sc, tuple.Range{}, false), []tuple.Tuple{number(1), number(6)})
}

func (s *suite) testTxFailure() {
	sc := s.createInt()
	s.fill(sc, number(1))
	tx := s.begin()
	s.applyTo(tx, insert(sc, number(2)))
	want := s.all(tx, sc)
	applied, err := tx.Apply(s.ctx, []driver.Change{insert(sc, number(3)), insert(sc, number(1))})
	if err != nil || len(applied.Conflicts) != 1 {
		s.Fatalf("apply: %+v, %v, want a conflict", applied, err)
	}
	wantRows(s, "after a conflict", s.all(tx, sc), want)
	_, err = tx.Apply(s.ctx, []driver.Change{insert(sc, number(4)), {Op: driver.Put, Table: sc.Name, Key: number(1, 2)}})
	s.wantKind("bad key", err, driver.BadKey)
	wantRows(s, "after a failure", s.all(tx, sc), want)
	s.applyTo(tx, insert(sc, number(5)))
	s.commit(tx)
	s.wantKeys("committed", s.keysIn(sc, tuple.Range{}, false), []tuple.Tuple{number(1), number(2), number(5)})
}

func (s *suite) testTxEnd() {
	sc := s.createInt()
	committed, rolledBack := s.begin(), driver.Tx(nil)
	s.commit(committed)
	rolledBack = s.begin()
	if err := rolledBack.Rollback(); err != nil {
		s.Errorf("rollback: %v", err)
	}
	if err := committed.Rollback(); err != nil {
		s.Errorf("rollback after commit: %v", err)
	}
	for name, tx := range map[string]driver.Tx{"commit": committed, "rollback": rolledBack} {
		_, err := tx.Get(s.ctx, sc, []tuple.Tuple{number(1)})
		s.wantKind("get after "+name, err, driver.Closed)
		_, err = tx.Scan(s.ctx, sc, driver.Query{Limit: 1})
		s.wantKind("scan after "+name, err, driver.Closed)
		_, err = tx.Apply(s.ctx, []driver.Change{insert(sc, number(1))})
		s.wantKind("apply after "+name, err, driver.Closed)
		_, err = tx.Savepoint(s.ctx)
		s.wantKind("savepoint after "+name, err, driver.Closed)
		s.wantKind("roll back to after "+name, tx.RollbackTo(s.ctx, 0), driver.Closed)
		s.wantKind("commit after "+name, tx.Commit(s.ctx), driver.Closed)
	}
	s.wantKind("a second rollback", rolledBack.Rollback(), driver.Closed)
}

func (s *suite) testTwoTx() {
	sc := s.createInt()
	first := s.begin()
	s.applyTo(first, insert(sc, number(1)))
	ctx, cancel := context.WithCancel(s.ctx)
	began := make(chan error, 1)
	go func() {
		tx, err := s.db.(driver.Transactor).Begin(ctx)
		if err == nil {
			err = tx.Rollback()
		}
		began <- err
	}()
	cancel()
	if err := <-began; err != nil {
		s.wantKind("begin with a canceled context", err, driver.Canceled)
	}
	s.commit(first)
	second := s.begin()
	s.applyTo(second, insert(sc, number(2)))
	s.commit(second)
	if rows := s.all(s.db, sc); len(rows) != 2 {
		s.Errorf("%d rows, want 2", len(rows))
	}
}

func (s *suite) testReadsBesideTx() {
	sc := s.createInt()
	s.fill(sc, number(1))
	tx := s.begin()
	s.applyTo(tx, insert(sc, number(2)))
	s.tableNames()
	s.describe(sc.Name)
	if rows := s.all(s.db, sc); len(rows) != 1 {
		s.Errorf("%d rows are seen from outside, want 1", len(rows))
	}
	s.commit(tx)
}

func (s *suite) testTxCancel() {
	sc := s.createInt()
	tx := s.begin()
	s.applyTo(tx, insert(sc, number(1)))
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	_, err := tx.Apply(ctx, []driver.Change{insert(sc, number(2))})
	s.wantKind("apply", err, driver.Canceled)
	if err := tx.Rollback(); err != nil {
		s.Errorf("rollback: %v", err)
	}
	wantRows(s, "rows", s.all(s.db, sc), nil)
	s.fill(sc, number(3))
}
