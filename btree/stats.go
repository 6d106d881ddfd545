package btree

import (
	"cmp"
	"fmt"
	"math/bits"
	"runtime/debug"
	"slices"
	"time"
)

// Stats describe the newest version of a database, its file, and who is using it.
type Stats struct {
	Version  uint64
	PageSize int   // bytes
	FileSize int64 // bytes
	// Pages of the file by use. Log is the room of the log; Kept are those that only kept versions need. Free ones may still be
	// read by transactions that began earlier.
	Pages, Meta, Space, Leaf, Branch, Overflow, Log, Kept, Free uint64
	Trees                                                       []TreeStats // in the order of names; not the catalog
	Versions                                                    int         // how many versions are kept
	Readers                                                     []Reader    // the oldest version first
	Processes                                                   []Process   // others that have the file open
	Memory                                                      MemoryStats
	Session                                                     SessionStats
}

// Reader tells of the open read-only transactions of one version. While a version is being read, pages that it has in common
// with no later one cannot be used again: one that is listed for long belongs to a transaction that was never ended.
type Reader struct {
	Version uint64
	Count   int       // transactions that are open
	Since   time.Time // since when there has been one without a break
	// Stacks tell where the transactions were begun, in programs built with the tag btree_debug.
	Stacks []string
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
	if err := s.addSpace(tx); err != nil {
		return s, err
	}
	s.Readers, s.Memory, s.Session = db.readersBut(tx), db.memory(), db.session.stats()
	s.Processes, err = db.Processes()
	return s, err
}

func (s *Stats) addTree(r treeRoot) {
	s.Leaf += r.leaves
	s.Branch += r.branches
	s.Overflow += r.overflow
}

// addSpace counts the pages that are free and those that only kept versions need.
func (s *Stats) addSpace(tx *Tx) error {
	ks, err := tx.readVersions()
	if err != nil {
		return err
	}
	s.Versions = len(ks)
	list := tx.db.runLength(tx.meta.versions.length)
	s.Log = 2 * uint64(tx.meta.log.pages)
	used, err := tx.db.usedPages(&tx.meta)
	if err != nil {
		return err
	}
	if used <= s.Pages {
		s.Free = s.Pages - used
	}
	if known := s.Meta + s.Space + s.Leaf + s.Branch + s.Overflow + s.Log + list; known <= used && len(ks) > 0 {
		s.Kept = used - known
	}
	s.Overflow += list
	return nil
}

// usedPages returns how many pages are marked as in use. In a file that another process writes it may be later than m.
func (db *DB) usedPages(m *meta) (n uint64, err error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	s := db.space
	if s == nil {
		if s, err = loadSpace(db.pager, m); err != nil {
			return 0, fmt.Errorf("btree: statistics of %s: %w", db.path, err)
		}
	}
	for _, g := range s.groups {
		for _, w := range g.used {
			n += uint64(bits.OnesCount64(w))
		}
	}
	return n, nil
}

// readersBut returns the readers other than tx.
func (db *DB) readersBut(tx *Tx) (rs []Reader) {
	db.mu.Lock()
	defer db.mu.Unlock()
	for v, of := range db.readers {
		n := of.n
		if v == tx.meta.version {
			n--
		}
		if n > 0 {
			rs = append(rs, Reader{Version: v, Count: n, Since: of.since, Stacks: db.opened.stacks(v, tx)})
		}
	}
	slices.SortFunc(rs, func(a, b Reader) int { return cmp.Compare(a.Version, b.Version) })
	return rs
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
