//go:build cgo

package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/mattn/go-sqlite3"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
)

// Check implements [driver.Checker]: it reads all pages and indexes, and then
// looks for rows whose foreign keys refer to none.
func (r *reader) Check(ctx context.Context, report func(problem string)) error {
	return r.life.Call(ctx, func(ctx context.Context) error {
		err := sqlrows.Each(ctx, sqlrows.Std(r.pool), "PRAGMA main.integrity_check(1000000)", nil, func(rows sqlrows.Rows) error {
			var line string
			err := rows.Scan(&line)
			if err == nil && line != "ok" {
				report(line)
			}
			return err
		})
		if err == nil {
			err = r.checkReferences(ctx, report)
		}
		if classify(err) == driver.Corrupt {
			report(err.Error())
			return nil
		}
		return err
	})
}

func (r *reader) checkReferences(ctx context.Context, report func(problem string)) error {
	err := sqlrows.Each(ctx, sqlrows.Std(r.pool), "PRAGMA main.foreign_key_check", nil, func(rows sqlrows.Rows) error {
		var table, parent string
		var rowID, key sql.NullInt64
		if err := rows.Scan(&table, &rowID, &parent, &key); err != nil {
			return err
		}
		where := "a row"
		if rowID.Valid {
			where = fmt.Sprintf("row %d", rowID.Int64)
		}
		report(fmt.Sprintf("%s of %s refers to a row of %s that does not exist", where, table, parent))
		return nil
	})
	var native sqlite3.Error
	if errors.As(err, &native) && native.Code == sqlite3.ErrError && classify(err) == driver.Internal {
		report(err.Error()) // a foreign key that refers to no unique key
		return nil
	}
	return err
}
