//go:build cgo

package sqlite

import (
	"context"
	"slices"
	"strings"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// identity is what tells the rows of a table apart.
type identity struct {
	identity driver.Identity
	key      []driver.Column
	// columns are the positions of the key's columns in the table.
	columns []int
	auto    bool
	// problem says why a table whose rows have no identity has none.
	problem string
}

// identify chooses the key of a table, in the order that the package's comment
// gives.
func (d dialect) identify(ctx context.Context, q sqlrows.Querier, r *relation, columns []column) (*identity, error) {
	if r.typ == "view" || r.typ == "virtual" {
		return position(""), nil
	}
	indexes, err := uniqueIndexes(ctx, q, r.name)
	if err != nil {
		return nil, err
	}
	if alias := rowIDAlias(r, columns, indexes); alias >= 0 {
		c := columns[alias].Column
		c.Nullable = false
		return &identity{identity: driver.PrimaryKey, key: []driver.Column{c}, columns: []int{alias}, auto: true}, nil
	}
	for _, ix := range indexes {
		id, err := ix.identity(ctx, q, d.nulls, r, columns)
		if id != nil || err != nil {
			return id, err
		}
	}
	if r.withoutRowID {
		return nil, driver.Errorf(driver.Unsupported, "the rows of %s are sorted by a collation of the program that made it, and cannot be read without that", r.name)
	}
	return byRowID(columns), nil
}

func position(problem string) *identity {
	return &identity{
		identity: driver.Position,
		key:      []driver.Column{{Name: "row", Kind: tuple.KindInt}},
		problem:  problem,
	}
}

// rowIDAlias returns the position of the column that is the rowid itself, or
// -1: a primary key of one column, for which SQLite keeps no index.
func rowIDAlias(r *relation, columns []column, indexes []index) int {
	byPrimary := slices.ContainsFunc(indexes, func(ix index) bool { return ix.primary })
	if r.withoutRowID || byPrimary {
		return -1
	}
	return slices.IndexFunc(columns, func(c column) bool { return c.primary > 0 })
}

// byRowID identifies rows by their rowid, if one of its names is free.
func byRowID(columns []column) *identity {
	plain := make([]driver.Column, len(columns))
	for i := range columns {
		plain[i] = columns[i].Column
	}
	name := freeRowID(plain)
	switch {
	case name == "":
		return position("This table has no key, and its columns hide all three names of SQLite's row number.")
	case len(columns) >= maxColumns:
		return position("This table has no key, and so many columns that SQLite cannot give its row number beside them.")
	}
	key := driver.Column{Name: name, Type: "INTEGER", Kind: tuple.KindInt}
	return &identity{identity: driver.RowID, key: []driver.Column{key}, auto: true}
}

// freeRowID returns a name of the rowid that no column hides, or "".
func freeRowID(columns ...[]driver.Column) string {
	for _, name := range []string{"rowid", "_rowid_", "oid"} {
		if !slices.ContainsFunc(slices.Concat(columns...), func(c driver.Column) bool { return strings.EqualFold(c.Name, name) }) {
			return name
		}
	}
	return ""
}

// index is a unique index.
type index struct {
	name    string
	primary bool
	columns []indexed
}

// indexed is a column of an index.
type indexed struct {
	column    int    // negative if it is an expression or the rowid
	name      string // empty if it is an expression
	collation string
}

// uniqueIndexes returns the index of the primary key, then those with fewer
// columns first.
func uniqueIndexes(ctx context.Context, q sqlrows.Querier, table string) ([]index, error) {
	var list []index
	query := `SELECT name, origin FROM pragma_index_list(?, 'main') WHERE "unique" AND NOT partial`
	err := sqlrows.Each(ctx, q, query, []any{table}, func(rows sqlrows.Rows) error {
		var ix index
		var origin string
		err := rows.Scan(&ix.name, &origin)
		ix.primary = origin == "pk"
		list = append(list, ix)
		return err
	})
	for i := range list {
		if err == nil {
			list[i].columns, err = indexColumns(ctx, q, list[i].name)
		}
	}
	slices.SortFunc(list, func(a, b index) int {
		switch {
		case a.primary != b.primary && a.primary:
			return -1
		case a.primary != b.primary:
			return 1
		case len(a.columns) != len(b.columns):
			return len(a.columns) - len(b.columns)
		}
		return strings.Compare(a.name, b.name)
	})
	return list, err
}

func indexColumns(ctx context.Context, q sqlrows.Querier, name string) ([]indexed, error) {
	var columns []indexed
	query := `SELECT cid, coalesce(name, ''), coll FROM pragma_index_xinfo(?, 'main') WHERE key ORDER BY seqno`
	err := sqlrows.Each(ctx, q, query, []any{name}, func(rows sqlrows.Rows) error {
		var c indexed
		err := rows.Scan(&c.column, &c.name, &c.collation)
		columns = append(columns, c)
		return err
	})
	return columns, err
}

// identity returns the identity that ix gives, nil if it gives none.
func (ix *index) identity(ctx context.Context, q sqlrows.Querier, nulls *nullKeys, r *relation, columns []column) (*identity, error) {
	id := &identity{identity: driver.UniqueKey}
	if ix.primary {
		id.identity = driver.PrimaryKey
	}
	var nullable []string
	for _, part := range ix.columns {
		if part.column < 0 || !isBuiltIn(part.collation) || columns[part.column].Generated {
			return nil, nil
		}
		c := columns[part.column].Column
		if c.Nullable && !r.withoutRowID {
			nullable = append(nullable, c.Name)
		}
		c.Nullable = false
		id.key = append(id.key, c)
		id.columns = append(id.columns, part.column)
	}
	if len(nullable) > 0 {
		if !ix.primary {
			return nil, nil
		}
		if some, err := nulls.holds(ctx, q, r.name, ix, nullable); some || err != nil {
			return nil, err
		}
	}
	return id, ix.setCollations(ctx, q, r, id)
}

func isBuiltIn(collation string) bool {
	switch strings.ToUpper(collation) {
	case collateBinary, collateNoCase, collateRTrim:
		return true
	}
	return false
}

// setCollations notes the order of the key's columns.
func (ix *index) setCollations(ctx context.Context, q sqlrows.Querier, r *relation, id *identity) error {
	for i := range id.key {
		own, err := ownCollation(ctx, q, r.name, id.key[i].Name)
		if err != nil {
			return err
		}
		of := strings.ToUpper(ix.columns[i].collation)
		switch {
		case of != own:
			id.key[i].Collation = of + ofIndex
		case of != collateBinary:
			id.key[i].Collation = of
		}
	}
	return nil
}

// ownCollation finds out the collation of a column, which no catalog tells: a
// compound SELECT gives its columns the collations of its first part, here
// without rows, and so the second part's texts are compared by it. It returns
// "" for one that this program does not have.
func ownCollation(ctx context.Context, q sqlrows.Querier, table, column string) (string, error) {
	d := dialect{}
	query := "SELECT v = 'A', v = 'a ' FROM (SELECT " + d.Quote(table) + "." + d.Quote(column) + " AS v FROM " + d.Table(table) +
		" WHERE 0 UNION ALL SELECT 'a')"
	var foldsCase, trims bool
	err := sqlrows.Each(ctx, q, query, nil, func(rows sqlrows.Rows) error { return rows.Scan(&foldsCase, &trims) })
	switch {
	case err != nil && strings.Contains(err.Error(), "no such collation"):
		return "", nil
	case foldsCase:
		return collateNoCase, err
	case trims:
		return collateRTrim, err
	}
	return collateBinary, err
}
