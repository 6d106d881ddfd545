package postgres

import (
	"sync"

	"github.com/rowan-db/rowan/store/driver"
)

// known are the tables that have been described. A name like a.b may be that of
// a table that the search path finds, or of one in the schema a; which one is
// asked of the catalog once, and statements name the schema from then on.
type known struct {
	mu     sync.RWMutex
	tables map[string]*relation // by the name that they go by
}

func newKnown() *known { return &known{tables: map[string]*relation{}} }

func (k *known) note(r *relation) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.tables[relationName(r.Schema, r.Name, r.Visible)] = r
}

// find returns a table that was described, or nil.
func (k *known) find(table string) *relation {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.tables[table]
}

// quoted returns the name of a table as statements take it.
func (k *known) quoted(table string) string {
	if r := k.find(table); r != nil {
		return quote(r.Schema) + "." + quote(r.Name)
	}
	return quote(table) // of a table that is to be made
}

// unqualified returns the name of a table as it precedes a column's.
func (k *known) unqualified(table string) string {
	if r := k.find(table); r != nil {
		return quote(r.Name)
	}
	return quote(table)
}

// inert reports whether a table that was described runs nothing when it is read.
func (k *known) inert(table string) bool {
	r := k.find(table)
	return r != nil && r.Inert
}

// sortable reports whether there is an order of a column's values.
func (k *known) sortable(s *driver.Schema, c *driver.Column) bool {
	r := k.find(s.Name)
	if r == nil {
		return false
	}
	for i := range r.Columns {
		if r.Columns[i].Name == c.Name {
			return r.Columns[i].Sortable
		}
	}
	return c.Type == typeTID
}
