package btree

import (
	"fmt"
	"runtime/debug"
)

// Stats describe a version of the database.
type Stats struct {
	Version  uint64
	PageSize int   // bytes
	FileSize int64 // bytes
	// Pages of the file by use. Free ones may still be read by open transactions.
	Pages, Meta, Space, Leaf, Branch, Overflow, Free uint64
	Trees                                            []TreeStats // in the order of names; not the catalog
	Readers                                          int         // open read-only transactions
	OldestReader                                     uint64      // version of the oldest of them, 0 without
}

// TreeStats describe a tree.
type TreeStats struct {
	Name                   string
	Keys                   uint64
	Depth                  int // levels of pages, 0 when it is empty
	Leaf, Branch, Overflow uint64
}

// Stats returns the statistics of the newest version.
func (db *DB) Stats() (s Stats, err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	tx, err := db.Begin(false)
	if err != nil {
		return s, err
	}
	defer tx.end()
	if s.FileSize, err = db.pager.file.Size(); err != nil {
		return s, fmt.Errorf("btree: statistics of %s: %w", db.path, err)
	}
	s.Version, s.PageSize = tx.meta.version, db.PageSize()
	s.Pages, s.Meta = tx.meta.pageEnd, metaPages
	s.Space = 2 * groupsFor(s.PageSize, s.Pages)
	s.addTree(tx.meta.catalog)
	names, err := tx.Trees()
	if err != nil {
		return s, err
	}
	for _, name := range names {
		t, err := tx.Tree(name)
		if err != nil {
			return s, err
		}
		depth, err := t.depth()
		if err != nil {
			return s, err
		}
		s.addTree(t.treeRoot)
		s.Trees = append(s.Trees, TreeStats{Name: name, Keys: t.keys, Depth: depth, Leaf: t.leaves, Branch: t.branches, Overflow: t.overflow})
	}
	if used := s.Meta + s.Space + s.Leaf + s.Branch + s.Overflow; used <= s.Pages {
		s.Free = s.Pages - used
	}
	s.addReaders(db)
	return s, nil
}

func (s *Stats) addTree(r treeRoot) {
	s.Leaf += r.leaves
	s.Branch += r.branches
	s.Overflow += r.overflow
}

// addReaders counts the readers, without the one that Stats uses.
func (s *Stats) addReaders(db *DB) {
	db.mu.Lock()
	defer db.mu.Unlock()
	for v, n := range db.readers {
		if v == s.Version {
			n--
		}
		if n > 0 && (s.OldestReader == 0 || v < s.OldestReader) {
			s.OldestReader = v
		}
		s.Readers += n
	}
}

func (t *Tree) depth() (int, error) {
	if t.root == 0 {
		return 0, nil
	}
	p, err := t.tx.root(t.root)
	if err != nil {
		return 0, err
	}
	return p.level() + 1, nil
}
