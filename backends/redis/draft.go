package redis

import (
	"context"
	"strings"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// draft is what a batch does to the rows of one table, change by change: each
// sees those before it, though the server does nothing until all are known.
type draft struct {
	tx     *writeTx
	table  rawTable
	schema *driver.Schema
	edits  map[string]*edit // by the encoded key
	order  []string
	made   int // keys that were generated
}

// applyRaw makes changes of tables of what the server itself keeps: their
// commands are sent when the transaction is committed.
func (db *Writable) applyRaw(ctx context.Context, tx *writeTx, changes []driver.Change) (driver.Applied, error) {
	done := driver.Applied{Keys: make([]tuple.Tuple, len(changes))}
	for i := range changes {
		c := &changes[i]
		if err := ctx.Err(); err != nil {
			return driver.Applied{}, err
		}
		d, err := db.draft(ctx, tx, c.Table)
		if err != nil {
			return driver.Applied{}, err
		}
		key, current, clear, err := d.change(ctx, c)
		if err != nil {
			return driver.Applied{}, err
		}
		if !clear {
			done.Conflicts = append(done.Conflicts, driver.Conflict{Change: i, Current: current})
		}
		done.Keys[i] = key
	}
	return done, nil
}

// draft returns that of a table in a transaction.
func (db *Writable) draft(ctx context.Context, tx *writeTx, name string) (*draft, error) {
	if tx.ended {
		return nil, errEnded()
	}
	if d := tx.drafts[name]; d != nil {
		return d, nil
	}
	if strings.HasPrefix(name, contentsPrefix) {
		if err := tx.watch(name[len(contentsPrefix):]); err != nil {
			return nil, err
		}
	}
	table, err := db.raw(ctx, tx.conn, name)
	if err != nil {
		return nil, err
	}
	if reason := table.schema().ReadOnly; reason != "" {
		return nil, driver.Errorf(driver.ReadOnly, "%s cannot be written: %s", name, reason)
	}
	d := &draft{tx: tx, table: table, schema: table.schema(), edits: map[string]*edit{}}
	tx.drafts[name] = d
	return d, nil
}

// row returns what is known of the row with a key.
func (d *draft) row(ctx context.Context, key tuple.Tuple) (*edit, error) {
	if err := d.schema.CheckKey(key); err != nil {
		return nil, err
	}
	enc := string(key.Append(nil))
	if e := d.edits[enc]; e != nil {
		return e, nil
	}
	if err := d.tx.watch(d.table.holder(key)); err != nil {
		return nil, err
	}
	rows, err := d.table.get(ctx, d.tx.conn, []tuple.Tuple{key}, 0)
	if err != nil {
		return nil, err
	}
	e := &edit{before: rows[0], after: rows[0]}
	d.edits[enc], d.order = e, append(d.order, enc)
	return e, nil
}

// change makes one change, unless it conflicts with the row inTheWay.
func (d *draft) change(ctx context.Context, c *driver.Change) (final tuple.Tuple, inTheWay *driver.Row, clear bool, err error) {
	key := c.Key
	if g, ok := d.table.(generator); ok && key == nil && c.Op == driver.Insert {
		if key, err = g.generate(ctx, d.tx.conn, d.made); err != nil {
			return nil, nil, false, err
		}
		d.made++
		d.tx.undo = append(d.tx.undo, func() { d.made-- })
	}
	e, err := d.row(ctx, key)
	if err != nil {
		return nil, nil, false, err
	}
	asked := *c
	if v, ok := d.table.(volatile); ok && c.Base != nil && e.after != nil {
		asked.Base = v.steady(c.Base, e.after)
	}
	if asked.ConflictsWith(e.after) {
		return nil, e.after, false, nil
	}
	to := e
	if c.Moves() {
		if to, err = d.row(ctx, c.NewKey); err != nil || to.after != nil {
			return nil, to.current(), false, err
		}
		key = c.NewKey
	}
	return key, nil, true, d.set(c, key, e, to)
}

func (e *edit) current() *driver.Row {
	if e == nil {
		return nil
	}
	return e.after
}

// set carries out a change that makes of the row from the row to.
func (d *draft) set(c *driver.Change, key tuple.Tuple, from, to *edit) error {
	gone := c.Op == driver.Delete || c.Op == driver.Remove
	before := from.after
	wasFrom, wasTo := *from, *to
	d.tx.undo = append(d.tx.undo, func() { *from, *to = wasFrom, wasTo })
	if gone || to != from {
		from.after = nil
	}
	if gone {
		return nil
	}
	values := make([]tuple.Value, len(d.schema.Columns))
	if before != nil {
		values = before.Values
	}
	for _, a := range c.Set {
		if a.Column < 0 || a.Column >= len(values) {
			return driver.Errorf(driver.BadValue, "table %s has no column number %d", d.schema.Name, a.Column)
		}
		if column := &d.schema.Columns[a.Column]; column.Generated {
			return driver.Errorf(driver.ReadOnly, "column %s of %s cannot be set: the server computes it", column.Name, d.schema.Name)
		}
	}
	to.after = &driver.Row{Key: key, Values: c.Result(values)}
	switch {
	case before == nil:
		to.made, to.origin = true, nil
	case to != from:
		to.made, to.origin = from.made, from.source()
	}
	if check, ok := d.table.(checker); ok {
		return check.check(&edit{before: before, after: to.after})
	}
	return d.schema.CheckRow(key, to.after.Values)
}

// source returns the row that the server holds and that has become e's.
func (e *edit) source() *driver.Row {
	if e.origin != nil || e.made {
		return e.origin
	}
	return e.before
}

// changed returns what became of the rows that are not as they were.
func (d *draft) changed() []*edit {
	var edits []*edit
	for _, enc := range d.order {
		if e := d.edits[enc]; e.before != e.after {
			edits = append(edits, e)
		}
	}
	return edits
}
