package btree

import (
	"iter"
	"math/rand/v2"
	"runtime/debug"
	"slices"
)

// PutAll puts every pair of a sequence, in any order. It is atomic: when a pair is refused, nothing of it is kept. The sequence
// must not use the transaction.
func (t *Tree) PutAll(seq iter.Seq2[[]byte, []byte]) error {
	return t.allOrNothing(func() error {
		for key, val := range seq {
			if err := t.Put(key, val); err != nil {
				return err
			}
		}
		return nil
	})
}

// DeleteAll removes every key of a sequence, in any order, and returns how many were there. It is atomic, as PutAll is.
func (t *Tree) DeleteAll(keys iter.Seq[[]byte]) (n uint64, err error) {
	err = t.allOrNothing(func() error {
		before := t.keys
		for key := range keys {
			if err := t.Remove(key); err != nil {
				return err
			}
		}
		if err := t.settled(true); err != nil {
			return err
		}
		n = before - t.keys
		return nil
	})
	return n, err
}

// allOrNothing runs a change between a savepoint and, if it fails, the return to it. The savepoint costs copies of pages that
// the transaction changed before; it makes none when there are no such pages.
func (t *Tree) allOrNothing(change func() error) error {
	if err := t.usable(true); err != nil {
		return err
	}
	sp, err := t.tx.Savepoint()
	if err != nil {
		return err
	}
	if err := change(); err != nil {
		if back := t.tx.RollbackTo(sp); back != nil {
			return t.tx.fail(back)
		}
		return err
	}
	return nil
}

// Sample returns n different keys with their values, or all if there are no more, each key of the tree with the same chance.
// They come in ascending order. It costs a descent for each. r is a source of random numbers. Cursor's Err tells as with Ascend
// whether the loop ended because of an error.
func (c *Cursor) Sample(n int, r *rand.Rand) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, val []byte) bool) {
		l := loop{yield: yield}
		defer recoverOwnFault(&l.inBody, debug.SetPanicOnFault(true), &c.err)
		if !c.start() {
			return
		}
		for _, at := range positions(c.t.keys, n, r) {
			if !c.Select(at) || !c.pass(&l) {
				return
			}
		}
	}
}

// positions returns n different numbers below size in ascending order, every choice with the same chance: it takes for each of
// the last n sizes a number below it, or if that was taken before the greatest.
func positions(size uint64, n int, r *rand.Rand) []uint64 {
	if uint64(max(n, 0)) >= size {
		n = int(size)
	}
	chosen := make(map[uint64]bool, max(n, 0))
	for i := size - uint64(max(n, 0)); i < size; i++ {
		at := r.Uint64N(i + 1)
		if chosen[at] {
			at = i
		}
		chosen[at] = true
	}
	all := make([]uint64, 0, len(chosen))
	for at := range chosen {
		all = append(all, at)
	}
	slices.Sort(all)
	return all
}
