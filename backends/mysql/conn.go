package mysql

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"time"

	native "github.com/go-sql-driver/mysql"
)

// nativeConn is what a connection of the database's own driver can do.
type nativeConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.QueryerContext
	driver.ExecerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
	driver.NamedValueChecker
}

// conn is a connection whose statements are canceled in the server. The
// database's own driver would close the connection instead: the server would go
// on with the statement, and a transaction would be lost.
type conn struct {
	nativeConn
	link net.Conn // to the server; closed if nothing else helps
	id   uint64   // by which the server knows the connection
	// kill tells the server, again and again until done is closed, to end the
	// statement that a connection is running: an order that comes before the
	// statement does has no effect.
	kill func(id uint64, done <-chan struct{}) error
	// timeout ends a statement that runs longer, 0 if the server does that or
	// there is no limit.
	timeout    time.Duration
	broken     bool
	statements statements
}

// IsValid implements [driver.Validator].
func (c *conn) IsValid() bool { return !c.broken && c.nativeConn.IsValid() }

// CheckNamedValue implements [driver.NamedValueChecker].
func (c *conn) CheckNamedValue(v *driver.NamedValue) error {
	if _, ok := v.Value.(literal); ok {
		return nil
	}
	return c.nativeConn.CheckNamedValue(v)
}

// QueryContext implements [driver.QueryerContext]. A query that has been run
// before, with whatever arguments, is prepared. Otherwise small arguments are
// written into the query, so that it takes one round trip.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	w := c.watch(ctx)
	if len(args) > 0 && isPreparable(query, args) {
		prepared, err := c.statements.again(w.inner, c.nativeConn, query)
		if err != nil {
			return nil, w.end(err)
		}
		if prepared != nil {
			rows, err := prepared.QueryContext(w.inner, args)
			if err != nil {
				c.statements.forget(query)
			}
			return w.rows(rows, err)
		}
	}
	query, args = inlineNamed(query, args)
	if len(args) == 0 {
		rows, err := c.nativeConn.QueryContext(w.inner, query, nil)
		return w.rows(rows, err)
	}
	prepared, err := c.nativeConn.PrepareContext(w.inner, query)
	if err != nil {
		return nil, w.end(err)
	}
	w.prepared = prepared
	rows, err := prepared.(nativeStmt).QueryContext(w.inner, args)
	return w.rows(rows, err)
}

// ExecContext implements [driver.ExecerContext].
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	w := c.watch(ctx)
	query, args = inlineNamed(query, args)
	if len(args) == 0 {
		result, err := c.nativeConn.ExecContext(w.inner, query, nil)
		return result, w.end(err)
	}
	prepared, err := c.nativeConn.PrepareContext(w.inner, query)
	if err != nil {
		return nil, w.end(err)
	}
	w.prepared = prepared
	result, err := prepared.(nativeStmt).ExecContext(w.inner, args)
	return result, w.end(err)
}

// PrepareContext implements [driver.ConnPrepareContext].
func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	w := c.watch(ctx)
	prepared, err := c.nativeConn.PrepareContext(w.inner, query)
	if err = w.end(err); err != nil {
		return nil, err
	}
	return &stmt{nativeStmt: prepared.(nativeStmt), c: c}, nil
}

// inlineNamed is [inline] for arguments as database/sql hands them over.
func inlineNamed(query string, args []driver.NamedValue) (string, []driver.NamedValue) {
	values := make([]any, len(args))
	for i, a := range args {
		values[i] = a.Value
	}
	query, left := inline(query, values)
	rest := make([]driver.NamedValue, len(left))
	for i, v := range left {
		rest[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return query, rest
}

// nativeStmt is a prepared statement of the database's own driver.
type nativeStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
	driver.NamedValueChecker
}

// stmt is a prepared statement of a [conn].
type stmt struct {
	nativeStmt
	c *conn
}

// ExecContext implements [driver.StmtExecContext].
func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	w := s.c.watch(ctx)
	result, err := s.nativeStmt.ExecContext(w.inner, args)
	return result, w.end(err)
}

// QueryContext implements [driver.StmtQueryContext].
func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	w := s.c.watch(ctx)
	rows, err := s.nativeStmt.QueryContext(w.inner, args)
	return w.rows(rows, err)
}

// nativeRows is a result of the database's own driver.
type nativeRows interface {
	driver.Rows
	driver.RowsNextResultSet
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeNullable
	driver.RowsColumnTypePrecisionScale
	driver.RowsColumnTypeScanType
}

// rows is a result that is watched until it is closed.
type rows struct {
	nativeRows
	w      *watch
	closed bool
}

// Next implements [driver.Rows].
func (r *rows) Next(dest []driver.Value) error {
	err := r.nativeRows.Next(dest)
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return r.w.reason(err)
}

// NextResultSet implements [driver.RowsNextResultSet].
func (r *rows) NextResultSet() error {
	err := r.nativeRows.NextResultSet()
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return r.w.reason(err)
}

// Close implements [driver.Rows]. What has not been read is read now, so that a
// statement with much left is to be canceled first.
func (r *rows) Close() error {
	if r.closed {
		return nil
	}
	r.closed = true
	return r.w.end(r.nativeRows.Close())
}

// errStatementTimeout is the cause of a context that [conn] itself ends.
var errStatementTimeout = errors.New("the statement ran longer than the profile allows")

// watch is a statement under way, and its context watched.
type watch struct {
	c *conn
	// outer is the caller's context; inner, without its cancellation, is what
	// the statement runs with, so that the database's own driver does not
	// watch it as well.
	outer, inner context.Context
	release      context.CancelFunc // of outer, if it is ours
	unwatch      func() bool        // reports false if outer has ended
	done         chan struct{}      // closed when the statement has ended
	prepared     driver.Stmt        // to close then, or nil
	interrupted  chan struct{}      // closed when the interruption has
}

// outerKey is under which a context holds the one that [watchedByConn] was given.
type outerKey struct{}

// watchedByConn returns a context for database/sql that leaves it to a [conn] to
// watch ctx: database/sql would start a goroutine for each result.
func watchedByConn(ctx context.Context) context.Context {
	return context.WithValue(context.WithoutCancel(ctx), outerKey{}, ctx)
}

// callers returns the context that the caller of database/sql has.
func callers(ctx context.Context) context.Context {
	if outer, ok := ctx.Value(outerKey{}).(context.Context); ok {
		return outer
	}
	return ctx
}

func (c *conn) watch(ctx context.Context) *watch {
	ctx = callers(ctx)
	w := &watch{c: c, outer: ctx, inner: context.WithoutCancel(ctx), release: func() {}, done: make(chan struct{}), interrupted: make(chan struct{})}
	if c.timeout > 0 {
		w.outer, w.release = context.WithTimeoutCause(ctx, c.timeout, errStatementTimeout)
	}
	if w.outer.Err() != nil {
		w.inner = w.outer // so that nothing is sent at all
		w.unwatch = func() bool { return true }
		return w
	}
	w.unwatch = context.AfterFunc(w.outer, w.interrupt)
	return w
}

// interrupt ends the statement in the server, or at least here.
func (w *watch) interrupt() {
	defer close(w.interrupted)
	if err := w.c.kill(w.c.id, w.done); err != nil {
		_ = w.c.link.Close()
	}
}

// rows begins the result of a statement, or ends the watch.
func (w *watch) rows(result driver.Rows, err error) (driver.Rows, error) {
	if err != nil {
		return nil, w.end(err)
	}
	return &rows{nativeRows: result.(nativeRows), w: w}, nil
}

// end ends the watch of a statement that ended with err, and returns what to
// tell the caller.
func (w *watch) end(err error) error {
	close(w.done)
	if w.prepared != nil {
		_ = w.prepared.Close()
	}
	if !w.unwatch() {
		<-w.interrupted
		w.settle()
	}
	if err != nil {
		err = w.reason(err)
	}
	w.release()
	return err
}

// settle makes sure that the order to end the statement, if it came too late,
// does not end the next one.
func (w *watch) settle() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, err := w.c.nativeConn.ExecContext(ctx, "DO 0", nil)
	if err != nil && !isNumber(err, errQueryInterrupted) {
		w.c.broken = true
	}
}

// reason tells why a statement failed with err: because it was interrupted, or
// because of itself.
func (w *watch) reason(err error) error {
	if w.outer.Err() == nil {
		return err
	}
	if server, ok := errors.AsType[*native.MySQLError](err); ok && server.Number != errQueryInterrupted {
		return err
	}
	return context.Cause(w.outer)
}
