// Package results reads what "go test -json" prints and says what it amounts
// to: how many tests passed, failed and were skipped, what the failures printed,
// and whether every backend passed its conformance tests.
//
// Only leaves count: a test with subtests is as good as they are, and counts
// itself only for an outcome that none of them shows. What did not end, because
// the program panicked or ran out of time, failed, and so did a package that
// did not build.
package results

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Counts are numbers of tests.
type Counts struct{ Passed, Failed, Skipped int }

// Add adds d to c.
func (c *Counts) Add(d Counts) {
	c.Passed += d.Passed
	c.Failed += d.Failed
	c.Skipped += d.Skipped
}

// String is the closing line of a run.
func (c Counts) String() string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped", c.Passed, c.Failed, c.Skipped)
}

// The outcomes of tests and packages, as go test calls them.
const (
	pass = "pass"
	fail = "fail"
	skip = "skip"
)

// Test is a test, or a subtest, that was begun.
type Test struct {
	Name    string
	Output  string
	Elapsed time.Duration

	outcome string
	parent  bool            // has subtests
	below   map[string]bool // the outcomes of all its subtests
}

// Package is a package whose tests were asked for.
type Package struct {
	Name    string
	Output  string // what no test printed, among it the compiler's complaints
	Elapsed time.Duration

	outcome string
	build   string // the build that failed, if that was the end
	tests   map[string]*Test
	order   []*Test
}

// Run is one run of go test.
type Run struct {
	packages map[string]*Package
	order    []*Package
	builds   map[string]*strings.Builder // the compiler's output, by what was built
}

// event is a line of test2json or of the go command.
type event struct {
	Action, Package, Test, Output string
	ImportPath, FailedBuild       string
	Elapsed                       float64 // seconds
}

// Read reads a run to its end. It calls ended for each package as soon as its
// end was read, and other for lines that are not events, which come from the
// programs under test or the go command. A stream that stops in the middle of
// a package is an error, because its tests are not all accounted for.
func Read(src io.Reader, ended func(*Package), other func(line string)) (*Run, error) {
	r := &Run{packages: map[string]*Package{}, builds: map[string]*strings.Builder{}}
	lines := bufio.NewReader(src)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			r.line(line, ended, other)
		}
		if errors.Is(err, io.EOF) {
			return r, r.unfinished()
		}
		if err != nil {
			return r, fmt.Errorf("results: read: %w", err)
		}
	}
}

func (r *Run) line(line string, ended func(*Package), other func(string)) {
	var e event
	if err := json.Unmarshal([]byte(line), &e); err != nil || e.Action == "" {
		other(line)
		return
	}
	if p := r.event(e); p != nil {
		ended(p)
	}
}

// event notes e and returns its package, if that has ended.
func (r *Run) event(e event) *Package {
	if e.Package == "" {
		r.built(e)
		return nil
	}
	p := r.pkg(e.Package)
	if e.Test == "" {
		return r.packageEvent(p, e)
	}
	t := p.test(e.Test)
	switch e.Action {
	case "output":
		t.Output += e.Output
	case pass, fail, skip:
		t.outcome = e.Action
		t.Elapsed = seconds(e.Elapsed)
	}
	return nil
}

func (r *Run) packageEvent(p *Package, e event) *Package {
	switch e.Action {
	case "output":
		p.Output += e.Output
	case pass, fail, skip:
		p.outcome = e.Action
		p.build = e.FailedBuild
		p.Elapsed = seconds(e.Elapsed)
		if b := r.builds[e.FailedBuild]; b != nil {
			p.Output = b.String() + p.Output
		}
		p.settle()
		return p
	}
	return nil
}

func (r *Run) built(e event) {
	if e.Action != "build-output" {
		return
	}
	if r.builds[e.ImportPath] == nil {
		r.builds[e.ImportPath] = &strings.Builder{}
	}
	r.builds[e.ImportPath].WriteString(e.Output)
}

func (r *Run) pkg(name string) *Package {
	p := r.packages[name]
	if p == nil {
		p = &Package{Name: name, tests: map[string]*Test{}}
		r.packages[name] = p
		r.order = append(r.order, p)
	}
	return p
}

func (p *Package) test(name string) *Test {
	t := p.tests[name]
	if t == nil {
		t = &Test{Name: name, below: map[string]bool{}}
		p.tests[name] = t
		p.order = append(p.order, t)
	}
	return t
}

// settle decides about tests that did not end, and tells parents of their
// subtests' outcomes.
func (p *Package) settle() {
	for _, t := range p.order {
		if t.outcome == "" {
			t.outcome = fail
			t.Output += "    (the test did not end)\n"
		}
		for name := t.Name; ; {
			i := strings.LastIndexByte(name, '/')
			if i < 0 {
				break
			}
			name = name[:i]
			if parent := p.tests[name]; parent != nil {
				parent.parent = true
				parent.below[t.outcome] = true
			}
		}
	}
}

func (r *Run) unfinished() error {
	var names []string
	for _, p := range r.order {
		if p.outcome == "" {
			names = append(names, p.Name)
		}
	}
	if len(names) > 0 {
		return fmt.Errorf("results: the output of go test ends before the tests of %s", strings.Join(names, ", "))
	}
	return nil
}

// Failed reports whether the package failed, whatever its tests did.
func (p *Package) Failed() bool { return p.outcome == fail }

// Counts counts the package's tests. A package that failed although no test of
// it did, for instance because it does not build, counts as one that failed.
func (p *Package) Counts() Counts {
	var c Counts
	for _, t := range p.order {
		if t.counts() {
			c.count(t.outcome)
		}
	}
	if p.Failed() && c.Failed == 0 {
		c.Failed = 1
	}
	return c
}

func (t *Test) counts() bool {
	return !t.parent || t.outcome != pass && !t.below[t.outcome]
}

func (c *Counts) count(outcome string) {
	switch outcome {
	case pass:
		c.Passed++
	case fail:
		c.Failed++
	case skip:
		c.Skipped++
	}
}

// Failures lists the tests that failed, in the order in which they began.
func (p *Package) Failures() []*Test { return p.with(fail) }

// Skips lists the tests that were skipped, in the order in which they began.
func (p *Package) Skips() []*Test { return p.with(skip) }

func (p *Package) with(outcome string) []*Test {
	var tests []*Test
	for _, t := range p.order {
		if t.outcome == outcome && t.counts() {
			tests = append(tests, t)
		}
	}
	return tests
}

// FailureOutput is what explains the package's failure: what the tests that
// failed printed, their parents among them, and what no test printed. Of a
// panic in a subtest, go test says that the parent printed it.
func (p *Package) FailureOutput() string {
	var b strings.Builder
	for _, t := range p.order {
		if t.outcome == fail {
			b.WriteString(t.Output)
		}
	}
	b.WriteString(p.Output)
	return b.String()
}

// Counts counts the tests of the whole run.
func (r *Run) Counts() Counts {
	var c Counts
	for _, p := range r.order {
		c.Add(p.Counts())
	}
	return c
}

// Packages lists the packages in the order in which they were first heard of.
func (r *Run) Packages() []*Package { return slices.Clone(r.order) }

// conformance is the test that a backend calls the conformance suite in.
const conformance = "TestConformance"

// Conformance counts the conformance tests of a backend's package. The error
// says why the run proves nothing of that backend: none ran, one was skipped,
// or one failed.
func (r *Run) Conformance(pkg string) (Counts, error) {
	var c Counts
	p := r.packages[pkg]
	if p == nil {
		return c, fmt.Errorf("%s was not tested", pkg)
	}
	var skipped []string
	for _, t := range p.order {
		if name, _, _ := strings.Cut(t.Name, "/"); name != conformance || !t.counts() {
			continue
		}
		c.count(t.outcome)
		if t.outcome == skip {
			skipped = append(skipped, t.Name)
		}
	}
	switch {
	case c.Failed > 0:
		return c, fmt.Errorf("%s failed %d of its conformance tests", pkg, c.Failed)
	case len(skipped) > 0:
		return c, fmt.Errorf("%s skipped conformance tests: %s", pkg, strings.Join(skipped, ", "))
	case c.Passed == 0 && p.Failed():
		return c, fmt.Errorf("%s failed before it ran conformance tests", pkg)
	case c.Passed == 0:
		return c, fmt.Errorf("%s ran no conformance tests: it has no %s", pkg, conformance)
	}
	return c, nil
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
