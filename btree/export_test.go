package btree

import (
	"hash/crc32"

	"github.com/rowan-db/rowan/btree/vfs"
)

// ResealMeta makes the checksum of a meta right again after a test changed it.
func ResealMeta(b []byte) { le.PutUint32(b[metaCRC:], crc32.Checksum(b[:metaCRC], castagnoli)) }

// NeverLog tells whether this build has no log.
const NeverLog = neverLog

// FS returns the disk that the database is on.
func (db *DB) FS() vfs.FS { return db.opts.FS }

// Backlog returns how many bytes of operations the trees have not caught up with.
func (db *DB) Backlog() int {
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.backlog.size
}

// LogHalf returns which half of the log takes records, or -1 when there is no log. No transaction may be open.
func LogHalf(db *DB) int {
	if db.log == nil {
		return -1
	}
	return int(db.log.place.half)
}

// WriteInline makes a database write nothing in the background while a transaction goes on, so that the calls to its disk come in
// the same order each time.
func WriteInline(o Options) Options {
	o.inline = true
	return o
}

// Frames returns how many frames are in use.
func Frames(db *DB) int { return db.pager.memory().Frames }

// GrowTo tells what a commit of a transaction would return if the file had to have that many pages.
func (tx *Tx) GrowTo(pages uint64) error {
	defer func(end uint64) { tx.pageEnd = end }(tx.pageEnd)
	tx.pageEnd = pages
	return tx.checkSize()
}
