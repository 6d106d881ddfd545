package btree

// page returns a page of the transaction's version at the given level of a tree.
func (tx *Tx) page(no uint64, level int) (page, error) {
	p, err := tx.any(no)
	if err == nil && (p.level() != level || p.kind() > kindBranch) {
		err = corrupt(no, "a page of kind %d at level %d where level %d of a tree is expected", p.kind(), p.level(), level)
	}
	return p, err
}

// root returns the page at the top of a tree.
func (tx *Tx) root(no uint64) (page, error) {
	p, err := tx.any(no)
	if err == nil && p.kind() > kindBranch {
		err = corrupt(no, "a page of kind %d where the root of a tree is expected", p.kind())
	}
	return p, err
}

// overflowPage returns a page of a long value.
func (tx *Tx) overflowPage(no uint64) (page, error) {
	p, err := tx.any(no)
	if err == nil && p.kind() != kindOverflow {
		err = corrupt(no, "a page of kind %d where an overflow page is expected", p.kind())
	}
	return p, err
}

// any returns a page of the transaction's version, changed by it or not. The kind is not known before: a damaged file may
// refer to any page from anywhere.
func (tx *Tx) any(no uint64) (page, error) {
	if p := tx.db.pager.lookup(no, tx.writable); p != nil && no < tx.pageEnd {
		return p, nil
	}
	return tx.touch(no)
}

// touch is any for a page that nobody has looked at since it was written, or that does not exist.
func (tx *Tx) touch(no uint64) (page, error) {
	if tx.blind {
		panic("btree: a blind transaction looks at a page")
	}
	if no < firstPage || no >= tx.pageEnd {
		return nil, corrupt(no, "a page refers to it, but the file has pages %d to %d", firstPage, tx.pageEnd-1)
	}
	mine := tx.isOwn(no)
	if !mine && tx.db.pager.table.at(no)&(own|shown) == own || tx.writable && !mine && tx.db.space != nil && !tx.db.space.isUsed(no) {
		return nil, corrupt(no, "it is in use and marked as free: open the database read-only and copy it")
	}
	p, err := tx.db.pager.read(no)
	if err == nil && !mine && p.version() > tx.meta.version {
		err = corrupt(no, "it is of version %d, newer than version %d that refers to it", p.version(), tx.meta.version)
	}
	return p, err
}

// isOwn reports whether a page belongs to the transaction.
func (tx *Tx) isOwn(no uint64) bool { return tx.writable && tx.db.pager.table.at(no)&own != 0 }

// own returns a page that the transaction may change: itself, or a copy under another number. A page of the transaction that
// a savepoint needs is copied, too.
func (tx *Tx) own(no uint64, p page) (uint64, page) {
	if p.version() == tx.version && tx.writable {
		switch w := tx.db.pager.table.at(no); {
		case w&own == 0:
		case w&sealed != 0 || !w.isFrame():
			return no, tx.reframe(no, p)
		case w&complete != 0:
			tx.db.pager.table.set(no, w&^complete)
			return no, p
		default:
			return no, p
		}
	}
	copied := tx.newPage()
	copied.become(p)
	fresh := tx.add(copied)
	tx.giveUp(no, 1, p.version())
	return fresh, copied
}

// add makes p, which is from newPage, a new page of the transaction.
func (tx *Tx) add(p page) uint64 {
	no := tx.allocate(1)
	p.stamp(no, tx.version)
	tx.framed(no, p)
	return no
}

// replaceFrame gives a page that the transaction may change another content: p, which is from newPage.
func (tx *Tx) replaceFrame(no uint64, p page) {
	p.stamp(no, tx.version)
	t := &tx.db.pager.table
	old := t.at(no)
	t.set(no, own|inFrame(tx.attach(p)))
	tx.db.pager.arena.give(old.frame())
}

// loose is a frame that newPage gave out and that is no page yet.
type loose struct {
	frame frameNo
	page  page
}

// newPage returns memory for a page, with any content. It becomes a page with add or replaceFrame.
func (tx *Tx) newPage() page {
	a := tx.db.pager.arena
	f := a.take()
	p := a.page(f)
	tx.loose = append(tx.loose, loose{f, p})
	return p
}

// attach returns the frame of a page that newPage gave out.
func (tx *Tx) attach(p page) frameNo {
	for i := len(tx.loose) - 1; i >= 0; i-- {
		if &tx.loose[i].page[0] == &p[0] {
			f := tx.loose[i].frame
			tx.loose = append(tx.loose[:i], tx.loose[i+1:]...)
			return f
		}
	}
	panic("btree: a page that is not from newPage, or was used already")
}

// dropLoose gives back what newPage gave out in vain: a change failed between.
func (tx *Tx) dropLoose() {
	for _, l := range tx.loose {
		tx.db.pager.arena.give(l.frame)
	}
	tx.loose = nil
}

// allocate returns the first page of a run.
func (tx *Tx) allocate(n uint64) uint64 {
	if tx.db.space == nil {
		return tx.allocatePrivate(n)
	}
	if first, ok := tx.db.space.take(n); ok {
		tx.noteAllocated(first, n)
		return first
	}
	return tx.allocateEnd(n)
}

// allocateEnd returns the first page of a run at the end of the file.
func (tx *Tx) allocateEnd(n uint64) uint64 {
	size := tx.db.pager.pageSize
	first := nextPage(size, tx.pageEnd-1)
	tx.pageEnd = runEnd(size, first, n)
	if s := tx.db.space; s != nil {
		tx.db.mu.Lock() // Check may be looking at the groups
		s.grow(tx.pageEnd)
		tx.db.mu.Unlock()
	}
	tx.noteAllocated(first, n)
	return first
}

func (tx *Tx) noteAllocated(first, n uint64) {
	tx.db.session.allocated.Add(n)
	tx.allocated = tx.join(tx.allocated, tx.marks.allocated, extent{first: first, pages: n})
	if len(tx.allocated) >= max(leastTidy, tx.tidyAt.allocated) {
		tx.tidyAllocated()
	}
}

// leastTidy is how many runs of pages are not worth tidying.
const leastTidy = 1024

// tidyAllocated names each page of the list only once, in as few runs as can be, but for what a savepoint or a sub-commit needs. A
// transaction that is larger than its memory gives pages back and takes them again all the time: without this the list would
// grow with how long it goes on, not with how many pages it has.
func (tx *Tx) tidyAllocated() {
	kept := max(tx.marks.allocated, tx.subs.pages)
	tidy := union(tx.db.pager.pageSize, tx.allocated[kept:])
	tx.allocated = tx.allocated[:kept+len(tidy)]
	tx.tidyAt.allocated = 2 * len(tx.allocated)
}

// tidyFreed names the pages that were given up in as few runs as can be, but for those that a savepoint needs as they are. Pages are
// given up in the order of keys, so that a run of the file may come one page at a time.
func (tx *Tx) tidyFreed() {
	kept := tx.marks.freed
	tidy := union(tx.db.pager.pageSize, tx.freed[kept:])
	tx.freed = tx.freed[:kept+len(tidy)]
	tx.tidyAt.freed = 2 * len(tx.freed)
}

// release makes a page available.
func (tx *Tx) release(no uint64) {
	if s := tx.db.space; s != nil {
		s.release(no)
	} else {
		tx.db.private.spare = append(tx.db.private.spare, no)
	}
}

func (tx *Tx) each(extents []extent, f func(no uint64)) { eachPage(tx.db.pager.pageSize, extents, f) }

// join adds a run to a list of which a savepoint needs the first kept ones as they are.
func (tx *Tx) join(list []extent, kept int, x extent) []extent {
	if n := len(list); n > kept {
		last := &list[n-1]
		// Between runs that follow each other are none but reserved pages, of which a run never passes as many as it has pages and
		// four more. Most runs differ by more, and to divide by the pages of a group costs as much as all the rest.
		between := x.first - last.first - last.pages
		if between <= 4+last.pages && last.born == x.born && nextPage(tx.db.pager.pageSize, runEnd(tx.db.pager.pageSize, last.first, last.pages)-1) == x.first {
			last.pages += x.pages
			return list
		}
	}
	return append(list, x)
}

// free gives up a run of pages that no longer belongs to the transaction's version. born is the version that wrote it.
func (tx *Tx) free(no, pages, born uint64) {
	for ; pages > 0; pages-- {
		switch {
		case !tx.isOwn(no):
			tx.giveUp(no, 1, born)
		case tx.bornIn(no) < tx.version:
			tx.giveUp(no, 1, tx.bornIn(no)) // a savepoint needs it
		default:
			tx.db.pager.forget(no)
			tx.release(no)
		}
		no = nextPage(tx.db.pager.pageSize, no)
	}
}

// bornIn returns the version that wrote a page of the transaction, which is later than the one that it began with.
func (tx *Tx) bornIn(no uint64) uint64 {
	if tx.version == tx.firstVersion {
		return tx.version
	}
	p, err := tx.any(no)
	if err != nil {
		return tx.firstVersion // too old: it is kept for longer than needed
	}
	return p.version()
}

// giveUp notes that pages are no longer in use, which something older may still need.
func (tx *Tx) giveUp(no, pages, born uint64) {
	tx.freed = tx.join(tx.freed, tx.marks.freed, extent{first: no, pages: pages, born: born})
	if len(tx.freed) >= max(leastTidy, tx.tidyAt.freed) {
		tx.tidyFreed()
	}
}

// giveBack returns every page that the transaction allocated.
func (tx *Tx) giveBack() {
	_ = tx.drain() // nobody needs to know any more
	if tx.subs.count > 0 && tx.cancel() {
		return
	}
	tx.unallocate(0, tx.meta.pageEnd)
}

// unallocate returns the pages allocated since the list of them had the given length and the file the given end.
func (tx *Tx) unallocate(from int, pageEnd uint64) {
	tx.each(tx.allocated[from:], func(no uint64) {
		tx.db.pager.forget(no)
		switch s := tx.db.space; {
		case s == nil:
		case no < pageEnd:
			s.release(no)
		default:
			s.withdraw(no)
		}
	})
	tx.allocated = tx.allocated[:from]
	tx.pageEnd = pageEnd
}
