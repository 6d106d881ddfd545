package kvrows

import (
	"context"
	"iter"
	"math"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// Apply makes changes in a transaction of the store. If any conflicts, the
// caller must undo the others.
func Apply(ctx context.Context, tx Tx, changes []driver.Change) (driver.Applied, error) {
	done := driver.Applied{Keys: make([]tuple.Tuple, len(changes))}
	tables := map[string]*table{}
	for i := range changes {
		if err := ctx.Err(); err != nil {
			return driver.Applied{}, err
		}
		c := &changes[i]
		t, err := tableOf(tx, tables, c.Table)
		if err != nil {
			return driver.Applied{}, err
		}
		final, current, clear, err := t.change(c)
		if err != nil {
			return driver.Applied{}, err
		}
		if !clear {
			done.Conflicts = append(done.Conflicts, driver.Conflict{Change: i, Current: current})
		}
		done.Keys[i] = final
	}
	if len(done.Conflicts) > 0 {
		done.Keys = nil
	}
	return done, nil
}

func tableOf(tx Tx, tables map[string]*table, name string) (*table, error) {
	if t := tables[name]; t != nil {
		return t, nil
	}
	s, err := describe(tx, name)
	if err != nil {
		return nil, err
	}
	t, err := openTable(tx, s)
	tables[name] = t
	return t, err
}

// change makes one change, unless it conflicts with the row inTheWay. final is
// the key that the row has afterwards.
func (t *table) change(c *driver.Change) (final tuple.Tuple, inTheWay *driver.Row, clear bool, err error) {
	key := c.Key
	if key == nil && c.Op == driver.Insert && t.schema.AutoKey {
		if key, err = t.generate(); err != nil {
			return nil, nil, false, err
		}
	}
	current, err := t.get(key)
	if err != nil || c.ConflictsWith(current) {
		return nil, current, false, err
	}
	final = key
	if c.Moves() {
		final = c.NewKey
		if there, err := t.get(final); err != nil || there != nil {
			return nil, there, false, err
		}
	}
	return final, nil, true, t.write(c, final, current)
}

func (t *table) write(c *driver.Change, final tuple.Tuple, current *driver.Row) error {
	if current != nil && (c.Op == driver.Delete || c.Op == driver.Remove || c.Moves()) {
		if _, err := t.tree.Delete(t.key(c.Key)); err != nil {
			return err
		}
	}
	if c.Op == driver.Delete || c.Op == driver.Remove {
		return nil
	}
	before := make([]tuple.Value, len(t.schema.Columns))
	if current != nil {
		before = current.Values
	}
	for _, a := range c.Set {
		if a.Column < 0 || a.Column >= len(before) {
			return driver.Errorf(driver.BadValue, "table %s has no column number %d", t.schema.Name, a.Column)
		}
	}
	after := c.Result(before)
	if err := t.schema.CheckRow(final, after); err != nil {
		return err
	}
	return t.tree.Put(t.key(final), t.value(after))
}

// generate returns the key after the last one.
func (t *table) generate() (tuple.Tuple, error) {
	last := t.tree.Cursor()
	if !last.SeekBefore(nil) {
		return tuple.Of(tuple.Int(1)), last.Err()
	}
	row, err := t.row(last.Key(), nil, 0, rowQuery{keysOnly: true})
	if err != nil {
		return nil, err
	}
	n := row.Key[0].AsInt()
	if n == math.MaxInt64 {
		return nil, driver.Errorf(driver.Full, "table %s has used up its keys", t.schema.Name)
	}
	return tuple.Of(tuple.Int(max(n, 0) + 1)), nil
}

// load fills an empty table. Rows in key order go straight to the tree's bulk
// load; from the first that is out of order on, they are put one by one.
func load(ctx context.Context, tx Tx, s *driver.Schema, rows iter.Seq2[driver.Row, error]) error {
	t, err := openTable(tx, s)
	if err != nil {
		return err
	}
	if n, err := t.tree.Len(); err != nil || n > 0 {
		if err == nil {
			err = driver.Errorf(driver.Exists, "table %q already has rows; only an empty one can be loaded", s.Name)
		}
		return err
	}
	l := loader{ctx: ctx, table: t}
	next, stop := iter.Pull2(rows)
	defer stop()
	if err := t.tree.Load(l.ascending(next)); err != nil {
		return err
	}
	return l.rest(next)
}

// loader feeds rows to a tree.
type loader struct {
	ctx   context.Context
	table *table
	n     int
	last  []byte
	// pending is the first row that was out of order.
	pending *driver.Row
	err     error
}

type nextRow = func() (driver.Row, error, bool)

// pull takes the next row, and notes an error.
func (l *loader) pull(next nextRow) (row driver.Row, ok bool) {
	if l.n++; l.n%checkEvery == 0 {
		l.err = l.ctx.Err()
	}
	if l.err != nil {
		return row, false
	}
	row, err, ok := next()
	if !ok {
		return row, false
	}
	if err == nil {
		err = l.table.schema.CheckRow(row.Key, row.Values)
	}
	l.err = err
	return row, err == nil
}

// ascending yields the rows up to the first that is out of order.
func (l *loader) ascending(next nextRow) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		for row, ok := l.pull(next); ok; row, ok = l.pull(next) {
			key := l.table.key(row.Key)
			if l.last != nil && string(key) <= string(l.last) {
				l.pending = &row
				return
			}
			l.last = key
			if !yield(key, l.table.value(row.Values)) {
				return
			}
		}
	}
}

// rest puts what came after that row.
func (l *loader) rest(next nextRow) error {
	if l.pending == nil {
		return l.err
	}
	for row, ok := *l.pending, true; ok; row, ok = l.pull(next) {
		if there, err := l.table.get(row.Key); err != nil {
			return err
		} else if there != nil {
			return driver.Errorf(driver.Exists, "two of the rows have the key %s", row.Key)
		}
		if err := l.table.tree.Put(l.table.key(row.Key), l.table.value(row.Values)); err != nil {
			return err
		}
	}
	return l.err
}
