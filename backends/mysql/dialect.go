package mysql

import (
	"context"
	"strconv"
	"strings"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// dialect is the [sqlrows.Dialect] of MySQL and MariaDB.
type dialect struct{ *facts }

var _ sqlrows.Dialect = dialect{}

// Quote implements [sqlrows.Syntax].
func (dialect) Quote(name string) string { return quote(name) }

// Table implements [sqlrows.Syntax].
func (d dialect) Table(name string) string { return parseName(name, d.database).sql() }

// Qualifier implements [sqlrows.Syntax].
func (d dialect) Qualifier(table string) string { return d.Table(table) }

// Placeholder implements [sqlrows.Syntax].
func (dialect) Placeholder(int) string { return "?" }

// Collate implements [sqlrows.Syntax]: an index has the collation of its column.
func (dialect) Collate(_ *driver.Column, expr string) string { return expr }

// RowValues: a comparison of rows is tested on every entry of an index.
func (dialect) RowValues([]driver.Column) bool { return false }

// Read implements [sqlrows.Syntax]. A FLOAT is printed with six digits only,
// and bits as bytes.
func (dialect) Read(c *driver.Column, expr string) string {
	switch typeOf(c).class {
	case classFloat:
		return "(" + expr + "+0e0)"
	case classBit:
		return "(" + expr + "+0)"
	}
	return expr
}

// Cut implements [sqlrows.Syntax]. The sizes are those of the text in UTF-8,
// whatever the column's character set is.
func (d dialect) Cut(c *driver.Column, expr string, most int) (value, size string) {
	t := typeOf(c)
	if !t.mayBeLong(most) || t.class == classGeometry || t.class == classOther {
		return d.Read(c, expr), ""
	}
	n := strconv.Itoa(most)
	text, head := expr, expr
	if t.class != classBytes {
		if !isUTF8(c.Collation) {
			text = "CONVERT(" + expr + " USING utf8mb4)"
		}
		head = "CAST(LEFT(" + text + "," + n + ") AS BINARY)"
	}
	long := "IF(LENGTH(" + text + ")>" + n + ","
	return long + "LEFT(" + head + "," + n + ")," + text + ")", long + "LENGTH(" + text + "),NULL)"
}

// isUTF8 reports whether text of a collation is kept in UTF-8.
func isUTF8(collation string) bool { return collation == "" || strings.HasPrefix(collation, "utf8") }

// NoColumns implements [sqlrows.Syntax].
func (dialect) NoColumns() string { return " () VALUES ()" }

// Returning implements [sqlrows.Syntax]: MySQL has no RETURNING.
func (dialect) Returning() bool { return false }

// Begin implements [sqlrows.Syntax]. A transaction that writes sees what others
// have committed, statement by statement, and locks the rows that it compares
// and writes, but not the gaps between rows: two people who insert do not block
// each other. Where the server's log forbids that, gaps are locked, too.
func (d dialect) Begin(write bool) []string {
	switch {
	case !write:
		return []string{"START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"}
	case d.statementLog:
		return []string{"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "START TRANSACTION READ WRITE"}
	}
	return []string{"START TRANSACTION READ WRITE"}
}

// Lock implements [sqlrows.Syntax].
func (dialect) Lock() string { return " FOR UPDATE" }

// Ended implements [sqlrows.Syntax].
func (d dialect) Ended(_ sqlrows.Conn, err error) bool { return d.endsTransaction(err) }

// Limits implements [sqlrows.Syntax].
func (dialect) Limits() sqlrows.Limits {
	return sqlrows.Limits{Columns: 4096, Arguments: 65535, Union: 60, Rows: 1000}
}

// WriteContext implements [sqlrows.Syntax]: to cancel a statement undoes no more
// than that.
func (dialect) WriteContext(ctx context.Context) context.Context { return ctx }

// Value implements [sqlrows.Values].
func (dialect) Value(c *driver.Column, read any) (tuple.Value, error) { return typeOf(c).value(read) }

// Stored implements [sqlrows.Values].
func (dialect) Stored(c *driver.Column, v tuple.Value) (tuple.Value, error) { return stored(c, v) }

// Normal implements [sqlrows.Values].
func (dialect) Normal(c *driver.Column, v tuple.Value) tuple.Value {
	if held, err := stored(c, v); err == nil {
		return held
	}
	return v
}

// Argument implements [sqlrows.Values].
func (dialect) Argument(v tuple.Value) any { return argument(v) }

// Edge implements [sqlrows.Values].
func (dialect) Edge(c *driver.Column, v tuple.Value) (tuple.Value, sqlrows.Place) { return edge(c, v) }

// Prefix implements [sqlrows.Values].
func (dialect) Prefix(c *driver.Column, p tuple.Value) (first, after tuple.Value, err error) {
	return prefix(c, p)
}
