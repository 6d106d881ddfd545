package sqlite

import "time"

// Options say how to open a database.
type Options struct {
	// ReadOnly opens it without a way to write it.
	ReadOnly bool
	// Create makes an empty database if there is no such file.
	Create bool
	// LockWait is how long a call waits for a lock that another process
	// holds, 0 for DefaultLockWait.
	LockWait time.Duration
}

// DefaultLockWait is how long a call waits for other processes: long enough for
// an ordinary transaction, and short enough for a person.
const DefaultLockWait = 3 * time.Second
