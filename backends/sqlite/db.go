//go:build cgo

package sqlite

import (
	"context"
	"database/sql"
	"iter"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
)

// reader is a database that is open for reading. It has no method that writes,
// and its connections could not.
type reader struct {
	sqlrows.Calls
	info driver.Info
	life *sqlrows.Lifetime
	at   *location
	pool *sql.DB
	d    dialect
	// immutable says that nobody can change the file.
	immutable bool
	consoles  consoles
}

var (
	_ driver.DB          = (*reader)(nil)
	_ driver.Snapshotter = (*reader)(nil)
	_ driver.Counter     = (*reader)(nil)
	_ driver.Estimator   = (*reader)(nil)
	_ driver.Checker     = (*reader)(nil)
)

// Info implements [driver.DB].
func (r *reader) Info() driver.Info { return r.info }

// Classify implements [driver.DB].
func (r *reader) Classify(err error) driver.Kind { return classify(err) }

// Close implements [driver.DB].
func (r *reader) Close() error {
	if !r.life.Close() {
		return nil
	}
	r.consoles.closeAll()
	return r.pool.Close()
}

// Tables implements [driver.DB].
func (r *reader) Tables(ctx context.Context) (list []driver.TableInfo, err error) {
	err = r.life.Read(ctx, func(ctx context.Context) error {
		list, err = tables(ctx, sqlrows.Std(r.pool))
		return err
	})
	return list, err
}

// Describe implements [driver.DB].
func (r *reader) Describe(ctx context.Context, table string) (s *driver.Schema, err error) {
	err = r.life.Read(ctx, func(ctx context.Context) error {
		// In a transaction, so that all of it is about one state.
		tx, err := r.pool.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		s, err = r.d.Describe(ctx, sqlrows.Std(tx), table)
		return err
	})
	return s, err
}

// Snapshot implements [driver.Snapshotter]. It fails with [driver.Unsupported]
// if the database has no write-ahead log: without one, a reader that stays
// keeps everybody from writing.
func (r *reader) Snapshot(ctx context.Context) (driver.Snapshot, error) {
	var mode string
	err := r.life.Read(ctx, func(ctx context.Context) error {
		return r.pool.QueryRowContext(ctx, "PRAGMA main.journal_mode").Scan(&mode)
	})
	if err != nil {
		return nil, err
	}
	if mode != "wal" {
		return nil, driver.Errorf(driver.Unsupported, "a snapshot would keep everybody from writing, because the database has no write-ahead log").
			WithHint("PRAGMA journal_mode=WAL gives it one")
	}
	s, err := sqlrows.NewSnapshot(ctx, r.life, sqlrows.NewStdPool(r.pool), r.d)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// writer is a database that is open for writing, through one connection.
type writer struct {
	*reader
	one *sql.DB // a pool of one connection
}

var (
	_ driver.Writer     = (*writer)(nil)
	_ driver.Transactor = (*writer)(nil)
	_ driver.Creator    = (*writer)(nil)
	_ driver.Loader     = (*writer)(nil)
)

// Close implements [driver.DB].
func (w *writer) Close() error {
	if !w.life.Close() {
		return nil
	}
	w.consoles.closeAll()
	// Readers first: the last connection to close tidies up the log, and
	// only this one may.
	err := w.pool.Close()
	if e := w.one.Close(); err == nil {
		err = e
	}
	return err
}

// Apply implements [driver.Writer].
func (w *writer) Apply(ctx context.Context, changes []driver.Change) (driver.Applied, error) {
	return sqlrows.Apply(ctx, w.life, sqlrows.NewStdPool(w.one), w.d, changes)
}

// Begin implements [driver.Transactor].
func (w *writer) Begin(ctx context.Context) (driver.Tx, error) {
	tx, err := sqlrows.Begin(ctx, w.life, sqlrows.NewStdPool(w.one), w.d)
	if err != nil {
		return nil, err
	}
	return tx, nil
}

// Load implements [driver.Loader].
func (w *writer) Load(ctx context.Context, s *driver.Schema, rows iter.Seq2[driver.Row, error]) error {
	return sqlrows.Load(ctx, w.life, w.one, w.d, s, rows)
}
