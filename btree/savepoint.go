package btree

import (
	"maps"
	"runtime/debug"
	"slices"
)

// Savepoint is a point in a transaction to which RollbackTo returns.
type Savepoint struct{ save *save }

// save is what a savepoint needs to restore. What follows it is a version of its own, so that no page of before is changed.
type save struct {
	marks
	pageEnd uint64
	logged  int // length of the log record
	changed bool
	catalog treeRoot
	names   map[string]*Tree
	roots   map[*Tree]treeRoot
}

// marks are the lengths of a transaction's lists.
type marks struct{ allocated, freed int }

// Savepoint marks the present state of a writable transaction. A savepoint costs memory for the pages that are changed after
// it, until the transaction ends. Subcommit ends all savepoints before it.
func (tx *Tx) Savepoint() (Savepoint, error) {
	if err := tx.usable(true); err != nil {
		return Savepoint{}, err
	}
	if err := tx.flushHolding(); err != nil {
		return Savepoint{}, err
	}
	s := &save{
		marks:   marks{allocated: len(tx.allocated), freed: len(tx.freed)},
		pageEnd: tx.pageEnd,
		logged:  len(tx.log.buf),
		changed: tx.changed,
		catalog: tx.catalog.treeRoot,
		names:   maps.Clone(tx.trees),
		roots:   map[*Tree]treeRoot{},
	}
	for _, t := range tx.trees {
		s.roots[t] = t.treeRoot
	}
	tx.saves = append(tx.saves, s)
	tx.nextVersion()
	return Savepoint{s}, nil
}

// nextVersion begins another version, so that no page of the transaction so far is changed any more.
func (tx *Tx) nextVersion() {
	tx.leaveTails()
	tx.marks = marks{allocated: len(tx.allocated), freed: len(tx.freed)}
	tx.version++
}

// RollbackTo undoes everything since the savepoint, which stays valid; later savepoints are gone. Handles of trees that did
// not exist then return ErrNoTree, and cursors continue from the key they were at. It also makes a transaction usable again in
// which a change has failed since.
func (tx *Tx) RollbackTo(sp Savepoint) (err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	if tx.done {
		return ErrTxDone
	}
	i := slices.Index(tx.saves, sp.save)
	if i < 0 {
		return ErrSavepoint
	}
	s := sp.save
	tx.leaveTails() // also of trees that are gone then
	tx.dropChanges()
	tx.dropLoose()
	_ = tx.drain() // what could not be written is in frames
	tx.spill.err = nil
	tx.unallocate(s.allocated, s.pageEnd)
	tx.freed = tx.freed[:s.freed]
	tx.saves = tx.saves[:i+1]
	tx.marks = s.marks
	if tx.log.limit > 0 {
		tx.log = txLog{buf: tx.log.buf[:s.logged], limit: tx.log.limit, memory: tx.log.memory}
	}
	tx.err = nil
	tx.changed = s.changed
	return tx.restoreTrees(s)
}

// restoreTrees puts the handles of trees back to a savepoint.
func (tx *Tx) restoreTrees(s *save) error {
	tx.catalog.restore(s.catalog)
	late := tx.trees
	tx.trees = maps.Clone(s.names)
	for name, t := range s.names {
		t.name, t.present = name, true
		t.restore(s.roots[t])
	}
	for name, t := range late {
		if _, old := s.roots[t]; old {
			continue
		}
		root, err := tx.lookup(name)
		if t.present = err == nil; t.present && tx.trees[name] == nil {
			t.restore(root)
			tx.trees[name] = t
			continue
		}
		t.present = false
		if err != nil && !isNoTree(err) {
			return tx.fail(err)
		}
	}
	return nil
}
