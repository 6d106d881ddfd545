//go:build cgo

package sqlite

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
)

// tables lists the tables and views of the main database, but not SQLite's
// catalog, which is in every one and can be described all the same.
func tables(ctx context.Context, q sqlrows.Querier) ([]driver.TableInfo, error) {
	var list []driver.TableInfo
	err := sqlrows.Each(ctx, q, "PRAGMA main.table_list", nil, func(rows sqlrows.Rows) error {
		var r relation
		if err := r.scan(rows); err != nil {
			return err
		}
		if r.name != schemaTable {
			list = append(list, driver.TableInfo{Name: r.name, Kind: r.kind()})
		}
		return nil
	})
	if err == nil && slices.ContainsFunc(list, func(t driver.TableInfo) bool { return t.Kind == driver.VirtualTable }) {
		err = markShadows(ctx, q, list)
	}
	slices.SortFunc(list, func(a, b driver.TableInfo) int { return strings.Compare(a.Name, b.Name) })
	return list, err
}

// relation is a line of SQLite's list of tables.
type relation struct {
	name, typ            string
	withoutRowID, strict bool
}

func (r *relation) scan(rows sqlrows.Rows) error {
	var schema string
	var columns int
	return rows.Scan(&schema, &r.name, &r.typ, &columns, &r.withoutRowID, &r.strict)
}

func (r *relation) kind() driver.TableKind {
	switch {
	case r.typ == "shadow", isInternal(r.name):
		return driver.SystemTable
	case r.typ == "view":
		return driver.View
	case r.typ == "virtual":
		return driver.VirtualTable
	}
	return driver.Table
}

// isInternal reports whether SQLite itself keeps the table.
func isInternal(name string) bool {
	const reserved = "sqlite_"
	return len(name) >= len(reserved) && strings.EqualFold(name[:len(reserved)], reserved)
}

// schemaTable is SQLite's own catalog. It is listed by this name, but looked up
// by the one that it used to have.
const schemaTable = "sqlite_schema"

// find returns the table of a name, in any case of letters.
func find(ctx context.Context, q sqlrows.Querier, table string) (*relation, error) {
	if strings.EqualFold(table, schemaTable) {
		return &relation{name: schemaTable, typ: "table"}, nil
	}
	var found *relation
	query := "PRAGMA main.table_list(" + dialect{}.Quote(table) + ")"
	err := sqlrows.Each(ctx, q, query, nil, func(rows sqlrows.Rows) error {
		found = new(relation)
		return found.scan(rows)
	})
	switch {
	case err != nil:
		return nil, err
	case found == nil:
		return nil, driver.Errorf(driver.NoTable, "there is no table %s", table)
	case found.typ == "table" && mayBeShadow(found.name):
		shadows, err := shadowTables(ctx, q)
		if shadows[strings.ToLower(found.name)] {
			found.typ = "shadow"
		}
		return found, err
	}
	return found, nil
}

// Describe implements [sqlrows.Dialect].
func (d dialect) Describe(ctx context.Context, q sqlrows.Querier, table string) (*driver.Schema, error) {
	r, err := find(ctx, q, table)
	if err != nil {
		return nil, err
	}
	columns, err := readColumns(ctx, q, r)
	if err != nil {
		return nil, err
	}
	s := &driver.Schema{Name: r.name, Kind: r.kind()}
	if s.References, err = references(ctx, q, r.name); err != nil {
		return nil, err
	}
	id, err := d.identify(ctx, q, r, columns)
	if err != nil {
		return nil, err
	}
	s.Identity, s.Key, s.AutoKey = id.identity, id.key, id.auto
	s.ReadOnly = readOnly(r, id)
	for i := range columns {
		if !slices.Contains(id.columns, i) {
			s.Columns = append(s.Columns, columns[i].Column)
		}
	}
	return s, nil
}

// readOnly says why rows of a table cannot be written.
func readOnly(r *relation, id *identity) string {
	switch {
	case isInternal(r.name):
		return "SQLite keeps this table itself."
	case r.typ == "shadow":
		return "A virtual table keeps its data here; change that one instead."
	case r.typ == "view":
		return "This is a view: its rows have no identity of their own. Change the tables that it reads."
	case r.typ == "virtual":
		return "This is a virtual table: the module behind it, not SQLite, decides what a row is."
	}
	return id.problem
}

// column is a column as SQLite describes it.
type column struct {
	driver.Column
	// primary is its place in the primary key from 1, 0 if it is not in it.
	primary int
}

// Values of table_xinfo's column "hidden".
const (
	hiddenNot = iota
	hiddenVirtualTable
	generatedVirtual
	generatedStored
)

func readColumns(ctx context.Context, q sqlrows.Querier, r *relation) ([]column, error) {
	var columns []column
	query := `SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?, 'main') ORDER BY cid`
	err := sqlrows.Each(ctx, q, query, []any{r.name}, func(rows sqlrows.Rows) error {
		var c column
		var notNull bool
		var dflt sql.NullString
		var hidden int
		if err := rows.Scan(&c.Name, &c.Type, &notNull, &dflt, &c.primary, &hidden); err != nil {
			return err
		}
		c.Kind = kindOf(c.Type, r.strict)
		c.Nullable = !notNull
		c.Default = dflt.String
		c.Generated = hidden == generatedVirtual || hidden == generatedStored
		columns = append(columns, c)
		if hidden == hiddenVirtualTable {
			columns = columns[:len(columns)-1]
		}
		return nil
	})
	if err == nil && len(columns) == 0 {
		err = driver.Errorf(driver.Unsupported, "%s has no columns that SQLite can read", r.name)
	}
	return columns, err
}

// references lists the foreign keys of a table. One that names no columns
// refers to the primary key.
func references(ctx context.Context, q sqlrows.Querier, table string) ([]driver.Reference, error) {
	var refs []driver.Reference
	last := -1
	query := `SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(?, 'main') ORDER BY id, seq`
	err := sqlrows.Each(ctx, q, query, []any{table}, func(rows sqlrows.Rows) error {
		var id int
		var parent, from string
		var to sql.NullString
		if err := rows.Scan(&id, &parent, &from, &to); err != nil {
			return err
		}
		if id != last {
			refs, last = append(refs, driver.Reference{Table: parent}), id
		}
		ref := &refs[len(refs)-1]
		ref.Columns = append(ref.Columns, from)
		if to.Valid {
			ref.To = append(ref.To, to.String)
		}
		return nil
	})
	for i := range refs {
		if err == nil && refs[i].To == nil {
			refs[i].To, err = primaryKey(ctx, q, refs[i].Table)
		}
	}
	return refs, err
}

func primaryKey(ctx context.Context, q sqlrows.Querier, table string) ([]string, error) {
	var names []string
	query := `SELECT name FROM pragma_table_xinfo(?, 'main') WHERE pk > 0 ORDER BY pk`
	err := sqlrows.Each(ctx, q, query, []any{table}, func(rows sqlrows.Rows) error {
		var name string
		err := rows.Scan(&name)
		names = append(names, name)
		return err
	})
	return names, err
}
