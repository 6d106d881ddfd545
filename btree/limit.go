package btree

import "fmt"

// roomFor checks that a file of so many pages is within Options.MaxSize.
func (db *DB) roomFor(pageEnd uint64) error {
	need, most := int64(pageEnd)*int64(db.pager.pageSize), db.opts.MaxSize
	if most > 0 && need > most {
		return fmt.Errorf("btree: commit failed, nothing was changed: %w: the file would have %d bytes, and may have %d", ErrFull, need, most)
	}
	return nil
}

// roomForLog reports whether a log as large as it should be is within the limit, too.
func (db *DB) roomForLog(pageEnd uint64) bool {
	pages := uint64(max(db.wantLog, db.logSize(0))) / uint64(db.pager.pageSize)
	return db.roomFor(pageEnd+2*pages+4) == nil
}
