package vfs

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncData uses fdatasync, which also writes the size when it changed but no time stamps.
func syncData(f *os.File) error {
	for {
		err := unix.Fdatasync(int(f.Fd()))
		if err == nil {
			return nil
		}
		if err != unix.EINTR {
			return &os.PathError{Op: "fdatasync", Path: f.Name(), Err: err}
		}
	}
}
