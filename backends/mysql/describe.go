package mysql

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
)

// The catalog's tables are looked up by the names of a database and a table,
// and asked all at once: one round trip describes a table. Each line of the
// result begins with what it is about.
const (
	aboutTable     = "t"
	aboutColumn    = "c"
	aboutIndex     = "i"
	aboutReference = "r"
	aboutCheck     = "k"
)

const describeTable = `SELECT 't', 0, TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, ENGINE, NULL, NULL, NULL
FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?
UNION ALL SELECT 'c', ORDINAL_POSITION, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, COLLATION_NAME, GENERATION_EXPRESSION
FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?
UNION ALL SELECT 'i', SEQ_IN_INDEX, INDEX_NAME, COLUMN_NAME, NULLABLE, SUB_PART, INDEX_TYPE, NULL, NULL
FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND NON_UNIQUE = 0
UNION ALL SELECT 'r', ORDINAL_POSITION, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME, NULL, NULL
FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND REFERENCED_TABLE_NAME IS NOT NULL`

// describeChecks finds the columns of MariaDB that are JSON: text, with a check
// that it is.
const describeChecks = `
UNION ALL SELECT 'k', 0, CHECK_CLAUSE, NULL, NULL, NULL, NULL, NULL, NULL
FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ? AND TABLE_NAME = ? AND CHECK_CLAUSE LIKE 'json_valid(%'`

// line is a line of the answer.
type line struct {
	about string
	n     int
	text  [7]sql.NullString
}

// relation is a table or view as the catalog describes it.
type relation struct {
	name    tableName
	typ     string // such as BASE TABLE
	engine  string
	columns []driver.Column
	indexes []index
	refs    []line
	json    map[string]bool // the columns that hold nothing but JSON
	auto    string          // the column that counts up by itself
}

// Describe implements [sqlrows.Dialect].
func (d dialect) Describe(ctx context.Context, q sqlrows.Querier, table string) (*driver.Schema, error) {
	r, err := d.find(ctx, q, table)
	if err != nil {
		return nil, err
	}
	s := &driver.Schema{Name: r.name.spell(d.database), Kind: r.kind(), References: r.references(d.database)}
	id := r.identify()
	s.Identity, s.Key, s.AutoKey = id.identity, id.key, id.auto
	s.ReadOnly = r.readOnly(id)
	for i := range r.columns {
		if !slices.Contains(id.columns, i) {
			s.Columns = append(s.Columns, r.columns[i])
		}
	}
	return s, nil
}

// find reads what the catalog says of a table: by its name as [tableName] is
// spelled, or else as it is called in the connected database.
func (d dialect) find(ctx context.Context, q sqlrows.Querier, table string) (*relation, error) {
	name := parseName(table, d.database)
	r, err := d.read(ctx, q, name)
	if r == nil && err == nil && d.database != "" && name != (tableName{d.database, table}) {
		r, err = d.read(ctx, q, tableName{d.database, table})
	}
	if r == nil && err == nil {
		err = driver.Errorf(driver.NoTable, "there is no table %s", table)
	}
	return r, err
}

// read returns nil if there is no table of that name.
func (d dialect) read(ctx context.Context, q sqlrows.Querier, name tableName) (*relation, error) {
	query := describeTable
	if d.mariaDB {
		query += describeChecks
	}
	var args []any
	for range strings.Count(query, "?") / 2 {
		args = append(args, name.database, name.table)
	}
	r := &relation{json: map[string]bool{}}
	err := sqlrows.Each(ctx, q, query, args, func(rows sqlrows.Rows) error {
		var l line
		dest := []any{&l.about, &l.n}
		for i := range l.text {
			dest = append(dest, &l.text[i])
		}
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		r.add(&l)
		return nil
	})
	if err != nil || r.name.table == "" {
		return nil, err
	}
	r.finish(d)
	return r, nil
}

func (r *relation) add(l *line) {
	switch t := &l.text; l.about {
	case aboutTable:
		r.name = tableName{t[0].String, t[1].String}
		r.typ, r.engine = t[2].String, t[3].String
	case aboutColumn:
		r.addColumn(l)
	case aboutIndex:
		r.addToIndex(l)
	case aboutReference:
		r.refs = append(r.refs, *l)
	case aboutCheck:
		column := strings.TrimSuffix(strings.TrimPrefix(t[0].String, "json_valid("), ")")
		if name, rest, ok := takeName(column); ok && rest == "" {
			r.json[name] = true
		}
	}
}

func (r *relation) addColumn(l *line) {
	name, typ, nullable, dflt, extra, collation, expression := l.text[0], l.text[1], l.text[2], l.text[3], l.text[4], l.text[5], l.text[6]
	c := driver.Column{
		Name:      name.String,
		Type:      typ.String,
		Nullable:  nullable.String == "YES",
		Default:   dflt.String,
		Collation: collation.String,
		Generated: expression.String != "" || strings.Contains(extra.String, " GENERATED"),
	}
	if strings.Contains(extra.String, "auto_increment") {
		r.auto = c.Name
	}
	if c.Default == "NULL" {
		c.Default = ""
	}
	for len(r.columns) < l.n {
		r.columns = append(r.columns, driver.Column{})
	}
	r.columns[l.n-1] = c
}

// finish completes the columns when all lines have been read.
func (r *relation) finish(d dialect) {
	// A column that this user may not see leaves a hole.
	r.columns = slices.DeleteFunc(r.columns, func(c driver.Column) bool { return c.Name == "" })
	for i := range r.columns {
		c := &r.columns[i]
		if r.json[c.Name] && c.Type == "longtext" {
			c.Type = "json"
		}
		t := typeOf(c)
		c.Kind = t.kind()
		if t.class != classText && t.class != classEnum && t.class != classSet || isCharacterOrder(c.Collation) {
			c.Collation = ""
		}
		if !d.mariaDB && t.class == classText && c.Default != "" {
			c.Default = "'" + strings.ReplaceAll(c.Default, "'", "''") + "'"
		}
	}
	slices.SortStableFunc(r.refs, func(a, b line) int {
		if c := strings.Compare(a.text[0].String, b.text[0].String); c != 0 {
			return c
		}
		return a.n - b.n
	})
	r.sortIndexes()
}

// isCharacterOrder reports whether a collation sorts text in UTF-8 by its
// characters alone, and so by its bytes. The others called _bin do not count
// spaces at the end.
func isCharacterOrder(collation string) bool {
	switch collation {
	case "utf8mb4_nopad_bin", "utf8mb4_0900_bin":
		return true
	}
	return false
}

func (r *relation) kind() driver.TableKind {
	switch {
	case isSystem(r.name.database):
		return driver.SystemTable
	case strings.HasSuffix(r.typ, "VIEW"):
		return driver.View
	case r.typ == "SEQUENCE":
		return driver.VirtualTable
	}
	return driver.Table
}

// isSystem reports whether the server keeps a database for itself.
func isSystem(database string) bool {
	switch strings.ToLower(database) {
	case "information_schema", "performance_schema", "mysql", "sys":
		return true
	}
	return false
}

// references returns the foreign keys.
func (r *relation) references(connected string) []driver.Reference {
	var refs []driver.Reference
	for _, l := range r.refs {
		name, column, schema, table, to := l.text[0].String, l.text[1].String, l.text[2].String, l.text[3].String, l.text[4].String
		if len(refs) == 0 || refs[len(refs)-1].Name != name {
			refs = append(refs, driver.Reference{Name: name, Table: tableName{schema, table}.spell(connected)})
		}
		ref := &refs[len(refs)-1]
		ref.Columns, ref.To = append(ref.Columns, column), append(ref.To, to)
	}
	return refs
}

// transactional are the engines whose changes can be undone.
var transactional = []string{"InnoDB", "XtraDB", "ROCKSDB", "TokuDB", "ndbcluster"}

// readOnly says why rows of the table cannot be written.
func (r *relation) readOnly(id *identity) string {
	switch {
	case r.kind() == driver.SystemTable:
		return "the server keeps this table itself"
	case r.kind() == driver.View:
		return "this is a view: its rows have no identity of their own; change the tables that it reads"
	case r.typ == "SEQUENCE":
		return "this is a sequence: it counts by itself"
	case !slices.ContainsFunc(transactional, func(e string) bool { return strings.EqualFold(e, r.engine) }):
		return "its storage engine, " + r.engine + ", has no transactions, so that a change could not be undone"
	}
	return id.problem
}
