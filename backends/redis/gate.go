package redis

import (
	"context"
	"sync/atomic"

	"github.com/rowan-db/rowan/store/driver"
)

// gate lets calls in until the database is closed, and ends those that are
// under way then.
type gate struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func newGate() *gate {
	g := &gate{}
	g.ctx, g.cancel = context.WithCancel(context.Background())
	return g
}

func errClosed() error { return driver.Errorf(driver.Closed, "the database is closed") }

// commitment is whether a call has begun to commit, so that its outcome must
// be waited for, or was given up before.
type commitment struct{ state atomic.Int32 }

const (
	committing = iota + 1
	givenUp
)

// begin reports whether the commit may begin.
func (c *commitment) begin() bool { return c.state.CompareAndSwap(0, committing) }

// giveUp reports whether it will not begin.
func (c *commitment) giveUp() bool { return c.state.CompareAndSwap(0, givenUp) }

// result is what came of a call.
type result[T any] struct {
	value T
	err   error
}

// call runs f and returns when it does, or when ctx is done or the database is
// closed: an answer that never comes must not hold up who no longer wants it.
// F then goes on by itself, until the time limit for answers.
func call[T any](ctx context.Context, g *gate, f func(context.Context) (T, error)) (T, error) {
	return commit(ctx, g, func(ctx context.Context, _ *commitment) (T, error) { return f(ctx) })
}

// commit is call for an f that commits: from then on it is waited for.
func commit[T any](ctx context.Context, g *gate, f func(context.Context, *commitment) (T, error)) (T, error) {
	var none T
	if g.ctx.Err() != nil {
		return none, errClosed()
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(g.ctx, cancel)()
	if err := ctx.Err(); err != nil {
		return none, err
	}
	var c commitment
	done := make(chan result[T], 1)
	go func() {
		v, err := f(ctx, &c)
		done <- result[T]{v, err}
	}()
	var r result[T]
	select {
	case r = <-done:
	case <-ctx.Done():
		if c.giveUp() {
			r.err = ctx.Err()
		} else {
			r = <-done
		}
	}
	if r.err != nil && g.ctx.Err() != nil && c.state.Load() != committing {
		return none, errClosed()
	}
	return r.value, r.err
}
