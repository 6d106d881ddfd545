// Package demo makes a database to try the program on: a small web shop with a
// million orders, and the data that other tools choke on.
//
// It is the same each time: everything is drawn from one seeded generator, so
// that a screenshot, a test and a bug report speak of the same rows.
package demo

import (
	"context"
	"fmt"
	"iter"

	"github.com/rowan-db/rowan/store"
)

// Version changes whenever the content does, so that a database made earlier
// is not mistaken for this one.
const Version = 1

// DefaultOrders is the number of rows in the largest table.
const DefaultOrders = 1_000_000

// Options say how much is made.
type Options struct {
	// Orders is the number of orders, DefaultOrders if it is 0. The number of
	// customers follows from it.
	Orders int
	// Progress, if not nil, is called now and then with how many of how many
	// rows there are.
	Progress func(rows, of int)
}

// source is a table and what fills it.
type source struct {
	schema *store.Schema
	rows   iter.Seq[store.Row]
	size   int // about how many rows it yields
}

// Build makes the tables in an empty database.
func Build(ctx context.Context, s *store.Store, w *store.Writer, o Options) error {
	if o.Orders == 0 {
		o.Orders = DefaultOrders
	}
	sources := newShop(o.Orders).sources()
	sources = append(sources, awkward())
	p := progress{report: o.Progress}
	for _, src := range sources {
		p.of += src.size
	}
	for _, src := range sources {
		if err := w.CreateTable(ctx, src.schema); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
		t, err := s.Table(ctx, src.schema.Name)
		if err != nil {
			return fmt.Errorf("demo: %w", err)
		}
		if err := w.Load(ctx, t, p.count(src.rows)); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
	}
	p.of = p.rows // which was about right before
	p.tell()
	return nil
}

// Made reports whether a database is one that Build made, whatever was changed
// in it since: it has all of its tables.
func Made(ctx context.Context, s *store.Store) (bool, error) {
	tables, err := s.Tables(ctx)
	if err != nil {
		return false, fmt.Errorf("demo: %w", err)
	}
	has := map[string]bool{}
	for _, info := range tables {
		has[info.Name] = true
	}
	for _, src := range append(newShop(1).sources(), awkward()) {
		if !has[src.schema.Name] {
			return false, nil
		}
	}
	return true, nil
}

// progress counts rows on their way.
type progress struct {
	report   func(rows, of int)
	rows, of int
}

// reportEvery is how many rows go by between two reports.
const reportEvery = 10_000

func (p *progress) count(rows iter.Seq[store.Row]) iter.Seq2[store.Row, error] {
	return func(yield func(store.Row, error) bool) {
		for r := range rows {
			if p.rows++; p.rows%reportEvery == 0 {
				p.tell()
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (p *progress) tell() {
	if p.report != nil {
		p.report(min(p.rows, p.of), p.of)
	}
}
