package postgres

import (
	"context"
	"strconv"
	"strings"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// dialect is PostgreSQL's [sqlrows.Dialect].
type dialect struct {
	// utf8 tells that the server keeps text in UTF-8, and refuses what is not.
	utf8  bool
	known *known
}

var (
	_ sqlrows.Dialect = dialect{}
	_ sqlrows.Sizing  = dialect{}

	_ sqlrows.Overriding = dialect{}
)

func (dialect) Quote(name string) string { return quote(name) }

func (d dialect) Table(name string) string { return d.known.quoted(name) }

// Qualifier is without the schema: a table in FROM goes by its own name.
func (d dialect) Qualifier(table string) string { return d.known.unqualified(table) }

func (dialect) Placeholder(n int) string { return "$" + strconv.Itoa(n) }

// Collate names the collation of an index that is not the column's.
func (dialect) Collate(c *driver.Column, expr string) string {
	if name, ok := indexCollation(c); ok {
		return expr + " COLLATE " + name
	}
	return expr
}

// RowValues: a comparison of rows searches a B-tree index, whatever its types.
func (dialect) RowValues([]driver.Column) bool { return true }

func (dialect) Read(_ *driver.Column, expr string) string { return expr }

// Cut cuts texts after characters, which leaves more bytes than asked for but
// needs no knowledge of the encoding. What is short, as nearly all is, is not
// touched: its size is known without reading it. What is cut has its size after
// it, so that there are no columns for sizes, which would take as long as others.
func (dialect) Cut(c *driver.Column, expr string, most int) (value, size string) {
	n := strconv.Itoa(most)
	text := expr
	switch c.Kind {
	case tuple.KindBytes:
		long := "substr(" + expr + ", 1, " + n + ") || convert_to(" + sizeMark + " || octet_length(" + expr + "), 'UTF8')"
		return "CASE WHEN octet_length(" + expr + ") >= " + n + " THEN " + long + " ELSE " + expr + " END", ""
	case tuple.KindText:
		switch {
		case c.Type == typeByte:
			return expr, ""
		case isPadded(c):
			text = printed(expr)
		}
	case tuple.KindJSON:
		text = expr + "::text"
	case tuple.KindOther:
		text = printed(expr)
	default:
		return expr, ""
	}
	long := "left(" + text + ", " + n + ") || " + sizeMark + " || octet_length(" + text + ")"
	return "CASE WHEN octet_length(" + text + ") >= " + n + " THEN " + long + " ELSE " + text + " END", ""
}

// sizeMark stands before the size. Nothing but digits follows it.
const sizeMark = `chr(1)`

// SizeOf implements [sqlrows.Sizing].
func (dialect) SizeOf(v tuple.Value) (int64, bool) {
	text := v.AsText()
	at := strings.LastIndexByte(text, 1)
	size, err := strconv.ParseInt(text[at+1:], 10, 64)
	return size, at >= 0 && err == nil
}

// printed returns the text that the server prints for a value. To cast it to text
// is not the same: that adds /32 to an address, and cuts the padding off.
func printed(expr string) string {
	return "CASE WHEN " + isNotNull(expr) + " THEN format('%s', " + expr + ") END"
}

// isNotNull: IS NOT NULL is false for a row in which any field is.
func isNotNull(expr string) string { return expr + " IS DISTINCT FROM NULL" }

// OverrideGenerated implements [sqlrows.Overriding].
func (dialect) OverrideGenerated() string { return " OVERRIDING SYSTEM VALUE" }

func (dialect) NoColumns() string { return " DEFAULT VALUES" }

func (dialect) Returning() bool { return true }

// Begin: a transaction that writes sees what others commit meanwhile, and locks
// each row before it compares it. Thus a change that others made is a conflict
// that says what they wrote, and not an error that says that they did.
func (dialect) Begin(write bool) []string {
	if write {
		return []string{"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"}
	}
	// The snapshot is taken by the first query.
	return []string{"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; " + noWorkers + "; SELECT 1"}
}

// Lock keeps others from changing the row until the transaction ends.
func (dialect) Lock() string { return " FOR UPDATE" }

// Ended: an error leaves a transaction open but failed, and what reads or writes
// in one goes back to a savepoint then. Only a connection that is lost ends it.
func (dialect) Ended(c sqlrows.Conn, _ error) bool {
	pg := c.(*conn).pg
	return pg.IsClosed() || pg.TxStatus() == inNone
}

func (dialect) Limits() sqlrows.Limits {
	return sqlrows.Limits{Columns: 1664, Arguments: 65535, Union: 100}
}

// WriteContext: a statement that is canceled ends no more than itself.
func (dialect) WriteContext(ctx context.Context) context.Context { return ctx }

// Value is for drivers that read without knowing of values.
func (dialect) Value(c *driver.Column, _ any) (tuple.Value, error) {
	return tuple.Null, driver.Errorf(driver.Internal, "column %s was read without its type", c.Name)
}

func (d dialect) Stored(c *driver.Column, v tuple.Value) (tuple.Value, error) { return d.stored(c, v) }

// Normal: a base that a change of ours has left may be spelled otherwise than
// the column spells it, such as a number with fewer zeros.
func (d dialect) Normal(c *driver.Column, v tuple.Value) tuple.Value {
	if held, err := d.stored(c, v); err == nil {
		return held
	}
	return v
}

func (dialect) Argument(v tuple.Value) any { return argument(v) }

func (d dialect) Edge(c *driver.Column, v tuple.Value) (tuple.Value, sqlrows.Place) {
	return d.edge(c, v)
}

// Prefix fails where a collation scatters the texts that begin alike.
func (dialect) Prefix(c *driver.Column, p tuple.Value) (first, after tuple.Value, err error) {
	return prefix(c, p)
}
