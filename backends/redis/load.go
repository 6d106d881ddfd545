package redis

import (
	"crypto/rand"
	"iter"
	"time"

	client "github.com/redis/go-redis/v9"
)

// loadLife is how long a load that does not go on is kept by the server: what
// is left behind by a program that was killed goes by itself.
const loadLife = time.Hour

// load fills an empty tree. The pairs go to keys of their own, in commands
// that each keep the server only shortly; the commit gives those the tree's
// name.
func (t *writeTx) load(o *overlay, pairs iter.Seq2[[]byte, []byte]) error {
	id := rand.Text()
	into := overlay{
		tree: o.tree, below: &home{order: loadPrefix + id + ":keys", rows: loadPrefix + id + ":rows"},
		exists: true, listed: o.listed, writes: map[string]write{},
	}
	t.replace(&into)
	fields := make([]any, 0, 2*batch)
	for key, value := range pairs {
		fields = append(fields, string(key), string(value))
		if len(fields) == cap(fields) {
			if err := t.send(&into, fields); err != nil {
				return err
			}
			fields = fields[:0]
		}
	}
	return t.send(&into, fields)
}

// send adds pairs to where a load keeps them.
func (t *writeTx) send(o *overlay, fields []any) error {
	if len(fields) == 0 {
		return nil
	}
	o.loaded += len(fields) / 2
	return pipelined(t.ctx, t.conn, func(p client.Pipeliner) {
		t.add(p, *o.below, fields)
		p.Expire(t.ctx, o.below.order, loadLife)
		p.Expire(t.ctx, o.below.rows, loadLife)
	})
}

// add queues the commands that write pairs: keys and values in turn.
func (t *writeTx) add(p client.Pipeliner, h home, fields []any) {
	members := make([]client.Z, 0, len(fields)/2)
	for i := 0; i < len(fields); i += 2 {
		members = append(members, client.Z{Member: fields[i]})
	}
	p.HSet(t.ctx, h.rows, fields...)
	p.ZAdd(t.ctx, h.order, members...)
}

// discardLoads removes what was loaded and not committed.
func (t *writeTx) discardLoads() error {
	var keys []string
	for _, o := range t.trees {
		if o.loaded > 0 {
			keys = append(keys, o.below.order, o.below.rows)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	return t.server.rdb.Unlink(t.ctx, keys...).Err()
}
