package btree_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// Many trees are filled in turns, each in ascending order: more of their last leaves grow at a time than the transaction may have
// frames, so that leaves are written before they are full. What comes later must go into a leaf anew, not into memory that is
// being written, or was.
func TestLeafThatIsWrittenGrowsNoMore(t *testing.T) {
	const trees, rounds = 100, 100
	for name, o := range map[string]btree.Options{"in the background": smallMemory, "at once": btree.WriteInline(smallMemory)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var disk vfs.Mem
			db := open(t, &disk, o)
			want := contents{}
			err := db.Update(func(tx *btree.Tx) error {
				for i := range rounds {
					for k := range trees {
						name := fmt.Sprintf("t%03d", k)
						if i == 0 {
							if _, err := tx.CreateTree(name); err != nil {
								return err
							}
							want[name] = map[string]string{}
						}
						tree, err := tx.Tree(name)
						if err != nil {
							return err
						}
						if err := putBoth(tree, want[name], fmt.Sprintf("%08d", i), strings.Repeat("v", 20)); err != nil {
							return err
						}
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			mustHold(t, db, want)
			mustCheck(t, db)
		})
	}
}
