package kvrows

import (
	"context"
	"iter"

	"github.com/rowan-db/rowan/store/driver"
)

// Version shows tables as they are in a transaction that reads a state of the
// past, which it ends when it is released.
func (db *DB) Version(tx Tx) driver.VersionSnapshot {
	s := &snapshot{db: db, tx: tx}
	db.open.add(s)
	return s
}

// Tables implements driver.VersionSnapshot.
func (s *snapshot) Tables(context.Context) (tables []driver.TableInfo, err error) {
	err = s.call(func() error {
		tables, err = list(s.tx)
		return err
	})
	return tables, err
}

// Describe implements driver.VersionSnapshot.
func (s *snapshot) Describe(_ context.Context, name string) (schema *driver.Schema, err error) {
	err = s.call(func() error {
		schema, err = describe(s.tx, name)
		return err
	})
	return schema, err
}

// PairDifference is a pair, or a whole tree, in which two transactions differ.
type PairDifference struct {
	Kind     driver.DifferenceKind
	Tree     string
	Key      []byte // nil if it is about the tree
	Old, New []byte // nil if there is none
}

// RowDifferences makes rows of pairs that differ between two transactions.
func RowDifferences(old, new Tx, pairs iter.Seq2[PairDifference, error]) iter.Seq2[driver.Difference, error] {
	return func(yield func(driver.Difference, error) bool) {
		c := comparison{old: side{tx: old}, new: side{tx: new}}
		for p, err := range pairs {
			var d driver.Difference
			skip := false
			if err == nil {
				d, skip, err = c.row(&p)
			}
			if !skip && !yield(d, err) || err != nil {
				return
			}
		}
	}
}

// comparison compares the tables of two transactions.
type comparison struct{ old, new side }

// side opens the tables of one of them.
type side struct {
	tx     Tx
	tables map[string]*table
}

// row returns the difference in rows that a difference in pairs is, or skips
// one that is none: a catalog that begins or ends to be.
func (c *comparison) row(p *PairDifference) (d driver.Difference, skip bool, err error) {
	if p.Tree == CatalogTree {
		return c.altered(p)
	}
	d = driver.Difference{Kind: p.Kind, Table: p.Tree}
	if d.OldSchema, d.Old, err = c.old.row(p.Tree, p.Key, p.Old); err != nil {
		return d, false, err
	}
	d.NewSchema, d.New, err = c.new.row(p.Tree, p.Key, p.New)
	switch {
	case d.New != nil:
		d.Key = d.New.Key
	case d.Old != nil:
		d.Key = d.Old.Key
	}
	return d, false, err
}

// altered returns what a change in the catalog means for a table that both
// sides have. Others are reported when their trees come.
func (c *comparison) altered(p *PairDifference) (d driver.Difference, skip bool, err error) {
	if p.Kind != driver.RowChanged {
		return d, true, nil
	}
	d = driver.Difference{Kind: driver.TableAltered, Table: string(p.Key)}
	if d.OldSchema, _, err = c.old.row(d.Table, nil, nil); err == nil {
		d.NewSchema, _, err = c.new.row(d.Table, nil, nil)
	}
	return d, d.OldSchema == nil || d.NewSchema == nil, err
}

// row returns the schema of a table, nil if the side does not have it, and the
// row of a pair, nil if there is no value.
func (s *side) row(name string, key, value []byte) (*driver.Schema, *driver.Row, error) {
	t, err := s.table(name)
	if t == nil || err != nil {
		return nil, nil, err
	}
	if value == nil {
		return t.schema, nil, nil
	}
	row, err := t.row(key, value, len(value), rowQuery{})
	return t.schema, &row, err
}

// table returns a table, nil if there is none.
func (s *side) table(name string) (*table, error) {
	if t, known := s.tables[name]; known {
		return t, nil
	}
	if s.tables == nil {
		s.tables = map[string]*table{}
	}
	if _, ok, err := s.tx.Tree(name); err != nil || !ok {
		s.tables[name] = nil
		return nil, err
	}
	schema, err := describe(s.tx, name)
	if err != nil {
		return nil, err
	}
	t, err := openTable(s.tx, schema)
	s.tables[name] = t
	return t, err
}
