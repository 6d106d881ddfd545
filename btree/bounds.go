package btree

// Bound is one end of a range of keys. The zero Bound is no bound.
type Bound struct {
	key  []byte
	kind boundKind
}

type boundKind byte

const (
	unbounded boundKind = iota
	including
	excluding
)

// Including returns the bound of a range that key belongs to, if it is there.
func Including(key []byte) Bound { return Bound{key, including} }

// Excluding returns the bound of a range that begins after key, or ends before it.
func Excluding(key []byte) Bound { return Bound{key, excluding} }

// Between returns the range between two bounds as all methods take ranges: from lo, inclusive, to hi, exclusive. So
//
//	for key, val := range cursor.Descend(btree.Between(btree.Excluding(a), btree.Including(b)))
//
// goes from b down to the key after a, and Count and DeleteRange take the same argument.
func Between(lower, upper Bound) (lo, hi []byte) {
	switch lower.kind {
	case including:
		lo = lower.key
	case excluding:
		lo = successor(lower.key)
	}
	switch upper.kind {
	case including:
		hi = successor(upper.key)
	case excluding:
		hi = append([]byte{}, upper.key...) // not nil, also for the empty key
	}
	return lo, hi
}

// successor returns the least key greater than key.
func successor(key []byte) []byte { return append(append(make([]byte, 0, len(key)+1), key...), 0) }
