package vfs

// RangeLocker is implemented by files of which ranges of bytes can be locked, also bytes that the file does not have. These
// locks know nothing of those that File.Lock takes. They end with the handle, also when the process is killed.
//
// Its methods return an error that matches ErrUnsupported where the system or the file system has no such locks.
type RangeLocker interface {
	// LockRange takes a lock of n bytes from off on at once, or returns an error that matches ErrLocked. It replaces what
	// the handle itself holds of these bytes. A handle that is open for reading takes shared locks only.
	LockRange(off, n int64, mode LockMode) error

	// UnlockRange gives up what the handle holds of n bytes from off on.
	UnlockRange(off, n int64) error

	// FindLock returns a range that another handle has locked, in either mode, and that has bytes in common with the n
	// bytes from off on. Which one, of several, is not said. With none, size is 0.
	FindLock(off, n int64) (at, size int64, err error)
}
