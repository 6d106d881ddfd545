//go:build cgo && (linux || darwin || freebsd)

package sqlite

import "golang.org/x/sys/unix"

// onReadOnlyFileSystem reports whether the file system of path is mounted
// read-only. The flag has the same value on all systems that have it.
func onReadOnlyFileSystem(path string) bool {
	const readOnly = 1
	var st unix.Statfs_t
	return unix.Statfs(path, &st) == nil && uint64(st.Flags)&readOnly != 0
}
