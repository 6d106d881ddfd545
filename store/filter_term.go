package store

import (
	"math"
	"strconv"
	"strings"

	"github.com/rowan-db/rowan/store/tuple"
)

// word is a term that holds if any value contains it. It is in lower case.
type word string

func (word) looksAt(int) bool { return true }

func (w word) match(r *Row) bool {
	for _, v := range r.Key {
		if w.in(v) {
			return true
		}
	}
	for _, v := range r.Values {
		if w.in(v) {
			return true
		}
	}
	return false
}

// in reports whether v contains the word. NULL contains nothing.
func (w word) in(v tuple.Value) bool {
	return !v.IsNull() && strings.Contains(strings.ToLower(v.Plain()), string(w))
}

// operator is what a condition compares with.
type operator string

const (
	equal     operator = "="
	notEqual  operator = "!="
	less      operator = "<"
	atMost    operator = "<="
	greater   operator = ">"
	atLeast   operator = ">="
	contains  operator = "~"
	lacksWord operator = "!~"
)

// condition is a term about one column.
type condition struct {
	inKey  bool
	column int // index into Row.Key or Row.Values
	op     operator
	value  tuple.Value // what equal to atLeast compare with
	word   word        // what contains and lacksWord look for
}

func (c *condition) looksAt(column int) bool { return !c.inKey && c.column == column }

func (c *condition) match(r *Row) bool {
	v := c.of(r)
	switch c.op {
	case contains:
		return c.word.in(v)
	case lacksWord:
		return !c.word.in(v)
	case equal:
		return sameValue(v, c.value)
	case notEqual:
		return !sameValue(v, c.value)
	}
	order, ok := compareValues(v, c.value)
	if !ok {
		return false
	}
	switch c.op {
	case less:
		return order < 0
	case atMost:
		return order <= 0
	case greater:
		return order > 0
	}
	return order >= 0
}

func (c *condition) of(r *Row) tuple.Value {
	if c.inKey {
		return r.Key[c.column]
	}
	return r.Values[c.column]
}

func sameValue(a, b tuple.Value) bool {
	order, ok := compareValues(a, b)
	return a == b || ok && order == 0
}

// compareValues orders two values as people do: numbers by what they are worth,
// whatever their kinds, dates and timestamps by time, as if those without a
// zone were in UTC. Values that have no common order, and NULL, are not
// ordered.
func compareValues(a, b tuple.Value) (order int, ok bool) {
	switch {
	case a.IsNull() || b.IsNull():
		return 0, false
	case isNumber(a) && isNumber(b):
		return compareNumbers(a, b)
	case isTime(a) && isTime(b):
		return a.AsTime().Compare(b.AsTime()), true
	case a.Kind() == tuple.KindOther && b.Kind() == tuple.KindOther:
		return strings.Compare(a.AsText(), b.AsText()), true
	}
	return tuple.Compare(a, b), a.Kind() == b.Kind()
}

func isTime(v tuple.Value) bool {
	return v.Kind() == tuple.KindDate || v.Kind() == tuple.KindTimestamp
}

func isNumber(v tuple.Value) bool {
	switch v.Kind() {
	case tuple.KindInt, tuple.KindUint, tuple.KindFloat, tuple.KindDecimal:
		return true
	}
	return false
}

// compareNumbers orders numbers by value. NaN is not ordered.
func compareNumbers(a, b tuple.Value) (int, bool) {
	if a.Kind() == b.Kind() && a.Kind() == tuple.KindInt {
		return tuple.Compare(a, b), true
	}
	x, okX := asDecimal(a)
	y, okY := asDecimal(b)
	return tuple.Compare(x, y), okX && okY
}

// asDecimal returns a number as the decimal that has no needless zeros. A
// floating-point number counts as the shortest decimal that stands for it, so
// that 0.1 is 0.1.
func asDecimal(v tuple.Value) (tuple.Value, bool) {
	text := v.Plain()
	if v.Kind() == tuple.KindFloat {
		f := v.AsFloat()
		if math.IsInf(f, 0) {
			text = strconv.FormatFloat(f, 'g', -1, 64)
		} else {
			text = strconv.FormatFloat(f, 'f', -1, 64)
		}
	}
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	d, err := tuple.Decimal(text)
	return d, err == nil && !strings.EqualFold(text, "nan")
}
