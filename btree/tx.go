package btree

import "fmt"

// Tx is a transaction. A read-only one may be used by several goroutines at the same time, each with its own trees and
// cursors; a writable one by one goroutine at a time.
//
// Slices returned by its trees and cursors belong to the database and must not be changed. In a read-only transaction they
// are valid until it ends. In a writable one they are valid until the next change in the transaction or its end.
type Tx struct {
	db       *DB
	meta     meta   // what the transaction began with; in a writable one with the catalog as it is now
	pageEnd  uint64 // as far as the transaction sees the file
	writable bool
	done     bool
	blind    bool // a write transaction that has not looked at anything: meta and pageEnd say nothing yet
	gated    bool // it came in by the gate
	prev     *Tx  // in the list of open transactions
	next     *Tx
	era      uint64 // when it began, counted in times that frames were retired
	base     uint64 // the durable version then

	// The fields below are of writable transactions.
	err          error  // a change failed half-way: the transaction cannot be committed
	version      uint64 // of the pages that it writes; each savepoint begins another one
	firstVersion uint64
	allocated    []extent // may name a page again that was given back meanwhile
	freed        []extent // pages of earlier versions, those of savepoints among them
	tidyAt       marks    // at what lengths of these lists they are tidied
	marks        marks    // of the newest savepoint
	saves        []*save
	subs         subs
	dropped      []extent // pages that a sub-commit showed, and that are in use no longer
	loose        []loose
	catalog      *Tree
	trees        map[string]*Tree
	changed      bool
	keep         string // the name under which its version is kept
	moveVersions bool   // write the list of kept versions anew
	unkeep       []kept // versions that are kept no longer
	kept         []kept // what is kept after the commit
	versions     blob   // the list of that
	log          txLog
	wait         commitWait
	mem          *changeMemory // of buffered changes
	logged       int           // how much of the log record is of delayed commits, which stays when the transaction ends
	noLog        bool          // the commit takes the log out of the file
	spill        spill
	scratch      scratch
	unlimited    bool // it brings back what was committed: Options.MaxSize is for what is new
}

func newTx(db *DB, m meta, writable bool) *Tx {
	tx := &Tx{db: db, meta: m, pageEnd: m.pageEnd, writable: writable}
	if writable {
		tx.version = max(m.version, db.cancelled) + 1
		tx.firstVersion = tx.version
		tx.mem = &db.changes
		tx.versions, tx.kept = m.versions, db.kept
		tx.spill = newSpill(&db.opts, m.pageSize)
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
		tx.db.session.rollbacks.Add(1)
	}
	tx.end()
	return nil
}

func (tx *Tx) end() {
	if tx.done {
		return
	}
	tx.done = true
	if tx.writable {
		tx.dropChanges()
		tx.db.changes.shrink(keepChunks)
		tx.db.keepRecord(tx.log.buf[:tx.logged])
		tx.db.scratch.keep(&tx.scratch)
	}
	tx.dropLoose()
	tx.saves = nil
	tx.db.end(tx)
}

// usable checks that the transaction can be used, for writing if so asked, and lets it see the trees.
func (tx *Tx) usable(write bool) error {
	if err := tx.alive(write); err != nil {
		return err
	}
	return tx.look()
}

// alive is usable for what looks at nothing.
func (tx *Tx) alive(write bool) error {
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
