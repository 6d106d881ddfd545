package mem

import (
	"slices"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// apply returns the state after some changes, or the conflicts that prevent
// them. It looks at all changes even if there are conflicts, to list them all.
func (s state) apply(changes []driver.Change) (state, driver.Applied, error) {
	b := batch{state: s, owned: map[string]bool{}}
	for i := range changes {
		if err := b.apply(i, &changes[i]); err != nil {
			return nil, driver.Applied{}, err
		}
	}
	if b.conflicts != nil {
		return s, driver.Applied{Conflicts: b.conflicts}, nil
	}
	return b.state, driver.Applied{Keys: b.keys}, nil
}

// batch is changes on their way from one state to the next.
type batch struct {
	state     state
	owned     map[string]bool // the tables that have been copied
	keys      []tuple.Tuple
	conflicts []driver.Conflict
}

// table returns a table that may be changed.
func (b *batch) table(name string) (*table, error) {
	t, err := b.state.table(name)
	if err != nil || b.owned[name] {
		return t, err
	}
	t = &table{schema: t.schema, rows: slices.Clone(t.rows), last: t.last}
	b.state = b.state.with(t)
	b.owned[name] = true
	return t, nil
}

func (b *batch) apply(i int, c *driver.Change) error {
	t, err := b.table(c.Table)
	if err != nil {
		return err
	}
	key := c.Key
	if key == nil && c.Op == driver.Insert && t.schema.AutoKey {
		if key, err = t.generate(); err != nil {
			return err
		}
	}
	if err := t.schema.CheckKey(key); err != nil {
		return err
	}
	if c.NewKey != nil {
		if err := t.schema.CheckKey(c.NewKey); err != nil {
			return err
		}
	}
	at, ok := t.find(key)
	var current *driver.Row
	if ok {
		current = t.rows[at]
	}
	if c.ConflictsWith(current) {
		b.conflict(i, current)
		return nil
	}
	final := key
	if c.Moves() {
		final = c.NewKey
		if to, taken := t.find(final); taken {
			b.conflict(i, t.rows[to])
			return nil
		}
	}
	b.keys = append(b.keys, cloneTuple(final))
	if c.Op == driver.Delete || c.Op == driver.Remove {
		t.remove(key)
		return nil
	}
	return t.write(current, final, c)
}

func (b *batch) conflict(i int, current *driver.Row) {
	conflict := driver.Conflict{Change: i}
	if current != nil {
		row := cloneRow(current)
		conflict.Current = &row
	}
	b.conflicts = append(b.conflicts, conflict)
}

// write replaces the current row, nil if there is none, by what the change
// makes of it.
func (t *table) write(current *driver.Row, key tuple.Tuple, c *driver.Change) error {
	before := make([]tuple.Value, len(t.schema.Columns))
	if current != nil {
		before = current.Values
	}
	row := &driver.Row{Key: cloneTuple(key), Values: c.Result(before)}
	if err := t.schema.CheckRow(row.Key, row.Values); err != nil {
		return err
	}
	if current != nil {
		t.remove(current.Key)
	}
	at, _ := t.find(key)
	t.rows = slices.Insert(t.rows, at, row)
	if t.schema.AutoKey {
		t.last = max(t.last, key[0].AsInt())
	}
	return nil
}

func (t *table) remove(key tuple.Tuple) {
	if at, ok := t.find(key); ok {
		t.rows = slices.Delete(t.rows, at, at+1)
	}
}

// generate returns a key that no row has had.
func (t *table) generate() (tuple.Tuple, error) {
	if t.last+1 < t.last {
		return nil, driver.Errorf(driver.Full, "the table %s has used up its keys", t.schema.Name)
	}
	t.last++
	return tuple.Of(tuple.Int(t.last)), nil
}
