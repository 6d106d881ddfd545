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

	interrupted bool // before everything was measured
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
		c.n, c.large, c.big, c.runs = 100_000, 0, 0.2, 2
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
