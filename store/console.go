package store

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/sqltext"
	"github.com/rowan-db/rowan/store/tuple"
)

// Language describes the statements of a database. It reports false if the
// database has none.
func (s *Store) Language() (Language, bool) {
	d, ok := s.db.(driver.Consoler)
	if !ok {
		return Language{}, false
	}
	return d.Language(), true
}

// Console opens a session in which statements are run as they are written. It
// fails with [Unsupported] if the database has no language of its own. In a
// database that is open for reading only, the database refuses to write.
func (s *Store) Console(ctx context.Context) (*Console, error) {
	const op = "open a console"
	d, ok := s.db.(driver.Consoler)
	if !ok {
		return nil, s.unsupported(op)
	}
	session, err := d.Console(ctx)
	if err != nil {
		return nil, s.wrap(op, "", err)
	}
	return &Console{store: s, session: session, language: d.Language(), running: make(chan struct{}, 1)}, nil
}

// Console is a session in which statements are run, one at a time: a call waits
// for the one before it. Settings and transactions last from one statement to
// the next.
type Console struct {
	store    *Store
	session  driver.Console
	language Language
	running  chan struct{} // holds an element while a statement runs
	inTx     atomic.Bool
	results  atomic.Int64 // how many there were
}

// What is kept of a result. The rest is left out, and [Result].More says so.
const (
	maxResultRows  = 100_000
	maxResultBytes = 64 << 20
)

// Execution is what a statement did.
type Execution struct {
	Statement string
	Outcome
	// Results holds what it returned, in order; most statements have one
	// result or none.
	Results []*Result
	Elapsed time.Duration
}

// Run runs one statement. It keeps the beginning of what that returns, so that
// memory is bounded. A query that goes on is ended then; any other statement,
// and one in a transaction, runs to its end.
//
// When ctx is canceled, the statement is canceled in the database.
func (c *Console) Run(ctx context.Context, statement string) (*Execution, error) {
	e := &Execution{Statement: statement}
	keep := &keeper{stops: !c.inTx.Load() && isQuery(c.language.Dialect, statement)}
	start := time.Now()
	outcome, err := c.Stream(ctx, statement, keep)
	e.Outcome, e.Elapsed = outcome, time.Since(start)
	if err != nil && !keep.stopped {
		return nil, err
	}
	for _, rows := range keep.results {
		e.Results = append(e.Results, c.result(rows))
	}
	if len(e.Results) == 1 {
		e.Results[0].origin = c.originOf(ctx, statement, keep.results[0])
	}
	return e, nil
}

// Stream runs one statement and hands all that it returns to sink, however much
// that is.
func (c *Console) Stream(ctx context.Context, statement string, sink driver.Sink) (Outcome, error) {
	const op = "run"
	select {
	case c.running <- struct{}{}:
	case <-ctx.Done():
		return Outcome{}, c.store.wrap(op, "", ctx.Err())
	}
	defer func() { <-c.running }()
	outcome, err := c.session.Run(ctx, statement, sink)
	c.inTx.Store(outcome.InTransaction)
	return outcome, c.store.wrap(op, "", err)
}

// Explain returns the statement that shows how another would be run, or with
// analyze, how it was: that one runs it. It reports false if the database
// cannot say.
func (c *Console) Explain(statement string, analyze bool) (string, bool) {
	prefix := c.language.Explain
	if analyze {
		prefix = c.language.Analyze
	}
	return prefix + statement, prefix != ""
}

// InTransaction reports whether a transaction was open after the last statement.
func (c *Console) InTransaction() bool { return c.inTx.Load() }

// Language describes the statements.
func (c *Console) Language() Language { return c.language }

// Close ends the session and rolls back what it has open.
func (c *Console) Close() error { return c.store.wrap("close the console", "", c.session.Close()) }

// isQuery reports whether a statement certainly only returns rows, so that to
// end it early does no more than to leave rows out.
func isQuery(d sqltext.Dialect, statement string) bool {
	for _, t := range d.Tokens(statement) {
		switch t.Kind {
		case sqltext.Space, sqltext.Comment:
			continue
		}
		return slices.ContainsFunc([]string{"SELECT", "VALUES", "TABLE", "SHOW"}, t.Is)
	}
	return false
}

// keeper is a sink that keeps the beginnings of results.
type keeper struct {
	results []*resultRows
	bytes   int
	// stops ends the statement when there is no room for more.
	stops, stopped bool
}

// errEnough ends a query that has returned enough.
var errEnough = driver.Errorf(driver.TooLarge, "the result has more rows than are kept")

// Columns implements [driver.Sink].
func (k *keeper) Columns(columns []driver.ResultColumn) error {
	k.results = append(k.results, &resultRows{columns: slices.Clone(columns)})
	return nil
}

// Row implements [driver.Sink].
func (k *keeper) Row(values []tuple.Value) error {
	r := k.results[len(k.results)-1]
	if r.more {
		return nil
	}
	row := Row{Key: tuple.Of(tuple.Int(int64(len(r.rows) + 1))), Values: slices.Clone(values)}
	k.bytes += rowBytes(&row)
	if len(r.rows) < maxResultRows && k.bytes <= maxResultBytes {
		r.rows = append(r.rows, row)
		return nil
	}
	r.more = true
	if k.stops {
		k.stopped = true
		return errEnough
	}
	return nil
}
