package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/rowan-db/rowan/backends"
	"github.com/rowan-db/rowan/bench/compare"
	"github.com/rowan-db/rowan/e2e/servers"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
)

// ours is the label of rowan in results.
const ours = "rowan"

// tableName is the large table of every server. Its rows have the numbers from
// 1 on as keys, and four columns.
const tableName = "events"

const (
	pageRows = 1000
	fromEnd  = 5000 // where the page begins
	gets     = 500  // of a run
)

// bare is the driver of a server, without rowan.
type bare struct {
	kind  string // of the server
	label string // of the driver, in results
	// fill makes the table and its rows.
	fill func(ctx context.Context, s *servers.Server, rows int) error
	// crowd adds tables that crowdedName calls, each with a few rows.
	crowd func(ctx context.Context, s *servers.Server, tables int) error
	// open connects the driver.
	open func(ctx context.Context, url string) (reader, error)
}

func bares() []bare { return []bare{postgresBare(), mysqlBare(), redisBare()} }

// crowdedName is the name of one of many tables.
func crowdedName(i int) string { return fmt.Sprintf("crowd_%05d", i) }

// reader reads the large table. Each method returns how many rows it read.
type reader interface {
	io.Closer
	// page reads limit rows whose keys are greater than after.
	page(ctx context.Context, after int64, limit int) (int, error)
	all(ctx context.Context) (int, error)
	get(ctx context.Context, key int64) (int, error)
}

// rowan reads with package store.
type rowan struct {
	*store.Store
	table *store.Table
}

func openRowan(ctx context.Context, url string) (reader, error) {
	s, err := backends.Open(ctx, url, backends.Options{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	t, err := s.Table(ctx, tableName)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return &rowan{s, t}, nil
}

func (r *rowan) page(ctx context.Context, after int64, limit int) (int, error) {
	q := store.Query{Limit: limit}
	q.Range.Lower = tuple.Bound{Key: tuple.Of(tuple.Int(after)), Exclusive: true}
	p, err := r.table.Scan(ctx, q)
	return len(p.Rows), err
}

func (r *rowan) all(ctx context.Context) (n int, err error) {
	for _, err := range r.table.Rows(ctx, store.Query{}) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func (r *rowan) get(ctx context.Context, key int64) (int, error) {
	rows, err := r.table.Get(ctx, tuple.Of(tuple.Int(key)))
	if err != nil || len(rows) != 1 || rows[0] == nil {
		return 0, err
	}
	return 1, nil
}

// work is something that both sides do.
type work struct {
	name string
	unit compare.Unit
	ns   float64 // of a unit
	rows int     // that must be read
	do   func(ctx context.Context, r reader) (int, error)
}

func (c *config) works() []work {
	return []work{
		{"page of 1000 near the end", compare.Unit{Name: "us"}, 1e3, pageRows, func(ctx context.Context, r reader) (int, error) {
			return r.page(ctx, int64(c.rows-fromEnd), pageRows)
		}},
		{"scan of the table", compare.Unit{Name: "ms"}, 1e6, c.rows, func(ctx context.Context, r reader) (int, error) {
			return r.all(ctx)
		}},
		{"500 rows by their keys", compare.Unit{Name: "us"}, 1e3, gets, func(ctx context.Context, r reader) (n int, err error) {
			random := rand.New(rand.NewPCG(1, 2))
			for range gets {
				read, err := r.get(ctx, 1+random.Int64N(int64(c.rows)))
				if err != nil {
					return n, err
				}
				n += read
			}
			return n, nil
		}},
	}
}

// compareReading does each work with both sides, in turns.
func (c *config) compareReading(ctx context.Context, b bare, url string) (results []*compare.Result, err error) {
	sides := []struct {
		label string
		open  func(ctx context.Context, url string) (reader, error)
	}{{ours, openRowan}, {b.label, b.open}}
	readers := make(map[string]reader)
	for _, side := range sides {
		r, err := side.open(ctx, url)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, r.Close()) }()
		readers[side.label] = r
	}
	for _, w := range c.works() {
		fmt.Fprintf(c.log, "%s: %s\n", b.kind, w.name)
		result := &compare.Result{
			Work: b.kind + ": " + w.name, Unit: w.unit, Ours: ours, Labels: []string{ours, b.label},
			Targets: []compare.Target{compare.AtMost(1.2, b.label)},
		}
		for round := range c.runs + 1 { // the first warms up
			for _, side := range sides {
				took, err := w.time(ctx, readers[side.label])
				if err != nil {
					return results, fmt.Errorf("%s: %s: %w", w.name, side.label, err)
				}
				if round > 0 {
					result.Add(side.label, float64(took.Nanoseconds())/w.ns)
				}
			}
		}
		results = append(results, result)
	}
	return results, nil
}

func (w *work) time(ctx context.Context, r reader) (time.Duration, error) {
	started := time.Now()
	n, err := w.do(ctx, r)
	took := time.Since(started)
	if err == nil && n != w.rows {
		err = fmt.Errorf("%d rows were read, not %d", n, w.rows)
	}
	return took, err
}
