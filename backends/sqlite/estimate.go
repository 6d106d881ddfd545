//go:build cgo

package sqlite

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
)

// Estimate implements [driver.Estimator]. What ANALYZE counted last is the
// estimate; without it, the distance from the lowest to the highest rowid is,
// which is more than the number of rows by as many as there are gaps. Where
// both are known, the lower one is. It never counts.
func (r *reader) Estimate(ctx context.Context, s *driver.Schema) (n int64, ok bool, err error) {
	if s.Identity == driver.Position {
		return 0, false, nil
	}
	err = r.life.Read(ctx, func(ctx context.Context) error {
		n, ok, err = estimate(ctx, sqlrows.Std(r.pool), s)
		return err
	})
	return n, ok, err
}

func estimate(ctx context.Context, q sqlrows.Querier, s *driver.Schema) (n int64, ok bool, err error) {
	analyzed, isAnalyzed, err := analyzedRows(ctx, q, s.Name)
	if err != nil {
		return 0, false, err
	}
	distance, isKnown, err := rowIDDistance(ctx, q, s)
	if isAnalyzed && (!isKnown || analyzed < distance) {
		return analyzed, true, err
	}
	return distance, isKnown, err
}

// analyzedRows reads what ANALYZE counted: a partial index has fewer entries
// than its table.
func analyzedRows(ctx context.Context, q sqlrows.Querier, table string) (n int64, ok bool, err error) {
	var has bool
	err = sqlrows.Each(ctx, q, "SELECT 1 FROM main.sqlite_schema WHERE name = 'sqlite_stat1'", nil, func(sqlrows.Rows) error {
		has = true
		return nil
	})
	if err != nil || !has {
		return 0, false, err
	}
	err = sqlrows.Each(ctx, q, "SELECT +stat FROM main.sqlite_stat1 WHERE tbl = ? COLLATE NOCASE", []any{table}, func(rows sqlrows.Rows) error {
		var stat sql.NullString
		if err := rows.Scan(&stat); err != nil {
			return err
		}
		first, _, _ := strings.Cut(stat.String, " ")
		if count, err := strconv.ParseInt(first, 10, 64); err == nil {
			n, ok = max(n, count), true
		}
		return nil
	})
	return n, ok, err
}

// rowIDDistance looks at both ends of the table. It reports false if the table
// has no rowid, or if the distance is no number of rows.
func rowIDDistance(ctx context.Context, q sqlrows.Querier, s *driver.Schema) (n int64, ok bool, err error) {
	name := s.Key[0].Name
	if !s.AutoKey {
		if name = freeRowID(s.Key, s.Columns); name == "" {
			return 0, false, nil
		}
	}
	d := dialect{}
	id := d.Quote(s.Name) + "." + d.Quote(name)
	query := "SELECT (SELECT min(" + id + ") FROM " + d.Table(s.Name) + "), (SELECT max(" + id + ") FROM " + d.Table(s.Name) + ")"
	err = sqlrows.Each(ctx, q, query, nil, func(rows sqlrows.Rows) error {
		var low, high any
		if err := rows.Scan(&low, &high); err != nil {
			return err
		}
		first, isInteger := low.(int64)
		last, _ := high.(int64)
		switch {
		case low == nil:
			ok = true // no rows
		case isInteger: // or another table has taken its place
			n = last - first + 1
			ok = n > 0 // or the difference is above the largest integer
		}
		return nil
	})
	if err != nil && strings.Contains(err.Error(), noSuchColumn) {
		return 0, false, nil // WITHOUT ROWID
	}
	return n, ok, err
}
