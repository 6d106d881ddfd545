//go:build cgo

package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/mattn/go-sqlite3"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
)

// idleReaders are kept open between calls. There may be more at once.
const idleReaders = 4

// Open opens the database in the file at path. A file that cannot be written
// is opened for reading, and Info().ReadOnly says why.
//
// It never opens the file other than through SQLite: to close another
// descriptor of it would end the locks that this process has on it.
func Open(ctx context.Context, path string, o Options) (driver.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	found, err := lookAt(abs, o)
	if err != nil {
		return nil, err
	}
	if o.LockWait <= 0 {
		o.LockWait = DefaultLockWait
	}
	f := file{path: abs, found: found, wait: waiter{most: o.LockWait}}
	if !o.ReadOnly {
		db, why, err := f.openWriter(ctx)
		if err != nil {
			return nil, f.explain(err)
		}
		if db != nil {
			return db, nil
		}
		return f.openReader(ctx, why)
	}
	return f.openReader(ctx, driver.OpenedReadOnly)
}

// lookAt checks what is at path. It returns nil if a new file is to be made.
func lookAt(path string, o Options) (fs.FileInfo, error) {
	fi, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && o.Create && !o.ReadOnly:
		return nil, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, driver.Errorf(driver.NotFound, "there is no file %s", path)
	case errors.Is(err, fs.ErrPermission):
		return nil, driver.Errorf(driver.Permission, "%w", err)
	case err != nil:
		return nil, driver.Errorf(driver.Unavailable, "%w", err)
	case !fi.Mode().IsRegular():
		return nil, driver.Errorf(driver.NotDatabase, "%s is not a file", path)
	}
	return fi, nil
}

// file is a database's file before it is open.
type file struct {
	path  string
	found fs.FileInfo // nil if it is to be made
	wait  waiter
}

// openWriter opens the database for writing. It returns nil and the reason if
// the file can only be read. SQLite would not tell: it opens such a file for
// reading, and fails when something is written.
func (f file) openWriter(ctx context.Context) (db driver.DB, why string, err error) {
	dir, create := filepath.Dir(f.path), f.found == nil
	switch {
	case create && !canWrite(dir):
		return nil, "", driver.Errorf(driver.Permission, "%s cannot be made: the directory is missing, or this user may not write in it", f.path)
	case !canWrite(dir):
		return nil, "its directory, where SQLite keeps a journal, cannot be written by this user", nil
	case !create && !canWrite(f.path):
		return nil, "the file cannot be written by this user", nil
	}
	mode := "rw"
	if create {
		mode = "rwc"
	}
	one := pool(f.path, access{mode: mode})
	one.SetMaxOpenConns(1)
	// Readers may have to play back the journal of a process that died, so
	// that they open the file for writing, but refuse to write.
	r := f.reader(access{mode: "rw", queryOnly: true})
	err = f.wait.again(ctx, func(ctx context.Context) error {
		if create {
			if _, err := one.ExecContext(ctx, "PRAGMA main.journal_mode = WAL"); err != nil {
				return err
			}
		}
		return r.look(ctx, sqlrows.Std(one))
	})
	if err == nil && create {
		err = r.at.settle()
	}
	if err != nil {
		_ = r.Close()
		_ = one.Close()
		return nil, "", err
	}
	r.info.Atomicity = driver.WholeBatch
	return &writer{reader: r, one: one}, "", nil
}

// look reads the database's header and schema.
func (r *reader) look(ctx context.Context, q sqlrows.Querier) error {
	var encoding string
	err := sqlrows.Each(ctx, q, "PRAGMA main.encoding", nil, func(rows sqlrows.Rows) error { return rows.Scan(&encoding) })
	if err != nil {
		return err
	}
	r.d.utf16 = strings.HasPrefix(encoding, "UTF-16")
	return sqlrows.Each(ctx, q, "SELECT count(*) FROM main.sqlite_schema", nil, func(sqlrows.Rows) error { return nil })
}

func (f file) reader(a access) *reader {
	readers := pool(f.path, a)
	readers.SetMaxIdleConns(idleReaders)
	version, _, _ := sqlite3.Version()
	at := &location{path: f.path, found: f.found}
	r := &reader{
		life: sqlrows.NewLifetime(at.guard(f.wait.again)),
		at:   at,
		pool: readers,
		d:    dialect{nulls: newNullKeys()},
		info: driver.Info{
			Backend:   "sqlite",
			Product:   "SQLite " + version,
			Name:      filepath.Base(f.path),
			Location:  f.path,
			Atomicity: driver.NoWrites,
			Order:     driver.Collated,
			MaxValue:  maxLength,
		},
	}
	rows := func(*driver.Schema) sqlrows.Reader { return sqlrows.NewReader(r.d, sqlrows.Std(r.pool)) }
	r.Calls = sqlrows.NewCalls(r.life.Read, rows)
	return r
}

// maxLength is SQLite's limit for a value and for a row.
const maxLength = 1_000_000_000

// openReader opens the database for reading.
func (f file) openReader(ctx context.Context, reason string) (driver.DB, error) {
	r, err := f.tryReading(ctx, access{mode: "ro", queryOnly: true})
	if err != nil && f.isFrozen() {
		// SQLite wants to make files beside the database, and nobody can.
		r, err = f.tryReading(ctx, access{mode: "ro", queryOnly: true, immutable: true})
	}
	if err != nil {
		return nil, f.explain(err)
	}
	r.info.ReadOnly = reason
	return r, nil
}

func (f file) tryReading(ctx context.Context, a access) (*reader, error) {
	r := f.reader(a)
	r.immutable = a.immutable
	err := r.life.Read(ctx, func(ctx context.Context) error { return r.look(ctx, sqlrows.Std(r.pool)) })
	if err != nil {
		_ = r.Close()
		return nil, err
	}
	return r, nil
}

// isFrozen reports whether nobody can change the file, and it is all there is
// of the database: it is on a file system that is mounted read-only, without a
// journal that waits to be played back. Only then may SQLite do without locks.
func (f file) isFrozen() bool {
	return onReadOnlyFileSystem(f.path) && !f.has("-wal") && !f.has("-journal")
}

// has reports whether there is a file beside the database that is not empty.
func (f file) has(suffix string) bool {
	fi, err := os.Stat(f.path + suffix)
	return err == nil && fi.Size() > 0
}

// explain says what to do about an error of opening.
func (f file) explain(err error) error {
	var explained *driver.Error
	var native sqlite3.Error
	if errors.As(err, &explained) || !errors.As(err, &native) {
		return err
	}
	switch {
	case classify(err) == driver.Locked:
		return locked(err)
	case classify(err) == driver.Corrupt:
		return driver.Errorf(driver.Corrupt, "%s is damaged: %w", f.path, err).
			WithHint("restore a backup, or save what can be read with the .recover command of sqlite3")
	case native.Code == sqlite3.ErrNotADB:
		return driver.Errorf(driver.NotDatabase, "%s is not an SQLite database, or is encrypted: %w", f.path, err)
	case native.ExtendedCode == sqlite3.ErrReadonlyRollback:
		return driver.Errorf(driver.ReadOnly, "a program stopped in the middle of a change of %s, which must be undone first: %w", f.path, err).
			WithHint("open it once for writing, as a user who may write it")
	case native.Code == sqlite3.ErrReadonly, native.Code == sqlite3.ErrCantOpen && (f.has("-wal") || !canWrite(filepath.Dir(f.path))):
		return driver.Errorf(driver.Permission, "%s has a write-ahead log, and its files %[1]s-wal and -shm can neither be opened nor made: %w", f.path, err).
			WithHint("open it as a user who may write in its directory, or copy the file and its -wal file to another one")
	}
	return err
}
