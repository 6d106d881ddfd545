package results

import (
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// read reads a recorded run, and returns the lines that were not events.
func read(t *testing.T, file string) (*Run, []string) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var others []string
	r, err := Read(f, func(*Package) {}, func(line string) { others = append(others, line) })
	if err != nil {
		t.Fatal(err)
	}
	return r, others
}

const shop = "example.com/shop/"

func TestCountsOfEachPackage(t *testing.T) {
	r, others := read(t, "mixed.json")
	want := map[string]Counts{
		"backends/broken":  {Failed: 1},            // does not build
		"backends/good":    {Passed: 3},            // a parent, which is no leaf, has two
		"backends/none":    {Passed: 2, Failed: 1}, // the failure is a subtest's
		"backends/panics":  {Passed: 1, Failed: 1}, // the tests after it never ran
		"backends/partly":  {Passed: 1, Skipped: 1},
		"backends/skipped": {Skipped: 1},
		"empty":            {}, // has no tests: that is not a skipped one
	}
	for _, p := range r.Packages() {
		name := strings.TrimPrefix(p.Name, shop)
		if got := p.Counts(); got != want[name] {
			t.Errorf("%s: %v, want %v", name, got, want[name])
		}
		delete(want, name)
	}
	for name := range want {
		t.Errorf("%s is missing", name)
	}
	if got := r.Counts().String(); got != "7 passed, 3 failed, 2 skipped" {
		t.Errorf("in all: %s", got)
	}
	if len(others) > 0 {
		t.Errorf("not understood: %q", others)
	}
}

func TestRunWithoutTests(t *testing.T) {
	r, _ := read(t, "empty.json")
	if c := r.Counts(); c != (Counts{}) {
		t.Errorf("%v, want none", c)
	}
}

func TestConformance(t *testing.T) {
	r, _ := read(t, "mixed.json")
	for backend, want := range map[string]string{
		"skipped":  "skipped conformance tests: TestConformance",
		"partly":   "skipped conformance tests: TestConformance/write",
		"none":     "failed before it ran conformance tests", // the name of another test begins alike
		"broken":   "failed before it ran conformance tests",
		"../empty": "ran no conformance tests",
		"panics":   "failed 1 of its conformance tests",
		"unknown":  "was not tested",
	} {
		if _, err := r.Conformance(path.Join(shop, "backends", backend)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", backend, err, want)
		}
	}
	if c, err := r.Conformance(shop + "backends/good"); err != nil || c.Passed != 2 {
		t.Errorf("good: %v, %v, want 2 passed", c, err)
	}
}

func TestFailuresKeepTheirOutput(t *testing.T) {
	r, _ := read(t, "mixed.json")
	for _, p := range r.Packages() {
		switch strings.TrimPrefix(p.Name, shop) {
		case "backends/none":
			f := p.Failures()
			if len(f) != 1 || f[0].Name != "TestFails/a" {
				t.Errorf("failures of none: %v", f)
			}
			explains(t, p, "a is wrong")
		case "backends/panics":
			explains(t, p, "panic: torn page") // which go test attributes to the parent
		case "backends/broken":
			explains(t, p, "undefined: undefined")
		case "backends/partly":
			s := p.Skips()
			if len(s) != 1 || !strings.Contains(s[0].Output, "read-only") {
				t.Errorf("skips of partly: %v", s)
			}
		}
	}
}

func explains(t *testing.T, p *Package, want string) {
	t.Helper()
	if got := p.FailureOutput(); !strings.Contains(got, want) {
		t.Errorf("%s does not tell of %q:\n%s", p.Name, want, got)
	}
}

func TestReadTellsOfEachPackageWhenItEnds(t *testing.T) {
	var log []string
	const stream = `go: a note
{"Action":"pass","Package":"a","Test":"TestA"}
{"Action":"pass","Package":"a"}
{not an event}
{"Action":"skip","Package":"b"}
`
	_, err := Read(strings.NewReader(stream),
		func(p *Package) { log = append(log, p.Name) },
		func(line string) { log = append(log, strings.TrimSpace(line)) })
	if got := strings.Join(log, ", "); err != nil || got != "go: a note, a, {not an event}, b" {
		t.Errorf("%s; %v", got, err)
	}
}

func TestTruncatedStreamIsAnError(t *testing.T) {
	const stream = `{"Action":"run","Package":"a","Test":"TestA"}
{"Action":"pass","Package":"a","Test":"TestA"}
`
	_, err := Read(strings.NewReader(stream), func(*Package) {}, func(string) {})
	if err == nil || !strings.Contains(err.Error(), "tests of a") {
		t.Errorf("Read = %v, want that a did not end", err)
	}
}

func TestUnendedTestFailed(t *testing.T) {
	const stream = `{"Action":"run","Package":"a","Test":"TestA"}
{"Action":"fail","Package":"a"}
`
	r, err := Read(strings.NewReader(stream), func(*Package) {}, func(string) {})
	if err != nil || r.Counts() != (Counts{Failed: 1}) {
		t.Errorf("%v, %v, want 1 failed", r.Counts(), err)
	}
}

// TestOutcomeOfAParent has a parent whose own outcome no subtest shows.
func TestOutcomeOfAParent(t *testing.T) {
	const stream = `{"Action":"run","Package":"a","Test":"TestA"}
{"Action":"run","Package":"a","Test":"TestA/x"}
{"Action":"pass","Package":"a","Test":"TestA/x"}
{"Action":"fail","Package":"a","Test":"TestA"}
{"Action":"fail","Package":"a"}
`
	r, err := Read(strings.NewReader(stream), func(*Package) {}, func(string) {})
	if err != nil || r.Counts() != (Counts{Passed: 1, Failed: 1}) {
		t.Errorf("%v, %v, want 1 passed, 1 failed", r.Counts(), err)
	}
}
