package btree

import (
	"fmt"
	"slices"

	"github.com/rowan-db/rowan/btree/vfs"
)

// Group commit
//
// A commit to the log is durable when its record was written and a sync that began later has returned. Commits that come while a
// sync is under way wait, and share the next one. One of those who wait leads: it writes the records that wait with one write,
// syncs, and tells those whose commits are durable then.
//
// A blind commit leaves its record in the backlog for the leader to write. Nobody but those who commit blindly knows of its
// version before: the trees catch up only with versions whose records are written, and whoever is about to look at the newest
// version, or to go on in the other half of the log, writes the records that wait first (writeWaiting). So there are no records
// that wait while a transaction that is not blind appends its own. And when a write fails, the versions of its records can vanish
// without a trace: what the commits after them did does not depend on them, and their records name the version before when they
// are written. The numbers of versions that vanished are not given again, so that no record can be taken for the successor of a
// record that failed and is in the file none the less.
//
// The next leader is woken by the last of those who were told, as they leave. They had to run before, and those of them who commit
// again at once have their commits in the group, which is as large as it can be without waiting for anybody.

// commitWait is a commit that is in the log, or in the backlog for it, and waits until it is durable. DB.mu guards it.
type commitWait struct {
	version uint64
	err     error
	ended   bool          // the outcome is known: err says which
	leads   bool          // it is to lead the next group
	wake    chan struct{} // is told of a change of ended or leads; nil while nobody waits
}

// tell wakes who waits.
func (w *commitWait) tell() {
	if w.wake != nil {
		select {
		case w.wake <- struct{}{}:
		default: // it is awake, or has been told
		}
	}
}

// commitGroup are the commits that wait to be durable. DB.mu guards it.
type commitGroup struct {
	waiting []*commitWait // in the order of their versions
	told    int           // how many were told of their outcome and have not left
	led     bool          // there is a leader
}

// enlist adds a commit to those that wait. It leaves by await. The caller holds mu.
func (db *DB) enlist(tx *Tx) {
	tx.wait.version = tx.version
	db.group.waiting = append(db.group.waiting, &tx.wait)
	db.open++ // Close waits for await, too
}

// await returns when a commit that is enlisted is durable.
func (db *DB) await(w *commitWait) error {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.tellEnded()
	for !w.ended {
		if w.leads {
			db.lead(w)
			continue
		}
		if w.wake == nil {
			w.wake = make(chan struct{}, 1)
		}
		db.mu.Unlock()
		<-w.wake
		db.mu.Lock()
	}
	if w.leads { // it was told before it began to
		db.group.led = false
	}
	db.group.told--
	db.appoint()
	db.leave()
	return w.err
}

// tellEnded tells the commits that wait and whose outcome is known by now, and sees to it that there is a leader for the others.
// The caller holds mu.
func (db *DB) tellEnded() {
	g := &db.group
	g.waiting = slices.DeleteFunc(g.waiting, func(w *commitWait) bool {
		switch {
		case w.err != nil || db.isDurable(w.version):
		case db.failed.Load():
			w.err = db.failure()
		default:
			return false
		}
		w.ended = true
		g.told++
		w.tell()
		return true
	})
	db.appoint()
}

// appoint makes the first of the commits that wait the leader, if there is something to do for one and those who were told have
// left. The caller holds mu.
func (db *DB) appoint() {
	g := &db.group
	if g.led || g.told > 0 || len(g.waiting) == 0 || db.syncedTo >= max(db.newestWritten(), db.backlog.newest()) {
		return
	}
	w := g.waiting[0]
	g.led, w.leads = true, true
	w.tell()
}

// isDurable reports whether a version is durable and, if it is in the backlog, the trees can still be brought to it. The caller
// holds mu.
func (db *DB) isDurable(version uint64) bool {
	return db.current.version >= version || db.syncedTo >= version && version > max(db.head.version, db.backlog.mixed)
}

// lead writes the records that wait, syncs, and tells those whose commits have ended. The caller holds mu.
func (db *DB) lead(w *commitWait) {
	db.mu.Unlock()
	db.writeWaiting()
	db.mu.Lock()
	if !db.failed.Load() && db.syncedTo < db.newestWritten() {
		db.syncLog()
	}
	w.leads, db.group.led = false, false
	db.tellEnded()
}

// newestWritten returns the newest version that is in the log, or in the file without. The caller holds mu.
func (db *DB) newestWritten() uint64 { return max(db.logged.version, db.backlog.written) }

// syncLog makes the newest version durable whose record is written. The caller holds mu.
func (db *DB) syncLog() {
	trees, target := db.logged, db.newestWritten()
	db.syncing = trees.version
	db.mu.Unlock()
	err := db.sync()
	db.mu.Lock()
	db.syncing = 0
	if err != nil {
		return
	}
	db.syncedTo = max(db.syncedTo, target)
	if db.logged.version <= db.syncedTo {
		trees = db.logged
	}
	if db.current.version < trees.version {
		db.current = trees
	}
}

// writeWaiting writes the records that wait in the backlog. Those that it cannot write fail their commits, and nothing else.
func (db *DB) writeWaiting() {
	db.logMu.Lock()
	defer db.logMu.Unlock()
	db.mu.Lock()
	b := &db.backlog
	group := b.unwritten()
	previous := max(db.head.version, b.written)
	if len(group) > 0 && db.failed.Load() { // nothing is written any more
		db.lose(group, db.failure())
		group = nil
	}
	db.mu.Unlock()
	if len(group) == 0 {
		return
	}
	for _, c := range group {
		sealRecord(c.record, db.log.place.generation, previous, c.version)
		previous = c.version
	}
	n, err := db.appendRecords(joined(group))
	db.mu.Lock()
	defer db.mu.Unlock()
	if err != nil {
		db.lose(group, err)
		return
	}
	db.logAdvanced(n)
	b.written, b.waiting = previous, b.waiting-n
}

// joined returns the records of commits in as few buffers as they lie in.
func joined(group []commitInBacklog) (bufs [][]byte) {
	for _, c := range group {
		if k := len(bufs) - 1; k >= 0 && adjoins(bufs[k], c.record) {
			bufs[k] = bufs[k][:len(bufs[k])+len(c.record)]
		} else {
			bufs = append(bufs, c.record)
		}
	}
	return bufs
}

// adjoins reports whether b begins where a ends, in the same array.
func adjoins(a, b []byte) bool { return len(a) < cap(a) && &a[:len(a)+1][len(a)] == &b[0] }

// lose makes the versions of commits vanish whose records could not be written. The caller holds logMu and mu.
func (db *DB) lose(group []commitInBacklog, err error) {
	first, last := group[0].version, group[len(group)-1].version
	for _, w := range db.group.waiting {
		if w.version >= first && w.version <= last {
			w.err = fmt.Errorf("btree: commit failed, nothing was changed: %w", err)
		}
	}
	b := &db.backlog
	b.lost = last
	for _, c := range group {
		b.size -= len(c.record)
		b.waiting -= int64(len(c.record))
	}
	from := b.upTo(first - 1)
	b.commits = slices.Delete(b.commits, from, from+len(group))
	db.tellEnded()
}

// appendRecords writes records to the log, one after the other, and returns how many bytes they have. When that fails there is none of
// them.
func (db *DB) appendRecords(bufs [][]byte) (n int64, err error) {
	l := db.log
	for _, b := range bufs {
		n += int64(len(b))
	}
	off := l.offset(db.pager.pageSize) + l.at
	if err := db.prepareLog(l, l.at+n); err != nil {
		return 0, err
	}
	if err = vfs.WriteBuffers(db.pager.file, bufs, off); err == nil {
		return n, nil
	}
	// All of it may be in the file none the less. Without the first record those after it do not count either.
	back := writeFull(db.pager.file, make([]byte, recordHeader), off)
	if back == nil {
		back = db.sync() // the disk may have the records by now
	}
	if back != nil {
		return 0, db.fail(fmt.Errorf("%w, and taking it back: %w", err, back))
	}
	return 0, err
}

// logAdvanced notes that n bytes of records were appended to the log. The caller has the writer, or holds logMu and mu.
func (db *DB) logAdvanced(n int64) {
	db.log.at += n
	db.logUsed.Store(db.log.at)
}
