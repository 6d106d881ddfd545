package postgres

import (
	"context"
	"database/sql"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
)

// pool has the connections of a database. One that the server has closed is
// noticed when it is used: there is no question whether it is alive before each
// call, which would cost a round trip.
type pool struct {
	connections *pgxpool.Pool
	// prepares tells that connections may keep prepared statements. Some
	// proxies give every transaction another connection to the server.
	prepares bool
	// enclose, if not nil, puts every query into a transaction.
	enclose func(*conn) enclosed
	// alone runs queries without one where the session's own setting can be
	// relied on, see isReadOnly.
	alone bool
}

var (
	_ sqlrows.Pool         = (*pool)(nil)
	_ sqlrows.ValueQuerier = (*pool)(nil)
)

// mostConnections bounds how many connections a pool has. Each snapshot and
// each transaction that is open has one.
const mostConnections = 16

func newPool(config *pgx.ConnConfig, c *driver.Connection) (*pool, error) {
	// The only way to a pgxpool.Config is to parse one.
	pc, err := pgxpool.ParseConfig("")
	if err != nil {
		return nil, err
	}
	pc.ConnConfig = config
	pc.MaxConns = mostConnections
	pc.ShouldPing = func(context.Context, pgxpool.ShouldPingParams) bool { return false }
	pc.BeforeConnect = func(ctx context.Context, config *pgx.ConnConfig) error { return setPassword(ctx, config, c) }
	pc.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error { return startUp(ctx, conn.PgConn(), c.Startup) }
	connections, err := pgxpool.NewWithConfig(context.Background(), pc)
	if err != nil {
		return nil, err
	}
	return &pool{connections: connections, prepares: config.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement}, nil
}

// inOrder returns the pool for queries whose rows have no order of their own.
func (p *pool) inOrder() *pool {
	return &pool{connections: p.connections, prepares: p.prepares, enclose: inOrder}
}

// inert returns the pool for queries that run nothing but what the server itself
// has. Each is one statement then, and not one of three.
func (p *pool) inert() *pool {
	return &pool{connections: p.connections, prepares: p.prepares, enclose: p.enclose, alone: p.prepares}
}

// isReadOnly reports whether the server says that the session's transactions
// cannot write. Since version 14 it does so whenever that changes, before it
// takes the next statement.
func isReadOnly(pg *pgconn.PgConn) bool {
	return pg.ParameterStatus("default_transaction_read_only") == "on"
}

// take waits for a connection until ctx is done.
func (p *pool) take(ctx context.Context) (*conn, error) {
	c, err := p.connections.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	own := &conn{pg: c.Conn().PgConn(), giveBack: c.Release}
	if p.prepares {
		own.statements = statementsOf(own.pg)
	}
	return own, nil
}

// Conn implements [sqlrows.Pool].
func (p *pool) Conn(ctx context.Context) (sqlrows.Conn, error) {
	c, err := p.take(ctx)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// Query implements [sqlrows.Querier].
func (p *pool) Query(ctx context.Context, query string, args []any) (sqlrows.Rows, error) {
	return p.query(ctx, query, args, nil)
}

// QueryValues implements [sqlrows.ValueQuerier].
func (p *pool) QueryValues(ctx context.Context, query string, args []any, columns []*driver.Column) (sqlrows.ValueRows, error) {
	return p.query(ctx, query, args, columns)
}

func (p *pool) query(ctx context.Context, query string, args []any, columns []*driver.Column) (*rows, error) {
	c, err := p.take(ctx)
	if err != nil {
		return nil, err
	}
	if p.enclose == nil {
		r := c.query(ctx, query, args, columns)
		r.release = c.Release
		return r, nil
	}
	if p.alone && isReadOnly(c.pg) {
		r := c.query(ctx, query, args, columns)
		r.release = c.releaseReadOnly
		return r, nil
	}
	r, err := p.enclose(c).query(ctx, query, args, columns)
	if err != nil {
		c.Release()
		return nil, err
	}
	r.release = c.Release
	return r, nil
}

// releaseReadOnly gives the connection back, unless its next transaction could
// write: what was read has been replaced since it was described, by something
// that runs code.
func (c *conn) releaseReadOnly() {
	if isReadOnly(c.pg) {
		c.Release()
		return
	}
	c.Discard()
}

// statementsOf returns what a connection has prepared.
func statementsOf(pg *pgconn.PgConn) *statements {
	const key = "rowan.statements"
	own := pg.CustomData()
	s, ok := own[key].(*statements)
	if !ok {
		s = newStatements()
		own[key] = s
	}
	return s
}

// Exec implements [sqlrows.Querier].
func (p *pool) Exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	c, err := p.take(ctx)
	if err != nil {
		return nil, err
	}
	defer c.Release()
	return c.Exec(ctx, query, args)
}

// forget closes the connections that nobody uses: they are as old as one that
// turned out to be lost, or have prepared what has changed.
func (p *pool) forget() { p.connections.Reset() }

// closeTimeout is how long to wait for the server to take leave. A connection
// that is dead is given up in the background.
const closeTimeout = 2 * time.Second

func (p *pool) close() {
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		p.connections.Close()
	}()
	select {
	case <-closed:
	case <-time.After(closeTimeout):
	}
}
