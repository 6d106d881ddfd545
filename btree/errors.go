package btree

import (
	"errors"
	"fmt"
)

// Returned when opening.
var (
	// ErrLocked is returned when another handle, in this process or another, holds the file.
	ErrLocked = errors.New("btree: the database is locked")
	// ErrNotDatabase is returned when the file does not begin as a database of this package does: another kind of file,
	// an empty file that may not be initialised, or one cut off within its header.
	ErrNotDatabase = errors.New("btree: not a database of this format")
	// ErrVersion is returned when the file has another version of the format than FormatVersion.
	ErrVersion = errors.New("btree: another format version")
	// ErrOldVersion is returned when that version is an older one: Upgrade rewrites the file. It matches ErrVersion.
	ErrOldVersion = fmt.Errorf("%w, an older one", ErrVersion)
)

// Returned when using a database.
var (
	// ErrCorrupt is matched by every *CorruptError.
	ErrCorrupt = errors.New("btree: corrupt database")
	// ErrFault is returned when mapped memory could not be read: the file was shortened by something that does not
	// respect its lock, or the disk failed.
	ErrFault = errors.New("btree: a mapped page cannot be read")
	// ErrReadOnly is returned when a write is asked of a read-only database or transaction.
	ErrReadOnly = errors.New("btree: read-only")
	// ErrClosed is returned when the database is closed or about to be.
	ErrClosed = errors.New("btree: the database is closed")
	// ErrFull is returned when the file would become larger than Options.MaxSize. Nothing was changed then. What is deleted
	// makes room after a DB.Checkpoint, when no reader and no kept version needs it.
	ErrFull = errors.New("btree: the limit of the file's size is reached")
	// ErrFailed is returned when a write is asked after a failed sync: what reached the disk is unknown until the
	// database is opened again.
	ErrFailed = errors.New("btree: an earlier sync failed; close the database and open it again")
)

// Returned when using a transaction, a tree or a cursor.
var (
	// ErrTxDone is returned when the transaction was committed or rolled back.
	ErrTxDone = errors.New("btree: the transaction has ended")
	// ErrSavepoint is returned when a savepoint is of another transaction, was rolled back over, or is from before a Subcommit.
	ErrSavepoint = errors.New("btree: no such savepoint")
	// ErrNoTree is returned when there is no tree of that name, or it was dropped while a handle was in use.
	ErrNoTree = errors.New("btree: no such tree")
	// ErrTreeExists is returned when a tree of that name exists already.
	ErrTreeExists = errors.New("btree: the tree exists")
	// ErrTreeNotEmpty is returned when Load is asked to fill a tree that has keys.
	ErrTreeNotEmpty = errors.New("btree: the tree is not empty")
	// ErrKeyTooLarge is returned when a key, or a tree's name, is longer than DB.MaxKeySize.
	ErrKeyTooLarge = errors.New("btree: key too large")
	// ErrValueTooLarge is returned when a value is longer than MaxValueSize.
	ErrValueTooLarge = errors.New("btree: value too large")
	// ErrKeyOrder is returned when the input of Load is not in ascending order without duplicates.
	ErrKeyOrder = errors.New("btree: keys are not in ascending order")
	// ErrNoVersion is returned when no such version is kept.
	ErrNoVersion = errors.New("btree: no such version is kept")
	// ErrVersionExists is returned when a version is kept under that name already.
	ErrVersionExists = errors.New("btree: a version is kept under that name")
	// ErrValueChanged is returned when a ValueReader is used after its tree was changed.
	ErrValueChanged = errors.New("btree: the tree was changed since the value was opened")
	// ErrOutOfRange is returned when Select is asked for a position at or after the last.
	ErrOutOfRange = errors.New("btree: position out of range")
)

// CorruptError says which page is not what it must be, and why. It matches ErrCorrupt.
type CorruptError struct {
	Page uint64 // its number; its place in the file is Page times the page size
	Why  string
}

func (e *CorruptError) Error() string {
	return fmt.Sprintf("btree: corrupt database: page %d: %s; run a check and restore from a backup", e.Page, e.Why)
}

// Is reports whether the target is ErrCorrupt.
func (e *CorruptError) Is(target error) bool { return target == ErrCorrupt }

func corrupt(page uint64, format string, args ...any) error {
	return &CorruptError{Page: page, Why: fmt.Sprintf(format, args...)}
}
