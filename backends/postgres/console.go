package postgres

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/sqltext"
	"github.com/rowan-db/rowan/store/tuple"
)

// Language implements [driver.Consoler].
func (r *reader) Language() driver.Language {
	return driver.Language{
		Name:     "SQL",
		Dialect:  sqltext.Dialect{DollarQuotes: true, EscapeStrings: true, NestedComments: true, Bodies: true},
		Explain:  "EXPLAIN ",
		Analyze:  "EXPLAIN (ANALYZE, BUFFERS) ",
		Keywords: keywords,
	}
}

// keywords are words of PostgreSQL that standard SQL does not have.
var keywords = []string{
	"ANALYZE", "BIGINT", "BIGSERIAL", "BOOLEAN", "BYTEA", "CONCURRENTLY", "CONFLICT", "COPY", "DO", "DOMAIN", "ENUM",
	"EXCLUDED", "EXTENSION", "ILIKE", "INHERITS", "JSONB", "LATERAL", "LISTEN", "MATERIALIZED", "NOTHING", "NOTIFY",
	"NULLS", "NUMERIC", "OVERRIDING", "OWNED", "PARTITION", "PUBLICATION", "REFRESH", "REINDEX", "RETURNING", "SEQUENCE",
	"SERIAL", "SHOW", "SIMILAR", "TABLESAMPLE", "TEXT", "TIMESTAMPTZ", "TRUNCATE", "UUID", "VACUUM", "VERBOSE",
}

// Console implements [driver.Consoler]. The session has a connection of its own.
func (r *reader) Console(ctx context.Context) (c driver.Console, err error) {
	err = r.life.Call(ctx, func(ctx context.Context) error {
		c, err = r.openConsole(ctx)
		return err
	})
	return c, err
}

func (r *reader) openConsole(ctx context.Context) (driver.Console, error) {
	s := &session{life: r.life, names: newOrigins()}
	config := r.config.Copy()
	config.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) { s.notices = append(s.notices, noticeOf(n)) }
	pg, err := connect(ctx, config, &r.connection)
	if err != nil {
		return nil, explain(err, config)
	}
	s.pg, s.notices = pg, nil
	s.detach = r.life.Attach(s.hangUp)
	if r.info.ReadOnly != "" {
		return &readOnlySession{s}, nil
	}
	return s, nil
}

// session is a [driver.Console].
type session struct {
	life    *sqlrows.Lifetime
	pg      *pgconn.PgConn
	names   *origins
	notices []driver.Notice
	detach  func()
}

func noticeOf(n *pgconn.Notice) driver.Notice {
	detail := n.Detail
	if n.Hint != "" {
		detail = strings.TrimPrefix(detail+"\n"+n.Hint, "\n")
	}
	return driver.Notice{Severity: n.Severity, Text: n.Message, Detail: detail}
}

// Close implements [driver.Console]. The server rolls back what is open.
func (s *session) Close() error {
	s.detach()
	s.hangUp()
	return nil
}

// hangUp does not wait for the server to say goodbye.
func (s *session) hangUp() {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_ = s.pg.Close(ctx)
}

// Run implements [driver.Console].
//
// In a transaction that is open, a statement that returns rows and is not read
// to the end is undone, and the transaction goes on.
func (s *session) Run(ctx context.Context, statement string, sink driver.Sink) (o driver.Outcome, err error) {
	err = s.life.Call(ctx, func(ctx context.Context) error {
		if err := s.begin(ctx); err != nil {
			return err
		}
		o, err = s.run(ctx, statement, sink)
		return err
	})
	return o, err
}

func (s *session) run(ctx context.Context, statement string, sink driver.Sink) (driver.Outcome, error) {
	described, err := s.describe(ctx, statement)
	if err != nil {
		return s.outcome(""), err
	}
	if len(described.Fields) > 0 && s.pg.TxStatus() == inTransaction {
		return s.runGuarded(ctx, described, sink)
	}
	return s.execute(ctx, described, sink)
}

func (s *session) begin(ctx context.Context) error {
	s.notices = nil
	if s.pg.IsClosed() {
		return driver.Errorf(driver.Closed, "the session has ended").
			WithHint("open another one: its settings and its transaction are gone")
	}
	return ctx.Err()
}

const inTransaction = 'T'

// statementName is that of the statement that is being run.
const statementName = "rowan_console"

// describe has the server take a statement apart, and say what it returns.
func (s *session) describe(ctx context.Context, statement string) (*pgconn.StatementDescription, error) {
	if readsInput(statement) {
		return nil, driver.Errorf(driver.Unsupported, "COPY FROM STDIN waits for data that nobody sends here").
			WithHint("import a file, or name one of the server's")
	}
	d, err := s.pg.Prepare(ctx, statementName, statement, nil)
	if err != nil {
		return nil, withPlace(statement, canceled(ctx, err))
	}
	if len(d.ParamOIDs) > 0 {
		s.forget()
		return nil, driver.Errorf(driver.Unsupported, "the statement has parameters such as $1, which have no values here")
	}
	return d, nil
}

// withPlace says where in a statement of several lines the server found an error.
func withPlace(statement string, err error) error {
	native, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || native.Position <= 0 || !strings.Contains(statement, "\n") {
		return withDetail(err)
	}
	before := []rune(statement)
	before = before[:min(int(native.Position)-1, len(before))]
	place := "it is in line " + strconv.Itoa(strings.Count(string(before), "\n")+1)
	if more := strings.TrimSpace(native.Detail + " " + native.Hint); more != "" {
		place += ": " + more
	}
	return &driver.Error{Kind: classify(err), Hint: place, Err: err}
}

// readsInput reports whether a statement is COPY FROM STDIN.
func readsInput(statement string) bool {
	words := strings.Fields(strings.ToUpper(statement))
	return len(words) > 0 && words[0] == "COPY" && strings.Contains(strings.Join(words, " "), " FROM STDIN")
}

// forget removes the statement, so that the next one can have its name.
func (s *session) forget() { _ = s.pg.Deallocate(context.Background(), statementName) }

const consoleMark = "rowan_console"

func (s *session) runGuarded(ctx context.Context, d *pgconn.StatementDescription, sink driver.Sink) (driver.Outcome, error) {
	if err := s.pg.Exec(ctx, "SAVEPOINT "+consoleMark).Close(); err != nil {
		s.forget()
		return s.outcome(""), canceled(ctx, err)
	}
	stopped := &stoppable{Sink: sink}
	outcome, err := s.execute(ctx, d, stopped)
	end := "RELEASE SAVEPOINT " + consoleMark
	switch {
	case s.pg.TxStatus() == inFailed && (stopped.by != nil || ctx.Err() != nil):
		end = "ROLLBACK TO SAVEPOINT " + consoleMark + "; " + end
	case s.pg.TxStatus() != inTransaction:
		return outcome, err
	}
	if e := s.pg.Exec(context.Background(), end).Close(); err == nil {
		err = e
	}
	outcome.InTransaction = s.pg.TxStatus() != inNone
	return outcome, err
}

// stoppable notes that a sink did not want more.
type stoppable struct {
	driver.Sink
	by error
}

func (s *stoppable) Row(values []tuple.Value) error {
	s.by = s.Sink.Row(values)
	return s.by
}

// execute runs the statement that was described.
func (s *session) execute(ctx context.Context, d *pgconn.StatementDescription, sink driver.Sink) (driver.Outcome, error) {
	defer s.forget()
	columns, err := s.names.columns(ctx, s.pg, d.Fields)
	if err != nil {
		return s.outcome(""), canceled(ctx, err)
	}
	if len(columns) > 0 {
		if err := sink.Columns(columns); err != nil {
			return s.outcome(""), err
		}
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	result := s.pg.ExecPrepared(running, d.Name, nil, nil, formatsOf(columns))
	refused := pump(result, columns, sink)
	if refused != nil {
		stop() // cancels the statement in the server
	}
	tag, err := result.Close()
	if refused != nil {
		err = refused
	}
	return s.outcome(tag.String()), withDetail(canceled(ctx, err))
}

func formatsOf(columns []driver.ResultColumn) []int16 {
	fs := make([]int16, len(columns))
	for i := range columns {
		if hasBinary(columns[i].Kind) {
			fs[i] = binaryFormat
		}
	}
	return fs
}

// pump gives the rows of a result to a sink, and returns the sink's error.
func pump(result *pgconn.ResultReader, columns []driver.ResultColumn, sink driver.Sink) error {
	values := make([]tuple.Value, len(columns))
	var decoders []decoder
	for result.NextRow() {
		if decoders == nil {
			for i, f := range result.FieldDescriptions() {
				decoders = append(decoders, decoderOf(f.DataTypeOID, f.Format, columns[i].Type))
			}
		}
		if err := decodeRow(decoders, result.Values(), values); err != nil {
			return err
		}
		if err := sink.Row(values); err != nil {
			return err
		}
	}
	return nil
}

// outcome describes what a statement did.
func (s *session) outcome(tag string) driver.Outcome {
	o := driver.Outcome{Affected: -1, Tag: tag, Notices: s.notices, InTransaction: !s.pg.IsClosed() && s.pg.TxStatus() != inNone}
	switch verb, _, _ := strings.Cut(tag, " "); verb {
	case "INSERT", "UPDATE", "DELETE", "MERGE", "COPY":
		o.Affected = pgconn.NewCommandTag(tag).RowsAffected()
	}
	return o
}
