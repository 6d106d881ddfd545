package redis

import (
	"context"
	"crypto/rand"

	client "github.com/redis/go-redis/v9"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// listTable is the elements of a list, by their places from 0 on. A place is
// another element once somebody has pushed or popped at the beginning: the
// values that a change is based on tell.
type listTable struct{ contents }

func (t *listTable) schema() *driver.Schema {
	s := t.shape([]driver.Column{column("index", tuple.KindInt)}, column("value", tuple.KindText))
	s.AutoKey = true
	return s
}

func place64(i int64) tuple.Tuple { return tuple.Of(tuple.Int(i)) }

func (t *listTable) get(ctx context.Context, c client.Cmdable, keys []tuple.Tuple, most int) ([]*driver.Row, error) {
	rows := make([]*driver.Row, len(keys))
	found := make([]*client.StringSliceCmd, len(keys))
	err := pipelined(ctx, c, func(p client.Pipeliner) {
		for i, key := range keys {
			if n := key[0]; n.Kind() == tuple.KindInt && n.AsInt() >= 0 {
				found[i] = p.LRange(ctx, t.key, n.AsInt(), n.AsInt())
			}
		}
	})
	if err != nil {
		return nil, err
	}
	for i, key := range keys {
		if found[i] != nil && len(found[i].Val()) == 1 {
			rows[i] = &driver.Row{Key: key, Values: []tuple.Value{tuple.Text(found[i].Val()[0])}}
			rows[i].CutTo(most)
		}
	}
	return rows, nil
}

// places returns the part of the list that a range holds.
func (t *listTable) places(ctx context.Context, r tuple.Range) (from, to int, err error) {
	n, err := t.db.rdb.LLen(ctx, t.key).Result()
	if err != nil {
		return 0, 0, err
	}
	from, to = ends(r, int(n), func(i int) tuple.Tuple { return place64(int64(i)) })
	return from, to, nil
}

func (t *listTable) scan(ctx context.Context, q driver.Query) (page driver.Page, err error) {
	from, to, err := t.places(ctx, q.Range)
	if err != nil || from == to {
		return page, err
	}
	page.More = to-from > q.Limit
	if page.More && q.Reverse {
		from = to - q.Limit
	} else if page.More {
		to = from + q.Limit
	}
	values, err := t.db.rdb.LRange(ctx, t.key, int64(from), int64(to)-1).Result()
	if err != nil {
		return driver.Page{}, err
	}
	for i := range values {
		if q.Reverse {
			i = len(values) - 1 - i
		}
		row := driver.Row{Key: place64(int64(from + i))}
		if !q.KeysOnly {
			row.Values = []tuple.Value{tuple.Text(values[i])}
			row.CutTo(q.MaxValue)
		}
		page.Rows = append(page.Rows, row)
	}
	return page, nil
}

func (t *listTable) count(ctx context.Context, r tuple.Range) (int64, error) {
	from, to, err := t.places(ctx, r)
	return int64(to - from), err
}

func (t *listTable) nth(ctx context.Context, n int64) (tuple.Tuple, error) {
	length, err := t.db.rdb.LLen(ctx, t.key).Result()
	if err != nil || n >= length {
		return nil, err
	}
	return place64(n), nil
}

// generate implements [generator]: a new element is the last one.
func (t *listTable) generate(ctx context.Context, c client.Cmdable, made int) (tuple.Tuple, error) {
	n, err := c.LLen(ctx, t.key).Result()
	return place64(n + int64(made)), err
}

// check implements [checker].
func (t *listTable) check(e *edit) error {
	if e.before != nil && !e.before.Key.Equal(e.after.Key) {
		return driver.Errorf(driver.Unsupported, "an element of a list cannot be given another place").
			WithHint("delete it and insert it again at the end, or exchange the values")
	}
	return t.schema().CheckRow(e.after.Key, e.after.Values)
}

// write sets elements in their places, appends the new ones in the order of
// theirs, and then removes all that are to go at once: until then no place
// changes. They are marked by a value that occurs nowhere else.
func (t *listTable) write(ctx context.Context, p client.Pipeliner, edits []*edit) {
	mark := "rowan:deleted:" + rand.Text()
	gone := int64(0)
	for _, e := range edits {
		switch {
		case e.after == nil:
			p.LSet(ctx, t.key, e.before.Key[0].AsInt(), mark)
			gone++
		case e.before == nil:
			p.RPush(ctx, t.key, e.after.Values[0].AsText())
		default:
			p.LSet(ctx, t.key, e.after.Key[0].AsInt(), e.after.Values[0].AsText())
		}
	}
	if gone > 0 {
		p.LRem(ctx, t.key, gone, mark)
	}
}
