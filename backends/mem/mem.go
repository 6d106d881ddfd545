// Package mem is a database in memory: the reference that the other backends
// are compared with, and a scratch database.
//
// It is the simplest thing that is right. A state of the database is sorted
// slices of rows and never changes; a batch of changes makes another state of
// it. A snapshot is a state, a transaction a chain of them, a savepoint one of
// the chain. One writer at a time, any number of readers, who never wait.
//
// It guarantees all that package driver asks for. It is not durable, and not
// fast: each batch copies the slices of the tables that it changes.
package mem

import (
	"context"
	"sync"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

var (
	_ driver.DB          = (*DB)(nil)
	_ driver.Writer      = (*DB)(nil)
	_ driver.Snapshotter = (*DB)(nil)
	_ driver.Transactor  = (*DB)(nil)
	_ driver.Counter     = (*DB)(nil)
	_ driver.Estimator   = (*DB)(nil)
	_ driver.Ranker      = (*DB)(nil)
	_ driver.Checker     = (*DB)(nil)
	_ driver.Creator     = (*DB)(nil)
	_ driver.Loader      = (*DB)(nil)
	_ driver.DB          = (*ReadOnly)(nil)
)

// DB is a database in memory, open for writing.
type DB struct{ reader }

// New returns an empty database.
func New() *DB {
	m := &memory{state: state{}, writer: make(chan struct{}, 1)}
	return &DB{reader{m}}
}

// ReadOnly returns the same database without the methods that write to it.
func (db *DB) ReadOnly() *ReadOnly { return &ReadOnly{db.reader} }

// ReadOnly is a database in memory as those see it who may only read it.
type ReadOnly struct{ reader }

// Info describes the database.
func (*ReadOnly) Info() driver.Info {
	info := describe()
	info.Atomicity = driver.NoWrites
	info.ReadOnly = driver.OpenedReadOnly
	return info
}

// Info describes the database.
func (*DB) Info() driver.Info { return describe() }

func describe() driver.Info {
	return driver.Info{
		Backend: "mem", Product: "memory", Name: "memory", Location: "mem:",
		Atomicity: driver.WholeBatch, Order: driver.Bytewise,
	}
}

// memory is what all users of a database share.
type memory struct {
	mu     sync.Mutex // guards state
	state  state      // the newest; nil once closed
	writer chan struct{}
}

var errClosed = driver.Errorf(driver.Closed, "the database is closed")

// newest returns the newest state.
func (m *memory) newest(ctx context.Context) (state, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state == nil {
		return nil, errClosed
	}
	return m.state, nil
}

// publish makes s the newest state.
func (m *memory) publish(s state) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state == nil {
		return errClosed
	}
	m.state = s
	return nil
}

// lock waits until nobody else writes.
func (m *memory) lock(ctx context.Context) error {
	select {
	case m.writer <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	if _, err := m.newest(ctx); err != nil {
		m.unlock()
		return err
	}
	return nil
}

func (m *memory) unlock() { <-m.writer }

// reader is what a database can do without changing.
type reader struct{ *memory }

// Classify knows no errors but the package's own, which say their kind.
func (reader) Classify(err error) driver.Kind { return driver.KindOf(err) }

// Close frees the rows. Snapshots stay readable until they are released.
func (r reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state = nil
	return nil
}

// Tables lists the tables.
func (r reader) Tables(ctx context.Context) ([]driver.TableInfo, error) {
	s, err := r.newest(ctx)
	if err != nil {
		return nil, err
	}
	return s.list(), nil
}

// Describe returns the shape of a table.
func (r reader) Describe(ctx context.Context, name string) (*driver.Schema, error) {
	s, err := r.newest(ctx)
	if err != nil {
		return nil, err
	}
	t, err := s.table(name)
	if err != nil {
		return nil, err
	}
	return cloneSchema(t.schema), nil
}

// Get returns rows by key.
func (r reader) Get(ctx context.Context, s *driver.Schema, keys []tuple.Tuple) ([]*driver.Row, error) {
	now, err := r.newest(ctx)
	if err != nil {
		return nil, err
	}
	return now.get(s.Name, keys)
}

// Scan returns a page of rows.
func (r reader) Scan(ctx context.Context, s *driver.Schema, q driver.Query) (driver.Page, error) {
	now, err := r.newest(ctx)
	if err != nil {
		return driver.Page{}, err
	}
	return now.scan(s.Name, q)
}

// Snapshot returns the present state.
func (r reader) Snapshot(ctx context.Context) (driver.Snapshot, error) {
	s, err := r.newest(ctx)
	if err != nil {
		return nil, err
	}
	return &snapshot{state: s}, nil
}

// Count counts the rows of a range.
func (r reader) Count(ctx context.Context, s *driver.Schema, rg tuple.Range) (int64, error) {
	now, err := r.newest(ctx)
	if err != nil {
		return 0, err
	}
	t, err := now.table(s.Name)
	if err != nil {
		return 0, err
	}
	return int64(len(t.within(rg))), nil
}

// Estimate knows the exact number of rows.
func (r reader) Estimate(ctx context.Context, s *driver.Schema) (int64, bool, error) {
	n, err := r.Count(ctx, s, tuple.Range{})
	return n, err == nil, err
}

// Rank returns how many rows sort before key.
func (r reader) Rank(ctx context.Context, s *driver.Schema, key tuple.Tuple) (int64, error) {
	now, err := r.newest(ctx)
	if err != nil {
		return 0, err
	}
	t, err := now.table(s.Name)
	if err != nil {
		return 0, err
	}
	i, _ := t.find(key)
	return int64(i), nil
}

// Select returns the key of the row that n rows sort before.
func (r reader) Select(ctx context.Context, s *driver.Schema, n int64) (tuple.Tuple, error) {
	now, err := r.newest(ctx)
	if err != nil {
		return nil, err
	}
	t, err := now.table(s.Name)
	if err != nil || n < 0 || n >= int64(len(t.rows)) {
		return nil, err
	}
	return cloneTuple(t.rows[n].Key), nil
}

// Check verifies that the rows of each table are in order and fit its schema.
func (r reader) Check(ctx context.Context, report func(string)) error {
	s, err := r.newest(ctx)
	if err != nil {
		return err
	}
	for _, info := range s.list() {
		s[info.Name].check(report)
	}
	return nil
}
