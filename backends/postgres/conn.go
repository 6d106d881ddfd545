package postgres

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
)

// conn runs statements on one connection. It speaks the protocol itself, below
// the level at which pgx converts values, so that a row costs one decoding.
type conn struct {
	pg *pgconn.PgConn
	// statements are those that the connection has prepared; nil prepares none.
	statements *statements
	// giveBack returns the connection to where it is from.
	giveBack func()
}

var (
	_ sqlrows.Conn         = (*conn)(nil)
	_ sqlrows.ValueQuerier = (*conn)(nil)
	_ sqlrows.Guarded      = (*conn)(nil)
)

// Query implements [sqlrows.Querier]. Its rows are in text format.
func (c *conn) Query(ctx context.Context, query string, args []any) (sqlrows.Rows, error) {
	return c.query(ctx, query, args, nil), nil
}

// QueryValues implements [sqlrows.ValueQuerier].
func (c *conn) QueryValues(ctx context.Context, query string, args []any, columns []*driver.Column) (sqlrows.ValueRows, error) {
	return c.query(ctx, query, args, columns), nil
}

// query starts a query. Its error comes with the rows.
func (c *conn) query(ctx context.Context, query string, args []any, columns []*driver.Column) *rows {
	return &rows{ctx: ctx, c: c, result: c.start(ctx, query, args, formats(columns)), columns: columns}
}

// start sends a statement, in one round trip but when it is prepared.
func (c *conn) start(ctx context.Context, query string, args []any, results []int16) *pgconn.ResultReader {
	p := parametersOf(args)
	if d := c.statements.find(ctx, c.pg, query, p.oids); d != nil {
		return c.pg.ExecStatement(ctx, d, p.values, p.formats, results)
	}
	return c.pg.ExecParams(ctx, query, p.values, p.oids, p.formats, results)
}

// Exec implements [sqlrows.Querier].
func (c *conn) Exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	if query == commit {
		return affected(0), c.commit(ctx)
	}
	tag, err := c.run(ctx, query, args)
	return affected(tag.RowsAffected()), c.failed(ctx, err)
}

// run runs a statement, or several that have no arguments.
func (c *conn) run(ctx context.Context, query string, args []any) (tag pgconn.CommandTag, err error) {
	if len(args) > 0 {
		return c.start(ctx, query, args, nil).Close()
	}
	results, err := c.pg.Exec(ctx, query).ReadAll()
	if len(results) > 0 {
		tag = results[len(results)-1].CommandTag
	}
	return tag, err
}

// failed looks at how a statement has failed, if it has.
func (c *conn) failed(ctx context.Context, err error) error {
	if isStale(err) {
		c.statements.forget()
	}
	return withDetail(canceled(ctx, err))
}

const commit = "COMMIT"

// commit makes the transaction durable. What pgx says of an error, whether
// something was sent, is not relied on: a connection that turns out to be closed
// while the answer is read is safe to be tried again for it.
func (c *conn) commit(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if c.pg.IsClosed() {
		return driver.Errorf(driver.Unavailable, "the connection was lost before COMMIT")
	}
	tag, err := c.pg.ExecParams(ctx, commit, nil, nil, nil, nil).Close()
	return withDetail(canceled(ctx, commitError(tag, err)))
}

// commitError says what a COMMIT that was sent came to. The server answers to one
// of a transaction that has failed that it is rolled back, and calls that no
// error.
func commitError(tag pgconn.CommandTag, err error) error {
	switch {
	case err == nil && tag.String() == commit:
		return nil
	case err == nil:
		return driver.Errorf(driver.Closed, "the transaction had failed before, and was rolled back")
	case sqlState(err) != "" && !isLost(err):
		return err // the server says that it did not
	}
	return driver.Errorf(driver.OutcomeUnknown, "the connection was lost before the server answered to COMMIT: %w", err)
}

// canceled puts the caller's reason in the place of the server's error that it
// canceled a statement. The server has other reasons, such as a timeout.
func canceled(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil && sqlState(err) == stateCanceled {
		return ctx.Err()
	}
	return err
}

// Release implements [sqlrows.Conn].
func (c *conn) Release() { c.giveBack() }

// Discard implements [sqlrows.Conn].
func (c *conn) Discard() {
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // does not wait for the server
	_ = c.pg.Close(ctx)
	c.giveBack()
}

// affected is how many rows a statement has written.
type affected int64

func (a affected) RowsAffected() (int64, error) { return int64(a), nil }

func (affected) LastInsertId() (int64, error) {
	return 0, driver.Errorf(driver.Internal, "PostgreSQL returns generated keys with RETURNING")
}
