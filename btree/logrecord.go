package btree

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

// A record of the log is what one transaction did, as the calls that it made. format.go describes it.

// The operations in a record.
const (
	opTree        = 1 // those that follow are on the tree of this name
	opPut         = 2
	opDelete      = 3
	opDeleteRange = 4
	opCreate      = 5
	opDrop        = 6
	opRename      = 7
)

// Bits that say which bounds an opDeleteRange has.
const (
	hasLow  = 1
	hasHigh = 2
)

// Offsets in the header of a record.
const (
	recCRC        = 0
	recLength     = 4
	recGeneration = 8
	recPrevious   = 16
	recVersion    = 24
	recordHeader  = 32
)

// txLog is the record that a transaction is going to append to the log.
type txLog struct {
	buf   []byte // with room for the header
	tree  *Tree  // the tree of the last operation
	limit int    // the longest record; 0 when there is none, because the commit goes past the log

	memory *recordMemory
}

// direct makes the commit of the transaction go past the log.
func (tx *Tx) direct() { tx.log.limit = 0 }

// logs reports whether operations are to be recorded, and makes room for n bytes more.
func (l *txLog) logs(n int) bool {
	if l.limit == 0 {
		return false
	}
	if len(l.buf)+n+16 > l.limit {
		l.limit = 0
		return false
	}
	if len(l.buf) == 0 {
		l.buf = append(l.buf, make([]byte, recordHeader)...)
	}
	if need := len(l.buf) + n + 16; need > cap(l.buf) {
		l.grow(need)
	}
	return true
}

func (l *txLog) string(s []byte) {
	l.buf = binary.AppendUvarint(l.buf, uint64(len(s)))
	l.buf = append(l.buf, s...)
}

// on names the tree of the next operation.
func (l *txLog) on(t *Tree) {
	if l.tree == t {
		return
	}
	l.tree = t
	l.buf = append(l.buf, opTree)
	l.string([]byte(t.name))
}

// put records a Put. The check comes first, and inline, because most puts of large transactions are past the limit.
func (l *txLog) put(t *Tree, key, val []byte) {
	if l.limit > 0 {
		l.putRecord(t, key, val)
	}
}

func (l *txLog) putRecord(t *Tree, key, val []byte) {
	if !l.logs(len(t.name) + len(key) + len(val)) {
		return
	}
	l.on(t)
	l.buf = append(l.buf, opPut)
	l.string(key)
	l.string(val)
}

// remove records the removal of a key.
func (l *txLog) remove(t *Tree, key []byte) {
	if !l.logs(len(t.name) + len(key)) {
		return
	}
	l.on(t)
	l.buf = append(l.buf, opDelete)
	l.string(key)
}

func (l *txLog) removeRange(t *Tree, lo, hi []byte) {
	if !l.logs(len(t.name) + len(lo) + len(hi)) {
		return
	}
	l.on(t)
	bounds := byte(0)
	if lo != nil {
		bounds |= hasLow
	}
	if hi != nil {
		bounds |= hasHigh
	}
	l.buf = append(l.buf, opDeleteRange, bounds)
	l.string(lo)
	l.string(hi)
}

// names records an operation on the catalog.
func (l *txLog) names(op byte, names ...string) {
	n := 0
	for _, name := range names {
		n += len(name) + binary.MaxVarintLen32
	}
	if !l.logs(n) {
		return
	}
	l.tree = nil // its name may be another now
	l.buf = append(l.buf, op)
	for _, name := range names {
		l.string([]byte(name))
	}
}

// sealRecord completes the header of a record.
func sealRecord(b []byte, generation, previous, version uint64) {
	le.PutUint32(b[recLength:], uint32(len(b)))
	le.PutUint64(b[recGeneration:], generation)
	le.PutUint64(b[recPrevious:], previous)
	le.PutUint64(b[recVersion:], version)
	le.PutUint32(b[recCRC:], crc32.Checksum(b[recCRC+4:], castagnoli))
}

// record is a record that was read: its operations and the version that they lead to.
type record struct {
	ops     []byte
	version uint64
}

// nextRecord returns the record at the start of b, if it is whole, of this generation, and follows the given version.
// It must stand any bytes. The second result is the length.
func nextRecord(b []byte, generation, previous uint64) (r record, n int, ok bool) {
	length := uint64(recordLength(b, generation, previous))
	if length < recordHeader || length > uint64(len(b)) {
		return r, 0, false
	}
	r.version = le.Uint64(b[recVersion:])
	if r.version <= previous || le.Uint32(b[recCRC:]) != crc32.Checksum(b[recCRC+4:length], castagnoli) {
		return r, 0, false
	}
	r.ops = b[recordHeader:length]
	return r, int(length), true
}

// recordLength returns how long the record at the start of b says to be, or 0 when it is none that follows the given version.
func recordLength(b []byte, generation, previous uint64) uint32 {
	if len(b) < recordHeader || le.Uint64(b[recGeneration:]) != generation || le.Uint64(b[recPrevious:]) != previous {
		return 0
	}
	return le.Uint32(b[recLength:])
}

// logOps takes the operations of a record apart.
type logOps struct {
	b   []byte
	bad bool
}

func (o *logOps) byte() byte {
	if len(o.b) == 0 {
		o.bad = true
		return 0
	}
	c := o.b[0]
	o.b = o.b[1:]
	return c
}

func (o *logOps) string() []byte {
	n, size := binary.Uvarint(o.b)
	if size <= 0 || n > uint64(len(o.b)-size) {
		o.bad, o.b = true, nil
		return nil
	}
	s := o.b[size : size+int(n) : size+int(n)]
	o.b = o.b[size+int(n):]
	return s
}

// apply carries out the operations of a record in a transaction, which must not record them again.
func (tx *Tx) apply(r record) error {
	o := &logOps{b: r.ops}
	var t *Tree
	for len(o.b) > 0 {
		op := o.byte()
		err := error(nil)
		if op == opTree {
			t, err = tx.Tree(string(o.string()))
		} else {
			err = tx.applyOp(op, o, t)
		}
		if err == nil && o.bad {
			err = fmt.Errorf("%w: a record of the log ends too early", ErrCorrupt)
		}
		if err != nil {
			return fmt.Errorf("btree: replaying version %d of the log: %w", r.version, err)
		}
	}
	return nil
}

func (tx *Tx) applyOp(op byte, o *logOps, t *Tree) (err error) {
	switch {
	case op == opCreate:
		_, err = tx.CreateTree(string(o.string()))
	case op == opDrop:
		err = tx.DropTree(string(o.string()))
	case op == opRename:
		from := string(o.string())
		err = tx.RenameTree(from, string(o.string()))
	case t == nil:
		err = fmt.Errorf("%w: a record of the log changes a tree before it names one", ErrCorrupt)
	case op == opPut:
		key := o.string()
		if val := o.string(); !o.bad {
			err = t.Put(key, val)
		}
	case op == opDelete:
		if key := o.string(); !o.bad {
			err = t.Remove(key)
		}
	case op == opDeleteRange:
		err = o.deleteRange(t)
	default:
		err = fmt.Errorf("%w: a record of the log has an unknown operation %d", ErrCorrupt, op)
	}
	return err
}

func (o *logOps) deleteRange(t *Tree) error {
	bounds := o.byte()
	lo, hi := o.string(), o.string()
	if o.bad {
		return nil
	}
	if bounds&hasLow == 0 {
		lo = nil
	}
	if bounds&hasHigh == 0 {
		hi = nil
	}
	_, err := t.DeleteRange(lo, hi)
	return err
}
