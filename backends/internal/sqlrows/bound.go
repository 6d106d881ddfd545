package sqlrows

import (
	"slices"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// limit is one end of a span: the beginning of a key, in the values that the
// database compares with. A nil key is no limit.
type limit struct {
	key       tuple.Tuple
	inclusive bool
}

// span is a range of keys as SQL can say it.
type span struct {
	lower, upper limit
	empty        bool
}

// shared returns how many leading elements both limits share.
func (sp span) shared() int {
	n := 0
	for n < min(len(sp.lower.key), len(sp.upper.key)) && sp.lower.key[n] == sp.upper.key[n] {
		n++
	}
	return n
}

// newSpan translates r. Keys hold no NULL, so that a bound at NULL, or at a
// value that the column sorts before all of its own, is one at the elements
// before it.
func newSpan(d Values, s *driver.Schema, r tuple.Range) (span, error) {
	for _, b := range []tuple.Bound{r.Lower, r.Upper} {
		if len(b.Key) > len(s.Key) {
			return span{}, driver.Errorf(driver.BadKey, "a bound has %d elements, the key of %s only %d", len(b.Key), s.Name, len(s.Key))
		}
	}
	var sp span
	var err error
	if !r.Lower.Open() {
		if sp.lower, err = lowerLimit(d, s, r.Lower); err != nil {
			return span{}, err
		}
		// Nothing sorts after what begins with no elements at all.
		sp.empty = len(sp.lower.key) == 0 && !sp.lower.inclusive
	}
	if !r.Upper.Open() {
		if sp.upper, err = upperLimit(d, s, r.Upper); err != nil {
			return span{}, err
		}
		sp.empty = sp.empty || len(sp.upper.key) == 0 && !sp.upper.inclusive
	}
	return sp, nil
}

func lowerLimit(d Values, s *driver.Schema, b tuple.Bound) (limit, error) {
	l := limit{key: slices.Clone(b.Key), inclusive: !b.Exclusive}
	if isPart(b) {
		last := len(l.key) - 1
		first, after, err := d.Prefix(&s.Key[last], l.key[last])
		switch {
		case err != nil:
			return limit{}, err
		case !b.Exclusive:
			l.key[last] = first
		case after.IsNull():
			l = limit{key: l.key[:last]}
		default:
			l.key[last], l.inclusive = after, true
		}
	}
	return edges(d, s, l, true), nil
}

func upperLimit(d Values, s *driver.Schema, b tuple.Bound) (limit, error) {
	l := limit{key: slices.Clone(b.Key), inclusive: !b.Exclusive}
	if isPart(b) {
		last := len(l.key) - 1
		first, after, err := d.Prefix(&s.Key[last], l.key[last])
		switch {
		case err != nil:
			return limit{}, err
		case b.Exclusive:
			l.key[last] = first
		case after.IsNull():
			l = limit{key: l.key[:last], inclusive: true}
		default:
			l.key[last], l.inclusive = after, false
		}
	}
	return edges(d, s, l, false), nil
}

// isPart reports whether the last element of b is the beginning of others: only
// text and binary data can be.
func isPart(b tuple.Bound) bool {
	switch k := b.Key[len(b.Key)-1].Kind(); k {
	case tuple.KindText, tuple.KindBytes:
		return b.Part
	}
	return false
}

// edges replaces the elements of l by what the database compares with.
func edges(d Values, s *driver.Schema, l limit, lower bool) limit {
	for i, v := range l.key {
		edge, at := d.Edge(&s.Key[i], v)
		switch at {
		case Below:
			return limit{key: l.key[:i], inclusive: lower}
		case Above:
			return limit{key: l.key[:i], inclusive: !lower}
		}
		l.key[i] = edge
		if at == After {
			return limit{key: l.key[:i+1], inclusive: !lower}
		}
	}
	return l
}

// where writes the condition of a span that is not empty. It reports false if
// the span turns out to be empty.
//
// Leading elements that both limits share become equalities, which every
// database searches an index with; the rest is a comparison for each limit.
func (st *statement) where(s *driver.Schema, sp span) bool {
	low, up, same := sp.lower, sp.upper, sp.shared()
	bounded := len(low.key) > 0 && len(up.key) > 0
	if bounded && (same == len(low.key) && !low.inclusive || same == len(up.key) && !up.inclusive) {
		return false
	}
	for i := range same {
		st.and()
		st.write(st.key(s, i), " = ")
		st.arg(low.key[i])
	}
	for _, side := range []struct {
		limit
		op string
	}{{low, ">"}, {up, "<"}} {
		if len(side.key) > same {
			st.and()
			st.compareKey(s, same, side.key, side.op, side.inclusive)
		}
	}
	return true
}

// compareKey writes that the columns of the key from the first on sort after
// (>) or before (<) key[first:], or at it if inclusive.
func (st *statement) compareKey(s *driver.Schema, first int, key tuple.Tuple, op string, inclusive bool) {
	terms := make([]term, 0, len(key)-first)
	for i := first; i < len(key); i++ {
		terms = append(terms, term{column: &s.Key[i], expr: st.key(s, i), value: key[i]})
	}
	st.compare(terms, op, inclusive)
}
