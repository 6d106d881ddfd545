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
		edge, below := d.Edge(&s.Key[i], v)
		if below {
			return limit{key: l.key[:i], inclusive: lower}
		}
		l.key[i] = edge
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
	sep := " WHERE "
	for i := range same {
		st.write(sep, st.key(s, i), " = ")
		st.arg(low.key[i])
		sep = " AND "
	}
	for _, side := range []struct {
		limit
		op string
	}{{low, ">"}, {up, "<"}} {
		if len(side.key) > same {
			st.write(sep)
			st.compare(s, same, side.key, side.op, side.inclusive)
			sep = " AND "
		}
	}
	return true
}

// compare writes that the columns of the key from the first on sort after (>)
// or before (<) key[first:], or at it if inclusive.
func (st *statement) compare(s *driver.Schema, first int, key tuple.Tuple, op string, inclusive bool) {
	var left, right string
	if n := len(key) - first; n > 1 {
		if !st.d.RowValues(s.Key[first:len(key)]) {
			st.expanded(s, first, key, op, inclusive)
			return
		}
		left, right = "(", ")"
	}
	if inclusive {
		op += "="
	}
	st.write(left)
	st.list(len(key)-first, ", ", func(i int) { st.write(st.key(s, first+i)) })
	st.write(right, " ", op, " ", left)
	st.list(len(key)-first, ", ", func(i int) { st.arg(key[first+i]) })
	st.write(right)
}

// expanded writes (a,b,c) > (x,y,z) as
//
//	a >= x AND (a > x OR (a = x AND (b > y OR (b = y AND c > z))))
//
// The first comparison says nothing new, but it is what an index is searched
// with where the planner does not look into an OR.
func (st *statement) expanded(s *driver.Schema, first int, key tuple.Tuple, op string, inclusive bool) {
	st.write("(", st.key(s, first), " ", op, "= ")
	st.arg(key[first])
	st.write(" AND ")
	last := len(key) - 1
	for i := first; i < last; i++ {
		st.write("(", st.key(s, i), " ", op, " ")
		st.arg(key[i])
		st.write(" OR (", st.key(s, i), " = ")
		st.arg(key[i])
		st.write(" AND ")
	}
	st.compare(s, last, key, op, inclusive)
	for range last - first {
		st.write("))")
	}
	st.write(")")
}
