package store

import (
	"bytes"
	"slices"

	"github.com/rowan-db/rowan/store/tuple"
)

// index is the rows that a view consists of, in its order.
type index struct {
	keys keyList
	// byKey holds the positions in keys in the order of the encoded keys.
	byKey []uint32
}

func newIndex(keys keyList) *index {
	byKey := make([]uint32, keys.len())
	for i := range byKey {
		byKey[i] = uint32(i)
	}
	slices.SortFunc(byKey, func(a, b uint32) int { return bytes.Compare(keys.at(int(a)), keys.at(int(b))) })
	return &index{keys: keys, byKey: byKey}
}

// search returns where in byKey a key is, or would be.
func (x *index) search(key tuple.Tuple) (int, bool) {
	return slices.BinarySearchFunc(x.byKey, key.Append(nil), func(at uint32, want []byte) int {
		return bytes.Compare(x.keys.at(int(at)), want)
	})
}

// find returns where the row with a key is in the view.
func (x *index) find(key tuple.Tuple) (int, bool) {
	i, ok := x.search(key)
	if !ok {
		return 0, false
	}
	return int(x.byKey[i]), true
}

// keyList is a list of encoded tuples in one piece of memory.
type keyList struct {
	data []byte
	ends []uint64
}

func (l *keyList) len() int { return len(l.ends) }

func (l *keyList) append(t tuple.Tuple) {
	l.data = t.Append(l.data)
	l.ends = append(l.ends, uint64(len(l.data)))
}

func (l *keyList) appendEncoded(b []byte) {
	l.data = append(l.data, b...)
	l.ends = append(l.ends, uint64(len(l.data)))
}

func (l *keyList) at(i int) []byte {
	start := uint64(0)
	if i > 0 {
		start = l.ends[i-1]
	}
	return l.data[start:l.ends[i]]
}

func (l *keyList) tuple(i int) tuple.Tuple {
	t, err := tuple.Decode(l.at(i))
	if err != nil {
		panic(err) // this list encoded it
	}
	return t
}
