package vfs

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// lockOffset lies beyond any data: a lock on Windows also stops others from reading the locked bytes.
const lockOffset = 1 << 62

func lockFile(f *os.File, mode LockMode) error {
	flags := uint32(windows.LOCKFILE_FAIL_IMMEDIATELY)
	if mode == Exclusive {
		flags |= windows.LOCKFILE_EXCLUSIVE_LOCK
	}
	at := windows.Overlapped{Offset: lockOffset & 0xFFFFFFFF, OffsetHigh: lockOffset >> 32}
	err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, &at)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return ErrLocked
	}
	return err
}
