package kvrows

import (
	"bytes"
	"context"
	"slices"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// glance is how much of a value is read at first, when values are to be cut:
// enough for all of most rows.
const glance = 16 << 10

// expected is how many rows a page gets room for at first, and four times as many
// whenever that is full: growing a page of thousands from nothing, or by a
// quarter as append does, costs as much as reading it.
const expected = 512

// checkEvery is how many rows a scan reads between looks at its context.
const checkEvery = 256

// table is a table as a transaction sees it.
type table struct {
	tree   Tree
	schema *driver.Schema
	codec
}

// openTable finds the tree of a schema, which may have been dropped, or made
// anew with other columns, since it was described.
func openTable(tx Tx, s *driver.Schema) (*table, error) {
	tree, ok, err := tx.Tree(s.Name)
	if err != nil || !ok {
		return nil, noTable(s.Name, err)
	}
	return &table{tree, s, codecFor(s)}, nil
}

// get returns the row with a key, or nil.
func (t *table) get(key tuple.Tuple) (*driver.Row, error) {
	if err := t.schema.CheckKey(key); err != nil {
		return nil, err
	}
	if !t.possible(key) {
		return nil, nil
	}
	k := t.key(key)
	value, ok, err := t.tree.Get(k)
	if err != nil || !ok {
		return nil, err
	}
	row, err := t.row(k, value, len(value), rowQuery{})
	return &row, err
}

func get(ctx context.Context, tx Tx, s *driver.Schema, keys []tuple.Tuple) ([]*driver.Row, error) {
	t, err := openTable(tx, s)
	if err != nil {
		return nil, err
	}
	if remote, ok := t.tree.(Remote); ok {
		return t.getAll(remote, keys)
	}
	rows := make([]*driver.Row, len(keys))
	for i, key := range keys {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if rows[i], err = t.get(key); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// getAll returns the rows with some keys, nil for one that does not exist.
func (t *table) getAll(tree Remote, keys []tuple.Tuple) ([]*driver.Row, error) {
	rows := make([]*driver.Row, len(keys))
	var encoded [][]byte
	var at []int // the row of each
	for i, key := range keys {
		if err := t.schema.CheckKey(key); err != nil {
			return nil, err
		}
		if t.possible(key) {
			encoded, at = append(encoded, t.key(key)), append(at, i)
		}
	}
	values, err := tree.GetAll(encoded)
	if err != nil {
		return nil, err
	}
	for i, value := range values {
		if value == nil {
			continue
		}
		row, err := t.row(encoded[i], value, len(value), rowQuery{})
		if err != nil {
			return nil, err
		}
		rows[at[i]] = &row
	}
	return rows, nil
}

// possible reports whether a row can have the key at all.
func (t *table) possible(key tuple.Tuple) bool {
	return !isRaw(t.schema) || key[0].Kind() == tuple.KindBytes
}

func scan(ctx context.Context, tx Tx, s *driver.Schema, q driver.Query) (driver.Page, error) {
	t, err := openTable(tx, s)
	if err != nil {
		return driver.Page{}, err
	}
	w, wanted := t.walk(q), t.rowQuery(q)
	page := driver.Page{Rows: make([]driver.Row, 0, min(q.Limit, expected))}
	for ok := w.first(); ok; ok = w.next() {
		if len(page.Rows)%checkEvery == 0 {
			if err := ctx.Err(); err != nil {
				return driver.Page{}, err
			}
		}
		if len(page.Rows) == q.Limit {
			page.More = true
			break
		}
		row, err := t.current(w.cursor, wanted)
		if err != nil {
			return driver.Page{}, err
		}
		if n := len(page.Rows); n == cap(page.Rows) {
			page.Rows = slices.Grow(page.Rows, min(3*n, q.Limit-n))
		}
		page.Rows = append(page.Rows, row)
	}
	return page, w.cursor.Err()
}

// rowQuery says what a scan wants of each row.
func (t *table) rowQuery(q driver.Query) rowQuery {
	_, remote := t.tree.(Remote)
	return rowQuery{keysOnly: q.KeysOnly, maxValue: q.MaxValue, room: new(room), lasting: remote}
}

// current decodes the row at the cursor, reading no more of a long value than
// is wanted, if it can.
func (t *table) current(c Cursor, q rowQuery) (driver.Row, error) {
	if q.keysOnly {
		return t.row(c.Key(), nil, 0, q)
	}
	whole, err := c.ValueLen()
	if err != nil {
		return driver.Row{}, err
	}
	size := int(whole)
	want := size
	if q.maxValue > 0 {
		want = min(size, glance+q.maxValue)
	}
	value, err := c.Value(want)
	if err != nil {
		return driver.Row{}, err
	}
	row, err := t.row(c.Key(), value, size, q)
	if err != errPartial {
		return row, err
	}
	if value, err = c.Value(size); err != nil {
		return driver.Row{}, err
	}
	return t.row(c.Key(), value, size, q)
}

// walk moves over the keys of a range in either direction.
type walk struct {
	cursor       Cursor
	lower, upper []byte
	reverse      bool
}

func (t *table) walk(q driver.Query) *walk {
	lower, upper := t.bounds(q.Range)
	w := &walk{lower: lower, upper: upper, reverse: q.Reverse}
	if remote, ok := t.tree.(Remote); ok {
		w.cursor = remote.CursorFor(q.Limit+1, q.KeysOnly)
	} else {
		w.cursor = t.tree.Cursor()
	}
	return w
}

func (w *walk) first() bool {
	if w.reverse {
		return w.cursor.SeekBefore(w.upper) && w.inside()
	}
	return w.cursor.Seek(w.lower) && w.inside()
}

func (w *walk) next() bool {
	if w.reverse {
		return w.cursor.Prev() && w.inside()
	}
	return w.cursor.Next() && w.inside()
}

func (w *walk) inside() bool {
	if w.reverse {
		return bytes.Compare(w.cursor.Key(), w.lower) >= 0
	}
	return w.upper == nil || bytes.Compare(w.cursor.Key(), w.upper) < 0
}

func count(tx Tx, s *driver.Schema, r tuple.Range) (int64, error) {
	t, err := openTable(tx, s)
	if err != nil {
		return 0, err
	}
	if r.All() {
		n, err := t.tree.Len()
		return int64(n), err
	}
	lower, upper := t.bounds(r)
	if upper != nil && bytes.Compare(lower, upper) >= 0 {
		return 0, nil
	}
	n, err := t.tree.Count(lower, upper)
	return int64(n), err
}

func rank(tx Tx, s *driver.Schema, key tuple.Tuple) (int64, error) {
	t, err := openTable(tx, s)
	if err != nil {
		return 0, err
	}
	if err := s.CheckKey(key); err != nil {
		return 0, err
	}
	n, err := t.tree.Rank(t.key(key))
	return int64(n), err
}

func selectRow(tx Tx, s *driver.Schema, n int64) (tuple.Tuple, error) {
	t, err := openTable(tx, s)
	if err != nil || n < 0 {
		return nil, err
	}
	key, ok, err := t.tree.Select(uint64(n))
	if err != nil || !ok {
		return nil, err
	}
	row, err := t.row(key, nil, 0, rowQuery{keysOnly: true})
	return row.Key, err
}
