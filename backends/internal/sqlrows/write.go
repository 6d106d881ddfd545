package sqlrows

import (
	"context"
	"slices"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// write is a change of one row whose values are those that the columns will
// hold.
type write struct {
	*applier
	s *driver.Schema
	c driver.Change
}

// newWrite checks a change. Whole keys and known columns are all that it asks
// for; the rest is for the database to say.
func newWrite(a *applier, s *driver.Schema, c *driver.Change) (*write, error) {
	w := &write{applier: a, s: s, c: *c}
	if c.Key != nil || c.Op != driver.Insert || !s.AutoKey {
		if len(c.Key) != len(s.Key) {
			return nil, driver.Errorf(driver.BadKey, "a key of %s has %d elements, not %d", s.Name, len(s.Key), len(c.Key))
		}
	}
	if c.NewKey != nil && len(c.NewKey) != len(s.Key) {
		return nil, driver.Errorf(driver.BadKey, "a key of %s has %d elements, not %d", s.Name, len(s.Key), len(c.NewKey))
	}
	var err error
	if c.Op == driver.Insert || c.Op == driver.Put {
		if w.c.Key, err = w.storedKey(c.Key); err != nil {
			return nil, err
		}
	}
	if w.c.NewKey, err = w.storedKey(c.NewKey); err != nil {
		return nil, err
	}
	if err = w.convertBase(); err != nil {
		return nil, err
	}
	w.c.Set, err = w.storedSet()
	return w, err
}

func (w *write) storedKey(k tuple.Tuple) (tuple.Tuple, error) {
	if k == nil {
		return nil, nil
	}
	held := make(tuple.Tuple, len(k))
	for i, v := range k {
		var err error
		held[i], err = w.d.Stored(&w.s.Key[i], v)
		switch {
		case err != nil:
			return nil, driver.Errorf(driver.BadKey, "%w", err)
		case held[i].IsNull():
			return nil, driver.Errorf(driver.BadKey, "column %s of the key of %s cannot be NULL", w.s.Key[i].Name, w.s.Name)
		case w.s.AutoKey && held[i].Kind() != tuple.KindInt && held[i].Kind() != tuple.KindUint:
			return nil, driver.Errorf(driver.BadKey, "a key of %s is an integer, as those that the database makes", w.s.Name)
		}
	}
	return held, nil
}

func (w *write) storedSet() ([]driver.Assignment, error) {
	held := make([]driver.Assignment, len(w.c.Set))
	for i, a := range w.c.Set {
		if a.Column < 0 || a.Column >= len(w.s.Columns) {
			return nil, driver.Errorf(driver.Internal, "%s has no column %d", w.s.Name, a.Column)
		}
		c := &w.s.Columns[a.Column]
		if c.Generated {
			return nil, driver.Errorf(driver.ReadOnly, "the database computes column %s of %s itself", c.Name, w.s.Name)
		}
		v, err := w.d.Stored(c, a.Value)
		if err != nil {
			return nil, err
		}
		held[i] = driver.Assignment{Column: a.Column, Value: v}
	}
	return held, nil
}

// convertBase makes of a Base what the columns hold if it was written there: it
// may come from a change of ours and not from a row. What was read from a row
// stays the same.
func (w *write) convertBase() error {
	if w.c.Base == nil {
		return nil
	}
	if len(w.c.Base) != len(w.s.Columns) {
		return driver.Errorf(driver.Conflicting, "%s has %d columns now, not %d", w.s.Name, len(w.s.Columns), len(w.c.Base)).
			WithHint("open the table again")
	}
	base := make([]tuple.Value, len(w.c.Base))
	for i, v := range w.c.Base {
		base[i] = w.d.Normal(&w.s.Columns[i], v)
	}
	w.c.Base = base
	return nil
}

// conflict looks for what prevents the change, if it cares.
func (w *write) conflict(ctx context.Context) (*driver.Conflict, error) {
	c := &w.c
	if c.Op == driver.Put || c.Op == driver.Remove || c.Key == nil {
		return nil, nil
	}
	// The row of an Insert is in the way if it is there, and then nothing is
	// written: there is nothing to lock.
	current, err := w.row(ctx, c.Key, c.Op != driver.Insert)
	if err != nil {
		return nil, err
	}
	if c.ConflictsWith(current) {
		return &driver.Conflict{Current: current}, nil
	}
	if !c.Moves() {
		return nil, nil
	}
	other, err := w.row(ctx, c.NewKey, false)
	if err != nil || other == nil || other.Key.Equal(current.Key) {
		return nil, err
	}
	return &driver.Conflict{Current: other}, nil
}

// row reads a row, and locks it if the change is about to be compared with it.
func (w *write) row(ctx context.Context, k tuple.Tuple, locks bool) (*driver.Row, error) {
	rows, err := Reader{d: w.d, q: w.q, locks: locks}.Get(ctx, w.s, []tuple.Tuple{k})
	if err != nil {
		return nil, err
	}
	return rows[0], nil
}

// key returns the row's key after the change.
func (w *write) key() tuple.Tuple { return slices.Clone(w.c.FinalKey()) }

// one turns a number of rows written other than one into an error.
func (w *write) one(n int64, err error) error {
	switch {
	case err != nil || n == 1:
		return err
	case n == 0:
		return driver.Errorf(driver.Constraint, "the database left the row of %s as it is, without an error", w.s.Name).
			WithHint("a trigger or rule of the table may prevent the change")
	}
	return driver.Errorf(driver.Corrupt, "the key of one row of %s is that of %d rows; nothing was written", w.s.Name, n)
}

// set returns the columns that the change writes and their values: the key
// first if it changes.
func (w *write) set(key tuple.Tuple) (columns []string, values []tuple.Value) {
	for i, v := range key {
		columns, values = append(columns, w.s.Key[i].Name), append(values, v)
	}
	for _, a := range w.c.Set {
		columns, values = append(columns, w.s.Columns[a.Column].Name), append(values, a.Value)
	}
	return columns, values
}

// update sets columns of the row and returns the number of rows with the key.
func (w *write) update(ctx context.Context) (int64, error) {
	columns, values := w.set(w.c.NewKey)
	if len(columns) == 0 {
		return 1, nil // conflict has seen the row
	}
	st := statement{d: w.d}
	st.write("UPDATE ", w.d.Table(w.s.Name), " SET ")
	st.list(len(columns), ", ", func(i int) {
		st.write(w.d.Quote(columns[i]), " = ")
		st.arg(values[i])
	})
	return w.exec(ctx, &st, w.c.Key)
}

// remove deletes the row and returns the number of rows with the key.
func (w *write) remove(ctx context.Context) (int64, error) {
	st := statement{d: w.d}
	st.write("DELETE")
	st.from(w.s)
	return w.exec(ctx, &st, w.c.Key)
}

// exec runs a statement on the row with key k.
func (w *write) exec(ctx context.Context, st *statement, k tuple.Tuple) (int64, error) {
	if !st.whereKey(w.s, k) {
		return 0, nil
	}
	result, err := w.q.Exec(w.writing(ctx), st.sql.String(), st.args)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// insert adds the row.
func (w *write) insert(ctx context.Context) (tuple.Tuple, *driver.Conflict, error) {
	columns, values := w.set(w.c.Key)
	st := statement{d: w.d}
	st.insert(w.s, columns, func() {
		st.write("(")
		st.list(len(values), ", ", func(i int) { st.arg(values[i]) })
		st.write(")")
	})
	if w.c.Key != nil {
		result, err := w.q.Exec(w.writing(ctx), st.sql.String(), st.args)
		if err != nil {
			return nil, nil, err
		}
		return w.c.Key, nil, w.one(result.RowsAffected())
	}
	key, err := w.generated(ctx, &st)
	return key, nil, err
}

// insert writes an INSERT of some columns.
func (st *statement) insert(s *driver.Schema, columns []string, values func()) {
	st.write("INSERT INTO ", st.d.Table(s.Name))
	if len(columns) == 0 {
		st.write(st.d.NoColumns())
		return
	}
	st.write(" (")
	st.list(len(columns), ", ", func(i int) { st.write(st.d.Quote(columns[i])) })
	st.write(")")
	if d, ok := st.d.(Overriding); ok {
		st.write(d.OverrideGenerated())
	}
	st.write(" VALUES ")
	values()
}

// generated runs an INSERT and returns the key that the database made.
func (w *write) generated(ctx context.Context, st *statement) (tuple.Tuple, error) {
	ctx = w.writing(ctx)
	if !w.d.Returning() {
		result, err := w.q.Exec(ctx, st.sql.String(), st.args)
		if err != nil {
			return nil, err
		}
		id, err := result.LastInsertId()
		if w.s.Key[0].Kind == tuple.KindUint {
			return tuple.Of(tuple.Uint(uint64(id))), err
		}
		return tuple.Of(tuple.Int(id)), err
	}
	f := newFields(w.d, w.s, driver.Query{KeysOnly: true, Limit: 1})
	st.write(" RETURNING ")
	st.selectFields(f)
	rows, err := f.query(ctx, w.q, st)
	if err != nil {
		return nil, err
	}
	page, err := f.page(rows, 1)
	if err != nil {
		return nil, err
	}
	if err := w.one(int64(len(page.Rows)), nil); err != nil {
		return nil, err
	}
	return page.Rows[0].Key, nil
}

// put sets columns of the row, or adds it. It does not use the database's own
// upsert, which checks the constraints of a row that is never added.
func (w *write) put(ctx context.Context) (tuple.Tuple, *driver.Conflict, error) {
	if len(w.c.Set) == 0 {
		if row, err := w.row(ctx, w.c.Key, false); row != nil || err != nil {
			return w.key(), nil, err
		}
		return w.insert(ctx)
	}
	n, err := w.update(ctx)
	switch {
	case err != nil:
		return nil, nil, err
	case n > 0:
		return w.key(), nil, w.one(n, nil)
	}
	return w.insert(ctx)
}
