package btree_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// However many transactions overwrite the same keys, small ones and now and then a large one, the file stays about as large as
// it is after some of them: pages that are given up are used again.
func TestSustainedCommitsDoNotGrowTheFile(t *testing.T) {
	const keys, rounds = 3000, 400
	for _, o := range []btree.Options{{NoLog: true}, {LogSize: 64 << 10}, {LogSize: 1 << 20}} {
		t.Run(fmt.Sprintf("log%d", o.LogSize), func(t *testing.T) {
			t.Parallel()
			o.PageSize = smallPage
			db := open(t, &vfs.Mem{}, o)
			r := rand.New(rand.NewPCG(1, 2))
			overwrite := func(n int) {
				t.Helper()
				update(t, db, func(_ *btree.Tx, tree *btree.Tree) error {
					for range n {
						if err := tree.Put(key64(r.IntN(keys)), make([]byte, 100+r.IntN(50))); err != nil {
							return err
						}
					}
					return nil
				})
			}
			size := func() int64 {
				t.Helper()
				if err := db.Checkpoint(); err != nil {
					t.Fatal(err)
				}
				return stats(t, db).FileSize
			}
			some := func(rounds int) {
				t.Helper()
				for i := range rounds {
					overwrite(1 + r.IntN(5))
					if i%20 == 0 {
						overwrite(keys)
					}
				}
			}
			some(rounds / 4)
			early := size()
			some(rounds)
			if late := size(); late > early*3/2 {
				t.Errorf("after %d transactions the file has %d bytes, after %d it has %d", rounds/4, early, rounds*5/4, late)
			}
			mustCheck(t, db)
		})
	}
}
