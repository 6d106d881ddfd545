package kvrows

import (
	"cmp"
	"context"
	"iter"
	"slices"

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

// RowDifferences makes rows of pairs that differ between two versions, which
// Version has returned and pairs compares. Neither is in use while the loop's
// body runs, so that it may end them there. They may be compared by several
// goroutines at once.
func RowDifferences(old, now driver.VersionSnapshot, pairs func(old, now Tx) iter.Seq2[PairDifference, error]) iter.Seq2[driver.Difference, error] {
	h := hold(old.(*snapshot), now.(*snapshot))
	return func(yield func(driver.Difference, error) bool) {
		if !h.enter() {
			yield(driver.Difference{}, errEnded)
			return
		}
		defer h.unlock()
		c := comparison{old: side{tx: h.old.tx}, new: side{tx: h.now.tx}}
		for p, err := range pairs(h.old.tx, h.now.tx) {
			var d driver.Difference
			skip := false
			if err == nil {
				d, skip, err = c.row(&p)
			}
			if !skip && !h.outside(func() bool { return yield(d, err) }) || err != nil {
				return
			}
			if h.ended() {
				h.outside(func() bool { return yield(driver.Difference{}, errEnded) })
				return
			}
		}
	}
}

// errEnded is the error of comparing versions that were released.
var errEnded = driver.Errorf(driver.Closed, "a version that is compared was released")

// held is two versions while they are compared.
type held struct {
	old, now *snapshot
	inOrder  []*snapshot // both, or the one that is compared with itself
}

// hold puts two versions in the order in which everybody locks them.
func hold(old, now *snapshot) held {
	h := held{old, now, []*snapshot{old, now}}
	slices.SortFunc(h.inOrder, func(a, b *snapshot) int { return cmp.Compare(a.number, b.number) })
	h.inOrder = slices.Compact(h.inOrder)
	return h
}

// enter keeps others from ending them, but not from comparing them, too, and
// reports whether nobody has ended them.
func (h held) enter() bool {
	h.lock()
	if h.ended() {
		h.unlock()
		return false
	}
	return true
}

func (h held) lock() {
	for _, s := range h.inOrder {
		s.mu.RLock()
	}
}

func (h held) unlock() {
	for _, s := range h.inOrder {
		s.mu.RUnlock()
	}
}

// outside calls f without the lock.
func (h held) outside(f func() bool) bool {
	h.unlock()
	defer h.lock()
	return f()
}

func (h held) ended() bool { return h.old.ended || h.now.ended }

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
