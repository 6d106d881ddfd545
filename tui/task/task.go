// Package task runs slow calls as Bubble Tea commands that can be canceled.
//
// Bubble Tea gives a command no context and does not wait for it when the
// program ends; package task supplies both. A call goes into a [Slot], which
// says what the call is for. [Start] is for reads: another call in the same
// slot cancels the first, whose result is recognized by its [Ticket] when it
// arrives late, and dropped. [StartWrite] is for writes: a slot that is
// writing takes no second call, and nothing but the user's own cancel ends it.
//
// What the package guarantees: at most one wanted call for each slot; a
// result is delivered to the update loop once, and [Runner.Finish] says
// whether it is still wanted; after [Runner.Close] returns no call is
// running, so what the calls use may be closed.
//
// What it does not: it cannot interrupt a function that ignores its context,
// and a canceled write may or may not have happened. Whoever cancels one has
// to read again.
package task

import (
	"context"
	"errors"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
)

// ErrBusy is the error of a [Done] when its slot was writing, so that the
// call was not made.
var ErrBusy = errors.New("task: a write is still running there: wait for it, or press esc to cancel it")

// Slot names what a call is for and the pane that wants its result.
type Slot struct{ Pane, Name string }

// Ticket identifies one call. Tickets are comparable.
type Ticket struct {
	Slot Slot
	gen  uint64
}

// Result is any [Done]: what the root needs to know to deliver it.
type Result interface {
	// Ticket identifies the call that the result ends.
	Ticket() Ticket
	// Failure is the call's error, nil after success.
	Failure() error
}

// Done is the message that ends a call.
type Done[T any] struct {
	tk    Ticket
	Value T
	Err   error
}

// Ticket implements [Result].
func (d Done[T]) Ticket() Ticket { return d.tk }

// Failure implements [Result].
func (d Done[T]) Failure() error { return d.Err }

// Runner runs calls. Its methods, [Start] and [StartWrite] are for the update
// loop and are not safe for use by several goroutines, except Close.
type Runner struct {
	base context.Context
	stop context.CancelFunc
	now  func() time.Time

	gen     uint64
	active  map[Slot]call
	ticking bool

	mu      sync.Mutex // guards closed, and Add of running against Wait
	closed  bool
	running sync.WaitGroup
}

type call struct {
	gen    uint64
	cancel context.CancelFunc
	since  time.Time
	write  bool
}

// Option changes a new [Runner].
type Option func(*Runner)

// WithClock makes the runner take the time from now instead of [time.Now].
func WithClock(now func() time.Time) Option {
	return func(r *Runner) { r.now = now }
}

// NewRunner returns a runner whose calls are canceled when ctx ends.
func NewRunner(ctx context.Context, opts ...Option) *Runner {
	ctx, stop := context.WithCancel(ctx)
	r := &Runner{base: ctx, stop: stop, now: time.Now, active: map[Slot]call{}}
	for _, o := range opts {
		o(r)
	}
	return r
}

// Start cancels the call in slot, if any, and returns a command that calls f
// and delivers a Done[T]. f runs on another goroutine: it may use only values
// that it captured, never the model. When a write is running in slot, f is
// not called and the result's error is [ErrBusy].
func Start[T any](r *Runner, slot Slot, f func(context.Context) (T, error)) tea.Cmd {
	return start(r, slot, false, f)
}

// StartWrite is like [Start] for a call that changes data. It is never
// superseded: until it has finished or was canceled by name, further calls in
// its slot get [ErrBusy], and [Runner.CancelPane] leaves it alone.
func StartWrite[T any](r *Runner, slot Slot, f func(context.Context) (T, error)) tea.Cmd {
	return start(r, slot, true, f)
}

func start[T any](r *Runner, slot Slot, write bool, f func(context.Context) (T, error)) tea.Cmd {
	if r.active[slot].write {
		return refuse[T](slot)
	}
	tk, ctx := r.begin(slot, write)
	return func() tea.Msg {
		if !r.enter() {
			return Done[T]{tk: tk, Err: context.Canceled}
		}
		defer r.running.Done()
		v, err := f(ctx)
		return Done[T]{tk: tk, Value: v, Err: err}
	}
}

// refuse delivers ErrBusy under a ticket of its own, which [Runner.Finish]
// accepts: the pane that asked hears why nothing happens.
func refuse[T any](slot Slot) tea.Cmd {
	return func() tea.Msg { return Done[T]{tk: Ticket{Slot: slot}, Err: ErrBusy} }
}

func (r *Runner) begin(slot Slot, write bool) (Ticket, context.Context) {
	r.Cancel(slot)
	ctx, cancel := context.WithCancel(r.base)
	r.gen++
	r.active[slot] = call{gen: r.gen, cancel: cancel, since: r.now(), write: write}
	return Ticket{slot, r.gen}, ctx
}

// enter reports whether a call may begin, and counts it.
func (r *Runner) enter() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	r.running.Add(1)
	return true
}

// Finish reports whether the result with this ticket is still wanted, and
// frees its slot. The root calls it once for each [Result] and drops the
// result when it returns false.
func (r *Runner) Finish(tk Ticket) bool {
	if tk.gen == 0 {
		return true // the slot belongs to the write that was not disturbed
	}
	if r.active[tk.Slot].gen != tk.gen {
		return false
	}
	r.Cancel(tk.Slot)
	return true
}

// Cancel abandons the call in slot, a write too: its context ends and its
// result will not be wanted. It reports whether there was one.
func (r *Runner) Cancel(slot Slot) bool {
	c, ok := r.active[slot]
	if ok {
		c.cancel()
		delete(r.active, slot)
	}
	return ok
}

// CancelPane abandons all reads of a pane and reports whether there were any.
// Writes go on.
func (r *Runner) CancelPane(pane string) bool {
	found := false
	for slot, c := range r.active {
		if slot.Pane == pane && !c.write {
			found = r.Cancel(slot) || found
		}
	}
	return found
}

// Close cancels every call and waits until none runs, so that what they use
// may be closed. Commands that Bubble Tea runs later do nothing. It is safe
// to call Close more than once, and while the update loop is running.
func (r *Runner) Close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.stop()
	r.running.Wait()
}
