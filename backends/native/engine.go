package native

import (
	"context"
	"errors"
	"iter"

	"github.com/rowan-db/rowan/backends/internal/kvrows"
	"github.com/rowan-db/rowan/btree"
)

// engine adapts btree to kvrows.
type engine struct{ db *btree.DB }

func (e engine) Begin(ctx context.Context, writable bool) (kvrows.Tx, error) {
	t, err := e.db.BeginContext(ctx, writable)
	if err != nil {
		return nil, explain(err)
	}
	return tx{t}, nil
}

func (engine) Guard(f func() error) error { return explain(btree.Guard(f)) }
func (e engine) Close() error             { return explain(e.db.Close()) }

type tx struct{ *btree.Tx }

func (t tx) Commit() error { return explain(t.Tx.Commit()) }

func (t tx) Tree(name string) (kvrows.Tree, bool, error) {
	found, err := t.Tx.Tree(name)
	if errors.Is(err, btree.ErrNoTree) {
		return nil, false, nil
	}
	return tree{found}, err == nil, err
}

func (t tx) CreateTree(name string) (kvrows.Tree, error) {
	made, err := t.Tx.CreateTree(name)
	return tree{made}, err
}

func (t tx) Savepoint() (restore func() error, err error) {
	sp, err := t.Tx.Savepoint()
	return func() error { return t.RollbackTo(sp) }, err
}

type tree struct{ *btree.Tree }

func (t tree) Cursor() kvrows.Cursor { return cursor{t.Tree.Cursor()} }

func (t tree) Select(n uint64) (key []byte, ok bool, err error) {
	key, _, err = t.Tree.Select(n)
	if errors.Is(err, btree.ErrOutOfRange) {
		return nil, false, nil
	}
	return key, err == nil, err
}

func (t tree) Load(pairs iter.Seq2[[]byte, []byte]) error { return t.Tree.Load(pairs) }

type cursor struct{ *btree.Cursor }

// SeekBefore also knows the end of the tree, nil.
func (c cursor) SeekBefore(key []byte) bool {
	if key == nil {
		return c.Last()
	}
	return c.Cursor.SeekBefore(key)
}

func (c cursor) Value(n int) ([]byte, error) { return c.ValuePrefix(n) }
