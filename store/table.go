package store

import (
	"context"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// Table reads the rows of a table or view: the present ones, those of a
// snapshot, or those that a transaction sees.
type Table struct {
	store  *Store
	reader driver.Reader
	schema *Schema
}

// Name returns the table's name.
func (t *Table) Name() string { return t.schema.Name }

// Schema returns the shape of the table, as it was when the Table was looked
// up. The caller must not change it.
func (t *Table) Schema() *Schema { return t.schema }

// Get returns the rows that have the given keys, in the order of the keys, nil
// for a key that has none. It fails with [BadKey] if a key has too few or too
// many elements. Values are whole.
func (t *Table) Get(ctx context.Context, keys ...tuple.Tuple) ([]*Row, error) {
	const op = "get from"
	for _, k := range keys {
		if err := checkKey(op, t.schema, k); err != nil {
			return nil, t.wrap(op, err)
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	rows, err := t.reader.Get(ctx, t.schema, keys)
	return rows, t.wrap(op, err)
}

// Scan returns one page of rows in key order, at most q.Limit of them.
func (t *Table) Scan(ctx context.Context, q Query) (Page, error) {
	const op = "scan"
	if q.Limit < 1 {
		return Page{}, t.wrap(op, fault(op, t.Name(), Internal, "the limit is %d, not at least 1", q.Limit))
	}
	if err := t.checkRange(op, q.Range); err != nil {
		return Page{}, t.wrap(op, err)
	}
	page, err := t.reader.Scan(ctx, t.schema, q)
	return page, t.wrap(op, err)
}

// Pin returns the table as it is now, however long it is read, if a snapshot
// holds up nobody: otherwise it is t, which shows what others write meanwhile.
// The caller must release it.
func (t *Table) Pin(ctx context.Context) (pinned *Table, release func() error, err error) {
	d, ok := t.reader.(driver.Snapshotter)
	if !ok || !t.store.Info().FreeSnapshots {
		return t, func() error { return nil }, nil
	}
	snap, err := d.Snapshot(ctx)
	if err != nil {
		return nil, nil, t.wrap("take a snapshot", err)
	}
	return &Table{store: t.store, reader: snap, schema: t.schema}, func() error { return t.wrap("release the snapshot", snap.Release()) }, nil
}

// Estimate returns about how many rows the table has, if the database knows
// at once.
func (t *Table) Estimate(ctx context.Context) (e Estimate, err error) {
	d, ok := t.reader.(driver.Estimator)
	if !ok {
		return e, nil
	}
	e.Rows, e.Known, err = d.Estimate(ctx, t.schema)
	e.Known = e.Known && err == nil
	e.Exact = e.Known && can[driver.Ranker](t.reader)
	return e, t.wrap("estimate", err)
}

// Estimate is what is known of the number of rows of a table, without counting.
type Estimate struct {
	Rows  int64
	Known bool
	// Exact tells that there are as many: the database knows the positions of
	// keys, and so their number.
	Exact bool
}

func (t *Table) wrap(op string, err error) error { return t.store.wrap(op, t.Name(), err) }

func (t *Table) checkRange(op string, r tuple.Range) error {
	for _, b := range []tuple.Bound{r.Lower, r.Upper} {
		if len(b.Key) > len(t.schema.Key) {
			return fault(op, t.Name(), BadKey, "the bound %s has %s, the key only %d",
				describeKey(b.Key), count(len(b.Key), "element"), len(t.schema.Key))
		}
	}
	return nil
}
