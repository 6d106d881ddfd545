package btree

import "fmt"

// A handle that is open for reading follows the file: another process may commit, and every Begin sees the newest version.

// follow makes the newest version in the file the current one, and locks it for a reader that is about to begin. The caller
// holds mu.
func (db *DB) follow() error {
	if !db.opts.ReadOnly {
		return nil
	}
	for {
		v := db.durable.version
		if err := db.pin(v); err != nil {
			return err
		}
		// The lock is there. If the metas still say that v is the newest version, whoever writes the next one will see it.
		metas, same, err := db.unmoved()
		if same {
			// The log may be written over while it is read, but only after another meta was written.
			err = db.followLog()
			if err == nil && db.durable.log.first != 0 {
				metas, same, err = db.unmoved()
			}
		}
		if same && err == nil {
			return nil
		}
		db.procs.unpin(v)
		if err == nil {
			err = db.advance(metas)
		}
		if err != nil {
			return fmt.Errorf("%w (%s)", err, db.path)
		}
	}
}

// unmoved reads the metas and reports whether the newest is still that of the durable version.
func (db *DB) unmoved() (metaPair, bool, error) {
	metas, err := readMetas(db.pager.file)
	if isDamage(err) {
		err = fmt.Errorf("%w: the file was shortened or overwritten while it was open: %v", ErrFault, err)
	}
	return metas, err == nil && *metas[metas.current()] == db.durable, err
}

// advance makes the newest of the metas the current version. What was known of pages is void, but for those of versions with
// readers: these are as they were.
func (db *DB) advance(metas metaPair) error {
	next := *metas[metas.current()]
	if next.pageSize != db.current.pageSize {
		return fmt.Errorf("%w: the pages of the file had %d bytes and have %d", ErrCorrupt, db.current.pageSize, next.pageSize)
	}
	size, err := db.pager.file.Size()
	if err != nil {
		return fmt.Errorf("btree: reading the size: %w", err)
	}
	if err := checkSize(size, &next); err != nil {
		return err
	}
	db.pager.distrust()
	db.place, db.fileSize, db.bad = metas.current(), size, -1
	db.rebase(next)
	db.pager.remap(size)
	return nil
}

// moved reports whether the file has another newest version than m.
func (db *DB) moved(m *meta) bool {
	metas, err := readMetas(db.pager.file)
	return err == nil && *metas[metas.current()] != *m
}

// checkSize checks that the file has all pages of a version.
func checkSize(size int64, m *meta) error {
	if need := int64(m.pageEnd) * int64(m.pageSize); size < need {
		return corrupt(uint64(size)/uint64(m.pageSize), "the file was cut off: it has %d bytes and needs %d", size, need)
	}
	return nil
}

// pin locks a version for a reader. Readers in the process that writes need none.
func (db *DB) pin(version uint64) error {
	if !db.opts.ReadOnly {
		return nil
	}
	if err := db.procs.pin(version); err != nil {
		return fmt.Errorf("btree: reading %s: telling other processes: %w", db.path, err)
	}
	return nil
}

// unpin gives up what pin locked.
func (db *DB) unpin(version uint64) {
	if db.opts.ReadOnly {
		db.procs.unpin(version)
	}
}

// distrust makes every page of the file be verified again when it is next touched.
func (g *pager) distrust() {
	g.table.clear(mapped)
	g.cache.clear()
}

// holdBack makes free pages unavailable that readers of versions before the current one may still see: how long each page has
// been free is known only to the process that wrote those versions, and it is gone.
func (s *space) holdBack(current uint64, protected []uint64) {
	if len(protected) == 0 || protected[0] >= current {
		return
	}
	for i, g := range s.groups {
		base := uint64(i) * groupPages(s.pageSize)
		for no := base; g.free > 0; no++ {
			if bit := no - base; g.available[bit/64]>>(bit%64)&1 != 0 {
				s.withdraw(no)
				s.wait([]extent{{first: no, pages: 1}}, current, protected)
			}
		}
	}
}
