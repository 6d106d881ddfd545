//go:build cgo

package sqlite

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
)

// nullKeys knows, for as long as a database is open, the tables whose primary
// key is declared so that it may hold NULL, and whether it does.
//
// To be sure of that takes a search of the whole index, whenever somebody has
// written. So a table is searched once, and not to its end if it is large; then
// it is taken to hold no NULL until a page meets one. That is safe: a whole key
// without NULL is that of one row at most, whatever else there is, and
// [sqlrows.Reader] fails rather than leave a row out of a page.
type nullKeys struct {
	mu     sync.Mutex
	tables map[string]*nullKey
}

// nullKey is such a table.
type nullKey struct {
	columns []string // those of the key that may hold NULL
	met     bool     // some row does
}

func newNullKeys() *nullKeys { return &nullKeys{tables: map[string]*nullKey{}} }

// holds reports whether the columns of ix, a primary key, that may hold NULL
// are known to.
func (n *nullKeys) holds(ctx context.Context, q sqlrows.Querier, table string, ix *index, columns []string) (bool, error) {
	if met, ok := n.known(table, columns); ok {
		return met, nil
	}
	met, err := searchNull(ctx, q, table, ix, columns)
	if err != nil {
		return false, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.tables[table] = &nullKey{columns: columns, met: met}
	return met, nil
}

// known returns what holds found out before, unless the key has become another.
func (n *nullKeys) known(table string, columns []string) (met, ok bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	k := n.tables[table]
	if k == nil || !slices.Equal(k.columns, columns) {
		return false, false
	}
	return k.met, true
}

// MayHoldNull implements [sqlrows.NullKeys].
func (d dialect) MayHoldNull(s *driver.Schema, c *driver.Column) bool {
	d.nulls.mu.Lock()
	defer d.nulls.mu.Unlock()
	k := d.nulls.tables[s.Name]
	return k != nil && slices.Contains(k.columns, c.Name)
}

// MetNull implements [sqlrows.NullKeys].
func (d dialect) MetNull(s *driver.Schema) {
	d.nulls.mu.Lock()
	defer d.nulls.mu.Unlock()
	if k := d.nulls.tables[s.Name]; k != nil {
		k.met = true
	}
}

// nullSearch is how many entries of an index are searched for NULL: so few that
// nobody notices, and so many that tables in which it is common show it.
const nullSearch = "100000"

// searchNull looks for NULL in columns of an index. In its first column one
// search finds it; in others it may be anywhere.
func searchNull(ctx context.Context, q sqlrows.Querier, table string, ix *index, columns []string) (some bool, err error) {
	d := dialect{}
	exists := func(from, condition string) error {
		query := "SELECT EXISTS(SELECT 1 FROM " + from + " WHERE " + condition + ")"
		return sqlrows.Each(ctx, q, query, nil, func(rows sqlrows.Rows) error { return rows.Scan(&some) })
	}
	isNull := func(name string) string { return d.Quote(table) + "." + d.Quote(name) + " IS NULL" }
	entries := d.Table(table) + " INDEXED BY " + d.Quote(ix.name)
	if columns[0] == ix.columns[0].name {
		if err := exists(entries, isNull(columns[0])); some || err != nil {
			return some, err
		}
		columns = columns[1:]
	}
	if len(columns) == 0 {
		return false, nil
	}
	var tests []string
	for _, c := range columns {
		tests = append(tests, isNull(c))
	}
	err = exists("(SELECT "+strings.Join(tests, " OR ")+" AS found FROM "+entries+" LIMIT "+nullSearch+")", "found")
	return some, err
}
