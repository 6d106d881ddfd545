package btree

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
)

// Problem is something that Check found wrong.
type Problem struct {
	Page uint64 // where, or 0 when it is in no page
	Tree string // in which tree, or "" when in none or in the catalog
	Why  string
}

func (p Problem) String() string {
	where := ""
	if p.Tree != "" {
		where = fmt.Sprintf("tree %q, ", p.Tree)
	}
	return fmt.Sprintf("%spage %d: %s", where, p.Page, p.Why)
}

// Check reads the whole newest version from the disk, past all caches, and reports everything that is wrong with it: pages
// whose checksum or structure is damaged; pages in use more than once, in use but marked free, or marked in use but lost; keys
// out of order or outside of what the levels above say; numbers of keys and pages that do not add up; a damaged meta page.
// It returns an error when it could not look: because of the context, or because the file could not be read. Transactions,
// also for writing, may go on meanwhile.
func (db *DB) Check(ctx context.Context, report func(Problem)) (err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	c, err := newChecker(ctx, db, (*DB).newest, report)
	if err != nil {
		return err
	}
	defer c.tx.end()
	if err := c.version(c.tx.meta.catalog); err != nil {
		return err
	}
	if err := c.kept(); err != nil {
		return err
	}
	return c.space()
}

type checker struct {
	ctx    context.Context
	db     *DB
	tx     *Tx
	report func(Problem)
	tree   string
	groups []group // as of the version that is checked
	bad    int
	seen   []uint64 // one bit a page
	shared bool     // a page may have been seen before
	lost   bool     // a page could not be read, so that not everything in use was seen
}

// newChecker prepares a check of the version that which chooses. It begins anew when another process commits while the space
// pages are read: it may write over them.
func newChecker(ctx context.Context, db *DB, which func(*DB) meta, report func(Problem)) (c *checker, err error) {
	for range checkTries {
		if c, err = tryChecker(ctx, db, which, report); !errors.Is(err, errOvertaken) {
			break
		}
	}
	return c, err
}

// checkTries is how often a check of a file that another process writes is begun.
const checkTries = 100

var errOvertaken = errors.New("btree: the file is written all the time: check it in the process that writes it")

func tryChecker(ctx context.Context, db *DB, which func(*DB) meta, report func(Problem)) (*checker, error) {
	if err := db.enter(ctx, false); err != nil {
		return nil, err
	}
	tx, groups, bad, err := db.beginCheck(which)
	if tx, err = db.entered(tx, false, err); err != nil {
		return nil, err
	}
	c := &checker{ctx: ctx, db: db, tx: tx, report: report, groups: groups, bad: bad}
	c.seen = make([]uint64, tx.meta.pageEnd/64+1)
	if db.opts.ReadOnly {
		err = c.loadGroups()
	}
	if err != nil {
		tx.end()
	}
	return c, err
}

// beginCheck starts a read-only transaction of the version that which chooses and returns, as of the same moment, what is known of the groups of pages and the
// place of a damaged meta. A database that is open read-only knows no groups.
func (db *DB) beginCheck(which func(*DB) meta) (tx *Tx, groups []group, bad int, err error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	if err := db.showDurable(); err != nil {
		return nil, nil, 0, err
	}
	if db.isClosing() {
		return nil, nil, 0, ErrClosed
	}
	if err := db.follow(); err != nil {
		return nil, nil, 0, err
	}
	if db.space != nil {
		for _, g := range db.space.groups {
			groups = append(groups, group{used: slices.Clone(g.used), changed: g.changed || db.running != nil, version: g.version, place: g.place})
		}
	}
	if db.opts.ReadOnly {
		return db.newReaderOf(db.durable), nil, db.bad, nil // what it has replayed of the log is in no page
	}
	return db.newReaderOf(which(db)), groups, db.bad, nil
}

// newest returns the version that write transactions begin with. The caller holds mu.
func (db *DB) newest() meta { return db.head }

// loadGroups reads the space pages of a database that was opened without them.
func (c *checker) loadGroups() error {
	s, err := loadSpace(c.db.pager, &c.tx.meta)
	if isCorrupt(err) && c.overtaken() {
		return errOvertaken
	}
	if isCorrupt(err) {
		c.lost = true
		c.problem(firstPage-2, "%v", err)
		return nil
	}
	if err != nil {
		return err
	}
	for _, g := range s.groups {
		c.groups = append(c.groups, *g)
	}
	return nil
}

func (c *checker) problem(page uint64, format string, args ...any) {
	c.report(Problem{Page: page, Tree: c.tree, Why: fmt.Sprintf(format, args...)})
}

// damage reports a page that cannot be used. Errors other than damage end the check.
func (c *checker) damage(no uint64, err error) error {
	ce, ok := err.(*CorruptError)
	if !ok {
		return err
	}
	c.lost = true
	c.problem(no, "%s", ce.Why)
	return nil
}

// visit reads a page and notes that it is in use. It returns nil after reporting when that page cannot be used.
func (c *checker) visit(no uint64) (page, error) {
	if err := c.ctx.Err(); err != nil {
		return nil, err
	}
	if no < firstPage || no >= c.tx.meta.pageEnd {
		c.lost = true
		c.problem(no, "a page refers to it, but the file has pages %d to %d", firstPage, c.tx.meta.pageEnd-1)
		return nil, nil
	}
	if c.seen[no/64]>>(no%64)&1 != 0 {
		c.problem(no, "it is in use more than once")
		return nil, nil
	}
	c.seen[no/64] |= 1 << (no % 64)
	p, err := c.db.pager.reread(no)
	if err != nil {
		return nil, c.damage(no, err)
	}
	if p.version() > c.tx.meta.version {
		c.problem(no, "it is of version %d, newer than version %d that refers to it", p.version(), c.tx.meta.version)
	}
	return p, nil
}

// version walks over a catalog and every tree in it.
func (c *checker) version(catalog treeRoot) error {
	type named struct {
		name string
		root treeRoot
	}
	var all []named
	err := c.walkTree(catalog, func(p page, i int) {
		val, overflow := p.value(i)
		name := string(p.appendKey(nil, i))
		if overflow || len(val) != rootSize {
			c.problem(p.number(), "the record of tree %q has %d bytes", name, len(val))
			c.lost = true
			return
		}
		all = append(all, named{name, decodeRoot(val)})
	})
	for _, t := range all {
		if err != nil {
			break
		}
		c.tree = t.name
		err = c.walkTree(t.root, nil)
	}
	c.tree = ""
	return err
}

// walkTree checks a tree and calls each, if given, for the entries of its leaves.
func (c *checker) walkTree(want treeRoot, each func(page, int)) error {
	w := walk{checker: c, each: each}
	if want.root != 0 {
		if err := w.page(want.root, -1, nil, nil); err != nil {
			return err
		}
	}
	w.root = want.root
	if w.treeRoot != want && !w.broken {
		c.problem(want.root, "the tree has %d keys in %d leaf, %d branch and %d overflow pages, and its record says %d in %d, %d and %d",
			w.keys, w.leaves, w.branches, w.overflow, want.keys, want.leaves, want.branches, want.overflow)
	}
	return nil
}

// walk is the check of one tree; its treeRoot counts what is found.
type walk struct {
	*checker
	treeRoot
	each   func(page, int)
	broken bool // a page is missing, so the numbers cannot add up
}

// page checks a page and everything below it. Its keys must be at least lo and, unless hi is nil, less than hi.
// level is -1 at the root, where any will do.
func (w *walk) page(no uint64, level int, lo, hi []byte) error {
	if w.isShared(no) {
		w.broken = true // what is below is not counted again
		return nil
	}
	p, err := w.visit(no)
	if p == nil || err != nil {
		w.broken = true
		return err
	}
	if p.kind() > kindBranch || level >= 0 && p.level() != level {
		w.broken = true
		w.problem(no, "a page of kind %d at level %d where level %d of a tree is expected", p.kind(), p.level(), level)
		return nil
	}
	w.order(p, lo, hi)
	if p.isBranch() {
		w.branches++
		return w.children(p, lo, hi)
	}
	w.leaves++
	w.keys += uint64(p.count())
	return w.values(p)
}

// order checks that the keys ascend and are within the bounds.
func (w *walk) order(p page, lo, hi []byte) {
	first := 0
	if p.isBranch() {
		first = 1
	}
	var before, key []byte
	for i := first; i < p.count(); i++ {
		key = p.appendKey(key[:0], i)
		switch {
		case i > first && bytes.Compare(before, key) >= 0:
			w.problem(p.number(), "the key of entry %d is not greater than the one before", i)
		case bytes.Compare(key, lo) < 0 || hi != nil && bytes.Compare(key, hi) >= 0:
			w.problem(p.number(), "the key of entry %d is outside of what the level above says", i)
		}
		before, key = key, before
	}
}

func (w *walk) children(p page, lo, hi []byte) error {
	for i := range p.count() {
		from, to := lo, hi
		if i > 0 {
			from = p.appendKey(nil, i)
		}
		if i+1 < p.count() {
			to = p.appendKey(nil, i+1)
		}
		before := w.keys
		if err := w.page(p.child(i), p.level()-1, from, to); err != nil {
			return err
		}
		if n := w.keys - before; n != p.keys(i) && !w.broken {
			w.problem(p.number(), "there are %d keys below entry %d, which says %d", n, i, p.keys(i))
		}
	}
	return nil
}

// values visits the overflow pages of a leaf.
func (w *walk) values(p page) error {
	for i := range p.count() {
		if w.each != nil {
			w.each(p, i)
		}
		ref, overflow := p.value(i)
		if !overflow {
			continue
		}
		no, length := splitRef(ref)
		if w.isShared(no) {
			w.broken = true
			continue
		}
		pages, err := w.tx.checkRun(no, length)
		if err != nil {
			w.problem(p.number(), "entry %d has a value of %d bytes at page %d, beyond the end of the file", i, length, no)
			w.broken, w.lost = true, true
			continue
		}
		for ; pages > 0; pages-- {
			o, err := w.visit(no)
			if err != nil {
				return err
			}
			if o == nil {
				w.broken = true
				break
			}
			if o.kind() != kindOverflow {
				w.problem(no, "a page of kind %d where an overflow page is expected", o.kind())
			}
			w.overflow++
			no = nextPage(len(o), no)
		}
	}
	return nil
}

// space compares the pages that were seen with those that are marked as in use.
func (c *checker) space() error {
	if c.bad >= 0 {
		c.problem(uint64(c.bad), "the meta page is damaged: the newest commit may be lost")
	}
	if err := c.spacePages(); err != nil {
		return err
	}
	c.logPages()
	per := groupPages(c.db.PageSize())
	lost := run{}
	for i, g := range c.groups {
		base := uint64(i) * per
		for no := base + reserved(uint64(i)); no < min(base+per, c.tx.meta.pageEnd); no++ {
			bit := no - base
			marked := g.used[bit/64]>>(bit%64)&1 != 0
			seen := c.seen[no/64]>>(no%64)&1 != 0
			if seen && !marked {
				c.problem(no, "it is in use and marked as free")
			}
			if marked && !seen && !c.lost && !lost.extend(no) {
				c.reportLost(lost)
				lost = run{first: no, pages: 1}
			}
		}
	}
	c.reportLost(lost)
	return nil
}

// run is some pages in a row.
type run struct{ first, pages uint64 }

func (r *run) extend(no uint64) bool {
	if r.first+r.pages != no {
		return false
	}
	r.pages++
	return true
}

func (c *checker) reportLost(r run) {
	if r.pages > 0 {
		c.problem(r.first, "%d pages from here are marked as in use and are not", r.pages)
	}
}

// logPages notes that the pages of the log are in use.
func (c *checker) logPages() {
	for no := c.tx.meta.log.first; no < c.tx.meta.log.end(); no++ {
		c.seen[no/64] |= 1 << (no % 64)
	}
}

// spacePages reads the space pages again: those in memory were read or written some time ago.
func (c *checker) spacePages() error {
	for i, g := range c.groups {
		no := spacePage(c.db.PageSize(), uint64(i), g.place)
		if g.version == 0 || uint64(i) >= groupsFor(c.db.PageSize(), c.tx.meta.pageEnd) {
			continue
		}
		p, err := c.db.pager.readFile(no)
		if err == nil && (p.version() != g.version || !g.changed && !slices.Equal(decodeSpace(p), g.used)) {
			err = &CorruptError{Page: no, Why: "it is not the space page that was written there"}
		}
		if err == nil || c.overtaken() {
			continue
		}
		if err := c.damage(no, err); err != nil {
			return err
		}
	}
	return nil
}

// overtaken reports whether there was a commit since the check began: the space pages may have been written over.
func (c *checker) overtaken() bool {
	if c.db.opts.ReadOnly {
		return c.db.moved(&c.tx.meta)
	}
	c.db.mu.Lock()
	defer c.db.mu.Unlock()
	return c.db.head.version != c.tx.meta.version || c.db.durable.version != c.tx.base
}
