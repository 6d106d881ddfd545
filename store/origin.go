package store

import (
	"context"
	"slices"
	"strings"

	"github.com/rowan-db/rowan/store/sqltext"
	"github.com/rowan-db/rowan/store/tuple"
)

// Origin is the table that the rows of a result come from, one row from one,
// with their whole key: so that they can be changed there.
type Origin struct {
	// Table is the table.
	Table *Table
	// columns holds, for each column of the result, that of the table, see
	// [driver.Schema.ColumnAt], or -1.
	columns []int
}

// Column returns the column of the table that a column of the result shows,
// both as [driver.Schema.ColumnAt] counts them. It reports false if it shows
// something else, such as the number of the row.
func (o *Origin) Column(column int) (int, bool) {
	column-- // the row's number
	if column < 0 || column >= len(o.columns) || o.columns[column] < 0 {
		return 0, false
	}
	return o.columns[column], true
}

// Key returns the key of the row that a row of the result shows.
func (o *Origin) Key(r *Row) tuple.Tuple {
	key := make(tuple.Tuple, len(o.Table.schema.Key))
	for i, column := range o.columns {
		if column >= 0 && column < len(key) {
			key[column] = r.Values[i]
		}
	}
	return key
}

// Row reads the row of the table that a row of the result shows. It fails with
// [NoRow] if it has gone, and with [Conflicting] if it holds something else
// than the result shows.
func (o *Origin) Row(ctx context.Context, r *Row) (*Row, error) {
	const op = "find the row"
	key := o.Key(r)
	rows, err := o.Table.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	if rows[0] == nil {
		return nil, o.Table.wrap(op, fault(op, o.Table.Name(), NoRow, "the row %s has gone", describeKey(key)).withHint("run the query again"))
	}
	for i, column := range o.columns {
		if column >= 0 && !looksSame(o.Table.schema.ValueAt(rows[0], column), r.Values[i]) {
			return nil, o.Table.wrap(op, fault(op, o.Table.Name(), Conflicting, "column %s of the row %s is not what the result shows",
				o.Table.schema.ColumnAt(column).Name, describeKey(key)).withHint("run the query again"))
		}
	}
	return rows[0], nil
}

// looksSame reports whether two values that were read in different ways are the
// same: the kind may be more precise in one of them.
func looksSame(a, b tuple.Value) bool {
	return a == b || a.IsNull() == b.IsNull() && a.Plain() == b.Plain()
}

// originOf finds out where the rows of a result come from, nil if that is not
// certain: the statement must be a query of one table, the database must not
// disagree, and the whole key must be among the columns.
func (c *Console) originOf(ctx context.Context, statement string, r *resultRows) *Origin {
	query, ok := c.language.Dialect.Single(statement)
	if !ok {
		return nil
	}
	table := c.tableOf(ctx, query, r)
	if table == nil || table.schema.ReadOnly != "" {
		return nil
	}
	columns := originColumns(table.schema, query, r)
	for i := range table.schema.Key {
		if !slices.Contains(columns, i) {
			return nil
		}
	}
	return &Origin{Table: table, columns: columns}
}

// tableOf returns the table of a query: as the database says, or else as it is
// spelled.
func (c *Console) tableOf(ctx context.Context, query sqltext.Select, r *resultRows) *Table {
	names := []string{strings.Join(query.Table, "."), query.Table[len(query.Table)-1]}
	for _, column := range r.columns {
		if column.Table != "" {
			names = []string{column.Table}
		}
	}
	for _, name := range names {
		if table, err := c.store.Table(ctx, name); err == nil {
			return table
		}
	}
	return nil
}

// originColumns returns the columns of the table that the columns of a result
// show, nil if that is not certain.
func originColumns(s *Schema, query sqltext.Select, r *resultRows) []int {
	columns := make([]int, len(r.columns))
	for i, name := range selectedNames(query, r) {
		columns[i] = -1
		if at, ok := columnNamed(s, name); ok && name != "" {
			columns[i] = at
		}
	}
	for i, column := range r.columns {
		if column.Table == "" {
			continue
		}
		if at, ok := columnNamed(s, column.Origin); !ok || column.Table != s.Name || at != columns[i] {
			return nil
		}
	}
	return columns
}

// selectedNames returns, for each column of a result, the column of the table
// that a query selects there, empty if it is none. A star stands for as many
// columns as the others leave, under their own names.
func selectedNames(query sqltext.Select, r *resultRows) []string {
	names := make([]string, len(r.columns))
	stars := 0
	for _, item := range query.Items {
		if item.Star {
			stars++
		}
	}
	wide := len(r.columns) - len(query.Items) + stars
	if stars > 1 || stars == 0 && wide != 0 || wide < 0 {
		return names
	}
	at := 0
	for _, item := range query.Items {
		if !item.Star {
			names[at] = item.Column
			at++
			continue
		}
		for range wide {
			names[at] = r.columns[at].Name
			at++
		}
	}
	return names
}
