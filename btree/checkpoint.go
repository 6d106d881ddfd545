package btree

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/rowan-db/rowan/btree/vfs"
)

// checkpoint writes the pages of a version that are only in frames into the file, and its meta. It runs in the background,
// while transactions commit to the other half of the log.
type checkpoint struct {
	meta    meta
	pages   []uint64
	changes []spaceChange
	done    chan struct{}
	err     error
}

// startCheckpoint begins a checkpoint of the newest version and turns to the other half of the log. The caller has the writer,
// and no checkpoint is under way.
//
// While it runs no page that waits for a reader is given out again, also when the reader ends: it may be in the list.
func (db *DB) startCheckpoint() error {
	if err := db.extend(db.head.pageEnd); err != nil {
		return err
	}
	db.log.flip()
	db.logUsed.Store(0)
	db.mu.Lock()
	defer db.mu.Unlock()
	db.beginCheckpoint(db.log.place)
	return nil
}

// beginCheckpoint begins a checkpoint of the newest version of the trees, whose meta names the place of the log where the records after
// that version are. The caller holds mu.
func (db *DB) beginCheckpoint(log logPlace) {
	db.settle()
	c := &checkpoint{meta: db.head, pages: db.unwrittenPages(), done: make(chan struct{})}
	c.meta.log = log
	c.changes, c.meta.space = db.space.change(c.meta.version, c.meta.pageEnd, nil, nil, nil)
	db.space.taken(c.changes)
	db.unwritten = nil
	db.running = c
	go func() {
		defer close(c.done)
		c.err = db.runCheckpoint(c)
	}()
}

func (db *DB) runCheckpoint(c *checkpoint) error {
	err := db.writePages(db.frames(c.pages, c.changes), c.meta.pageEnd, db.pace())
	if err == nil {
		err = db.sync()
	}
	if err == nil {
		err = db.writeMeta(&c.meta)
	}
	if err != nil {
		return err
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	db.space.done(c.changes, c.meta.version)
	db.retire(c.pages)
	db.durable = c.meta
	db.place = 1 - db.place
	db.bad = -1
	db.syncedTo = max(db.syncedTo, c.meta.version)
	if db.current.version < c.meta.version {
		db.current = c.meta
	}
	db.tellEnded()
	return nil
}

// paceSize is how many bytes may be written before they are waited for.
const paceSize = 1 << 20

// pace returns a function that waits now and then until what was written has left the memory of the system. Otherwise the next
// commit to the log, whose sync writes all that is waiting for the file, would have to wait for all of the checkpoint.
func (db *DB) pace() func(off, n int64) error {
	f, ok := db.pager.file.(vfs.Flusher)
	if !ok || db.opts.NoSync {
		return func(int64, int64) error { return nil }
	}
	from, end, waiting := int64(math.MaxInt64), int64(0), int64(0)
	return func(off, n int64) error {
		from, end, waiting = min(from, off), max(end, off+n), waiting+n
		if waiting < paceSize {
			return nil
		}
		err := f.Flush(from, end-from)
		from, end, waiting = math.MaxInt64, 0, 0
		if err != nil {
			return db.fail(err)
		}
		return nil
	}
}

// awaitCheckpoint waits for the checkpoint that is under way. The caller has the writer. After one that failed, the log goes on in
// the second half and has no other, until a commit past it succeeds.
func (db *DB) awaitCheckpoint() {
	c := db.running
	if c == nil {
		return
	}
	<-c.done
	db.mu.Lock()
	defer db.mu.Unlock()
	db.running = nil
	db.stuck = c.err != nil
	if c.err != nil {
		db.space.failed(c.changes)
		db.unwritten = append(db.unwritten, c.pages...)
	}
}

// reapCheckpoint takes note of a checkpoint that has ended.
func (db *DB) reapCheckpoint() {
	if c := db.running; c != nil {
		select {
		case <-c.done:
			db.awaitCheckpoint()
		default:
		}
	}
}

// settle makes pages available that waited for versions which nobody sees any more. The caller holds mu.
func (db *DB) settle() {
	if db.running == nil {
		db.space.settle(db.protected())
	}
}

// unwrittenPages returns the pages of committed versions that are in frames alone, each once.
func (db *DB) unwrittenPages() []uint64 {
	t := &db.pager.table
	slices.Sort(db.unwritten)
	db.unwritten = slices.Compact(db.unwritten)
	db.unwritten = slices.DeleteFunc(db.unwritten, func(no uint64) bool {
		w := t.at(no)
		return w&own != 0 || !w.isFrame()
	})
	return db.unwritten
}

// isWritten reports whether the newest version is in the file without its log. The caller has the writer, and looks; a checkpoint may
// be under way.
func (db *DB) isWritten() bool {
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.head.version == db.durable.version
}

// tooManyFrames reports whether a checkpoint should free frames.
func (db *DB) tooManyFrames() bool {
	return db.running == nil && db.pager.arena.inUse() > int64(db.opts.CacheSize)*3/4
}

// Checkpoint writes what is only in the log into the tree, so that opening the file after a crash has nothing to replay. It
// happens by itself when the log is full, and when the database is closed. It waits for a write transaction that is open.
func (db *DB) Checkpoint() error {
	tx, err := db.Begin(true)
	if err != nil {
		return err
	}
	if err := tx.look(); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if db.isWritten() {
		return tx.Rollback()
	}
	tx.direct()
	tx.changed = true
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("btree: checkpoint: %w", err)
	}
	return nil
}

// retired are frames of pages that are in the file now. A transaction that began before may still look at them, if it can see
// pages of later versions than after.
type retired struct {
	frames []frameNo
	after  uint64
	era    uint64
}

// retire lets go of the frames of pages that were written: at once, or when no transaction looks at them any more. The caller
// holds mu.
func (db *DB) retire(pages []uint64) {
	g := db.pager
	r := retired{after: db.durable.version}
	for _, no := range pages {
		w := g.table.at(no)
		g.table.set(no, g.written(no))
		r.frames = append(r.frames, w.frame())
	}
	db.era++
	r.era = db.era
	db.retired = append(db.retired, r)
	db.reclaim()
}

// reclaim gives retired frames back that nobody can be looking at. The caller holds mu.
func (db *DB) reclaim() {
	db.retired = slices.DeleteFunc(db.retired, func(r retired) bool {
		for tx := db.txs; tx != nil; tx = tx.next {
			if tx.era < r.era && (tx.writable || tx.meta.version > r.after) {
				return false
			}
		}
		for _, f := range r.frames {
			db.pager.arena.give(f)
		}
		return true
	})
}
