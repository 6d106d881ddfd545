//go:build cgo

package sqlite

import (
	"math"
	"slices"
	"strings"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

var (
	_ sqlrows.Searching = dialect{}
	_ sqlrows.Sorting   = dialect{}
	_ driver.Sorter     = (*reader)(nil)
)

// Sorts: SQLite sorts and compares whatever a column holds by one order. A row
// that has NULL in its key is in no page that begins at a place.
func (d dialect) Sorts(s *driver.Schema, _ *driver.Column) bool {
	return !slices.ContainsFunc(s.Key, func(c driver.Column) bool { return d.MayHoldNull(s, &c) })
}

// Condition implements [sqlrows.Searching].
func (d dialect) Condition(c *driver.Column, expr string, cond driver.Condition, arg func(any) string) (string, bool) {
	switch cond.Op {
	case driver.IsNull:
		return expr + " IS NULL", true
	case driver.NotNull:
		return expr + " IS NOT NULL", true
	case driver.Contains:
		return containing(expr, cond.Value.AsText(), arg)
	}
	op, ok := sqlrows.Operator(cond.Op)
	if !ok {
		return "", false
	}
	switch v := cond.Value; v.Kind() {
	case tuple.KindInt, tuple.KindUint, tuple.KindFloat, tuple.KindDecimal:
		return compareNumber(c, expr, op, v, arg)
	case tuple.KindText:
		return d.compareText(c, expr, op, v, arg)
	case tuple.KindBytes:
		return compareBytes(expr, op, v, arg)
	}
	return "", false
}

// compareNumber compares with numbers that an integer and a floating-point
// number can be equal to, as they are to people. A column of text holds none,
// but SQLite would take 5 for '5' there: which matters only to what is not
// equal.
func compareNumber(c *driver.Column, expr, op string, v tuple.Value, arg func(any) string) (string, bool) {
	n, ok := exactNumber(v)
	if !ok || op == "<>" && affinityOf(c) == affinityText {
		return "", false
	}
	return orNull(expr, op, arg(n)), true
}

// exactNumber returns a number as SQLite has it, if it has it: as an integer or
// a floating-point number that is small enough to be one, and stands for
// exactly this decimal.
func exactNumber(v tuple.Value) (any, bool) {
	const limit = 1 << 53
	switch v.Kind() {
	case tuple.KindInt:
		return v.AsInt(), v.AsInt() > -limit && v.AsInt() < limit
	case tuple.KindFloat:
		return v.AsFloat(), math.Abs(v.AsFloat()) < limit
	case tuple.KindDecimal:
		f, err := tuple.ParseAs(tuple.KindFloat, "", v.Plain())
		if err != nil || math.Abs(f.AsFloat()) >= limit {
			return nil, false
		}
		same := driver.Condition{Op: driver.Equal, Value: v}
		one := driver.Schema{Columns: []driver.Column{{}}}
		return f.AsFloat(), same.Holds(&one, &driver.Row{Values: []tuple.Value{f}})
	}
	return nil, false
}

// compareText compares byte by byte, whatever the column's collation. A column
// that makes numbers of text would make one of the value, too.
func (d dialect) compareText(c *driver.Column, expr, op string, v tuple.Value, arg func(any) string) (string, bool) {
	switch {
	case op == "=":
		// A collation finds more than what is the same, by the index.
		return expr + " = " + arg(v.AsText()), true
	case d.utf16, affinityOf(c).isNumeric():
		return "", false
	}
	return orNull(expr+" COLLATE "+collateBinary, op, arg(v.AsText())), true
}

func compareBytes(expr, op string, v tuple.Value, arg func(any) string) (string, bool) {
	return orNull(expr, op, arg([]byte(v.AsText()))), true
}

// orNull compares so that NULL is not equal to anything.
func orNull(expr, op, value string) string {
	if op == "<>" {
		return expr + " IS NOT " + value
	}
	return expr + " " + op + " " + value
}

// foldsTo are the characters beyond ASCII whose lower case is in it. SQLite's
// own lower leaves them alone.
var foldsTo = map[string]string{"i": "\u0130", "k": "\u212a"}

// containing looks for an ASCII word in text, in upper or lower case, and in
// integers. How a floating-point number or binary data is written, SQLite does
// not agree with us, so that all of those are left in.
func containing(expr, word string, arg func(any) string) (string, bool) {
	if strings.ContainsFunc(word, func(r rune) bool { return r == 0 || r > 127 }) {
		return "", false
	}
	sql := "(typeof(" + expr + ") IN ('real','blob') OR instr(lower(" + expr + ")," + arg(word) + ") > 0"
	for _, letter := range []string{"i", "k"} {
		if strings.Contains(word, letter) {
			sql += " OR instr(" + expr + "," + arg(foldsTo[letter]) + ") > 0"
		}
	}
	return sql + ")", true
}
