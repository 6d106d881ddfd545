package mem

import (
	"maps"
	"slices"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// state is the tables of a database at one time. It never changes, and
// neither do the tables and rows in it.
type state map[string]*table

// with returns the state in which a table has become t.
func (s state) with(t *table) state {
	next := maps.Clone(s)
	next[t.schema.Name] = t
	return next
}

func (s state) table(name string) (*table, error) {
	if t, ok := s[name]; ok {
		return t, nil
	}
	return nil, driver.Errorf(driver.NoTable, "there is no table %s", name)
}

func (s state) list() []driver.TableInfo {
	infos := []driver.TableInfo{}
	for _, name := range slices.Sorted(maps.Keys(s)) {
		infos = append(infos, driver.TableInfo{Name: name, Kind: driver.Table})
	}
	return infos
}

func (s state) get(name string, keys []tuple.Tuple) ([]*driver.Row, error) {
	t, err := s.table(name)
	if err != nil {
		return nil, err
	}
	rows := make([]*driver.Row, len(keys))
	for i, k := range keys {
		if err := t.schema.CheckKey(k); err != nil {
			return nil, err
		}
		if at, ok := t.find(k); ok {
			row := cloneRow(t.rows[at])
			rows[i] = &row
		}
	}
	return rows, nil
}

func (s state) scan(name string, q driver.Query) (driver.Page, error) {
	t, err := s.table(name)
	if err != nil {
		return driver.Page{}, err
	}
	rows := t.within(q.Range)
	if q.Reverse {
		rows = slices.Clone(rows)
		slices.Reverse(rows)
	}
	var page driver.Page
	if len(rows) > q.Limit {
		rows, page.More = rows[:q.Limit], true
	}
	for _, r := range rows {
		row := cloneRow(r)
		if q.KeysOnly {
			row.Values = nil
		}
		row.CutTo(q.MaxValue)
		page.Rows = append(page.Rows, row)
	}
	return page, nil
}

// table is the rows of a table, in the order of their keys.
type table struct {
	schema *driver.Schema
	rows   []*driver.Row
	// last is the largest key that was generated or could have been, so that
	// one is not given twice.
	last int64
}

// find returns where the row with a key is, or would be.
func (t *table) find(key tuple.Tuple) (int, bool) {
	return slices.BinarySearchFunc(t.rows, key, func(r *driver.Row, k tuple.Tuple) int {
		return r.Key.Compare(k)
	})
}

// within returns the rows of a range. It asks the range about every row,
// which is slow and cannot be wrong.
func (t *table) within(r tuple.Range) []*driver.Row {
	if r.All() {
		return t.rows
	}
	var rows []*driver.Row
	for _, row := range t.rows {
		if r.Contains(row.Key) {
			rows = append(rows, row)
		}
	}
	return rows
}

// check reports what contradicts the invariants of a table.
func (t *table) check(report func(string)) {
	name := t.schema.Name
	for i, r := range t.rows {
		if i > 0 && t.rows[i-1].Key.Compare(r.Key) >= 0 {
			report(name + ": row " + r.Key.String() + " is not after the row before it")
		}
		if err := t.schema.CheckRow(r.Key, r.Values); err != nil {
			report(name + ": row " + r.Key.String() + ": " + err.Error())
		}
	}
}

func cloneTuple(t tuple.Tuple) tuple.Tuple { return slices.Clone(t) }

func cloneRow(r *driver.Row) driver.Row {
	return driver.Row{Key: cloneTuple(r.Key), Values: slices.Clone(r.Values)}
}

func cloneSchema(s *driver.Schema) *driver.Schema {
	c := *s
	c.Key, c.Columns = slices.Clone(s.Key), slices.Clone(s.Columns)
	return &c
}
