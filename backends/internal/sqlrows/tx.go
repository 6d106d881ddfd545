package sqlrows

import (
	"context"
	"fmt"
	"slices"

	"github.com/rowan-db/rowan/store/driver"
)

// Tx is a transaction that writes.
type Tx struct {
	*session
	// marks are the savepoints that RollbackTo accepts, the oldest first.
	marks     []driver.Savepoint
	next      driver.Savepoint
	committed bool
}

var (
	_ driver.Tx      = (*Tx)(nil)
	_ driver.Counter = (*Tx)(nil)
)

// Begin begins a transaction on a connection of pool. It waits for a connection,
// and for other writers, until ctx is done.
func Begin(ctx context.Context, life *Lifetime, pool Pool, d Dialect) (*Tx, error) {
	var tx Tx
	err := life.Call(ctx, func(ctx context.Context) (err error) {
		tx.session, err = begin(ctx, life, pool, d, true)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &tx, nil
}

// Apply implements [driver.Writer] for a database whose writers use pool.
func Apply(ctx context.Context, life *Lifetime, pool Pool, d Dialect, changes []driver.Change) (driver.Applied, error) {
	tx, err := Begin(ctx, life, pool, d)
	if err != nil {
		return driver.Applied{}, err
	}
	defer tx.end()
	var applied driver.Applied
	err = tx.do(ctx, func(ctx context.Context, conn Conn) error {
		// To cancel a statement may end the transaction, and is meant to.
		applied, err = apply(ctx, d, conn, itself, changes)
		return err
	})
	if err != nil || len(applied.Conflicts) > 0 {
		return driver.Applied{Conflicts: applied.Conflicts}, err
	}
	if err := tx.commit(ctx); err != nil {
		return driver.Applied{}, err
	}
	return applied, nil
}

func itself(ctx context.Context) context.Context { return ctx }

// applyMark is the savepoint that Apply returns to. The names of the others
// are numbers.
const applyMark = "rowan_apply"

// Apply implements [driver.Tx].
func (tx *Tx) Apply(ctx context.Context, changes []driver.Change) (applied driver.Applied, err error) {
	err = tx.do(ctx, func(ctx context.Context, conn Conn) error {
		if err := tx.exec(ctx, conn, "SAVEPOINT "+applyMark); err != nil {
			return err
		}
		applied, err = apply(ctx, tx.d, conn, tx.d.WriteContext, changes)
		if err != nil || len(applied.Conflicts) > 0 {
			applied = driver.Applied{Conflicts: applied.Conflicts}
			if undo := tx.undo(ctx, conn, applyMark); undo != nil && err == nil {
				return undo
			}
			return err
		}
		return tx.exec(ctx, conn, "RELEASE SAVEPOINT "+applyMark)
	})
	return applied, err
}

// undo returns to a savepoint and forgets it. If the transaction has ended by
// the failure that is to be undone, do finds out.
func (tx *Tx) undo(ctx context.Context, conn Conn, mark string) error {
	if err := tx.exec(ctx, conn, "ROLLBACK TO SAVEPOINT "+mark); err != nil {
		return err
	}
	return tx.exec(ctx, conn, "RELEASE SAVEPOINT "+mark)
}

// exec runs a statement about the transaction itself. It is not canceled: it
// is quick, and the transaction must not stay in between.
func (tx *Tx) exec(ctx context.Context, conn Conn, statement string) error {
	_, err := conn.Exec(context.WithoutCancel(ctx), statement, nil)
	return err
}

func markName(sp driver.Savepoint) string { return fmt.Sprintf("rowan_%d", int(sp)) }

// Savepoint implements [driver.Tx].
func (tx *Tx) Savepoint(ctx context.Context) (sp driver.Savepoint, err error) {
	err = tx.do(ctx, func(ctx context.Context, conn Conn) error {
		sp = tx.next
		if err := tx.exec(ctx, conn, "SAVEPOINT "+markName(sp)); err != nil {
			return err
		}
		tx.next++
		tx.marks = append(tx.marks, sp)
		return nil
	})
	return sp, err
}

// RollbackTo implements [driver.Tx].
func (tx *Tx) RollbackTo(ctx context.Context, sp driver.Savepoint) error {
	return tx.do(ctx, func(ctx context.Context, conn Conn) error {
		i := slices.Index(tx.marks, sp)
		if i < 0 {
			return driver.Errorf(driver.Internal, "the transaction has no savepoint %d, or has gone back to before it", int(sp))
		}
		if err := tx.exec(ctx, conn, "ROLLBACK TO SAVEPOINT "+markName(sp)); err != nil {
			return err
		}
		tx.marks = tx.marks[:i+1]
		return nil
	})
}

// Commit implements [driver.Tx].
func (tx *Tx) Commit(ctx context.Context) error {
	err := tx.commit(ctx)
	tx.committed = tx.committed || err == nil
	return err
}

// Rollback implements [driver.Tx].
func (tx *Tx) Rollback() error {
	if !tx.end() && !tx.committed {
		return errEnded()
	}
	return nil
}
