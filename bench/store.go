package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// measureStore compares rowan's own files with SQLite behind the same store:
// the two differ in the engine only.
func measureStore(ctx context.Context, f *files, r *report) (err error) {
	own, other, err := f.openBoth(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, own.Close(), other.Close()) }()
	keys, err := sampleKeys(ctx, own)
	if err != nil {
		return err
	}
	for _, w := range work(keys) {
		var a, b samples
		for range rounds {
			x, err := w.rate(ctx, own)
			if err != nil {
				return fmt.Errorf("%s: native: %w", w.name, err)
			}
			y, err := w.rate(ctx, other)
			if err != nil {
				return fmt.Errorf("%s: sqlite: %w", w.name, err)
			}
			a, b = append(a, x), append(b, y)
		}
		r.against("store, more is better", w.name, w.unit, a, "SQLite", b)
	}
	return nil
}

// rounds is how often each piece of work is done, in turns.
const rounds = 5

// openBoth opens copies of both databases, which may be written.
func (f *files) openBoth(ctx context.Context) (own, other *database, err error) {
	var dbs [2]*database
	for i, path := range []string{f.native, f.sqlite} {
		scratch := filepath.Join(f.dir, "scratch"+filepath.Ext(path))
		if err := command(ctx, "cp", path, scratch); err != nil {
			return nil, nil, err
		}
		for _, suffix := range []string{"-wal", "-shm"} {
			_ = os.Remove(scratch + suffix) // of an earlier run
		}
		if dbs[i], err = open(ctx, scratch, false); err != nil {
			return nil, nil, err
		}
	}
	return dbs[0], dbs[1], nil
}

// sampleKeys returns keys from all over the table, in no order.
func sampleKeys(ctx context.Context, db *database) ([]tuple.Tuple, error) {
	const every = 50
	var keys []tuple.Tuple
	n := 0
	for row, err := range db.table.Rows(ctx, store.Query{KeysOnly: true}) {
		if err != nil {
			return nil, err
		}
		if n++; n%every == 0 {
			keys = append(keys, row.Key)
		}
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("the table has %d rows; it needs at least %d", n, every)
	}
	g := rand.New(rand.NewPCG(1, 2))
	g.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	return keys, nil
}

// job is a piece of work and how many things it does.
type job struct {
	name, unit string
	do         func(ctx context.Context, db *database) (things int, err error)
}

// rate returns how many things are done in a second.
func (j *job) rate(ctx context.Context, db *database) (float64, error) {
	started := time.Now()
	n, err := j.do(ctx, db)
	return float64(n) / time.Since(started).Seconds(), err
}

func work(keys []tuple.Tuple) []job {
	return []job{
		{"scan the table", "rows/s", scanAll},
		{"scan it, keys only", "rows/s", scanKeys},
		{"get a row by key", "rows/s", getEach(keys, 1)},
		{"get 100 rows by key", "rows/s", getEach(keys, 100)},
		{"page of 50 at the beginning", "pages/s", pages(nil)},
		{"page of 50 at one place", "pages/s", pages(keys[:1])},
		{"page of 50 anywhere", "pages/s", pages(keys)},
		{"page of 50 at the end, backwards", "pages/s", pagesBack},
		{"update 1 row, durably", "commits/s", update(keys, 1, 100)},
		{"update 1,000 rows, durably", "rows/s", update(keys, 1000, 5)},
	}
}

func scanAll(ctx context.Context, db *database) (int, error) {
	return count(ctx, db, store.Query{})
}

func scanKeys(ctx context.Context, db *database) (int, error) {
	return count(ctx, db, store.Query{KeysOnly: true})
}

func count(ctx context.Context, db *database, q store.Query) (n int, err error) {
	for _, err := range db.table.Rows(ctx, q) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// getEach reads rows by their keys, batch of them at a time.
func getEach(keys []tuple.Tuple, batch int) func(context.Context, *database) (int, error) {
	return func(ctx context.Context, db *database) (n int, err error) {
		for ; n+batch <= min(len(keys), 10_000); n += batch {
			rows, err := db.table.Get(ctx, keys[n:n+batch]...)
			if err != nil {
				return n, err
			}
			for i, row := range rows {
				if row == nil {
					return n, fmt.Errorf("there is no row %s", keys[n+i])
				}
			}
		}
		return n, nil
	}
}

// pages reads pages of 50 rows that begin at keys or, without keys, at the
// first row.
func pages(keys []tuple.Tuple) func(context.Context, *database) (int, error) {
	return func(ctx context.Context, db *database) (int, error) {
		const n = 500
		for i := range n {
			q := store.Query{Limit: 50}
			if len(keys) > 0 {
				q.Range.Lower.Key = keys[i%len(keys)]
			}
			if _, err := db.table.Scan(ctx, q); err != nil {
				return i, err
			}
		}
		return n, nil
	}
}

func pagesBack(ctx context.Context, db *database) (int, error) {
	const n = 500
	for i := range n {
		if _, err := db.table.Scan(ctx, store.Query{Limit: 50, Reverse: true}); err != nil {
			return i, err
		}
	}
	return n, nil
}

// update commits changes of batch rows each, as often as commits says. Every
// commit waits for the disk.
func update(keys []tuple.Tuple, batch, commits int) func(context.Context, *database) (int, error) {
	return func(ctx context.Context, db *database) (int, error) {
		w, err := db.Writer()
		if err != nil {
			return 0, err
		}
		note := len(db.table.Schema().Columns) - 1
		done := 0
		for range commits {
			changes := make([]store.Change, 0, batch)
			for range batch {
				changes = append(changes, store.Change{
					Op: driver.Update, Table: table, Key: keys[done%len(keys)],
					Set: []store.Assignment{{Column: note, Value: tuple.Text(time.Now().String())}},
				})
				done++
			}
			applied, err := w.Apply(ctx, changes)
			if err == nil && len(applied.Conflicts) > 0 {
				err = fmt.Errorf("%d rows are in conflict", len(applied.Conflicts))
			}
			if err != nil {
				return done, err
			}
		}
		return done, nil
	}
}
