//go:build cgo && unix

package sqlite

import "golang.org/x/sys/unix"

// canWriteIn reports whether this process may make files in a directory.
func canWriteIn(dir string) bool { return unix.Access(dir, unix.W_OK) == nil }
