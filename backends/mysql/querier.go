package mysql

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	native "github.com/go-sql-driver/mysql"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// querier runs statements. It writes small arguments into the statement, so
// that it takes one round trip and the server's text protocol, whose dates and
// numbers are exact. Large ones are sent beside a prepared statement, as they
// are.
type querier struct{ q sqlrows.StdQuerier }

var (
	_ sqlrows.Querier      = querier{}
	_ sqlrows.ValueQuerier = querier{}
)

// Query implements [sqlrows.Querier].
func (q querier) Query(ctx context.Context, query string, args []any) (sqlrows.Rows, error) {
	query, args = inline(query, args)
	rows, err := q.q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err // and no Rows that hold a nil pointer
	}
	return rows, nil
}

// Exec implements [sqlrows.Querier].
func (q querier) Exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	query, args = inline(query, args)
	return q.q.ExecContext(ctx, query, args...)
}

// QueryValues implements [sqlrows.ValueQuerier].
func (q querier) QueryValues(ctx context.Context, query string, args []any, columns []*driver.Column) (sqlrows.ValueRows, error) {
	query, args = inline(query, args)
	rows, err := q.q.QueryContext(ctx, query, args...)
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

// mostInline is the size above which an argument is not written into the
// statement.
const mostInline = 4096

// inline writes arguments into a statement, in place of the question marks that
// do not stand in backticks; the statements of this package have none in quotes.
// It returns the arguments that are left.
func inline(query string, args []any) (string, []any) {
	if len(args) == 0 {
		return query, nil
	}
	var b strings.Builder
	var rest []any
	next, quoted := 0, false
	for i := range len(query) {
		switch ch := query[i]; {
		case ch == '`':
			quoted = !quoted
			b.WriteByte(ch)
		case ch != '?' || quoted || next == len(args):
			b.WriteByte(ch)
		case isLarge(args[next]):
			b.WriteByte('?')
			rest = append(rest, args[next])
			next++
		default:
			writeArgument(&b, args[next])
			next++
		}
	}
	return b.String(), rest
}

func isLarge(arg any) bool {
	switch v := arg.(type) {
	case string:
		return len(v) > mostInline
	case []byte:
		return len(v) > mostInline
	}
	return false
}

// writeArgument writes an argument so that it means the same in whatever mode
// the server is: without escapes in quotes.
func writeArgument(b *strings.Builder, arg any) {
	switch v := arg.(type) {
	case nil:
		b.WriteString("NULL")
	case int64:
		b.WriteString(strconv.FormatInt(v, 10))
	case uint64:
		b.WriteString(strconv.FormatUint(v, 10))
	case float64:
		// With an exponent it is a floating-point number; without, a decimal.
		b.WriteString(strconv.FormatFloat(v, 'e', -1, 64))
	case literal:
		b.WriteString(string(v))
	case []byte:
		b.WriteString("x'" + hex.EncodeToString(v) + "'")
	case string:
		writeText(b, v)
	default:
		panic(fmt.Sprintf("an argument of type %T", arg)) // argument makes no such
	}
}

func writeText(b *strings.Builder, text string) {
	plain := utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return r < ' ' || r == '\\' || r == '\'' || r == '"' || r == 0x7f
	})
	if plain {
		b.WriteString("'" + text + "'")
		return
	}
	b.WriteString("_utf8mb4 x'" + hex.EncodeToString([]byte(text)) + "'")
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
	c, err := p.db.Conn(ctx)
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

// Exec implements [sqlrows.Querier]. Whether a COMMIT that was sent has
// happened, nobody knows unless the server answers.
func (s session) Exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	if query != commit {
		return s.querier.Exec(ctx, query, args)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	result, err := s.querier.Exec(ctx, query, args)
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
