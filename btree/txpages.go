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
	if f := tx.dirty[no]; f != nil {
		return f.page, nil
	}
	if no < firstPage || no >= tx.meta.pageEnd {
		return nil, corrupt(no, "a page refers to it, but the file has pages %d to %d", firstPage, tx.meta.pageEnd-1)
	}
	if tx.writable && !tx.db.space.isUsed(no) {
		return nil, corrupt(no, "it is in use and marked as free: open the database read-only and copy it")
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
		tx.dirty[fresh] = &frame{page: copied, born: tx.epoch, epoch: tx.epoch}
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
		tx.dirty[no] = &frame{page: p, born: f.born, epoch: tx.epoch}
		return
	}
	tx.scratch.spare = append(tx.scratch.spare, f.page)
	f.page = p
}

// add makes p a new page of the transaction.
func (tx *Tx) add(p page) uint64 {
	no := tx.allocate(1)
	p.stamp(no, tx.version)
	tx.dirty[no] = &frame{page: p, born: tx.epoch, epoch: tx.epoch}
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
		tx.pageEnd = runEnd(s.pageSize, first, n)
		tx.db.mu.Lock() // Check may be looking at the groups
		s.grow(tx.pageEnd)
		tx.db.mu.Unlock()
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
	tx.db.space.each([]extent{{first: no, pages: pages}}, func(no uint64) {
		f := tx.dirty[no]
		if f == nil {
			return // a damaged file: another page was given up that was thought to be this one
		}
		delete(tx.dirty, no)
		if f.epoch < tx.epoch {
			tx.keep(no, f)
		}
		if f.born == tx.epoch {
			tx.db.space.release(no)
		}
	})
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
