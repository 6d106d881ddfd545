package store

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// Filter chooses the rows of a table by their values. The zero Filter chooses
// all. See [ParseFilter] for how it is written.
type Filter struct {
	schema *Schema
	text   string
	where  []Condition
}

// Empty reports whether f chooses all rows.
func (f Filter) Empty() bool { return len(f.where) == 0 }

// String returns the text that f was parsed from.
func (f Filter) String() string { return f.text }

// Match reports whether f chooses r, whose values must be whole.
func (f Filter) Match(r *Row) bool {
	for i := range f.where {
		if !f.where[i].Holds(f.schema, r) {
			return false
		}
	}
	return true
}

// needs reports whether f looks at one of the values that were cut.
func (f Filter) needs(cut []Cut) bool {
	if f.Empty() {
		return false
	}
	for _, c := range cut {
		column := len(f.schema.Key) + c.Column
		if slices.ContainsFunc(f.where, func(w Condition) bool { return looksAt(&w, column) }) {
			return true
		}
	}
	return false
}

// looksAt reports whether the result of a condition depends on more of a column
// than whether it is NULL.
func looksAt(c *Condition, column int) bool {
	if c.Op == driver.IsNull || c.Op == driver.NotNull {
		return false
	}
	return c.Column == driver.AnyColumn || c.Column == column
}

// NewFilter returns the filter for rows that hold the given values in columns,
// by their names, as one that was typed. It fails with [BadValue] if the table
// has no such column.
func NewFilter(s *Schema, columns []string, values []tuple.Value) (Filter, error) {
	f := Filter{schema: s}
	var terms []string
	for i, name := range columns {
		column, ok := columnNamed(s, name)
		if !ok {
			return Filter{}, fault("filter", s.Name, BadValue, "there is no column %q", name)
		}
		c := Condition{Column: column, Op: driver.Equal, Value: values[i]}
		text := quoteFilter(s, values[i].Plain())
		if values[i].IsNull() {
			c.Op, text = driver.IsNull, "null"
		}
		f.where = append(f.where, c)
		terms = append(terms, fmt.Sprintf("%s=%s", quoteFilter(s, s.ColumnAt(column).Name), text))
	}
	f.text = strings.Join(terms, " ")
	return f, nil
}

// quoteFilter returns a name or value as the parser reads it back, in quotes if
// it must be.
func quoteFilter(s *Schema, text string) string {
	p := filterParser{schema: s, rest: text}
	word, quoted, err := p.word(true)
	if err == nil && !quoted && word == text && text != "" && !strings.EqualFold(text, "null") {
		return text
	}
	return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
}
