package sqlrows

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"sync"

	rowdriver "github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// session is a transaction on a connection of its own. Its methods may be
// called at once; they wait for each other.
//
// It begins and ends with statements, and not by [sql.DB.BeginTx], because the
// context of the call that begins a transaction must not end it later.
type session struct {
	d    Dialect
	life *Lifetime

	mu   sync.Mutex
	conn *sql.Conn // nil once the session has ended
}

// begin starts a session on a connection of db.
func begin(ctx context.Context, life *Lifetime, db *sql.DB, d Dialect, write bool) (*session, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	for _, statement := range d.Begin(write) {
		err = life.Again(ctx, func(ctx context.Context) error {
			_, err := conn.ExecContext(ctx, statement)
			return err
		})
		if err != nil {
			abandon(conn)
			return nil, err
		}
	}
	s := &session{d: d, life: life, conn: conn}
	life.add(s)
	return s, nil
}

// abandon undoes what a connection is in the middle of, and gives it back. One
// that cannot be trusted any more is closed.
func abandon(conn *sql.Conn) {
	if _, err := conn.ExecContext(context.Background(), "ROLLBACK"); err != nil {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	}
	_ = conn.Close()
}

// do runs f on the connection. If f fails and the transaction has ended by
// that, so does the session: what came next would be outside any transaction.
func (s *session) do(ctx context.Context, f func(context.Context, *sql.Conn) error) error {
	return s.life.Call(ctx, func(ctx context.Context) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		if err := ctx.Err(); err != nil {
			return err
		}
		if s.conn == nil {
			return errEnded()
		}
		err := f(ctx, s.conn)
		if err != nil && s.conn != nil && s.d.Ended(s.conn, err) {
			s.release(abandon)
		}
		return err
	})
}

// release gives the connection back. The caller holds mu.
func (s *session) release(give func(*sql.Conn)) {
	give(s.conn)
	s.conn = nil
	s.life.remove(s)
}

// end undoes the transaction. It reports false if it had ended before.
func (s *session) end() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == nil {
		return false
	}
	s.release(abandon)
	return true
}

func errEnded() error { return rowdriver.Errorf(rowdriver.Closed, "the transaction has ended") }

// commit makes the transaction durable and ends the session, whether it works
// or not.
func (s *session) commit(ctx context.Context) error {
	return s.do(ctx, func(ctx context.Context, conn *sql.Conn) error {
		err := s.life.Again(ctx, func(ctx context.Context) error {
			_, err := conn.ExecContext(s.d.WriteContext(ctx), "COMMIT")
			return err
		})
		if err != nil {
			s.release(abandon)
			return err
		}
		s.release(func(c *sql.Conn) { _ = c.Close() })
		return nil
	})
}

// Get implements [rowdriver.Reader].
func (s *session) Get(ctx context.Context, t *rowdriver.Schema, keys []tuple.Tuple) (rows []*rowdriver.Row, err error) {
	err = s.do(ctx, func(ctx context.Context, conn *sql.Conn) error {
		rows, err = NewReader(s.d, conn).Get(ctx, t, keys)
		return err
	})
	return rows, err
}

// Scan implements [rowdriver.Reader].
func (s *session) Scan(ctx context.Context, t *rowdriver.Schema, q rowdriver.Query) (page rowdriver.Page, err error) {
	err = s.do(ctx, func(ctx context.Context, conn *sql.Conn) error {
		page, err = NewReader(s.d, conn).Scan(ctx, t, q)
		return err
	})
	return page, err
}

// Count implements [rowdriver.Counter].
func (s *session) Count(ctx context.Context, t *rowdriver.Schema, r tuple.Range) (n int64, err error) {
	err = s.do(ctx, func(ctx context.Context, conn *sql.Conn) error {
		n, err = NewReader(s.d, conn).Count(ctx, t, r)
		return err
	})
	return n, err
}
