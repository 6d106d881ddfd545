package store

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// Comparison is what one state of a database has otherwise than another one. Both
// stay what they are until it is released, whatever others write.
type Comparison struct {
	store    *Store
	from, to string
	old, now driver.VersionSnapshot
	rows     differences
}

// Compare begins to compare version from with version to; the empty name is the
// present, as it is now. It reads nothing yet. It fails with [Unsupported] if
// the database cannot compare. The caller must Release it.
func (s *Store) Compare(ctx context.Context, from, to string) (*Comparison, error) {
	const op = "compare versions"
	if !s.CanCompare() {
		return nil, s.unsupported(op)
	}
	old, err := s.openVersion(ctx, op, from)
	if err != nil {
		return nil, err
	}
	now, err := s.openVersion(ctx, op, to)
	if err != nil {
		return nil, errors.Join(err, old.Release())
	}
	c := &Comparison{store: s, from: from, to: to, old: old, now: now}
	c.rows.all = c.All
	return c, nil
}

// CanCompare reports whether the database knows what differs between states
// that it keeps.
func (s *Store) CanCompare() bool { return can[driver.Differ](s.db) && can[driver.Versioner](s.db) }

// All yields everything that differs, each time from the beginning: tables in
// the order of their names, rows in key order. An error is the last that it
// yields.
func (c *Comparison) All(ctx context.Context) iter.Seq2[Difference, error] {
	return func(yield func(Difference, error) bool) {
		for d, err := range c.store.db.(driver.Differ).Diff(ctx, c.old, c.now) {
			if !yield(d, c.store.wrap("compare versions", d.Table, err)) || err != nil {
				return
			}
		}
	}
}

// Release ends it. It may be called more than once.
func (c *Comparison) Release() error {
	c.rows.close()
	err := errors.Join(c.old.Release(), c.now.Release())
	return c.store.wrap("release the versions", "", err)
}

// Result returns the differences as rows, to be read like those of a table. None
// of them is kept: the database compares again as far as is read.
func (c *Comparison) Result() *Result {
	to := c.to
	if to == "" {
		to = "now"
	}
	text := func(name string) Column { return Column{Name: name, Kind: tuple.KindText, Nullable: true} }
	s := &Schema{
		Name: fmt.Sprintf("(%s → %s)", c.from, to), Kind: driver.View, Identity: driver.Position,
		Key:      []Column{{Name: "#", Kind: tuple.KindInt}},
		Columns:  []Column{text("change"), text("table"), text("key"), text("values")},
		ReadOnly: "this is what differs between two states: change rows in their tables",
	}
	r := &Result{Table: &Table{store: c.store, reader: &c.rows, schema: s}, about: aboutDifference}
	for _, column := range s.Columns {
		r.Columns = append(r.Columns, ResultColumn{Column: column})
	}
	return r
}
