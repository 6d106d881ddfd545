package postgres

import (
	"context"
	"iter"

	"github.com/jackc/pgx/v5"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
)

// reader is a database that is open for reading. It has no method that writes,
// and its connections begin no transaction that could.
type reader struct {
	sqlrows.StreamedCalls
	connection driver.Connection
	config     *pgx.ConnConfig
	info       driver.Info
	life       *sqlrows.Lifetime
	pool       *pool
	d          dialect
}

var (
	_ driver.DB          = (*reader)(nil)
	_ driver.Snapshotter = (*reader)(nil)
	_ driver.Counter     = (*reader)(nil)
	_ driver.Estimator   = (*reader)(nil)
	_ driver.Sorter      = (*reader)(nil)
	_ driver.Streamer    = (*reader)(nil)
	_ driver.Consoler    = (*reader)(nil)
)

// Info implements [driver.DB].
func (r *reader) Info() driver.Info { return r.info }

// Classify implements [driver.DB].
func (r *reader) Classify(err error) driver.Kind { return classify(err) }

// Close implements [driver.DB].
func (r *reader) Close() error {
	if r.life.Close() {
		r.pool.close()
	}
	return nil
}

// call runs f, which changes nothing if it fails, and once more if the
// connection turned out to be lost, as all are after the server was restarted.
func (r *reader) call(ctx context.Context, f func(context.Context) error) error {
	return r.life.Call(ctx, func(ctx context.Context) error {
		err := altered(f(ctx))
		if err == nil || ctx.Err() != nil || !isLost(err) && !isStale(err) || classify(err) == driver.OutcomeUnknown {
			return err
		}
		r.pool.forget()
		return altered(f(ctx))
	})
}

// altered says what it means that a column is missing which was there when the
// table was described.
func altered(err error) error {
	if sqlState(err) != stateNoColumn {
		return err
	}
	return driver.Errorf(driver.Conflicting, "the table was altered: %w", err).WithHint("open it again")
}

// rows reads rows of a table.
func (r *reader) rows(s *driver.Schema) sqlrows.Reader {
	if s.Identity == driver.Position {
		return sqlrows.NewReader(r.d, r.pool.inOrder())
	}
	if r.d.known.inert(s.Name) {
		return sqlrows.NewReader(r.d, r.pool.inert())
	}
	return sqlrows.NewReader(r.d, r.pool)
}

// Tables implements [driver.DB].
func (r *reader) Tables(ctx context.Context) (list []driver.TableInfo, err error) {
	err = r.call(ctx, func(ctx context.Context) error {
		list, err = tables(ctx, r.pool)
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

// Snapshot implements [driver.Snapshotter].
func (r *reader) Snapshot(ctx context.Context) (driver.Snapshot, error) {
	s, err := sqlrows.NewSnapshot(ctx, r.life, r.pool, r.d)
	if err != nil && isLost(err) && ctx.Err() == nil {
		r.pool.forget()
		s, err = sqlrows.NewSnapshot(ctx, r.life, r.pool, r.d)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// writer is a database that is open for writing.
type writer struct{ *reader }

var (
	_ driver.Writer     = (*writer)(nil)
	_ driver.Transactor = (*writer)(nil)
	_ driver.Creator    = (*writer)(nil)
	_ driver.Loader     = (*writer)(nil)
)

// Apply implements [driver.Writer].
func (w *writer) Apply(ctx context.Context, changes []driver.Change) (applied driver.Applied, err error) {
	err = w.call(ctx, func(ctx context.Context) error {
		applied, err = sqlrows.Apply(ctx, w.life, w.pool, w.d, changes)
		return err
	})
	return applied, err
}

// Begin implements [driver.Transactor].
func (w *writer) Begin(ctx context.Context) (driver.Tx, error) {
	tx, err := sqlrows.Begin(ctx, w.life, w.pool, w.d)
	if err != nil && isLost(err) && ctx.Err() == nil {
		w.pool.forget()
		tx, err = sqlrows.Begin(ctx, w.life, w.pool, w.d)
	}
	if err != nil {
		return nil, err
	}
	return tx, nil
}

// Load implements [driver.Loader].
func (w *writer) Load(ctx context.Context, s *driver.Schema, rows iter.Seq2[driver.Row, error]) error {
	return w.life.Call(ctx, func(ctx context.Context) error {
		return w.load(ctx, s, rows)
	})
}
