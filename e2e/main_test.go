//go:build unix

package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// The programs under test.
var (
	// rowan is the program as it is built for people.
	rowan string
	// rowanPure is built without cgo: what a machine without gcc gets, and
	// without the race detector, which makes it the one for bulk work.
	rowanPure string
)

func TestMain(m *testing.M) {
	code, err := runTests(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		code = 1
	}
	os.Exit(code)
}

func runTests(m *testing.M) (code int, err error) {
	for _, program := range []string{"tmux", "sqlite3"} {
		if _, err := exec.LookPath(program); err != nil {
			return 1, fmt.Errorf("these tests need %s: install the Debian package %s", program, program)
		}
	}
	dir, err := os.MkdirTemp("", "rowan-e2e")
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	rowan, rowanPure = filepath.Join(dir, "rowan"), filepath.Join(dir, "rowan-pure")
	err = errors.Join(
		build(rowan, nil, raceFlags...),
		build(rowanPure, []string{"CGO_ENABLED=0"}))
	if err != nil {
		return 1, err
	}
	suiteDir = dir
	return m.Run(), nil
}

// build builds the program of the folder above.
func build(to string, env []string, flags ...string) error {
	cmd := exec.Command("go", append(append([]string{"build", "-buildvcs=false", "-o", to}, flags...), "..")...)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return nil
}

// suiteDir is a folder for what tests share.
var suiteDir string

// millionRows builds the demo database, once, and returns its path. Tests copy
// it.
var millionRows = sync.OnceValues(func() (string, error) {
	path := filepath.Join(suiteDir, "demo.rowan")
	out, err := exec.Command(rowanPure, "demo", "--path", path, "--build-only").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build the demo database: %w\n%s", err, out)
	}
	return path, nil
})
