package btree

import (
	"context"
	"runtime/debug"
)

// delays are the commits that are in memory alone: no other process and no crash knows of them. The next commit that is not
// delayed takes them along, in its record of the log or past it, so that they become durable all at once or not at all.
//
// Their operations wait in DB.record, to which each transaction appends its own.
type delays struct {
	// newest is the newest version that was delayed, durable meanwhile or not. It changes with mu held.
	newest meta
	count  int  // how many have not become durable; changes with mu held
	past   bool // their operations are not in the record: the next commit goes past the log
}

// Delay ends a writable transaction with a commit that costs no write and no sync. Transactions that begin later, for writing or
// reading, see its changes. What Snapshot, Backup and other processes see does not change. The changes become durable together with
// the next transaction that ends with Commit, or by Sync, Keep, Checkpoint or Close; a crash before that loses them, as does
// Abandon. Delayed commits become durable all at once: after a crash there are all of them or none.
//
// So delayed commits are for many small changes which others should see one by one, and which may be lost together. Their pages
// are kept in memory: when that is short (Options.CacheSize), Delay does what Commit does. It fails, with the errors of Commit
// and nothing changed, where the changes cannot be applied or the file would become too large.
func (tx *Tx) Delay() (err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	db := tx.db
	if !tx.done && tx.writable && tx.err == nil && db.tooManyFrames() {
		return tx.Commit()
	}
	if tx.done {
		return ErrTxDone
	}
	defer tx.end()
	if !tx.writable {
		return nil
	}
	if err := tx.ready(); err != nil || !tx.changed {
		if err != nil {
			db.session.rollbacks.Add(1)
		}
		tx.giveBack()
		return err
	}
	tx.delay()
	return nil
}

// delay makes the transaction's version the newest one in memory.
func (tx *Tx) delay() {
	db := tx.db
	tx.dropDead()
	next := tx.nextMeta()
	db.mu.Lock()
	defer db.mu.Unlock()
	d := &db.delayed
	d.count++
	d.newest = next
	// What is in one record is undone as one commit after a crash.
	d.past = d.past || !tx.hasRecord() || db.opts.History > 0
	tx.logged = len(tx.log.buf)
	if d.past {
		tx.logged = 0
	}
	db.kept = tx.kept
	db.session.delays.Add(1)
	tx.adopt(&next)
}

// clear notes that no commit is in memory alone any more. The caller holds mu.
func (d *delays) clear() { d.count, d.past = 0, false }

// delaysWritten takes note that a checkpoint of the newest version has ended. The caller has the writer.
func (db *DB) delaysWritten() {
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.durable.version == db.head.version {
		db.delayed.clear()
		db.logged = db.head
		db.record = db.record[:0]
	}
}

// Sync makes all delayed commits durable. It waits for the write transaction that is open, like a commit. With Options.NoSync it also
// makes all other commits durable so far; a crash of the machine can still damage the file when something was committed after it.
func (db *DB) Sync() error {
	tx, err := db.Begin(true)
	if err != nil {
		return err
	}
	if err := tx.Commit(); err != nil || !db.opts.NoSync {
		return err
	}
	return db.syncFile()
}

// Snapshot starts a read-only transaction of the newest durable version: of what would be there after a crash at this moment.
// It differs from Begin after delayed commits and sub-commits, which it does not show.
func (db *DB) Snapshot() (*Tx, error) {
	return db.beginRead(context.Background(), (*DB).newestDurable)
}

// visible returns the version that read-only transactions begin with: the newest that is durable or was shown before. The caller
// holds mu.
func (db *DB) visible() meta {
	m := db.current
	if d := &db.delayed.newest; d.version > m.version {
		m = *d
	}
	if db.sub.version > m.version && !db.failed.Load() { // else its transaction cannot be committed any more
		m = db.sub
	}
	return m
}

// newestDurable returns the version that Snapshot begins with. The caller holds mu.
func (db *DB) newestDurable() meta { return db.current }
