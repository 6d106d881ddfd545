package postgres

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
)

// relation is a table, or what looks like one, as the catalog has it.
type relation struct {
	Kind    string // pg_class.relkind
	Schema  string
	Name    string
	Visible bool // the search path finds it
	// Inherited tells that other tables inherit from it, and are read with it.
	Inherited  bool
	Collation  string // the database's own, empty if it is that of the bytes
	Columns    []attribute
	Indexes    []uniqueIndex
	References []foreignKey
	// Inert tells that to read it by its key runs no code of its owner: no
	// function that a view, a policy, a type or an index has.
	Inert bool
	// hides tells that there are columns that this user may not read. The
	// place of a row is not readable then.
	hides bool
}

// The kinds of relations.
const (
	kindTable       = "r"
	kindPartitioned = "p"
	kindView        = "v"
	kindMatView     = "m"
	kindForeign     = "f"
)

// attribute is a column.
type attribute struct {
	Number    int
	Name      string
	Type      string
	TypeOID   uint32
	Base      string // the type of the values of a domain
	BaseOID   uint32
	NotNull   bool
	Readable  bool   // by this user
	Generated string // pg_attribute.attgenerated
	Identity  string // pg_attribute.attidentity
	Default   string
	Collation uint32
	// CollationName is as SQL spells it, empty for the database's own and for
	// that of the bytes.
	CollationName string
	Bytewise      bool // the collation is that of the bytes
	Sortable      bool // there is an order of the values
}

// uniqueIndex is a unique index over columns, of all rows.
type uniqueIndex struct {
	Primary bool
	Columns []int // numbers of attributes
	// Collations and CollationNames are those of the index.
	Collations     []uint32
	CollationNames []string
}

// foreignKey is a foreign key.
type foreignKey struct {
	Name    string
	Columns []string
	Schema  string // of the table that it refers to
	Table   string
	Visible bool
	To      []string
}

// describeQuery reads all that Describe needs, in one statement: it takes the
// same one round trip however many columns and keys there are.
//
// A parameter is a text, so that a name that is too long finds nothing, instead
// of the table whose name it begins with.
const describeQuery = `
SELECT json_build_object(
	'kind', c.relkind, 'schema', n.nspname, 'name', c.relname, 'visible', pg_catalog.pg_table_is_visible(c.oid),
	'inherited', c.relkind = 'r' AND EXISTS (SELECT FROM pg_catalog.pg_inherits h WHERE h.inhparent = c.oid),
	'inert', c.relkind IN ('r', 'm') AND NOT c.relrowsecurity AND NOT c.relhassubclass
		AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
			WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
			AND (a.attgenerated NOT IN ('', 's') OR t.typnamespace <> 'pg_catalog'::regnamespace AND t.typtype <> 'e'))
		AND NOT EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid
			AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL OR EXISTS (SELECT FROM unnest(i.indclass::oid[]) k
				JOIN pg_catalog.pg_opclass o ON o.oid = k WHERE o.opcnamespace <> 'pg_catalog'::regnamespace)))
		AND NOT EXISTS (SELECT FROM pg_catalog.pg_statistic_ext x WHERE x.stxrelid = c.oid),
	'collation', (SELECT CASE WHEN o.name IN ('C', 'POSIX') THEN '' ELSE o.name END
		FROM (SELECT coalesce(to_jsonb(b) ->> 'datlocale', to_jsonb(b) ->> 'daticulocale', b.datcollate) AS name
			FROM pg_catalog.pg_database b WHERE b.datname = current_database()) o),
	'columns', (SELECT json_agg(json_build_object(
			'number', a.attnum, 'name', a.attname,
			'type', format_type(a.atttypid, a.atttypmod), 'typeOID', a.atttypid::int8,
			'base', CASE WHEN t.typtype = 'd' THEN format_type(base.type, base.modifier) ELSE '' END,
			'baseOID', coalesce(base.type, a.atttypid)::int8,
			'readable', pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT'),
			'notNull', a.attnotnull OR t.typtype = 'd' AND t.typnotnull,
			'generated', a.attgenerated, 'identity', a.attidentity,
			'default', coalesce(pg_get_expr(d.adbin, d.adrelid), ''),
			'collation', a.attcollation::int8,
			'collationName', CASE WHEN l.collname IN ('C', 'POSIX', 'default') THEN '' ELSE coalesce(l.oid::regcollation::text, '') END,
			'bytewise', coalesce(l.collname IN ('C', 'POSIX'), false),
			'sortable', EXISTS (SELECT FROM pg_catalog.pg_opclass k
				JOIN pg_catalog.pg_am m ON m.oid = k.opcmethod AND m.amname = 'btree'
				JOIN pg_catalog.pg_type v ON v.oid = coalesce(base.type, t.oid)
				LEFT JOIN pg_catalog.pg_type e ON e.oid = v.typelem AND v.typlen = -1
				WHERE k.opcdefault AND k.opcintype = CASE
					WHEN v.typtype = 'e' OR e.typtype = 'e' THEN 'anyenum'::regtype
					WHEN v.typtype = 'r' THEN 'anyrange'::regtype
					WHEN coalesce(e.oid, v.oid) = 'varchar'::regtype THEN 'text'::regtype
					WHEN coalesce(e.oid, v.oid) = 'cidr'::regtype THEN 'inet'::regtype
					ELSE coalesce(e.oid, v.oid) END)
			) ORDER BY a.attnum)
		FROM pg_catalog.pg_attribute a
		JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
		LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
		LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
		LEFT JOIN LATERAL (
			WITH RECURSIVE below(type, modifier) AS (
				SELECT t.typbasetype, t.typtypmod WHERE t.typtype = 'd'
				UNION ALL
				SELECT u.typbasetype, u.typtypmod FROM below JOIN pg_catalog.pg_type u ON u.oid = below.type WHERE u.typtype = 'd')
			SELECT below.type, below.modifier FROM below JOIN pg_catalog.pg_type u ON u.oid = below.type WHERE u.typtype <> 'd'
		) base ON true
		WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
	'indexes', (SELECT json_agg(json_build_object(
			'primary', i.indisprimary,
			'columns', (string_to_array(i.indkey::text, ' ')::int[])[:i.indnkeyatts],
			'collations', (string_to_array(i.indcollation::text, ' ')::int8[])[:i.indnkeyatts],
			'collationNames', ARRAY(SELECT CASE WHEN k = 0 THEN '' ELSE k::oid::regcollation::text END
				FROM unnest(string_to_array(i.indcollation::text, ' ')::int8[]) WITH ORDINALITY u(k, at) ORDER BY u.at)
			) ORDER BY i.indisprimary DESC, i.indnkeyatts, x.relname)
		FROM pg_catalog.pg_index i
		JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
		JOIN pg_catalog.pg_am m ON m.oid = x.relam AND m.amname = 'btree'
		WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
			AND NOT EXISTS (SELECT FROM unnest(i.indclass::oid[]) k JOIN pg_catalog.pg_opclass o ON o.oid = k WHERE NOT o.opcdefault)),
	'references', (SELECT json_agg(json_build_object(
			'name', f.conname, 'schema', fn.nspname, 'table', fc.relname, 'visible', pg_catalog.pg_table_is_visible(fc.oid),
			'columns', ARRAY(SELECT a.attname FROM unnest(f.conkey) WITH ORDINALITY u(k, at)
				JOIN pg_catalog.pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = u.k ORDER BY u.at),
			'to', ARRAY(SELECT a.attname FROM unnest(f.confkey) WITH ORDINALITY u(k, at)
				JOIN pg_catalog.pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = u.k ORDER BY u.at)
			) ORDER BY f.conname)
		FROM pg_catalog.pg_constraint f
		JOIN pg_catalog.pg_class fc ON fc.oid = f.confrelid
		JOIN pg_catalog.pg_namespace fn ON fn.oid = fc.relnamespace
		WHERE f.conrelid = c.oid AND f.contype = 'f'
			AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint up WHERE up.oid = f.conparentid AND up.conrelid = f.conrelid))
	)
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE (c.relname = $1::text AND pg_catalog.pg_table_is_visible(c.oid) OR c.relname = $3::text AND n.nspname = $2::text)
	AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
ORDER BY c.relname = $1::text AND pg_catalog.pg_table_is_visible(c.oid) DESC
LIMIT 1`

// find reads a relation from the catalog.
func find(ctx context.Context, q sqlrows.Querier, table string) (*relation, error) {
	schema, name, _ := cutName(table)
	var found string
	err := sqlrows.Each(ctx, q, describeQuery, []any{table, schema, name}, func(rows sqlrows.Rows) error { return rows.Scan(&found) })
	switch {
	case err != nil:
		return nil, err
	case found == "":
		return nil, noTable(table)
	}
	var r relation
	if err := json.Unmarshal([]byte(found), &r); err != nil {
		return nil, driver.Errorf(driver.Internal, "the catalog's description of %s cannot be read: %w", table, err)
	}
	return &r, nil
}

func noTable(table string) error {
	return driver.Errorf(driver.NoTable, "there is no table %s", table).
		WithHint("a table that the search path does not find is called schema.table")
}

// tablesQuery lists what people have made: the catalogs, and the temporary
// tables of sessions, are left out, though they can be described. A table that
// another one with the same name hides is not visible.
const tablesQuery = `
SELECT n.nspname, c.relname, pg_catalog.pg_table_is_visible(c.oid), c.relkind
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'`

func tables(ctx context.Context, q sqlrows.Querier) ([]driver.TableInfo, error) {
	var list []driver.TableInfo
	err := sqlrows.Each(ctx, q, tablesQuery, nil, func(rows sqlrows.Rows) error {
		var schema, name, kind string
		var visible bool
		if err := rows.Scan(&schema, &name, &visible, &kind); err != nil {
			return err
		}
		list = append(list, driver.TableInfo{Name: relationName(schema, name, visible), Kind: tableKind(kind)})
		return nil
	})
	slices.SortFunc(list, func(a, b driver.TableInfo) int { return strings.Compare(a.Name, b.Name) })
	return list, err
}

func tableKind(kind string) driver.TableKind {
	switch kind {
	case kindView, kindMatView:
		return driver.View
	case kindForeign:
		return driver.VirtualTable
	}
	return driver.Table
}

// isSystem reports whether the server itself keeps what is in a schema.
func isSystem(schema string) bool {
	return schema == "information_schema" || schema == "pg_catalog" || strings.HasPrefix(schema, "pg_toast")
}
