package mysql

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"

	native "github.com/go-sql-driver/mysql"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// querier runs statements. Only queries for values are worth to be prepared when
// they are run again; the others have their arguments written into them.
type querier struct{ q sqlrows.StdQuerier }

var (
	_ sqlrows.Querier      = querier{}
	_ sqlrows.ValueQuerier = querier{}
)

// Query implements [sqlrows.Querier].
func (q querier) Query(ctx context.Context, query string, args []any) (sqlrows.Rows, error) {
	query, args = inline(query, args)
	rows, err := q.q.QueryContext(watchedByConn(ctx), query, args...)
	if err != nil {
		return nil, err // and no Rows that hold a nil pointer
	}
	return rows, nil
}

// Exec implements [sqlrows.Querier].
func (q querier) Exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	query, args = inline(query, args)
	return q.q.ExecContext(watchedByConn(ctx), query, args...)
}

// QueryValues implements [sqlrows.ValueQuerier].
func (q querier) QueryValues(ctx context.Context, query string, args []any, columns []*driver.Column) (sqlrows.ValueRows, error) {
	rows, err := q.q.QueryContext(watchedByConn(ctx), query, args...)
	if err != nil {
		return nil, err
	}
	return newValueRows(rows, columns), nil
}

// valueRows makes values of a result without a detour: what database/sql hands
// to a cell is still in the buffer that it was received in.
type valueRows struct {
	*sql.Rows
	cells []cell
	dest  []any // pointers to cells
}

// cell receives a value of a column.
type cell struct {
	t    columnType
	name string
	to   *tuple.Value
}

func newValueRows(rows *sql.Rows, columns []*driver.Column) *valueRows {
	v := &valueRows{Rows: rows, cells: make([]cell, len(columns)), dest: make([]any, len(columns))}
	for i, c := range columns {
		v.cells[i].t = columnType{class: classInt}
		if c != nil {
			v.cells[i].t, v.cells[i].name = typeOf(c), c.Name
		}
		v.dest[i] = &v.cells[i]
	}
	return v
}

// Values implements [sqlrows.ValueRows].
func (v *valueRows) Values(row []tuple.Value) error {
	for i := range v.cells {
		v.cells[i].to = &row[i]
	}
	return v.Scan(v.dest...)
}

// Scan implements [sql.Scanner].
func (c *cell) Scan(read any) (err error) {
	if *c.to, err = c.t.value(read); err != nil {
		return driver.Errorf(driver.Internal, "column %s: %w", c.name, err)
	}
	return nil
}

// pool is a pool of connections.
type pool struct {
	querier
	db *sql.DB
}

var _ sqlrows.Pool = pool{}

func newPool(db *sql.DB) pool { return pool{querier{db}, db} }

// forget closes the connections that are not in use.
func (p pool) forget() {
	p.db.SetMaxIdleConns(0)
	p.db.SetMaxIdleConns(idleConnections)
}

// Conn implements [sqlrows.Pool].
func (p pool) Conn(ctx context.Context) (sqlrows.Conn, error) {
	c, err := p.db.Conn(watchedByConn(ctx))
	if err != nil {
		return nil, err
	}
	return session{querier{c}, c}, nil
}

// session is a connection that its user has for himself.
type session struct {
	querier
	conn *sql.Conn
}

const commit = "COMMIT"

const rollback = "ROLLBACK"

// Exec implements [sqlrows.Querier]. Nobody waits long for a ROLLBACK: without
// its connection, the server does that by itself. Whether a COMMIT that was sent
// has happened, nobody knows unless the server answers.
func (s session) Exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	switch query {
	case commit:
		return s.commit(ctx)
	case rollback:
		bounded, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		ctx = bounded
	}
	return s.querier.Exec(ctx, query, args)
}

func (s session) commit(ctx context.Context) (sql.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	result, err := s.querier.Exec(ctx, commit, nil)
	answer, answered := errors.AsType[*native.MySQLError](err)
	switch {
	case err == nil, errors.Is(err, sqldriver.ErrBadConn): // which was not sent
		return result, err
	case answered && answer.Number != errQueryInterrupted && !isLost(err):
		return nil, err
	}
	return nil, driver.Errorf(driver.OutcomeUnknown, "the server did not answer to COMMIT: %w", err)
}

// Release implements [sqlrows.Conn].
func (s session) Release() { _ = s.conn.Close() }

// Discard implements [sqlrows.Conn].
func (s session) Discard() {
	_ = s.conn.Raw(func(any) error { return sqldriver.ErrBadConn })
	_ = s.conn.Close()
}
