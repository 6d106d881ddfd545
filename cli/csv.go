package cli

import (
	"errors"
	"io"
	"iter"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/transfer"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/display"
)

// csvWriter prints what an export to CSV has. On a terminal the text is made
// safe to show.
type csvWriter struct {
	*transfer.Encoder
	safe bool
}

func newCSVWriter(w io.Writer, columns []string, safe bool) (*csvWriter, error) {
	names := make([]string, len(columns))
	for i, c := range columns {
		if names[i] = c; safe {
			names[i] = display.Text(c)
		}
	}
	e, err := transfer.NewEncoder(w, transfer.CSV, names, transfer.Options{})
	return &csvWriter{e, safe}, err
}

// Row prints a row.
func (c *csvWriter) Row(values []tuple.Value) error {
	if !c.safe {
		return c.Encoder.Row(values)
	}
	shown := make([]tuple.Value, len(values))
	for i, v := range values {
		if !v.IsNull() {
			shown[i] = tuple.Text(display.Text(v.Plain()))
		}
	}
	return c.Encoder.Row(shown)
}

// printCSV prints rows below a header.
func printCSV(w io.Writer, columns []string, rows iter.Seq2[store.Row, error], safe bool) (n int, err error) {
	c, err := newCSVWriter(w, columns, safe)
	if err != nil {
		return 0, err
	}
	for r, err := range rows {
		if err == nil {
			err = c.Row(cells(&r))
		}
		if err != nil {
			return int(c.Rows()), errors.Join(err, c.Close())
		}
	}
	return int(c.Rows()), c.Close()
}
