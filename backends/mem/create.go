package mem

import (
	"context"
	"iter"
	"maps"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// CreateTable makes an empty table. A key of one integer may be generated.
func (db *DB) CreateTable(ctx context.Context, s *driver.Schema) error {
	if len(s.Key) == 0 {
		return driver.Errorf(driver.BadKey, "the table %s needs a key", s.Name)
	}
	own := &driver.Schema{
		Name: s.Name, Kind: driver.Table,
		Key: plainColumns(s.Key), Columns: plainColumns(s.Columns),
		AutoKey: s.AutoKey && len(s.Key) == 1 && s.Key[0].Kind == tuple.KindInt,
	}
	return db.write(ctx, func(now state) (state, error) {
		if _, ok := now[s.Name]; ok {
			return nil, driver.Errorf(driver.Exists, "there is a table %s already", s.Name)
		}
		return now.with(&table{schema: own}), nil
	})
}

// plainColumns returns what this package knows of columns.
func plainColumns(columns []driver.Column) []driver.Column {
	plain := make([]driver.Column, len(columns))
	for i, c := range columns {
		plain[i] = driver.Column{Name: c.Name, Type: c.Kind.String(), Kind: c.Kind, Nullable: c.Nullable}
		if c.Kind == tuple.KindNull {
			plain[i].Type = "any"
		}
	}
	return plain
}

// DropTable removes a table and its rows.
func (db *DB) DropTable(ctx context.Context, name string) error {
	return db.write(ctx, func(now state) (state, error) {
		if _, err := now.table(name); err != nil {
			return nil, err
		}
		next := maps.Clone(now)
		delete(next, name)
		return next, nil
	})
}

// Load adds rows to an empty table. They may come in any order.
func (db *DB) Load(ctx context.Context, s *driver.Schema, rows iter.Seq2[driver.Row, error]) error {
	return db.write(ctx, func(now state) (state, error) {
		t, err := now.table(s.Name)
		if err != nil {
			return nil, err
		}
		if len(t.rows) > 0 {
			return nil, driver.Errorf(driver.Exists, "the table %s is not empty", s.Name).
				WithHint("load into an empty table")
		}
		t = &table{schema: t.schema, last: t.last}
		for row, err := range rows {
			if err == nil {
				err = ctx.Err()
			}
			if err == nil {
				err = t.load(row)
			}
			if err != nil {
				return nil, err
			}
		}
		return now.with(t), nil
	})
}

// load adds a row. The values of columns that have none are NULL.
func (t *table) load(row driver.Row) error {
	if err := t.schema.CheckKey(row.Key); err != nil {
		return err
	}
	if _, ok := t.find(row.Key); ok {
		return driver.Errorf(driver.Exists, "two rows have the key %v", row.Key)
	}
	c := driver.Change{Op: driver.Insert, Table: t.schema.Name, Key: row.Key}
	for i, v := range row.Values {
		c.Set = append(c.Set, driver.Assignment{Column: i, Value: v})
	}
	return t.write(nil, row.Key, &c)
}
