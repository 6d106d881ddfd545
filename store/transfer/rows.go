package transfer

import (
	"context"
	"fmt"
	"io"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// View writes the rows that a view shows, whole, and calls progress, if that is
// not nil, with the number so far. It reads page by page: what others write
// meanwhile may be in it.
func View(ctx context.Context, w io.Writer, f Format, t *store.Table, o store.ViewOptions, opt Options, progress func(rows int64)) (rows int64, err error) {
	const page = 500
	s := t.Schema()
	if opt.Table == "" {
		opt.Table = s.Name
	}
	e, err := NewEncoder(w, f, columnNames(s), opt)
	if err != nil {
		return 0, err
	}
	o.MaxValue = 0
	v := t.View(o)
	values := make([]tuple.Value, 0, s.Width())
	for at, more := (store.Anchor{}), true; more; {
		win, err := v.Read(ctx, at, page)
		if err != nil {
			return e.Rows(), err
		}
		for _, r := range win.Rows {
			if err := e.Row(rowValues(values, s, &r)); err != nil {
				return e.Rows(), err
			}
			at.Key = r.Key
		}
		if more = win.After; win.Resume != nil {
			at.Key, more = win.Resume, true
		}
		if progress != nil {
			progress(e.Rows())
		}
	}
	return e.Rows(), e.Close()
}

// columnNames returns what the columns are called. The number of a row in a
// result is not one of them.
func columnNames(s *store.Schema) []string {
	var names []string
	for i := firstColumn(s); i < s.Width(); i++ {
		names = append(names, s.ColumnAt(i).Name)
	}
	return names
}

func rowValues(values []tuple.Value, s *store.Schema, r *store.Row) []tuple.Value {
	for i := firstColumn(s); i < s.Width(); i++ {
		values = append(values, s.ValueAt(r, i))
	}
	return values
}

func firstColumn(s *store.Schema) int {
	if s.Identity == driver.Position {
		return len(s.Key)
	}
	return 0
}

// Sink writes what a statement returns: see [store.Console.Stream].
type Sink struct {
	w       io.Writer
	format  Format
	options Options
	encoder *Encoder
}

// NewSink returns a sink that writes to w.
func NewSink(w io.Writer, f Format, o Options) *Sink { return &Sink{w: w, format: f, options: o} }

// Columns implements [driver.Sink]. It refuses a second result.
func (s *Sink) Columns(columns []driver.ResultColumn) (err error) {
	if s.encoder != nil {
		return driver.Errorf(driver.Unsupported, "the statement returns several results, of which a file can hold one")
	}
	var names []string
	for _, c := range columns {
		names = append(names, c.Name)
	}
	s.encoder, err = NewEncoder(s.w, s.format, names, s.options)
	return err
}

// Row implements [driver.Sink].
func (s *Sink) Row(values []tuple.Value) error { return s.encoder.Row(values) }

// Close writes the end. It fails if the statement returned no result.
func (s *Sink) Close() (rows int64, err error) {
	if s.encoder == nil {
		return 0, fmt.Errorf("transfer: the statement returned no rows to write")
	}
	return s.encoder.Rows(), s.encoder.Close()
}
