package store

import (
	"context"
	"time"

	"github.com/rowan-db/rowan/store/driver"
)

// attempt is the work of a commit.
type attempt struct {
	writer  *Writer
	set     *ChangeSet
	ids     []ID
	changes []Change // those of ids

	applied Applied
	after   []*Row // the rows of the changes as they are then, nil for what was deleted
}

// How often a transaction that the database gave up is made again, and how long
// it waits before: twice as long each time.
const (
	mostAttempts = 6
	firstPause   = 2 * time.Millisecond
)

// run applies the changes and reads their rows. It reports whether it had to
// find out by itself that they were written.
func (at *attempt) run(ctx context.Context) (confirmed bool, err error) {
	pause := firstPause
	for n := 1; ; n++ {
		err := at.once(ctx)
		switch k := KindOf(err); {
		case err == nil:
			return false, nil
		case k == OutcomeUnknown:
			err = at.findOut(ctx, err)
			return err == nil, err
		case k != TryAgain || n == mostAttempts:
			return false, err
		}
		if sleep(ctx, pause) != nil {
			return false, err
		}
		pause *= 2
	}
}

// sleep waits, unless ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// once applies the changes and reads their rows. It does both in one
// transaction if it can. Otherwise somebody might write in between, so that
// only what cannot be known without reading is taken from the row: see merge.
func (at *attempt) once(ctx context.Context) error {
	at.applied, at.after = Applied{}, nil
	if _, ok := at.writer.store.db.(driver.Transactor); ok {
		return at.inTx(ctx)
	}
	var err error
	at.applied, err = at.writer.Apply(ctx, at.changes)
	if err != nil || len(at.applied.Conflicts) > 0 {
		return err
	}
	at.after, err = at.set.readAfter(ctx, at.ids, at.applied.Keys, at.writer.store.Table)
	if err != nil {
		// What was written stays written. Without its rows, the inverse is
		// made of what is expected: an undo may then find a conflict.
		at.after = make([]*Row, len(at.ids))
	}
	for i, id := range at.ids {
		at.after[i] = at.set.changes[id].merge(at.applied.Keys[i], at.after[i])
	}
	return nil
}

func (at *attempt) inTx(ctx context.Context) (err error) {
	tx, err := at.writer.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if e := tx.Rollback(); err == nil { // does nothing after Commit
			err = e
		}
	}()
	at.applied, err = patient(ctx, at.writer.store, tx, func(ctx context.Context) (Applied, error) { return tx.Apply(ctx, at.changes) })
	if err != nil || len(at.applied.Conflicts) > 0 {
		return err
	}
	if at.after, err = at.set.readAfter(ctx, at.ids, at.applied.Keys, tx.Table); err != nil {
		return err
	}
	return tx.Commit(ctx)
}
