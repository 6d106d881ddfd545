package redis

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	client "github.com/redis/go-redis/v9"

	"github.com/rowan-db/rowan/backends/internal/kvrows"
	"github.com/rowan-db/rowan/store/driver"
)

// errChanged is returned when something was changed by others while it was
// read, or since: the same may work if it is done again.
var errChanged = errors.New("others were faster")

// noTable is the failure of what reads a tree that does not exist.
func noTable(name string) error {
	return driver.Errorf(driver.NoTable, "there is no table %q", name)
}

func errCorrupt(tree, key string) error {
	return driver.Errorf(driver.Corrupt, "table %s lists the key x'%x', but holds no row for it", tree, key[:min(len(key), 64)]).
		WithHint("another program has written into the table's hash or sorted set")
}

// readTx reads trees. Each of its calls is one state, but not all of them
// together: whoever needs that asks for all at once.
type readTx struct {
	ctx    context.Context
	server *server
}

// Tree implements [kvrows.Tx]. It takes the tree's existence on trust: what
// reads the tree asks for it in the same round trip.
func (t *readTx) Tree(name string) (kvrows.Tree, bool, error) {
	return &readTree{tx: t, name: name, home: t.server.home(name)}, true, nil
}

// Trees implements [kvrows.Tx].
func (t *readTx) Trees() ([]string, error) { return t.server.trees(t.ctx, t.server.rdb) }

// Rollback implements [kvrows.Tx].
func (t *readTx) Rollback() error { return nil }

var errReader = errors.New("redis: a transaction for reading was asked to write")

// CreateTree implements [kvrows.Tx].
func (t *readTx) CreateTree(string) (kvrows.Tree, error) { return nil, errReader }

// DropTree implements [kvrows.Tx].
func (t *readTx) DropTree(string) error { return errReader }

// Savepoint implements [kvrows.Tx].
func (t *readTx) Savepoint() (func() error, error) { return nil, errReader }

// Commit implements [kvrows.Tx].
func (t *readTx) Commit() error { return errReader }

// readTree is a tree that is only read.
type readTree struct {
	tx   *readTx
	name string
	home home
}

// existing runs some commands in one round trip with one that tells whether
// the tree exists.
func (t *readTree) existing(ask func(client.Pipeliner)) error {
	if t.home.unlisted {
		return pipelined(t.tx.ctx, t.tx.server.rdb, ask)
	}
	var listed *client.FloatCmd
	err := pipelined(t.tx.ctx, t.tx.server.rdb, func(p client.Pipeliner) {
		listed = p.ZScore(t.tx.ctx, registryKey, t.name)
		ask(p)
	})
	if err == nil && listed.Err() == client.Nil {
		return noTable(t.name)
	}
	return err
}

// pipelined runs commands in one round trip. Answers that are nil are no error.
func pipelined(ctx context.Context, c client.Cmdable, ask func(client.Pipeliner)) error {
	p := c.Pipeline()
	ask(p)
	commands, err := p.Exec(ctx)
	if err != nil {
		for _, command := range commands {
			if err := command.Err(); err != nil && err != client.Nil {
				return err
			}
		}
		if err == client.Nil {
			return nil
		}
	}
	return err
}

// Get implements [kvrows.Tree]. What the catalog says of a tree tells as well
// whether there is one.
func (t *readTree) Get(key []byte) ([]byte, bool, error) {
	if t.name == kvrows.CatalogTree {
		return t.entry(string(key))
	}
	values, err := t.GetAll([][]byte{key})
	if err != nil || values[0] == nil {
		return nil, false, err
	}
	return values[0], true, nil
}

// entry returns the catalog's entry of a tree, if it has one. It fails if there
// is no such tree.
func (t *readTree) entry(tree string) ([]byte, bool, error) {
	if t.tx.server.home(tree).unlisted {
		return nil, false, nil
	}
	var listed *client.FloatCmd
	var text *client.StringCmd
	err := pipelined(t.tx.ctx, t.tx.server.rdb, func(p client.Pipeliner) {
		listed = p.ZScore(t.tx.ctx, registryKey, tree)
		text = p.HGet(t.tx.ctx, t.home.rows, tree)
	})
	switch {
	case err != nil:
		return nil, false, err
	case listed.Err() == client.Nil:
		return nil, false, noTable(tree)
	case text.Err() == client.Nil:
		return nil, false, nil
	}
	return []byte(text.Val()), true, nil
}

// GetAll implements [kvrows.Remote].
func (t *readTree) GetAll(keys [][]byte) ([][]byte, error) {
	if len(keys) > 0 {
		got, err := t.tx.server.rdb.HMGet(t.tx.ctx, t.home.rows, asStrings(keys)...).Result()
		if err != nil {
			return nil, err
		}
		if values := asBytes(got); slices.ContainsFunc(values, func(v []byte) bool { return v != nil }) {
			return values, nil // what has rows exists
		}
	}
	return make([][]byte, len(keys)), t.existing(func(client.Pipeliner) {})
}

func asStrings(keys [][]byte) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = string(k)
	}
	return out
}

// asBytes returns the answers to HMGET, nil for each that is nil.
func asBytes(answers []any) [][]byte {
	out := make([][]byte, len(answers))
	for i, a := range answers {
		if s, ok := a.(string); ok {
			out[i] = []byte(s)
		}
	}
	return out
}

// read returns the pairs of a span, all of one moment.
func (t *readTree) read(s span) (pairs []pair, more bool, err error) {
	pairs, err = t.readSteady(s)
	return pairs, len(pairs) == s.limit, err
}

func (t *readTree) readSteady(s span) ([]pair, error) {
	const attempts = 3
	if s.limit > inScript {
		for range attempts {
			pairs, err := t.readWatched(s)
			if !errors.Is(err, errChanged) {
				return pairs, err
			}
		}
	}
	return t.readByScript(s)
}

// readByScript reads in one round trip, whatever others write.
func (t *readTree) readByScript(s span) ([]pair, error) {
	answer, err := t.tx.server.page(t.tx.ctx, t.name, t.home, s)
	if err == client.Nil {
		return nil, noTable(t.name)
	}
	if err != nil {
		return nil, err
	}
	if len(answer) != 2 {
		return nil, fmt.Errorf("redis: the script answered with %d lists", len(answer))
	}
	names, _ := answer[0].([]any)
	values, _ := answer[1].([]any)
	pairs := make([]pair, len(names))
	for i, name := range names {
		pairs[i].key, _ = name.(string)
		if s.keysOnly {
			continue
		}
		value, ok := values[i].(string)
		if !ok {
			return nil, errCorrupt(t.name, pairs[i].key)
		}
		pairs[i].value = value
	}
	return pairs, nil
}

// readWatched reads the keys and then the values, which is faster for many. It
// fails with errChanged if somebody wrote in between.
func (t *readTree) readWatched(s span) (pairs []pair, err error) {
	ctx, conn := t.tx.ctx, t.tx.server.rdb.Conn()
	defer conn.Close()
	var listed *client.FloatCmd
	names := client.NewStringSliceCmd(ctx, s.args(t.home.order)...)
	err = pipelined(ctx, conn, func(p client.Pipeliner) {
		p.Do(ctx, "watch", t.home.order, t.home.rows)
		listed = p.ZScore(ctx, registryKey, t.name)
		_ = p.Process(ctx, names)
	})
	switch {
	case err != nil:
		return nil, err
	case listed.Err() == client.Nil && !t.home.unlisted:
		return nil, errors.Join(noTable(t.name), unwatch(ctx, conn))
	case len(names.Val()) == 0 || s.keysOnly:
		return withValues(t.name, names.Val(), nil, unwatch(ctx, conn))
	}
	values, err := valuesOf(ctx, conn.TxPipeline(), t.home.rows, names.Val())
	return withValues(t.name, names.Val(), values, err)
}

func unwatch(ctx context.Context, conn *client.Conn) error { return conn.Do(ctx, "unwatch").Err() }

// mostFields is how many fields one command asks for.
const mostFields = 5000

// valuesOf reads fields of a hash through a pipeline. It fails with errChanged
// if that is a transaction and what it watches was written.
func valuesOf(ctx context.Context, p client.Pipeliner, hash string, fields []string) ([]any, error) {
	var parts []*client.SliceCmd
	for at := 0; at < len(fields); at += mostFields {
		parts = append(parts, p.HMGet(ctx, hash, fields[at:min(at+mostFields, len(fields))]...))
	}
	if _, err := p.Exec(ctx); err != nil {
		if errors.Is(err, client.TxFailedErr) {
			err = errChanged
		}
		return nil, err
	}
	if len(parts) == 1 {
		return parts[0].Val(), nil
	}
	values := make([]any, 0, len(fields))
	for _, part := range parts {
		values = append(values, part.Val()...)
	}
	return values, nil
}

// withValues makes pairs of keys and, unless they are nil, their values.
func withValues(tree string, keys []string, values []any, err error) ([]pair, error) {
	if err != nil {
		return nil, err
	}
	pairs := make([]pair, len(keys))
	for i, key := range keys {
		pairs[i].key = key
		if values == nil {
			continue
		}
		value, ok := values[i].(string)
		if !ok {
			return nil, errCorrupt(tree, key)
		}
		pairs[i].value = value
	}
	return pairs, nil
}

// Cursor implements [kvrows.Tree].
func (t *readTree) Cursor() kvrows.Cursor { return t.CursorFor(1, false) }

// CursorFor implements [kvrows.Remote].
func (t *readTree) CursorFor(pairs int, keysOnly bool) kvrows.Cursor {
	return &cursor{read: t.read, ahead: pairs, keysOnly: keysOnly}
}

// Len implements [kvrows.Tree].
func (t *readTree) Len() (uint64, error) {
	return t.number(func(p client.Pipeliner) *client.IntCmd { return p.ZCard(t.tx.ctx, t.home.order) })
}

// Count implements [kvrows.Tree].
func (t *readTree) Count(lower, upper []byte) (uint64, error) {
	return t.number(func(p client.Pipeliner) *client.IntCmd { return lexCount(t.tx.ctx, p, t.home.order, lower, upper) })
}

// Rank implements [kvrows.Tree].
func (t *readTree) Rank(key []byte) (uint64, error) { return t.Count(nil, key) }

func (t *readTree) number(ask func(client.Pipeliner) *client.IntCmd) (uint64, error) {
	var n *client.IntCmd
	if err := t.existing(func(p client.Pipeliner) { n = ask(p) }); err != nil {
		return 0, err
	}
	return uint64(n.Val()), nil
}

// lexCount counts the keys from lower, inclusive, to upper, exclusive. A nil
// lower is the beginning, a nil upper the end.
func lexCount(ctx context.Context, c client.Cmdable, order string, lower, upper []byte) *client.IntCmd {
	from, to := "-", "+"
	if lower != nil {
		from = "[" + string(lower)
	}
	if upper != nil {
		to = "(" + string(upper)
	}
	return c.ZLexCount(ctx, order, from, to)
}

// Select implements [kvrows.Tree].
func (t *readTree) Select(n uint64) ([]byte, bool, error) {
	var names *client.StringSliceCmd
	err := t.existing(func(p client.Pipeliner) { names = p.ZRange(t.tx.ctx, t.home.order, int64(n), int64(n)) })
	if err != nil || len(names.Val()) == 0 {
		return nil, false, err
	}
	return []byte(names.Val()[0]), true, nil
}

// Put implements [kvrows.Tree].
func (t *readTree) Put([]byte, []byte) error { return errReader }

// Delete implements [kvrows.Tree].
func (t *readTree) Delete([]byte) (bool, error) { return false, errReader }

// Load implements [kvrows.Tree].
func (t *readTree) Load(iter.Seq2[[]byte, []byte]) error { return errReader }
