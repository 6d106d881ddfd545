package redis

import (
	"context"
	"math"
	"sort"
	"strconv"

	client "github.com/redis/go-redis/v9"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// zsetTable is the members of a sorted set, in its order: by score, and those
// of one score by the bytes of the member.
type zsetTable struct{ contents }

func (t *zsetTable) schema() *driver.Schema {
	return t.shape([]driver.Column{column("score", tuple.KindFloat), column("member", tuple.KindText)})
}

func scored(z client.Z) tuple.Tuple {
	member, _ := z.Member.(string)
	return tuple.Of(tuple.Float(z.Score+0), tuple.Text(member)) // there is one zero
}

func (t *zsetTable) get(ctx context.Context, c client.Cmdable, keys []tuple.Tuple, _ int) ([]*driver.Row, error) {
	rows := make([]*driver.Row, len(keys))
	scores := make([]*client.FloatCmd, len(keys))
	err := pipelined(ctx, c, func(p client.Pipeliner) {
		for i, key := range keys {
			scores[i] = p.ZScore(ctx, t.key, key[1].AsText())
		}
	})
	if err != nil {
		return nil, err
	}
	for i, key := range keys {
		if scores[i].Err() == nil && scored(client.Z{Score: scores[i].Val(), Member: key[1].AsText()}).Equal(key) {
			rows[i] = &driver.Row{Key: key, Values: []tuple.Value{}}
		}
	}
	return rows, nil
}

// rank returns how many members sort before what a bound speaks of, or, if
// after, not after it.
func (t *zsetTable) rank(ctx context.Context, c client.Cmdable, b tuple.Bound, after bool) (int64, error) {
	score := b.Key[0]
	if score.Kind() != tuple.KindFloat {
		if tuple.Compare(score, tuple.Float(math.Inf(-1))) < 0 {
			return 0, nil
		}
		return c.ZCard(ctx, t.key).Result()
	}
	text := strconv.FormatFloat(score.AsFloat(), 'g', -1, 64)
	if math.IsNaN(score.AsFloat()) { // sorts after all numbers
		return c.ZCard(ctx, t.key).Result()
	}
	var less, most *client.IntCmd
	err := pipelined(ctx, c, func(p client.Pipeliner) {
		less, most = p.ZCount(ctx, t.key, "-inf", "("+text), p.ZCount(ctx, t.key, "-inf", text)
	})
	switch {
	case err != nil:
		return 0, err
	case len(b.Key) == 1 && after:
		return most.Val(), nil
	case len(b.Key) == 1:
		return less.Val(), nil
	}
	return t.rankWithin(ctx, c, b, after, less.Val(), most.Val())
}

// rankWithin returns rank for a bound that names a member, among those from
// less to most, which have its score.
func (t *zsetTable) rankWithin(ctx context.Context, c client.Cmdable, b tuple.Bound, after bool, less, most int64) (n int64, err error) {
	n = less + int64(sort.Search(int(most-less), func(i int) bool {
		if err != nil {
			return true
		}
		var at []client.Z
		if at, err = c.ZRangeWithScores(ctx, t.key, less+int64(i), less+int64(i)).Result(); err != nil || len(at) == 0 {
			return true
		}
		order := b.Compare(scored(at[0]))
		return order > 0 || order == 0 && !after
	}))
	return n, err
}

// ranks returns the part of the set that a range holds.
func (t *zsetTable) ranks(ctx context.Context, c client.Cmdable, r tuple.Range) (from, to int64, err error) {
	if !r.Lower.Open() {
		if from, err = t.rank(ctx, c, r.Lower, r.Lower.Exclusive); err != nil {
			return 0, 0, err
		}
	}
	if r.Upper.Open() {
		to, err = c.ZCard(ctx, t.key).Result()
	} else {
		to, err = t.rank(ctx, c, r.Upper, !r.Upper.Exclusive)
	}
	return from, max(from, to), err
}

// scan reads by rank, which is found by the key where it begins: nobody may
// write in between.
func (t *zsetTable) scan(ctx context.Context, q driver.Query) (driver.Page, error) {
	return undisturbed(ctx, t.db.rdb, t.key, func(c client.Cmdable) (page driver.Page, err error) {
		from, to, err := t.ranks(ctx, c, q.Range)
		if err != nil || from == to {
			return page, err
		}
		page.More = to-from > int64(q.Limit)
		if page.More && q.Reverse {
			from = to - int64(q.Limit)
		} else if page.More {
			to = from + int64(q.Limit)
		}
		members, err := c.ZRangeWithScores(ctx, t.key, from, to-1).Result()
		if err != nil {
			return driver.Page{}, err
		}
		for i := range members {
			if q.Reverse {
				i = len(members) - 1 - i
			}
			row := driver.Row{Key: scored(members[i])}
			if !q.KeysOnly {
				row.Values = []tuple.Value{}
			}
			page.Rows = append(page.Rows, row)
		}
		return page, nil
	})
}

// undisturbed calls f, which reads a key, until nobody has written the key
// meanwhile.
func undisturbed[T any](ctx context.Context, rdb *client.Client, key string, f func(client.Cmdable) (T, error)) (v T, err error) {
	conn := rdb.Conn()
	defer conn.Close()
	for err = ctx.Err(); err == nil; err = ctx.Err() {
		if err := conn.Do(ctx, "watch", key).Err(); err != nil {
			return v, err
		}
		if v, err = f(conn); err != nil {
			_ = unwatch(ctx, conn) // a connection that fails is not used again
			return v, err
		}
		p := conn.TxPipeline()
		p.Exists(ctx, key)
		if _, err = p.Exec(ctx); err != client.TxFailedErr {
			return v, err
		}
	}
	return v, err
}

func (t *zsetTable) count(ctx context.Context, r tuple.Range) (int64, error) {
	return undisturbed(ctx, t.db.rdb, t.key, func(c client.Cmdable) (int64, error) {
		from, to, err := t.ranks(ctx, c, r)
		return to - from, err
	})
}

func (t *zsetTable) nth(ctx context.Context, n int64) (tuple.Tuple, error) {
	members, err := t.db.rdb.ZRangeWithScores(ctx, t.key, n, n).Result()
	if err != nil || len(members) == 0 {
		return nil, err
	}
	return scored(members[0]), nil
}

// check implements [checker].
func (t *zsetTable) check(e *edit) error {
	if err := t.schema().CheckRow(e.after.Key, e.after.Values); err != nil {
		return err
	}
	if math.IsNaN(e.after.Key[0].AsFloat()) {
		return driver.Errorf(driver.BadKey, "a score is a number, and NaN is none")
	}
	return nil
}

// write adds before it removes: see that of hashTable. A member that only has
// another score now is not removed: a set has each member once.
func (t *zsetTable) write(ctx context.Context, p client.Pipeliner, edits []*edit) {
	kept := map[string]bool{}
	for _, e := range edits {
		if e.after != nil {
			member := e.after.Key[1].AsText()
			kept[member] = true
			p.ZAdd(ctx, t.key, client.Z{Score: e.after.Key[0].AsFloat(), Member: member})
		}
	}
	for _, e := range edits {
		if e.after == nil && !kept[e.before.Key[1].AsText()] {
			p.ZRem(ctx, t.key, e.before.Key[1].AsText())
		}
	}
}
