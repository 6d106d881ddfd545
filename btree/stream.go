package btree

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"
)

// PutReader sets the value of key to the next size bytes of r, without the value ever being in one piece in memory. When r ends
// before, or fails, it returns r's error, io.ErrUnexpectedEOF for an early end, and the tree is as it was. r must not use the
// transaction.
func (t *Tree) PutReader(key []byte, r io.Reader, size uint64) (err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	if err := t.checkPut(key, nil); err != nil {
		return err
	}
	if size > MaxValueSize {
		return valueTooLarge(size)
	}
	if uint64(len(key))+size <= uint64(t.tx.db.limit.maxInline) {
		val := make([]byte, size)
		if err := readAll(r, val); err != nil {
			return err
		}
		return t.Put(key, val)
	}
	return t.putStream(key, r, size)
}

func (t *Tree) putStream(key []byte, r io.Reader, size uint64) error {
	if err := t.tx.look(); err != nil {
		return err
	}
	t.tx.direct()
	var failed error
	ref, pages := t.tx.newOverflow(size, func(b []byte) {
		if failed == nil {
			failed = readAll(r, b)
		}
		if failed != nil {
			clear(b)
		}
	})
	t.overflow += pages
	if failed != nil {
		return errors.Join(failed, t.tx.fail(t.freeOverflow(ref)))
	}
	if err := t.collect(key, ref, packLens(len(key), len(ref), true)); err != nil {
		return err
	}
	return t.tx.fail(t.tx.pace())
}

// readAll fills b.
func readAll(r io.Reader, b []byte) error {
	if _, err := io.ReadFull(r, b); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return fmt.Errorf("btree: reading a value to put: %w", err)
	}
	return nil
}

// ValueReader reads a value piece by piece. It is an io.Reader, io.ReaderAt, io.Seeker and io.WriterTo. In a read-only
// transaction it is valid until that ends, in a writable one until the next change. It is for one goroutine at a time, but for
// ReadAt.
type ValueReader struct {
	tx     *Tx
	gen    uint64 // of the tree
	t      *Tree
	inline []byte // the value, when it is in its leaf
	first  uint64 // the first overflow page, else
	size   uint64
	at     uint64
}

// Open returns a reader of the value of key, and whether there is one.
func (t *Tree) Open(key []byte) (r *ValueReader, ok bool, err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	if err := t.settled(false); err != nil {
		return nil, false, err
	}
	p, err := t.leaf(key)
	if p == nil || err != nil {
		return nil, false, err
	}
	i, ok := p.search(key)
	if !ok {
		return nil, false, nil
	}
	r = &ValueReader{tx: t.tx, t: t, gen: t.gen}
	val, overflow := p.value(i)
	if !overflow {
		r.inline, r.size = val, uint64(len(val))
		return r, true, nil
	}
	r.first, r.size = splitRef(val)
	_, err = t.tx.checkRun(r.first, r.size)
	return r, true, err
}

// Size returns the length of the value in bytes.
func (r *ValueReader) Size() uint64 { return r.size }

// Read reads the next bytes.
func (r *ValueReader) Read(b []byte) (int, error) {
	n, err := r.ReadAt(b, int64(r.at))
	r.at += uint64(n)
	if n > 0 {
		err = nil
	}
	return n, err
}

// ReadAt reads the bytes from an offset on.
func (r *ValueReader) ReadAt(b []byte, off int64) (n int, err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	if off < 0 {
		return 0, errors.New("btree: a value is read before its beginning")
	}
	for n < len(b) && err == nil {
		var piece []byte
		if piece, err = r.piece(uint64(off) + uint64(n)); err == nil {
			n += copy(b[n:], piece)
		}
	}
	return n, err
}

// WriteTo writes what is left of the value to w. It hands over pieces where they lie.
func (r *ValueReader) WriteTo(w io.Writer) (n int64, err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	for {
		piece, err := r.piece(r.at)
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		m, err := w.Write(piece)
		n += int64(m)
		r.at += uint64(m)
		if err != nil {
			return n, err
		}
	}
}

// Seek sets where the next Read begins.
func (r *ValueReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += int64(r.at)
	case io.SeekEnd:
		offset += int64(r.size)
	}
	if offset < 0 {
		return 0, errors.New("btree: a value is read before its beginning")
	}
	r.at = uint64(offset)
	return offset, nil
}

// piece returns the bytes from an offset on that lie together, or io.EOF at the end.
func (r *ValueReader) piece(off uint64) ([]byte, error) {
	if err := r.t.usable(false); err != nil {
		return nil, err
	}
	if r.gen != r.t.gen {
		return nil, ErrValueChanged
	}
	if off >= r.size {
		return nil, io.EOF
	}
	if r.inline != nil {
		return r.inline[off:], nil
	}
	payload := uint64(r.tx.db.limit.payload)
	no := r.first
	if k := off / payload; k > 0 {
		no = nextPage(r.tx.db.PageSize(), runEnd(r.tx.db.PageSize(), no, k)-1)
	}
	p, err := r.tx.overflowPage(no)
	if err != nil {
		return nil, err
	}
	in := off % payload
	return p[headerSize+in : headerSize+min(payload, in+r.size-off)], nil
}
