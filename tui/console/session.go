package console

import (
	"context"
	"sync"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
)

// session is the database's session, which is opened when it is first needed,
// by the goroutine that runs a statement. Closing the store closes it.
type session struct {
	store *store.Store

	mu   sync.Mutex
	open *store.Console
}

// get returns the session. One that has ended is opened again.
func (s *session) get(ctx context.Context) (*store.Console, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open != nil {
		return s.open, nil
	}
	c, err := s.store.Console(ctx)
	if err == nil {
		s.open = c
	}
	return c, err
}

// UseStore makes later statements run in another store of the same database, in
// a session of its own: one that can write, or one that no longer can. The
// present session ends, and rolls back what it has open.
func (m *Model) UseStore(st *store.Store) tea.Cmd {
	m.inTx = false
	s := m.session
	return func() tea.Msg {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.store != st && s.open != nil {
			_ = s.open.Close() // nobody waits for what it has to say
			s.open = nil
		}
		s.store = st
		return nil
	}
}

// lost closes a session that has ended, so that the next statement gets a new
// one.
func (s *session) lost() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open != nil {
		_ = s.open.Close() // it is what failed
		s.open = nil
	}
}

// isLost reports whether a session can no longer be used after an error.
func isLost(err error) bool {
	switch store.KindOf(err) {
	case store.Closed, store.Unavailable, store.OutcomeUnknown:
		return true
	}
	return false
}
