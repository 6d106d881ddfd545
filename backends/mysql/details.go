package mysql

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
)

var (
	_ driver.Detailer = (*reader)(nil)
	_ driver.Definer  = (*reader)(nil)
)

// Details implements [driver.Detailer].
func (r *reader) Details(ctx context.Context, table string) (details *driver.Details, err error) {
	err = r.call(ctx, func(ctx context.Context) error {
		found, err := r.d.find(ctx, r.pool, table)
		if err != nil {
			return err
		}
		details, err = r.d.details(ctx, r.pool, found.name)
		return err
	})
	return details, err
}

func (d dialect) details(ctx context.Context, q sqlrows.Querier, name tableName) (*driver.Details, error) {
	details := &driver.Details{}
	args := []any{name.database, name.table}
	err := sqlrows.Each(ctx, q, "SELECT TABLE_COMMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?", args, func(rows sqlrows.Rows) error {
		return rows.Scan(&details.Comment)
	})
	if err == nil {
		details.Indexes, err = d.indexes(ctx, q, args)
	}
	if err == nil {
		details.Referrers, err = d.referrers(ctx, q, name)
	}
	return details, err
}

// indexes lists the indexes of a table. MariaDB has no indexes over
// expressions, and no column for them.
func (d dialect) indexes(ctx context.Context, q sqlrows.Querier, args []any) ([]driver.Index, error) {
	expression := "NULL"
	if !d.mariaDB && d.version.atLeast(8, 0) {
		expression = "EXPRESSION"
	}
	query := "SELECT INDEX_NAME, NON_UNIQUE, COLUMN_NAME, SUB_PART, COLLATION, INDEX_TYPE, " + expression +
		" FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY INDEX_NAME, SEQ_IN_INDEX"
	var list []driver.Index
	err := sqlrows.Each(ctx, q, query, args, func(rows sqlrows.Rows) error {
		var ix driver.Index
		var repeats bool
		var column, cut, order, formula sql.NullString
		if err := rows.Scan(&ix.Name, &repeats, &column, &cut, &order, &ix.Method, &formula); err != nil {
			return err
		}
		if len(list) == 0 || list[len(list)-1].Name != ix.Name {
			ix.Unique, ix.Primary, ix.Method = !repeats, ix.Name == primaryIndex, strings.ToLower(ix.Method)
			list = append(list, ix)
		}
		last := &list[len(list)-1]
		last.Columns = append(last.Columns, indexedColumn(column, formula, cut, order))
		return nil
	})
	slices.SortStableFunc(list, func(a, b driver.Index) int {
		switch {
		case a.Primary:
			return -1
		case b.Primary:
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return list, err
}

// indexedColumn spells a column of an index as a definition does.
func indexedColumn(column, formula, cut, order sql.NullString) string {
	text := column.String
	if !column.Valid {
		text = "(" + formula.String + ")"
	}
	if cut.Valid {
		text += "(" + cut.String + ")"
	}
	if order.String == "D" {
		text += " DESC"
	}
	return text
}

// referrers lists the foreign keys that refer to a table. MariaDB's catalog has
// to open all tables of the server for that; what InnoDB itself knows says which
// few it is worth to open, where this user may ask it.
func (d dialect) referrers(ctx context.Context, q sqlrows.Querier, name tableName) ([]driver.Referrer, error) {
	where, args := "REFERENCED_TABLE_SCHEMA = ? AND REFERENCED_TABLE_NAME = ?", []any{name.database, name.table}
	if !d.mariaDB {
		return d.referrersWhere(ctx, q, where, args)
	}
	tables, err := innodbReferrers(ctx, q, name)
	if classify(err) == driver.Permission {
		return d.referrersWhere(ctx, q, where, args)
	}
	if err != nil {
		return nil, err
	}
	var list []driver.Referrer
	for _, from := range tables {
		some, err := d.referrersWhere(ctx, q, "TABLE_SCHEMA = ? AND TABLE_NAME = ? AND "+where, append([]any{from.database, from.table}, args...))
		if err != nil {
			return nil, err
		}
		list = append(list, some...)
	}
	return list, nil
}

// innodbReferrers returns the tables that refer to a table. InnoDB spells names as
// those of files.
func innodbReferrers(ctx context.Context, q sqlrows.Querier, name tableName) (tables []tableName, err error) {
	const query = `SELECT DISTINCT CONVERT(CONVERT(CAST(SUBSTRING_INDEX(FOR_NAME, '/', 1) AS BINARY) USING filename) USING utf8mb4),
	CONVERT(CONVERT(CAST(SUBSTRING_INDEX(FOR_NAME, '/', -1) AS BINARY) USING filename) USING utf8mb4)
FROM information_schema.INNODB_SYS_FOREIGN
WHERE REF_NAME = CONCAT(CAST(CONVERT(? USING filename) AS BINARY), '/', CAST(CONVERT(? USING filename) AS BINARY))`
	err = sqlrows.Each(ctx, q, query, []any{name.database, name.table}, func(rows sqlrows.Rows) error {
		var from tableName
		err := rows.Scan(&from.database, &from.table)
		tables = append(tables, from)
		return err
	})
	return tables, err
}

func (d dialect) referrersWhere(ctx context.Context, q sqlrows.Querier, where string, args []any) ([]driver.Referrer, error) {
	query := "SELECT CONSTRAINT_NAME, TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, REFERENCED_COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE WHERE " +
		where + " ORDER BY TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION"
	var list []driver.Referrer
	err := sqlrows.Each(ctx, q, query, args, func(rows sqlrows.Rows) error {
		var f driver.Referrer
		var from tableName
		var column, to string
		if err := rows.Scan(&f.Name, &from.database, &from.table, &column, &to); err != nil {
			return err
		}
		f.Table = from.spell(d.database)
		if n := len(list); n == 0 || list[n-1].Name != f.Name || list[n-1].Table != f.Table {
			list = append(list, f)
		}
		last := &list[len(list)-1]
		last.Columns, last.To = append(last.Columns, column), append(last.To, to)
		return nil
	})
	return list, err
}

// Definition implements [driver.Definer].
func (r *reader) Definition(ctx context.Context, table string) (text string, err error) {
	err = r.call(ctx, func(ctx context.Context) error {
		found, err := r.d.find(ctx, r.pool, table)
		if err != nil {
			return err
		}
		what := "TABLE "
		if found.kind() == driver.View {
			what = "VIEW "
		}
		return sqlrows.Each(ctx, r.pool, "SHOW CREATE "+what+found.name.sql(), nil, func(rows sqlrows.Rows) error {
			// The name, the statement, and of a view two character sets.
			var name string
			dest := []any{&name, &text}
			if what == "VIEW " {
				dest = append(dest, new(string), new(string))
			}
			return rows.Scan(dest...)
		})
	})
	return text, err
}
