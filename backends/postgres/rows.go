package postgres

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// rows is the result of a query.
type rows struct {
	ctx     context.Context
	c       *conn
	result  *pgconn.ResultReader
	columns []*driver.Column
	// decoders are those of the columns, once a row has come.
	decoders []decoder
	// end ends what the query is part of, if it is not all.
	end func() error
	// release gives the connection back.
	release func()
	closed  bool
	err     error
}

// Next reports whether there is another row.
func (r *rows) Next() bool { return !r.closed && r.result.NextRow() }

// Values implements [sqlrows.ValueRows]. The texts of a row share the memory
// that is allocated for them at once.
func (r *rows) Values(row []tuple.Value) error {
	raw := r.result.Values()
	if r.decoders == nil {
		if len(raw) != len(r.columns) {
			return fmt.Errorf("the server returned %d columns, not %d", len(raw), len(r.columns))
		}
		r.decoders = decodersOf(r.columns, r.result.FieldDescriptions())
	}
	return decodeRow(r.decoders, raw, row)
}

func decodeRow(decoders []decoder, raw [][]byte, row []tuple.Value) error {
	size := 0
	for i, b := range raw {
		if decoders[i].text != nil {
			size += len(b)
		}
	}
	var shared strings.Builder
	shared.Grow(size)
	for i, b := range raw {
		if b == nil {
			row[i] = tuple.Null
			continue
		}
		var err error
		if d := &decoders[i]; d.text != nil {
			from := shared.Len()
			shared.Write(b)
			row[i], err = d.text(shared.String()[from:])
		} else {
			row[i], err = d.binary(b)
		}
		if err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return nil
}

// Scan implements [sqlrows.Rows], for results in text format.
func (r *rows) Scan(dest ...any) error {
	raw := r.result.Values()
	if len(raw) != len(dest) {
		return fmt.Errorf("the server returned %d columns, not %d", len(raw), len(dest))
	}
	for i, b := range raw {
		if err := scan(string(b), b == nil, dest[i]); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return nil
}

// scan stores a text where dest points. NULL is the zero value.
func scan(text string, null bool, dest any) (err error) {
	switch d := dest.(type) {
	case *string:
		*d = text
	case *bool:
		*d = text == "t"
	case *int64:
		if *d = 0; !null {
			*d, err = strconv.ParseInt(text, 10, 64)
		}
	case *float64:
		if *d = 0; !null {
			*d, err = strconv.ParseFloat(text, 64)
		}
	default:
		err = fmt.Errorf("nothing is scanned into %T", dest)
	}
	return err
}

// Err returns what has ended the rows before their end.
func (r *rows) Err() error {
	r.finish()
	return r.err
}

// Close reads what is left of the result.
func (r *rows) Close() error {
	r.finish()
	return r.err
}

func (r *rows) finish() {
	if r.closed {
		return
	}
	r.closed = true
	_, r.err = r.result.Close()
	if r.end != nil {
		if err := r.end(); r.err == nil {
			r.err = err
		}
	}
	r.err = r.c.failed(r.ctx, r.err)
	if r.release != nil {
		r.release()
	}
}
