package btree

import (
	"bytes"
	"encoding/binary"
	"math"
)

// search returns the index of the first entry of a leaf whose key is not less than key, and whether it is equal.
func (p page) search(key []byte) (int, bool) { return p.lowerBound(key, 0) }

// childIndex returns the entry of a branch whose child holds key if anything does.
func (p page) childIndex(key []byte) int {
	i, equal := p.lowerBound(key, 1)
	if equal {
		return i
	}
	return i - 1
}

// lowerBound searches the entries from lo on. It reads the heads alone until they tie.
func (p page) lowerBound(key []byte, lo int) (int, bool) {
	n := p.count()
	if n <= lo {
		return lo, false
	}
	suffix, order := cutPrefix(key, p.prefix())
	if order < 0 {
		return lo, false
	}
	if order > 0 {
		return n, false
	}
	h := head(suffix)
	at := p.headsAt()
	heads := p[at : at+4*n]
	i := searchHeads(heads, lo, n, h)
	if i == n || binary.BigEndian.Uint32(heads[4*i:]) != h {
		return i, false
	}
	return p.searchTie(suffix, heads, i, h)
}

// cutPrefix removes the prefix from the key. order tells on which side the key lies of all keys that have the prefix.
func cutPrefix(key, prefix []byte) (suffix []byte, order int) {
	if len(prefix) == 0 {
		return key, 0
	}
	if len(key) >= len(prefix) && string(key[:len(prefix)]) == string(prefix) {
		return key[len(prefix):], 0
	}
	return nil, bytes.Compare(key, prefix)
}

// searchHeads returns the first index in [lo,hi) whose head is not less than h, or hi.
func searchHeads(heads []byte, lo, hi int, h uint32) int {
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if binary.BigEndian.Uint32(heads[4*mid:]) < h {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// searchTie decides among the entries from lo on that have the head h.
func (p page) searchTie(suffix, heads []byte, lo int, h uint32) (int, bool) {
	hi := len(heads) / 4
	switch c := bytes.Compare(p.suffix(lo), suffix); {
	case c == 0:
		return lo, true
	case c > 0:
		return lo, false
	}
	lo++
	if h != math.MaxUint32 && (lo == hi || binary.BigEndian.Uint32(heads[4*lo:]) != h) {
		return lo, false
	}
	if h != math.MaxUint32 {
		hi = searchHeads(heads, lo, hi, h+1)
	}
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		c := bytes.Compare(p.suffix(mid), suffix)
		if c == 0 {
			return mid, true
		}
		if c < 0 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo, false
}
