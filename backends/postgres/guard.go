package postgres

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
)

// guard runs queries in a transaction that is to go on if one of them fails or
// is canceled: PostgreSQL refuses everything after an error, up to a savepoint.
// It sends the savepoint, the query and the release in one round trip.
type guard struct{ c *conn }

var _ sqlrows.ValueQuerier = guard{}

const (
	guardSet     = "SAVEPOINT rowan_read"
	guardRelease = "RELEASE SAVEPOINT rowan_read"
	guardUndo    = "ROLLBACK TO SAVEPOINT rowan_read; RELEASE SAVEPOINT rowan_read"
)

// Guard implements [sqlrows.Guarded].
func (c *conn) Guard() sqlrows.Querier { return guard{c} }

func (g guard) Query(ctx context.Context, query string, args []any) (sqlrows.Rows, error) {
	return g.query(ctx, query, args, nil)
}

func (g guard) QueryValues(ctx context.Context, query string, args []any, columns []*driver.Column) (sqlrows.ValueRows, error) {
	return g.query(ctx, query, args, columns)
}

func (g guard) Exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	return g.c.Exec(ctx, query, args)
}

func (g guard) query(ctx context.Context, query string, args []any, columns []*driver.Column) (*rows, error) {
	p := parametersOf(args)
	var b pgconn.Batch
	b.ExecParams(guardSet, nil, nil, nil, nil)
	b.ExecParams(query, p.values, p.oids, p.formats, formats(columns))
	b.ExecParams(guardRelease, nil, nil, nil, nil)
	all := g.c.pg.ExecBatch(ctx, &b)
	end := func() error { return canceled(ctx, g.end(all)) }
	for range 2 { // the savepoint's result, then the query's
		if !all.NextResult() {
			return nil, end()
		}
	}
	return &rows{ctx: ctx, result: all.ResultReader(), columns: columns, end: end}, nil
}

// end reads what is left, and goes back to the savepoint after a failure.
func (g guard) end(all *pgconn.MultiResultReader) error {
	err := all.Close()
	if err != nil && g.c.pg.TxStatus() == inFailed {
		if undo := g.c.pg.Exec(context.Background(), guardUndo).Close(); undo != nil {
			return undo
		}
	}
	return err
}

// The states of a connection's transaction.
const (
	inNone   = 'I'
	inFailed = 'E'
)
