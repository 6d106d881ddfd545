package redis

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	client "github.com/redis/go-redis/v9"

	"github.com/rowan-db/rowan/backends/internal/kvrows"
	"github.com/rowan-db/rowan/store/driver"
)

// writeTx is a transaction that can write. What it reads is WATCHed, on a
// connection of its own, and what it writes is kept here until its one
// MULTI/EXEC.
type writeTx struct {
	ctx    context.Context
	server *server
	conn   *client.Conn
	commit *commitment

	watched map[string]bool
	trees   map[string]*overlay
	undo    []func()
	drafts  map[string]*draft
	ended   bool
}

func (s *server) begin(ctx context.Context, c *commitment) *writeTx {
	return &writeTx{
		ctx: ctx, server: s, conn: s.rdb.Conn(), commit: c, watched: map[string]bool{}, trees: map[string]*overlay{}, drafts: map[string]*draft{},
	}
}

// errEnded is a new error every time, because callers may add a hint.
func errEnded() error { return driver.Errorf(driver.Closed, "the transaction has ended") }

// watch makes the commit fail if one of the keys is changed by others from now
// on. It must be called before they are read.
func (t *writeTx) watch(keys ...string) error {
	if t.ended {
		return errEnded()
	}
	args := []any{"watch"}
	for _, key := range keys {
		if !t.watched[key] {
			args = append(args, key)
		}
	}
	if len(args) == 1 {
		return nil
	}
	if err := t.conn.Do(t.ctx, args...).Err(); err != nil {
		return err
	}
	for _, key := range keys {
		t.watched[key] = true
	}
	return nil
}

// overlay returns what the transaction has done to a tree.
func (t *writeTx) overlay(name string) (*overlay, error) {
	if t.ended {
		return nil, errEnded()
	}
	if o := t.trees[name]; o != nil {
		return o, nil
	}
	h := t.server.home(name)
	if err := t.watch(registryKey, h.order, h.rows); err != nil {
		return nil, err
	}
	o := &overlay{tree: name, below: &h, exists: true, listed: true, writes: map[string]write{}}
	if !h.unlisted {
		err := t.conn.ZScore(t.ctx, registryKey, name).Err()
		if err != nil && err != client.Nil {
			return nil, err
		}
		if err == client.Nil {
			o.below, o.exists, o.listed = nil, false, false
		}
	}
	t.trees[name] = o
	return o, nil
}

// Tree implements [kvrows.Tx].
func (t *writeTx) Tree(name string) (kvrows.Tree, bool, error) {
	o, err := t.overlay(name)
	if err != nil || !o.exists {
		return nil, false, err
	}
	return &writeTree{t, name}, true, nil
}

// replace puts an overlay in the place of that of the same tree.
func (t *writeTx) replace(o *overlay) {
	before := t.trees[o.tree]
	t.trees[o.tree] = o
	t.undo = append(t.undo, func() { t.trees[o.tree] = before })
}

// CreateTree implements [kvrows.Tx].
func (t *writeTx) CreateTree(name string) (kvrows.Tree, error) {
	o, err := t.overlay(name)
	if err != nil {
		return nil, err
	}
	if isRaw(name) || strings.HasPrefix(name, kvlayerPrefix) {
		return nil, driver.Errorf(driver.Exists, "a table cannot be called %q: that name is for what else is in the database", name)
	}
	made := &overlay{tree: name, exists: true, listed: o.listed, writes: map[string]write{}}
	t.replace(made)
	return &writeTree{t, name}, nil
}

// DropTree implements [kvrows.Tx].
func (t *writeTx) DropTree(name string) error {
	o, err := t.overlay(name)
	if err != nil {
		return err
	}
	if o.below != nil && o.below.unlisted {
		return driver.Errorf(driver.Unsupported, "table %s belongs to kvlayer, which alone can drop it", name)
	}
	t.replace(&overlay{tree: name, listed: o.listed, writes: map[string]write{}})
	return nil
}

// Trees implements [kvrows.Tx].
func (t *writeTx) Trees() ([]string, error) {
	if err := t.watch(registryKey); err != nil {
		return nil, err
	}
	names, err := t.server.trees(t.ctx, t.conn)
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(name string) bool {
		o := t.trees[name]
		return o != nil && !o.exists
	})
	for name, o := range t.trees {
		if o.exists && !o.listed {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// Savepoint implements [kvrows.Tx].
func (t *writeTx) Savepoint() (func() error, error) {
	if t.ended {
		return nil, errEnded()
	}
	mark := len(t.undo)
	return func() error {
		if t.ended {
			return errEnded()
		}
		for i := len(t.undo) - 1; i >= mark; i-- {
			t.undo[i]()
		}
		t.undo = t.undo[:mark]
		return nil
	}, nil
}

// Rollback implements [kvrows.Tx].
func (t *writeTx) Rollback() error {
	if t.ended {
		return errEnded()
	}
	t.ended = true
	var err error
	if len(t.watched) > 0 {
		err = unwatch(t.ctx, t.conn)
	}
	return errors.Join(err, t.discardLoads(), t.conn.Close())
}

// writeTree is a tree that a transaction may write.
type writeTree struct {
	tx   *writeTx
	name string
}

// o returns what the transaction has done to the tree so far.
func (t *writeTree) o() *overlay { return t.tx.trees[t.name] }

// Get implements [kvrows.Tree].
func (t *writeTree) Get(key []byte) ([]byte, bool, error) {
	if t.tx.ended {
		return nil, false, errEnded()
	}
	if w, ok := t.o().writes[string(key)]; ok {
		return []byte(w.value), !w.deleted, nil
	}
	if t.o().below == nil {
		return nil, false, nil
	}
	value, err := t.tx.conn.HGet(t.tx.ctx, t.o().below.rows, string(key)).Bytes()
	if err == client.Nil {
		return nil, false, nil
	}
	return value, err == nil, err
}

// Put implements [kvrows.Tree].
func (t *writeTree) Put(key, value []byte) error {
	return t.set(string(key), write{value: string(value)})
}

func (t *writeTree) set(key string, w write) error {
	switch {
	case t.tx.ended:
		return errEnded()
	case len(key) > maxKey:
		return driver.Errorf(driver.TooLarge, "the key has %d bytes, and at most %d are kept in Redis", len(key), maxKey)
	case len(w.value) > maxValue:
		return driver.Errorf(driver.TooLarge, "the row has %d bytes, and Redis takes at most %d", len(w.value), maxValue)
	}
	t.tx.undo = append(t.tx.undo, t.o().set(key, w))
	return nil
}

// Delete implements [kvrows.Tree].
func (t *writeTree) Delete(key []byte) (bool, error) {
	_, existed, err := t.Get(key)
	if err != nil || !existed {
		return false, err
	}
	return true, t.set(string(key), write{deleted: true})
}

// Cursor implements [kvrows.Tree].
func (t *writeTree) Cursor() kvrows.Cursor { return &cursor{read: t.read} }

// read returns the pairs of a span as the transaction sees them, a few more or
// less than its limit.
func (t *writeTree) read(s span) (merged []pair, more bool, err error) {
	if t.tx.ended {
		return nil, false, errEnded()
	}
	for {
		pairs, err := t.readBelow(s)
		if err != nil {
			return nil, false, err
		}
		merged, more = t.o().merge(s, pairs), len(pairs) == s.limit
		if len(merged) > 0 || !more {
			return merged, more, nil
		}
		s.from, s.bounded, s.exclusive = pairs[len(pairs)-1].key, true, true
	}
}

func (t *writeTree) readBelow(s span) ([]pair, error) {
	if t.o().below == nil {
		return nil, nil
	}
	ctx, conn := t.tx.ctx, t.tx.conn
	names := client.NewStringSliceCmd(ctx, s.args(t.o().below.order)...)
	if err := conn.Process(ctx, names); err != nil {
		return nil, err
	}
	if s.keysOnly || len(names.Val()) == 0 {
		return withValues(t.o().tree, names.Val(), nil, nil)
	}
	values, err := valuesOf(ctx, conn.Pipeline(), t.o().below.rows, names.Val())
	return withValues(t.o().tree, names.Val(), values, err)
}

// Len implements [kvrows.Tree].
func (t *writeTree) Len() (uint64, error) { return t.Count(nil, nil) }

// Rank implements [kvrows.Tree].
func (t *writeTree) Rank(key []byte) (uint64, error) { return t.Count(nil, key) }

// Count implements [kvrows.Tree].
func (t *writeTree) Count(lower, upper []byte) (uint64, error) {
	if t.tx.ended {
		return 0, errEnded()
	}
	n := int64(0)
	var inRange []string
	for _, key := range t.o().keys() {
		if key >= string(lower) && (upper == nil || key < string(upper)) {
			inRange = append(inRange, key)
		}
	}
	held := make([]bool, len(inRange))
	if t.o().below != nil {
		var err error
		if n, err = lexCount(t.tx.ctx, t.tx.conn, t.o().below.order, lower, upper).Result(); err != nil {
			return 0, err
		}
		if held, err = t.heldBelow(inRange); err != nil {
			return 0, err
		}
	}
	for i, key := range inRange {
		switch deleted := t.o().writes[key].deleted; {
		case deleted && held[i]:
			n--
		case !deleted && !held[i]:
			n++
		}
	}
	return uint64(n), nil
}

// heldBelow tells for each key whether the tree below has it.
func (t *writeTree) heldBelow(keys []string) ([]bool, error) {
	scores := make([]*client.FloatCmd, len(keys))
	if len(keys) > 0 {
		err := pipelined(t.tx.ctx, t.tx.conn, func(p client.Pipeliner) {
			for i, key := range keys {
				scores[i] = p.ZScore(t.tx.ctx, t.o().below.order, key)
			}
		})
		if err != nil {
			return nil, err
		}
	}
	held := make([]bool, len(keys))
	for i, score := range scores {
		held[i] = score.Err() == nil
	}
	return held, nil
}

// Select implements [kvrows.Tree].
func (t *writeTree) Select(n uint64) ([]byte, bool, error) {
	c := t.Cursor()
	ok := c.Seek(nil)
	for ; ok && n > 0; n-- {
		ok = c.Next()
	}
	if !ok {
		return nil, false, c.Err()
	}
	return bytes.Clone(c.Key()), true, nil
}

// Load implements [kvrows.Tree].
func (t *writeTree) Load(pairs iter.Seq2[[]byte, []byte]) error {
	if t.tx.ended {
		return errEnded()
	}
	return t.tx.load(t.o(), pairs)
}
