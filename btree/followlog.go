package btree

import "slices"

// A handle that only reads sees what is in the log by replaying it into frames of its own, under numbers beyond any page of the
// file, and never writes them.

// privateGap is how many pages the file may grow by before private pages get other numbers.
const privateGap = 1 << 24

// private is what a handle that only reads has replayed of the log.
type private struct {
	log        *logReader // nil before the first replay on the durable version
	start, end uint64     // numbers of private pages
	spare      []uint64   // numbers in between that are free
	waiting    []privateFree
	newest     uint64 // version that was ever replayed
}

// privateFree is a private page that versions from born to one before the given see.
type privateFree struct{ no, born, before uint64 }

// followLog brings the current version up to the end of the log. The caller holds mu.
func (db *DB) followLog() error {
	p := &db.private
	if db.durable.log.first == 0 {
		return nil
	}
	if p.log == nil {
		db.rebase(db.durable)
		p.log = newLogReader(db, &db.durable)
	}
	db.reclaimPrivate()
	tx, _, err := db.replay(p.log, 0)
	if err != nil {
		p.log = nil
		db.rebase(db.durable)
	}
	if tx == nil || err != nil {
		return err
	}
	next := tx.nextMeta()
	tx.each(tx.allocated, func(no uint64) {
		if w := db.pager.table.at(no); w&own != 0 {
			db.pager.table.set(no, w&placeMask)
		}
	})
	tx.dropLoose()
	tx.each(tx.freed, func(no uint64) {
		if no >= p.start {
			p.waiting = append(p.waiting, privateFree{no: no, born: db.pager.lookup(no, false).version(), before: next.version})
		}
	})
	p.end, p.newest = max(p.end, next.pageEnd), max(p.newest, next.version)
	db.head, db.current = next, next
	return nil
}

// rebase makes a version of the file the one that records are replayed on. What was replayed before stays for its readers.
func (db *DB) rebase(m meta) {
	p := &db.private
	p.log = nil
	p.waiting = nil
	for no := p.start; no < p.end; no++ {
		if w := db.pager.table.at(no); w.isFrame() {
			p.waiting = append(p.waiting, privateFree{no: no, born: db.pager.arena.page(w.frame()).version(), before: max(m.version, p.newest) + 1})
		}
	}
	if m.pageEnd >= p.start {
		p.start = (max(m.pageEnd, p.end) + privateGap) / tableChunkPages * tableChunkPages
		p.end = p.start
		p.spare = nil
	}
	db.head, db.current, db.durable = m, m, m
}

// reclaimPrivate gives up the private pages that no reader sees any more. The caller holds mu.
func (db *DB) reclaimPrivate() {
	p := &db.private
	p.waiting = slices.DeleteFunc(p.waiting, func(f privateFree) bool {
		for tx := db.txs; tx != nil; tx = tx.next {
			if v := tx.meta.version; f.born <= v && v < f.before {
				return false
			}
		}
		db.pager.forget(f.no)
		if f.no >= p.start {
			p.spare = append(p.spare, f.no)
		}
		return true
	})
}

// allocatePrivate returns the first page of a run of private ones.
func (tx *Tx) allocatePrivate(n uint64) uint64 {
	p := &tx.db.private
	tx.pageEnd = max(tx.pageEnd, p.end)
	if k := len(p.spare); n == 1 && k > 0 {
		no := p.spare[k-1]
		p.spare = p.spare[:k-1]
		tx.noteAllocated(no, 1)
		return no
	}
	return tx.allocateEnd(n)
}
