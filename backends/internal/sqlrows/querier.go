package sqlrows

import (
	"context"
	"database/sql"
	"database/sql/driver"

	rowdriver "github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// Querier runs statements: on a connection, or on any of a pool. [Std] makes
// one of what database/sql has; a backend whose database's own driver is
// faster has one of its own.
type Querier interface {
	Query(ctx context.Context, query string, args []any) (Rows, error)
	Exec(ctx context.Context, query string, args []any) (sql.Result, error)
}

// Rows is the result of a query, as *[sql.Rows] is one. It is closed in any
// case; Err tells, after the last Next, whether that was the end.
type Rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close() error
}

// ValueQuerier is implemented as well by the Querier of a driver that makes the
// values of package tuple itself, without the detour of [Values.Value].
type ValueQuerier interface {
	// QueryValues runs a query whose result has the given columns; nil stands
	// for an integer.
	QueryValues(ctx context.Context, query string, args []any, columns []*rowdriver.Column) (ValueRows, error)
}

// ValueRows is the result of a query, as values.
type ValueRows interface {
	Next() bool
	// Values reads the current row: one value for each column.
	Values(row []tuple.Value) error
	Err() error
	Close() error
}

// Conn is a connection that its user has for himself.
type Conn interface {
	Querier
	// Release gives the connection back. No transaction is open on it.
	Release()
	// Discard closes the connection: it cannot be trusted any more.
	Discard()
}

// Guarded is implemented as well by the connections of a database that ends, or
// refuses to go on with, a transaction in which any statement has failed.
type Guarded interface {
	// Guard returns what runs statements that read, within a transaction, so
	// that one that fails leaves the transaction as it was.
	Guard() Querier
}

// Pool has connections.
type Pool interface {
	Querier
	// Conn waits for a connection until ctx is done.
	Conn(ctx context.Context) (Conn, error)
}

// StdQuerier is an *[sql.DB], *[sql.Conn] or *[sql.Tx].
type StdQuerier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Std returns the Querier of database/sql.
func Std(q StdQuerier) Querier { return std{q} }

type std struct{ q StdQuerier }

func (s std) Query(ctx context.Context, query string, args []any) (Rows, error) {
	rows, err := s.q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err // and no Rows that hold a nil pointer
	}
	return rows, nil
}

func (s std) Exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	return s.q.ExecContext(ctx, query, args...)
}

// StdConn is a connection of database/sql.
type StdConn struct {
	Querier
	Conn *sql.Conn
}

// Release implements [Conn].
func (c StdConn) Release() { _ = c.Conn.Close() }

// Discard implements [Conn].
func (c StdConn) Discard() {
	_ = c.Conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = c.Conn.Close()
}

// StdPool is a pool of database/sql.
type StdPool struct {
	Querier
	db *sql.DB
}

// NewStdPool returns the Pool of db.
func NewStdPool(db *sql.DB) StdPool { return StdPool{Querier: Std(db), db: db} }

// Conn implements [Pool].
func (p StdPool) Conn(ctx context.Context) (Conn, error) {
	conn, err := p.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return StdConn{Querier: Std(conn), Conn: conn}, nil
}
