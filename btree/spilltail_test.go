package btree_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// Many trees are filled in turns, each in ascending order: more of their last leaves grow at a time than the transaction may have
// frames, so that leaves are written before they are full, and branches before they count all keys of those. What comes later must
// go into pages anew, not into memory that is being written, or was, and the keys must be counted before a branch is written.
func TestLeafThatIsWrittenGrowsNoMore(t *testing.T) {
	const trees, turns = 80, 8000
	inBackground := smallMemory
	inBackground.CacheSize = 512 << 10 // several pages are written together
	for name, o := range map[string]btree.Options{"in the background": inBackground, "at once": btree.WriteInline(inBackground)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var disk vfs.Mem
			db := open(t, &disk, o)
			want, r := contents{}, rand.New(rand.NewPCG(1, 1))
			err := db.Update(func(tx *btree.Tx) error {
				handles := make([]*btree.Tree, trees)
				for k := range handles {
					tree, err := tx.CreateTree(fmt.Sprintf("t%03d", k))
					if err != nil {
						return err
					}
					handles[k], want[tree.Name()] = tree, map[string]string{}
				}
				for range turns {
					tree := handles[r.IntN(trees)]
					for range 1 + r.IntN(8) {
						m := want[tree.Name()]
						if err := putBoth(tree, m, fmt.Sprintf("%08d", len(m)), strings.Repeat("v", 20)); err != nil {
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

// The handle of a tree that was filled in ascending order and then rolled back takes nothing more: the pages where it would have gone
// on are no longer its own.
func TestTreeRolledBackTakesNoMoreAscendingKeys(t *testing.T) {
	var disk vfs.Mem
	db := open(t, &disk, btree.Options{})
	want := contents{"t": {}}
	update(t, db, func(tx *btree.Tx, tree *btree.Tree) error {
		sp, err := tx.Savepoint()
		if err != nil {
			return err
		}
		gone, err := tx.CreateTree("gone")
		if err != nil {
			return err
		}
		for i := range 10 {
			if err := gone.Put([]byte{byte(i)}, []byte("value")); err != nil {
				return err
			}
		}
		if err := tx.RollbackTo(sp); err != nil {
			return err
		}
		if err := gone.Put([]byte{10}, []byte("value")); !errors.Is(err, btree.ErrNoTree) {
			t.Errorf("putting into a tree that was rolled back returned %v, want ErrNoTree", err)
		}
		return putBoth(tree, want["t"], "00000000", "other")
	})
	mustHold(t, db, want)
	mustCheck(t, db)
}

// Keys that were put one after another at the end are counted by whatever looks, at once, and by the commit.
func TestKeysAtTheEndAreCounted(t *testing.T) {
	var disk vfs.Mem
	db := open(t, &disk, btree.Options{PageSize: btree.MinPageSize})
	update(t, db, func(_ *btree.Tx, tree *btree.Tree) error {
		looks := map[string]func() (uint64, error){
			"Len":   tree.Len,
			"Count": func() (uint64, error) { return tree.Count([]byte{0}, []byte{0xFF}) },
			"Rank":  func() (uint64, error) { return tree.Rank([]byte{0xFF}) },
		}
		for i := uint64(0); i < 2000; {
			for name, look := range looks {
				for range 3 {
					if err := tree.Put(binary.BigEndian.AppendUint32(nil, uint32(i)), []byte("value")); err != nil {
						return err
					}
					i++
				}
				if n, err := look(); err != nil || n != i {
					t.Fatalf("after %d keys %s says %d, %v", i, name, n, err)
				}
			}
		}
		for b := byte(0xF0); b < 0xF8; b++ {
			if err := tree.Put([]byte{b, 0, 0, 0}, []byte("value")); err != nil {
				return err
			}
		}
		return nil
	})
	mustCheck(t, db)
}
