package mysql

import (
	"context"
	"iter"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// reader is a database that is open for reading. It has no method that writes,
// and its connections could not.
type reader struct {
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

// Get implements [driver.Reader].
func (r *reader) Get(ctx context.Context, s *driver.Schema, keys []tuple.Tuple) (rows []*driver.Row, err error) {
	err = r.call(ctx, func(ctx context.Context) error {
		rows, err = sqlrows.NewReader(r.d, r.pool).Get(ctx, s, keys)
		return err
	})
	return rows, err
}

// Scan implements [driver.Reader].
func (r *reader) Scan(ctx context.Context, s *driver.Schema, q driver.Query) (page driver.Page, err error) {
	err = r.call(ctx, func(ctx context.Context) error {
		page, err = sqlrows.NewReader(r.d, r.pool).Scan(ctx, s, q)
		return err
	})
	return page, err
}

// Streams implements [driver.Streamer].
func (r *reader) Streams(s *driver.Schema) bool { return sqlrows.Streams(s) }

// Stream implements [driver.Streamer]. It is not begun again after a loss of the
// connection: rows have been given by then.
func (r *reader) Stream(ctx context.Context, s *driver.Schema, q driver.Query, each func([]driver.Row) bool) (more bool, err error) {
	err = r.life.Call(ctx, func(ctx context.Context) error {
		more, err = sqlrows.NewReader(r.d, r.pool).Stream(ctx, s, q, each)
		return err
	})
	return more, err
}

// Sorts implements [driver.Sorter].
func (r *reader) Sorts(s *driver.Schema, column int) bool { return sqlrows.Sorts(r.d, s, column) }

// ScanSorted implements [driver.Sorter].
func (r *reader) ScanSorted(ctx context.Context, s *driver.Schema, q driver.Query, column int, from *driver.Place) (page driver.Page, err error) {
	err = r.call(ctx, func(ctx context.Context) error {
		page, err = sqlrows.NewReader(r.d, r.pool).ScanSorted(ctx, s, q, column, from)
		return err
	})
	return page, err
}

// Count implements [driver.Counter].
func (r *reader) Count(ctx context.Context, s *driver.Schema, in tuple.Range) (n int64, err error) {
	err = r.call(ctx, func(ctx context.Context) error {
		n, err = sqlrows.NewReader(r.d, r.pool).Count(ctx, s, in)
		return err
	})
	return n, err
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
