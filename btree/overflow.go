package btree

import (
	"fmt"
	"math"
)

// A value too long for a leaf is kept in a run of overflow pages; the leaf has a reference: the first page's number and the
// value's length.

func makeRef(first, length uint64) []byte {
	b := make([]byte, refSize)
	le.PutUint64(b, first)
	le.PutUint64(b[8:], length)
	return b
}

func splitRef(ref []byte) (first, length uint64) { return le.Uint64(ref), le.Uint64(ref[8:]) }

// runLength returns how many pages a value of this length takes.
func (db *DB) runLength(length uint64) uint64 {
	per := uint64(db.limit.payload)
	return (length + per - 1) / per
}

// writeOverflow puts a value into new overflow pages and returns the reference.
func (tx *Tx) writeOverflow(val []byte) (ref []byte, pages uint64) {
	return tx.newOverflow(uint64(len(val)), func(b []byte) { val = val[copy(b, val):] })
}

// newOverflow makes the overflow pages of a value of this length, whose bytes fill provides piece by piece.
func (tx *Tx) newOverflow(length uint64, fill func(b []byte)) (ref []byte, pages uint64) {
	defer tx.spill.unhold(tx.spill.hold())
	pages = tx.db.runLength(length)
	first := tx.allocate(pages)
	left := length
	tx.each([]extent{{first: first, pages: pages}}, func(no uint64) {
		p := tx.newPage()
		clear(p[:headerSize])
		p[offKind] = kindOverflow
		n := min(left, uint64(len(p)-headerSize))
		fill(p[headerSize : headerSize+n])
		clear(p[headerSize+n:])
		left -= n
		p.stamp(no, tx.version)
		tx.framed(no, p)
		tx.finish(no)
		if len(tx.spill.complete) >= tx.spill.batch {
			_ = tx.spillComplete() // the next change, or the commit, returns the error
		}
	})
	return makeRef(first, length), pages
}

// readOverflow returns a copy of the value that a reference leads to.
func (tx *Tx) readOverflow(ref []byte) ([]byte, error) {
	_, length := splitRef(ref)
	return tx.readOverflowPrefix(ref, length)
}

// readOverflowPrefix reads the first n bytes at most.
func (tx *Tx) readOverflowPrefix(ref []byte, n uint64) ([]byte, error) {
	no, length := splitRef(ref)
	if _, err := tx.checkRun(no, length); err != nil {
		return nil, err
	}
	n = min(n, length)
	if n > math.MaxInt {
		return nil, fmt.Errorf("%w: %d bytes do not fit in the memory of this system", ErrValueTooLarge, n)
	}
	val := make([]byte, 0, n)
	for uint64(len(val)) < n {
		p, err := tx.overflowPage(no)
		if err != nil {
			return nil, err
		}
		val = append(val, p[headerSize:headerSize+min(n-uint64(len(val)), uint64(tx.db.limit.payload))]...)
		no = nextPage(len(p), no)
	}
	return val, nil
}

// checkRun checks that a value of this length can begin at page no, and returns how many pages it has.
func (tx *Tx) checkRun(no, length uint64) (pages uint64, err error) {
	if length <= MaxValueSize {
		pages = tx.db.runLength(length)
		if pages > 0 && no >= firstPage && runEnd(tx.db.PageSize(), no, pages) <= tx.pageEnd {
			return pages, nil
		}
	}
	return 0, corrupt(no, "a value of %d bytes is said to begin there, beyond the end of the file", length)
}

// freeOverflow gives up the pages of a value.
func (t *Tree) freeOverflow(ref []byte) error {
	no, length := splitRef(ref)
	p, err := t.tx.overflowPage(no)
	if err != nil {
		return err
	}
	pages, err := t.tx.checkRun(no, length)
	if err != nil {
		return err
	}
	t.tx.free(no, pages, p.version())
	t.overflow -= pages
	return nil
}
