package store

import (
	"context"
	"iter"

	"github.com/rowan-db/rowan/store/driver"
)

// Writer writes to a database that is open for writing.
type Writer struct {
	store *Store
	db    driver.Writer
}

// Apply makes all changes, in order, in one transaction, or none of them: see
// [Info].Atomicity. Changes whose rows are not as expected are listed as
// conflicts, and are then not an error. It fails with [BadKey], [BadValue] or
// [ReadOnly] if a change cannot be right, with [Locked] soon if a live
// transaction of this store is in the way.
func (w *Writer) Apply(ctx context.Context, changes []Change) (Applied, error) {
	return patient(ctx, w.store, nil, func(ctx context.Context) (Applied, error) { return w.store.apply(ctx, w.db, changes) })
}

// apply validates changes and makes them, in a transaction or as one.
func (s *Store) apply(ctx context.Context, to driver.Writer, changes []Change) (Applied, error) {
	if err := s.checkChanges(ctx, changes); err != nil {
		return Applied{}, err
	}
	if len(changes) == 0 {
		return Applied{}, nil
	}
	applied, err := to.Apply(ctx, changes)
	return applied, s.wrap("write", onlyTable(changes), err)
}

// checkChanges checks each change against the present schema of its table.
func (s *Store) checkChanges(ctx context.Context, changes []Change) error {
	schemas := map[string]*Schema{}
	for i := range changes {
		c := &changes[i]
		schema, ok := schemas[c.Table]
		if !ok {
			var err error
			if schema, err = s.db.Describe(ctx, c.Table); err != nil {
				return s.wrap(c.Op.String(), c.Table, err)
			}
			schemas[c.Table] = schema
		}
		if err := checkChange(schema, c); err != nil {
			return s.wrap(c.Op.String(), c.Table, err)
		}
	}
	return nil
}

// onlyTable returns the table that all changes are of, or "".
func onlyTable(changes []Change) string {
	for i := range changes {
		if changes[i].Table != changes[0].Table {
			return ""
		}
	}
	return changes[0].Table
}

// CanCreate reports whether the database can make and drop tables.
func (w *Writer) CanCreate() bool { return can[driver.Creator](w.store.db) }

// CreateTable makes an empty table. It fails with [Exists] if there is one of
// that name, with [Unsupported] if the database cannot make tables.
func (w *Writer) CreateTable(ctx context.Context, s *Schema) error {
	const op = "create table"
	c, ok := w.store.db.(driver.Creator)
	if !ok {
		return w.store.unsupported(op)
	}
	if err := checkNewTable(op, s); err != nil {
		return w.store.wrap(op, s.Name, err)
	}
	return w.store.wrap(op, s.Name, c.CreateTable(ctx, s))
}

// checkNewTable refuses a table that no database could have.
func checkNewTable(op string, s *Schema) error {
	if s.Name == "" {
		return fault(op, "", BadValue, "the table needs a name")
	}
	if len(s.Key) == 0 {
		return fault(op, s.Name, BadKey, "the table needs a key of at least one column")
	}
	seen := map[string]bool{}
	for _, c := range allColumns(s) {
		if c.Name == "" {
			return fault(op, s.Name, BadValue, "every column needs a name")
		}
		if seen[c.Name] {
			return fault(op, s.Name, BadValue, "two columns are called %s", c.Name)
		}
		seen[c.Name] = true
	}
	return nil
}

// allColumns returns those of the key, then the others.
func allColumns(s *Schema) []Column {
	return append(s.Key[:len(s.Key):len(s.Key)], s.Columns...)
}

// DropTable removes a table and its rows. It fails with [NoTable] if there is
// none, with [Unsupported] if the database cannot drop tables.
func (w *Writer) DropTable(ctx context.Context, name string) error {
	const op = "drop table"
	c, ok := w.store.db.(driver.Creator)
	if !ok {
		return w.store.unsupported(op)
	}
	return w.store.wrap(op, name, c.DropTable(ctx, name))
}

// Load adds rows to an empty table: in one transaction and fast, if the
// database can, otherwise by inserting them in batches, so that a failure
// leaves the batches before it. It is fastest if the rows come in key order.
// An error that rows yields ends it, and is returned.
func (w *Writer) Load(ctx context.Context, t *Table, rows iter.Seq2[Row, error]) error {
	const op = "load"
	if l, ok := w.store.db.(driver.Loader); ok {
		return t.wrap(op, l.Load(ctx, t.schema, rows))
	}
	return t.wrap(op, w.loadByInserts(ctx, t, rows))
}

func (w *Writer) loadByInserts(ctx context.Context, t *Table, rows iter.Seq2[Row, error]) error {
	var batch []Change
	bytes := 0
	for row, err := range rows {
		if err != nil {
			return err
		}
		batch = append(batch, insertOf(t.schema, &row))
		bytes += rowBytes(&row)
		if len(batch) == maxPage || bytes >= pageBytes {
			if err := w.insertAll(ctx, batch); err != nil {
				return err
			}
			batch, bytes = batch[:0], 0
		}
	}
	return w.insertAll(ctx, batch)
}

// insertOf returns the change that adds a row with all its values.
func insertOf(s *Schema, r *Row) Change {
	c := Change{Op: Insert, Table: s.Name, Key: r.Key}
	for i, v := range r.Values {
		if !s.Columns[i].Generated {
			c.Set = append(c.Set, Assignment{Column: i, Value: v})
		}
	}
	return c
}

// insertAll applies inserts, none of which may conflict.
func (w *Writer) insertAll(ctx context.Context, batch []Change) error {
	applied, err := w.Apply(ctx, batch)
	if err != nil || len(applied.Conflicts) == 0 {
		return err
	}
	c := &batch[applied.Conflicts[0].Change]
	return fault("load", c.Table, Exists, "there is a row with the key %s already", describeKey(c.Key)).
		withHint("load into an empty table")
}
