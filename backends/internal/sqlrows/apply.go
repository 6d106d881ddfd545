package sqlrows

import (
	"context"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// apply makes changes, in order, in the transaction that q is in. After a
// conflict it goes on, to find the others; the caller undoes everything if
// there is an error or a conflict. Statements that write have the context that
// writing returns.
func apply(ctx context.Context, d Dialect, q Querier, writing func(context.Context) context.Context, changes []driver.Change) (driver.Applied, error) {
	a := applier{d: d, q: q, writing: writing, schemas: map[string]*driver.Schema{}}
	applied := driver.Applied{Keys: make([]tuple.Tuple, len(changes))}
	for i := range changes {
		key, inTheWay, err := a.change(ctx, &changes[i])
		switch {
		case inTheWay != nil:
			inTheWay.Change = i
			applied.Conflicts = append(applied.Conflicts, *inTheWay)
		case err != nil && len(applied.Conflicts) > 0 && mayFollow(err):
			return applied, nil
		case err != nil:
			return driver.Applied{}, err
		}
		applied.Keys[i] = key
	}
	return applied, nil
}

// mayFollow reports whether err may be the consequence of an earlier change that
// was left out because of a conflict.
func mayFollow(err error) bool {
	k := driver.KindOf(err)
	return k == driver.Internal || k == driver.Constraint
}

type applier struct {
	d       Dialect
	q       Querier
	writing func(context.Context) context.Context
	schemas map[string]*driver.Schema
}

func (a *applier) schema(ctx context.Context, table string) (*driver.Schema, error) {
	if s := a.schemas[table]; s != nil {
		return s, nil
	}
	s, err := a.d.Describe(ctx, a.q, table)
	if err != nil {
		return nil, err
	}
	if s.ReadOnly != "" {
		return nil, driver.Errorf(driver.ReadOnly, "%s cannot be written: %s", s.Name, s.ReadOnly)
	}
	a.schemas[table] = s
	return s, nil
}

// change makes one change. It returns the key of the row afterwards.
func (a *applier) change(ctx context.Context, c *driver.Change) (tuple.Tuple, *driver.Conflict, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	s, err := a.schema(ctx, c.Table)
	if err != nil {
		return nil, nil, err
	}
	w, err := newWrite(a, s, c)
	if err != nil {
		return nil, nil, err
	}
	conflict, err := w.conflict(ctx)
	if conflict != nil || err != nil {
		return nil, conflict, err
	}
	switch c.Op {
	case driver.Insert:
		return w.insert(ctx)
	case driver.Update:
		return w.key(), nil, w.one(w.update(ctx))
	case driver.Delete:
		return w.key(), nil, w.one(w.remove(ctx))
	case driver.Put:
		return w.put(ctx)
	}
	_, err = w.remove(ctx)
	return w.key(), nil, err
}
