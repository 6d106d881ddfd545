//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/rowan-db/rowan/e2e/check/results"
	"github.com/rowan-db/rowan/e2e/servers"
	"github.com/rowan-db/rowan/e2e/servers/process"
)

// command makes a command whose environment is the caller's and env.
func command(env []string, argv ...string) *exec.Cmd {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), env...)
	return cmd
}

// do runs a command that prints to the run's output.
func (c *checker) do(ctx context.Context, env []string, argv ...string) error {
	cmd := command(env, argv...)
	cmd.Stdout, cmd.Stderr = c.out, c.out
	if err := process.Run(ctx, cmd); err != nil {
		return fmt.Errorf("%s: %w", strings.Join(argv[:min(2, len(argv))], " "), err)
	}
	return nil
}

func (c *checker) format(ctx context.Context) (string, error) {
	var out bytes.Buffer
	cmd := command(nil, "gofmt", "-l", ".")
	cmd.Stdout, cmd.Stderr = &out, c.out
	if err := process.Run(ctx, cmd); err != nil {
		return "", fmt.Errorf("gofmt: %w", err)
	}
	if out.Len() > 0 {
		return "", fmt.Errorf("not formatted, run gofmt -w on:\n%s", out.String())
	}
	return "", nil
}

func (c *checker) vet(ctx context.Context) (string, error) {
	return "", c.inModules(func(dir string) error {
		return c.do(ctx, nil, "go", "-C", dir, "vet", "./...")
	})
}

// inModules calls f with the folder of each module: this one, and those in its
// folders, such as bench, whose packages are not among its own.
func (c *checker) inModules(f func(dir string) error) error {
	nested, err := filepath.Glob("*/go.mod")
	errs := []error{err, f(".")}
	for _, mod := range nested {
		errs = append(errs, f(filepath.Dir(mod)))
	}
	return errors.Join(errs...)
}

var withoutCgo = []string{"CGO_ENABLED=0"}

func (c *checker) noCgo(ctx context.Context) (string, error) {
	return "", errors.Join(
		c.do(ctx, withoutCgo, "go", "build", "-buildvcs=false", "./..."), // a checkout of another user's has no version
		c.do(ctx, withoutCgo, "go", "vet", "./..."))
}

// staticcheck runs the version that .ci/tools.mod pins: a module file of its
// own keeps the tool out of rowan's dependencies.
func (c *checker) staticcheck(ctx context.Context) (string, error) {
	tools, err := filepath.Abs(".ci/tools.mod")
	if err != nil {
		return "", err
	}
	return "", c.inModules(func(dir string) error {
		return c.do(ctx, nil, "go", "-C", dir, "tool", "-modfile="+tools, "staticcheck", "./...")
	})
}

const (
	// startTimeout is how long the servers may take to start; they need about
	// a second on an idle machine.
	startTimeout = 2 * time.Minute
	// packageTimeout ends the tests of a package that hang. It is far above what any takes, so that a machine busy with something
	// else fails none.
	packageTimeout = "15m"
)

var errTestsFailed = errors.New("tests failed")

// tests runs all tests beside real servers, and looks for a proof of each
// backend.
func (c *checker) tests(ctx context.Context) (note string, err error) {
	c.tested = true
	startCtx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	group, err := servers.StartAll(startCtx, servers.Kinds())
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, group.Stop()) }()
	for _, s := range group {
		c.servers = append(c.servers, fmt.Sprintf("%v, ready in %.1fs, as %s", s, s.Took.Seconds(), s.Kind.Env))
	}
	r, err := c.goTest(ctx, group.Environ(), "-race", "-shuffle=on", "./...")
	if r == nil {
		return "", err
	}
	proofs, proofErr := prove(ctx, r)
	c.proofs = proofs
	return r.Counts().String(), errors.Join(err, proofErr)
}

// testsNoCgo tests what a build without cgo does, where that may differ.
func (c *checker) testsNoCgo(ctx context.Context) (string, error) {
	c.tested = true
	r, err := c.goTest(ctx, withoutCgo, "-shuffle=on", "-skip=^Test(Shop|LostCommits|PostgresDiskFull)", "./backends", "./backends/sqlite", "./cli/...")
	if r == nil {
		return "", err
	}
	return r.Counts().String(), err
}

// portable tests the storage engine as it is built for other machines, and with
// other sizes of pages: without unsafe loads, and for 32 bits, which this
// machine executes as well if it is an AMD64. All combinations, and what has to
// be emulated, .ci/matrix does.
func (c *checker) portable(ctx context.Context) (string, error) {
	c.tested = true
	builds := []struct {
		what, tags string
		env        []string
	}{
		{"with checked loads and 64 KB pages", "btree_checked,btree_debug,btree_page64", nil},
		{"with 32 bits, 4 KB pages and no log", "btree_page4,btree_nolog", append([]string{"GOARCH=386"}, withoutCgo...)},
	}
	if runtime.GOARCH != "amd64" || runtime.GOOS != "linux" {
		builds = builds[:1]
	}
	var notes []string
	var errs []error
	for _, b := range builds {
		r, err := c.goTest(ctx, b.env, "-short", "-shuffle=on", "-tags="+b.tags, "./btree/...")
		errs = append(errs, err)
		if r != nil {
			notes = append(notes, r.Counts().String()+" "+b.what)
		}
	}
	return strings.Join(notes, ", "), errors.Join(errs...)
}

// goTest runs go test, prints a line for each package and what failed, and
// keeps the results. It returns no results if there was nothing to read.
func (c *checker) goTest(ctx context.Context, env []string, args ...string) (*results.Run, error) {
	argv := append([]string{"go", "test", "-json", "-timeout=" + packageTimeout}, args...)
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	cmd := command(env, argv...)
	cmd.Stdout, cmd.Stderr = w, c.out
	p, err := process.Start(cmd, syscall.SIGKILL)
	w.Close() // the child has its own
	if err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- p.WaitContext(ctx) }()
	run, readErr := results.Read(r, c.packageEnded, func(line string) { fmt.Fprint(c.out, line) })
	c.runs = append(c.runs, run)
	waitErr := <-ended
	if run.Counts().Failed > 0 && ctx.Err() == nil && readErr == nil {
		return run, errTestsFailed
	}
	return run, errors.Join(readErr, waitErr)
}

// packageEnded prints a line about a package, and its failures in full.
func (c *checker) packageEnded(p *results.Package) {
	if p.Counts() == (results.Counts{}) {
		return // it has no tests
	}
	var err error
	if p.Failed() {
		err = errTestsFailed
		fmt.Fprint(c.out, p.FailureOutput())
	}
	fmt.Fprintf(c.out, "%-6s %s: %v, %.1fs\n", verdict(err), p.Name, p.Counts(), p.Elapsed.Seconds())
}

// prove looks for the conformance tests of each backend in a run.
func prove(ctx context.Context, r *results.Run) ([]proof, error) {
	var module bytes.Buffer
	cmd := command(nil, "go", "list", "-m")
	cmd.Stdout, cmd.Stderr = &module, os.Stderr
	if err := process.Run(ctx, cmd); err != nil {
		return nil, fmt.Errorf("go list -m: %w", err)
	}
	names, err := backends(os.DirFS("."))
	if err != nil {
		return nil, err
	}
	proofs := make([]proof, len(names))
	for i, name := range names {
		counts, err := r.Conformance(strings.TrimSpace(module.String()) + "/backends/" + name)
		proofs[i] = proof{name, counts, err}
	}
	return proofs, nil
}

// backends lists the backends of a source tree: the folders below backends that
// hold Go files, but for what they share.
func backends(tree fs.FS) ([]string, error) {
	files, err := fs.Glob(tree, "backends/*/*.go")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, file := range files {
		name := filepath.Base(filepath.Dir(file))
		if name != "internal" && (len(names) == 0 || names[len(names)-1] != name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil, errors.New("there are no backends: is this the module's root?")
	}
	return names, nil
}
