package redis

import (
	"context"

	client "github.com/redis/go-redis/v9"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// setTable is the members of a set.
type setTable struct{ contents }

func (t *setTable) schema() *driver.Schema {
	return t.shape([]driver.Column{column("member", tuple.KindText)})
}

func (t *setTable) list(ctx context.Context, r tuple.Range, begins bool) ([]string, error) {
	return t.db.names.list(ctx, t.name, r, begins, func(ctx context.Context, at uint64, pattern string) ([]string, uint64, error) {
		return t.db.rdb.SScan(ctx, t.key, at, pattern, scanCount).Result()
	})
}

func (t *setTable) get(ctx context.Context, c client.Cmdable, keys []tuple.Tuple, _ int) ([]*driver.Row, error) {
	rows := make([]*driver.Row, len(keys))
	held := make([]*client.BoolCmd, len(keys))
	err := pipelined(ctx, c, func(p client.Pipeliner) {
		for i, key := range keys {
			held[i] = p.SIsMember(ctx, t.key, key[0].AsText())
		}
	})
	if err != nil {
		return nil, err
	}
	for i, key := range keys {
		if held[i].Val() && key[0].Kind() == tuple.KindText {
			rows[i] = &driver.Row{Key: key, Values: []tuple.Value{}}
		}
	}
	return rows, nil
}

func (t *setTable) scan(ctx context.Context, q driver.Query) (driver.Page, error) {
	return scanNames(ctx, t, t.db.rdb, q)
}

func (t *setTable) count(ctx context.Context, r tuple.Range) (int64, error) {
	if r.All() {
		return t.db.rdb.SCard(ctx, t.key).Result()
	}
	return countNames(ctx, t, r)
}

func (t *setTable) nth(ctx context.Context, n int64) (tuple.Tuple, error) {
	return nthName(ctx, t, n)
}

// write adds before it removes: see that of hashTable.
func (t *setTable) write(ctx context.Context, p client.Pipeliner, edits []*edit) {
	var gone []any
	for _, e := range edits {
		if e.after == nil {
			gone = append(gone, e.before.Key[0].AsText())
		} else {
			p.SAdd(ctx, t.key, e.after.Key[0].AsText())
		}
	}
	if len(gone) > 0 {
		p.SRem(ctx, t.key, gone...)
	}
}
