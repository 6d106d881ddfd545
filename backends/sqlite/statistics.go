//go:build cgo

package sqlite

import (
	"context"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// Statistics implements [driver.Statistician].
func (r *reader) Statistics(ctx context.Context) (all []driver.Statistic, err error) {
	const query = `SELECT s.page_size * c.page_count, s.page_size, s.page_size * f.freelist_count, j.journal_mode, e.encoding
		FROM pragma_page_size('main') s, pragma_page_count('main') c, pragma_freelist_count f, pragma_journal_mode('main') j, pragma_encoding e`
	err = r.life.Read(ctx, func(ctx context.Context) error {
		return sqlrows.Each(ctx, sqlrows.Std(r.pool), query, nil, func(rows sqlrows.Rows) error {
			var size, page, free int64
			var journal, encoding string
			if err := rows.Scan(&size, &page, &free, &journal, &encoding); err != nil {
				return err
			}
			const file = "file"
			all = []driver.Statistic{
				{Section: file, Name: "size", Value: tuple.Int(size), Unit: driver.Bytes},
				{Section: file, Name: "page size", Value: tuple.Int(page), Unit: driver.Bytes},
				{Section: file, Name: "free", Value: tuple.Int(free), Unit: driver.Bytes},
				{Section: file, Name: "journal", Value: tuple.Text(journal)},
				{Section: file, Name: "encoding", Value: tuple.Text(encoding)},
			}
			return nil
		})
	})
	return all, err
}
