package mysql

import (
	"context"
	"fmt"
	"strings"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// typeFor returns the type of a new column. Kinds that the server has no type
// for are kept as text.
func (f *facts) typeFor(k tuple.Kind) string {
	switch k {
	case tuple.KindBool:
		return "TINYINT(1)"
	case tuple.KindInt:
		return "BIGINT"
	case tuple.KindUint:
		return "BIGINT UNSIGNED"
	case tuple.KindFloat:
		return "DOUBLE"
	case tuple.KindDecimal:
		return "DECIMAL(65,30)"
	case tuple.KindBytes:
		return "LONGBLOB"
	case tuple.KindUUID:
		if f.hasUUID() {
			return "UUID"
		}
		return "BINARY(16)"
	case tuple.KindDate:
		return "DATE"
	case tuple.KindTime:
		return "TIME(6)"
	case tuple.KindTimestamp:
		return "DATETIME(6)"
	case tuple.KindJSON:
		return "JSON"
	}
	return "LONGTEXT" + f.characters()
}

// hasUUID reports whether the server has a type for UUIDs.
func (f *facts) hasUUID() bool { return f.mariaDB && f.version.atLeast(10, 7) }

// characters is what makes the type of a text keep any character, and sort and
// compare it by its bytes.
func (f *facts) characters() string {
	switch {
	case f.mariaDB:
		return " CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"
	case f.version.atLeast(8, 0):
		return " CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin"
	}
	return " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
}

// keyTypes returns the types of the columns of a new key. Those of variable
// length share what the others leave of the longest key that InnoDB has.
func (f *facts) keyTypes(key []driver.Column) []string {
	const perOther = 32 // bytes, for each column of a fixed length
	room, long := maxKey, 0
	for _, c := range key {
		if f.isLongKey(c.Kind) {
			long++
		} else {
			room -= perOther
		}
	}
	types := make([]string, len(key))
	for i, c := range key {
		types[i] = f.typeFor(c.Kind)
		if !f.isLongKey(c.Kind) {
			continue
		}
		if c.Kind == tuple.KindBytes {
			types[i] = fmt.Sprintf("VARBINARY(%d)", room/long)
		} else {
			types[i] = fmt.Sprintf("VARCHAR(%d)%s", room/long/4, f.characters())
		}
	}
	return types
}

func (f *facts) isLongKey(k tuple.Kind) bool {
	return k == tuple.KindBytes || strings.HasPrefix(f.typeFor(k), "LONGTEXT") || k == tuple.KindJSON
}

// CreateTable implements [driver.Creator].
func (w *writer) CreateTable(ctx context.Context, s *driver.Schema) error {
	name := parseName(s.Name, w.d.database)
	err := w.execute(ctx, w.d.createTable(name, s))
	if isNumber(err, errUnknownDatabase) && w.d.database != "" {
		// What looks like the name of a database is part of the table's.
		err = w.execute(ctx, w.d.createTable(tableName{w.d.database, s.Name}, s))
	}
	return err
}

const errUnknownDatabase = 1049

// createTable returns the statement.
func (d dialect) createTable(name tableName, s *driver.Schema) string {
	var lines, key []string
	types := d.keyTypes(s.Key)
	auto := s.AutoKey && len(s.Key) == 1 && s.Key[0].Kind == tuple.KindInt
	for i, c := range s.Key {
		line := quote(c.Name) + " " + types[i] + " NOT NULL"
		if auto {
			line += " AUTO_INCREMENT"
		}
		lines, key = append(lines, line), append(key, quote(c.Name))
	}
	for _, c := range s.Columns {
		line := quote(c.Name) + " " + d.typeFor(c.Kind)
		if !c.Nullable {
			line += " NOT NULL"
		}
		lines = append(lines, line)
	}
	lines = append(lines, "PRIMARY KEY ("+strings.Join(key, ", ")+")")
	return "CREATE TABLE " + name.sql() + " (\n  " + strings.Join(lines, ",\n  ") + "\n) ENGINE=InnoDB ROW_FORMAT=DYNAMIC"
}

// DropTable implements [driver.Creator].
func (w *writer) DropTable(ctx context.Context, table string) error {
	s, err := w.Describe(ctx, table)
	if err != nil {
		return err
	}
	what := "TABLE "
	if s.Kind == driver.View {
		what = "VIEW "
	}
	return w.execute(ctx, "DROP "+what+w.d.Table(s.Name))
}

// execute runs a statement that commits by itself.
func (w *writer) execute(ctx context.Context, statement string) error {
	return w.life.Call(ctx, func(ctx context.Context) error {
		_, err := w.changes.Exec(ctx, statement, nil)
		return err
	})
}
