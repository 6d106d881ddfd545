//go:build cgo && !(linux || darwin || freebsd)

package sqlite

// onReadOnlyFileSystem does not know.
func onReadOnlyFileSystem(string) bool { return false }
