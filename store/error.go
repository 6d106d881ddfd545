package store

import (
	"errors"

	"github.com/rowan-db/rowan/store/driver"
)

// Error is what every method of this package returns when it fails.
type Error struct {
	// Op is what was being done, such as "scan".
	Op string
	// Backend is the name of the backend, empty if none was involved.
	Backend string
	// Table is the table it was done to, or empty.
	Table string
	// Kind is what sort of failure it is.
	Kind Kind
	// Hint says what the user can do, in a phrase that begins in lower case,
	// or is empty.
	Hint string
	// Err is the cause: the database's own error, or a sentence of ours.
	Err error
}

// Error returns what failed and why, such as "scan orders: database is locked".
func (e *Error) Error() string {
	if e.Table == "" {
		return e.Op + ": " + e.Err.Error()
	}
	return e.Op + " " + e.Table + ": " + e.Err.Error()
}

// Unwrap returns the kind and the cause.
func (e *Error) Unwrap() []error { return []error{e.Kind, e.Err} }

// KindOf returns the kind of failure that err is, [Internal] if it does not
// say.
func KindOf(err error) Kind { return driver.KindOf(err) }

// HintOf returns what the user can do about err, or the empty string.
func HintOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Hint
	}
	if e, ok := errors.AsType[*driver.Error](err); ok && e.Hint != "" {
		return e.Hint
	}
	return defaultHint(KindOf(err))
}

// defaultHint is what helps against most failures of a kind.
func defaultHint(k Kind) string {
	switch k {
	case NoTable:
		return "refresh the list of tables: it may have been renamed or dropped"
	case NoRow:
		return "refresh: somebody may have deleted or renamed the row"
	case Exists:
		return "choose another name or key"
	case Conflicting:
		return "refresh, and make the change again"
	case BadKey:
		return "give one value for each column of the key"
	case TooLarge:
		return "use a shorter value"
	case ReadOnly:
		return "open the database for writing"
	case Locked:
		return "wait until the other program is done, or close it, and try again"
	case Full:
		return "free some space, and try again"
	case Corrupt:
		return "run a check, and restore a backup if it finds damage"
	case NewerFormat:
		return "use the version of the program that wrote it, or a newer one"
	case Permission:
		return "ask for the right to do this, or use another account"
	case NotFound:
		return "check the spelling of the path or address"
	case Unavailable:
		return "check the connection, and try again"
	case Closed:
		return "open it again"
	case OutcomeUnknown:
		return "look at the rows before you write them again"
	case TryAgain:
		return "try again"
	case Timeout:
		return "try again, or allow more time"
	}
	return ""
}

// fault makes the error of something that this package itself found wrong.
func fault(op, table string, k Kind, format string, args ...any) *Error {
	return wrapAs(op, table, k, driver.Errorf(k, format, args...).Err)
}

func wrapAs(op, table string, k Kind, err error) *Error {
	e := &Error{Op: op, Table: table, Kind: k, Hint: defaultHint(k), Err: err}
	if d, ok := errors.AsType[*driver.Error](err); ok && d.Hint != "" {
		e.Hint = d.Hint
	}
	return e
}

// withHint replaces the hint of e.
func (e *Error) withHint(hint string) *Error {
	e.Hint = hint
	return e
}

// wrap makes an *Error of what the driver returned. One that is an *Error
// already is left alone.
func (s *Store) wrap(op, table string, err error) error {
	if err == nil {
		return nil
	}
	e, ok := errors.AsType[*Error](err)
	if !ok {
		e = wrapAs(op, table, s.classify(err), err)
	}
	if e.Backend == "" {
		e.Backend = s.db.Info().Backend
	}
	return e
}

func (s *Store) classify(err error) Kind {
	if k := KindOf(err); k != Internal {
		return k
	}
	return s.db.Classify(err)
}
