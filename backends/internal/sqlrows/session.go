package sqlrows

import (
	"context"
	"sync"

	"github.com/rowan-db/rowan/store/driver"
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
	conn Conn // nil once the session has ended
}

// begin starts a session on a connection of pool.
func begin(ctx context.Context, life *Lifetime, pool Pool, d Dialect, write bool) (*session, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	for _, statement := range d.Begin(write) {
		err = life.Again(ctx, func(ctx context.Context) error {
			_, err := conn.Exec(ctx, statement, nil)
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
func abandon(conn Conn) {
	if _, err := conn.Exec(context.Background(), "ROLLBACK", nil); err != nil {
		conn.Discard()
		return
	}
	conn.Release()
}

// do runs f on the connection. If f fails and the transaction has ended by
// that, so does the session: what came next would be outside any transaction.
func (s *session) do(ctx context.Context, f func(context.Context, Conn) error) error {
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
func (s *session) release(give func(Conn)) {
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

// guarded returns what reads on conn, within the session's transaction.
func guarded(conn Conn) Querier {
	if g, ok := conn.(Guarded); ok {
		return g.Guard()
	}
	return conn
}

func errEnded() error { return driver.Errorf(driver.Closed, "the transaction has ended") }

// commit makes the transaction durable and ends the session, whether it works
// or not.
func (s *session) commit(ctx context.Context) error {
	return s.do(ctx, func(ctx context.Context, conn Conn) error {
		err := s.life.Again(ctx, func(ctx context.Context) error {
			_, err := conn.Exec(s.d.WriteContext(ctx), "COMMIT", nil)
			return err
		})
		if err != nil {
			s.release(abandon)
			return err
		}
		s.release(Conn.Release)
		return nil
	})
}

// Get implements [driver.Reader].
func (s *session) Get(ctx context.Context, t *driver.Schema, keys []tuple.Tuple) (rows []*driver.Row, err error) {
	err = s.do(ctx, func(ctx context.Context, conn Conn) error {
		rows, err = NewReader(s.d, guarded(conn)).Get(ctx, t, keys)
		return err
	})
	return rows, err
}

// Scan implements [driver.Reader].
func (s *session) Scan(ctx context.Context, t *driver.Schema, q driver.Query) (page driver.Page, err error) {
	err = s.do(ctx, func(ctx context.Context, conn Conn) error {
		page, err = NewReader(s.d, guarded(conn)).Scan(ctx, t, q)
		return err
	})
	return page, err
}

// Count implements [driver.Counter].
func (s *session) Count(ctx context.Context, t *driver.Schema, r tuple.Range) (n int64, err error) {
	err = s.do(ctx, func(ctx context.Context, conn Conn) error {
		n, err = NewReader(s.d, guarded(conn)).Count(ctx, t, r)
		return err
	})
	return n, err
}
