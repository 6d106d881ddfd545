package btree

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"runtime/debug"
	"slices"
)

// pieceSize is in how large pieces, in bytes, adjacent pages are written: a write ends where a piece of the file does. A system
// that has large pages keeps a piece that one write covers in one of them. That makes the write itself faster, and it maps the
// piece with one entry, which takes one fault instead of many and spares readers misses of the processor's address cache.
const pieceSize = 2 << 20

// pieceOf returns the number of the piece of the file that a page is in.
func pieceOf(no uint64, pageSize int) uint64 { return no / uint64(pieceSize/pageSize) }

// growStep is the least number of pages by which the file is extended.
const growStep = 16

// Commit makes the changes of a writable transaction durable and visible to transactions that begin later, and ends the
// transaction, also when it fails. After an error that matches ErrFailed it is unknown until the database is opened again
// whether the commit happened; after any other it did not. Commit of a read-only transaction only ends it.
//
// A small transaction is appended to the log, and its pages are written later; a large one writes its pages. Of transactions
// that several goroutines commit at the same time, many share one sync.
func (tx *Tx) Commit() (err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	if tx.done {
		return ErrTxDone
	}
	defer tx.end()
	if !tx.writable {
		return nil
	}
	defer tx.db.session.committed(&err)
	logged, err := tx.commit()
	if err != nil || !logged {
		return err
	}
	if !tx.db.opts.Exclusive { // where readers wait for the end, they want to see the commit after it
		tx.end() // others may write while this one waits for the disk
	}
	return tx.db.await(&tx.wait)
}

// commit carries out the commit, but for the sync of the log when it goes there, which it reports.
func (tx *Tx) commit() (logged bool, err error) {
	if tx.blind {
		if logged, err := tx.commitBlind(); logged || err != nil {
			return logged, err
		}
	}
	if err := tx.ready(); err != nil || !tx.changed && tx.db.delayed.count == 0 {
		tx.giveBack()
		return false, err
	}
	if !tx.isLogged() {
		return false, tx.write()
	}
	return true, tx.append()
}

// ready carries out what was left for the end of the transaction, and checks that it may be committed.
func (tx *Tx) ready() error {
	if tx.err != nil {
		return tx.err
	}
	if tx.db.abandoned.Load() {
		return ErrClosed
	}
	if tx.blind && !tx.changed {
		return nil
	}
	if err := tx.complete(); err != nil || !tx.changed {
		return err
	}
	return tx.checkSize()
}

// complete carries out what was left for the end of the transaction.
func (tx *Tx) complete() error {
	if err := tx.flush(); err != nil || !tx.changed {
		return err
	}
	if err := tx.recordTrees(); err != nil || tx.db.space == nil {
		return err
	}
	if err := tx.recordVersions(); err != nil {
		return err
	}
	if err := tx.drain(); err != nil {
		return fmt.Errorf("btree: commit failed, nothing was changed: %w", err)
	}
	return nil
}

// recordTrees writes the roots of changed trees into the catalog.
func (tx *Tx) recordTrees() error {
	for _, name := range slices.Sorted(maps.Keys(tx.trees)) {
		t := tx.trees[name]
		if !t.changed {
			continue
		}
		if err := tx.record(name, t.treeRoot); err != nil {
			return err
		}
	}
	return nil
}

// write carries out a commit past the log:
//
//  1. The changed pages and space pages, and those of commits before that are only in the log, are written to places that
//     neither the durable version nor any with readers uses. Sync.
//  2. The new meta is written over the older one. Sync.
//
// A crash before the second step is complete leaves the current meta and all it refers to as they were. Afterwards the meta
// of the version before is whole too, until the next commit or checkpoint begins to write.
func (tx *Tx) write() error {
	db := tx.db
	db.awaitCheckpoint()
	logFile := tx.nextLog()
	tx.dropDead()
	next := tx.nextMeta()
	next.log = logPlace{}
	if logFile != nil {
		next.log = logFile.place
	}
	var changes []spaceChange
	changes, next.space = db.space.change(tx.version, tx.pageEnd, tx.allocated, tx.inUse, tx.freed)
	unwritten := db.unwrittenPages()
	err := db.writePages(db.frames(unwritten, changes), tx.pageEnd, func(int64, int64) error { return nil })
	if err == nil {
		err = db.writeOwn(tx.ownPages(), nil)
	}
	if err != nil {
		db.space.failed(changes)
		tx.giveBack()
		return fmt.Errorf("btree: commit failed, nothing was changed: %w", err)
	}
	if err := db.sync(); err != nil {
		return err
	}
	if err := db.writeMeta(&next); err != nil {
		if !db.failed.Load() {
			db.space.failed(changes)
			tx.giveBack()
		}
		return err
	}
	tx.publish(&next, changes, unwritten)
	tx.warm(tx.allocatedPages())
	db.log = logFile
	db.logUsed.Store(0)
	return nil
}

// nextMeta returns the meta of the version that the transaction makes.
func (tx *Tx) nextMeta() meta {
	next := tx.meta
	next.version, next.pageEnd, next.catalog, next.versions = tx.version, tx.pageEnd, tx.catalog.treeRoot, tx.versions
	return next
}

// nextLog returns the log that goes with the version that the transaction makes: the present one, with the other half, or a new
// one when there are many small transactions or the present one is too small. A log that is no longer used is given up.
func (tx *Tx) nextLog() *logFile {
	db := tx.db
	if db.log != nil && db.wantLog <= 2*db.log.size && !tx.noLog {
		l := *db.log
		l.flip()
		return &l
	}
	if old := db.durable.log; old.first != 0 {
		tx.giveUp(old.first, 2*uint64(old.pages), math.MaxUint64)
	}
	if !tx.wantsLog() || !db.roomForLog(tx.pageEnd) {
		return nil
	}
	l := newLogFile(tx.allocateLog(), db.pager.pageSize)
	db.wantLog = 0
	return l
}

// wantsLog reports whether the commit should make a log: there were enough small transactions, or a log is little beside what the
// commit writes, and so the next transaction has one already if it is small.
func (tx *Tx) wantsLog() bool {
	const share = 64
	db := tx.db
	if tx.noLog || db.opts.NoLog || db.compactions.Load() > 0 {
		return false
	}
	if db.small >= db.opts.logAfter {
		return true
	}
	return int64(tx.allocatedPages())*int64(db.pager.pageSize) >= share*db.logSize(0)
}

// allocatedPages returns how many pages the transaction allocated.
func (tx *Tx) allocatedPages() (n uint64) {
	for _, x := range tx.allocated {
		n += x.pages
	}
	return n
}

// dropDead gives back the pages that only savepoints and sub-commits needed.
func (tx *Tx) dropDead() {
	if tx.version == tx.firstVersion {
		return
	}
	tx.marks = marks{}
	kept := tx.freed[:0]
	for _, x := range tx.freed {
		if x.born < tx.firstVersion || x.born > tx.version {
			kept = append(kept, x)
			continue
		}
		tx.each([]extent{x}, func(no uint64) { tx.drop(no, x.born) })
	}
	tx.freed = kept
}

// inUse reports whether a page that the transaction allocated still belongs to it.
func (tx *Tx) inUse(no uint64) bool { return tx.db.pager.table.at(no)&own != 0 }

// ownPages returns the pages of the transaction that are not in the file yet, in its order, ready to be written.
func (tx *Tx) ownPages() (pages []page) {
	g := tx.db.pager
	tx.each(tx.allocated, func(no uint64) {
		if w := g.table.at(no); w&own != 0 && w.isFrame() {
			p := g.arena.page(w.frame())
			if w&shown == 0 {
				p.prepare()
			}
			p.sign()
			pages = append(pages, p)
		}
	})
	return inOrder(pages)
}

// frames returns pages of committed versions and space pages, in the order of the file.
func (db *DB) frames(unwritten []uint64, changes []spaceChange) []page {
	g := db.pager
	pages := make([]page, 0, len(unwritten)+len(changes))
	for _, no := range unwritten {
		pages = append(pages, g.arena.page(g.table.at(no).frame()))
	}
	for _, c := range changes {
		pages = append(pages, c.frame)
	}
	return inOrder(pages)
}

// inOrder sorts pages by their numbers and leaves each only once.
func inOrder(pages []page) []page {
	slices.SortFunc(pages, func(a, b page) int { return cmp.Compare(a.number(), b.number()) })
	return slices.CompactFunc(pages, func(a, b page) bool { return a.number() == b.number() })
}

// writePages writes copies of pages, which others may be reading, with their checksums, adjacent ones together, into a file that
// is made long enough first. written is called after each write.
func (db *DB) writePages(pages []page, pageEnd uint64, written func(off, n int64) error) error {
	if err := db.extend(pageEnd); err != nil {
		return err
	}
	var buf []byte
	for i := 0; i < len(pages); {
		first := pages[i].number()
		buf = buf[:0]
		for next := first; i < len(pages) && pages[i].number() == next && pieceOf(next, db.pager.pageSize) == pieceOf(first, db.pager.pageSize); i++ {
			buf = append(buf, pages[i]...)
			page(buf[len(buf)-db.pager.pageSize:]).seal()
			next++
		}
		if db.failed.Load() {
			return db.failure()
		}
		if db.abandoned.Load() {
			return ErrClosed
		}
		off := int64(first) * int64(db.pager.pageSize)
		if err := writeFull(db.pager.file, buf, off); err != nil {
			return err
		}
		if err := written(off, int64(len(buf))); err != nil {
			return err
		}
	}
	return nil
}

// extend makes the file longer, by an eighth at least so that it rarely happens.
func (db *DB) extend(pageEnd uint64) error {
	db.fileMu.Lock()
	defer db.fileMu.Unlock()
	need := int64(pageEnd) * int64(db.pager.pageSize)
	if need <= db.fileSize {
		return nil
	}
	size := need + max(int64(growStep*db.pager.pageSize), need/8/int64(db.pager.pageSize)*int64(db.pager.pageSize))
	if most := db.opts.MaxSize; most > 0 {
		size = max(need, min(size, most))
	}
	if err := db.pager.file.Truncate(size); err != nil {
		return err
	}
	db.fileSize = size
	db.pager.remap(size)
	return nil
}

// writeMeta writes a meta in the place of the older one and makes it durable. When that fails but the older one can be put
// back durably, the commit did not happen; else writing ends.
func (db *DB) writeMeta(m *meta) error {
	off := int64(1-db.place) * int64(db.pager.pageSize)
	before := make([]byte, metaSize)
	if err := readFull(db.pager.file, before, off); err != nil {
		return fmt.Errorf("btree: commit failed, nothing was changed: %w", err)
	}
	err := writeFull(db.pager.file, m.encode(), off)
	if err == nil {
		return db.sync()
	}
	if back := writeFull(db.pager.file, before, off); back != nil {
		return db.fail(errors.Join(err, back))
	}
	if back := db.sync(); back != nil {
		return errors.Join(back, err)
	}
	return fmt.Errorf("btree: commit failed, nothing was changed: %w", err)
}

// publish makes the new version, which is in the file, the one that transactions begin with.
func (tx *Tx) publish(next *meta, changes []spaceChange, unwritten []uint64) {
	db := tx.db
	seen := tx.settlePages()
	db.mu.Lock()
	defer db.mu.Unlock()
	db.space.done(changes, next.version)
	db.setLongBacklog()
	if next.pageEnd < tx.meta.pageEnd {
		db.space.cut(next.pageEnd, tx.meta.pageEnd)
	}
	db.retire(slices.Concat(unwritten, seen))
	db.unwritten = nil
	db.delayed.clear()
	tx.logged = 0
	db.head, db.logged, db.current, db.durable, db.kept = *next, *next, *next, *next, tx.kept
	db.syncedTo = next.version
	db.place = 1 - db.place
	db.bad = -1
	tx.waitFreed(next.version)
	db.tellEnded()
}

// waitFreed keeps the pages that the transaction freed until nobody sees them any more. The caller holds mu.
func (tx *Tx) waitFreed(version uint64) {
	protected := tx.db.protected()
	for _, list := range [][]extent{tx.freed, tx.dropped} {
		tx.db.space.wait(list, version, protected)
		for _, x := range list {
			tx.db.session.freed.Add(x.pages)
		}
	}
}

// settlePages lets go of the pages that the transaction allocated: they are in the file now, or were given up. It returns those
// whose frames readers may be looking at.
func (tx *Tx) settlePages() (seen []uint64) {
	g := tx.db.pager
	tx.each(tx.allocated, func(no uint64) {
		switch w := g.table.at(no); {
		case w&own == 0:
		case !w.isFrame():
			g.table.set(no, w&placeMask)
		case w&shown != 0:
			g.table.set(no, w&placeMask)
			seen = append(seen, no)
		default:
			g.table.set(no, g.written(no))
			g.arena.give(w.frame())
		}
	})
	return seen
}
