package btree

import (
	"crypto/rand"
	"fmt"
)

// The log is a region of the file in two halves. A small transaction appends one record to the active half and syncs once; its
// pages stay in frames. When a half is full, a checkpoint writes the pages of all versions so far into the tree, in the
// background, while records go to the other half. A meta names the half that holds the records after its version.
//
// A log is used by the handle that made it and by nobody after it: opening a file that has one replays it and gives it up. So
// no record of an earlier life, with what was lost between, can be taken for one of this: the generation of each log is a number
// drawn at random. Within a life every record names the version before it, and versions only grow.

// zeroStep is how many bytes of the log are written in advance, so that syncing a record has no metadata of the file system to
// write.
const zeroStep = 1 << 20

// logFile is the log of a handle that writes. It belongs to the write transaction.
type logFile struct {
	place logPlace
	size  int64    // of a half in bytes
	at    int64    // where the next record goes, from the beginning of the active half
	ready [2]int64 // as far as each half was written before
}

func newLogFile(place logPlace, pageSize int) *logFile {
	return &logFile{place: place, size: int64(place.pages) * int64(pageSize)}
}

// offset returns where the active half is in the file.
func (l *logFile) offset(pageSize int) int64 {
	return int64(l.place.first)*int64(pageSize) + int64(l.place.half)*l.size
}

// fits reports whether the active half has room for a record.
func (l *logFile) fits(n int) bool { return l.at+int64(n) <= l.size }

// flip makes the other half the active one. The records in it are void.
func (l *logFile) flip() {
	l.place.half ^= 1
	l.at = 0
}

// prepareLog writes zeros up to the given end of the active half and some beyond. A record that is longer than what is written
// in advance needs none, and neither does one that is not synced.
func (db *DB) prepareLog(l *logFile, end int64) error {
	ready := &l.ready[l.place.half]
	if end <= *ready || db.opts.NoSync {
		return nil
	}
	if end-l.at >= zeroStep {
		*ready = end
		return nil
	}
	to := min(l.size, (end+zeroStep-1)/zeroStep*zeroStep)
	if err := writeFull(db.pager.file, make([]byte, to-*ready), l.offset(db.pager.pageSize)+*ready); err != nil {
		return err
	}
	*ready = to
	return nil
}

// leastLog is the size in bytes of the first log, when the options say nothing of it: it grows with what is written.
const leastLog = 512 << 10

// logSize returns how many bytes the log should have: about as many as there is data, and enough for some records of n bytes.
func (db *DB) logSize(n int) int64 {
	most := int64(db.opts.LogSize)
	if db.opts.logAfter != defaultLogAfter {
		return most
	}
	return min(most, max(leastLog, db.dataSize(), 8*int64(n)))
}

// dataSize returns how many bytes of the file are in use, but for the log.
func (db *DB) dataSize() int64 {
	return db.space.inUse()*int64(db.pager.pageSize) - db.logBytes()
}

// logBytes returns the size of the present log.
func (db *DB) logBytes() int64 {
	if db.log == nil {
		return 0
	}
	return 2 * db.log.size
}

// logGrows reports whether the log should be replaced by a larger one before it takes a record of n bytes.
func (db *DB) logGrows(n int) bool {
	if db.log.fits(n) {
		return false
	}
	if size := db.logSize(n); size >= 4*db.log.size {
		db.wantLog = size
	}
	return db.wantLog > 2*db.log.size
}

// allocateLog reserves pages for a log: where an earlier one was, or at the end of the file.
func (tx *Tx) allocateLog() logPlace {
	db := tx.db
	db.wantLog = max(db.wantLog, db.logSize(0))
	size := db.pager.pageSize
	per := groupPages(size)
	pages := min(max(2, uint64(db.wantLog)/uint64(size)/2), (per-firstPage)/2)
	first, ok := db.space.take(2 * pages)
	if ok {
		tx.noteAllocated(first, 2*pages)
	} else {
		first = tx.allocateLogEnd(2 * pages)
	}
	tx.each([]extent{{first: first, pages: 2 * pages}}, func(no uint64) { db.pager.table.set(no, own) })
	var generation [8]byte
	_, _ = rand.Read(generation[:]) // it never fails
	return logPlace{first: first, pages: uint32(pages), generation: le.Uint64(generation[:])}
}

// giveUpLog writes what is only in the log or in memory into the tree, and takes the log out of the file.
func (db *DB) giveUpLog() error {
	if db.opts.ReadOnly {
		return nil
	}
	if err := db.catchUp(true); err != nil {
		return err
	}
	db.awaitCheckpoint()
	if db.log == nil && db.isWritten() || db.failed.Load() {
		return nil
	}
	end := db.durable.log.end()
	tx := newTx(db, db.head, true)
	tx.noLog = true
	err := tx.write()
	if err == nil && end > 0 {
		err = db.settleMetas(end)
	}
	tx.dropLoose()
	if err != nil {
		return fmt.Errorf("btree: closing %s: %w", db.path, err)
	}
	return nil
}

// settleMetas makes both metas name the newest version, after a log that ended at page end was given up. When that was the end
// of the file, they name the pages in front of it alone. Then the meta before must go, because pages of its version may be cut
// off; whoever reads an older version in another process needs them.
func (db *DB) settleMetas(end uint64) error {
	m := db.durable
	if end == m.pageEnd && len(db.procs.versions(m.version)) == 0 {
		m.pageEnd = db.space.usedEnd(m.pageEnd)
		m.version++
		if err := db.writeMeta(&m); err != nil {
			return err
		}
		db.place = 1 - db.place
		db.durable, db.head = m, m
	}
	return db.writeMeta(&m)
}

// allocateLogEnd returns the first page of a run at the end of the file in which no space pages lie: else it begins in the next
// group.
func (tx *Tx) allocateLogEnd(pages uint64) uint64 {
	size := tx.db.pager.pageSize
	per := groupPages(size)
	first := nextPage(size, tx.pageEnd-1)
	for first/per != (first+pages-1)/per {
		tx.release(tx.allocateEnd(1))
		first = nextPage(size, tx.pageEnd-1)
	}
	return tx.allocateEnd(pages)
}
