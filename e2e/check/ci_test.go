//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/e2e/servers/process"
)

// TestCIEndsWithTheCounts runs .ci/run in a tree whose test command prints what
// a run may print, and ends as it may end.
func TestCIEndsWithTheCounts(t *testing.T) {
	script, err := os.ReadFile("../../.ci/run")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("no make")
	}
	for _, c := range []struct {
		name, prints string
		code         int
		wantLast     string
		wantFailure  bool
	}{
		{"good", "7 passed, 0 failed, 1 skipped", 0, "7 passed, 0 failed, 1 skipped", false},
		{"red", "7 passed, 2 failed, 0 skipped", 1, "7 passed, 2 failed, 0 skipped", true},
		{"no tests", "0 passed, 0 failed, 0 skipped", 0, "0 passed, 0 failed, 0 skipped", true},
		{"red, but says it is good", "7 passed, 1 failed, 0 skipped", 0, "7 passed, 1 failed, 0 skipped", true},
		{"crashed", "panic: oh no", 2, "0 passed, 1 failed, 0 skipped", true},
		{"silent", "", 0, "0 passed, 1 failed, 0 skipped", true},
		{"ends in another line", "7 passed, 0 failed, 1 skipped\nbye", 0, "7 passed, 0 failed, 1 skipped", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, ".ci/run"), string(script))
			write(t, filepath.Join(dir, "prints"), c.prints+"\n")
			write(t, filepath.Join(dir, "Makefile"), fmt.Sprintf("test:\n\t@cat prints; exit %d\n", c.code))
			out, err := exec.Command("bash", filepath.Join(dir, ".ci/run")).Output()
			if failed := process.ExitCode(err) != 0; failed != c.wantFailure || lastLine(string(out)) != c.wantLast {
				t.Errorf("failure: %v, want %v; the last line should be %q:\n%s", failed, c.wantFailure, c.wantLast, out)
			}
		})
	}
}

// TestFuzzFindsEveryTarget runs .ci/fuzz in a module with targets in several
// packages, one of which fails.
func TestFuzzFindsEveryTarget(t *testing.T) {
	script, err := os.ReadFile("../../.ci/fuzz")
	if err != nil {
		t.Fatal(err)
	}
	const test = "package %s\n\nimport \"testing\"\n\nfunc Fuzz%s(f *testing.F) {\n\tf.Add(1)\n\tf.Fuzz(func(t *testing.T, i int) {%s})\n}\n\nfunc TestT(t *testing.T) {}\n"
	module(t, map[string]string{
		".ci/fuzz":    string(script),
		"a/a_test.go": fmt.Sprintf(test, "a", "One", "") + "\nfunc FuzzTwo(f *testing.F) { f.Fuzz(func(t *testing.T, s string) {}) }\n",
		"b/b_test.go": fmt.Sprintf(test, "b", "Red", ` t.Error("red") `),
		"c/c.go":      "package c\n",
	})
	cmd := exec.Command("bash", ".ci/fuzz")
	cmd.Env = append(os.Environ(), "FUZZTIME=1x")
	out, err := cmd.CombinedOutput()
	if process.ExitCode(err) != 1 {
		t.Errorf("%v, want a failure", err)
	}
	for _, want := range []string{"== example.com/shop/a FuzzOne", "== example.com/shop/a FuzzTwo", "FAILED example.com/shop/b FuzzRed"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is missing:\n%s", want, out)
		}
	}
	if n := strings.Count(string(out), "FAILED "); n != 1 {
		t.Errorf("%d targets failed, want 1:\n%s", n, out)
	}
}
