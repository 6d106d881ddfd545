package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/rowan-db/rowan/bench/compare"
	"github.com/rowan-db/rowan/bench/engine/worker"
)

// workerFlag as first argument makes this program the worker of an engine in
// Go.
const workerFlag = "-worker"

// config says what is measured.
type config struct {
	n     int
	large int     // records of the large works, which are left out when it is 0
	big   float64 // gigabytes of the big works, which are left out when it is 0
	runs  int
	quick bool
	works []string // parts of names, all when there are none
	peers []string // names of engines, all when there are none
	dir   string   // for stores
	cache string   // for what is built
	json  string
	doc   string
	out   io.Writer // for results
	log   io.Writer // for what is being done
}

// errMissed is returned when everything was measured and a target was missed.
var errMissed = errors.New("a target was missed")

func main() {
	if len(os.Args) > 1 && os.Args[1] == workerFlag {
		exit(worker.Serve(os.Args[2:], os.Stdin, os.Stdout))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c := parseFlags(os.Args[1:], os.Getenv("QUICK"))
	c.out, c.log = os.Stdout, os.Stderr
	exit(measureAll(ctx, c))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "engine:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func parseFlags(args []string, quick string) config {
	c := config{n: 1_000_000, large: 20_000_000, big: 4, runs: 7, quick: quick != "" && quick != "0"}
	if c.quick {
		c.n, c.large, c.big, c.runs = 100_000, 0, 0.2, 3
	}
	f := flag.NewFlagSet("engine", flag.ExitOnError)
	f.IntVar(&c.n, "n", c.n, "the number of records")
	f.IntVar(&c.large, "large", c.large, "the number of records of the large works, 0 to leave them out")
	f.Float64Var(&c.big, "big", c.big, "the size in GB of the big works, 0 to leave them out")
	f.IntVar(&c.runs, "runs", c.runs, "how often each engine does each work")
	list(f, &c.works, "work", "measure only works whose names contain one of these, separated by commas")
	list(f, &c.peers, "peers", "compare only with these engines, separated by commas")
	f.StringVar(&c.dir, "dir", filepath.Join("..", ".cache", "bench"), "put stores below this folder, which should be on the disk that is measured")
	f.StringVar(&c.cache, "cache", filepath.Join("..", ".cache", "bench"), "keep built harnesses in this folder")
	f.StringVar(&c.json, "json", filepath.Join("results", "engine.json"), "write the results of a complete run to this file")
	f.StringVar(&c.doc, "doc", filepath.Join("..", "docs", "BENCHMARKS.md"), "write the document of a complete run that is not quick to this file")
	_ = f.Parse(args) // it exits
	return c
}

func list(f *flag.FlagSet, to *[]string, name, usage string) {
	f.Func(name, usage, func(s string) error {
		*to = strings.Split(s, ",")
		return nil
	})
}

// selected returns the groups that the flags ask for.
func (c *config) selected() ([]*group, error) {
	for _, p := range c.peers {
		if !slices.ContainsFunc(allEngines(), func(e engine) bool { return e.name == p }) {
			return nil, fmt.Errorf("-peers %s: there is no such engine", p)
		}
	}
	want := func(name string) bool {
		return len(c.works) == 0 || slices.ContainsFunc(c.works, func(part string) bool { return strings.Contains(name, part) })
	}
	var out []*group
	for _, g := range allGroups() {
		if c.records(g.scale) == 0 {
			continue
		}
		if r := g.restrict(want, c.peers); r != nil {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no work has %s in its name", strings.Join(c.works, " or "))
	}
	return out, nil
}

// complete reports whether the run measures everything.
func (c *config) complete() bool { return len(c.works) == 0 && len(c.peers) == 0 }

func measureAll(ctx context.Context, c config) (err error) {
	groups, err := c.selected()
	if err != nil {
		return err
	}
	started := time.Now()
	l, clean, err := c.lab(ctx, groups)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, clean()) }()
	var results []*result
	l.done = func(r *result) {
		results = append(results, r)
		for _, e := range r.work.entrants {
			l.log("    %-10s %10s %s ±%.0f%%", e.label, compare.Number(r.Median(e.label)), r.work.unit.Name, 50*r.Spread(e.label))
		}
	}
	var failed error // of groups: the others are measured all the same
	for _, g := range groups {
		if err := l.measure(ctx, g); err != nil {
			l.log("%v", err)
			failed = errors.Join(failed, fmt.Errorf("%s: %w", g.name, err))
		}
		if ctx.Err() != nil {
			return failed
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

// lab prepares what measuring needs: programs, orders, a folder for stores.
func (c *config) lab(ctx context.Context, groups []*group) (_ *lab, clean func() error, err error) {
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
	clean = func() error { return os.RemoveAll(l.dir) }
	defer func() {
		if err != nil {
			err = errors.Join(err, clean())
		}
	}()
	if volatile, err := inMemory(l.dir); err != nil {
		return nil, nil, err
	} else if volatile {
		l.log("%s has no disk below it, so that nothing is durable: name a folder on a disk with -dir", l.dir)
	}
	b := &builder{log: l.log}
	if b.cache, err = filepath.Abs(c.cache); err != nil {
		return nil, nil, err
	}
	if b.self, err = os.Executable(); err != nil {
		return nil, nil, err
	}
	for _, e := range allEngines() {
		if !slices.ContainsFunc(groups, func(g *group) bool { return slices.Contains(g.engines(), e.name) }) {
			continue
		}
		if err := b.build(ctx, &e); err != nil {
			return nil, nil, err
		}
		l.engines[e.name] = e
	}
	return l, clean, nil
}
