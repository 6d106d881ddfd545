package redis

import (
	"slices"

	client "github.com/redis/go-redis/v9"

	"github.com/rowan-db/rowan/backends/internal/kvrows"
)

// flow reads a tree batch after batch, and asks for the next one while the last
// is worked on. The keys of a batch come with the values of the one before, in
// one round trip.
type flow struct {
	tree   *readTree
	coming chan batchRead // what is being read, or nil
}

// batchRead is a batch that was read, and the keys of the next one.
type batchRead struct {
	span  span // what was asked for
	pairs []pair
	next  []string
	err   error
}

// Flow implements [kvrows.Flowing].
func (t *readTree) Flow(keysOnly bool) kvrows.Cursor {
	f := &flow{tree: t}
	return &cursor{read: f.read, ahead: batchAhead, keysOnly: keysOnly}
}

// read returns the pairs of a span: those that were asked for before, if it goes
// on where the last one ended.
func (f *flow) read(s span) (pairs []pair, more bool, err error) {
	var got batchRead
	if f.coming != nil {
		got = <-f.coming
		f.coming = nil
	}
	if got.span != s {
		got = f.tree.begin(s)
	}
	if more = got.err == nil && len(got.next) > 0; more {
		f.coming = make(chan batchRead, 1) // whoever reads into it never waits
		go func(to chan<- batchRead) { to <- f.tree.batch(s.after(got.pairs), got.next) }(f.coming)
	}
	return got.pairs, more, got.err
}

// after returns the span that follows pairs of s.
func (s span) after(pairs []pair) span {
	s.from, s.bounded, s.exclusive = pairs[len(pairs)-1].key, true, true
	return s
}

// begin reads the first batch.
func (t *readTree) begin(s span) batchRead {
	names := client.NewStringSliceCmd(t.tx.ctx, s.args(t.home.order)...)
	err := t.existing(func(p client.Pipeliner) { _ = p.Process(t.tx.ctx, names) })
	if err != nil || len(names.Val()) == 0 {
		return batchRead{span: s, err: err}
	}
	return t.batch(s, names.Val())
}

// batch reads the values of some keys, which are those of a span, and the keys
// that follow. Keys that have gone since are read again with their values.
func (t *readTree) batch(s span, keys []string) batchRead {
	got := batchRead{span: s}
	last := []pair{{key: keys[len(keys)-1]}}
	ctx, names := t.tx.ctx, client.NewStringSliceCmd(t.tx.ctx, s.after(last).args(t.home.order)...)
	var values *client.SliceCmd
	got.err = pipelined(ctx, t.tx.server.rdb, func(p client.Pipeliner) {
		if !s.keysOnly {
			values = p.HMGet(ctx, t.home.rows, keys...)
		}
		_ = p.Process(ctx, names)
	})
	if got.err != nil {
		return got
	}
	got.next = names.Val()
	switch {
	case s.keysOnly:
		got.pairs, got.err = withValues(t.name, keys, nil, nil)
	case slices.Contains(values.Val(), nil):
		return t.again(s)
	default:
		got.pairs, got.err = withValues(t.name, keys, values.Val(), nil)
	}
	return got
}

// again reads a batch of one moment.
func (t *readTree) again(s span) batchRead {
	got := batchRead{span: s}
	var more bool
	if got.pairs, more, got.err = t.read(s); got.err != nil || !more {
		return got
	}
	names := client.NewStringSliceCmd(t.tx.ctx, s.after(got.pairs).args(t.home.order)...)
	got.err = pipelined(t.tx.ctx, t.tx.server.rdb, func(p client.Pipeliner) { _ = p.Process(t.tx.ctx, names) })
	got.next = names.Val()
	return got
}
