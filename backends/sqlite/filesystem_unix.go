//go:build cgo && unix

package sqlite

import "golang.org/x/sys/unix"

// canWrite reports whether this process may write a file, or make files in a
// directory. It opens nothing.
func canWrite(path string) bool { return unix.Access(path, unix.W_OK) == nil }
