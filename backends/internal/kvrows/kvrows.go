package kvrows

import (
	"context"
	"iter"
	"slices"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// DB is the part of a driver.DB that reads. What a backend adds is how to
// classify its engine's errors.
type DB struct {
	engine Engine
	info   driver.Info
}

// Open returns tables over an engine that is open for reading.
func Open(e Engine, info driver.Info) *DB {
	info.Order = driver.Bytewise
	info.Atomicity = driver.NoWrites
	return &DB{e, info}
}

// ReadWrite is a DB that can also be written.
type ReadWrite struct{ *DB }

// OpenReadWrite returns tables over an engine that is open for writing.
func OpenReadWrite(e Engine, info driver.Info) ReadWrite {
	db := Open(e, info)
	db.info.Atomicity = driver.WholeBatch
	return ReadWrite{db}
}

// Info implements driver.DB.
func (db *DB) Info() driver.Info { return db.info }

// Close implements driver.DB.
func (db *DB) Close() error { return db.engine.Close() }

// view calls f with a transaction for reading, which it ends.
func (db *DB) view(ctx context.Context, f func(Tx) error) error {
	tx, err := db.engine.Begin(ctx, false)
	if err != nil {
		return err
	}
	defer tx.Rollback() // it wrote nothing, so there is nothing to fail
	return db.engine.Guard(func() error { return f(tx) })
}

// Tables implements driver.DB.
func (db *DB) Tables(ctx context.Context) (tables []driver.TableInfo, err error) {
	err = db.view(ctx, func(tx Tx) error {
		tables, err = list(tx)
		return err
	})
	return tables, err
}

// Describe implements driver.DB.
func (db *DB) Describe(ctx context.Context, name string) (s *driver.Schema, err error) {
	err = db.view(ctx, func(tx Tx) error {
		s, err = describe(tx, name)
		return err
	})
	return s, err
}

// Get implements driver.Reader.
func (db *DB) Get(ctx context.Context, s *driver.Schema, keys []tuple.Tuple) (rows []*driver.Row, err error) {
	err = db.view(ctx, func(tx Tx) error {
		rows, err = get(ctx, tx, s, keys)
		return err
	})
	return rows, err
}

// Scan implements driver.Reader.
func (db *DB) Scan(ctx context.Context, s *driver.Schema, q driver.Query) (page driver.Page, err error) {
	err = db.view(ctx, func(tx Tx) error {
		page, err = scan(ctx, tx, s, q)
		return err
	})
	return page, err
}

// Count implements driver.Counter.
func (db *DB) Count(ctx context.Context, s *driver.Schema, r tuple.Range) (n int64, err error) {
	err = db.view(ctx, func(tx Tx) error {
		n, err = count(tx, s, r)
		return err
	})
	return n, err
}

// Estimate implements driver.Estimator; the estimate is exact.
func (db *DB) Estimate(ctx context.Context, s *driver.Schema) (int64, bool, error) {
	n, err := db.Count(ctx, s, tuple.Range{})
	return n, err == nil, err
}

// Rank implements driver.Ranker.
func (db *DB) Rank(ctx context.Context, s *driver.Schema, key tuple.Tuple) (n int64, err error) {
	err = db.view(ctx, func(tx Tx) error {
		n, err = rank(tx, s, key)
		return err
	})
	return n, err
}

// Select implements driver.Ranker.
func (db *DB) Select(ctx context.Context, s *driver.Schema, n int64) (key tuple.Tuple, err error) {
	err = db.view(ctx, func(tx Tx) error {
		key, err = selectRow(tx, s, n)
		return err
	})
	return key, err
}

// Snapshot implements driver.Snapshotter.
func (db *DB) Snapshot(ctx context.Context) (driver.Snapshot, error) {
	tx, err := db.engine.Begin(ctx, false)
	if err != nil {
		return nil, err
	}
	return &snapshot{db.engine, tx}, nil
}

// snapshot is a transaction that only reads.
type snapshot struct {
	engine Engine
	tx     Tx
}

func (s *snapshot) Release() error { return s.tx.Rollback() }

func (s *snapshot) Get(ctx context.Context, t *driver.Schema, keys []tuple.Tuple) (rows []*driver.Row, err error) {
	err = s.engine.Guard(func() error {
		rows, err = get(ctx, s.tx, t, keys)
		return err
	})
	return rows, err
}

func (s *snapshot) Scan(ctx context.Context, t *driver.Schema, q driver.Query) (page driver.Page, err error) {
	err = s.engine.Guard(func() error {
		page, err = scan(ctx, s.tx, t, q)
		return err
	})
	return page, err
}

// update calls f with a transaction for writing, and commits if f agrees.
func (db ReadWrite) update(ctx context.Context, f func(Tx) (commit bool, err error)) error {
	tx, err := db.engine.Begin(ctx, true)
	if err != nil {
		return err
	}
	var commit bool
	err = db.engine.Guard(func() error {
		commit, err = f(tx)
		return err
	})
	if err != nil || !commit {
		tx.Rollback() // the cause is what matters, not that undoing failed too
		return err
	}
	return tx.Commit()
}

// Apply implements driver.Writer.
func (db ReadWrite) Apply(ctx context.Context, changes []driver.Change) (done driver.Applied, err error) {
	err = db.update(ctx, func(tx Tx) (bool, error) {
		done, err = apply(ctx, tx, changes)
		return len(done.Conflicts) == 0, err
	})
	if err != nil {
		return driver.Applied{}, err
	}
	return done, nil
}

// CreateTable implements driver.Creator. It keeps the references too.
func (db ReadWrite) CreateTable(ctx context.Context, s *driver.Schema) error {
	return db.update(ctx, func(tx Tx) (bool, error) { return true, create(tx, s) })
}

// DropTable implements driver.Creator.
func (db ReadWrite) DropTable(ctx context.Context, name string) error {
	return db.update(ctx, func(tx Tx) (bool, error) { return true, drop(tx, name) })
}

// Load implements driver.Loader.
func (db ReadWrite) Load(ctx context.Context, s *driver.Schema, rows iter.Seq2[driver.Row, error]) error {
	return db.update(ctx, func(tx Tx) (bool, error) { return true, load(ctx, tx, s, rows) })
}

// Begin implements driver.Transactor.
func (db ReadWrite) Begin(ctx context.Context) (driver.Tx, error) {
	tx, err := db.engine.Begin(ctx, true)
	if err != nil {
		return nil, err
	}
	return &transaction{snapshot: snapshot{db.engine, tx}}, nil
}

// transaction is an interactive transaction.
type transaction struct {
	snapshot
	savepoints []func() error
}

func (t *transaction) Apply(ctx context.Context, changes []driver.Change) (done driver.Applied, err error) {
	restore, err := t.tx.Savepoint()
	if err != nil {
		return driver.Applied{}, err
	}
	err = t.engine.Guard(func() error {
		done, err = apply(ctx, t.tx, changes)
		return err
	})
	if err != nil || len(done.Conflicts) > 0 {
		if undo := restore(); undo != nil {
			return driver.Applied{}, undo
		}
	}
	return done, err
}

func (t *transaction) Savepoint(context.Context) (driver.Savepoint, error) {
	restore, err := t.tx.Savepoint()
	if err != nil {
		return 0, err
	}
	t.savepoints = append(t.savepoints, restore)
	return driver.Savepoint(len(t.savepoints) - 1), nil
}

func (t *transaction) RollbackTo(_ context.Context, sp driver.Savepoint) error {
	if sp < 0 || int(sp) >= len(t.savepoints) {
		return driver.Errorf(driver.Closed, "savepoint %d is not of this transaction, or was undone with an earlier one", sp)
	}
	t.savepoints = slices.Clip(t.savepoints[:sp+1])
	return t.savepoints[sp]()
}

func (t *transaction) Commit(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return t.tx.Commit()
}

func (t *transaction) Rollback() error { return t.tx.Rollback() }
