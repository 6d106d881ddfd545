package btree_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rowan-db/rowan/btree/vfs"
)

// cutter looks at what power cuts and kills would leave of a world at the moments of a life, which goes on.
//
// Before a sync the most is at stake. Then each of the changes that are not synced is lost alone, survives alone, is torn, and is the
// last that survives; so an order of writes that nothing enforces is found at once. Before any change the process may be killed: who
// opens the file then, and looks, must find the same after a power cut.
type cutter struct {
	w     *world
	r     *rand.Rand // the cutter is asked from several goroutines, one at a time
	every int        // it looks at one of so many moments
	err   atomic.Pointer[error]
}

// mostCuts is about how many power cuts are made in one moment.
const mostCuts = 24

func newCutter(w *world, seed uint64) *cutter {
	return &cutter{w: w, r: rand.New(rand.NewPCG(seed, 79)), every: 20}
}

// failure returns what was found wrong.
func (c *cutter) failure() error {
	if c == nil {
		return nil
	}
	if err := c.err.Load(); err != nil {
		return *err
	}
	return nil
}

// watched returns a Hook that looks before it asks another one. It ends the life when something is wrong.
func (w *world) watched(hook func(vfs.Call) error) func(vfs.Call) error {
	if w.cuts == nil {
		return hook
	}
	return func(call vfs.Call) error {
		if err := w.cuts.before(call); err != nil {
			err = fmt.Errorf("before %v: %w", call, err)
			w.cuts.err.CompareAndSwap(nil, &err)
			return err
		}
		return hook(call)
	}
}

// before looks at the disk before a call.
func (c *cutter) before(call vfs.Call) error {
	if c.failure() != nil || !changesDisk(call) || c.r.IntN(c.every) > 0 {
		return nil
	}
	if call.Op == "sync" {
		if err := c.cut(); err != nil {
			return err
		}
	}
	if c.r.IntN(6) > 0 {
		return nil
	}
	return c.kill()
}

// cut makes power cuts.
func (c *cutter) cut() error {
	allowed := *c.w.told.Load() // and what is told later: somebody else may commit meanwhile
	for _, l := range c.losses() {
		after := c.w.disk.CutPower(l.survives)
		c.w.soak.looks.Add(1)
		got, err := c.w.read(after)
		if err == nil {
			err = c.isAllowed(got, allowed)
		}
		if err != nil {
			return fmt.Errorf("a power cut after which %s: %w", l.what, err)
		}
	}
	return nil
}

// kill ends the process, opens the file, looks at what it holds, and cuts the power.
func (c *cutter) kill() error {
	allowed := *c.w.told.Load()
	killed := c.w.disk.Clone()
	c.w.soak.looks.Add(1)
	seen, err := c.w.peek(killed)
	if err == nil {
		err = c.isAllowed(seen, allowed)
	}
	if err != nil {
		return fmt.Errorf("a kill: %w", err)
	}
	got, err := c.w.read(killed.CutPower(func(vfs.Unsynced) bool { return false }))
	if err == nil && !got.equal(seen) {
		err = errors.New(got.difference(seen))
	}
	if err != nil {
		return fmt.Errorf("a power cut after the file was opened after a kill: %w", err)
	}
	return nil
}

// isAllowed checks that a state is one of those that a crash may leave.
func (c *cutter) isAllowed(got state, allowed []state) error {
	allowed = slices.Concat(allowed, *c.w.told.Load())
	if slices.ContainsFunc(allowed, got.equal) {
		return nil
	}
	return errors.New(got.difference(allowed[0]))
}

// loss is a way to lose what is not synced.
type loss struct {
	what     string
	survives func(vfs.Unsynced) bool
}

// losses returns ways to lose what is not synced now: all of them, or some when it is much.
func (c *cutter) losses() []loss {
	changes := 0
	c.w.disk.CutPower(func(u vfs.Unsynced) bool {
		if u.Name == dbName {
			changes = u.Changes
		}
		return true
	})
	ls := []loss{
		{"nothing survives", func(vfs.Unsynced) bool { return false }},
		{"everything survives", func(vfs.Unsynced) bool { return true }},
	}
	for i := range changes {
		of := fmt.Sprintf("change %d of %d ", i+1, changes)
		ls = append(ls,
			loss{of + "survives alone", func(u vfs.Unsynced) bool { return u.Change == i || u.Change < 0 }},
			loss{of + "is lost alone", func(u vfs.Unsynced) bool { return u.Change != i }},
			loss{of + "is the last to survive", func(u vfs.Unsynced) bool { return u.Change <= i }},
			loss{of + "is torn", func(u vfs.Unsynced) bool { return u.Change != i || u.Sector < u.Sectors/2 }})
	}
	if len(ls) > mostCuts {
		c.r.Shuffle(len(ls), func(i, j int) { ls[i], ls[j] = ls[j], ls[i] })
		ls = ls[:mostCuts]
	}
	return ls
}

// Worlds live while every loss before every sync is tried, and every kill.
func TestEveryLossAtEverySync(t *testing.T) {
	worlds := uint64(12)
	if testing.Short() {
		worlds = 3
	}
	s := &soak{began: time.Now()}
	for seed := range worlds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			w := newWorld(seed, s)
			w.most = 12
			w.cuts = newCutter(w, seed)
			w.cuts.every = 1
			for life := range 2 {
				w.setOptions()
				if err := w.run(1 << 30); err != nil {
					t.Fatalf("life %d, %+v: %v", life, w.opts, err)
				}
				if err := w.survived(false); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	t.Cleanup(func() { t.Log(s) })
}
