package mysql

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/sqltext"
	"github.com/rowan-db/rowan/store/tuple"
)

var _ driver.Consoler = (*reader)(nil)

// language is how the server reads statements.
var language = sqltext.Dialect{
	BackslashEscapes: true, Backticks: true, HashComments: true, DashNeedsSpace: true,
	ExecutableComments: true, Delimiter: true, Bodies: true,
}

// Language implements [driver.Consoler].
func (r *reader) Language() driver.Language {
	l := driver.Language{Name: "SQL", Dialect: language, Explain: "EXPLAIN ", Keywords: keywords}
	switch {
	case r.d.mariaDB:
		l.Analyze = "ANALYZE "
	case r.d.version.atLeast(8, 1):
		l.Analyze = "EXPLAIN ANALYZE "
	}
	return l
}

// keywords are words of this SQL beside the usual ones.
var keywords = []string{
	"ANALYZE", "AUTO_INCREMENT", "CHARACTER SET", "COLLATE", "DATABASES", "DELIMITER", "DESCRIBE", "DUPLICATE KEY UPDATE", "ENGINE",
	"FULLTEXT", "IGNORE", "INDEXES", "LOCK IN SHARE MODE", "PROCESSLIST", "REPLACE", "SHOW", "STRAIGHT_JOIN", "TABLES", "UNSIGNED", "USE", "VARIABLES", "ZEROFILL",
}

// Console implements [driver.Consoler].
func (r *reader) Console(ctx context.Context) (driver.Console, error) {
	m := forConsole
	if r.info.ReadOnly != "" {
		m = forReadOnlyConsole
	}
	c := &sqlConsole{r: r, readOnly: m == forReadOnlyConsole, pool: r.consoles.connector.open(m)}
	err := r.life.Call(ctx, func(ctx context.Context) (err error) {
		if c.conn, err = c.pool.Conn(ctx); err == nil {
			r.consoles.add(c)
		}
		return err
	})
	if err != nil {
		_ = c.pool.Close()
		return nil, err
	}
	return c, nil
}

// consoles are the consoles of a database, which end with it at the latest.
type consoles struct {
	connector connector
	mu        sync.Mutex
	open      map[*sqlConsole]struct{}
}

func (cs *consoles) add(c *sqlConsole) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.open[c] = struct{}{}
}

// remove reports false if the console has been removed before.
func (cs *consoles) remove(c *sqlConsole) bool {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	_, open := cs.open[c]
	delete(cs.open, c)
	return open
}

// close closes all consoles. No new ones are opened any more.
func (cs *consoles) close() {
	cs.mu.Lock()
	open := slices.Collect(maps.Keys(cs.open))
	cs.mu.Unlock()
	for _, c := range open {
		_ = c.Close()
	}
}

// sqlConsole is a [driver.Console].
type sqlConsole struct {
	r        *reader
	readOnly bool
	pool     *sql.DB // whose only connection is conn
	conn     *sql.Conn
}

// Close implements [driver.Console].
func (c *sqlConsole) Close() error {
	if !c.r.consoles.remove(c) {
		return nil
	}
	_ = c.conn.Close() // which has gone if the server has
	return c.pool.Close()
}

// Run implements [driver.Console].
func (c *sqlConsole) Run(ctx context.Context, statement string, sink driver.Sink) (outcome driver.Outcome, err error) {
	err = c.r.life.Call(ctx, func(ctx context.Context) error {
		return c.conn.Raw(func(raw any) error {
			s := script{conn: raw.(*conn), mariaDB: c.r.d.mariaDB}
			if c.readOnly {
				outcome, err = s.runReadOnly(ctx, statement, sink)
			} else {
				outcome, err = s.run(ctx, statement, sink)
			}
			return err
		})
	})
	if errors.Is(err, sqldriver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) {
		err = driver.Errorf(driver.Unavailable, "the connection is lost, and with it the session: %w", err).
			WithHint("open the console again; what was not committed is undone")
	}
	return outcome, err
}

// script runs statements on a connection.
type script struct {
	conn    *conn
	mariaDB bool
}

// run runs a statement, whatever it does.
func (s script) run(ctx context.Context, statement string, sink driver.Sink) (driver.Outcome, error) {
	returned, err := s.results(ctx, statement, sink)
	if err != nil {
		return driver.Outcome{Affected: -1}, err
	}
	outcome, err := s.outcome(ctx)
	if returned {
		outcome.Affected = -1
	}
	return outcome, err
}

// results hands the results of a statement to sink, and reports whether there
// was one. If sink fails, the statement is canceled, so that what is left of a
// long result need not be waited for.
func (s script) results(ctx context.Context, statement string, sink driver.Sink) (returned bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	answer, err := s.conn.QueryContext(ctx, statement, nil)
	if err != nil {
		return false, err
	}
	r := answer.(*rows)
	for err == nil && len(r.Columns()) > 0 {
		returned = true
		if err = deliver(r, sink); err != nil || !r.HasNextResultSet() {
			break
		}
		if err = r.NextResultSet(); errors.Is(err, io.EOF) {
			err = nil
			break
		}
	}
	if err != nil {
		cancel()
		_ = r.Close()
		return returned, err
	}
	return returned, r.Close()
}

// deliver hands one result to sink.
func deliver(r *rows, sink driver.Sink) error {
	columns, types := describeResult(r)
	if err := sink.Columns(columns); err != nil {
		return err
	}
	read, values := make([]sqldriver.Value, len(types)), make([]tuple.Value, len(types))
	for {
		err := r.Next(read)
		if errors.Is(err, io.EOF) {
			return nil
		}
		for i := range read {
			if err == nil {
				values[i], err = types[i].result(read[i])
			}
		}
		if err == nil {
			err = sink.Row(values)
		}
		if err != nil {
			return err
		}
	}
}

// describeResult returns the columns of a result. The protocol tells their
// types without the arguments.
func describeResult(r *rows) ([]driver.ResultColumn, []columnType) {
	names := r.Columns()
	columns, types := make([]driver.ResultColumn, len(names)), make([]columnType, len(names))
	for i, name := range names {
		spelled := strings.ToLower(r.ColumnTypeDatabaseTypeName(i))
		if base, ok := strings.CutPrefix(spelled, "unsigned "); ok {
			spelled = base + " unsigned"
		}
		types[i] = parseType(spelled)
		nullable, _ := r.ColumnTypeNullable(i)
		columns[i].Column = driver.Column{Name: name, Type: spelled, Kind: types[i].kind(), Nullable: nullable}
	}
	return columns, types
}

// result converts a value of a result, in which bits are bytes.
func (t columnType) result(read any) (tuple.Value, error) {
	raw, ok := read.([]byte)
	if !ok || t.class != classBit {
		return t.value(read)
	}
	var u uint64
	for _, b := range raw {
		u = u<<8 | uint64(b)
	}
	return t.bits(u), nil
}

// outcome asks what became of the statement before: how many rows it wrote, its
// warnings, and whether a transaction is open.
func (s script) outcome(ctx context.Context) (driver.Outcome, error) {
	query := "SELECT ROW_COUNT(), @@warning_count, @@in_transaction"
	if !s.mariaDB {
		query = "SELECT ROW_COUNT(), @@warning_count, 0"
	}
	o := driver.Outcome{Affected: -1}
	var warnings int64
	err := s.eachRow(ctx, query, func(row []tuple.Value) {
		o.Affected, warnings, o.InTransaction = row[0].AsInt(), row[1].AsInt(), row[2].AsInt() != 0
	})
	if err == nil && warnings > 0 {
		err = s.eachRow(ctx, "SHOW WARNINGS", func(row []tuple.Value) {
			o.Notices = append(o.Notices, driver.Notice{Severity: strings.ToUpper(row[0].AsText()), Text: row[2].AsText(), Detail: "code " + row[1].Plain()})
		})
	}
	if err == nil && !s.mariaDB {
		o.InTransaction, err = s.inTransaction(ctx)
	}
	return o, err
}

const errTransactionInProgress = 1568

// inTransaction finds out whether a transaction is open where no variable tells:
// then what the next one may do cannot be set.
func (s script) inTransaction(ctx context.Context) (bool, error) {
	_, err := s.conn.ExecContext(ctx, "SET TRANSACTION READ WRITE", nil)
	if isNumber(err, errTransactionInProgress) {
		return true, nil
	}
	return false, err
}

// eachRow calls one for each row of a result.
func (s script) eachRow(ctx context.Context, query string, one func([]tuple.Value)) error {
	_, err := s.results(ctx, query, rowSink(one))
	return err
}

// rowSink is a [driver.Sink] that is interested in rows only.
type rowSink func([]tuple.Value)

func (rowSink) Columns([]driver.ResultColumn) error { return nil }

func (s rowSink) Row(values []tuple.Value) error {
	s(values)
	return nil
}

// runReadOnly runs a statement that cannot write.
//
// The server refuses to write in a transaction that is READ ONLY, and the
// session's other transactions are, too. But some statements end a transaction,
// or change what the next one may do, and then write, within one statement: a
// procedure, a block of statements, LOCK TABLES. Others write what no
// transaction holds: a variable of the server, or a file beside it. So only two
// sorts of statements are run at all: those that the server accepts as a
// subquery, which can do nothing of that, and those that begin with a word that
// can only show something. Everything else is refused, whatever it is.
func (s script) runReadOnly(ctx context.Context, statement string, sink driver.Sink) (driver.Outcome, error) {
	none := driver.Outcome{Affected: -1}
	if _, err := s.conn.ExecContext(ctx, "START TRANSACTION READ ONLY", nil); err != nil {
		return none, err
	}
	defer s.endReadOnly()
	if err := s.admit(ctx, statement); err != nil {
		return none, err
	}
	if _, err := s.results(ctx, statement, sink); err != nil {
		return none, err
	}
	outcome, err := s.outcome(ctx)
	outcome.Affected, outcome.InTransaction = -1, false
	return outcome, err
}

// endReadOnly ends the transaction, and the connection if that fails: the next
// statement must not be run in one that this did not begin.
func (s script) endReadOnly() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if _, err := s.conn.ExecContext(ctx, rollback, nil); err != nil {
		s.conn.broken = true
	}
}

// showing are the words that begin statements which can only show something.
var showing = []string{"SHOW", "EXPLAIN", "DESCRIBE", "DESC", "HELP"}

// admit returns an error if a statement may write.
func (s script) admit(ctx context.Context, statement string) error {
	var words []sqltext.Token
	for _, t := range language.Tokens(statement) {
		if t.Kind != sqltext.Space && (t.Kind != sqltext.Comment || strings.HasPrefix(t.Text, "/*!") || strings.HasPrefix(t.Text, "/*M!")) {
			words = append(words, t)
		}
	}
	if n := len(words); n > 0 && words[n-1].Kind == sqltext.Delimiter {
		statement, words = statement[:words[n-1].Pos], words[:n-1]
	}
	if len(words) == 0 {
		return driver.Errorf(driver.BadValue, "the statement is empty")
	}
	for _, w := range showing {
		if words[0].Is(w) {
			return nil
		}
	}
	if words[0].Is("ANALYZE") { // of MariaDB: runs the statement that follows
		statement = statement[afterAnalyze(words):]
	} else if words[0].Kind == sqltext.Word && !slices.ContainsFunc(querying, words[0].Is) {
		return notReading("the connection is read-only, and %s does not only read", strings.ToUpper(words[0].Text))
	}
	return s.isQuery(ctx, statement)
}

// querying are the words that a query begins with.
var querying = []string{"SELECT", "WITH", "VALUES", "TABLE"}

func notReading(format string, args ...any) error {
	return driver.Errorf(driver.ReadOnly, format, args...).
		WithHint("SELECT, SHOW, DESCRIBE and EXPLAIN can be run; open the database for writing for anything else")
}

// afterAnalyze returns where the statement begins that is analyzed.
func afterAnalyze(words []sqltext.Token) int {
	if len(words) > 4 && words[1].Is("FORMAT") && words[2].Is("=") {
		return words[4].Pos
	}
	if len(words) > 1 {
		return words[1].Pos
	}
	return 0
}

// isQuery asks the server whether a statement is a query that can stand within
// another. It is not run for that.
func (s script) isQuery(ctx context.Context, statement string) error {
	prepared, err := s.conn.PrepareContext(ctx, fmt.Sprintf("SELECT EXISTS(%s\n)", statement))
	if err == nil {
		return prepared.Close()
	}
	if k := classify(err); k != driver.Internal && k != driver.Unsupported {
		return err
	}
	return notReading("the connection is read-only, and the server does not take the statement for a query that only reads: %w", err)
}
