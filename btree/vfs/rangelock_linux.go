package vfs

import (
	"errors"
	"io"
	"math"
	"os"

	"golang.org/x/sys/unix"
)

var _ RangeLocker = (*osFile)(nil)

// The locks are those of open file descriptions: they belong to the handle, not to the process, so that two handles of one
// process exclude each other, and closing one does not end the locks of the other.

func (f *osFile) LockRange(off, n int64, mode LockMode) error {
	lk := unix.Flock_t{Type: unix.F_RDLCK, Whence: io.SeekStart, Start: off, Len: n}
	if mode == Exclusive {
		lk.Type = unix.F_WRLCK
	}
	return f.fcntl(unix.F_OFD_SETLK, &lk)
}

func (f *osFile) UnlockRange(off, n int64) error {
	return f.fcntl(unix.F_OFD_SETLK, &unix.Flock_t{Type: unix.F_UNLCK, Whence: io.SeekStart, Start: off, Len: n})
}

func (f *osFile) FindLock(off, n int64) (at, size int64, err error) {
	lk := unix.Flock_t{Type: unix.F_WRLCK, Whence: io.SeekStart, Start: off, Len: n}
	if err := f.fcntl(unix.F_OFD_GETLK, &lk); err != nil || lk.Type == unix.F_UNLCK {
		return 0, 0, err
	}
	if lk.Len == 0 { // to the end of all files
		lk.Len = math.MaxInt64 - lk.Start
	}
	return lk.Start, lk.Len, nil
}

// fcntl makes the call, and says in the terms of this package why it failed.
func (f *osFile) fcntl(cmd int, lk *unix.Flock_t) error {
	for {
		err := unix.FcntlFlock(f.Fd(), cmd, lk)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EACCES):
			err = ErrLocked
		case errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOSYS), errors.Is(err, unix.EOPNOTSUPP), errors.Is(err, unix.ENOLCK):
			err = ErrUnsupported
		}
		return &os.PathError{Op: "lock", Path: f.Name(), Err: err}
	}
}
