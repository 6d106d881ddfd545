package btree

import (
	"math"
	"testing"
)

// A branch with a sound checksum may still refer to pages that there are not, also to those at the end of all numbers.
func TestLeavesBeyondTheFileAreNotGivenUp(t *testing.T) {
	for _, child := range []uint64{0, firstPage - 1, 1000, math.MaxUint64} {
		p := make(page, 4096)
		build(p, kindBranch, 1, []entry{{child: 5}, {key: []byte("k"), child: child}})
		tree := Tree{tx: &Tx{db: &DB{pager: &pager{pageSize: len(p)}}, pageEnd: 1000}}
		if err := tree.dropLeaves(p); !isCorrupt(err) {
			t.Errorf("giving up page %d of a file with pages up to 999 returned %v", child, err)
		}
	}
}
