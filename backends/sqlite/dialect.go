//go:build cgo

package sqlite

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// dialect is SQLite's [sqlrows.Dialect].
type dialect struct {
	// utf16 tells that text is in UTF-16 in the database.
	utf16 bool
	// nulls is nil in a dialect that only spells names.
	nulls *nullKeys
}

var (
	_ sqlrows.Dialect  = dialect{}
	_ sqlrows.NullKeys = dialect{}
)

func (dialect) Quote(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// Table names the schema, so that no temporary table can be meant.
func (d dialect) Table(name string) string { return "main." + d.Quote(name) }

// Qualifier is without the schema, which RETURNING does not know.
func (d dialect) Qualifier(table string) string { return d.Quote(table) }

func (dialect) Placeholder(int) string { return "?" }

func (d dialect) Collate(c *driver.Column, expr string) string {
	if hasOwnCollation(c) {
		return expr
	}
	return expr + " COLLATE " + d.Quote(collation(c))
}

// RowValues: SQLite searches no index with a row value whose columns have a
// COLLATE of their own.
func (dialect) RowValues(columns []driver.Column) bool {
	for i := range columns {
		if !hasOwnCollation(&columns[i]) {
			return false
		}
	}
	return true
}

// Read makes an expression of the column. The driver would convert the values
// of columns that are declared as DATE, TIMESTAMP or BOOLEAN, with loss; an
// expression has no declared type.
func (dialect) Read(_ *driver.Column, expr string) string { return "+" + expr }

// Cut counts bytes, and does not stop at a NUL as substr and length do in text.
func (dialect) Cut(_ *driver.Column, expr string, most int) (value, size string) {
	n := strconv.Itoa(most)
	long := "typeof(" + expr + ") IN ('text','blob') AND octet_length(" + expr + ") > " + n
	head := "substr(CAST(" + expr + " AS BLOB),1," + n + ")"
	value = "CASE WHEN " + long + " THEN CASE typeof(" + expr + ") WHEN 'text' THEN CAST(" + head + " AS TEXT) ELSE " + head + " END ELSE " + expr + " END"
	size = "CASE WHEN " + long + " THEN octet_length(" + expr + ") END"
	return value, size
}

func (dialect) NoColumns() string { return " DEFAULT VALUES" }

func (dialect) Returning() bool { return true }

// Begin: a transaction that reads begins with its first read.
func (dialect) Begin(write bool) []string {
	if write {
		return []string{"BEGIN IMMEDIATE"}
	}
	return []string{"BEGIN", "SELECT 1 FROM main.sqlite_schema"}
}

// Lock is empty: BEGIN IMMEDIATE locks everything.
func (dialect) Lock() string { return "" }

// Ended: some errors, such as a full disk, undo everything. What follows would
// then be written at once, as if there had never been a transaction.
func (dialect) Ended(conn sqlrows.Conn, _ error) bool {
	return autoCommits(conn.(sqlrows.StdConn).Conn)
}

// maxColumns is SQLite's limit for a table and for a result.
const maxColumns = 2000

func (dialect) Limits() sqlrows.Limits {
	return sqlrows.Limits{Columns: maxColumns, Arguments: 32766, Union: 500}
}

// WriteContext is without cancellation: SQLite ends the whole transaction, not
// just the statement, if it is interrupted in one that writes.
func (dialect) WriteContext(ctx context.Context) context.Context {
	return context.WithoutCancel(ctx)
}

func (dialect) Value(_ *driver.Column, read any) (tuple.Value, error) {
	switch v := read.(type) {
	case nil:
		return tuple.Null, nil
	case int64:
		return tuple.Int(v), nil
	case float64:
		return tuple.Float(v), nil
	case string:
		return tuple.Text(v), nil
	case []byte:
		return tuple.Bytes(v), nil
	}
	return tuple.Null, fmt.Errorf("a value of type %T is not one of SQLite's", read)
}

func (dialect) Stored(c *driver.Column, v tuple.Value) (tuple.Value, error) { return stored(c, v) }

func (dialect) Normal(c *driver.Column, v tuple.Value) tuple.Value {
	switch v.Kind() {
	case tuple.KindNull, tuple.KindInt, tuple.KindFloat, tuple.KindText, tuple.KindBytes:
		return v
	}
	if held, err := stored(c, v); err == nil {
		return held
	}
	return v
}

func (dialect) Argument(v tuple.Value) any {
	switch v.Kind() {
	case tuple.KindInt:
		return v.AsInt()
	case tuple.KindFloat:
		return v.AsFloat()
	case tuple.KindText:
		return v.AsText()
	case tuple.KindBytes:
		return []byte(v.AsText())
	}
	return nil
}

func (dialect) Edge(c *driver.Column, v tuple.Value) (tuple.Value, sqlrows.Place) {
	edge, below := edge(c, v)
	if below {
		return edge, sqlrows.Below
	}
	return edge, sqlrows.At
}

// Prefix fails in a database in UTF-16, whose text is sorted by the bytes of
// UTF-16: the bounds would not be valid text, and so cannot be said.
func (d dialect) Prefix(c *driver.Column, p tuple.Value) (first, after tuple.Value, err error) {
	if d.utf16 && p.Kind() == tuple.KindText && collation(c) == collateBinary {
		return tuple.Null, tuple.Null, driver.Errorf(driver.Unsupported, "the database keeps text in UTF-16, which SQLite cannot search for the beginning of").
			WithHint("give whole values as bounds")
	}
	first, after = prefix(c, p)
	return first, after, nil
}
