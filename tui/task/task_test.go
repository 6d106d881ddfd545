package task

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
)

var scan = Slot{Pane: "grid", Name: "scan"}

// waiting blocks until its context ends.
func waiting(ctx context.Context) (string, error) {
	<-ctx.Done()
	return "", ctx.Err()
}

func answer(s string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return s, nil }
}

func result(t *testing.T, cmd tea.Cmd) Done[string] {
	t.Helper()
	d, ok := cmd().(Done[string])
	if !ok {
		t.Fatalf("the command delivered no Done[string]")
	}
	return d
}

func TestResultReachesItsSlotOnce(t *testing.T) {
	r := NewRunner(t.Context())
	cmd := Start(r, scan, answer("rows"))
	if !r.Busy() {
		t.Error("not busy before the command runs: there is a gap in which nothing seems to happen")
	}
	var res Result = result(t, cmd)
	if res.Ticket().Slot != scan || res.Failure() != nil || res.(Done[string]).Value != "rows" {
		t.Errorf("got %+v", res)
	}
	if !r.Finish(res.Ticket()) || r.Busy() {
		t.Error("the result was not wanted, or the slot is still busy")
	}
	if r.Finish(res.Ticket()) {
		t.Error("the same result was wanted twice")
	}
}

func TestLaterCallSupersedesEarlier(t *testing.T) {
	r := NewRunner(t.Context())
	var first context.Context
	slow := Start(r, scan, func(ctx context.Context) (string, error) { first = ctx; return "old", nil })
	old := result(t, slow)
	fresh := Start(r, scan, answer("new"))
	if first.Err() == nil {
		t.Error("the first call goes on")
	}
	if r.Finish(old.Ticket()) {
		t.Error("a late result is wanted")
	}
	if d := result(t, fresh); !r.Finish(d.Ticket()) || d.Value != "new" {
		t.Errorf("the later result %+v is not wanted", d)
	}
}

func TestFailureIsDelivered(t *testing.T) {
	r := NewRunner(t.Context())
	want := errors.New("boom")
	d := result(t, Start(r, scan, func(context.Context) (string, error) { return "part", want }))
	if !errors.Is(d.Failure(), want) || d.Value != "part" {
		t.Errorf("got %+v", d)
	}
}

func TestCancelEndsTheContext(t *testing.T) {
	r := NewRunner(t.Context())
	cmd := Start(r, scan, waiting)
	if !r.Cancel(scan) || r.Cancel(scan) {
		t.Error("there was one call to cancel")
	}
	d := result(t, cmd)
	if !errors.Is(d.Err, context.Canceled) || r.Finish(d.Ticket()) {
		t.Errorf("canceled call: %+v", d)
	}
}

func TestWritesAreNeverSuperseded(t *testing.T) {
	r := NewRunner(t.Context())
	slot := Slot{"review", "commit"}
	var during context.Context
	write := StartWrite(r, slot, func(ctx context.Context) (string, error) { during = ctx; return "written", nil })
	for name, cmd := range map[string]tea.Cmd{
		"write": StartWrite(r, slot, answer("again")),
		"read":  Start(r, slot, answer("read")),
	} {
		d := result(t, cmd)
		if !errors.Is(d.Err, ErrBusy) || d.Value != "" {
			t.Errorf("a second %s was made: %+v", name, d)
		}
		if !r.Finish(d.Ticket()) || !r.Writing() {
			t.Errorf("the refused %s was dropped, or ended the write", name)
		}
	}
	if r.CancelPane("review") {
		t.Error("canceling the pane canceled its write")
	}
	d := result(t, write)
	if during.Err() != nil || d.Value != "written" || !r.Finish(d.Ticket()) || r.Writing() {
		t.Errorf("the write was disturbed: %+v (%v)", d, during.Err())
	}
	again := StartWrite(r, slot, waiting)
	if !r.Cancel(slot) {
		t.Error("a write cannot be canceled by name")
	}
	if d := result(t, again); !errors.Is(d.Err, context.Canceled) {
		t.Errorf("canceled write: %+v", d)
	}
}

func TestCancelPaneLeavesOtherPanes(t *testing.T) {
	r := NewRunner(t.Context())
	a := Start(r, scan, waiting)
	b := Start(r, Slot{"grid", "count"}, waiting)
	c := Start(r, Slot{"objects", "list"}, answer("tables"))
	if !r.CancelPane("grid") || r.CancelPane("grid") {
		t.Error("there were calls to cancel, once")
	}
	for _, cmd := range []tea.Cmd{a, b} {
		if d := result(t, cmd); r.Finish(d.Ticket()) {
			t.Errorf("%+v is still wanted", d)
		}
	}
	if d := result(t, c); !r.Finish(d.Ticket()) {
		t.Errorf("%+v was canceled too", d)
	}
}

func TestCloseWaitsForRunningCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := NewRunner(t.Context())
		cmd := Start(r, scan, func(ctx context.Context) (string, error) {
			<-ctx.Done()
			time.Sleep(time.Minute) // cleaning up
			return "", ctx.Err()
		})
		late := Start(r, Slot{"grid", "late"}, answer("too late"))
		done := make(chan tea.Msg, 1)
		go func() { done <- cmd() }()
		synctest.Wait()
		begin := time.Now()
		r.Close()
		if time.Since(begin) != time.Minute {
			t.Errorf("Close returned after %v, the call took a minute", time.Since(begin))
		}
		if d := (<-done).(Done[string]); !errors.Is(d.Err, context.Canceled) {
			t.Errorf("got %+v", d)
		}
		if d := result(t, late); !errors.Is(d.Err, context.Canceled) || d.Value != "" {
			t.Errorf("a call began after Close: %+v", d)
		}
		r.Close()
	})
}

func TestEndOfContextCancelsCalls(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := NewRunner(ctx)
	cmd := Start(r, scan, waiting)
	cancel()
	if d := result(t, cmd); !errors.Is(d.Err, context.Canceled) {
		t.Errorf("got %+v", d)
	}
}

func TestActivitiesTellWhatRunsAndHowLong(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	r := NewRunner(t.Context(), WithClock(func() time.Time { return now }))
	Start(r, scan, waiting)
	now = now.Add(100 * time.Millisecond)
	StartWrite(r, Slot{"review", "commit"}, waiting)
	now = now.Add(60 * time.Millisecond)

	as := r.Activities("")
	if len(as) != 2 || as[0].Slot != scan || !as[0].Visible() || as[1].Visible() || !as[1].Write {
		t.Errorf("got %+v", as)
	}
	if as := r.Activities("review"); len(as) != 1 || as[0].Elapsed != 60*time.Millisecond {
		t.Errorf("of one pane: %+v", as)
	}
	if d, ok := r.Elapsed(scan); !ok || d != 160*time.Millisecond {
		t.Errorf("elapsed %v, %v", d, ok)
	}
	if _, ok := r.Elapsed(Slot{"grid", "other"}); ok {
		t.Error("a free slot is busy")
	}
}

// The indicator appears when a call has lasted for Patience, moves, and stops
// when nothing runs, with never more than one timer.
func TestAnimationRunsOnlyWhileBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := NewRunner(t.Context())
		if r.Animate() != nil {
			t.Error("idle, but animated")
		}
		begin := time.Now()
		Start(r, scan, waiting)
		tick := r.Animate()
		if tick == nil || r.Animate() != nil {
			t.Fatal("want one timer")
		}
		if _, ok := tick().(Tick); !ok || time.Since(begin) != Patience {
			t.Errorf("the first tick came after %v", time.Since(begin))
		}
		begin = time.Now()
		tick = r.Ticked()
		if tick == nil {
			t.Fatal("no second tick")
		}
		if tick(); time.Since(begin) != tickEvery {
			t.Errorf("the second tick came after %v", time.Since(begin))
		}
		r.Cancel(scan)
		if r.Ticked() != nil {
			t.Error("still animated")
		}
		r.Close()
	})
}
