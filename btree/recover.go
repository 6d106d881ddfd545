package btree

import (
	"bytes"
	"fmt"
)

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
// entirely. Later there may be one.
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

// replay applies the records that follow the newest version, but for the last ones, which it returns: as many as late says. It
// returns no transaction when there are no others, and else one that is ready to be adopted.
func (db *DB) replay(r *logReader, late int) (tx *Tx, last []record, err error) {
	next, end := r.records()
	defer end()
	version := uint64(0)
	for err == nil {
		rec, ok, failed := next()
		if err = failed; !ok {
			break
		}
		if late > 0 {
			rec.ops = bytes.Clone(rec.ops)
			if last = append(last, rec); len(last) <= late {
				continue
			}
			rec, last = last[0], last[1:]
		}
		if tx == nil {
			tx = newTx(db, db.head, true)
			tx.unlimited = true
		}
		version, err = rec.version, tx.apply(rec)
	}
	if tx == nil || err != nil {
		return nil, last, tx.discard(err)
	}
	tx.version, tx.firstVersion = version, version
	return tx, last, tx.discard(tx.complete())
}

// discard gives back what a transaction holds that is not registered, if there was an error, which it returns.
func (tx *Tx) discard(err error) error {
	if tx != nil && err != nil {
		tx.giveBack()
		tx.dropLoose()
	}
	return err
}

// recoverLog brings a file, whose last handle that wrote was not closed, to the newest version in its log. The pages stay in frames
// and the log as it is until the next commit, or the close: that writes the pages and gives up the log. Of the newest commits
// each becomes a version of its own, as the history wants it.
//
// What is replayed is durable although nothing is synced here: the process that wrote it was killed, perhaps, but a file that has a
// log has two metas that differ, and openFile has synced it for that. The metas of a file are the same after a clean close alone,
// which has taken the log out.
func (db *DB) recoverLog() error {
	tx, late, err := db.replay(newLogReader(db, &db.durable), db.opts.History)
	if err != nil || tx == nil && late == nil {
		return err
	}
	if tx != nil {
		db.adoptReplayed(tx)
	}
	for _, rec := range late {
		tx := newTx(db, db.head, true)
		tx.unlimited = true
		tx.version, tx.firstVersion = rec.version, rec.version
		err := tx.apply(rec)
		if err == nil {
			err = tx.complete()
		}
		if err != nil {
			return tx.discard(err)
		}
		db.adoptReplayed(tx)
	}
	return nil
}

// adoptReplayed makes the version of a transaction the newest and durable one.
func (db *DB) adoptReplayed(tx *Tx) {
	next := tx.nextMeta()
	db.mu.Lock()
	defer db.mu.Unlock()
	tx.adopt(&next)
	db.logged, db.current, db.syncedTo = next, next, next.version
	tx.dropLoose()
	tx.dropChanges()
	tx.mem.shrink(keepChunks)
}
