package btree

import (
	"errors"
	"slices"
)

// batchCall is a call of Batch that waits for its transaction.
type batchCall struct {
	fn   func(*Tx) error
	done chan error
}

// errAlone tells a caller of Batch to run its function in a transaction of its own.
var errAlone = errors.New("btree: alone")

// Batch is Update for many goroutines that change a little each: the functions of all calls that come while an earlier batch
// commits run one after the other in one transaction. It is atomic for each of them. When one returns an error or panics, the
// others are run again without it, and it is run again alone: its call of Batch then returns the error, or panics.
//
// So a function may run several times, and in any of the goroutines that call Batch. It should change nothing outside of the
// transaction.
func (db *DB) Batch(fn func(*Tx) error) error {
	c := &batchCall{fn: fn, done: make(chan error, 1)}
	db.batchMu.Lock()
	db.batch = append(db.batch, c)
	leads := len(db.batch) == 1
	db.batchMu.Unlock()
	if leads {
		db.runBatch()
	}
	err := <-c.done
	if errors.Is(err, errAlone) {
		return db.Update(fn)
	}
	return err
}

// runBatch runs the calls that are waiting when the batch before is durable.
func (db *DB) runBatch() {
	db.batchTurn.Lock()
	defer db.batchTurn.Unlock()
	db.batchMu.Lock()
	calls := db.batch
	db.batch = nil
	db.batchMu.Unlock()
	for len(calls) > 0 {
		failed, err := db.tryBatch(calls)
		if failed < 0 {
			for _, c := range calls {
				c.done <- err
			}
			return
		}
		calls[failed].done <- errAlone
		calls = slices.Delete(calls, failed, failed+1)
	}
}

// tryBatch runs calls in one transaction. It returns the call that failed, for which there is no transaction, or -1 and what
// the others return.
func (db *DB) tryBatch(calls []*batchCall) (failed int, err error) {
	tx, err := db.Begin(true)
	if err != nil {
		return -1, err
	}
	for i, c := range calls {
		if !c.run(tx) {
			return i, tx.Rollback()
		}
	}
	return -1, tx.Commit()
}

// run runs the function and reports whether it went well.
func (c *batchCall) run(tx *Tx) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	return Guard(func() error { return c.fn(tx) }) == nil
}
