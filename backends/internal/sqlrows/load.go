package sqlrows

import (
	"cmp"
	"context"
	"database/sql"
	"iter"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// loadChunk is the most rows that one statement loads, unless the dialect knows
// better. More hardly make it faster where a statement costs no round trip.
const loadChunk = 50

// loadBytes is how many bytes of text and binary data one statement loads,
// about.
const loadBytes = 4 << 20

// Load implements [driver.Loader] for a database whose writers use db.
func Load(ctx context.Context, life *Lifetime, db *sql.DB, d Dialect, s *driver.Schema, rows iter.Seq2[driver.Row, error]) error {
	tx, err := Begin(ctx, life, NewStdPool(db), d)
	if err != nil {
		return err
	}
	defer tx.end()
	err = tx.do(ctx, func(ctx context.Context, conn Conn) error {
		l := newLoader(d, s)
		defer l.close()
		return l.load(ctx, conn.(StdConn).Conn, rows)
	})
	if err != nil {
		return err
	}
	return tx.commit(ctx)
}

// loader collects rows until there are enough for a statement.
type loader struct {
	d       Dialect
	s       *driver.Schema
	columns []*driver.Column // those that can be set: the key's first
	from    []int            // for each of the others, its index in Row.Values
	chunk   int
	full    *sql.Stmt // inserts a whole chunk
	args    []any
	bytes   int // of args
}

func newLoader(d Dialect, s *driver.Schema) *loader {
	l := &loader{d: d, s: s}
	for i := range s.Key {
		l.columns = append(l.columns, &s.Key[i])
	}
	for i := range s.Columns {
		if !s.Columns[i].Generated {
			l.columns, l.from = append(l.columns, &s.Columns[i]), append(l.from, i)
		}
	}
	limits := d.Limits()
	l.chunk = max(1, min(cmp.Or(limits.Rows, loadChunk), limits.Arguments/len(l.columns)))
	return l
}

func (l *loader) close() {
	if l.full != nil {
		_ = l.full.Close()
	}
}

func (l *loader) load(ctx context.Context, conn *sql.Conn, rows iter.Seq2[driver.Row, error]) error {
	if l.s.ReadOnly != "" {
		return driver.Errorf(driver.ReadOnly, "%s cannot be written: %s", l.s.Name, l.s.ReadOnly)
	}
	for row, err := range rows {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = l.add(&row)
		}
		if err == nil && (len(l.args) == l.chunk*len(l.columns) || l.bytes >= loadBytes) {
			err = l.flush(ctx, conn)
		}
		if err != nil {
			return err
		}
	}
	return l.flush(ctx, conn)
}

// add converts a row.
func (l *loader) add(row *driver.Row) error {
	if len(row.Key) != len(l.s.Key) {
		return driver.Errorf(driver.BadKey, "a key of %s has %d elements, not %d", l.s.Name, len(l.s.Key), len(row.Key))
	}
	if len(row.Values) != len(l.s.Columns) {
		return driver.Errorf(driver.Internal, "a row of %s has %d columns, not %d", l.s.Name, len(l.s.Columns), len(row.Values))
	}
	for i, c := range l.columns {
		var v tuple.Value
		if i < len(row.Key) {
			v = row.Key[i]
		} else {
			v = row.Values[l.from[i-len(row.Key)]]
		}
		held, err := l.d.Stored(c, v)
		if err != nil {
			return err
		}
		l.args = append(l.args, l.d.Argument(held))
		l.bytes += held.Size()
	}
	return nil
}

// flush inserts the rows that were collected: a whole chunk by a statement that
// is prepared once.
func (l *loader) flush(ctx context.Context, conn *sql.Conn) (err error) {
	switch n := len(l.args) / len(l.columns); {
	case n == 0:
		return nil
	case n < l.chunk:
		_, err = conn.ExecContext(ctx, l.insert(n), l.args...)
	default:
		if l.full == nil {
			if l.full, err = conn.PrepareContext(ctx, l.insert(n)); err != nil {
				return err
			}
		}
		_, err = l.full.ExecContext(ctx, l.args...)
	}
	l.args, l.bytes = l.args[:0], 0
	return err
}

// insert returns an INSERT of n rows.
func (l *loader) insert(n int) string {
	st := statement{d: l.d}
	names := make([]string, len(l.columns))
	for i, c := range l.columns {
		names[i] = c.Name
	}
	at := 0
	st.insert(l.s, names, func() {
		st.list(n, ", ", func(int) {
			st.write("(")
			st.list(len(names), ", ", func(int) {
				at++
				st.write(l.d.Placeholder(at))
			})
			st.write(")")
		})
	})
	return st.sql.String()
}
