// Package native is the backend for rowan's own files, which package btree
// keeps. Tables, rows and the catalog are those of kvrows; this package adapts
// the engine to it and says what the engine's errors mean.
//
// One process at a time has a file open for writing. Others may read it
// meanwhile and see each commit, where the system has the locks for that
// (Linux); elsewhere they have to wait.
package native

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"
	"time"

	"github.com/rowan-db/rowan/backends/internal/kvrows"
	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
	"github.com/rowan-db/rowan/store/driver"
)

// Magic is what every file of this kind begins with.
const Magic = btree.Magic

// lockWait is how long opening waits for another process that has the file: as
// long as a script that writes one row may take.
const lockWait = 500 * time.Millisecond

// Options say how to open a file.
type Options struct {
	// ReadOnly opens it without a way to write.
	ReadOnly bool
	// Create makes the file if there is none.
	Create bool
	// FS is the disk, the real one if nil.
	FS vfs.FS
}

// Open opens the database in a file. If the file may only be read, it is
// opened read-only, and Info says why.
func Open(_ context.Context, path string, o Options) (driver.DB, error) {
	db, err := open(path, o)
	info := newInfo(path)
	if why := unwritable(err); !o.ReadOnly && why != "" {
		if reader, failed := open(path, Options{ReadOnly: true, FS: o.FS}); failed == nil {
			db, err, o.ReadOnly = reader, nil, true
			info.ReadOnly = why
		}
	}
	if err != nil {
		return nil, openError(path, err)
	}
	info.MaxKey, info.MaxValue = int64(db.MaxKeySize()), btree.MaxValueSize
	e := engine{db}
	if o.ReadOnly {
		if info.ReadOnly == "" {
			info.ReadOnly = driver.OpenedReadOnly
		}
		rows := kvrows.Open(e, info)
		return &reader{rows, faults{e}, versions{e, rows}}, nil
	}
	rows := kvrows.OpenReadWrite(e, info)
	return &writer{rows, faults{e}, versions{e, rows.DB}, upkeep{e}}, nil
}

func open(path string, o Options) (*btree.DB, error) {
	return btree.Open(path, &btree.Options{
		ReadOnly: o.ReadOnly, MustExist: !o.Create, LockTimeout: lockWait, History: history, FS: o.FS,
	})
}

// unwritable says why a file that could not be opened may still be read, or
// returns "".
func unwritable(err error) string {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "the file cannot be written by this user"
	case errors.Is(err, syscall.EROFS):
		return "the file is on a file system that is read-only"
	}
	return ""
}

func newInfo(path string) driver.Info {
	location, err := filepath.Abs(path)
	if err != nil {
		location = path
	}
	return driver.Info{
		Backend: "native", Product: "rowan file", Name: filepath.Base(path), Location: location,
		FreeSnapshots: true,
	}
}

// reader is a database that cannot be written.
type reader struct {
	*kvrows.DB
	faults
	versions
}

// writer is a database that can.
type writer struct {
	kvrows.ReadWrite
	faults
	versions
	upkeep
}

// faults is what both have of the engine's own.
type faults struct{ engine engine }

// Classify implements driver.DB.
func (faults) Classify(err error) driver.Kind { return classify(err) }

// Check implements driver.Checker.
func (f faults) Check(ctx context.Context, report func(problem string)) error {
	return f.engine.db.Check(ctx, func(p btree.Problem) { report(describe(p)) })
}

func describe(p btree.Problem) string {
	where := fmt.Sprintf("page %d", p.Page)
	if p.Page == 0 {
		where = "file"
	}
	if p.Tree != "" {
		where += fmt.Sprintf(", table %q", p.Tree)
	}
	return where + ": " + p.Why
}

// classes maps errors to kinds; the first that matches counts.
var classes = []struct {
	err  error
	kind driver.Kind
}{
	{context.Canceled, driver.Canceled},
	{context.DeadlineExceeded, driver.Canceled},
	{btree.ErrLocked, driver.Locked},
	{btree.ErrNotDatabase, driver.NotDatabase},
	{btree.ErrOldVersion, driver.Unsupported},
	{btree.ErrVersion, driver.NewerFormat},
	{btree.ErrCorrupt, driver.Corrupt},
	{btree.ErrFault, driver.Unavailable},
	{btree.ErrReadOnly, driver.ReadOnly},
	{btree.ErrClosed, driver.Closed},
	{btree.ErrTxDone, driver.Closed},
	{btree.ErrSavepoint, driver.Closed},
	{btree.ErrFailed, driver.Unavailable},
	{btree.ErrNoTree, driver.NoTable},
	{btree.ErrNoVersion, driver.NotFound},
	{btree.ErrVersionExists, driver.Exists},
	{btree.ErrTreeExists, driver.Exists},
	{btree.ErrTreeNotEmpty, driver.Exists},
	{btree.ErrKeyTooLarge, driver.TooLarge},
	{btree.ErrValueTooLarge, driver.TooLarge},
	{btree.ErrFull, driver.Full},
	{syscall.ENOSPC, driver.Full},
	{syscall.EDQUOT, driver.Full},
	{syscall.EFBIG, driver.Full},
	{fs.ErrNotExist, driver.NotFound},
	{fs.ErrPermission, driver.Permission},
	{syscall.EROFS, driver.Permission},
}

func classify(err error) driver.Kind {
	var own *driver.Error
	if errors.As(err, &own) {
		return own.Kind
	}
	for _, c := range classes {
		if errors.Is(err, c.err) {
			return c.kind
		}
	}
	return driver.Internal
}
