package btree

import "fmt"

// logReader reads the records that follow a version.
type logReader struct {
	db      *DB
	place   logPlace
	version uint64 // of the record that was read last
	half    uint32
	at      int64  // in the half
	turned  bool   // it is in the second half
	window  []byte // of the file
	from    int64  // where the window is in the file
}

// logWindow is how many bytes of the log are read at once.
const logWindow = 256 << 10

// newLogReader returns a reader of the log that a meta names.
func newLogReader(db *DB, m *meta) *logReader {
	return &logReader{db: db, place: m.log, version: m.version, half: m.log.half}
}

// next returns the record that follows, or false when there is none: the log ends there, or what follows was not written
// entirely. The record is valid until the next call. Later there may be one.
func (r *logReader) next() (record, bool, error) {
	if r.place.first == 0 {
		return record{}, false, nil
	}
	rec, n, err := r.read(r.half, r.at)
	if n == 0 && err == nil && !r.turned {
		if rec, n, err = r.read(r.half^1, 0); n > 0 {
			r.half, r.at, r.turned = r.half^1, 0, true
		}
	}
	if n == 0 || err != nil {
		return record{}, false, err
	}
	r.at += int64(n)
	r.version = rec.version
	return rec, true, nil
}

// read returns the record at a place, if there is one that follows, and its length.
func (r *logReader) read(half uint32, at int64) (record, int, error) {
	size := int64(r.place.pages) * int64(r.db.pager.pageSize)
	off := int64(r.place.first)*int64(r.db.pager.pageSize) + int64(half)*size + at
	left := size - at
	if off >= r.from && off < r.from+int64(len(r.window)) {
		if rec, n, ok := nextRecord(r.window[off-r.from:], r.place.generation, r.version); ok {
			return rec, n, nil
		}
	}
	var header [recordHeader]byte
	if left < recordHeader {
		return record{}, 0, nil
	}
	if err := readFull(r.db.pager.file, header[:], off); err != nil {
		return record{}, 0, fmt.Errorf("btree: reading the log: %w", err)
	}
	length := int64(recordLength(header[:], r.place.generation, r.version))
	if length < recordHeader || length > left {
		return record{}, 0, nil
	}
	r.window, r.from = make([]byte, min(left, max(length, logWindow))), off
	if err := readFull(r.db.pager.file, r.window, off); err != nil {
		return record{}, 0, fmt.Errorf("btree: reading the log: %w", err)
	}
	rec, n, _ := nextRecord(r.window, r.place.generation, r.version)
	return rec, n, nil
}

// replay applies the records that follow the newest version. It returns nil when there are none, and else a transaction that is
// ready to be committed in one way or another.
func (db *DB) replay(r *logReader) (*Tx, error) {
	var tx *Tx
	for {
		rec, ok, err := r.next()
		if err == nil && ok {
			if tx == nil {
				tx = newTx(db, db.head, true)
			}
			err = tx.apply(rec)
		}
		if err != nil {
			if tx != nil {
				tx.giveBack()
				tx.dropLoose()
			}
			return nil, err
		}
		if !ok {
			break
		}
	}
	if tx == nil {
		return nil, nil
	}
	tx.version, tx.firstVersion = r.version, r.version
	if err := tx.complete(); err != nil {
		tx.giveBack()
		tx.dropLoose()
		return nil, err
	}
	return tx, nil
}

// recoverLog brings a file, whose last handle that wrote was not closed, to the newest version in its log, and gives up that log.
func (db *DB) recoverLog() error {
	tx, err := db.replay(newLogReader(db, &db.durable))
	if tx == nil || err != nil {
		return err
	}
	err = tx.write()
	tx.dropLoose()
	return err
}
