//go:build cgo

package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/rowan-db/rowan/store/driver"
)

// location is where a database's file was found. SQLite goes on with a file that
// has been deleted, renamed or replaced: what it writes would be lost, and what
// it reads is no longer what other programs see.
type location struct {
	path  string
	found fs.FileInfo // nil until a new file is made
}

// settle notes the file that has been made.
func (l *location) settle() (err error) {
	l.found, err = os.Stat(l.path)
	return err
}

// check fails if the file is not there any more. It opens nothing.
func (l *location) check() error {
	if l.found == nil {
		return nil
	}
	now, err := os.Stat(l.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return driver.Errorf(driver.Unavailable, "the file %s has been deleted or renamed since it was opened", l.path).
			WithHint("put it back, or open the database where it is now")
	case err == nil && !os.SameFile(l.found, now):
		return driver.Errorf(driver.Unavailable, "another file has taken the place of %s since it was opened", l.path).
			WithHint("close the database and open it again")
	}
	return nil // it is there, or nobody can tell
}

type again func(ctx context.Context, step func(context.Context) error) error

// guard returns next with a check before each step.
func (l *location) guard(next again) again {
	return func(ctx context.Context, step func(context.Context) error) error {
		return next(ctx, func(ctx context.Context) error {
			if err := l.check(); err != nil {
				return err
			}
			return step(ctx)
		})
	}
}
