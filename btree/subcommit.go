package btree

import (
	"runtime/debug"
	"slices"
)

// subs is what a transaction knows of its sub-commits.
type subs struct {
	count   int
	catalog treeRoot // what the last one showed
	pages   int      // length of the list of allocated pages then
	pageEnd uint64   // end of the file then
}

// Subcommit shows what the transaction changed so far to read-only transactions that begin from now on, until the next Subcommit
// or the end of the transaction. It makes nothing durable: that Commit does, of all at once. Rollback, also of a Commit that failed,
// takes everything back: read-only transactions that begin afterwards see what was there before the transaction, while those
// that began on a sub-commit keep the view that they have until they end. A crash loses all of it.
//
// Snapshot, Backup and other processes do not see sub-commits. Savepoints from before are gone: what was shown can be taken back as
// a whole alone. Where Options.Exclusive keeps readers out as long as the transaction is open, nobody sees a sub-commit.
//
// Subcommit fails as Commit does when changes cannot be applied or the file would become too large, and shows nothing then.
func (tx *Tx) Subcommit() (err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	if err := tx.usable(true); err != nil {
		return err
	}
	if err := tx.flush(); err != nil || !tx.changed {
		return err
	}
	if err := tx.recordTrees(); err != nil {
		return tx.fail(err)
	}
	if err := tx.drain(); err != nil {
		return tx.fail(err)
	}
	if err := tx.within(tx.db.mostPages()); err != nil {
		return err
	}
	if tx.subs.count == 0 || tx.subs.catalog != tx.catalog.treeRoot {
		tx.show()
	}
	return nil
}

// show makes the present state the one that readers begin with.
func (tx *Tx) show() {
	db := tx.db
	t := &db.pager.table
	tx.each(tx.allocated[tx.subs.pages:], func(no uint64) {
		w := t.at(no)
		if w&own == 0 {
			return
		}
		if w.isFrame() {
			db.pager.arena.page(w.frame()).prepare() // not later, when readers look at it
		}
		t.set(no, w&^complete|shown)
	})
	db.mu.Lock()
	db.sub = tx.nextMeta()
	db.mu.Unlock()
	db.session.subcommits.Add(1)
	tx.saves = nil
	tx.subs = subs{count: tx.subs.count + 1, catalog: tx.catalog.treeRoot, pages: len(tx.allocated), pageEnd: tx.pageEnd}
	tx.nextVersion()
}

// drop gives back a page of an earlier version of the transaction that the present one does not have. Readers may have it.
func (tx *Tx) drop(no, born uint64) {
	t := &tx.db.pager.table
	if w := t.at(no); w&shown != 0 {
		t.set(no, w&placeMask)
		tx.dropped = append(tx.dropped, extent{first: no, pages: 1, born: born})
		return
	}
	tx.db.pager.forget(no)
	tx.release(no)
}

// cancel takes back what was shown, when the transaction is rolled back. It returns false when nobody is reading it, so that the pages can
// be given back at once. Else they wait for those readers, as pages do that a commit gives up, under numbers that stay in the
// file meanwhile, and with versions that are not used again.
func (tx *Tx) cancel() bool {
	db := tx.db
	db.mu.Lock()
	defer db.mu.Unlock()
	db.sub = meta{}
	protected := db.protected()
	i, _ := slices.BinarySearch(protected, tx.firstVersion)
	if i == len(protected) {
		return false
	}
	end := tx.subs.pageEnd
	t := &db.pager.table
	tx.each(tx.allocated, func(no uint64) {
		switch w := t.at(no); {
		case no >= end:
			db.pager.forget(no)
			db.space.withdraw(no)
		case w&own != 0:
			tx.drop(no, tx.bornIn(no))
		}
	})
	db.space.wait(tx.dropped, tx.version+1, protected)
	db.head.pageEnd = end
	db.cancelled = tx.version
	tx.allocated, tx.dropped = nil, nil
	return true
}
