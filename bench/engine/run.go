package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/rowan-db/rowan/bench/compare"
)

// complete reports whether the run measures everything.
func (c *config) complete() bool { return len(c.works) == 0 && len(c.peers) == 0 && !c.interrupted }

func measureAll(ctx context.Context, c config) (err error) {
	groups, err := c.selected()
	if err != nil {
		return err
	}
	started := time.Now()
	l, clean, err := c.lab()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, clean()) }()
	// Whatever fails, a harness or a group of works, the rest is measured.
	failed := l.build(ctx, c.cache, groups)
	var results []*result
	l.done = func(r *result) {
		results = append(results, r)
		for _, e := range r.work.entrants {
			l.log("    %-10s %10s %s ±%.0f%%", e.label, compare.Number(r.Median(e.label)), r.work.unit.Name, 50*r.Spread(e.label))
		}
	}
	for _, g := range groups {
		g = g.restrict(func(string) bool { return true }, slices.Collect(maps.Keys(l.engines)))
		if err := l.measure(ctx, g); err != nil {
			l.log("%v", err)
			failed = errors.Join(failed, fmt.Errorf("%s: %w", g.name, err))
		}
		if ctx.Err() != nil {
			c.interrupted = true
			break
		}
	}
	return errors.Join(failed, c.finish(results, machine(l.dir), time.Since(started)))
}

// finish prints and writes the results.
func (c *config) finish(results []*result, about []string, took time.Duration) error {
	var rows []compare.Row
	for _, r := range results {
		rows = append(rows, compare.Judge(&r.Result, rows)...)
	}
	fmt.Fprintf(c.out, "%s\n%s\n%d records, %d runs, %.0f s\n", figures(results), compare.Table(rows), c.n, c.runs, took.Seconds())
	if c.complete() {
		if err := compare.WriteJSON(c.json, rows); err != nil {
			return err
		}
		if !c.quick {
			about = append(about, time.Now().UTC().Format("date: 2006-01-02"), fmt.Sprintf("time taken: %.0f minutes", took.Minutes()))
			if err := c.writeDocument(results, rows, about); err != nil {
				return err
			}
		}
	}
	if n := len(compare.Missed(rows)); n > 0 {
		return fmt.Errorf("%w: %d of %d", errMissed, n, len(rows))
	}
	return nil
}

// lab makes a folder for stores.
func (c *config) lab() (_ *lab, clean func() error, err error) {
	l := &lab{engines: make(map[string]engine), records: c.records, runs: c.runs, log: func(format string, args ...any) {
		fmt.Fprintf(c.log, format+"\n", args...)
	}}
	for _, dir := range []string{c.cache, c.dir} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, nil, err
		}
	}
	if l.dir, err = os.MkdirTemp(c.dir, "stores-"); err != nil {
		return nil, nil, err
	}
	l.warm = func() error { return warm(l.dir, min(warmAtMost, int64(c.n)*warmPerRecord)) }
	clean = func() error { return os.RemoveAll(l.dir) }
	volatile, err := inMemory(l.dir)
	if err != nil {
		return nil, nil, errors.Join(err, clean())
	}
	if volatile {
		l.log("%s has no disk below it, so that nothing is durable: name a folder on a disk with -dir", l.dir)
	}
	return l, clean, nil
}

// build builds what the groups need. Engines that cannot be built are left out.
func (l *lab) build(ctx context.Context, cache string, groups []*group) (failed error) {
	b := &builder{log: l.log}
	var err error
	if b.cache, err = filepath.Abs(cache); err != nil {
		return err
	}
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	for _, e := range allEngines() {
		if !slices.ContainsFunc(groups, func(g *group) bool { return slices.Contains(g.engines(), e.name) }) {
			continue
		}
		if err := b.build(ctx, &e); err != nil {
			l.log("%v", err)
			failed = errors.Join(failed, err)
			continue
		}
		l.engines[e.name] = e
	}
	return failed
}
