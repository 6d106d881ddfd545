package kvrows

import (
	"context"
	"iter"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// DB is the part of a driver.DB that reads. What a backend adds is how to
// classify its engine's errors.
type DB struct {
	engine Engine
	info   driver.Info
	open   openSet
}

// Open returns tables over an engine that is open for reading.
func Open(e Engine, info driver.Info) *DB {
	info.Order = driver.Bytewise
	info.Atomicity = driver.NoWrites
	return &DB{engine: e, info: info}
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

// Close implements driver.DB. It rolls back the transactions that are open.
func (db *DB) Close() error {
	db.open.endAll()
	return db.engine.Close()
}

// view calls f with a transaction for reading, which it ends.
func (db *DB) view(ctx context.Context, f func(Tx) error) error {
	tx, err := db.engine.Begin(ctx, false)
	if err != nil {
		return err
	}
	err = db.engine.Guard(func() error { return f(tx) })
	if ended := tx.Rollback(); err == nil {
		err = ended
	}
	return err
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
		done, err = Apply(ctx, tx, changes)
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
