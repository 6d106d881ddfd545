package btree

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
)

// writeSize is how many bytes adjacent pages are gathered to before they are written.
const writeSize = 1 << 20

// growStep is the least number of pages by which the file is extended.
const growStep = 16

// Commit makes the changes of a writable transaction durable and visible to transactions that begin later, and ends the
// transaction, also when it fails. After an error that matches ErrFailed it is unknown until the database is opened again
// whether the commit happened; after any other it did not. Commit of a read-only transaction only ends it.
func (tx *Tx) Commit() (err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	if tx.done {
		return ErrTxDone
	}
	defer tx.end()
	if !tx.writable {
		return nil
	}
	if tx.err != nil {
		tx.giveBack()
		return tx.err
	}
	if err := tx.flush(); err != nil {
		tx.giveBack()
		return err
	}
	if !tx.changed {
		tx.giveBack()
		return nil
	}
	err = tx.recordTrees()
	if err == nil {
		err = tx.recordVersions()
	}
	if err != nil {
		tx.giveBack()
		return err
	}
	return tx.write()
}

// recordTrees writes the roots of changed trees into the catalog.
func (tx *Tx) recordTrees() error {
	for _, name := range slices.Sorted(maps.Keys(tx.trees)) {
		t := tx.trees[name]
		if !t.changed {
			continue
		}
		if err := tx.record(name, t.treeRoot); err != nil {
			return err
		}
	}
	return nil
}

// write carries out the commit:
//
//  1. The changed pages and space pages are written to places that neither the current version nor any with readers uses. Sync.
//  2. The new meta is written over the older one. Sync.
//
// A crash before the second step is complete leaves the current meta and all it refers to as they were. Afterwards the meta
// of the version before is whole too, until the next commit begins to write.
func (tx *Tx) write() error {
	db := tx.db
	next := tx.meta
	next.version, next.pageEnd, next.catalog, next.versions = tx.version, tx.pageEnd, tx.catalog.treeRoot, tx.versions
	tx.dropDead()
	var changes []spaceChange
	changes, next.space = db.space.change(tx.version, tx.pageEnd, tx.allocated, tx.inUse, tx.freed)
	pages := tx.frames(changes)
	if err := db.writePages(pages, tx.pageEnd); err != nil {
		db.space.failed(changes)
		tx.giveBack()
		return fmt.Errorf("btree: commit failed, nothing was changed: %w", err)
	}
	if err := db.sync(); err != nil {
		return err
	}
	if err := db.writeMeta(&next); err != nil {
		if !db.failed.Load() {
			db.space.failed(changes)
			tx.giveBack()
		}
		return err
	}
	tx.publish(&next, changes)
	return nil
}

// dropDead gives back the pages that only savepoints needed.
func (tx *Tx) dropDead() {
	if tx.version == tx.firstVersion {
		return
	}
	tx.marks = marks{}
	kept := tx.freed[:0]
	for _, x := range tx.freed {
		if x.born < tx.firstVersion {
			kept = append(kept, x)
			continue
		}
		tx.db.space.each([]extent{x}, func(no uint64) {
			tx.db.pager.forget(no)
			tx.db.space.release(no)
		})
	}
	tx.freed = kept
}

// inUse reports whether a page that the transaction allocated still belongs to it.
func (tx *Tx) inUse(no uint64) bool { return tx.db.pager.table.at(no)&own != 0 }

// frames returns the pages to write in the order of the file, with their checksums.
func (tx *Tx) frames(changes []spaceChange) []page {
	g := tx.db.pager
	var pages []page
	tx.db.space.each(tx.allocated, func(no uint64) {
		if w := g.table.at(no); w&own != 0 && w.isFrame() {
			pages = append(pages, g.arena.page(w.frame()))
		}
	})
	for _, c := range changes {
		pages = append(pages, c.frame)
	}
	slices.SortFunc(pages, func(a, b page) int { return cmp.Compare(a.number(), b.number()) })
	pages = slices.CompactFunc(pages, func(a, b page) bool { return a.number() == b.number() })
	for _, p := range pages {
		p.seal()
	}
	return pages
}

// writePages writes the pages, adjacent ones together, into a file that is made long enough first.
func (db *DB) writePages(frames []page, pageEnd uint64) error {
	if err := db.extend(pageEnd); err != nil {
		return err
	}
	var buf []byte
	for i := 0; i < len(frames); {
		first := frames[i].number()
		buf = append(buf[:0], frames[i]...)
		for i++; i < len(frames) && frames[i].number() == first+uint64(len(buf)/len(frames[i])) && len(buf) < writeSize; i++ {
			buf = append(buf, frames[i]...)
		}
		if err := writeFull(db.pager.file, buf, int64(first)*int64(db.pager.pageSize)); err != nil {
			return err
		}
	}
	return nil
}

// extend makes the file longer, by an eighth at least so that it is rarely mapped anew.
func (db *DB) extend(pageEnd uint64) error {
	need := int64(pageEnd) * int64(db.pager.pageSize)
	if need <= db.fileSize {
		return nil
	}
	size := need + max(int64(growStep*db.pager.pageSize), need/8/int64(db.pager.pageSize)*int64(db.pager.pageSize))
	if err := db.pager.file.Truncate(size); err != nil {
		return err
	}
	db.fileSize = size
	db.pager.remap(size)
	return nil
}

// sync syncs the file. A failure ends all writing: the system may have dropped the pages that it could not write, and a later
// sync would succeed without them.
func (db *DB) sync() error {
	if db.opts.NoSync {
		return nil
	}
	if err := db.pager.file.Sync(); err != nil {
		db.failed.Store(true)
		return fmt.Errorf("%w: %w", ErrFailed, err)
	}
	return nil
}

// writeMeta writes a meta in the place of the older one and makes it durable. When that fails but the older one can be put
// back durably, the commit did not happen; else writing ends.
func (db *DB) writeMeta(m *meta) error {
	off := int64(1-db.place) * int64(db.pager.pageSize)
	before := make([]byte, metaSize)
	if err := readFull(db.pager.file, before, off); err != nil {
		return fmt.Errorf("btree: commit failed, nothing was changed: %w", err)
	}
	err := writeFull(db.pager.file, m.encode(), off)
	if err == nil {
		return db.sync()
	}
	if back := writeFull(db.pager.file, before, off); back != nil {
		db.failed.Store(true)
		return fmt.Errorf("%w: %w", ErrFailed, errors.Join(err, back))
	}
	if back := db.sync(); back != nil {
		return errors.Join(back, err)
	}
	return fmt.Errorf("btree: commit failed, nothing was changed: %w", err)
}

// publish makes the new version the one that transactions begin with.
func (tx *Tx) publish(next *meta, changes []spaceChange) {
	db := tx.db
	s := db.space
	s.each(tx.allocated, tx.settlePage)
	db.mu.Lock()
	defer db.mu.Unlock()
	s.done(changes, next.version)
	if next.pageEnd < tx.meta.pageEnd {
		s.cut(next.pageEnd, tx.meta.pageEnd)
	}
	db.current, db.kept = *next, tx.kept
	db.place = 1 - db.place
	db.bad = -1
	protected := db.protected()
	for _, x := range tx.freed {
		s.wait(x, next.version, protected)
	}
}

// settlePage lets go of a page that the transaction allocated: it is in the file now, or was given up.
func (tx *Tx) settlePage(no uint64) {
	g := tx.db.pager
	w := g.table.at(no)
	if w&own == 0 {
		return
	}
	g.table.set(no, g.written(no))
	if w.isFrame() {
		g.arena.give(w.frame())
	}
}
