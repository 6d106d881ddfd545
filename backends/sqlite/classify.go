//go:build cgo

package sqlite

import (
	"database/sql"
	"errors"
	"strings"
	"syscall"

	"github.com/mattn/go-sqlite3"

	"github.com/rowan-db/rowan/store/driver"
)

// constraintDataType is the extended code for a value that a STRICT table's
// column cannot hold; the driver has no name for it.
const constraintDataType = sqlite3.ErrNoExtended(19 | 12<<8)

// kinds maps SQLite's primary codes.
var kinds = map[sqlite3.ErrNo]driver.Kind{
	sqlite3.ErrPerm:       driver.Permission,
	sqlite3.ErrBusy:       driver.Locked,
	sqlite3.ErrLocked:     driver.Locked,
	sqlite3.ErrProtocol:   driver.Locked,
	sqlite3.ErrReadonly:   driver.ReadOnly,
	sqlite3.ErrInterrupt:  driver.Canceled,
	sqlite3.ErrIoErr:      driver.Unavailable,
	sqlite3.ErrCorrupt:    driver.Corrupt,
	sqlite3.ErrFull:       driver.Full,
	sqlite3.ErrCantOpen:   driver.Unavailable,
	sqlite3.ErrTooBig:     driver.TooLarge,
	sqlite3.ErrConstraint: driver.Constraint,
	sqlite3.ErrMismatch:   driver.BadValue,
	sqlite3.ErrAuth:       driver.Permission,
	sqlite3.ErrFormat:     driver.NotDatabase,
	sqlite3.ErrNotADB:     driver.NotDatabase,
}

// extendedKinds maps the extended codes that say more than the primary ones.
var extendedKinds = map[sqlite3.ErrNoExtended]driver.Kind{
	constraintDataType:              driver.BadValue,
	sqlite3.ErrConstraintPrimaryKey: driver.Exists,
	sqlite3.ErrConstraintRowID:      driver.Exists,
	sqlite3.ErrIoErrShortRead:       driver.Corrupt, // the file is shorter than it says
}

const noSuchColumn = "no such column"

// messages maps the beginnings of what SQLite says with its general code.
var messages = []struct {
	text string
	kind driver.Kind
}{
	{"no such table", driver.NoTable},
	{"already exists", driver.Exists},
	{"reserved for internal use", driver.BadValue},
	{"no such module", driver.Unsupported},
	{"no such collation", driver.Unsupported},
	{"no such function", driver.Unsupported},
	{"unknown function", driver.Unsupported},
	{"unsafe use", driver.Unsupported},
	{"unsupported file format", driver.NewerFormat},
	{noSuchColumn, driver.Conflicting},
	{"has no column named", driver.Conflicting},
	{"cannot modify", driver.ReadOnly}, // a view
}

// classify is [driver.DB.Classify].
func classify(err error) driver.Kind {
	if k := driver.KindOf(err); k != driver.Internal {
		return k
	}
	var native sqlite3.Error
	switch {
	case errors.As(err, &native):
		return classifyNative(native)
	case errors.Is(err, sql.ErrConnDone), errors.Is(err, sql.ErrTxDone):
		return driver.Closed
	}
	return driver.Internal
}

func classifyNative(err sqlite3.Error) driver.Kind {
	if k, ok := extendedKinds[err.ExtendedCode]; ok {
		return k
	}
	switch {
	case err.SystemErrno == syscall.EACCES, err.SystemErrno == syscall.EPERM:
		return driver.Permission
	case err.SystemErrno == syscall.ENOSPC, err.SystemErrno == syscall.EDQUOT:
		return driver.Full
	}
	if k, ok := kinds[err.Code]; ok {
		return k
	}
	for _, m := range messages {
		if strings.Contains(err.Error(), m.text) {
			return m.kind
		}
	}
	return driver.Internal
}

// isBusy reports whether another connection's lock is in the way.
func isBusy(err error) bool {
	var native sqlite3.Error
	return errors.As(err, &native) && (native.Code == sqlite3.ErrBusy || native.Code == sqlite3.ErrLocked)
}
