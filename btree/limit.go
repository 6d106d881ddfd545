package btree

import (
	"fmt"
	"math"
)

// reservePages is how many pages below Options.MaxSize are kept for transactions that need no more pages than they give up, so
// that something can be deleted from a full file: also what a delete changes is copied first. It is enough for the edges of a
// deleted range in a tree of five levels, the catalog, and a few such transactions before a reader ends.
const reservePages = 16

// reserve returns how many pages only transactions may use that do not grow.
func (db *DB) reserve() uint64 { return min(reservePages, db.mostPages()/8) }

// mostPages returns how many pages the file may have: as many as have numbers, as offsets in a file reach, and as Options.MaxSize
// allows.
func (db *DB) mostPages() uint64 {
	size := uint64(db.pager.pageSize)
	most := min(maxPages, math.MaxInt64/size)
	if db.opts.MaxSize > 0 {
		most = min(most, uint64(db.opts.MaxSize)/size)
	}
	return most
}

// checkSize checks that the file remains within its limit with what the transaction has allocated.
func (tx *Tx) checkSize() error {
	most := tx.db.mostPages()
	if tx.pageEnd > tx.meta.pageEnd && tx.pageEnd+tx.db.reserve() > most && tx.grows() {
		most -= tx.db.reserve()
	}
	return tx.within(most)
}

// within checks that the transaction does not make the file longer than most pages.
func (tx *Tx) within(most uint64) error {
	if tx.unlimited || tx.pageEnd <= max(most, tx.meta.pageEnd) {
		return nil
	}
	size := uint64(tx.db.pager.pageSize)
	return fmt.Errorf("btree: commit failed, nothing was changed: %w: the file would have %d bytes, and may have %d", ErrFull, tx.pageEnd*size, most*size)
}

// grows reports whether the transaction takes more pages than it gives up.
func (tx *Tx) grows() bool {
	tx.dropDead()
	tx.tidyAllocated() // no page is counted twice
	taken, given := uint64(0), uint64(0)
	tx.each(tx.allocated, func(no uint64) {
		if tx.inUse(no) {
			taken++
		}
	})
	for _, x := range tx.freed {
		given += x.pages
	}
	return taken > given
}

// makeRoomWhenFull sees to it that a transaction that begins in a file which is full finds the pages that were given up in the log: they
// are available once a checkpoint has written what does not need them.
func (db *DB) makeRoomWhenFull() {
	most := db.mostPages()
	if db.head.pageEnd+2*db.reserve() < most || db.space.available() >= db.reserve() {
		return
	}
	db.awaitCheckpoint()
	if db.log == nil || db.stuck || db.isWritten() {
		return
	}
	if db.startCheckpoint() == nil { // otherwise the transaction finds less room, and says so
		db.awaitCheckpoint()
		db.delaysWritten()
	}
}

// roomForLog reports whether a log as large as it should be is within the limit, too.
func (db *DB) roomForLog(pageEnd uint64) bool {
	most := db.mostPages()
	pages := uint64(max(db.wantLog, db.logSize(0))) / uint64(db.pager.pageSize)
	return pageEnd+2*pages+4+db.reserve() <= most
}
