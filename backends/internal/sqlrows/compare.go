package sqlrows

import (
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// term is a column, as an expression, and a value to compare it with.
type term struct {
	column *driver.Column
	expr   string
	value  tuple.Value
}

// compare writes that the columns sort after (>) or before (<) the values, or
// at them if inclusive.
func (st *statement) compare(terms []term, op string, inclusive bool) {
	var left, right string
	if len(terms) > 1 {
		if !st.d.RowValues(columnsOf(terms)) {
			st.expanded(terms, op, inclusive)
			return
		}
		left, right = "(", ")"
	}
	if inclusive {
		op += "="
	}
	st.write(left)
	st.list(len(terms), ", ", func(i int) { st.write(terms[i].expr) })
	st.write(right, " ", op, " ", left)
	st.list(len(terms), ", ", func(i int) { st.arg(terms[i].value) })
	st.write(right)
}

func columnsOf(terms []term) []driver.Column {
	columns := make([]driver.Column, len(terms))
	for i, t := range terms {
		columns[i] = *t.column
	}
	return columns
}

// expanded writes (a,b,c) > (x,y,z) as
//
//	a >= x AND (a > x OR (a = x AND (b > y OR (b = y AND c > z))))
//
// The first comparison says nothing new, but it is what an index is searched
// with where the planner does not look into an OR.
func (st *statement) expanded(terms []term, op string, inclusive bool) {
	last := len(terms) - 1
	st.write("(", terms[0].expr, " ", op, "= ")
	st.arg(terms[0].value)
	st.write(" AND ")
	for _, t := range terms[:last] {
		st.write("(", t.expr, " ", op, " ")
		st.arg(t.value)
		st.write(" OR (", t.expr, " = ")
		st.arg(t.value)
		st.write(" AND ")
	}
	st.compare(terms[last:], op, inclusive)
	for range last {
		st.write("))")
	}
	st.write(")")
}
