package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"syscall"

	"github.com/rowan-db/rowan/bench/compare"
)

// result is what was measured of a work.
type result struct {
	compare.Result
	group *group
	work  *work
}

func newResult(g *group, w *work) *result {
	return &result{
		Result: compare.Result{Work: w.name, Unit: w.unit.Unit, Ours: ours, Labels: w.labels(), Targets: w.targets},
		group:  g, work: w,
	}
}

// lab is what measuring needs.
type lab struct {
	dir     string            // for stores
	engines map[string]engine // built, by name
	records func(s scale) int
	runs    int
	warm    func() error // is called before each measurement of a work that wants it
	log     func(format string, args ...any)
	done    func(r *result) // is called with each result as soon as there is one
}

// doer obeys commands: a session, or something else in tests.
type doer interface {
	do(line string) (answer, error)
}

// measure does the works of a group.
func (l *lab) measure(ctx context.Context, g *group) (err error) {
	o := &orders{dir: l.dir, n: l.records(g.scale)}
	sessions := make(map[string]*session)
	defer func() {
		for _, s := range sessions {
			err = errors.Join(err, s.close())
		}
	}()
	doers := make(map[string]doer)
	for _, name := range g.engines() {
		s, err := newSession(ctx, l.engines[name], l.dir, g.data)
		if err != nil {
			return err
		}
		sessions[name], doers[name] = s, s
		if _, err := o.obey(s, g.prepare...); err != nil {
			return err
		}
	}
	// What was prepared is written back before anything is measured, lest it
	// disturb that.
	syscall.Sync()
	for i := range g.works {
		l.log("%s: %s", g.name, g.works[i].name)
		r, err := l.measureWork(g, &g.works[i], o, doers)
		if err != nil {
			return err
		}
		l.done(r)
	}
	return nil
}

// measureWork runs a work several times with every entrant, in turns. The
// first round warms caches up and does not count. Those whom no target names
// leave after half of the rounds.
func (l *lab) measureWork(g *group, w *work, o *orders, engines map[string]doer) (*result, error) {
	r := newResult(g, w)
	rounds := l.runs + 1
	if w.once {
		rounds = 1
	}
	for round := range rounds {
		sums := make(map[float64]string) // each round may read something else
		for _, e := range w.entrants {
			if round > (rounds+1)/2 && !w.judged(e) {
				continue
			}
			x, err := l.run(w, e, o, engines[e.engine])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", w.name, err)
			}
			if err := agree(sums, e.label, x); err != nil {
				return nil, fmt.Errorf("%s: %w", w.name, err)
			}
			if round == 0 && !w.once {
				continue
			}
			r.Add(e.label, w.unit.of(x))
		}
	}
	return r, nil
}

// run has an entrant do a work once, and returns what was measured.
func (l *lab) run(w *work, e entrant, o *orders, d doer) (answer, error) {
	measured := e.run[len(e.run)-1]
	if _, err := o.obey(d, slices.Concat(w.before, e.run[:len(e.run)-1])...); err != nil {
		return nil, err
	}
	if w.warm {
		if err := l.warm(); err != nil {
			return nil, err
		}
	}
	return o.obey(d, measured)
}

// obey has an engine do commands one after the other, and returns the last
// answer.
func (o *orders) obey(d doer, lines ...string) (a answer, err error) {
	for _, line := range lines {
		if line, err = o.expand(line); err != nil {
			return nil, err
		}
		if a, err = d.do(line); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// agree returns an error when an entrant read something else than those before.
func agree(sums map[float64]string, label string, a answer) error {
	sum, ok := a["sum"]
	if !ok {
		return nil
	}
	sums[sum] = label
	if len(sums) == 1 {
		return nil
	}
	return fmt.Errorf("the engines read different data: %v", slices.Collect(maps.Values(sums)))
}
