//go:build unix

// Check is the project's whole test run in one command, run in the module's
// root:
//
//	go run ./e2e/check
//
// It installs what the tests need from Debian's packages, or says what to
// install; checks the format, vet and staticcheck; builds without cgo; starts
// PostgreSQL, MariaDB and Redis on loopback with throw-away data; runs all
// tests with the race detector; stops the servers, whatever happens; runs the
// storage engine's tests for 32 bits, with checked loads, and with other sizes
// of pages; and ends with a summary whose last line is "N passed, N failed, N
// skipped". A check that fails counts as a test that failed.
//
// It fails if anything fails, if no test ran, and if a backend's conformance
// tests did not run or were skipped: a backend that nobody tested is broken.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/rowan-db/rowan/e2e/check/results"
)

const (
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout))
}

func run(ctx context.Context, args []string, out *os.File) int {
	c := &checker{out: out}
	flags := flag.NewFlagSet("check", flag.ContinueOnError)
	only := flags.String("only", "", "run only these `steps`, separated by commas: "+strings.Join(c.names(), ", "))
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return exitUsage
	}
	steps, err := c.choose(*only)
	if err != nil || flags.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "check: unknown step or argument:", errors.Join(err, notEmpty(flags.Args())))
		return exitUsage
	}
	c.run(ctx, steps)
	if c.summarise(out); c.failed() {
		return exitFailed
	}
	return 0
}

func notEmpty(args []string) error {
	if len(args) == 0 {
		return nil
	}
	return fmt.Errorf("%q", args)
}

// step is a part of the run. The note, if there is one, goes into the summary.
type step struct {
	name string
	run  func(ctx context.Context) (note string, err error)
}

// done is a step that was run.
type done struct {
	name string
	note string
	err  error
	took time.Duration
}

// checker carries what the steps find out for the summary.
type checker struct {
	out     *os.File
	done    []done
	tested  bool // a step ran tests, or tried to
	servers []string
	runs    []*results.Run
	proofs  []proof
}

// proof is what the run says of a backend.
type proof struct {
	backend string
	counts  results.Counts
	err     error
}

func (c *checker) steps() []step {
	return []step{
		{"packages", c.packages},
		{"format", c.format},
		{"vet", c.vet},
		{"no-cgo", c.noCgo},
		{"staticcheck", c.staticcheck},
		{"tests", c.tests},
		{"tests-no-cgo", c.testsNoCgo},
		{"portable", c.portable},
	}
}

func (c *checker) names() []string {
	var names []string
	for _, s := range c.steps() {
		names = append(names, s.name)
	}
	return names
}

// choose returns the steps in a list, in their own order, or all for an empty
// one.
func (c *checker) choose(list string) ([]step, error) {
	if list == "" {
		return c.steps(), nil
	}
	wanted := strings.Split(list, ",")
	for _, name := range wanted {
		if !slices.Contains(c.names(), name) {
			return nil, fmt.Errorf("%q", name)
		}
	}
	return slices.DeleteFunc(c.steps(), func(s step) bool { return !slices.Contains(wanted, s.name) }), nil
}

// run runs the steps one after the other. A failure does not end the run: the
// other steps have something to say, too. An interruption does.
func (c *checker) run(ctx context.Context, steps []step) {
	for _, s := range steps {
		fmt.Fprintf(c.out, "== %s\n", s.name)
		began := time.Now()
		note, err := s.run(ctx)
		if err != nil {
			fmt.Fprintf(c.out, "%s: %v\n", s.name, err)
		}
		c.done = append(c.done, done{s.name, note, err, time.Since(began)})
		if ctx.Err() != nil {
			return
		}
	}
}

// failed reports whether the run as a whole failed.
func (c *checker) failed() bool { return c.counts().Failed > 0 }

// counts counts the tests, and every failed check as a failed test. A step that
// failed because of its tests is not counted again.
func (c *checker) counts() results.Counts {
	var all results.Counts
	for _, r := range c.runs {
		all.Add(r.Counts())
	}
	for _, d := range c.done {
		if d.err != nil && !errors.Is(d.err, errTestsFailed) {
			all.Failed++
		}
	}
	for _, p := range c.proofs {
		if p.err != nil && p.counts.Failed == 0 {
			all.Failed++
		}
	}
	if c.tested && all.Passed == 0 && all.Failed == 0 {
		all.Failed++
	}
	return all
}

// summarise prints what there is to know about the run.
func (c *checker) summarise(w io.Writer) {
	fmt.Fprintf(w, "\n== summary\n")
	for _, d := range c.done {
		fmt.Fprintf(w, "%-6s %-14s %6.1fs  %s\n", verdict(d.err), d.name, d.took.Seconds(), d.note)
	}
	for _, s := range c.servers {
		fmt.Fprintf(w, "server %s\n", s)
	}
	for _, p := range c.proofs {
		if p.err != nil {
			fmt.Fprintf(w, "FAILED conformance of %s: %v\n", p.backend, p.err)
		} else {
			fmt.Fprintf(w, "ok     conformance of %s: %v\n", p.backend, p.counts)
		}
	}
	for _, r := range c.runs {
		listTests(w, r)
	}
	if c.tested && c.counts().Passed == 0 {
		fmt.Fprintln(w, "FAILED no test passed")
	}
	fmt.Fprintln(w, c.counts())
}

func verdict(err error) string {
	if err != nil {
		return "FAILED"
	}
	return "ok"
}

// listTests names the tests that were skipped, with their reasons, and those
// that failed, whose output has been printed.
func listTests(w io.Writer, r *results.Run) {
	for _, p := range r.Packages() {
		for _, t := range p.Skips() {
			fmt.Fprintf(w, "skip   %s %s\n%s", p.Name, t.Name, reason(t.Output))
		}
	}
	for _, p := range r.Packages() {
		for _, t := range p.Failures() {
			fmt.Fprintf(w, "FAILED %s %s\n", p.Name, t.Name)
		}
		if p.Failed() && len(p.Failures()) == 0 {
			fmt.Fprintf(w, "FAILED %s\n", p.Name)
		}
	}
}

// reason is what a skipped test said itself, without the lines of go test.
func reason(output string) string {
	var own []string
	for line := range strings.Lines(output) {
		if text := strings.TrimSpace(line); !strings.HasPrefix(text, "=== ") && !strings.HasPrefix(text, "--- ") {
			own = append(own, "         "+text+"\n")
		}
	}
	return strings.Join(own, "")
}
