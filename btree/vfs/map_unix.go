//go:build (darwin || freebsd || linux) && (amd64 || arm64 || loong64 || ppc64 || ppc64le || riscv64 || s390x)

package vfs

import (
	"os"

	"golang.org/x/sys/unix"
)

var _ Mapper = (*osFile)(nil)

// Map uses a shared read-only mapping, which these systems keep coherent with write. Systems where that is not so, and
// address spaces of 32 bits, have no Map.
func (f *osFile) Map(size int64) ([]byte, func() error, error) {
	data, err := unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, nil, &os.PathError{Op: "mmap", Path: f.Name(), Err: err}
	}
	return data, func() error { return unix.Munmap(data) }, nil
}
