//go:build cgo

package sqlite

import (
	"context"
	"strings"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// typeFor returns the declared type of a new column, which kindOf reads back as
// the kind. Kinds that SQLite has no storage class for are kept as text, under
// names that say so to SQLite too: anything else would give the column numeric
// affinity, which changes what looks like a number.
func typeFor(k tuple.Kind) string {
	switch k {
	case tuple.KindInt:
		return "INTEGER"
	case tuple.KindFloat:
		return "REAL"
	case tuple.KindText:
		return "TEXT"
	case tuple.KindBytes:
		return "BLOB"
	case tuple.KindBool:
		return "BOOLEAN"
	}
	for name, kind := range textTypes {
		if kind == k {
			return name
		}
	}
	return "TEXT"
}

// CreateTable implements [driver.Creator].
func (w *writer) CreateTable(ctx context.Context, s *driver.Schema) error {
	return w.execute(ctx, createTable(s))
}

// createTable returns the statement. A key of one integer is the rowid. Other
// keys are kept in the table's own tree, unless long values, which make such a
// tree slow, are to be expected.
func createTable(s *driver.Schema) string {
	d := dialect{}
	var lines, key []string
	rowID := len(s.Key) == 1 && s.Key[0].Kind == tuple.KindInt
	for _, c := range s.Key {
		line := d.Quote(c.Name) + " " + typeFor(c.Kind) + " NOT NULL"
		if rowID {
			line += " PRIMARY KEY"
		}
		lines, key = append(lines, line), append(key, d.Quote(c.Name))
	}
	long := false
	for _, c := range s.Columns {
		line := d.Quote(c.Name) + " " + typeFor(c.Kind)
		if !c.Nullable {
			line += " NOT NULL"
		}
		lines = append(lines, line)
		long = long || c.Kind == tuple.KindBytes || c.Kind == tuple.KindJSON
	}
	if !rowID {
		lines = append(lines, "PRIMARY KEY ("+strings.Join(key, ", ")+")")
	}
	sql := "CREATE TABLE " + d.Table(s.Name) + " (\n  " + strings.Join(lines, ",\n  ") + "\n)"
	if !rowID && !long {
		sql += " WITHOUT ROWID"
	}
	return sql
}

// DropTable implements [driver.Creator].
func (w *writer) DropTable(ctx context.Context, table string) error {
	return w.execute(ctx, "DROP TABLE "+dialect{}.Table(table))
}

// execute runs a statement that is a transaction of its own.
func (w *writer) execute(ctx context.Context, statement string) error {
	return w.life.Read(ctx, func(ctx context.Context) error {
		_, err := w.one.ExecContext(ctx, statement)
		return err
	})
}
