//go:build unix

package servers

import (
	"cmp"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// find looks a program up on the path and where Debian keeps servers. The
// error is exec.ErrNotFound in an *exec.Error.
func find(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err == nil {
		return path, nil
	}
	for _, dir := range serverDirs() {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path, nil
		}
	}
	return "", &exec.Error{Name: name, Err: errors.Join(exec.ErrNotFound, err)}
}

// searchPath is a PATH for the servers' tools, which call one another.
func searchPath() string {
	dirs := append(filepath.SplitList(os.Getenv("PATH")), serverDirs()...)
	return strings.Join(dirs, string(filepath.ListSeparator))
}

// serverDirs is where servers are installed without being on the path:
// PostgreSQL's by version, the newest first, and what only root is offered.
func serverDirs() []string {
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // the pattern is valid
	slices.SortFunc(dirs, func(a, b string) int {
		return cmp.Compare(postgresVersion(b), postgresVersion(a))
	})
	return append(dirs, "/usr/local/sbin", "/usr/sbin", "/sbin")
}

func postgresVersion(bin string) float64 {
	v, _ := strconv.ParseFloat(filepath.Base(filepath.Dir(bin)), 64) // 0, the oldest, for other names
	return v
}
