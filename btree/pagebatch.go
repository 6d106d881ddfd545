package btree

import (
	"fmt"
	"slices"

	"github.com/rowan-db/rowan/btree/vfs"
)

// pageBatch are pages of a write transaction that are written together.
type pageBatch struct {
	pages  []page // in the order of the file
	frames []frameNo
	done   chan struct{}
	err    error
}

// handOver gives pages, in ascending order, to the background to be written. It waits while too many are there already.
func (tx *Tx) handOver(pages []uint64) error {
	if most := tx.db.mostPages(); most > 0 && tx.pageEnd > tx.meta.pageEnd {
		if err := tx.within(most); err != nil {
			tx.spill.err = err
			return err
		}
	}
	for len(pages) > 0 {
		n := min(len(pages), tx.spill.batch)
		tx.reap(mostBatches - 1)
		tx.startBatch(pages[:n])
		pages = pages[n:]
	}
	tx.reap(mostBatches)
	return tx.spill.err
}

func (tx *Tx) startBatch(pages []uint64) {
	s, g := &tx.spill, tx.db.pager
	b := &pageBatch{pages: make([]page, len(pages)), frames: make([]frameNo, len(pages)), done: make(chan struct{})}
	for i, no := range pages {
		f := g.table.at(no).frame()
		g.table.set(no, own|sealed|inFrame(f))
		b.pages[i], b.frames[i] = g.arena.page(f), f
		b.pages[i].fitHints()
	}
	var before *pageBatch
	if n := len(s.running); n > 0 {
		before = s.running[n-1]
	}
	s.running = append(s.running, b)
	if tx.db.opts.inline {
		b.write(tx.db, before)
	} else {
		go b.write(tx.db, before)
	}
}

// write writes the pages after those of the batch before.
func (b *pageBatch) write(db *DB, before *pageBatch) {
	defer close(b.done)
	if before != nil {
		<-before.done
	}
	if b.err = db.extend(b.pages[len(b.pages)-1].number() + 1); b.err == nil {
		b.err = db.writeOwn(b.pages)
	}
}

// reap takes note of batches that were written, and waits until at most some are left.
func (tx *Tx) reap(most int) {
	s := &tx.spill
	before := len(s.running)
	for len(s.running) > s.held && (len(s.running)-s.held > most || s.running[s.held].isDone()) {
		b := s.running[s.held]
		<-b.done
		s.running = slices.Delete(s.running, s.held, s.held+1)
		tx.settleBatch(b)
	}
	if len(s.running) < before && !s.holding {
		tx.forgetPaths()
	}
}

func (b *pageBatch) isDone() bool {
	select {
	case <-b.done:
		return true
	default:
		return false
	}
}

// settleBatch gives back the frames of a batch, of which those pages are in the file now that were not changed again. When it was
// not written its pages are what they were before.
func (tx *Tx) settleBatch(b *pageBatch) {
	g := tx.db.pager
	for i, p := range b.pages {
		no, f := p.number(), b.frames[i]
		switch current := g.table.at(no) == own|sealed|inFrame(f); {
		case current && b.err != nil:
			g.table.set(no, own|inFrame(f))
			tx.spill.frames = append(tx.spill.frames, no)
			continue
		case current:
			g.table.set(no, own|g.written(no))
		}
		g.arena.give(f)
	}
	if b.err != nil && tx.spill.err == nil {
		tx.spill.err = fmt.Errorf("btree: writing pages of a transaction: %w", b.err)
	}
}

// forgetPaths makes trees and cursors find pages anew that they remember: their frames may be used for others.
func (tx *Tx) forgetPaths() {
	tx.catalog.tail = false
	tx.catalog.gen++
	for _, t := range tx.trees {
		t.tail = false
		t.gen++
	}
}

// drain waits until everything is written that was handed over, and returns the error of a write that failed.
func (tx *Tx) drain() error {
	tx.spill.held = 0
	tx.reap(0)
	return tx.spill.err
}

// writeOwn writes pages of a write transaction, in the order of the file, from where they lie.
func (db *DB) writeOwn(pages []page) error {
	size := db.pager.pageSize
	run := make([][]byte, 0, min(len(pages), batchSize/size))
	for i, p := range pages {
		p.sign()
		run = append(run, p)
		if i+1 < len(pages) && pages[i+1].number() == p.number()+1 && len(run)*size < batchSize {
			continue
		}
		if db.failed.Load() {
			return db.failure()
		}
		first := p.number() + 1 - uint64(len(run))
		if err := vfs.WriteBuffers(db.pager.file, run, int64(first)*int64(size)); err != nil {
			return err
		}
		run = run[:0]
	}
	return nil
}
