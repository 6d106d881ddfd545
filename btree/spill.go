package btree

import "slices"

// A large write transaction does not keep the pages that it changed in memory until it commits. Pages that are complete are
// written to the file in the background, while the transaction goes on, and their frames used again; when pages that are not
// complete take too much memory, some of them follow.
//
// That is safe at any time: no version that anybody reads refers to a page that the transaction allocated, and its commit syncs
// the file before its meta makes one that does. A page that is changed after it was handed over becomes a frame again, under the
// same number. Pages are written in the order in which they were handed over, so that the last content stays.
//
// Whoever got a slice of a frame may look at it until the next change is done: it may be the key or value of that change. So frames
// are given back, and the paths dropped that trees and cursors remember, where a change ends and nobody holds a page: in pace. What
// must be written before gives no frames back that were there when it began.
//
// Pages that a sub-commit shows to readers stay in their frames, and so do the private pages of a handle that only reads.
//
// A page whose write failed is a frame as before. The transaction can then only be rolled back, entirely or to a savepoint.

// Sizes in bytes of what is handed over at once and how many such may wait to be written, and the least number of frames that a
// transaction may have.
const (
	batchSize   = pieceSize
	mostBatches = 2
	leastFrames = 64
)

// spill is what a write transaction does to bound its memory.
type spill struct {
	eager      bool         // complete pages are handed over
	batch      int          // how many complete pages are handed over at once
	mostFrames int          // how many pages that are not complete may be in frames
	complete   []uint64     // pages to be handed over; those that were changed since are not marked so any more
	frames     []uint64     // pages that became frames; some are none any more
	hand       uint64       // the first page that the next search for frames to hand over looks at
	running    []*pageBatch // handed over, in this order
	held       int          // the first of running that have to keep their frames
	holding    bool         // all that were handed over before must
	err        error        // of a write
}

func newSpill(o *Options, pageSize int) spill {
	return spill{
		batch:      max(1, min(batchSize, o.CacheSize/(8*mostBatches))/pageSize),
		mostFrames: max(leastFrames, o.CacheSize/2/pageSize),
	}
}

// finish notes that a page is complete, as far as one can tell: it may be changed again, but then it was written for nothing.
func (tx *Tx) finish(no uint64) {
	t := &tx.db.pager.table
	w := t.at(no)
	if w&(own|shown|sealed|complete) != own || !w.isFrame() {
		return
	}
	t.set(no, w|complete)
	tx.spill.complete = append(tx.spill.complete, no)
}

// framed notes that p, which is from newPage, is a page of the transaction.
func (tx *Tx) framed(no uint64, p page) {
	tx.db.pager.table.set(no, own|inFrame(tx.attach(p)))
	tx.spill.frames = append(tx.spill.frames, no)
}

// reframe makes a page that was handed over one that may be changed.
func (tx *Tx) reframe(no uint64, p page) page {
	fresh := tx.newPage()
	fresh.become(p)
	tx.framed(no, fresh)
	return fresh
}

// pace is called where a change ends and nobody holds a page. It hands over what is to be written, gives back frames of pages that
// were, and returns the error of a write that failed.
func (tx *Tx) pace() error {
	s := &tx.spill
	if len(s.complete) < s.batch && len(s.frames) < s.mostFrames {
		return s.err
	}
	if !s.holding {
		s.held = 0
		if err := tx.spillFrames(); err != nil {
			return err
		}
	}
	return tx.spillComplete()
}

// held is what hold returns and unhold needs.
type held struct {
	complete []uint64
	holding  bool
}

// hold sees to it that the frames that there are now are not given back before unhold.
func (s *spill) hold() held {
	h := held{complete: s.complete, holding: s.holding}
	s.complete = nil
	if !s.holding {
		s.held, s.holding = len(s.running), true
	}
	return h
}

func (s *spill) unhold(h held) {
	s.complete, s.holding = append(h.complete, s.complete...), h.holding
}

// spillComplete hands the complete pages over when they are many, unless what the transaction does is, or may be, in the log.
func (tx *Tx) spillComplete() error {
	s := &tx.spill
	if !s.eager || tx.log.limit > 0 || len(s.complete) < s.batch {
		return s.err
	}
	tx.dropRecord()
	pages := slices.DeleteFunc(s.complete, func(no uint64) bool { return tx.db.pager.table.at(no)&complete == 0 })
	slices.Sort(pages)
	pages = slices.Compact(pages)
	n := tx.wholePieces(pages)
	now := slices.Clone(pages[:n])
	s.complete = pages[:copy(pages, pages[n:])] // the rest of their piece is probably next
	return tx.handOver(now)
}

// spillFrames hands over pages that are not complete when they take too much memory. Branches stay, if that is enough: they are
// few and change with what is below them.
func (tx *Tx) spillFrames() error {
	s, g := &tx.spill, tx.db.pager
	if tx.db.space == nil || len(s.frames) < s.mostFrames {
		return s.err
	}
	slices.Sort(s.frames)
	s.frames = slices.Compact(s.frames)
	s.frames = slices.DeleteFunc(s.frames, func(no uint64) bool {
		w := g.table.at(no)
		return w&(own|shown|sealed) != own || !w.isFrame()
	})
	if len(s.frames) < s.mostFrames*3/4 {
		return s.err
	}
	tx.direct()
	from, _ := slices.BinarySearch(s.frames, s.hand)
	inTurn := slices.Concat(s.frames[from:], s.frames[:from])
	var pages []uint64
	for _, branches := range []bool{false, true} {
		for _, no := range inTurn {
			if len(s.frames)-len(pages) <= s.mostFrames/2 {
				break
			}
			if p := g.arena.page(g.table.at(no).frame()); p.isBranch() == branches {
				pages = append(pages, no)
				s.hand = no + 1
			}
		}
	}
	slices.Sort(pages)
	return tx.handOver(pages)
}
