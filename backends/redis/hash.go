package redis

import (
	"context"

	client "github.com/redis/go-redis/v9"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// hashTable is the fields of a hash.
type hashTable struct{ contents }

func (t *hashTable) schema() *driver.Schema {
	return t.shape([]driver.Column{column("field", tuple.KindText)}, column("value", tuple.KindText))
}

func (t *hashTable) fields(ctx context.Context, at uint64, pattern string) (names []string, next uint64, err error) {
	pairs, next, err := t.db.rdb.HScan(ctx, t.key, at, pattern, scanCount).Result()
	for i := 0; i < len(pairs); i += 2 {
		names = append(names, pairs[i])
	}
	return names, next, err
}

func (t *hashTable) list(ctx context.Context, r tuple.Range, begins bool) ([]string, error) {
	return t.db.names.list(ctx, t.name, r, begins, t.fields)
}

func (t *hashTable) get(ctx context.Context, c client.Cmdable, keys []tuple.Tuple, most int) ([]*driver.Row, error) {
	rows := make([]*driver.Row, len(keys))
	if len(keys) == 0 {
		return rows, nil
	}
	fields := make([]string, len(keys))
	for i, key := range keys {
		fields[i] = key[0].AsText()
	}
	values, err := valuesOf(ctx, c.Pipeline(), t.key, fields)
	if err != nil {
		return nil, err
	}
	for i, v := range values {
		if s, ok := v.(string); ok && keys[i][0].Kind() == tuple.KindText {
			rows[i] = &driver.Row{Key: keys[i], Values: []tuple.Value{tuple.Text(s)}}
			rows[i].CutTo(most)
		}
	}
	return rows, nil
}

func (t *hashTable) scan(ctx context.Context, q driver.Query) (driver.Page, error) {
	return scanNames(ctx, t, t.db.rdb, q)
}

func (t *hashTable) count(ctx context.Context, r tuple.Range) (int64, error) {
	if r.All() {
		return t.db.rdb.HLen(ctx, t.key).Result()
	}
	return countNames(ctx, t, r)
}

func (t *hashTable) nth(ctx context.Context, n int64) (tuple.Tuple, error) {
	return nthName(ctx, t, n)
}

// write adds before it removes, so that the hash, and the time when it expires,
// does not go in between.
func (t *hashTable) write(ctx context.Context, p client.Pipeliner, edits []*edit) {
	var gone []string
	for _, e := range edits {
		if e.after == nil {
			gone = append(gone, e.before.Key[0].AsText())
		} else {
			p.HSet(ctx, t.key, e.after.Key[0].AsText(), e.after.Values[0].AsText())
		}
	}
	if len(gone) > 0 {
		p.HDel(ctx, t.key, gone...)
	}
}
