package driver

import (
	"context"
	"errors"
	"fmt"
)

// Kind says what sort of failure an error is: what a program may want to do
// about it. It is itself an error, so that errors.Is(err, driver.Locked) works
// on whatever package store returns.
type Kind uint8

// The kinds of failures.
const (
	Internal       Kind = iota // a mistake of ours, or a failure of no other kind
	Canceled                   // the caller gave up
	NoTable                    // there is no such table
	NoRow                      // there is no such row
	Exists                     // there is already such a table or row
	Conflicting                // others changed what a change was based on
	BadKey                     // a key has elements of the wrong number or kind
	BadValue                   // a value that the column cannot hold
	Constraint                 // the database's rules forbid the change
	TooLarge                   // a key or value above the limit
	ReadOnly                   // the database, table or column cannot be written
	Locked                     // another process or transaction holds a lock
	Full                       // no space is left
	Corrupt                    // the stored data contradicts itself
	NotDatabase                // what was opened is not a database of this kind
	NewerFormat                // a newer version wrote the database
	Permission                 // the system or database refused access
	NotFound                   // there is no such file, host or database
	Unavailable                // the connection is lost, or the device fails
	Unsupported                // the database cannot do that
	Closed                     // the database or transaction has ended
	Configuration              // a setting is wrong
	OutcomeUnknown             // the connection was lost before a commit was confirmed: it may have happened
	TryAgain                   // a deadlock, or others were faster: the same may work if it is done again
	Timeout                    // it took longer than allowed: a statement, or the wait for a lock
)

var kindNames = [...]string{
	Internal:      "internal error",
	Canceled:      "canceled",
	NoTable:       "no such table",
	NoRow:         "no such row",
	Exists:        "already exists",
	Conflicting:   "changed by others",
	BadKey:        "bad key",
	BadValue:      "bad value",
	Constraint:    "constraint violated",
	TooLarge:      "too large",
	ReadOnly:      "read-only",
	Locked:        "locked",
	Full:          "no space left",
	Corrupt:       "corrupt",
	NotDatabase:   "not a database",
	NewerFormat:   "newer format",
	Permission:    "permission denied",
	NotFound:      "not found",
	Unavailable:   "unavailable",
	Unsupported:   "not supported",
	Closed:        "closed",
	Configuration: "bad configuration",

	OutcomeUnknown: "outcome unknown",
	TryAgain:       "try again",
	Timeout:        "timed out",
}

// Error returns the kind's name, and so makes a Kind usable with errors.Is.
func (k Kind) Error() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// KindOf returns the kind that err, or an error in it, says it is: that of an
// [*Error], and [Canceled] for a context's. Otherwise it is [Internal]. A
// [DB.Classify] may begin with it.
func KindOf(err error) Kind {
	var k Kind
	switch {
	case errors.As(err, &k):
		return k
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return Canceled
	}
	return Internal
}

// Error is a fault that a backend itself found: the database has no error of
// its own for it.
type Error struct {
	Kind Kind
	// Hint says what the user can do, or is empty.
	Hint string
	Err  error
}

// Error returns the message of the cause.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the kind and the cause.
func (e *Error) Unwrap() []error { return []error{e.Kind, e.Err} }

// Errorf returns an *[Error] of a kind. The format is that of fmt.Errorf.
func Errorf(k Kind, format string, args ...any) *Error {
	return &Error{Kind: k, Err: fmt.Errorf(format, args...)}
}

// WithHint adds what the user can do about e, and returns it.
func (e *Error) WithHint(format string, args ...any) *Error {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}
