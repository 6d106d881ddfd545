package redis

import (
	"maps"
	"slices"
	"sort"
)

// overlay is what a transaction has done to a tree and not yet committed. The
// tree's own pairs lie below it.
type overlay struct {
	tree string
	// below is where the pairs are that the overlay changes; none if the tree
	// was made, or emptied, by this transaction.
	below *home
	// exists tells whether the tree is there, seen from the transaction.
	exists bool
	// listed tells whether it was there before.
	listed bool
	// loaded is the number of pairs that were loaded into below, which then is
	// a place of their own until the commit.
	loaded int

	writes map[string]write
	sorted []string // the keys of writes, nil if that has to be made anew
}

// write is what became of a key.
type write struct {
	value   string
	deleted bool
}

// set notes a write and returns what undoes that.
func (o *overlay) set(key string, w write) (undo func()) {
	before, there := o.writes[key]
	o.writes[key] = w
	if there {
		return func() { o.writes[key] = before }
	}
	o.sorted = nil
	return func() {
		delete(o.writes, key)
		o.sorted = nil
	}
}

// keys returns the keys that were written, in order.
func (o *overlay) keys() []string {
	if o.sorted == nil {
		o.sorted = slices.Sorted(maps.Keys(o.writes))
	}
	return o.sorted
}

// within returns the written keys of a span, in its direction, up to the key
// until, inclusive; an empty until is the end of the tree.
func (o *overlay) within(s span, until string, whole bool) []string {
	keys := o.keys()
	if s.bounded {
		at := sort.SearchStrings(keys, s.from)
		found := at < len(keys) && keys[at] == s.from
		switch {
		case !s.reverse && found && s.exclusive:
			keys = keys[at+1:]
		case !s.reverse:
			keys = keys[at:]
		case found && !s.exclusive:
			keys = keys[:at+1]
		default:
			keys = keys[:at]
		}
	}
	if !whole {
		at, found := slices.BinarySearch(keys, until)
		switch {
		case s.reverse:
			keys = keys[at:]
		case found:
			keys = keys[:at+1]
		default:
			keys = keys[:at]
		}
	}
	if s.reverse {
		keys = slices.Clone(keys)
		slices.Reverse(keys)
	}
	return keys
}

// merge lays the overlay over what lies below: pairs that a span holds there.
func (o *overlay) merge(s span, pairs []pair) []pair {
	whole := len(pairs) < s.limit
	until := ""
	if !whole {
		until = pairs[len(pairs)-1].key
	}
	written := o.within(s, until, whole)
	if len(written) == 0 {
		return pairs
	}
	before := func(a, b string) bool { return a < b != s.reverse }
	merged := make([]pair, 0, len(pairs)+len(written))
	for len(pairs) > 0 || len(written) > 0 {
		if len(written) == 0 || len(pairs) > 0 && before(pairs[0].key, written[0]) && pairs[0].key != written[0] {
			merged, pairs = append(merged, pairs[0]), pairs[1:]
			continue
		}
		key := written[0]
		if len(pairs) > 0 && pairs[0].key == key {
			pairs = pairs[1:]
		}
		if w := o.writes[key]; !w.deleted {
			merged = append(merged, pair{key, w.value})
		}
		written = written[1:]
	}
	return merged
}
