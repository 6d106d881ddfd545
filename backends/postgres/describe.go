package postgres

import (
	"context"
	"slices"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// Describe implements [sqlrows.Dialect].
func (d dialect) Describe(ctx context.Context, q sqlrows.Querier, table string) (*driver.Schema, error) {
	r, err := find(ctx, q, table)
	if err != nil {
		return nil, err
	}
	d.known.note(r)
	return r.schema(), nil
}

// schema returns the shape of a relation.
func (r *relation) schema() *driver.Schema {
	r.hideUnreadable()
	s := &driver.Schema{Name: relationName(r.Schema, r.Name, r.Visible), Kind: tableKind(r.Kind)}
	if isSystem(r.Schema) {
		s.Kind = driver.SystemTable
	}
	id := r.identify()
	s.Identity, s.Key, s.ReadOnly = id.identity, id.key, r.readOnly(id)
	s.AutoKey = s.ReadOnly == "" && len(id.columns) == 1 && id.columns[0].makesItself()
	for i := range r.Columns {
		if a := &r.Columns[i]; !slices.ContainsFunc(id.columns, func(k *attribute) bool { return k == a }) {
			s.Columns = append(s.Columns, r.column(a))
		}
	}
	for _, f := range r.References {
		s.References = append(s.References, driver.Reference{
			Name: f.Name, Columns: f.Columns, Table: relationName(f.Schema, f.Table, f.Visible), To: f.To,
		})
	}
	return s
}

// hideUnreadable leaves out the columns that this user may not read, so that the
// others can be. If there are none, the server says what is missing.
func (r *relation) hideUnreadable() {
	isReadable := func(a attribute) bool { return a.Readable }
	if !slices.ContainsFunc(r.Columns, isReadable) {
		return
	}
	all := len(r.Columns)
	r.Columns = slices.DeleteFunc(r.Columns, func(a attribute) bool { return !a.Readable })
	r.hides = len(r.Columns) < all
}

// column describes a column.
func (r *relation) column(a *attribute) driver.Column {
	c := driver.Column{
		Name:      a.Name,
		Type:      a.Type,
		Kind:      kindOf(a.BaseOID, a.valueType()),
		Nullable:  !a.NotNull,
		Generated: a.Generated != "" || a.Identity == identityAlways,
		Default:   a.Default,
	}
	if a.Base != "" {
		c.Type += domainOf + a.Base + ")"
	}
	if a.Collation != 0 && !a.Bytewise {
		c.Collation = a.CollationName
		if c.Collation == "" {
			c.Collation = r.Collation
		}
	}
	return c
}

// valueType returns the type of the values: that below a domain.
func (a *attribute) valueType() string {
	if a.Base != "" {
		return a.Base
	}
	return a.Type
}

// Values of attidentity.
const (
	identityAlways    = "a"
	identityByDefault = "d"
)

// makesItself reports whether a new row gets a value in the column if none is
// given.
func (a *attribute) makesItself() bool {
	return a.Identity != "" || a.Default != ""
}

// identity is what tells the rows of a table apart.
type identity struct {
	identity driver.Identity
	key      []driver.Column
	columns  []*attribute // those of the key
}

// identify chooses the key: that of the primary key's index, or of the unique
// index over NOT NULL columns that has the fewest; else the place of the row in
// the table's file; else its position in a result.
func (r *relation) identify() identity {
	if !r.Inherited {
		for i := range r.Indexes {
			if id, ok := r.byIndex(&r.Indexes[i]); ok {
				return id
			}
		}
	}
	if !r.hides && (r.Kind == kindMatView || r.Kind == kindTable && !r.Inherited) {
		return identity{identity: driver.RowID, key: []driver.Column{{Name: "ctid", Type: typeTID, Kind: tuple.KindOther}}}
	}
	return identity{identity: driver.Position, key: []driver.Column{{Name: "row", Kind: tuple.KindInt}}}
}

// byIndex reports whether a unique index tells all rows apart.
func (r *relation) byIndex(ix *uniqueIndex) (identity, bool) {
	id := identity{identity: driver.UniqueKey}
	if ix.Primary {
		id.identity = driver.PrimaryKey
	}
	for i, number := range ix.Columns {
		a := r.attribute(number)
		if a == nil || !a.NotNull {
			return identity{}, false
		}
		c := r.column(a)
		c.Generated = a.Generated != ""
		if ix.Collations[i] != a.Collation {
			c.Collation = ix.CollationNames[i] + ofIndex
		}
		id.key, id.columns = append(id.key, c), append(id.columns, a)
	}
	return id, len(id.key) > 0
}

func (r *relation) attribute(number int) *attribute {
	i := slices.IndexFunc(r.Columns, func(a attribute) bool { return a.Number == number })
	if i < 0 {
		return nil // a column of the system
	}
	return &r.Columns[i]
}

// readOnly says why rows of a relation cannot be written.
func (r *relation) readOnly(id identity) string {
	switch {
	case isSystem(r.Schema):
		return "The server keeps this table itself."
	case r.Kind == kindView:
		return "This is a view: its rows have no identity of their own. Change the tables that it reads."
	case r.Kind == kindMatView:
		return "This is a materialised view: REFRESH MATERIALIZED VIEW makes its rows anew."
	case r.Kind == kindForeign:
		return "This is a foreign table: its rows belong to another server, and have no key here."
	case r.Inherited:
		return "Other tables inherit from this one, and its key does not tell their rows, which are read with it, apart."
	case id.identity == driver.RowID:
		return "This table has no primary key and no unique index over NOT NULL columns, and the place of a row, ctid, changes with every update."
	case id.identity == driver.Position:
		return "This table has no primary key and no unique index over NOT NULL columns."
	}
	return ""
}
