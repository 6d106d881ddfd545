package btree

import (
	"bytes"
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
	n, at := p.count(), headerSize
	if n <= lo {
		return lo, false
	}
	if pre := p.prefixLen(); pre > 0 {
		if len(key) < pre || string(key[:pre]) != string(slice(p, headerSize, pre)) {
			return p.besidePrefix(key, lo), false
		}
		key, at = key[pre:], arraysAt(pre)
	}
	h := head(key)
	i := p.searchHeads(at, lo, n, h)
	if i == n || load32(p, at+4*i) != h {
		return i, false
	}
	return p.searchTie(key, at, i, n, h)
}

// besidePrefix is lowerBound for a key without the page's prefix: it is less than all keys of the page, or greater.
func (p page) besidePrefix(key []byte, lo int) int {
	if bytes.Compare(key, p.prefix()) < 0 {
		return lo
	}
	return p.count()
}

// find returns where in a leaf the value of key is, or the reference that stands for it, and the record's lengths. The place is 0
// when the key is not there.
func (p page) find(key []byte) (at int, lens uint32) {
	i, ok := p.lowerBound(key, 0)
	if !ok {
		return 0, 0
	}
	at, lens = p.record(i)
	return at + keyLen(lens), lens
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

// searchTie decides among the entries from lo on that have the head h. The heads begin at offset at.
func (p page) searchTie(suffix []byte, at, lo, hi int, h uint32) (int, bool) {
	first := p.suffix(lo)
	if len(first) == len(suffix) && (len(suffix) <= headBytes || string(first) == string(suffix)) {
		return lo, true
	}
	if string(first) > string(suffix) {
		return lo, false
	}
	lo++
	if h != math.MaxUint32 {
		if lo == hi || load32(p, at+4*lo) != h {
			return lo, false
		}
		hi = p.halveHeads(at, lo, hi-lo, h+1)
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
