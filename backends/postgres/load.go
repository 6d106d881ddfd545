package postgres

import (
	"bytes"
	"context"
	"encoding/hex"
	"io"
	"iter"
	"math"
	"strconv"
	"strings"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// load copies rows into a table, in one statement, which is a transaction.
func (w *writer) load(ctx context.Context, s *driver.Schema, rows iter.Seq2[driver.Row, error]) error {
	if s.ReadOnly != "" {
		return driver.Errorf(driver.ReadOnly, "%s cannot be written: %s", s.Name, s.ReadOnly)
	}
	c, err := w.pool.take(ctx)
	if err != nil {
		return err
	}
	defer c.Release()
	next, stop := iter.Pull2(rows)
	defer stop()
	l := newCopier(w.d, s, next)
	_, err = c.pg.CopyFrom(ctx, l, l.statement())
	if l.err != nil && l.err != io.EOF {
		return l.err // what the server says is only that we gave up
	}
	if sqlState(err) == stateUnique {
		return driver.Errorf(driver.Exists, "%w", err)
	}
	return withDetail(canceled(ctx, err))
}

// copier is what COPY reads: rows in its text format, which every type has.
type copier struct {
	d       dialect
	s       *driver.Schema
	next    func() (driver.Row, error, bool)
	columns []*driver.Column // those that can be set: the key's first
	from    []int            // for each of the others, its index in Row.Values
	buf     bytes.Buffer
	err     error // io.EOF after the last row
}

func newCopier(d dialect, s *driver.Schema, next func() (driver.Row, error, bool)) *copier {
	l := &copier{d: d, s: s, next: next}
	for i := range s.Key {
		l.columns = append(l.columns, &s.Key[i])
	}
	for i := range s.Columns {
		if !s.Columns[i].Generated {
			l.columns, l.from = append(l.columns, &s.Columns[i]), append(l.from, i)
		}
	}
	return l
}

func (l *copier) statement() string {
	names := make([]string, len(l.columns))
	for i, c := range l.columns {
		names[i] = quote(c.Name)
	}
	return "COPY " + l.d.Table(l.s.Name) + " (" + strings.Join(names, ", ") + ") FROM STDIN"
}

// copyBuffer is about how much is sent at once.
const copyBuffer = 64 << 10

// Read implements [io.Reader].
func (l *copier) Read(p []byte) (int, error) {
	for l.err == nil && l.buf.Len() < copyBuffer {
		l.err = l.fill()
	}
	if l.buf.Len() > 0 {
		return l.buf.Read(p)
	}
	return 0, l.err
}

// fill adds a row to the buffer.
func (l *copier) fill() error {
	row, err, ok := l.next()
	switch {
	case !ok:
		return io.EOF
	case err != nil:
		return err
	case len(row.Key) != len(l.s.Key):
		return driver.Errorf(driver.BadKey, "a key of %s has %d elements, not %d", l.s.Name, len(l.s.Key), len(row.Key))
	case len(row.Values) != len(l.s.Columns):
		return driver.Errorf(driver.Internal, "a row of %s has %d columns, not %d", l.s.Name, len(l.s.Columns), len(row.Values))
	}
	line := l.buf.AvailableBuffer()
	for i, c := range l.columns {
		var v tuple.Value
		if i < len(row.Key) {
			v = row.Key[i]
		} else {
			v = row.Values[l.from[i-len(row.Key)]]
		}
		held, err := l.d.stored(c, v)
		if err != nil {
			return err
		}
		if i > 0 {
			line = append(line, '\t')
		}
		line = appendCopied(line, held)
	}
	l.buf.Write(append(line, '\n'))
	return nil
}

// appendCopied appends a value as COPY reads it.
func appendCopied(dst []byte, v tuple.Value) []byte {
	switch v.Kind() {
	case tuple.KindNull:
		return append(dst, `\N`...)
	case tuple.KindBool:
		return strconv.AppendBool(dst, v.AsBool())
	case tuple.KindInt:
		return strconv.AppendInt(dst, v.AsInt(), 10)
	case tuple.KindFloat:
		return appendFloat(dst, v.AsFloat())
	case tuple.KindBytes:
		return hex.AppendEncode(append(dst, `\\x`...), []byte(v.AsText()))
	case tuple.KindUUID:
		u := v.AsUUID()
		return hex.AppendEncode(dst, u[:])
	case tuple.KindDate, tuple.KindTime, tuple.KindTimestamp, tuple.KindInterval:
		return appendTemporal(dst, v)
	}
	return appendEscaped(dst, v.AsText())
}

func appendFloat(dst []byte, f float64) []byte {
	switch {
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	}
	return strconv.AppendFloat(dst, f, 'g', -1, 64)
}

// appendEscaped appends a text as COPY reads it.
func appendEscaped(dst []byte, text string) []byte {
	for i := range len(text) {
		switch c := text[i]; c {
		case '\\', '\t', '\n', '\r':
			dst = append(dst, '\\', escapes[c])
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

var escapes = map[byte]byte{'\\': '\\', '\t': 't', '\n': 'n', '\r': 'r'}
