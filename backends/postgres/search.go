package postgres

import (
	"strconv"
	"strings"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

var (
	_ sqlrows.Searching = dialect{}
	_ sqlrows.Sorting   = dialect{}
)

// Sorts implements [sqlrows.Sorting].
func (d dialect) Sorts(s *driver.Schema, c *driver.Column) bool { return d.known.sortable(s, c) }

// never is a condition that holds for no row.
const never = "false"

// Condition implements [sqlrows.Searching].
func (d dialect) Condition(c *driver.Column, expr string, cond driver.Condition, arg func(any) string) (string, bool) {
	switch cond.Op {
	case driver.IsNull:
		return expr + " IS NULL", true
	case driver.NotNull:
		return isNotNull(expr), true
	case driver.Contains:
		return d.contains(c, expr, cond.Value.AsText(), arg)
	case driver.NotEqual, driver.Lacks:
		return "", false // nearly all rows: there is little to gain
	}
	v := cond.Value
	switch {
	case isNumeric(c.Kind) && isNumeric(v.Kind()):
		return d.compareNumbers(c, expr, cond, arg)
	case c.Kind != v.Kind():
		return "", false
	}
	switch c.Kind {
	case tuple.KindText:
		return d.compareTexts(c, expr, cond, arg)
	case tuple.KindJSON, tuple.KindOther:
		if cond.Op != driver.Equal || strings.IndexByte(v.AsText(), 0) >= 0 {
			return "", false
		}
		return printed(expr) + " = " + arg(v.AsText()), true
	case tuple.KindInterval:
		return "", false // a month is 30 days for the server, and more than any days for us
	case tuple.KindTimestamp:
		if v.IsInstant() != isZoned(c) {
			return "", false
		}
	}
	return d.compareValues(c, expr, cond, v, arg)
}

// compareValues compares in the server's order, where that is also ours.
func (d dialect) compareValues(c *driver.Column, expr string, cond driver.Condition, v tuple.Value, arg func(any) string) (string, bool) {
	op, ok := sqlrows.Operator(cond.Op)
	edge, at := d.edge(c, v)
	if !ok || at != sqlrows.At {
		return "", false
	}
	return expr + " " + op + " " + arg(argument(edge)), true
}

// compareNumbers: a floating-point number counts as the shortest decimal that
// stands for it, so that bounds are taken in.
func (d dialect) compareNumbers(c *driver.Column, expr string, cond driver.Condition, arg func(any) string) (string, bool) {
	v := cond.Value
	if v.Kind() == tuple.KindFloat && c.Kind != tuple.KindFloat {
		exact, err := tuple.Decimal(strconv.FormatFloat(v.AsFloat(), 'f', -1, 64))
		if err != nil {
			return "", false
		}
		v = exact
	}
	if _, finite := decimalOf(v); !finite {
		return "", false
	}
	switch cond.Op {
	case driver.Less:
		cond.Op = driver.AtMost
	case driver.Greater:
		cond.Op = driver.AtLeast
	}
	return d.compareValues(c, expr, cond, v, arg)
}

// compareTexts: our order is that of the bytes.
func (d dialect) compareTexts(c *driver.Column, expr string, cond driver.Condition, arg func(any) string) (string, bool) {
	edge, at := d.textEdge(cond.Value)
	op, ok := sqlrows.Operator(cond.Op)
	switch {
	case !ok || at != sqlrows.At:
		return "", false
	case cond.Op == driver.Equal:
		return expr + " = " + arg(argument(edge)), true
	case !d.utf8 || isPadded(c):
		return "", false
	}
	return expr + `::text COLLATE "C" ` + op + " " + arg(argument(edge)), true
}

// folded are the characters that are lower-case letters of ASCII when they are
// made lower case, and those letters.
const (
	unfolded = "ABCDEFGHIJKLMNOPQRSTUVWXYZ\u212a\u0130"
	folded   = "abcdefghijklmnopqrstuvwxyzki"
)

// contains looks for the longest part of a word that is in ASCII: what becomes
// of other letters depends on the server's locale.
func (d dialect) contains(c *driver.Column, expr, word string, arg func(any) string) (string, bool) {
	switch c.Kind {
	case tuple.KindText, tuple.KindJSON, tuple.KindOther, tuple.KindInt, tuple.KindUUID:
	default:
		return containsAny(c, expr, word), true
	}
	part := longestASCII(word)
	if part == "" || !d.utf8 {
		return isNotNull(expr), true
	}
	text := expr + "::text"
	if c.Kind == tuple.KindOther || isPadded(c) {
		text = printed(expr)
	}
	if c.Kind != tuple.KindInt && c.Kind != tuple.KindUUID {
		text = "translate(" + text + ", '" + unfolded + "', '" + folded + "')"
	}
	return "strpos(" + text + ", " + arg(part) + ") > 0", true
}

// containsAny is for values whose text is spelled otherwise by the server. They
// contain a word only if their texts may have all of its characters.
func containsAny(c *driver.Column, expr, word string) string {
	alphabet := "0123456789.+-:_ abcdefghijklmnopqrstuvwxyz"
	switch c.Kind {
	case tuple.KindDate, tuple.KindTime, tuple.KindTimestamp:
		alphabet = "0123456789.+-: tzinfy" // infinity is one of them
	case tuple.KindFloat, tuple.KindDecimal:
		alphabet = "0123456789.+-einfaty"
	case tuple.KindBool:
		alphabet = "truefals"
	}
	if strings.Trim(word, alphabet) != "" {
		return never
	}
	return isNotNull(expr)
}

// longestASCII returns the longest part of a word that is in ASCII and holds no
// NUL.
func longestASCII(word string) string {
	longest, from := "", 0
	for i := 0; i <= len(word); i++ {
		if i < len(word) && word[i] != 0 && word[i] < 0x80 {
			continue
		}
		if i-from > len(longest) {
			longest = word[from:i]
		}
		from = i + 1
	}
	return longest
}
