package task

import (
	"cmp"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"
)

// Patience is how long a call runs before the screen says so: an indicator
// that appears for a moment only flickers.
const Patience = 150 * time.Millisecond

// tickEvery is the time between two frames of the indicator.
const tickEvery = 100 * time.Millisecond

// Activity is a call that has not finished.
type Activity struct {
	Slot    Slot
	Elapsed time.Duration // since it was started
	Write   bool
}

// Visible reports whether the call has lasted long enough to be shown.
func (a Activity) Visible() bool { return a.Elapsed >= Patience }

// Busy reports whether any call has not finished.
func (r *Runner) Busy() bool { return len(r.active) > 0 }

// Writing reports whether a write has not finished: the reason to ask before
// the program quits.
func (r *Runner) Writing() bool {
	for _, c := range r.active {
		if c.write {
			return true
		}
	}
	return false
}

// Elapsed returns how long the call in slot has been running; ok is false
// when there is none.
func (r *Runner) Elapsed(slot Slot) (d time.Duration, ok bool) {
	c, ok := r.active[slot]
	if !ok {
		return 0, false
	}
	return r.now().Sub(c.since), true
}

// Activities returns the unfinished calls of a pane, or of all panes when
// pane is empty, the oldest first.
func (r *Runner) Activities(pane string) []Activity {
	var out []Activity
	now := r.now()
	for slot, c := range r.active {
		if pane == "" || slot.Pane == pane {
			out = append(out, Activity{slot, now.Sub(c.since), c.write})
		}
	}
	slices.SortFunc(out, func(a, b Activity) int {
		return cmp.Or(cmp.Compare(b.Elapsed, a.Elapsed), cmp.Compare(a.Slot.Pane, b.Slot.Pane), cmp.Compare(a.Slot.Name, b.Slot.Name))
	})
	return out
}

// Tick is the message on which a screen with unfinished calls is drawn again.
type Tick struct{}

// Animate returns a command that delivers a [Tick] when an indicator should
// appear or move on. It returns nil when nothing runs or a Tick is already on
// its way, so that the root can call it after every message.
func (r *Runner) Animate() tea.Cmd {
	if r.ticking || !r.Busy() {
		return nil
	}
	r.ticking = true
	wait := tickEvery
	if as := r.Activities(""); !as[0].Visible() {
		wait = Patience - as[0].Elapsed
	}
	return tea.Tick(wait, func(time.Time) tea.Msg { return Tick{} })
}

// Ticked notes that a [Tick] arrived and returns the command for the next.
func (r *Runner) Ticked() tea.Cmd {
	r.ticking = false
	return r.Animate()
}
