package btree

import (
	"runtime"
	"sync/atomic"
)

// Applying many changes to a tree that is not in memory costs as much in looking at its pages for the first time, which have to be
// verified, and in the first use of frames, as in the changes. So another goroutine goes ahead of who applies them, in the order of
// keys, and does both.
//
// It looks at pages of the version that the transaction began with alone, as a reader does, and for the same reasons none of them
// is written over or given back meanwhile: the transaction is open, and waits for the goroutine before it goes on to something
// else. It changes nothing but what the page table knows. A page that it cannot believe it leaves to who applies the changes, whose
// error that is.

// It stays only some leaves ahead, so that what it read is still in the processor's cache when it is needed, and uses the time that
// it has left for frames.

// aheadAfter is from how many changes on it is worth it, and aheadMost how many leaves it is ahead.
const (
	aheadAfter = 2048
	aheadMost  = 64
)

// lead is how far apart are who applies changes and who looks ahead.
type lead struct {
	left  atomic.Int64  // changes that are not applied
	wake  atomic.Int64  // of how many left who looks ahead wants to know, -1 when it does not wait
	woken chan struct{} // is told
}

// applied notes how many changes are left.
func (l *lead) applied(left int) {
	l.left.Store(int64(left))
	if int64(left) > l.wake.Load() {
		return
	}
	l.wake.Store(-1)
	select {
	case l.woken <- struct{}{}:
	default: // it has not noticed the last time yet
	}
}

// lookahead looks at the leaves that changes go to.
type lookahead struct {
	*lead
	tree   Tree // as it is before the changes, in a transaction of its own that reads
	run    sortedRun
	frames int            // how many the transaction may have
	began  int            // how many there were in the beginning
	leaves int            // that were looked at
	after  [aheadMost]int // how many changes were left after the last of them
	stop   chan struct{}
	done   chan struct{}
}

// lookAhead begins to look at what applying a run needs, if that is worth it. It returns what ends it.
func (t *Tree) lookAhead(r *sortedRun) (end func()) {
	db := t.tx.db
	if len(r.changes) < aheadAfter || t.root == 0 || t.tx.isOwn(t.root) || db.space == nil || db.opts.inline || runtime.GOMAXPROCS(0) == 1 {
		return func() {}
	}
	a := t.newLookahead(r)
	go a.look()
	return func() {
		close(a.stop)
		<-a.done
	}
}

func (t *Tree) newLookahead(r *sortedRun) *lookahead {
	db := t.tx.db
	a := &lookahead{
		lead:   &lead{woken: make(chan struct{}, 1)},
		tree:   Tree{tx: newTx(db, t.tx.meta, false), treeRoot: t.treeRoot},
		run:    *r,
		frames: t.tx.spill.mostFrames,
		began:  db.pager.arena.taken(),
		stop:   make(chan struct{}),
		done:   make(chan struct{}),
	}
	a.left.Store(int64(len(r.changes)))
	a.wake.Store(-1)
	r.lead = a.lead
	return a
}

func (a *lookahead) look() {
	defer close(a.done)
	arena := a.tree.tx.db.pager.arena
	_ = Guard(func() error {
		for len(a.run.changes) > 0 && a.mayGoOn() {
			if err := a.leaf(); err != nil {
				return err
			}
			a.after[a.leaves%aheadMost] = len(a.run.changes)
			a.leaves++
			if arena.wants(0, a.frames) {
				arena.refill()
			}
		}
		return nil
	})
	// All that is wanted now is frames: one for each leaf, and some that the changes add.
	for end := a.began + a.leaves + a.leaves/8; !a.stopped() && arena.wants(end-arena.taken(), a.frames); {
		arena.refill()
	}
}

// mayGoOn waits, when many leaves were looked at that are not changed yet, until half of them are. It reports whether to go on.
func (a *lookahead) mayGoOn() bool {
	if a.leaves < aheadMost || a.left.Load() <= int64(a.after[a.leaves%aheadMost]) {
		return !a.stopped()
	}
	half := int64(a.after[(a.leaves+aheadMost/2)%aheadMost])
	for a.left.Load() > half {
		if a.wake.Store(half); a.left.Load() <= half {
			break // it came there meanwhile, and may have seen nobody waiting
		}
		select {
		case <-a.woken:
		case <-a.stop:
			return false
		}
	}
	return true
}

func (a *lookahead) stopped() bool {
	select {
	case <-a.stop:
		return true
	default:
		return false
	}
}

// leaf looks at the leaf of the first change, and goes on to the first that belongs to another.
func (a *lookahead) leaf() error {
	key, val, _ := a.run.mem.change(a.run.changes[0].at)
	t := &a.tree
	p, err := a.page(t.root)
	if err != nil {
		return err
	}
	level := p.level()
	t.path = append(t.path[:0], make([]step, level+1)...)
	for t.path[level] = (step{no: t.root, p: p}); level > 0; level-- {
		s := &t.path[level]
		s.i = s.p.childIndex(key)
		no := s.p.child(s.i)
		below, err := a.page(no)
		if err == nil && below.kindLevel() != kindAt(level-1) {
			err = below.mustBe(level - 1)
		}
		if err != nil {
			return err
		}
		t.path[level-1] = step{no: no, p: below}
	}
	n := a.run.before(t.leafFence())
	a.run.mem.prefetch(a.run.changes[:n], changeHeader+len(key)+len(val))
	a.run.changes = a.run.changes[n:]
	return nil
}

// page looks at a page as a reader does, but only in the mapping, where that does not count as a call to the disk, and not at one
// that is marked as free.
func (a *lookahead) page(no uint64) (page, error) {
	tx := a.tree.tx
	db := tx.db
	if no < tx.pageEnd && db.pager.table.at(no) == unknown {
		db.mu.Lock() // the transaction may be adding groups
		used := db.space.isUsed(no)
		db.mu.Unlock()
		if !used || !db.pager.isMapped(no) {
			return nil, corrupt(no, "it is free, or not in the mapping")
		}
	}
	return tx.any(no)
}
