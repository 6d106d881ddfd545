package store

import (
	"context"
	"time"

	"github.com/rowan-db/rowan/store/driver"
)

// Tx is a live transaction: its reads see its own writes, which nobody else
// sees before Commit. It belongs to one goroutine at a time, and whoever began
// it must end it, because it may keep others from writing.
type Tx struct {
	store *Store
	tx    driver.Tx
	since time.Time
}

// Begin starts a transaction, after other writers if the database has one at a
// time: for as long as ctx allows, or until it fails with [Locked] soon if the
// one that it waits for may be a live transaction of this store. It fails with
// [Unsupported] if the database has no transactions that stay open.
func (w *Writer) Begin(ctx context.Context) (*Tx, error) {
	const op = "begin"
	d, ok := w.store.db.(driver.Transactor)
	if !ok {
		return nil, w.store.unsupported(op)
	}
	tx, err := patient(ctx, w.store, nil, d.Begin)
	if err != nil {
		return nil, w.store.wrap(op, "", err)
	}
	live := &Tx{store: w.store, tx: tx, since: time.Now()}
	w.store.live.add(live)
	return live, nil
}

// Since returns when the transaction began.
func (tx *Tx) Since() time.Time { return tx.since }

// Table looks up a table or view, to be read as the transaction sees it.
func (tx *Tx) Table(ctx context.Context, name string) (*Table, error) {
	return tx.store.tableIn(ctx, tx.tx, name)
}

// Apply is like [Writer.Apply], but becomes durable with Commit. If it fails
// or finds conflicts, the transaction is as it was before.
func (tx *Tx) Apply(ctx context.Context, changes []Change) (Applied, error) {
	return tx.store.apply(ctx, tx.tx, changes)
}

// Savepoint marks the present state. Savepoints nest.
func (tx *Tx) Savepoint(ctx context.Context) (Savepoint, error) {
	sp, err := tx.tx.Savepoint(ctx)
	return sp, tx.store.wrap("set a savepoint", "", err)
}

// RollbackTo undoes what was done since sp, which stays valid.
func (tx *Tx) RollbackTo(ctx context.Context, sp Savepoint) error {
	return tx.store.wrap("roll back to the savepoint", "", tx.tx.RollbackTo(ctx, sp))
}

// Commit makes the transaction durable and ends it.
func (tx *Tx) Commit(ctx context.Context) error {
	defer tx.store.live.remove(tx)
	return tx.store.wrap("commit", "", tx.tx.Commit(ctx))
}

// Rollback undoes the transaction and ends it. After Commit it does nothing.
func (tx *Tx) Rollback() error {
	defer tx.store.live.remove(tx)
	return tx.store.wrap("roll back", "", tx.tx.Rollback())
}
