package driver

import (
	"math"
	"strconv"
	"strings"

	"github.com/rowan-db/rowan/store/tuple"
)

// Comparison is how a [Condition] compares.
type Comparison uint8

// The comparisons. NULL has no order and contains nothing: it is NotEqual to
// everything, and no other comparison with a value holds for it.
const (
	Equal    Comparison = iota + 1 // the same value, also as a number of another kind
	NotEqual                       // not Equal
	Less
	AtMost
	Greater
	AtLeast
	Contains // the text that people see has Value in it, in upper or lower case
	Lacks    // not Contains
	IsNull
	NotNull
)

// AnyColumn is the column of a condition that holds if it does for any key
// element or column.
const AnyColumn = -1

// Condition is something that rows are chosen by: see [Query].Where.
type Condition struct {
	// Column is a key element or column, see [Schema.ColumnAt], or AnyColumn.
	Column int
	Op     Comparison
	// Value is what the column is compared with: of any kind for Equal to
	// AtLeast, text in lower case for Contains and Lacks, NULL for the others.
	Value tuple.Value
}

// Holds reports whether the condition holds for a row, whose values must be
// whole. It is the one definition that databases have to agree with.
func (c *Condition) Holds(s *Schema, r *Row) bool {
	if c.Column != AnyColumn {
		return c.holdsFor(s.ValueAt(r, c.Column))
	}
	for i := range s.Width() {
		if c.holdsFor(s.ValueAt(r, i)) {
			return true
		}
	}
	return false
}

func (c *Condition) holdsFor(v tuple.Value) bool {
	switch c.Op {
	case Equal:
		return sameValue(v, c.Value)
	case NotEqual:
		return !sameValue(v, c.Value)
	case Contains:
		return containsText(v, c.Value)
	case Lacks:
		return !containsText(v, c.Value)
	case IsNull:
		return v.IsNull()
	case NotNull:
		return !v.IsNull()
	}
	order, ok := compareValues(v, c.Value)
	return ok && c.accepts(order)
}

// accepts reports whether a comparison of two values has the right result.
func (c *Condition) accepts(order int) bool {
	switch c.Op {
	case Less:
		return order < 0
	case AtMost:
		return order <= 0
	case Greater:
		return order > 0
	}
	return order >= 0
}

// containsText reports whether v, as people see it, contains a word that is in
// lower case. NULL contains nothing.
func containsText(v, word tuple.Value) bool {
	return !v.IsNull() && strings.Contains(strings.ToLower(v.Plain()), word.AsText())
}

func sameValue(a, b tuple.Value) bool {
	order, ok := compareValues(a, b)
	return ok && order == 0 || a == b && !a.IsNull()
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
