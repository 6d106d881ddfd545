package postgres

import (
	"context"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
)

// estimateQuery returns about how many rows a table and its partitions have:
// the rows for each page that VACUUM or ANALYZE found last, times the pages
// that there are now; -1, or a number of tables of which it is not known, where neither has been.
const estimateQuery = `
SELECT coalesce(round(sum(CASE
		WHEN c.relkind NOT IN ('r', 'm') OR c.reltuples < 0 THEN NULL
		WHEN c.relpages > 0 THEN c.reltuples / c.relpages * (pg_catalog.pg_relation_size(c.oid) / current_setting('block_size')::int8)
		WHEN pg_catalog.pg_relation_size(c.oid) = 0 THEN 0
	END)), -1)::int8, count(*) FILTER (WHERE c.relkind IN ('r', 'm') AND c.reltuples < 0)
FROM pg_catalog.pg_class c
WHERE c.oid = to_regclass($1::text)
	OR c.oid IN (SELECT p.relid FROM pg_catalog.pg_partition_tree(to_regclass($1::text)) p WHERE p.isleaf)`

// Estimate implements [driver.Estimator]. It never counts: there is no estimate
// of a view, or of a table that has not been analyzed since it was made.
func (r *reader) Estimate(ctx context.Context, s *driver.Schema) (n int64, ok bool, err error) {
	err = r.call(ctx, func(ctx context.Context) error {
		var unknown int64
		err := sqlrows.Each(ctx, r.pool, estimateQuery, []any{r.d.Table(s.Name)}, func(rows sqlrows.Rows) error {
			return rows.Scan(&n, &unknown)
		})
		ok = unknown == 0 && n >= 0
		return err
	})
	return max(n, 0), ok, err
}
