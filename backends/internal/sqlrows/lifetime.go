package sqlrows

import (
	"context"
	"sync"

	"github.com/rowan-db/rowan/store/driver"
)

// Lifetime is how long a database is open: it lets calls in until Close, and
// knows the transactions and snapshots that Close must end.
type Lifetime struct {
	// Again runs one step of a call, and runs it again while the database is
	// busy with others, as long as the backend thinks fit.
	Again func(ctx context.Context, step func(context.Context) error) error

	ctx    context.Context // canceled when Close begins
	cancel context.CancelFunc
	calls  sync.WaitGroup

	mu       sync.Mutex
	closed   bool
	sessions map[ender]struct{}
}

// ender is something that ends with the database at the latest. It may end
// more than once.
type ender interface{ end() bool }

// NewLifetime returns the lifetime of a database that is open.
func NewLifetime(again func(ctx context.Context, step func(context.Context) error) error) *Lifetime {
	l := &Lifetime{Again: again, sessions: map[ender]struct{}{}}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	return l
}

// errClosed is a new error every time, because callers may add a hint.
func errClosed() error { return driver.Errorf(driver.Closed, "the database is closed") }

// Call runs f with a context that Close cancels. It fails with [driver.Closed]
// after Close, or if Close ended f.
func (l *Lifetime) Call(ctx context.Context, f func(context.Context) error) error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return errClosed()
	}
	l.calls.Add(1)
	l.mu.Unlock()
	defer l.calls.Done()

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(l.ctx, cancel)()
	err := ctx.Err()
	if err == nil {
		err = f(ctx)
	}
	if err != nil && l.ctx.Err() != nil {
		return errClosed()
	}
	return err
}

// Read runs f, which only reads, as Call does, and again while the database is
// busy.
func (l *Lifetime) Read(ctx context.Context, f func(context.Context) error) error {
	return l.Call(ctx, func(ctx context.Context) error { return l.Again(ctx, f) })
}

// Close ends the calls under way, and then all transactions and snapshots. It
// reports false if that has been done before.
func (l *Lifetime) Close() bool {
	l.mu.Lock()
	first := !l.closed
	l.closed = true
	l.mu.Unlock()
	l.cancel()
	l.calls.Wait()
	for _, s := range l.open() {
		s.end()
	}
	return first
}

func (l *Lifetime) open() []ender {
	l.mu.Lock()
	defer l.mu.Unlock()
	var open []ender
	for s := range l.sessions {
		open = append(open, s)
	}
	return open
}

func (l *Lifetime) add(s ender) {
	l.mu.Lock()
	l.sessions[s] = struct{}{}
	l.mu.Unlock()
}

func (l *Lifetime) remove(s ender) {
	l.mu.Lock()
	delete(l.sessions, s)
	l.mu.Unlock()
}

// attached is a session that a backend has beside those of this package.
type attached struct{ f func() }

func (a *attached) end() bool {
	a.f()
	return true
}

// Attach has Close call end, after the calls under way, unless detach is called
// first.
func (l *Lifetime) Attach(end func()) (detach func()) {
	a := &attached{f: end}
	l.add(a)
	return func() { l.remove(a) }
}
