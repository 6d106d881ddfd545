package sqlrows

import (
	"context"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// Calls are the methods of a database with which the rows of its tables are
// read, each a call of its own.
type Calls struct {
	around func(ctx context.Context, f func(context.Context) error) error
	rows   func(s *driver.Schema) Reader
}

var (
	_ driver.Reader  = Calls{}
	_ driver.Counter = Calls{}
	_ driver.Sorter  = Calls{}
)

// NewCalls returns the methods for a database. What a call does, around lets in,
// and may run again; rows returns what reads the rows of a table.
func NewCalls(around func(context.Context, func(context.Context) error) error, rows func(*driver.Schema) Reader) Calls {
	return Calls{around, rows}
}

// Get implements [driver.Reader].
func (c Calls) Get(ctx context.Context, s *driver.Schema, keys []tuple.Tuple) (rows []*driver.Row, err error) {
	err = c.around(ctx, func(ctx context.Context) error {
		rows, err = c.rows(s).Get(ctx, s, keys)
		return err
	})
	return rows, err
}

// Scan implements [driver.Reader].
func (c Calls) Scan(ctx context.Context, s *driver.Schema, q driver.Query) (page driver.Page, err error) {
	err = c.around(ctx, func(ctx context.Context) error {
		page, err = c.rows(s).Scan(ctx, s, q)
		return err
	})
	return page, err
}

// Sorts implements [driver.Sorter].
func (c Calls) Sorts(s *driver.Schema, column int) bool { return Sorts(c.rows(s).d, s, column) }

// ScanSorted implements [driver.Sorter].
func (c Calls) ScanSorted(ctx context.Context, s *driver.Schema, q driver.Query, column int, from *driver.Place) (page driver.Page, err error) {
	err = c.around(ctx, func(ctx context.Context) error {
		page, err = c.rows(s).ScanSorted(ctx, s, q, column, from)
		return err
	})
	return page, err
}

// Count implements [driver.Counter].
func (c Calls) Count(ctx context.Context, s *driver.Schema, in tuple.Range) (n int64, err error) {
	err = c.around(ctx, func(ctx context.Context) error {
		n, err = c.rows(s).Count(ctx, s, in)
		return err
	})
	return n, err
}

// StreamedCalls are [Calls] of a database that streams its tables, see
// [Reader.Stream].
type StreamedCalls struct {
	Calls
	life *Lifetime
}

var _ driver.Streamer = StreamedCalls{}

// NewStreamedCalls adds streams, which end with a lifetime.
func NewStreamedCalls(c Calls, life *Lifetime) StreamedCalls { return StreamedCalls{c, life} }

// Streams implements [driver.Streamer].
func (StreamedCalls) Streams(s *driver.Schema) bool { return Streams(s) }

// Stream implements [driver.Streamer]. It is not run again, whatever has
// happened: rows have been given by then.
func (c StreamedCalls) Stream(ctx context.Context, s *driver.Schema, q driver.Query, each func([]driver.Row) bool) (more bool, err error) {
	err = c.life.Call(ctx, func(ctx context.Context) error {
		more, err = c.rows(s).Stream(ctx, s, q, each)
		return err
	})
	return more, err
}
