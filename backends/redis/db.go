package redis

import (
	"context"
	"errors"
	"iter"
	"strings"
	"sync"

	client "github.com/redis/go-redis/v9"

	"github.com/rowan-db/rowan/backends/internal/kvrows"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// DB is a database that is only read.
type DB struct {
	gate   *gate
	rdb    *client.Client
	server *server
	info   driver.Info
	tables *kvrows.DB
	names  listings
	live   openTxs
}

// Info implements [driver.DB].
func (db *DB) Info() driver.Info { return db.info }

// Close implements [driver.DB].
func (db *DB) Close() error {
	if db.gate.ctx.Err() != nil {
		return nil
	}
	db.gate.cancel()
	db.live.end()
	return errors.Join(db.tables.Close(), db.rdb.Close())
}

// again runs f, and once more if the connection was lost: f only reads, and a
// server that was started anew has closed the connections of before.
func again[T any](ctx context.Context, db *DB, f func(context.Context) (T, error)) (T, error) {
	return call(ctx, db.gate, func(ctx context.Context) (T, error) {
		v, err := f(ctx)
		if err != nil && ctx.Err() == nil && lost(err) {
			v, err = f(ctx)
		}
		return v, err
	})
}

// Tables implements [driver.DB]. The table of all keys is listed if there are
// any beside those that hold tables.
func (db *DB) Tables(ctx context.Context) ([]driver.TableInfo, error) {
	return again(ctx, db, func(ctx context.Context) ([]driver.TableInfo, error) {
		tables, err := db.tables.Tables(ctx)
		if err != nil {
			return nil, err
		}
		var own *client.IntCmd
		var size *client.IntCmd
		err = pipelined(ctx, db.rdb, func(p client.Pipeliner) {
			own = p.Exists(ctx, ownKeys(append(tableNames(tables), kvrows.CatalogTree))...)
			size = p.DBSize(ctx)
		})
		if err != nil {
			return nil, err
		}
		if size.Val() > own.Val() {
			tables = append(tables, driver.TableInfo{Name: Keys, Kind: driver.Table}, driver.TableInfo{Name: Prefixes, Kind: driver.View})
		}
		return sortTables(tables), nil
	})
}

// Describe implements [driver.DB].
func (db *DB) Describe(ctx context.Context, name string) (*driver.Schema, error) {
	return again(ctx, db, func(ctx context.Context) (*driver.Schema, error) {
		if isRaw(name) {
			t, err := db.raw(ctx, db.rdb, name)
			if err != nil {
				return nil, err
			}
			return t.schema(), nil
		}
		if strings.HasPrefix(name, kvlayerPrefix) {
			if _, err := db.server.findKvlayer(ctx, db.rdb); err != nil {
				return nil, err
			}
		}
		return db.tables.Describe(ctx, name)
	})
}

// Get implements [driver.Reader].
func (db *DB) Get(ctx context.Context, s *driver.Schema, keys []tuple.Tuple) ([]*driver.Row, error) {
	return again(ctx, db, func(ctx context.Context) ([]*driver.Row, error) {
		if !isRaw(s.Name) {
			return db.tables.Get(ctx, s, keys)
		}
		for _, key := range keys {
			if err := s.CheckKey(key); err != nil {
				return nil, err
			}
		}
		t, err := db.raw(ctx, db.rdb, s.Name)
		if err != nil {
			return nil, err
		}
		return t.get(ctx, db.rdb, keys, 0)
	})
}

// Scan implements [driver.Reader].
func (db *DB) Scan(ctx context.Context, s *driver.Schema, q driver.Query) (driver.Page, error) {
	return again(ctx, db, func(ctx context.Context) (driver.Page, error) {
		if !isRaw(s.Name) {
			return db.tables.Scan(ctx, s, q)
		}
		t, err := db.raw(ctx, db.rdb, s.Name)
		if err != nil {
			return driver.Page{}, err
		}
		return t.scan(ctx, q)
	})
}

// Streams implements [driver.Streamer]: the tables of rowan's own are streamed.
func (db *DB) Streams(s *driver.Schema) bool { return !isRaw(s.Name) }

// Stream implements [driver.Streamer]. A call that is given up goes on by itself,
// see [call]: then it gives each nothing more.
func (db *DB) Stream(ctx context.Context, s *driver.Schema, q driver.Query, each func([]driver.Row) bool) (bool, error) {
	var mu sync.Mutex
	over := false
	guarded := func(part []driver.Row) bool {
		mu.Lock()
		defer mu.Unlock()
		return !over && each(part)
	}
	defer func() {
		mu.Lock()
		defer mu.Unlock()
		over = true
	}()
	return call(ctx, db.gate, func(ctx context.Context) (bool, error) {
		return db.tables.Stream(ctx, s, q, guarded)
	})
}

// Count implements [driver.Counter].
func (db *DB) Count(ctx context.Context, s *driver.Schema, r tuple.Range) (int64, error) {
	return again(ctx, db, func(ctx context.Context) (int64, error) {
		if !isRaw(s.Name) {
			return db.tables.Count(ctx, s, r)
		}
		t, err := db.raw(ctx, db.rdb, s.Name)
		if err != nil {
			return 0, err
		}
		return t.count(ctx, r)
	})
}

// Estimate implements [driver.Estimator]. The server knows how many keys there
// are, and how much is in each.
func (db *DB) Estimate(ctx context.Context, s *driver.Schema) (int64, bool, error) {
	n, err := db.Count(ctx, s, tuple.Range{})
	return n, err == nil, err
}

// Rank implements [driver.Ranker].
func (db *DB) Rank(ctx context.Context, s *driver.Schema, key tuple.Tuple) (int64, error) {
	return again(ctx, db, func(ctx context.Context) (int64, error) {
		if !isRaw(s.Name) {
			return db.tables.Rank(ctx, s, key)
		}
		if err := s.CheckKey(key); err != nil {
			return 0, err
		}
		t, err := db.raw(ctx, db.rdb, s.Name)
		if err != nil {
			return 0, err
		}
		return t.count(ctx, tuple.Range{Upper: tuple.Bound{Key: key, Exclusive: true}})
	})
}

// Select implements [driver.Ranker].
func (db *DB) Select(ctx context.Context, s *driver.Schema, n int64) (tuple.Tuple, error) {
	return again(ctx, db, func(ctx context.Context) (tuple.Tuple, error) {
		if n < 0 {
			return nil, nil
		}
		if !isRaw(s.Name) {
			return db.tables.Select(ctx, s, n)
		}
		t, err := db.raw(ctx, db.rdb, s.Name)
		if err != nil {
			return nil, err
		}
		return t.nth(ctx, n)
	})
}

// Writable is a database that can be written as well.
type Writable struct {
	*DB
	tables kvrows.ReadWrite
}

// Apply implements [driver.Writer].
func (db *Writable) Apply(ctx context.Context, changes []driver.Change) (driver.Applied, error) {
	return commit(ctx, db.gate, func(ctx context.Context, c *commitment) (driver.Applied, error) {
		for {
			done, err := db.apply(ctx, c, changes)
			if !errors.Is(err, errChanged) || ctx.Err() != nil {
				return done, err
			}
			c.state.Store(0) // nothing was written: it begins anew
		}
	})
}

// CreateTable implements [driver.Creator].
func (db *Writable) CreateTable(ctx context.Context, s *driver.Schema) error {
	return retry(ctx, db, func(ctx context.Context) error { return db.tables.CreateTable(ctx, s) })
}

// DropTable implements [driver.Creator].
func (db *Writable) DropTable(ctx context.Context, name string) error {
	if isRaw(name) {
		return driver.Errorf(driver.Unsupported, "%s is not a table of its own", name).
			WithHint("delete its rows, or the row of its key")
	}
	return retry(ctx, db, func(ctx context.Context) error { return db.tables.DropTable(ctx, name) })
}

// Load implements [driver.Loader].
func (db *Writable) Load(ctx context.Context, s *driver.Schema, rows iter.Seq2[driver.Row, error]) error {
	if isRaw(s.Name) {
		return driver.Errorf(driver.Unsupported, "%s cannot be loaded at once", s.Name).
			WithHint("insert its rows")
	}
	if err := db.open(ctx); err != nil {
		return err
	}
	return db.tables.Load(ctx, s, rows) // the rows can be had only once
}

// open reports what stands against beginning a call.
func (db *DB) open(ctx context.Context) error {
	if db.gate.ctx.Err() != nil {
		return errClosed()
	}
	return ctx.Err()
}

// retry runs f until others have not been faster.
func retry(ctx context.Context, db *Writable, f func(context.Context) error) error {
	for {
		if err := db.open(ctx); err != nil {
			return err
		}
		if err := f(ctx); !errors.Is(err, errChanged) {
			return err
		}
	}
}
