//go:build !btree_nolog

package btree_test

import (
	"strings"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// A record that is damaged, and all that follow it, never happened; those before it did.
func TestReplayStopsAtDamage(t *testing.T) {
	disk, states := logged(t)
	image := disk.ReadFile(dbName)
	start := strings.LastIndex(string(image), "renamed") // within the last record
	seen := map[int]bool{}
	for at := start; at > start-1500 && at > 0; at -= 13 {
		damaged := append([]byte{}, image...)
		damaged[at] ^= 1
		c := &vfs.Mem{}
		c.WriteFile(dbName, damaged)
		db := open(t, c, btree.Options{})
		got, err := dump(db)
		if err != nil {
			t.Fatal(err)
		}
		state := -1
		for i := range states {
			if got.equal(states[i]) {
				state = i
			}
		}
		if state < 0 && len(seen) > 0 && !seen[0] {
			t.Fatalf("byte %d changed: none of the states, %s", at, difference(got, states[0]))
		}
		seen[state] = true
		mustCheck(t, db)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) < 4 {
		t.Errorf("damage led to %d states", len(seen))
	}
}
