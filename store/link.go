package store

import (
	"context"
	"slices"
	"strings"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// Link leads from a row to rows of a table: those of Range that Filter chooses.
type Link struct {
	// Name says what it leads to: the name of the foreign key, or in a word or
	// two what the rows are to this one.
	Name string
	// Column is the key element or column that it starts from, see
	// [driver.Schema.ColumnAt], or driver.AnyColumn for the row as a whole.
	Column int
	// Columns are all that it starts from.
	Columns []int
	// Back tells that the other rows refer to this one.
	Back   bool
	Table  string
	Range  tuple.Range
	Filter Filter
	// Unset tells that the row refers to nothing: one of the columns is NULL.
	Unset bool
}

// Links returns what a row, which must be whole, leads to: the rows that it
// refers to, what else the database knows of, and the rows that refer to it, in
// this order.
func (t *Table) Links(ctx context.Context, row *Row) ([]Link, error) {
	const op = "follow"
	if err := checkKey(op, t.schema, row.Key); err != nil {
		return nil, t.wrap(op, err)
	}
	l := linking{table: t, row: row}
	for _, ref := range t.schema.References {
		if err := l.reference(ctx, ref); err != nil {
			return nil, t.wrap(op, err)
		}
	}
	if err := l.others(ctx); err != nil {
		return nil, t.wrap(op, err)
	}
	referrers, err := t.store.referrers(ctx, t.schema)
	if err != nil {
		return nil, t.wrap(op, err)
	}
	for _, ref := range referrers {
		if err := l.referrer(ctx, ref); err != nil {
			return nil, t.wrap(op, err)
		}
	}
	return l.links, nil
}

// Leads reports whether rows of the table may lead to others by what the
// database itself knows, and not only by foreign keys.
func (t *Table) Leads() bool {
	_, ok := t.store.db.(driver.Linker)
	return ok
}

// linking collects the links of a row.
type linking struct {
	table *Table
	row   *Row
	links []Link
}

// reference adds what a foreign key of the row leads to.
func (l *linking) reference(ctx context.Context, ref Reference) error {
	return l.add(ctx, Link{Name: ref.Name, Table: ref.Table}, ref.Columns, ref.To)
}

// referrer adds the rows that refer to this one.
func (l *linking) referrer(ctx context.Context, ref Referrer) error {
	return l.add(ctx, Link{Name: ref.Name, Table: ref.Table, Back: true}, ref.To, ref.Columns)
}

// add adds a link from columns of the row to rows that have the same values in
// others. One to a table that is not there, or may not be seen, is left out.
func (l *linking) add(ctx context.Context, link Link, from, to []string) error {
	s := l.table.schema
	var values tuple.Tuple
	for _, name := range from {
		i, ok := columnNamed(s, name)
		if !ok {
			return nil
		}
		link.Columns = append(link.Columns, i)
		values = append(values, s.ValueAt(l.row, i))
	}
	if len(values) == 0 || len(to) != len(values) {
		return nil
	}
	if link.Name == "" {
		link.Name = strings.Join(from, ", ")
		if link.Back {
			link.Name = link.Table + " (" + strings.Join(to, ", ") + ")"
		}
	}
	link.Column = link.Columns[0]
	link.Unset = slices.ContainsFunc(values, tuple.Value.IsNull)
	return l.aim(ctx, link, to, values)
}

// others adds what the database itself knows.
func (l *linking) others(ctx context.Context) error {
	d, ok := l.table.store.db.(driver.Linker)
	if !ok {
		return nil
	}
	links, err := d.Links(ctx, l.table.schema, l.row)
	if err != nil {
		return err
	}
	for _, from := range links {
		link := Link{Name: from.Name, Column: from.Column, Back: from.Back, Table: from.Table, Range: from.Range}
		if link.Column != driver.AnyColumn {
			link.Columns = []int{link.Column}
		}
		if err := l.aim(ctx, link, from.Columns, from.Values); err != nil {
			return err
		}
	}
	return nil
}

// aim sets what chooses the rows of a link: a range if the columns are the
// beginning of the key, which finds them at once, and a filter otherwise.
func (l *linking) aim(ctx context.Context, link Link, columns []string, values tuple.Tuple) error {
	target, err := l.table.store.db.Describe(ctx, link.Table)
	switch k := l.table.store.classify(err); {
	case err != nil && (k == NoTable || k == Permission):
		return nil
	case err != nil:
		return err
	}
	link.Table = target.Name
	if key, ok := keyOf(target, columns, values); ok && link.Range.All() && !link.Unset {
		link.Range = tuple.Prefix(key)
	} else if len(columns) > 0 {
		if link.Filter, err = NewFilter(target, columns, values); err != nil {
			return nil // it has other columns by now
		}
	}
	l.links = append(l.links, link)
	return nil
}

// keyOf returns the beginning of a key that has the given values in its columns.
// It reports false if the columns are no beginning of the key.
func keyOf(s *Schema, columns []string, values tuple.Tuple) (tuple.Tuple, bool) {
	if len(columns) > len(s.Key) {
		return nil, false
	}
	key := make(tuple.Tuple, len(columns))
	for i := range key {
		at := slices.IndexFunc(columns, func(name string) bool { return strings.EqualFold(name, s.Key[i].Name) })
		if at < 0 {
			return nil, false
		}
		key[i] = values[at]
	}
	return key, len(key) > 0
}

// referrers returns the foreign keys that refer to a table. A database that
// cannot say it at once is asked about each of its tables.
func (s *Store) referrers(ctx context.Context, to *Schema) ([]Referrer, error) {
	if d, ok := s.db.(driver.Detailer); ok {
		details, err := d.Details(ctx, to.Name)
		if err != nil {
			return nil, err
		}
		return details.Referrers, nil
	}
	tables, err := s.db.Tables(ctx)
	if err != nil {
		return nil, err
	}
	var found []Referrer
	for _, t := range tables {
		from, err := s.db.Describe(ctx, t.Name)
		if err != nil && s.classify(err) == Canceled {
			return nil, err
		}
		if err != nil {
			continue // what cannot be described refers to nothing
		}
		for _, ref := range from.References {
			if strings.EqualFold(ref.Table, to.Name) {
				found = append(found, Referrer{Name: ref.Name, Table: from.Name, Columns: ref.Columns, To: ref.To})
			}
		}
	}
	return found, nil
}

// Details describes what surrounds a table: its indexes, and the foreign keys
// that refer to it.
func (s *Store) Details(ctx context.Context, table string) (*Details, error) {
	const op = "describe"
	if d, ok := s.db.(driver.Detailer); ok {
		details, err := d.Details(ctx, table)
		return details, s.wrap(op, table, err)
	}
	schema, err := s.db.Describe(ctx, table)
	if err != nil {
		return nil, s.wrap(op, table, err)
	}
	referrers, err := s.referrers(ctx, schema)
	return &Details{Referrers: referrers}, s.wrap(op, table, err)
}

// Definition returns the statements that make a table or view. It fails with
// [Unsupported] if the database has none.
func (s *Store) Definition(ctx context.Context, table string) (string, error) {
	const op = "define"
	d, ok := s.db.(driver.Definer)
	if !ok {
		return "", s.unsupported(op)
	}
	text, err := d.Definition(ctx, table)
	return text, s.wrap(op, table, err)
}

// CanDefine reports whether the database has statements that make its tables.
func (s *Store) CanDefine() bool { return can[driver.Definer](s.db) }
