package mysql

import (
	"strings"
	"unicode/utf8"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// prefix returns the range of the values that begin with p. Text that is not
// sorted by its characters alone has none.
func prefix(c *driver.Column, p tuple.Value) (first, after tuple.Value, err error) {
	t := typeOf(c)
	switch {
	case t.class == classBytes && p.Kind() == tuple.KindBytes:
		if next, ok := nextBytes(p.AsText()); ok {
			return p, tuple.BytesOf(next), nil
		}
		return p, tuple.Null, nil
	case t.class == classText && p.Kind() == tuple.KindText && c.Collation == "":
		text := validPrefix(p.AsText())
		if next, ok := nextText(text); ok {
			return tuple.Text(text), tuple.Text(next), nil
		}
		return tuple.Text(text), tuple.Null, nil
	}
	return tuple.Null, tuple.Null, driver.Errorf(driver.Unsupported, "values of column %s that begin alike are no range", c.Name).
		WithHint("give whole values as bounds")
}

var _ sqlrows.Matching = dialect{}

// Matches implements [sqlrows.Matching]: by a collation, what begins alike may
// differ in case, and the text itself may sort after what begins with it.
func (dialect) Matches(c *driver.Column) bool {
	return typeOf(c).class == classText && c.Collation != ""
}

// Match implements [sqlrows.Matching].
func (dialect) Match(_ *driver.Column, expr string, p tuple.Value, arg func(any) string) string {
	pattern := strings.NewReplacer("|", "||", "%", "|%", "_", "|_").Replace(validPrefix(p.AsText()))
	return expr + " LIKE " + arg(pattern+"%") + " ESCAPE '|'"
}

// nextBytes returns the least string above all that begin with s, and false if
// there is none.
func nextBytes(s string) (string, bool) {
	n := len(s)
	for n > 0 && s[n-1] == 0xff {
		n--
	}
	if n == 0 {
		return "", false
	}
	return s[:n-1] + string([]byte{s[n-1] + 1}), true
}

// nextText is nextBytes for characters, of text that is UTF-8.
func nextText(s string) (string, bool) {
	for s != "" {
		last, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
		if last == utf8.MaxRune {
			continue
		}
		next := last + 1
		if !utf8.ValidRune(next) {
			next = 0xe000 // after the surrogates
		}
		return s + string(next), true
	}
	return "", false
}
