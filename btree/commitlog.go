package btree

import "fmt"

// isLogged reports whether the commit goes to the log.
func (tx *Tx) isLogged() bool {
	db := tx.db
	if !tx.hasRecord() || tx.keep != "" || len(tx.unkeep) > 0 {
		return false
	}
	db.small++
	return db.log != nil && db.makeRoom(len(tx.log.buf))
}

// hasRecord reports whether the record has all that the transaction did.
func (tx *Tx) hasRecord() bool {
	l := &tx.log
	return l.limit > 0 && len(l.buf) > 0 && (len(l.buf) > tx.logged || !tx.changed)
}

// makeRoom sees to it that the active half of the log has room for a record, by turning to the other half. It reports whether
// there is room: without, the commit goes past the log and may make a larger one.
func (db *DB) makeRoom(n int) bool {
	if db.log.fits(n) && (!db.tooManyFrames() || db.isWritten()) {
		return true
	}
	if db.delayed.count > 0 {
		// The newest version is not in the log, so a checkpoint of it could not be followed by records before it is complete.
		return db.log.fits(n)
	}
	if db.logGrows(n) {
		return false
	}
	db.awaitCheckpoint()
	if db.stuck || db.isWritten() {
		// The other half has records that the newest meta needs, or there is nothing to write: two metas of one version must not
		// name different halves.
		return false
	}
	return db.startCheckpoint() == nil && db.log.fits(n)
}

// append commits the transaction by a record in the log. Its pages stay in frames. The version is not durable yet.
func (tx *Tx) append() error {
	db := tx.db
	tx.dropDead()
	sealRecord(tx.log.buf, db.log.place.generation, db.logged.version, tx.version)
	n, err := db.appendRecords([][]byte{tx.log.buf})
	if err != nil {
		tx.giveBack()
		return fmt.Errorf("btree: commit failed, nothing was changed: %w", err)
	}
	db.logAdvanced(n)
	next := tx.nextMeta()
	db.mu.Lock()
	defer db.mu.Unlock()
	db.delayed.clear()
	tx.logged = 0
	tx.adopt(&next)
	db.logged = next
	db.enlist(tx)
	return nil
}

// adopt makes the transaction's version the newest, with its pages in frames alone. The caller holds mu.
func (tx *Tx) adopt(next *meta) {
	db := tx.db
	db.space.apply(tx.allocated, tx.inUse, tx.freed)
	tx.each(tx.allocated, func(no uint64) {
		t := &db.pager.table
		if w := t.at(no); w&own != 0 {
			t.set(no, w&placeMask)
			db.unwritten = append(db.unwritten, no)
		}
	})
	db.head, db.kept = *next, tx.kept
	tx.waitFreed(next.version)
}

// smallRecord is how long the record of a transaction is at most that counts as small while there is no log.
const smallRecord = 2 << 20

// longestRecord returns the length of the longest record that goes to the log.
func (db *DB) longestRecord() int {
	switch {
	case db.opts.NoLog:
		return 0
	case db.log == nil:
		return min(db.opts.LogSize/4, smallRecord)
	}
	return db.opts.LogSize / 4
}
