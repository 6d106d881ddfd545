package sqlrows

import (
	"strconv"
	"strings"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// statement is SQL under construction, with its arguments.
type statement struct {
	d    Dialect
	sql  strings.Builder
	args []any
	// restricted tells that there is a WHERE already.
	restricted bool
}

func (st *statement) write(parts ...string) {
	for _, p := range parts {
		st.sql.WriteString(p)
	}
}

// arg adds an argument and writes its placeholder.
func (st *statement) arg(v tuple.Value) {
	st.args = append(st.args, st.d.Argument(v))
	st.write(st.d.Placeholder(len(st.args)))
}

// and begins another condition.
func (st *statement) and() {
	if st.restricted {
		st.write(" AND ")
		return
	}
	st.write(" WHERE ")
	st.restricted = true
}

// list writes n things, separated by sep.
func (st *statement) list(n int, sep string, one func(i int)) {
	for i := range n {
		if i > 0 {
			st.write(sep)
		}
		one(i)
	}
}

// column names a column of a table in an expression. It is qualified, because
// some databases take an unknown quoted name for a text.
func (st *statement) column(s *driver.Schema, c *driver.Column) string {
	return st.d.Qualifier(s.Name) + "." + st.d.Quote(c.Name)
}

// key names a column of the key in a comparison.
func (st *statement) key(s *driver.Schema, i int) string {
	return st.d.Collate(&s.Key[i], st.column(s, &s.Key[i]))
}

// from writes FROM and the table.
func (st *statement) from(s *driver.Schema) { st.write(" FROM ", st.d.Table(s.Name)) }

// orderByKey writes the order of a scan.
func (st *statement) orderByKey(s *driver.Schema, reverse bool) {
	st.write(" ORDER BY ")
	st.list(len(s.Key), ", ", func(i int) {
		st.write(st.key(s, i))
		if reverse {
			st.write(" DESC")
		}
	})
}

func (st *statement) limit(n int64) { st.write(" LIMIT ", strconv.FormatInt(n, 10)) }

// whereKey writes a condition that only the row with key k meets. It reports
// whether there can be such a row at all.
func (st *statement) whereKey(s *driver.Schema, k tuple.Tuple) bool {
	st.write(" WHERE ")
	possible := true
	st.list(len(k), " AND ", func(i int) {
		edge, at := st.d.Edge(&s.Key[i], k[i])
		_, err := st.d.Stored(&s.Key[i], k[i])
		possible = possible && at == At && err == nil
		st.write(st.key(s, i), " = ")
		st.arg(edge)
	})
	return possible
}
