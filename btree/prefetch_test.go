package btree

import (
	"encoding/binary"
	"testing"
)

// A part that is left out costs a walk a wait for memory, and nothing else would tell.
func TestWalkFetchesAllOfTheNextLeaf(t *testing.T) {
	for _, size := range []int{4 << 10, 16 << 10, 64 << 10} {
		for _, val := range []int{0, 8, 100, 300, 450} {
			p := leafOf(size, val)
			for _, by := range []int{1, -1} {
				i, stop := 0, p.count()
				if by < 0 {
					i, stop = p.count()-1, -1
				}
				a := newAhead(p, p, by)
				parts := 0
				for ; i != stop; parts++ {
					i = a.part(i, stop)
				}
				if a.lo != a.hi {
					t.Errorf("pages of %d bytes, values of %d, by %d: bytes %d to %d were not fetched", size, val, by, a.lo, a.hi)
				}
				if parts < size/aheadPart/2 {
					t.Errorf("pages of %d bytes, values of %d, by %d: fetched in %d parts, which come too many bytes at a time", size, val, by, parts)
				}
			}
		}
	}
}

// Where records are long, the second part is that of the records; it must come before the walk is at the end.
func TestWalkFetchesLongRecords(t *testing.T) {
	p := leafOf(16<<10, 2000)
	for _, by := range []int{1, -1} {
		i, stop := 0, p.count()
		if by < 0 {
			i, stop = p.count()-1, -1
		}
		a := newAhead(p, p, by)
		for a.lo < 2 {
			if i == stop {
				t.Fatalf("by %d: the walk ended after %d parts", by, a.lo)
			}
			i = a.part(i, stop)
		}
	}
}

// leafOf returns a leaf that is full of entries with values of so many bytes.
func leafOf(size, val int) page {
	n := (size - headerSize) / (val + 8 + leafEntry)
	es := make([]entry, n)
	for i := range es {
		es[i] = entry{key: binary.BigEndian.AppendUint64(nil, uint64(i)<<32), val: make([]byte, val)}
	}
	p := make(page, size)
	build(p, kindLeaf, 0, es)
	return p
}
