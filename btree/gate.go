package btree

import (
	"context"
	"slices"
	"sync"
)

// gate lets transactions in as Options.Exclusive wants it: any number that read, or one that writes. They come in in the order in
// which they ask, so that neither kind waits for ever. Without that option it is open to all.
type gate struct {
	mu      sync.Mutex
	readers int
	writing bool
	waiting []*gateTurn // in the order of asking
}

// gateTurn is a transaction that waits to be let in.
type gateTurn struct {
	write bool
	in    chan struct{} // closed when it is in
}

// enter returns when the transaction is in. It gives up with the error of a context that is done, or ErrClosed.
func (g *gate) enter(ctx context.Context, write bool, closing <-chan struct{}) error {
	turn := &gateTurn{write: write, in: make(chan struct{})}
	g.mu.Lock()
	g.waiting = append(g.waiting, turn)
	g.admit()
	g.mu.Unlock()
	var err error
	select {
	case <-turn.in:
		return nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-closing:
		err = ErrClosed
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if i := slices.Index(g.waiting, turn); i >= 0 {
		g.waiting = slices.Delete(g.waiting, i, i+1)
	} else {
		g.release(write) // it was let in at the same moment
	}
	g.admit()
	return err
}

// join lets a transaction that reads in beside one that is in.
func (g *gate) join() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.readers++
}

// leave lets a transaction out.
func (g *gate) leave(write bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.release(write)
	g.admit()
}

// release takes a transaction off the account. The caller holds mu.
func (g *gate) release(write bool) {
	if write {
		g.writing = false
	} else {
		g.readers--
	}
}

// admit lets in those who wait, in their order, as long as it may. The caller holds mu.
func (g *gate) admit() {
	for len(g.waiting) > 0 {
		turn := g.waiting[0]
		if g.writing || turn.write && g.readers > 0 {
			return
		}
		if g.waiting = g.waiting[1:]; turn.write {
			g.writing = true
		} else {
			g.readers++
		}
		close(turn.in)
	}
}

// enter waits until a transaction may begin, if Options.Exclusive says that it has to.
func (db *DB) enter(ctx context.Context, write bool) error {
	if !db.opts.Exclusive {
		return nil
	}
	return db.gate.enter(ctx, write, db.closing)
}

// entered is told how the beginning of a transaction went that was let in.
func (db *DB) entered(tx *Tx, write bool, err error) (*Tx, error) {
	switch {
	case !db.opts.Exclusive:
	case err != nil:
		db.gate.leave(write)
	default:
		tx.gated = true
	}
	return tx, err
}
