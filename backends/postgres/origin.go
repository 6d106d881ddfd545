package postgres

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/rowan-db/rowan/store/driver"
)

// origins knows the names of types, which do not change, and asks for those of
// tables and columns, which may.
type origins struct {
	types map[typeKey]string
}

type typeKey struct {
	OID      uint32
	Modifier int32
}

func newOrigins() *origins { return &origins{types: map[typeKey]string{}} }

// field is what the server says of a column of a result.
type field struct {
	Type     uint32 `json:"type"`
	Modifier int32  `json:"modifier"`
	Table    uint32 `json:"table"`
	Column   uint16 `json:"column"`
}

// origin is what its catalog says of it.
type origin struct {
	Type    string
	Schema  string
	Table   string
	Visible bool
	Column  string
	NotNull bool
}

// originQuery is in the order of the fields. Tables of the session itself are
// among those that the catalog shows it.
const originQuery = `
SELECT coalesce(json_agg(json_build_object(
	'type', format_type(f.type, f.modifier), 'schema', n.nspname, 'table', c.relname,
	'visible', pg_catalog.pg_table_is_visible(c.oid), 'column', a.attname, 'notNull', a.attnotnull) ORDER BY f.at), '[]')
FROM (SELECT at, (e ->> 'type')::oid AS type, (e ->> 'modifier')::int AS modifier,
		(e ->> 'table')::oid AS rel, (e ->> 'column')::int2 AS number
	FROM json_array_elements($1::json) WITH ORDINALITY u(e, at)) f
LEFT JOIN pg_catalog.pg_class c ON c.oid = f.rel
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = f.number AND a.attnum > 0`

// columns describes the columns of a result.
func (o *origins) columns(ctx context.Context, pg *pgconn.PgConn, fields []pgconn.FieldDescription) ([]driver.ResultColumn, error) {
	if len(fields) == 0 {
		return nil, nil
	}
	found := make([]origin, len(fields))
	if o.mustAsk(fields) {
		if err := ask(ctx, pg, fields, found); err != nil {
			return nil, err
		}
	}
	columns := make([]driver.ResultColumn, len(fields))
	for i, f := range fields {
		at := typeKey{f.DataTypeOID, f.TypeModifier}
		if found[i].Type != "" {
			o.types[at] = found[i].Type
		}
		c := &columns[i]
		c.Name, c.Type, c.Nullable = f.Name, o.types[at], !found[i].NotNull
		c.Kind = kindOf(f.DataTypeOID, c.Type)
		if found[i].Column != "" {
			c.Table, c.Origin = relationName(found[i].Schema, found[i].Table, found[i].Visible), found[i].Column
		}
	}
	return columns, nil
}

// mustAsk reports whether there is something that is not known.
func (o *origins) mustAsk(fields []pgconn.FieldDescription) bool {
	for _, f := range fields {
		if _, ok := o.types[typeKey{f.DataTypeOID, f.TypeModifier}]; !ok || f.TableOID != 0 {
			return true
		}
	}
	return false
}

func ask(ctx context.Context, pg *pgconn.PgConn, fields []pgconn.FieldDescription, found []origin) error {
	asked := make([]field, len(fields))
	for i, f := range fields {
		asked[i] = field{Type: f.DataTypeOID, Modifier: f.TypeModifier, Table: f.TableOID, Column: f.TableAttributeNumber}
	}
	arg, err := json.Marshal(asked)
	if err != nil {
		return err
	}
	result := pg.ExecParams(ctx, originQuery, [][]byte{arg}, nil, nil, nil).Read()
	if result.Err != nil {
		return result.Err
	}
	return json.Unmarshal(result.Rows[0][0], &found)
}
