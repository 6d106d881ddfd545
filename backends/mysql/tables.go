package mysql

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
)

// tables lists the tables and views of the database that is connected to, or of
// all databases. Only what the catalog knows without opening a table is asked
// for.
func (d dialect) tables(ctx context.Context, q sqlrows.Querier) ([]driver.TableInfo, error) {
	query, args := "SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE FROM information_schema.TABLES", []any(nil)
	if d.database != "" {
		query, args = query+" WHERE TABLE_SCHEMA = ?", []any{d.database}
	}
	var list []driver.TableInfo
	err := sqlrows.Each(ctx, q, query, args, func(rows sqlrows.Rows) error {
		var r relation
		if err := rows.Scan(&r.name.database, &r.name.table, &r.typ); err != nil {
			return err
		}
		list = append(list, driver.TableInfo{Name: r.name.spell(d.database), Kind: r.kind()})
		return nil
	})
	slices.SortFunc(list, func(a, b driver.TableInfo) int { return strings.Compare(a.Name, b.Name) })
	return list, err
}

// estimate returns about how many rows a table has.
func (d dialect) estimate(ctx context.Context, q sqlrows.Querier, s *driver.Schema) (n int64, ok bool, err error) {
	name := parseName(s.Name, d.database)
	query := "SELECT TABLE_ROWS FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?"
	err = sqlrows.Each(ctx, q, query, []any{name.database, name.table}, func(rows sqlrows.Rows) error {
		var known sql.NullInt64
		err := rows.Scan(&known)
		n, ok = known.Int64, known.Valid
		return err
	})
	return n, ok, err
}
