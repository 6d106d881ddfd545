package btree

import (
	"errors"
	"fmt"
)

// Close refuses new transactions with ErrClosed, also to those who wait to begin one, waits for the open ones to end, makes durable
// what was delayed, writes what is only in the log into the trees, so that the next Open has nothing to do, and gives up the
// file and its lock. With Options.NoSync it syncs the file. Closing again does nothing. A goroutine must not close a database
// while it has a transaction open itself: it would wait for ever.
func (db *DB) Close() error {
	if !db.shut(false) {
		return nil
	}
	err := db.giveUpLog()
	err = errors.Join(err, db.release())
	if err == nil && !db.opts.ReadOnly && !db.failed.Load() {
		err = db.finish()
	}
	return errors.Join(err, db.pager.file.Close())
}

// Abandon closes the database without writing anything more, as if the process were killed: what was delayed is lost, and the next
// Open replays the log. It is for programs that must end at once, or that want to lose what was delayed.
//
// Like Close it refuses new transactions and waits for the open ones to end, since they may look at memory and pages that are
// given up then. But a transaction that is not yet being committed cannot be any more: Commit, Delay and Sync return ErrClosed, and
// so does a commit whose pages are being written. A commit that returned nil is durable. After Close or Abandon it does nothing.
func (db *DB) Abandon() error {
	if !db.shut(true) {
		return nil
	}
	return errors.Join(db.release(), db.pager.file.Close())
}

// shut ends the use of the database when all that is open has ended. It returns false when that was done before.
func (db *DB) shut(abandon bool) bool {
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.isClosing() {
		return false
	}
	db.abandoned.Store(abandon)
	close(db.closing)
	for db.open > 0 {
		db.idle.Wait()
	}
	return true
}

// release gives up memory and mappings, when no checkpoint that is under way looks at them any more.
func (db *DB) release() error {
	if c := db.running; c != nil {
		<-c.done
	}
	db.changes.shrink(0)
	db.backlog.changes.shrink(0)
	db.record = nil
	db.recordMemory.free()
	return db.pager.close()
}

// finish cuts off what extend added in advance, now that nothing is mapped, and writes what commits with NoSync did not.
func (db *DB) finish() error {
	// A damaged meta may be mended, and its version may need pages beyond those of the other.
	if end := int64(db.durable.pageEnd) * int64(db.pager.pageSize); end < db.fileSize && db.bad < 0 {
		if err := db.pager.file.Truncate(end); err != nil {
			return fmt.Errorf("btree: closing %s: %w", db.path, err)
		}
	}
	if !db.opts.NoSync {
		return nil
	}
	if err := db.pager.file.Sync(); err != nil {
		return fmt.Errorf("btree: closing %s: %w", db.path, err)
	}
	return nil
}
