package postgres

import (
	"context"
	"encoding/json"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
)

var (
	_ driver.Detailer = (*reader)(nil)
	_ driver.Definer  = (*reader)(nil)
)

// detailQuery reads what Details tells.
const detailQuery = `
SELECT json_build_object(
	'comment', coalesce(obj_description(c.oid, 'pg_class'), ''),
	'indexes', (SELECT json_agg(json_build_object(
			'name', x.relname, 'unique', i.indisunique, 'primary', i.indisprimary, 'method', m.amname,
			'where', coalesce(pg_get_expr(i.indpred, i.indrelid, true), ''),
			'columns', (SELECT json_agg(coalesce(a.attname, pg_get_indexdef(i.indexrelid, k.at, true)) ||
					CASE WHEN NOT pg_indexam_has_property(m.oid, 'can_order') THEN '' ELSE CASE o.option
						WHEN 1 THEN ' DESC NULLS LAST' WHEN 2 THEN ' NULLS FIRST' WHEN 3 THEN ' DESC' ELSE '' END END ORDER BY k.at)
				FROM generate_series(1, i.indnkeyatts) k(at)
				CROSS JOIN LATERAL (SELECT (string_to_array(i.indoption::text, ' ')::int[])[k.at] AS option,
					(string_to_array(i.indkey::text, ' ')::int[])[k.at] AS number) o
				LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = o.number AND o.number <> 0)
			) ORDER BY i.indisprimary DESC, x.relname)
		FROM pg_catalog.pg_index i
		JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
		JOIN pg_catalog.pg_am m ON m.oid = x.relam
		WHERE i.indrelid = c.oid),
	'referrers', (SELECT json_agg(json_build_object(
			'name', f.conname, 'schema', rn.nspname, 'table', rc.relname, 'visible', pg_catalog.pg_table_is_visible(rc.oid),
			'columns', ARRAY(SELECT a.attname FROM unnest(f.conkey) WITH ORDINALITY u(k, at)
				JOIN pg_catalog.pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = u.k ORDER BY u.at),
			'to', ARRAY(SELECT a.attname FROM unnest(f.confkey) WITH ORDINALITY u(k, at)
				JOIN pg_catalog.pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = u.k ORDER BY u.at)
			) ORDER BY rn.nspname, rc.relname, f.conname)
		FROM pg_catalog.pg_constraint f
		JOIN pg_catalog.pg_class rc ON rc.oid = f.conrelid
		JOIN pg_catalog.pg_namespace rn ON rn.oid = rc.relnamespace
		-- Those of the partitions of a table are the table's.
		WHERE f.confrelid = c.oid AND f.contype = 'f' AND NOT rc.relispartition)
	)
FROM pg_catalog.pg_class c
WHERE c.oid = $1::text::regclass`

// Details implements [driver.Detailer].
func (r *reader) Details(ctx context.Context, table string) (d *driver.Details, err error) {
	err = r.call(ctx, func(ctx context.Context) error {
		var found struct {
			Comment   string
			Indexes   []driver.Index
			Referrers []foreignKey
		}
		if err := r.about(ctx, table, detailQuery, &found); err != nil {
			return err
		}
		d = &driver.Details{Comment: found.Comment, Indexes: found.Indexes}
		for _, f := range found.Referrers {
			d.Referrers = append(d.Referrers, driver.Referrer{
				Name: f.Name, Table: relationName(f.Schema, f.Table, f.Visible), Columns: f.Columns, To: f.To,
			})
		}
		return nil
	})
	return d, err
}

// about runs a query about a table, whose result is JSON for found. It fails
// with [driver.NoTable].
func (r *reader) about(ctx context.Context, table, query string, found any) error {
	rel, err := find(ctx, r.pool, table)
	if err != nil {
		return err
	}
	var text string
	name := quote(rel.Schema) + "." + quote(rel.Name)
	err = sqlrows.Each(ctx, r.pool, query, []any{name}, func(rows sqlrows.Rows) error { return rows.Scan(&text) })
	switch {
	case err != nil:
		return err
	case text == "":
		return noTable(table)
	}
	if err := json.Unmarshal([]byte(text), found); err != nil {
		return driver.Errorf(driver.Internal, "what the catalog says about %s cannot be read: %w", table, err)
	}
	return nil
}
