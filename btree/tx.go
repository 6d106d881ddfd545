package btree

import (
	"fmt"
	"runtime/debug"
	"slices"
)

// Tx is a transaction. A read-only one may be used by several goroutines at the same time, each with its own trees and
// cursors; a writable one by one goroutine at a time.
//
// Slices returned by its trees and cursors belong to the database and must not be changed. In a read-only transaction they
// are valid until it ends. In a writable one they are valid until the next change in the transaction or its end.
type Tx struct {
	db       *DB
	meta     meta // what the transaction began with; in a writable one with the catalog as it is now
	writable bool
	done     bool

	// The fields below are of writable transactions.
	err       error // a change failed half-way: the transaction cannot be committed
	version   uint64
	pageEnd   uint64
	dirty     map[uint64]*frame
	allocated []extent // may name a page again that was given back meanwhile
	freed     []extent // pages of earlier versions
	epoch     int      // counts savepoints
	saves     []*save
	catalog   *Tree
	trees     map[string]*Tree
	changed   bool
	scratch   scratch
}

// frame is a page that the transaction may change.
type frame struct {
	page  page
	epoch int // the frame is shared with savepoints of later epochs
}

// scratch is memory that rebuilding pages uses again and again.
type scratch struct {
	entries []entry
	arena   []byte
	spare   []page
}

func newTx(db *DB, m meta, writable bool) *Tx {
	tx := &Tx{db: db, meta: m, writable: writable}
	if writable {
		tx.version = m.version + 1
		tx.pageEnd = m.pageEnd
		tx.dirty = map[uint64]*frame{}
		tx.trees = map[string]*Tree{}
		tx.catalog = &Tree{tx: tx, treeRoot: m.catalog, present: true}
	}
	return tx
}

// Version returns the version that a read-only transaction sees or a writable one would commit. Versions grow with every
// commit.
func (tx *Tx) Version() uint64 {
	if tx.writable {
		return tx.version
	}
	return tx.meta.version
}

// Writable reports whether the transaction may write.
func (tx *Tx) Writable() bool { return tx.writable }

// Rollback ends the transaction and forgets its changes. After the end it returns ErrTxDone.
func (tx *Tx) Rollback() error {
	if tx.done {
		return ErrTxDone
	}
	if tx.writable {
		tx.giveBack()
	}
	tx.end()
	return nil
}

func (tx *Tx) end() {
	if tx.done {
		return
	}
	tx.done = true
	tx.dirty, tx.saves, tx.scratch = nil, nil, scratch{}
	tx.db.end(tx)
}

// giveBack returns every page that the transaction allocated.
func (tx *Tx) giveBack() { tx.unallocate(0, tx.meta.pageEnd) }

// unallocate returns the pages allocated since the log had the given length and the file the given end.
func (tx *Tx) unallocate(from int, pageEnd uint64) {
	s := tx.db.space
	s.each(tx.allocated[from:], func(no uint64) {
		if no < pageEnd {
			s.release(no)
		} else {
			s.withdraw(no)
		}
	})
	tx.allocated = tx.allocated[:from]
	tx.pageEnd = pageEnd
}

// usable checks that the transaction can be used, for writing if so asked.
func (tx *Tx) usable(write bool) error {
	switch {
	case tx.done:
		return ErrTxDone
	case write && !tx.writable:
		return ErrReadOnly
	case write && tx.err != nil:
		return tx.err
	}
	return nil
}

// fail makes the transaction impossible to commit when a change stopped half-way.
func (tx *Tx) fail(err error) error {
	if err != nil && tx.err == nil {
		tx.err = fmt.Errorf("btree: an earlier change of the transaction failed, roll it back: %w", err)
	}
	return err
}

// page returns a page of the transaction's version at the given level of a tree.
func (tx *Tx) page(no uint64, level int) (page, error) {
	if f := tx.dirty[no]; f != nil {
		return f.page, nil
	}
	p, err := tx.clean(no)
	if err != nil {
		return nil, err
	}
	if p.level() != level || p.kind() > kindBranch {
		return nil, corrupt(no, "a page of kind %d at level %d where level %d of a tree is expected", p.kind(), p.level(), level)
	}
	return p, nil
}

// root returns the page at the top of a tree.
func (tx *Tx) root(no uint64) (page, error) {
	if f := tx.dirty[no]; f != nil {
		return f.page, nil
	}
	p, err := tx.clean(no)
	if err == nil && p.kind() > kindBranch {
		err = corrupt(no, "a page of kind %d where the root of a tree is expected", p.kind())
	}
	return p, err
}

// clean returns a committed page.
func (tx *Tx) clean(no uint64) (page, error) {
	if no < firstPage || no >= tx.meta.pageEnd {
		return nil, corrupt(no, "a page refers to it, but the file has pages %d to %d", firstPage, tx.meta.pageEnd-1)
	}
	p, err := tx.db.pager.read(no)
	if err == nil && p.version() > tx.meta.version {
		err = corrupt(no, "it is of version %d, newer than version %d that refers to it", p.version(), tx.meta.version)
	}
	return p, err
}

// own returns a page that the transaction may change: itself, or a copy under another number.
func (tx *Tx) own(no uint64, p page) (uint64, page) {
	f := tx.dirty[no]
	if f == nil {
		copied := tx.newPage()
		copy(copied, p)
		fresh := tx.allocate(1)
		copied.stamp(fresh, tx.version)
		tx.dirty[fresh] = &frame{page: copied, epoch: tx.epoch}
		tx.freed = append(tx.freed, extent{first: no, pages: 1, born: p.version()})
		return fresh, copied
	}
	if f.epoch < tx.epoch {
		copied := tx.newPage()
		copy(copied, f.page)
		tx.replaceFrame(no, copied)
		return no, copied
	}
	return no, f.page
}

// replaceFrame gives a dirty page a new content. What savepoints need of the old one they keep.
func (tx *Tx) replaceFrame(no uint64, p page) {
	f := tx.dirty[no]
	p.stamp(no, tx.version)
	if f.epoch < tx.epoch {
		tx.keep(no, f)
		tx.dirty[no] = &frame{page: p, epoch: tx.epoch}
		return
	}
	tx.scratch.spare = append(tx.scratch.spare, f.page)
	f.page = p
}

// add makes p a new page of the transaction.
func (tx *Tx) add(p page) uint64 {
	no := tx.allocate(1)
	p.stamp(no, tx.version)
	tx.dirty[no] = &frame{page: p, epoch: tx.epoch}
	return no
}

// newPage returns memory for a page, with any content.
func (tx *Tx) newPage() page {
	if n := len(tx.scratch.spare); n > 0 {
		p := tx.scratch.spare[n-1]
		tx.scratch.spare = tx.scratch.spare[:n-1]
		return p
	}
	return make(page, tx.db.pager.pageSize)
}

// allocate returns the first page of a run.
func (tx *Tx) allocate(n uint64) uint64 {
	s := tx.db.space
	first, ok := s.take(n)
	if !ok {
		first = nextPage(s.pageSize, tx.pageEnd-1)
		last := first
		for range n - 1 {
			last = nextPage(s.pageSize, last)
		}
		tx.pageEnd = last + 1
		s.grow(tx.pageEnd)
	}
	tx.allocated = append(tx.allocated, extent{first: first, pages: n})
	return first
}

// free gives up a run of pages that no longer belongs to the transaction's version. born is the version that wrote it.
func (tx *Tx) free(no, pages, born uint64) {
	f := tx.dirty[no]
	if f == nil {
		tx.freed = append(tx.freed, extent{first: no, pages: pages, born: born})
		return
	}
	kept := f.epoch < tx.epoch
	tx.db.space.each([]extent{{first: no, pages: pages}}, func(no uint64) {
		f := tx.dirty[no]
		delete(tx.dirty, no)
		if kept {
			tx.keep(no, f)
		} else {
			tx.db.space.release(no)
		}
	})
}

// CreateTree makes an empty tree. It returns ErrTreeExists when there is one of that name. Names are any bytes up to the
// length of a key.
func (tx *Tx) CreateTree(name string) (_ *Tree, err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	if err := tx.usable(true); err != nil {
		return nil, err
	}
	if err := tx.checkNew(name); err != nil {
		return nil, err
	}
	if err := tx.record(name, treeRoot{}); err != nil {
		return nil, err
	}
	t := &Tree{tx: tx, name: name, present: true}
	tx.trees[name] = t
	return t, nil
}

// checkNew checks that a tree of that name may be made.
func (tx *Tx) checkNew(name string) error {
	if len(name) > tx.db.limit.maxKey {
		return fmt.Errorf("%w: a tree's name of %d bytes, at most %d", ErrKeyTooLarge, len(name), tx.db.limit.maxKey)
	}
	_, exists, err := tx.catalog.get([]byte(name))
	if err == nil && exists {
		err = fmt.Errorf("%w: %q", ErrTreeExists, name)
	}
	return err
}

// record writes a tree's root into the catalog.
func (tx *Tx) record(name string, r treeRoot) error {
	b := make([]byte, rootSize)
	r.encode(b)
	return tx.fail(tx.catalog.put([]byte(name), b))
}

// Tree returns the tree of that name, or ErrNoTree. All handles of one tree in a writable transaction are the same.
func (tx *Tx) Tree(name string) (_ *Tree, err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	if err := tx.usable(false); err != nil {
		return nil, err
	}
	if t := tx.trees[name]; t != nil {
		return t, nil
	}
	root, err := tx.lookup(name)
	if err != nil {
		return nil, err
	}
	t := &Tree{tx: tx, name: name, treeRoot: root, present: true}
	if tx.writable {
		tx.trees[name] = t
	}
	return t, nil
}

// lookup reads a tree's root from the catalog.
func (tx *Tx) lookup(name string) (treeRoot, error) {
	catalog := tx.catalog
	if catalog == nil {
		catalog = &Tree{tx: tx, treeRoot: tx.meta.catalog, present: true}
	}
	b, ok, err := catalog.get([]byte(name))
	if err != nil {
		return treeRoot{}, err
	}
	if !ok {
		return treeRoot{}, fmt.Errorf("%w: %q", ErrNoTree, name)
	}
	if len(b) != rootSize {
		return treeRoot{}, corrupt(tx.meta.catalog.root, "the record of tree %q has %d bytes", name, len(b))
	}
	return decodeRoot(b), nil
}

// DropTree removes a tree and everything in it. Handles of it return ErrNoTree from then on.
func (tx *Tx) DropTree(name string) (err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	if err := tx.usable(true); err != nil {
		return err
	}
	t, err := tx.Tree(name)
	if err != nil {
		return err
	}
	if err := tx.fail(t.clear()); err != nil {
		return err
	}
	t.present = false
	delete(tx.trees, name)
	_, err = tx.catalog.remove([]byte(name))
	return tx.fail(err)
}

// RenameTree gives a tree another name, which must be free. Handles of it stay valid.
func (tx *Tx) RenameTree(from, to string) (err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	if err := tx.usable(true); err != nil {
		return err
	}
	t, err := tx.Tree(from)
	if err != nil || from == to {
		return err
	}
	if err := tx.checkNew(to); err != nil {
		return err
	}
	if _, err := tx.catalog.remove([]byte(from)); err != nil {
		return tx.fail(err)
	}
	delete(tx.trees, from)
	t.name = to
	tx.trees[to] = t
	return tx.record(to, t.treeRoot)
}

// Trees returns the names of all trees in ascending order.
func (tx *Tx) Trees() (names []string, err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	if err := tx.usable(false); err != nil {
		return nil, err
	}
	catalog := tx.catalog
	if catalog == nil {
		catalog = &Tree{tx: tx, treeRoot: tx.meta.catalog, present: true}
	}
	c := catalog.Cursor()
	for ok := c.First(); ok; ok = c.Next() {
		names = append(names, string(c.Key()))
	}
	return slices.Clip(names), c.Err()
}
