package btree

// When a half of the log is full, blind commits turn to the other half and go on. The checkpoint of the version before the turn
// begins when the trees have caught up with just that version, whoever makes them: its meta names the other half, whose first
// record follows that version. So the trees never go from a version before a turn to one after it at once, and the log is not
// turned again before the checkpoint of the turn before is done.

// logTurn is a turn of the log whose checkpoint has not begun.
type logTurn struct {
	version uint64 // the last one before it; 0 when there is no such turn
	place   logPlace
}

// turnLog turns to the other half of the log while the newest version is in the backlog. It waits until the other half is free,
// and reports whether it turned: without, the trees have to catch up first. The caller has the writer and is blind.
func (db *DB) turnLog() (bool, error) {
	if err := db.catchUpWhile(true, (*backlog).turning); err != nil { // with the turn before; it also writes the records that wait
		return false, err
	}
	if c := db.checkpointUnderWay(); c != nil {
		<-c.done
	}
	b := &db.backlog
	b.mu.Lock()
	defer b.mu.Unlock()
	if db.backlogIs(func(b *backlog) bool { return len(b.commits) == 0 || b.turning() }) {
		// Who finds nothing in the backlog must not touch what belongs to the trees.
		return false, nil
	}
	db.awaitCheckpoint()
	if db.stuck || db.failed.Load() {
		return false, nil
	}
	db.log.flip()
	db.logUsed.Store(0)
	db.mu.Lock()
	defer db.mu.Unlock()
	b.turn = logTurn{version: b.newest(), place: db.log.place}
	db.workBehind()
	return true, nil
}

// turning reports whether there is a turn whose checkpoint has not begun. The caller holds DB.mu.
func (b *backlog) turning() bool { return b.turn.version != 0 }

// checkpointAtTurn begins the checkpoint of a turn when the trees are at its version. The caller holds the backlog's mutex.
func (db *DB) checkpointAtTurn() {
	db.mu.Lock()
	defer db.mu.Unlock()
	turn := db.backlog.turn
	if turn.version == 0 || db.head.version != turn.version {
		return
	}
	db.backlog.turn = logTurn{}
	db.beginCheckpoint(turn.place)
}

// checkpointUnderWay returns the checkpoint that was begun last, if nobody has taken note of its end.
func (db *DB) checkpointUnderWay() *checkpoint {
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.running
}
