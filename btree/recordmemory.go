package btree

import "slices"

// Sizes of the memory of records, in bytes.
const (
	// shortRecord is how long a record is at most whose memory is of the heap.
	shortRecord = 256 << 10
	// keptRecord is how much memory is kept from one transaction to the next: one large page of the system.
	keptRecord = 2 << 20
)

// recordMemory is memory for the record of the writer, which may become long before it is known that the commit goes past the log.
// It is taken from the system in one piece, outside of the heap of the garbage collector where that is possible, because a slice
// that grows by copies is several times as much memory that was never touched, and work for the collector.
//
// There is one record at a time that is in it: that of the write transaction, or, between two, of those that are delayed.
type recordMemory struct {
	piece []byte
	give  func() // gives the piece back to the system; may be nil
}

// grow moves the record to memory for need bytes, and for more up to the longest record.
func (l *txLog) grow(need int) {
	if need <= shortRecord {
		l.buf = slices.Grow(l.buf, need-len(l.buf))
		return
	}
	size := keptRecord
	if need > size {
		size = max(need, l.limit)
	}
	piece, give := newSlab(size)
	buf := append(piece[:0], l.buf...)
	l.memory.free()
	*l.memory = recordMemory{piece: piece, give: give}
	l.buf = buf
}

// free gives the memory back. No record may be in it.
func (m *recordMemory) free() {
	if m.give != nil {
		m.give()
	}
	*m = recordMemory{}
}

// dropRecord gives up the memory of a record that does not go to the log, but for what is of delayed commits.
func (tx *Tx) dropRecord() {
	l := &tx.log
	if cap(l.buf) <= keptRecord {
		l.buf = l.buf[:tx.logged]
		return
	}
	l.buf = slices.Clone(l.buf[:tx.logged])
	l.memory.free()
}

// keepRecord keeps what is of delayed commits, and memory for the next record unless it is much.
func (db *DB) keepRecord(b []byte) {
	db.record = b
	if len(b) == 0 && cap(b) > keptRecord {
		db.record = nil
		db.recordMemory.free()
	}
}
