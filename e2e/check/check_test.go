//go:build unix

package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rowan-db/rowan/e2e/check/results"
)

// module makes a module of some files the current directory.
func module(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	files["cli/cli.go"] = "package cli\n"
	files["backends/backends.go"] = "package backends\n"
	files["backends/sqlite/sqlite.go"] = "package sqlite\n"
	files["go.mod"] = "module example.com/shop\n\ngo 1.26.0\n"
	for name, content := range files {
		write(t, name, content)
	}
}

// write writes a file, and makes the folders above it.
func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// output returns a file for a checker to print to, and what is in it.
func output(t *testing.T) (*os.File, func() string) {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, func() string {
		content, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
}

// lastLine is the last line of what a run printed.
func lastLine(out string) string {
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	return lines[len(lines)-1]
}

func TestPassingRun(t *testing.T) {
	module(t, map[string]string{
		"backends/sqlite/a_test.go": "package sqlite\n\nimport \"testing\"\n\nfunc TestConformance(t *testing.T) {}\n\nfunc TestDuck(t *testing.T) { t.Skip(\"no duck\") }\n",
	})
	f, out := output(t)
	if code := run(t.Context(), []string{"-only", "format,vet,no-cgo,tests-no-cgo"}, f); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if got := lastLine(out()); got != "1 passed, 0 failed, 1 skipped" {
		t.Errorf("the last line is %q", got)
	}
	if !strings.Contains(out(), "no duck") {
		t.Error("the summary lacks why a test was skipped")
	}
	if t.Failed() {
		t.Log(out())
	}
}

func TestFailingTestFailsTheRun(t *testing.T) {
	module(t, map[string]string{
		"backends/sqlite/a_test.go": "package sqlite\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) { t.Error(\"it is red\") }\n\nfunc TestB(t *testing.T) {}\n",
	})
	f, out := output(t)
	if code := run(t.Context(), []string{"-only", "tests-no-cgo"}, f); code != exitFailed {
		t.Errorf("exit code %d, want %d", code, exitFailed)
	}
	if got := lastLine(out()); got != "1 passed, 1 failed, 0 skipped" || !strings.Contains(out(), "it is red") {
		t.Errorf("want the failure's output and the counts:\n%s", out())
	}
}

func TestRunWithoutTestsFails(t *testing.T) {
	module(t, map[string]string{})
	f, out := output(t)
	if code := run(t.Context(), []string{"-only", "tests-no-cgo"}, f); code != exitFailed {
		t.Errorf("exit code %d, want %d", code, exitFailed)
	}
	if !strings.Contains(out(), "no test passed") {
		t.Errorf("it does not say why:\n%s", out())
	}
}

func TestUnformattedFileFailsTheRun(t *testing.T) {
	module(t, map[string]string{"a.go": "package a\nfunc  A() { }\n"})
	f, out := output(t)
	if code := run(t.Context(), []string{"-only", "format"}, f); code != exitFailed {
		t.Errorf("exit code %d, want %d", code, exitFailed)
	}
	if !strings.Contains(out(), "a.go") || lastLine(out()) != "0 passed, 1 failed, 0 skipped" {
		t.Errorf("want the file's name and a failed check:\n%s", out())
	}
}

func TestUnknownStepIsAUsageError(t *testing.T) {
	f, _ := output(t)
	for _, args := range [][]string{{"-only", "polish"}, {"tests"}, {"-fast"}} {
		if code := run(t.Context(), args, f); code != exitUsage {
			t.Errorf("%q: exit code %d, want %d", args, code, exitUsage)
		}
	}
}

func TestInterruptionEndsTheRun(t *testing.T) {
	f, out := output(t)
	c := &checker{out: f}
	ctx, cancel := context.WithCancel(t.Context())
	c.run(ctx, []step{
		{"first", func(context.Context) (string, error) { cancel(); return "", ctx.Err() }},
		{"second", func(context.Context) (string, error) { t.Error("the second step ran"); return "", nil }},
	})
	if !c.failed() {
		t.Errorf("an interrupted run did not fail:\n%s", out())
	}
}

// TestUnprovenBackendFails has a run in which every test passed, and a backend
// that skipped its conformance tests.
func TestUnprovenBackendFails(t *testing.T) {
	f, out := output(t)
	c := &checker{out: f, done: []done{{name: "tests", took: time.Second}}}
	r, err := results.Read(strings.NewReader(`{"Action":"pass","Package":"a","Test":"TestA"}
{"Action":"pass","Package":"a"}
`), func(*results.Package) {}, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	c.runs, c.tested = []*results.Run{r}, true
	if c.failed() {
		t.Fatal("the run failed before it had a reason to")
	}
	c.proofs = []proof{{"sqlite", results.Counts{Skipped: 1}, errors.New("skipped")}}
	c.summarise(f)
	if !c.failed() || lastLine(out()) != "1 passed, 1 failed, 0 skipped" {
		t.Errorf("the run did not fail:\n%s", out())
	}
}

func TestBackendsAreTheFoldersWithCode(t *testing.T) {
	file := &fstest.MapFile{}
	names, err := backends(fstest.MapFS{
		"backends/backends.go":         file,
		"backends/mem/mem.go":          file,
		"backends/mem/rows.go":         file,
		"backends/internal/kv/kv.go":   file,
		"backends/internal/note.go":    file,
		"backends/testdata/corpus.txt": file,
		"backends/sqlite/sqlite.go":    file,
	})
	if want := []string{"mem", "sqlite"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("backends = %v, %v, want %v", names, err, want)
	}
	if _, err := backends(fstest.MapFS{}); err == nil {
		t.Error("a tree without backends is fine, but then nothing is proven")
	}
}

func TestMissingProgramsAreNamed(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if got := missing(); !slices.Contains(got, "tmux") || !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != len(got) {
		t.Errorf("missing() = %v, want tmux among others, each once", got)
	}
	f, _ := output(t)
	c := &checker{out: f}
	_, err := c.packages(t.Context())
	if err == nil || !strings.Contains(err.Error(), "apt-get install --no-install-recommends") || !strings.Contains(err.Error(), "tmux") {
		t.Errorf("packages: %v, want what to install", err)
	}
}

func TestInstallScriptIsValid(t *testing.T) {
	if out, err := exec.Command("sh", "-n", "install.sh").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
