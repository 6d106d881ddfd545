package btree

import "fmt"

// newWriter registers a write transaction, which stays blind for now if that is of use. The caller has the writer.
func (db *DB) newWriter() (*Tx, error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.isClosing() {
		return nil, ErrClosed
	}
	tx := db.register(newTx(db, db.head, true))
	tx.blind = true
	tx.version = max(db.newestVersion(), db.cancelled, db.backlog.lost) + 1
	tx.firstVersion = tx.version
	if db.blindIsOfUse() {
		return tx, nil
	}
	db.mu.Unlock()
	err := tx.look()
	db.mu.Lock()
	if err != nil {
		db.unregister(tx)
		return nil, err
	}
	return tx, nil
}

// blindIsOfUse reports whether what a transaction does may be left to the backlog. The caller holds mu.
func (db *DB) blindIsOfUse() bool {
	watched := db.backlog.watched || len(db.readers) > 0
	db.backlog.watched = false
	return db.log != nil && !watched && db.delayed.count == 0 && db.opts.History == 0 && db.opts.MaxSize == 0
}

// look ends the blindness of a write transaction: the trees catch up, and it sees the newest version.
func (tx *Tx) look() error {
	if !tx.blind {
		return nil
	}
	db := tx.db
	if err := db.catchUp(true); err != nil {
		return err
	}
	db.reapCheckpoint()
	db.makeRoomWhenFull()
	tx.refresh()
	for name, t := range tx.trees {
		root, err := tx.lookup(name)
		if err != nil {
			return tx.fail(err)
		}
		t.treeRoot = root
	}
	return nil
}

// refresh makes the newest version the one that the transaction builds on.
func (tx *Tx) refresh() {
	db := tx.db
	db.mu.Lock()
	defer db.mu.Unlock()
	db.settle()
	tx.blind = false
	tx.era, tx.base = db.era, db.durable.version
	tx.meta, tx.pageEnd = db.head, db.head.pageEnd
	tx.versions, tx.kept = db.head.versions, db.kept
	tx.catalog.treeRoot = db.head.catalog
}

// commitBlind commits a blind transaction by its record, which waits to be written, and reports whether it did. Otherwise it must be
// committed in another way, unless there was an error.
func (tx *Tx) commitBlind() (bool, error) {
	db := tx.db
	if tx.err != nil || db.abandoned.Load() || !tx.changed || !tx.hasRecord() {
		return false, nil
	}
	if room, err := db.makeRoomBlind(len(tx.log.buf)); !room || err != nil {
		return false, err
	}
	if err := tx.checkLeaves(); err != nil {
		return false, err
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	db.backlog.add(tx.log.buf, tx.version)
	db.workBehind()
	db.enlist(tx)
	return true, nil
}

// makeRoomBlind sees to it that the backlog and the active half of the log have room for a record of n bytes, and reports whether they
// have: without, the trees have to catch up first.
func (db *DB) makeRoomBlind(n int) (bool, error) {
	if n > longestBlind || n > int(db.log.size) {
		return false, nil
	}
	if err := db.shortenTo(mostBacklog - n); err != nil {
		return false, err
	}
	if !db.fitsBehindWaiting(n) {
		db.writeWaiting()
	}
	db.mu.Lock()
	fits, full := db.log.fits(n), db.tooManyFrames()
	grows := !fits && db.logGrows(n)
	db.mu.Unlock()
	if full || fits || grows {
		return !full && fits, nil
	}
	return db.turnLog()
}

// fitsBehindWaiting reports whether the active half of the log has room for a record of n bytes after those that wait to be written.
func (db *DB) fitsBehindWaiting(n int) bool {
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.log.fits(int(db.backlog.waiting) + n)
}

// checkLeaves checks the pages that the transaction will change, as far as nobody has looked at them yet: a commit that returned
// must not meet a damaged page later.
func (tx *Tx) checkLeaves() error {
	now := tx.db.pinHead()
	defer now.end()
	for name, t := range tx.trees {
		if t.buf.n == 0 {
			continue
		}
		root, err := now.lookup(name)
		if err != nil {
			return err
		}
		seen := Tree{tx: now, treeRoot: root}
		for key := range t.buf.keys {
			if err := seen.checkLeaf(key); err != nil {
				return fmt.Errorf("btree: commit failed, nothing was changed: %w", err)
			}
		}
	}
	return nil
}

// checkLeaf checks the pages on the way to the leaf of a key, and the leaf.
func (t *Tree) checkLeaf(key []byte) error {
	if t.root == 0 {
		return nil
	}
	p, err := t.tx.root(t.root)
	for err == nil && p.level() > 1 {
		p, err = t.tx.page(p.child(p.childIndex(key)), p.level()-1)
	}
	if err != nil || p.level() == 0 {
		return err
	}
	_, err = t.tx.any(p.child(p.childIndex(key)))
	return err
}
