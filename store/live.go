package store

import (
	"context"
	"errors"
	"sync"
	"time"
)

// liveTxs are the transactions of a store that are open.
type liveTxs struct {
	mu   sync.Mutex
	open map[*Tx]struct{}
}

func (l *liveTxs) add(tx *Tx) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == nil {
		l.open = map[*Tx]struct{}{}
	}
	l.open[tx] = struct{}{}
}

func (l *liveTxs) remove(tx *Tx) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, tx)
}

// other returns a transaction that is open and not the one given.
func (l *liveTxs) other(not *Tx) *Tx {
	l.mu.Lock()
	defer l.mu.Unlock()
	for tx := range l.open {
		if tx != not {
			return tx
		}
	}
	return nil
}

// ownPatience is how long something waits while a live transaction of the same
// store is open, which is likely to be what it waits for: whoever opened that
// cannot end it as long as he waits himself.
const ownPatience = 3 * time.Second

// patient runs f, which is part of the transaction not. While another live
// transaction of the store is open, it gives up after a time.
func patient[T any](ctx context.Context, s *Store, not *Tx, f func(context.Context) (T, error)) (T, error) {
	other := s.live.other(not)
	if other == nil {
		return f(ctx)
	}
	limited, cancel := context.WithTimeoutCause(ctx, s.patience, errOwn)
	defer cancel()
	v, err := f(limited)
	if err != nil && ctx.Err() == nil && errors.Is(context.Cause(limited), errOwn) {
		const op = "write"
		err = fault(op, "", Locked, "the live transaction that was begun at %s holds what is to be written", other.since.Format(time.TimeOnly)).
			withHint("commit that transaction or roll it back first")
	}
	return v, err
}

// errOwn is why a wait for a live transaction of the same store ends.
var errOwn = errors.New("a live transaction of the same store is open")
