package btree

import "fmt"

// sync syncs the file. A failure ends all writing: the system may have dropped the pages that it could not write, and a later
// sync would succeed without them. For the same reason there is one sync at a time: the error of one must not be told to
// another alone.
func (db *DB) sync() error {
	if db.opts.NoSync {
		return nil
	}
	return db.syncFile()
}

func (db *DB) syncFile() error {
	db.syncMu.Lock()
	defer db.syncMu.Unlock()
	if db.failed.Load() {
		return db.failure()
	}
	if err := db.syncEntry(); err != nil {
		return db.fail(err)
	}
	if err := db.pager.file.Sync(); err != nil {
		return db.fail(err)
	}
	return nil
}

// syncEntry makes the file's name survive a crash, once: a process may have made the file, or given it its name in place of another,
// and been killed before it did. The caller holds syncMu.
func (db *DB) syncEntry() error {
	if db.named {
		return nil
	}
	if err := db.opts.FS.SyncDir(db.path); err != nil {
		return err
	}
	db.named = true
	return nil
}

// fail ends all writing until the database is opened again, and returns the error that says so.
func (db *DB) fail(cause error) error {
	err := fmt.Errorf("%w: %w", ErrFailed, cause)
	db.failedBy.CompareAndSwap(nil, &err)
	db.failed.Store(true)
	return err
}

// failure returns the error that ended all writing.
func (db *DB) failure() error { return *db.failedBy.Load() }
