package mysql

import (
	"context"
	"iter"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
)

// reader is a database that is open for reading. It has no method that writes,
// and its connections could not.
type reader struct {
	sqlrows.StreamedCalls
	info     driver.Info
	life     *sqlrows.Lifetime
	pool     pool
	d        dialect
	consoles *consoles
}

var (
	_ driver.DB          = (*reader)(nil)
	_ driver.Snapshotter = (*reader)(nil)
	_ driver.Counter     = (*reader)(nil)
	_ driver.Sorter      = (*reader)(nil)
	_ driver.Streamer    = (*reader)(nil)
	_ driver.Estimator   = (*reader)(nil)
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
	r.consoles.close()
	return r.pool.db.Close()
}

// call runs f, which changes nothing if it fails, and once more if the
// connection turned out to be lost, as all are after the server was restarted.
func (r *reader) call(ctx context.Context, f func(context.Context) error) error {
	return r.life.Call(ctx, func(ctx context.Context) error {
		err := f(ctx)
		if err == nil || ctx.Err() != nil || !isLost(err) || classify(err) == driver.OutcomeUnknown {
			return err
		}
		r.pool.forget()
		return f(ctx)
	})
}

// Tables implements [driver.DB].
func (r *reader) Tables(ctx context.Context) (list []driver.TableInfo, err error) {
	err = r.call(ctx, func(ctx context.Context) error {
		list, err = r.d.tables(ctx, r.pool)
		return err
	})
	return list, err
}

// Describe implements [driver.DB].
func (r *reader) Describe(ctx context.Context, table string) (s *driver.Schema, err error) {
	err = r.call(ctx, func(ctx context.Context) error {
		s, err = r.d.Describe(ctx, r.pool, table)
		return err
	})
	return s, err
}

// Estimate implements [driver.Estimator]. It is what the storage engine takes
// for the number of rows; it never counts.
func (r *reader) Estimate(ctx context.Context, s *driver.Schema) (n int64, ok bool, err error) {
	err = r.call(ctx, func(ctx context.Context) error {
		n, ok, err = r.d.estimate(ctx, r.pool, s)
		return err
	})
	return n, ok, err
}

// Snapshot implements [driver.Snapshotter].
func (r *reader) Snapshot(ctx context.Context) (driver.Snapshot, error) {
	var s sqlrows.Snapshot
	err := r.call(ctx, func(ctx context.Context) (err error) {
		s, err = sqlrows.NewSnapshot(ctx, r.life, r.pool, r.d)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// writer is a database that is open for writing, through connections of their
// own.
type writer struct {
	*reader
	changes pool
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
	w.consoles.close()
	err := w.changes.db.Close()
	if e := w.pool.db.Close(); err == nil {
		err = e
	}
	return err
}

// write is call for the connections that write.
func (w *writer) write(ctx context.Context, f func(context.Context) error) error {
	return w.call(ctx, func(ctx context.Context) error {
		err := f(ctx)
		if isLost(err) {
			w.changes.forget()
		}
		return err
	})
}

// Apply implements [driver.Writer].
func (w *writer) Apply(ctx context.Context, changes []driver.Change) (driver.Applied, error) {
	var applied driver.Applied
	err := w.write(ctx, func(ctx context.Context) (err error) {
		applied, err = sqlrows.Apply(ctx, w.life, w.changes, w.d, changes)
		return err
	})
	return applied, err
}

// Begin implements [driver.Transactor].
func (w *writer) Begin(ctx context.Context) (driver.Tx, error) {
	var tx *sqlrows.Tx
	err := w.write(ctx, func(ctx context.Context) (err error) {
		tx, err = sqlrows.Begin(ctx, w.life, w.changes, w.d)
		return err
	})
	if err != nil {
		return nil, err
	}
	return tx, nil
}

// Load implements [driver.Loader].
func (w *writer) Load(ctx context.Context, s *driver.Schema, rows iter.Seq2[driver.Row, error]) error {
	return sqlrows.Load(ctx, w.life, w.changes.db, w.d, s, rows)
}
