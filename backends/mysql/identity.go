package mysql

import (
	"slices"
	"strings"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// identity is what tells the rows of a table apart.
type identity struct {
	identity driver.Identity
	key      []driver.Column
	// columns are the positions of the key's columns in the table.
	columns []int
	auto    bool
	// problem says why the rows cannot be written.
	problem string
}

// index is a unique index.
type index struct {
	name   string
	method string
	parts  []part
}

// part is a column of an index.
type part struct {
	column   string // empty if it is an expression
	nullable bool
	cut      bool // only the beginning of the column is in the index
}

const (
	primaryIndex = "PRIMARY"
	// versioned is the type of a table that keeps what its rows were.
	versioned = "SYSTEM VERSIONED"
)

func (r *relation) addToIndex(l *line) {
	name, column, nullable, cut, method := l.text[0], l.text[1], l.text[2], l.text[3], l.text[4]
	i := slices.IndexFunc(r.indexes, func(ix index) bool { return ix.name == name.String })
	if i < 0 {
		i = len(r.indexes)
		r.indexes = append(r.indexes, index{name: name.String, method: method.String})
	}
	ix := &r.indexes[i]
	for len(ix.parts) < l.n {
		ix.parts = append(ix.parts, part{})
	}
	ix.parts[l.n-1] = part{column: column.String, nullable: nullable.String == "YES", cut: cut.Valid}
}

// sortIndexes puts the index that is best to page by first.
func (r *relation) sortIndexes() {
	rank := func(ix index) int {
		switch {
		case ix.name == primaryIndex:
			return 0
		case ix.method == "BTREE" && !slices.ContainsFunc(ix.parts, func(p part) bool { return p.cut }):
			return 1
		}
		return 2 // its rows must be sorted for every page
	}
	slices.SortFunc(r.indexes, func(a, b index) int {
		if c := rank(a) - rank(b); c != 0 {
			return c
		}
		if c := len(a.parts) - len(b.parts); c != 0 {
			return c
		}
		return strings.Compare(a.name, b.name)
	})
}

// identify chooses the key of a table, in the order that the package's comment
// gives.
func (r *relation) identify() *identity {
	for _, ix := range r.indexes {
		if id := r.identifyBy(&ix); id != nil {
			return id
		}
	}
	id := &identity{identity: driver.Position, key: []driver.Column{{Name: "row", Kind: tuple.KindInt}}}
	id.problem = "this table has no primary key, nor a unique index over columns that are NOT NULL, so that its rows cannot be told apart"
	return id
}

// identifyBy returns nil if the index does not tell all rows apart.
func (r *relation) identifyBy(ix *index) *identity {
	id := &identity{identity: driver.UniqueKey}
	if ix.name == primaryIndex {
		id.identity = driver.PrimaryKey
	}
	for _, p := range ix.parts {
		at := slices.IndexFunc(r.columns, func(c driver.Column) bool { return c.Name == p.column })
		if r.typ == versioned && (at < 0 || r.columns[at].Generated) {
			continue // when the version ended: all rows that are seen are the present ones
		}
		if at < 0 || p.nullable {
			return nil
		}
		c := r.columns[at]
		if c.Generated {
			id.problem = "the database computes column " + c.Name + " of its key itself"
		}
		id.key, id.columns = append(id.key, c), append(id.columns, at)
	}
	if len(id.key) == 0 {
		return nil
	}
	if len(id.key) == 1 && typeOf(&id.key[0]).class == classInt {
		id.auto = r.auto == id.key[0].Name
	}
	return id
}
