package postgres

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
)

// enclosed runs a query between other statements, all in one round trip, and
// another one if any of them fails.
type enclosed struct {
	c           *conn
	before      []string
	after, undo string
}

var (
	_ sqlrows.Querier      = enclosed{}
	_ sqlrows.ValueQuerier = enclosed{}
)

// Guard implements [sqlrows.Guarded]: PostgreSQL refuses everything that comes
// after an error in a transaction, until it goes back to a savepoint.
func (c *conn) Guard() sqlrows.Querier {
	return enclosed{c: c,
		before: []string{"SAVEPOINT rowan_read"},
		after:  "RELEASE SAVEPOINT rowan_read",
		undo:   "ROLLBACK TO SAVEPOINT rowan_read; RELEASE SAVEPOINT rowan_read",
	}
}

// readOnly returns what runs queries so that nothing of them stays: a view may
// call functions that change the settings of the session, such as the one that
// keeps its later transactions from writing.
func readOnly(c *conn) enclosed {
	return enclosed{c: c, before: []string{"BEGIN READ ONLY"}, after: "ROLLBACK", undo: "ROLLBACK"}
}

// inOrder returns what runs queries whose rows come in the same order whenever
// they are run, as long as nobody writes: workers beside each other would mix
// them.
func inOrder(c *conn) enclosed {
	e := readOnly(c)
	e.before = append(e.before, noWorkers)
	return e
}

const noWorkers = "SET LOCAL max_parallel_workers_per_gather = 0"

func (e enclosed) Query(ctx context.Context, query string, args []any) (sqlrows.Rows, error) {
	return e.query(ctx, query, args, nil)
}

func (e enclosed) QueryValues(ctx context.Context, query string, args []any, columns []*driver.Column) (sqlrows.ValueRows, error) {
	return e.query(ctx, query, args, columns)
}

func (e enclosed) Exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	return e.c.Exec(ctx, query, args)
}

func (e enclosed) query(ctx context.Context, query string, args []any, columns []*driver.Column) (*rows, error) {
	all := e.c.pg.ExecBatch(ctx, e.batch(ctx, query, parametersOf(args), formats(columns)))
	end := func() error { return e.c.failed(ctx, e.end(all)) }
	for range len(e.before) + 1 { // theirs, then the query's
		if !all.NextResult() {
			return nil, end()
		}
	}
	return &rows{ctx: ctx, c: e.c, result: all.ResultReader(), columns: columns, end: end}, nil
}

// batch returns the query with what stands around it. That is prepared, too, if
// the query is: what runs once is not worth the round trips.
func (e enclosed) batch(ctx context.Context, query string, p parameters, results []int16) *pgconn.Batch {
	b := new(pgconn.Batch)
	d := e.c.statements.find(ctx, e.c.pg, query, p.oids)
	around := func(statement string) {
		if d != nil {
			if own := e.c.statements.command(ctx, e.c.pg, statement); own != nil {
				b.ExecStatement(own, nil, nil, nil)
				return
			}
		}
		b.ExecParams(statement, nil, nil, nil, nil)
	}
	for _, statement := range e.before {
		around(statement)
	}
	if d != nil {
		b.ExecStatement(d, p.values, p.formats, results)
	} else {
		b.ExecParams(query, p.values, p.oids, p.formats, results)
	}
	around(e.after)
	return b
}

// end reads what is left, and undoes what a failure has left.
func (e enclosed) end(all *pgconn.MultiResultReader) error {
	err := all.Close()
	if err != nil && e.c.pg.TxStatus() == inFailed {
		if undo := e.c.pg.Exec(context.Background(), e.undo).Close(); undo != nil {
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
