//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package vfs

import "os"

// lockFile refuses: opening a database that nothing protects from a second writer would be worse.
func lockFile(*os.File, LockMode) error { return ErrUnsupported }
