package kvrows

import (
	"context"
	"slices"
	"sync"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// openSet holds the transactions that callers have open, so that closing the
// database can end them: an engine waits for them, for ever if it must.
type openSet struct {
	mu    sync.Mutex
	ended bool
	count uint64 // of all that there were
	all   map[*snapshot]bool
}

// add notes a transaction, or ends it if the database is closed.
func (o *openSet) add(s *snapshot) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ended {
		s.tx.Rollback()
		s.ended = true
		return
	}
	o.count++
	s.number = o.count
	if o.all == nil {
		o.all = map[*snapshot]bool{}
	}
	o.all[s] = true
}

func (o *openSet) remove(s *snapshot) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.all, s)
}

// endAll rolls back what is open, each after the call that it is in.
func (o *openSet) endAll() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended = true
	for s := range o.all {
		s.mu.Lock()
		s.tx.Rollback()
		s.ended = true
		s.mu.Unlock()
	}
	o.all = nil
}

// snapshot is a transaction that only reads.
type snapshot struct {
	db     *DB
	number uint64       // unlike that of any other one of the database
	mu     sync.RWMutex // held during each call, shared by those that compare
	tx     Tx
	ended  bool
}

// Snapshot implements driver.Snapshotter.
func (db *DB) Snapshot(ctx context.Context) (driver.Snapshot, error) {
	tx, err := db.engine.Begin(ctx, false)
	if err != nil {
		return nil, err
	}
	s := &snapshot{db: db, tx: tx}
	db.open.add(s)
	return s, nil
}

// call calls f, which uses the transaction.
func (s *snapshot) call(f func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.db.engine.Guard(f)
}

// end calls f, after which the transaction is over.
func (s *snapshot) end(f func() error) error {
	s.db.open.remove(s)
	return s.call(func() error {
		defer func() { s.ended = true }()
		return f()
	})
}

// Release implements driver.Snapshot.
func (s *snapshot) Release() error {
	return s.end(func() error {
		if s.ended {
			return nil
		}
		return s.tx.Rollback()
	})
}

// Get implements driver.Reader.
func (s *snapshot) Get(ctx context.Context, t *driver.Schema, keys []tuple.Tuple) (rows []*driver.Row, err error) {
	err = s.call(func() error {
		rows, err = get(ctx, s.tx, t, keys)
		return err
	})
	return rows, err
}

// Scan implements driver.Reader.
func (s *snapshot) Scan(ctx context.Context, t *driver.Schema, q driver.Query) (page driver.Page, err error) {
	err = s.call(func() error {
		page, err = scan(ctx, s.tx, t, q)
		return err
	})
	return page, err
}

// Count implements driver.Counter.
func (s *snapshot) Count(_ context.Context, t *driver.Schema, r tuple.Range) (n int64, err error) {
	err = s.call(func() error {
		n, err = count(s.tx, t, r)
		return err
	})
	return n, err
}

// Estimate implements driver.Estimator; the estimate is exact.
func (s *snapshot) Estimate(ctx context.Context, t *driver.Schema) (int64, bool, error) {
	n, err := s.Count(ctx, t, tuple.Range{})
	return n, err == nil, err
}

// Rank implements driver.Ranker.
func (s *snapshot) Rank(_ context.Context, t *driver.Schema, key tuple.Tuple) (n int64, err error) {
	err = s.call(func() error {
		n, err = rank(s.tx, t, key)
		return err
	})
	return n, err
}

// Select implements driver.Ranker.
func (s *snapshot) Select(_ context.Context, t *driver.Schema, n int64) (key tuple.Tuple, err error) {
	err = s.call(func() error {
		key, err = selectRow(s.tx, t, n)
		return err
	})
	return key, err
}

// transaction is an interactive transaction.
type transaction struct {
	*snapshot
	savepoints []func() error
	committed  bool
}

// Begin implements driver.Transactor.
func (db ReadWrite) Begin(ctx context.Context) (driver.Tx, error) {
	tx, err := db.engine.Begin(ctx, true)
	if err != nil {
		return nil, err
	}
	s := &snapshot{db: db.DB, tx: tx}
	db.open.add(s)
	return &transaction{snapshot: s}, nil
}

// Apply implements driver.Tx.
func (t *transaction) Apply(ctx context.Context, changes []driver.Change) (done driver.Applied, err error) {
	err = t.call(func() error {
		done, err = t.applyOrRestore(ctx, changes)
		return err
	})
	if err != nil {
		return driver.Applied{}, err
	}
	return done, nil
}

func (t *transaction) applyOrRestore(ctx context.Context, changes []driver.Change) (driver.Applied, error) {
	restore, err := t.tx.Savepoint()
	if err != nil {
		return driver.Applied{}, err
	}
	done, err := Apply(ctx, t.tx, changes)
	if err == nil && len(done.Conflicts) == 0 {
		return done, nil
	}
	if failed := restore(); failed != nil {
		return driver.Applied{}, failed
	}
	return done, err
}

// Savepoint implements driver.Tx.
func (t *transaction) Savepoint(context.Context) (sp driver.Savepoint, err error) {
	err = t.call(func() error {
		restore, err := t.tx.Savepoint()
		if err == nil {
			t.savepoints = append(t.savepoints, restore)
			sp = driver.Savepoint(len(t.savepoints) - 1)
		}
		return err
	})
	return sp, err
}

// RollbackTo implements driver.Tx.
func (t *transaction) RollbackTo(_ context.Context, sp driver.Savepoint) error {
	return t.call(func() error {
		if sp < 0 || int(sp) >= len(t.savepoints) {
			return driver.Errorf(driver.Closed, "savepoint %d is not of this transaction, or was undone with an earlier one", sp)
		}
		t.savepoints = slices.Clip(t.savepoints[:sp+1])
		return t.savepoints[sp]()
	})
}

// Commit implements driver.Tx.
func (t *transaction) Commit(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return t.end(func() error {
		err := t.tx.Commit()
		t.committed = err == nil
		return err
	})
}

// Rollback implements driver.Tx.
func (t *transaction) Rollback() error {
	return t.end(func() error {
		if t.committed {
			return nil
		}
		return t.tx.Rollback()
	})
}
