package transfer

import (
	"bufio"
	"fmt"
	"io"

	"github.com/rowan-db/rowan/store/sqltext"
	"github.com/rowan-db/rowan/store/tuple"
)

// Options say how rows are written, where the format does not.
type Options struct {
	// Table is the name in INSERTs. Empty is "result".
	Table string
	// Dialect is that of the database whose INSERTs are written.
	Dialect sqltext.Dialect
}

// Encoder writes rows in a format.
type Encoder struct {
	w      *bufio.Writer
	form   form
	line   []byte
	rows   int64
	closed bool
}

// form is what a format writes. Each method appends to a line and returns it.
type form interface {
	begin(line []byte) []byte
	row(line []byte, n int64, values []tuple.Value) []byte
	end(line []byte, rows int64) []byte
}

// NewEncoder writes the beginning of a format to w. The names are those of the
// columns; they need not be unique.
func NewEncoder(w io.Writer, f Format, names []string, o Options) (*Encoder, error) {
	e := &Encoder{w: bufio.NewWriterSize(w, 1<<16)}
	switch f {
	case CSV:
		e.form = csvForm(names)
	case TSV:
		e.form = tsvForm(names)
	case JSONLines:
		e.form = jsonForm{names: uniqueNames(names)}
	case JSON:
		e.form = jsonForm{names: uniqueNames(names), array: true}
	case SQL:
		e.form = newSQLForm(names, o)
	case Markdown:
		e.form = markdownForm(names)
	default:
		return nil, fmt.Errorf("transfer: there is no format %q", f)
	}
	_, err := e.w.Write(e.form.begin(nil))
	return e, err
}

// Row writes a row: a value for each column.
func (e *Encoder) Row(values []tuple.Value) error {
	e.line = e.form.row(e.line[:0], e.rows, values)
	_, err := e.w.Write(e.line)
	e.rows++
	return err
}

// Rows returns how many rows were written.
func (e *Encoder) Rows() int64 { return e.rows }

// Close writes the end of the format and all that is held back. It does not
// close what the encoder writes to. It may be called more than once.
func (e *Encoder) Close() error {
	if e.closed {
		return nil
	}
	e.closed = true
	if _, err := e.w.Write(e.form.end(nil, e.rows)); err != nil {
		return err
	}
	return e.w.Flush()
}

// uniqueNames returns the names, of which those that come again are numbered:
// in an object, each name is there once.
func uniqueNames(names []string) []string {
	taken := map[string]bool{}
	for _, n := range names {
		taken[n] = true
	}
	seen := map[string]bool{}
	unique := make([]string, len(names))
	for i, n := range names {
		unique[i] = n
		for k := 2; seen[unique[i]]; k++ {
			if again := fmt.Sprintf("%s_%d", n, k); !taken[again] {
				unique[i] = again
			}
		}
		seen[unique[i]], taken[unique[i]] = true, true
	}
	return unique
}
