package vfs

import (
	"os"

	"golang.org/x/sys/unix"
)

var _ Flusher = (*osFile)(nil)

// Flush uses sync_file_range.
func (f *osFile) Flush(off, n int64) error {
	const how = unix.SYNC_FILE_RANGE_WAIT_BEFORE | unix.SYNC_FILE_RANGE_WRITE | unix.SYNC_FILE_RANGE_WAIT_AFTER
	for {
		switch err := unix.SyncFileRange(int(f.Fd()), off, n, how); err {
		case nil, unix.ENOSYS, unix.EOPNOTSUPP, unix.ESPIPE:
			return nil
		case unix.EINTR:
		default:
			return &os.PathError{Op: "sync_file_range", Path: f.Name(), Err: err}
		}
	}
}
