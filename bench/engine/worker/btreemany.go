package worker

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/rowan-db/rowan/btree"
)

// keysAtOnce is how many keys one call of the batched get has.
const keysAtOnce = 64

func (e *btreeEngine) getMany(d *data, x []uint32) (sum uint64, err error) {
	var buffers [keysAtOnce][len(userKey)]byte
	keys := make([][]byte, 0, keysAtOnce)
	err = e.View(func(tx *btree.Tx) error {
		t, err := tx.Tree(treeName)
		if err != nil {
			return err
		}
		for part := range slices.Chunk(x, keysAtOnce) {
			keys = keys[:0]
			for i, n := range part {
				keys = append(keys, d.keyIn(buffers[i][:], n))
			}
			var wrong error
			err := t.GetMany(keys, func(i int, val []byte, ok bool) bool {
				if !ok || number(val) != uint64(part[i]) {
					wrong = missing(part[i], val)
					return false
				}
				sum += uint64(part[i]) + uint64(len(val))
				return true
			})
			if err != nil || wrong != nil {
				return errors.Join(err, wrong)
			}
		}
		return nil
	})
	return sum, err
}

// compact makes the file as small as it can be.
func (e *btreeEngine) compact(*worker, []string) (string, error) {
	started := time.Now()
	err := e.Compact(context.Background())
	return timed(started, 1), err
}
