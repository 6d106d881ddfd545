// Package vfs is the disk as the storage engine sees it.
//
// The interfaces FS and File are the few operations that a single-file database needs. OS is the real disk, Mem a disk in
// memory that can lose power, and Inject a wrapper that makes chosen operations fail.
//
// What an implementation guarantees: a write that returned is seen by every later read of any handle of the same file, and
// what was written before a Sync that returned nil survives a crash. It does not guarantee the order in which unsynced writes
// reach the disk, nor that a write longer than 512 bytes reaches it as a whole.
package vfs

import (
	"errors"
	"io"
)

// ErrLocked is returned by File.Lock when another handle, here or in another process, holds a lock that excludes the wanted one.
var ErrLocked = errors.New("vfs: the file is locked")

// ErrUnsupported is returned when the operating system lacks an operation.
var ErrUnsupported = errors.New("vfs: not supported on this system")

// LockMode tells how a file is locked.
type LockMode int

const (
	// Shared admits other shared locks and excludes an exclusive one.
	Shared LockMode = iota
	// Exclusive excludes every other lock.
	Exclusive
)

// Mode tells how a file is opened.
type Mode int

const (
	// ReadOnly opens an existing file; every write through the handle fails.
	ReadOnly Mode = iota
	// ReadWrite opens an existing file for reading and writing.
	ReadWrite
	// Create opens a file for reading and writing and makes an empty one when there is none.
	Create
)

// FS opens files.
type FS interface {
	// OpenFile opens the named file. The error matches fs.ErrNotExist when there is no such file and the mode is not
	// Create, and fs.ErrPermission when the file may not be opened so.
	OpenFile(name string, mode Mode) (File, error)

	// SyncDir makes the creation of the named file itself survive a crash.
	SyncDir(name string) error
}

// File is an open file. All methods may be called at the same time, except Close.
type File interface {
	// ReaderAt reads as io.ReaderAt does: io.EOF when the file ends before the buffer is full.
	io.ReaderAt
	// WriterAt writes as io.WriterAt does and extends the file when the range ends after it.
	io.WriterAt

	// Sync returns after everything written before the call, and the size of the file, would survive a crash.
	// After an error nothing is known about what reached the disk, and a second Sync does not tell.
	Sync() error

	// Truncate sets the size in bytes. Bytes that appear are zero.
	Truncate(size int64) error

	// Size returns the size in bytes.
	Size() (int64, error)

	// Lock takes the lock at once or returns an error that matches ErrLocked. The lock ends with the handle, also when
	// the process is killed.
	Lock(mode LockMode) error

	// Close ends the handle and its lock.
	Close() error
}

// Mapper is implemented by files that can be read through memory.
type Mapper interface {
	// Map makes the first size bytes readable in memory. Later writes through the handle are seen in the mapping. The size may
	// go beyond the end of the file: what is not there yet can be read once the file is longer, and reading it before is a
	// fault. The slice is valid until unmap is called; writing to it is a fault.
	Map(size int64) (data []byte, unmap func() error, err error)
}

// Flusher is implemented by files that can write a part of what is waiting in the system's memory to the disk.
type Flusher interface {
	// Flush returns when what was written to the range before the call has left the memory of the system. It makes nothing
	// survive a crash, for which there is Sync; it leaves less for a Sync to do. After an error the same holds as after one of
	// Sync.
	Flush(off, n int64) error
}
