//go:build cgo

package sqlite

import (
	"context"
	"database/sql"
	"strings"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
)

var (
	_ driver.Detailer = (*reader)(nil)
	_ driver.Definer  = (*reader)(nil)
)

// Details implements [driver.Detailer].
func (r *reader) Details(ctx context.Context, table string) (d *driver.Details, err error) {
	err = r.inOneState(ctx, func(ctx context.Context, q sqlrows.Querier) error {
		rel, err := find(ctx, q, table)
		if err != nil {
			return err
		}
		d = &driver.Details{}
		if d.Indexes, err = indexDetails(ctx, q, rel.name); err != nil {
			return err
		}
		d.Referrers, err = referrers(ctx, q, rel.name)
		return err
	})
	return d, err
}

// inOneState runs f in a transaction that reads.
func (r *reader) inOneState(ctx context.Context, f func(context.Context, sqlrows.Querier) error) error {
	return r.life.Read(ctx, func(ctx context.Context) error {
		tx, err := r.pool.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		return f(ctx, sqlrows.Std(tx))
	})
}

// indexDetails lists the indexes of a table. That of a primary key is one of
// them only if it is not the row's number.
func indexDetails(ctx context.Context, q sqlrows.Querier, table string) ([]driver.Index, error) {
	var list []driver.Index
	query := `SELECT l.name, l."unique", l.origin = 'pk', coalesce(m.sql, '')
		FROM pragma_index_list(?, 'main') AS l LEFT JOIN main.sqlite_schema AS m ON m.type = 'index' AND m.name = l.name
		ORDER BY l.origin <> 'pk', l.name`
	err := sqlrows.Each(ctx, q, query, []any{table}, func(rows sqlrows.Rows) error {
		var ix driver.Index
		var definition string
		err := rows.Scan(&ix.Name, &ix.Unique, &ix.Primary, &definition)
		ix.Where = partialWhere(definition)
		list = append(list, ix)
		return err
	})
	for i := range list {
		if err != nil {
			return nil, err
		}
		list[i].Columns, err = indexExpressions(ctx, q, list[i].Name)
	}
	return list, err
}

// indexExpressions returns what an index sorts by. The text of an expression is
// only in the statement that made the index.
func indexExpressions(ctx context.Context, q sqlrows.Querier, name string) ([]string, error) {
	var columns []string
	query := `SELECT coalesce(name, ''), "desc", coll FROM pragma_index_xinfo(?, 'main') WHERE key ORDER BY seqno`
	err := sqlrows.Each(ctx, q, query, []any{name}, func(rows sqlrows.Rows) error {
		var column, collation string
		var down bool
		if err := rows.Scan(&column, &down, &collation); err != nil {
			return err
		}
		if column == "" {
			column = "(an expression)"
		}
		if !strings.EqualFold(collation, collateBinary) {
			column += " COLLATE " + collation
		}
		if down {
			column += " DESC"
		}
		columns = append(columns, column)
		return nil
	})
	return columns, err
}

// partialWhere returns the condition of a partial index, from the statement
// that made it: what follows the last WHERE outside of quotes and brackets.
func partialWhere(definition string) string {
	depth, where := 0, ""
	for _, t := range syntax.Tokens(definition) {
		switch {
		case t.Is("("):
			depth++
		case t.Is(")"):
			depth--
		case depth == 0 && t.Is("WHERE"):
			where = strings.TrimSpace(definition[t.Pos+len(t.Text):])
		}
	}
	return where
}

// referrers lists the foreign keys of all tables that refer to one. A key that
// names no columns refers to the primary key.
func referrers(ctx context.Context, q sqlrows.Querier, table string) ([]driver.Referrer, error) {
	var list []driver.Referrer
	var last struct {
		table string
		id    int
	}
	query := `SELECT m.name, f.id, f."from", f."to" FROM main.sqlite_schema AS m, pragma_foreign_key_list(m.name, 'main') AS f
		WHERE m.type = 'table' AND lower(f."table") = lower(?) ORDER BY m.name, f.id, f.seq`
	err := sqlrows.Each(ctx, q, query, []any{table}, func(rows sqlrows.Rows) error {
		var from, column string
		var id int
		var to sql.NullString
		if err := rows.Scan(&from, &id, &column, &to); err != nil {
			return err
		}
		if len(list) == 0 || from != last.table || id != last.id {
			list = append(list, driver.Referrer{Table: from})
		}
		last.table, last.id = from, id
		ref := &list[len(list)-1]
		ref.Columns = append(ref.Columns, column)
		if to.Valid {
			ref.To = append(ref.To, to.String)
		}
		return nil
	})
	for i := range list {
		if err == nil && list[i].To == nil {
			list[i].To, err = primaryKey(ctx, q, table)
		}
	}
	return list, err
}

// Definition implements [driver.Definer]: the statements as they were written
// for the table, its indexes and its triggers.
func (r *reader) Definition(ctx context.Context, table string) (text string, err error) {
	err = r.inOneState(ctx, func(ctx context.Context, q sqlrows.Querier) error {
		rel, err := find(ctx, q, table)
		if err != nil {
			return err
		}
		var statements []string
		query := `SELECT sql FROM main.sqlite_schema WHERE lower(tbl_name) = lower(?) AND sql IS NOT NULL
			ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'view' THEN 0 WHEN 'index' THEN 1 ELSE 2 END, name`
		err = sqlrows.Each(ctx, q, query, []any{rel.name}, func(rows sqlrows.Rows) error {
			var statement string
			err := rows.Scan(&statement)
			statements = append(statements, statement+";")
			return err
		})
		text = strings.Join(statements, "\n\n")
		return err
	})
	return text, err
}
