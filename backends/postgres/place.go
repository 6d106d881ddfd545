package postgres

import (
	"context"
	"strconv"
	"strings"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

var _ sqlrows.Windowing = dialect{}

// Blocks implements [sqlrows.Windowing].
func (d dialect) Blocks(ctx context.Context, q sqlrows.Querier, s *driver.Schema) (n int64, err error) {
	const query = "SELECT pg_catalog.pg_relation_size($1::text::regclass) / current_setting('block_size')::int8"
	err = sqlrows.Each(ctx, q, query, []any{d.Table(s.Name)}, func(rows sqlrows.Rows) error { return rows.Scan(&n) })
	return n, err
}

// Block implements [sqlrows.Windowing]: a place is (block,row).
func (dialect) Block(key tuple.Tuple) (int64, bool) {
	if len(key) != 1 {
		return 0, false
	}
	inside, ok := strings.CutPrefix(key[0].AsText(), "(")
	number, _, ok2 := strings.Cut(inside, ",")
	block, err := strconv.ParseUint(number, 10, 32)
	return int64(block), ok && ok2 && err == nil
}

// First implements [sqlrows.Windowing]. Rows are counted from 1.
func (dialect) First(block int64) tuple.Tuple {
	return tuple.Of(tuple.Other(typeTID, "("+strconv.FormatInt(block, 10)+",0)"))
}
