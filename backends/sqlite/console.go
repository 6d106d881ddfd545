//go:build cgo

package sqlite

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/mattn/go-sqlite3"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/sqltext"
	"github.com/rowan-db/rowan/store/tuple"
)

// syntax is how SQLite reads text.
var syntax = sqltext.Dialect{Backticks: true, Brackets: true, Bodies: true}

var (
	_ driver.Consoler = (*reader)(nil)
	_ driver.Consoler = (*writer)(nil)
)

// Language implements [driver.Consoler].
func (r *reader) Language() driver.Language {
	return driver.Language{
		Name: "SQL", Dialect: syntax, Explain: "EXPLAIN QUERY PLAN ",
		Keywords: []string{"ATTACH", "AUTOINCREMENT", "DETACH", "GLOB", "INDEXED", "PRAGMA", "REINDEX", "ROWID", "STRICT", "VACUUM", "VIRTUAL", "WITHOUT"},
	}
}

// Console implements [driver.Consoler]. The database is opened so that it cannot
// be written, and no other can be attached, in whose place something would be.
func (r *reader) Console(ctx context.Context) (driver.Console, error) {
	a := access{mode: "ro", queryOnly: true, immutable: r.immutable}
	return r.openConsole(ctx, a, func(c *sqlite3.SQLiteConn) { c.SetLimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0) })
}

// Console implements [driver.Consoler].
func (w *writer) Console(ctx context.Context) (driver.Console, error) {
	return w.openConsole(ctx, access{mode: "rw"}, func(*sqlite3.SQLiteConn) {})
}

// console is a session on a connection of its own.
type console struct {
	of    *reader
	pool  *sql.DB
	conn  *sql.Conn
	close func() error
}

// consoles are the sessions of a database that are open.
type consoles struct {
	mu   sync.Mutex
	open map[*console]struct{}
}

func (cs *consoles) add(c *console) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.open == nil {
		cs.open = map[*console]struct{}{}
	}
	cs.open[c] = struct{}{}
}

func (cs *consoles) remove(c *console) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	delete(cs.open, c)
}

// closeAll closes those that are still open, when no statement runs any more.
func (cs *consoles) closeAll() {
	cs.mu.Lock()
	open := slices.Collect(maps.Keys(cs.open))
	cs.mu.Unlock()
	for _, c := range open {
		_ = c.Close()
	}
}

func (r *reader) openConsole(ctx context.Context, a access, prepare func(*sqlite3.SQLiteConn)) (driver.Console, error) {
	c := &console{of: r, pool: pool(r.at.path, a)}
	c.close = sync.OnceValue(c.end)
	err := r.life.Read(ctx, func(ctx context.Context) error {
		var err error
		if c.conn, err = c.pool.Conn(ctx); err != nil {
			return err
		}
		r.consoles.add(c)
		return c.conn.Raw(func(raw any) error {
			prepare(raw.(*sqlite3.SQLiteConn))
			return nil
		})
	})
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

// Close implements [driver.Console]. What is open is rolled back with the
// connection.
func (c *console) Close() error { return c.close() }

func (c *console) end() error {
	c.of.consoles.remove(c)
	if c.conn != nil {
		_ = c.conn.Raw(func(any) error { return sqldriver.ErrBadConn })
		_ = c.conn.Close()
	}
	return c.pool.Close()
}

// Run implements [driver.Console].
func (c *console) Run(ctx context.Context, statement string, sink driver.Sink) (driver.Outcome, error) {
	out := driver.Outcome{Affected: -1}
	err := c.of.life.Call(ctx, func(ctx context.Context) error {
		var failed error
		err := c.conn.Raw(func(raw any) error {
			run := statementRun{conn: raw.(*sqlite3.SQLiteConn), sink: sink}
			out, failed = run.do(ctx, c.of, statement)
			return nil // the connection is good, whatever the statement did
		})
		if err != nil {
			return err
		}
		return failed
	})
	if err != nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	return out, err
}

// statementRun is a statement under way.
type statementRun struct {
	conn  *sqlite3.SQLiteConn
	sink  driver.Sink
	begun bool // the sink has got something: the statement cannot be repeated
}

func (r *statementRun) do(ctx context.Context, of *reader, statement string) (driver.Outcome, error) {
	out := driver.Outcome{Affected: -1}
	before := r.changes("total_changes()")
	var refused error // by the sink
	err := of.life.Again(ctx, func(ctx context.Context) error {
		err := r.rows(ctx, statement)
		if r.begun && isBusy(err) {
			refused = locked(err)
			return nil
		}
		return err
	})
	if err == nil {
		err = refused
	}
	out.InTransaction = !r.conn.AutoCommit()
	if err != nil {
		return out, err
	}
	if r.changes("total_changes()") != before {
		out.Affected = r.changes("changes()")
	} else if writesRows(statement) {
		out.Affected = 0
	}
	return out, nil
}

// writesRows reports whether a statement that has changed nothing is one that
// might have. It only decides what is said about it.
func writesRows(statement string) bool {
	for _, t := range syntax.Tokens(statement) {
		if t.Kind == sqltext.Word {
			return slices.ContainsFunc([]string{"INSERT", "UPDATE", "DELETE", "REPLACE"}, t.Is)
		}
	}
	return false
}

// changes asks for one of SQLite's counters.
func (r *statementRun) changes(counter string) int64 {
	rows, err := r.conn.Query("SELECT "+counter, nil)
	if err != nil {
		return 0
	}
	defer rows.Close()
	dest := make([]sqldriver.Value, 1)
	if rows.Next(dest) != nil {
		return 0
	}
	n, _ := dest[0].(int64)
	return n
}

// rows runs a statement and hands on what it returns.
func (r *statementRun) rows(ctx context.Context, statement string) error {
	prepared, err := r.conn.Prepare(statement)
	if err != nil {
		return err
	}
	defer prepared.Close()
	if prepared.NumInput() > 0 {
		return driver.Errorf(driver.BadValue, "the statement has parameters, for which there are no values").
			WithHint("write the values into the statement")
	}
	result, err := prepared.(sqldriver.StmtQueryContext).QueryContext(ctx, nil)
	if err != nil {
		return err
	}
	defer result.Close()
	rows := result.(*sqlite3.SQLiteRows)
	columns := resultColumns(rows)
	if len(columns) > 0 {
		r.begun = true
		if err := r.sink.Columns(columns); err != nil {
			return err
		}
	}
	return r.each(rows, len(columns))
}

// resultColumns describes the columns of a result. It takes the declared types
// away from the rows, because the driver would convert the values of some of
// them, with loss.
func resultColumns(rows *sqlite3.SQLiteRows) []driver.ResultColumn {
	declared := rows.DeclTypes()
	var columns []driver.ResultColumn
	for i, name := range rows.Columns() {
		c := driver.ResultColumn{Column: driver.Column{Name: name, Nullable: true}}
		if declared[i] != "" {
			c.Type = strings.ToUpper(declared[i])
			c.Kind = kindOf(c.Type, false)
		}
		declared[i] = ""
		columns = append(columns, c)
	}
	return columns
}

func (r *statementRun) each(rows *sqlite3.SQLiteRows, width int) error {
	read := make([]sqldriver.Value, width)
	values := make([]tuple.Value, width)
	for {
		err := rows.Next(read)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if width == 0 {
			continue
		}
		for i, v := range read {
			if values[i], err = (dialect{}).Value(nil, v); err != nil {
				return err
			}
		}
		if err := r.sink.Row(values); err != nil {
			return err
		}
	}
}
