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
	gaps   []uint64 // pages that may be written, too
	done   chan struct{}
	err    error
}

// handOver gives pages, in ascending order, to the background to be written. It waits while too many are there already. The last
// leaves of trees may be among them, and the branches above: no tree goes on there, and what is in the leaves is counted in the
// branches before these are written.
func (tx *Tx) handOver(pages []uint64) error {
	tx.leaveTails()
	if err := tx.within(tx.db.mostPages()); err != nil {
		tx.spill.err = err
		return err
	}
	for len(pages) > 0 {
		n := tx.wholePieces(pages[:min(len(pages), tx.spill.batch)])
		tx.reap(mostBatches - 1)
		tx.startBatch(pages[:n])
		pages = pages[n:]
	}
	tx.reap(mostBatches)
	return tx.spill.err
}

// wholePieces returns how many of the pages, which are in ascending order, are in other pieces of the file than the last one, or
// all when they are in one: of the last piece there are probably more to come.
func (tx *Tx) wholePieces(pages []uint64) int {
	size := tx.db.PageSize()
	for n := len(pages) - 1; n > 0; n-- {
		if pieceOf(pages[n-1], size) != pieceOf(pages[n], size) {
			return n
		}
	}
	return len(pages)
}

// gapsIn returns pages that are missing between the given ones for whole pieces of the file, and that the transaction will write
// later: leaves and branches that are not complete. Where there are few, they may be written with anything.
func (tx *Tx) gapsIn(pages []uint64) (gaps []uint64) {
	const most = 4 // in a row
	t, size := &tx.db.pager.table, tx.db.PageSize()
	per := uint64(pieceSize / size)
	add := func(from, to uint64) {
		if to-from > most {
			return
		}
		for no := from; no < to; no++ {
			if w := t.at(no); w&(own|shown|sealed) != own || !w.isFrame() {
				return
			}
		}
		for no := from; no < to; no++ {
			gaps = append(gaps, no)
		}
	}
	for i, no := range pages {
		piece := pieceOf(no, size)
		from := piece * per
		if i > 0 && pieceOf(pages[i-1], size) == piece {
			from = pages[i-1] + 1
		}
		add(from, no)
		if i+1 == len(pages) || pieceOf(pages[i+1], size) != piece {
			add(no+1, (piece+1)*per)
		}
	}
	return gaps
}

func (tx *Tx) startBatch(pages []uint64) {
	s, g := &tx.spill, tx.db.pager
	b := &pageBatch{pages: make([]page, len(pages)), frames: make([]frameNo, len(pages)), done: make(chan struct{})}
	b.gaps = tx.gapsIn(pages)
	for i, no := range pages {
		f := g.table.at(no).frame()
		g.table.set(no, own|sealed|inFrame(f))
		b.pages[i], b.frames[i] = g.arena.page(f), f
		b.pages[i].prepare()
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

// write writes the pages after those of the batch before. It signs them while that one is still being written.
func (b *pageBatch) write(db *DB, before *pageBatch) {
	defer close(b.done)
	for _, p := range b.pages {
		p.sign()
	}
	if before != nil {
		<-before.done
	}
	if b.err = db.extend(b.pages[len(b.pages)-1].number() + 1); b.err == nil {
		b.err = db.writeOwn(b.pages, b.gaps)
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

// forgetPaths makes cursors find pages anew that they remember: their frames may be used for others. No path to a last leaf leads
// there: handOver gave those up, and a later one leads to other frames.
func (tx *Tx) forgetPaths() {
	tx.catalog.gen++
	for _, t := range tx.trees {
		t.gen++
	}
}

// drain waits until everything is written that was handed over, and returns the error of a write that failed.
func (tx *Tx) drain() error {
	tx.spill.held = 0
	tx.reap(0)
	return tx.spill.err
}

// writeOwn writes signed pages of a write transaction, in the order of the file, from where they lie, and nothing of sense into the
// gaps between them.
func (db *DB) writeOwn(pages []page, gaps []uint64) error {
	size := db.pager.pageSize
	var filler []byte
	if len(gaps) > 0 {
		filler = make([]byte, size)
	}
	run := make([][]byte, 0, min(len(pages)+len(gaps), batchSize/size))
	for next := uint64(0); len(pages)+len(gaps) > 0; {
		if len(pages) == 0 || len(gaps) > 0 && gaps[0] < pages[0].number() {
			next, gaps, run = gaps[0]+1, gaps[1:], append(run, filler)
		} else {
			next, run, pages = pages[0].number()+1, append(run, pages[0]), pages[1:]
		}
		goesOn := len(pages) > 0 && pages[0].number() == next || len(gaps) > 0 && gaps[0] == next
		if goesOn && pieceOf(next, size) == pieceOf(next-1, size) {
			continue
		}
		if db.failed.Load() {
			return db.failure()
		}
		if err := vfs.WriteBuffers(db.pager.file, run, int64(next-uint64(len(run)))*int64(size)); err != nil {
			return err
		}
		run = run[:0]
	}
	return nil
}
