package postgres

import (
	"context"

	"github.com/rowan-db/rowan/store/driver"
)

// readOnlySession is a [driver.Console] that cannot write, whatever it is asked
// to run:
//
//   - each statement is alone in a transaction that was begun READ ONLY, which
//     cannot be made to write after its first query, and is rolled back; so
//     nothing that a statement does to the session outlives it either;
//   - the server is asked, without running it, whether a statement that returns
//     no rows is a query or one of INSERT, UPDATE, DELETE and MERGE. It takes no
//     other for the body of PREPARE, so that COPY TO PROGRAM, DO, SET or COMMIT
//     are refused before they run. The others are refused when they run;
//   - a second statement after a semicolon is refused by the protocol.
//
// What PostgreSQL itself does not count as writing remains: functions that act
// outside of the transaction, such as on files or through a connection of their
// own. For those a user needs privileges that one who only reads should not
// have.
type readOnlySession struct{ *session }

const (
	// A query before the user's, so that SET TRANSACTION READ WRITE comes too
	// late.
	readOnlyBegin = "BEGIN READ ONLY; SELECT 1"
	// Locks of the session are not those of the transaction.
	readOnlyEnd = "ROLLBACK; SELECT pg_advisory_unlock_all()"
)

// Run implements [driver.Console].
func (s *readOnlySession) Run(ctx context.Context, statement string, sink driver.Sink) (o driver.Outcome, err error) {
	err = s.life.Call(ctx, func(ctx context.Context) error {
		if err := s.begin(ctx); err != nil {
			return err
		}
		o, err = s.runAlone(ctx, statement, sink)
		return err
	})
	return o, err
}

func (s *readOnlySession) runAlone(ctx context.Context, statement string, sink driver.Sink) (driver.Outcome, error) {
	if err := s.pg.Exec(ctx, readOnlyBegin).Close(); err != nil {
		return s.outcome(""), canceled(ctx, err)
	}
	outcome, err := s.runOnly(ctx, statement, sink)
	// The warning that there is nothing to roll back is about our own
	// statement, and there should be something.
	outcome.Notices = s.notices
	if e := s.pg.Exec(context.Background(), readOnlyEnd).Close(); e != nil {
		s.hangUp()
		if err == nil {
			err = e
		}
	}
	outcome.InTransaction = false
	return outcome, err
}

func (s *readOnlySession) runOnly(ctx context.Context, statement string, sink driver.Sink) (driver.Outcome, error) {
	described, err := s.describe(ctx, statement)
	if err != nil {
		return s.outcome(""), err
	}
	if len(described.Fields) == 0 {
		if err := s.checkPlannable(ctx, statement); err != nil {
			s.forget()
			return s.outcome(""), err
		}
	}
	return s.execute(ctx, described, sink)
}

// checkPlannable fails if a statement is none of those that PREPARE takes. The
// server only reads the text: nothing is run, and nothing is prepared.
func (s *readOnlySession) checkPlannable(ctx context.Context, statement string) error {
	_, err := s.pg.Prepare(ctx, "", "PREPARE rowan_probe AS "+statement, nil)
	switch {
	case err == nil:
		return nil
	case sqlState(err) == stateSyntax:
		return driver.Errorf(driver.ReadOnly, "in a session that only reads, the server runs nothing but queries: %w", err).
			WithHint("open the database for writing to run other statements")
	}
	return canceled(ctx, err)
}
