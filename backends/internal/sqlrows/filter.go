package sqlrows

import (
	"slices"
	"strings"

	"github.com/rowan-db/rowan/store/driver"
)

// Searching is implemented as well by the dialect of a database that leaves out
// rows that are not wanted.
type Searching interface {
	// Condition returns SQL that is true for every row for which cond holds,
	// as package driver defines it, and false or NULL for as many others as
	// can be. The expression is that of column c; cond.Column does not matter.
	// It reports false if it cannot say that, or not without doubt.
	//
	// The function arg adds an argument, as the database's driver takes it,
	// and returns its placeholder.
	Condition(c *driver.Column, expr string, cond driver.Condition, arg func(any) string) (sql string, ok bool)
}

// whereHolds writes those of some conditions that the database can check.
func (st *statement) whereHolds(s *driver.Schema, where []driver.Condition) {
	d, ok := st.d.(Searching)
	if !ok {
		return
	}
	for _, cond := range where {
		args := st.args
		if sql, ok := st.holds(d, s, cond); ok {
			st.and()
			st.write(sql)
		} else {
			st.args = args // those of a part of it
		}
	}
}

func (st *statement) holds(d Searching, s *driver.Schema, cond driver.Condition) (string, bool) {
	if cond.Column != driver.AnyColumn {
		return st.holdsFor(d, s, cond, cond.Column)
	}
	var parts []string
	for i := range s.Width() {
		sql, ok := st.holdsFor(d, s, cond, i)
		if !ok {
			return "", false
		}
		parts = append(parts, sql)
	}
	return "(" + strings.Join(parts, " OR ") + ")", true
}

func (st *statement) holdsFor(d Searching, s *driver.Schema, cond driver.Condition, column int) (string, bool) {
	c := s.ColumnAt(column)
	return d.Condition(c, st.column(s, c), cond, func(v any) string {
		st.args = append(slices.Clip(st.args), v)
		return st.d.Placeholder(len(st.args))
	})
}

// Operator returns the SQL operator of a comparison with a value, from Equal to
// AtLeast.
func Operator(op driver.Comparison) (string, bool) {
	switch op {
	case driver.Equal:
		return "=", true
	case driver.NotEqual:
		return "<>", true
	case driver.Less:
		return "<", true
	case driver.AtMost:
		return "<=", true
	case driver.Greater:
		return ">", true
	case driver.AtLeast:
		return ">=", true
	}
	return "", false
}
