//go:build unix

package main

import (
	"context"
	_ "embed" // for install.sh
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/rowan-db/rowan/e2e/servers"
)

// need is a program and the Debian packages that contain it.
type need struct {
	program  string
	packages []string
}

// needs lists what the tests need besides Go and the servers.
func needs() []need {
	return []need{
		{"gcc", []string{"gcc", "libc6-dev"}},
		{"git", []string{"git"}},
		{"tmux", []string{"tmux"}},
		{"sqlite3", []string{"sqlite3"}},
	}
}

// missing lists the packages that must be installed, each once.
func missing() []string {
	var packages []string
	for _, n := range needs() {
		if _, err := exec.LookPath(n.program); err != nil {
			packages = append(packages, n.packages...)
		}
	}
	for _, k := range servers.Kinds() {
		if len(k.Missing()) > 0 {
			packages = append(packages, k.Packages...)
		}
	}
	slices.Sort(packages)
	return slices.Compact(packages)
}

// packages installs what is missing, or says what to install.
func (c *checker) packages(ctx context.Context) (note string, err error) {
	packages := missing()
	if len(packages) == 0 {
		return "nothing to install", nil
	}
	advice := "apt-get install --no-install-recommends " + strings.Join(packages, " ")
	root, err := asRoot()
	if err == nil {
		err = c.do(ctx, nil, slices.Concat(root, []string{"sh", "-c", installScript, "install"}, packages)...)
	}
	if err != nil {
		return "", fmt.Errorf("%w\nInstall what the tests need with:\n  %s", err, advice)
	}
	if left := missing(); len(left) > 0 {
		return "", fmt.Errorf("the programs of %s are missing although apt-get installed them", strings.Join(left, ", "))
	}
	return "installed " + strings.Join(packages, " "), nil
}

//go:embed install.sh
var installScript string

// asRoot begins a command line that runs a command as root and asks nobody for
// a password. It is an error if this machine or this user does not allow that.
func asRoot() ([]string, error) {
	if _, err := exec.LookPath("apt-get"); err != nil {
		return nil, errors.New("programs are missing, and this machine has no apt-get")
	}
	if os.Geteuid() == 0 {
		return nil, nil
	}
	if exec.Command("sudo", "--non-interactive", "true").Run() != nil {
		return nil, errors.New("programs are missing, and only root may install them (there is no sudo without a password)")
	}
	return []string{"sudo", "--non-interactive"}, nil
}
