package mem

import (
	"context"
	"sync/atomic"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// snapshot is a state that somebody keeps.
type snapshot struct {
	state    state
	released atomic.Bool
}

var errReleased = driver.Errorf(driver.Closed, "the snapshot has been released")

func (s *snapshot) usable(ctx context.Context) error {
	if s.released.Load() {
		return errReleased
	}
	return ctx.Err()
}

func (s *snapshot) Get(ctx context.Context, schema *driver.Schema, keys []tuple.Tuple) ([]*driver.Row, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	return s.state.get(schema.Name, keys)
}

func (s *snapshot) Scan(ctx context.Context, schema *driver.Schema, q driver.Query) (driver.Page, error) {
	if err := s.usable(ctx); err != nil {
		return driver.Page{}, err
	}
	return s.state.scan(schema.Name, q)
}

func (s *snapshot) Release() error {
	s.released.Store(true)
	return nil
}

// tx is a transaction. While it is open, it has the writer's place.
type tx struct {
	memory     *memory
	state      state // as the transaction sees it; nil once it has ended
	savepoints []state
	committed  bool
}

// Begin starts a transaction, when nobody else writes.
func (db *DB) Begin(ctx context.Context) (driver.Tx, error) {
	if err := db.lock(ctx); err != nil {
		return nil, err
	}
	s, err := db.newest(ctx)
	if err != nil {
		db.unlock()
		return nil, err
	}
	return &tx{memory: db.memory, state: s}, nil
}

var errEnded = driver.Errorf(driver.Closed, "the transaction has ended")

func (t *tx) usable(ctx context.Context) error {
	if t.state == nil {
		return errEnded
	}
	_, err := t.memory.newest(ctx)
	return err
}

func (t *tx) Get(ctx context.Context, schema *driver.Schema, keys []tuple.Tuple) ([]*driver.Row, error) {
	if err := t.usable(ctx); err != nil {
		return nil, err
	}
	return t.state.get(schema.Name, keys)
}

func (t *tx) Scan(ctx context.Context, schema *driver.Schema, q driver.Query) (driver.Page, error) {
	if err := t.usable(ctx); err != nil {
		return driver.Page{}, err
	}
	return t.state.scan(schema.Name, q)
}

func (t *tx) Apply(ctx context.Context, changes []driver.Change) (driver.Applied, error) {
	if err := t.usable(ctx); err != nil {
		return driver.Applied{}, err
	}
	next, applied, err := t.state.apply(changes)
	if err != nil {
		return driver.Applied{}, err
	}
	t.state = next
	return applied, nil
}

func (t *tx) Savepoint(ctx context.Context) (driver.Savepoint, error) {
	if err := t.usable(ctx); err != nil {
		return 0, err
	}
	t.savepoints = append(t.savepoints, t.state)
	return driver.Savepoint(len(t.savepoints) - 1), nil
}

func (t *tx) RollbackTo(ctx context.Context, sp driver.Savepoint) error {
	if err := t.usable(ctx); err != nil {
		return err
	}
	if sp < 0 || int(sp) >= len(t.savepoints) {
		return driver.Errorf(driver.Internal, "there is no savepoint %d", sp)
	}
	t.state = t.savepoints[sp]
	t.savepoints = t.savepoints[:sp+1]
	return nil
}

func (t *tx) Commit(ctx context.Context) error {
	if err := t.usable(ctx); err != nil {
		return err
	}
	err := t.memory.publish(t.state)
	t.committed = err == nil
	t.end()
	return err
}

func (t *tx) Rollback() error {
	switch {
	case t.committed:
		return nil
	case t.state == nil:
		return errEnded
	}
	t.end()
	return nil
}

func (t *tx) end() {
	t.state, t.savepoints = nil, nil
	t.memory.unlock()
}

// Apply makes changes in a transaction of their own.
func (db *DB) Apply(ctx context.Context, changes []driver.Change) (driver.Applied, error) {
	var applied driver.Applied
	err := db.write(ctx, func(s state) (next state, err error) {
		next, applied, err = s.apply(changes)
		return next, err
	})
	return applied, err
}

// write replaces the newest state by what f makes of it.
func (db *DB) write(ctx context.Context, f func(state) (state, error)) error {
	if err := db.lock(ctx); err != nil {
		return err
	}
	defer db.unlock()
	s, err := db.newest(ctx)
	if err != nil {
		return err
	}
	if s, err = f(s); err != nil {
		return err
	}
	return db.publish(s)
}
