package btree

import (
	"context"
	"fmt"
	"math/bits"
	"runtime/debug"
	"slices"
)

// compactBudget is how many pages a transaction of Compact builds anew at most, or a few more: writers wait for so long.
const compactBudget = 1024

// compactRounds bounds how often Compact goes over the trees.
const compactRounds = 10

// Compact makes the file as small as its content allows, while it is in use: it builds sparse pages anew, moves pages from the
// end of the file into free ones before, and cuts off what is free then. It works in many transactions, among which others can
// write; readers are not disturbed. What kept versions and transactions that are open need stays where it is, so that a file
// with many kept versions shrinks less; and a value that is longer than a leaf moves only into free pages in a row that hold it.
// When it is stopped by the context, what was done until then stays.
func (db *DB) Compact(ctx context.Context) error {
	// The log would be in the way, and so would delayed commits. Meanwhile there is no new one: each step would give it up, and the
	// next commit make another.
	db.compactions.Add(1)
	defer db.compactions.Add(-1)
	if err := db.compacting(func(*Tx) (bool, error) { return db.log != nil || !db.isWritten(), nil }, new(bool)); err != nil {
		return err
	}
	stuckAt := uint64(maxPages)
	for range compactRounds {
		changed, err := db.compactRound(ctx, false)
		if err != nil {
			return err
		}
		if changed {
			continue
		}
		pages, free, err := db.pagesAndFree()
		if err != nil || free == 0 || pages >= stuckAt {
			return err
		}
		stuckAt = pages
		if _, err := db.compactRound(ctx, true); err != nil {
			return err
		}
	}
	return nil
}

// pagesAndFree returns how many pages the file has and how many of them are free.
func (db *DB) pagesAndFree() (pages, free uint64, err error) {
	err = db.View(func(tx *Tx) error {
		used, err := db.usedPages(&tx.meta)
		pages, free = tx.meta.pageEnd, tx.meta.pageEnd-min(used, tx.meta.pageEnd)
		return err
	})
	return pages, free, err
}

// compactRound goes over all trees once, cuts off what is free then, and reports whether it changed anything in the trees.
func (db *DB) compactRound(ctx context.Context, stuck bool) (changed bool, err error) {
	names, bounds, err := db.compactPlan(stuck)
	if err != nil {
		return false, err
	}
	for _, name := range names {
		once, err := db.compactTree(ctx, name, bounds)
		changed = changed || once
		if err != nil {
			return changed, err
		}
	}
	err = db.compacting(func(tx *Tx) (bool, error) {
		tx.moveVersions = tx.meta.versions.first >= bounds.values && tx.canPlace(1, bounds.values)
		k := packer{t: tx.catalog, fileBounds: bounds, level: maxLevel}
		err := k.run(nil)
		return k.packed || tx.moveVersions, err
	}, &changed)
	if err == nil {
		err = db.trim()
	}
	return changed, err
}

// fileBounds are the pages that should be in front of others: the file need have no more pages than are in use. Long values need
// free pages in a row; when there are none, pages in front of the end that the file should have make room for those behind it.
type fileBounds struct{ pages, values uint64 }

// compactPlan returns the names of the trees, and the bounds for a round.
func (db *DB) compactPlan(stuck bool) (names []string, l fileBounds, err error) {
	err = db.View(func(tx *Tx) error {
		if names, err = tx.Trees(); err != nil {
			return err
		}
		l.values, err = db.usedPages(&tx.meta)
		if l.pages = l.values; stuck && tx.meta.pageEnd > l.values {
			l.pages -= min(tx.meta.pageEnd-l.values, l.values/2)
		}
		return err
	})
	return names, l, err
}

// compactTree moves the long values of a tree forward, as long as there are runs of free pages, and then builds its sparse parts
// anew: first the leaves, part by part, and then the branches above.
func (db *DB) compactTree(ctx context.Context, name string, l fileBounds) (changed bool, err error) {
	level := 0
	for _, values := range []bool{true, false} {
		for next := []byte{}; next != nil; {
			if err := ctx.Err(); err != nil {
				return changed, err
			}
			from := next
			next = nil
			err := db.compactPart(name, &changed, func(t *Tree) (bool, error) {
				level = t.packLevel()
				k := packer{t: t, fileBounds: l, level: level, onlyValues: values}
				err := k.run(from)
				next = k.next
				return k.packed, err
			})
			if err != nil {
				return changed, err
			}
		}
	}
	return changed, db.compactPart(name, &changed, func(t *Tree) (bool, error) {
		k := packer{t: t, fileBounds: l, level: maxLevel, base: level}
		err := k.run(nil)
		return k.packed, err
	})
}

// compactPart changes a tree in a transaction, unless it was dropped meanwhile.
func (db *DB) compactPart(name string, changed *bool, fn func(*Tree) (bool, error)) error {
	return db.compacting(func(tx *Tx) (bool, error) {
		t, err := tx.Tree(name)
		if err != nil {
			if isNoTree(err) {
				err = nil
			}
			return false, err
		}
		return fn(t)
	}, changed)
}

// compacting runs fn in a write transaction, which is committed if fn says that it changed something.
func (db *DB) compacting(fn func(*Tx) (bool, error), changed *bool) (err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	tx, err := db.Begin(true)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	if err := tx.look(); err != nil {
		return err
	}
	tx.noLog = true
	good, err := fn(tx)
	if err != nil || !good {
		return err
	}
	*changed = true
	tx.changed = true
	return tx.Commit()
}

// packLevel returns the level of the pages that have as much below them as is built anew at a time.
func (t *Tree) packLevel() int {
	const enough = 64 // leaves
	fan := t.leaves / max(1, t.branches)
	level := 1
	for below := fan; below < enough && level < maxLevel; level++ {
		below *= max(2, fan)
	}
	return level
}

// packer goes over a tree in key order and builds anew what is not dense below the pages of a level.
type packer struct {
	t *Tree
	fileBounds
	level int    // whose pages are built anew with all that is below them, or the root's if that is less
	base  int    // level of the pages that are the lowest to be built anew
	built int    // pages
	next  []byte // the key from where on to go on, nil at the end

	onlyValues bool // move long values, and nothing else
	packed     bool
}

// run begins at a key.
func (k *packer) run(from []byte) error {
	t := k.t
	if t.root == 0 || k.onlyValues && t.overflow == 0 {
		return nil
	}
	p, err := t.tx.root(t.root)
	if err != nil || p.level() < k.base {
		return err
	}
	t.touch()
	if p.level() <= k.level {
		if t.root, err = k.pack(t.root, p.level()); err != nil {
			return t.tx.fail(err)
		}
		return t.tx.fail(t.shrinkRoot())
	}
	t.root, p = t.tx.own(t.root, p)
	return t.tx.fail(k.visit(p, from))
}

// visit goes over what is below a page, which is owned.
func (k *packer) visit(p page, from []byte) error {
	for i := p.childIndex(from); i < p.count(); i++ {
		if k.built >= compactBudget {
			k.next = p.appendKey([]byte{}, i)
			return nil
		}
		if err := k.child(p, i, from); err != nil || k.next != nil {
			return err
		}
		from = nil
	}
	return nil
}

func (k *packer) child(p page, i int, from []byte) error {
	if p.level()-1 == k.level {
		no, err := k.pack(p.child(i), k.level)
		p.setChild(i, no)
		return err
	}
	_, below, err := k.t.ownChild(p, i)
	if err != nil {
		return err
	}
	return k.visit(below, from)
}

// pack builds a page and what is below it anew, unless that would gain nothing, and returns its number.
func (k *packer) pack(no uint64, level int) (uint64, error) {
	if k.onlyValues {
		return k.move(no, level)
	}
	s := subtree{packer: k, tx: k.t.tx}
	if err := s.load(no, level, nil); err != nil {
		return no, err
	}
	k.built += len(s.old)
	if !s.plan(level) || !s.worthwhile() {
		return k.move(no, level)
	}
	k.packed = true
	return s.rebuild(), nil
}

// trim cuts the free pages off the end of the file. They must be in neither meta when that is done, so it takes two commits.
func (db *DB) trim() (err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	for range 2 {
		err := db.compacting(func(tx *Tx) (bool, error) {
			tx.pageEnd = db.space.end()
			return db.isLongerThan(tx.pageEnd), nil
		}, new(bool))
		if err != nil {
			return err
		}
	}
	tx, err := db.Begin(true)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := tx.look(); err != nil {
		return err
	}
	db.awaitCheckpoint()
	if err := db.cutFile(tx.pageEnd); err != nil {
		return fmt.Errorf("btree: compacting %s: %w", db.path, err)
	}
	return nil
}

// isLongerThan reports whether the file has more pages than the given ones.
func (db *DB) isLongerThan(pageEnd uint64) bool {
	db.fileMu.Lock()
	defer db.fileMu.Unlock()
	return int64(pageEnd)*int64(db.PageSize()) < db.fileSize
}

// cutFile makes the file end at a page, unless a meta has pages beyond: a commit came between.
func (db *DB) cutFile(pageEnd uint64) error {
	if !db.isLongerThan(pageEnd) {
		return nil
	}
	metas, err := readMetas(db.pager.file)
	if err != nil {
		return err
	}
	for _, m := range metas {
		if m == nil || m.pageEnd > pageEnd {
			return nil
		}
	}
	db.fileMu.Lock()
	defer db.fileMu.Unlock()
	size := int64(pageEnd) * int64(db.PageSize())
	if err := db.pager.file.Truncate(size); err != nil {
		return err
	}
	db.fileSize = size
	return nil
}

// end returns the number after the last page that is in use, or was and has readers still.
func (s *space) end() uint64 {
	end := uint64(firstPage)
	for i := len(s.groups) - 1; i >= 0 && end == firstPage; i-- {
		if n := s.groups[i].usedEnd(); n > reserved(uint64(i)) {
			end = uint64(i)*groupPages(s.pageSize) + n
		}
	}
	for _, xs := range s.pending {
		for _, x := range xs {
			end = max(end, runEnd(s.pageSize, x.first, x.pages))
		}
	}
	return end
}

// usedEnd returns the bit after the last one of a page in use.
func (g *group) usedEnd() uint64 {
	for i := len(g.used) - 1; i >= 0; i-- {
		if w := g.used[i]; w != 0 {
			return uint64(i*64 + bits.Len64(w))
		}
	}
	return 0
}

// cut forgets the pages from pageEnd on, of which there were before.
func (s *space) cut(pageEnd, before uint64) {
	for no := pageEnd; no < before; no++ {
		s.withdraw(no)
	}
	s.groups = slices.Clip(s.groups[:groupsFor(s.pageSize, pageEnd)])
}

// canPlace reports whether there is a run of free pages before limit.
func (tx *Tx) canPlace(pages, limit uint64) bool {
	s := tx.db.space
	for i, g := range s.groups {
		if bit, ok := g.find(int(min(pages, groupPages(s.pageSize)))); ok {
			return uint64(i)*groupPages(s.pageSize)+uint64(bit)+pages <= limit
		}
	}
	return false
}
