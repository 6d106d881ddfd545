package sqlrows

import (
	"context"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// Dialect is what one database has of its own. Several goroutines use it at once.
type Dialect interface {
	Syntax
	Values
	// Describe returns the shape of a table, as in [driver.DB].
	Describe(ctx context.Context, q Querier, table string) (*driver.Schema, error)
}

// NullKeys is implemented as well by the dialect of a database in which the
// columns of a primary key may hold NULL, any number of times. Rows that do are
// not told apart by the key, so that no page may have one, or leave one out.
type NullKeys interface {
	// MayHoldNull reports whether c, a column of the key of s, may hold NULL,
	// although Describe took it that no row does.
	MayHoldNull(s *driver.Schema, c *driver.Column) bool
	// MetNull is told that a row does. The next Describe is to choose a key
	// that tells all rows apart.
	MetNull(s *driver.Schema)
}

// Sizing is implemented as well by a dialect whose Cut has no expressions for
// sizes, because the values that it cuts tell them.
type Sizing interface {
	// SizeOf returns the size of the value that v, which was read and is too
	// long, is the beginning of, and false if Cut has not cut it. What v has
	// beside that beginning comes after it, and is cut off.
	SizeOf(v tuple.Value) (int64, bool)
}

// Overriding is implemented as well by the dialect of a database that does not
// take a value for a column that it generates, such as the key of a row that is
// to be as it was, unless it is told to.
type Overriding interface {
	// OverrideGenerated returns the words between the columns of an INSERT and
	// VALUES.
	OverrideGenerated() string
}

// Syntax is how a database spells statements.
type Syntax interface {
	// Quote returns name as an identifier, whatever is in it.
	Quote(name string) string
	// Table returns the name of a table as FROM, INTO and UPDATE take it.
	Table(name string) string
	// Qualifier returns the name of a table as it precedes a column's in
	// conditions, results and RETURNING.
	Qualifier(table string) string
	// Placeholder stands for the n-th argument, counted from 1.
	Placeholder(n int) string
	// Collate returns expr, a column of a key, so that it is compared and
	// sorted as the key's index does.
	Collate(c *driver.Column, expr string) string
	// RowValues reports whether (a,b) > (?,?) searches the index over columns
	// a and b. If not, the comparison is written out with AND and OR.
	RowValues(columns []driver.Column) bool
	// Read returns the expression that reads a column, so that the driver
	// hands its value to Values.Value unchanged.
	Read(c *driver.Column, expr string) string
	// Cut returns an expression that reads the first bytes of a column, at
	// most so many, and one for the size in bytes of what it has cut, NULL if
	// it has cut nothing. The size is empty if no value of the column can be
	// that long.
	Cut(c *driver.Column, expr string, most int) (value, size string)
	// NoColumns is what follows INSERT INTO t for a row of defaults.
	NoColumns() string
	// Returning reports whether INSERT ... RETURNING gives generated keys. If
	// not, LastInsertId does.
	Returning() bool
	// Begin returns the statements that start a transaction: one that writes,
	// or one that only reads, and shows the state of this moment. While one
	// that writes is open, nobody can change a row that it has read; or it
	// fails if somebody has.
	Begin(write bool) []string
	// Ended reports whether err, which a statement in a transaction on conn
	// returned, has made the database undo and end the whole transaction.
	Ended(conn Conn, err error) bool
	// Lock is what follows a SELECT of a row that a change is about to be
	// compared with, in a transaction that writes, if the row must be locked
	// for Begin's promise to hold. It is empty if it need not be.
	Lock() string
	// Limits returns the largest statement that the database takes.
	Limits() Limits
	// WriteContext returns the context for a statement that writes within a
	// transaction that goes on. Where canceling such a statement would end the
	// whole transaction, it is one without cancellation.
	WriteContext(ctx context.Context) context.Context
}

// Limits are sizes that a statement must not exceed.
type Limits struct {
	Columns   int // of a result
	Arguments int
	Union     int // SELECTs joined by UNION ALL
	Rows      int // that are worth to be inserted at once; 0 is a small number
}

// Place is where a value stands that a column is compared with.
type Place uint8

// The places.
const (
	At    Place = iota // where the edge is
	After              // after the edge, and before all that sorts after it
	Below              // before everything that the column can hold
	Above              // after everything that the column can hold
)

// Values translates between the values of package tuple and those that the
// database's driver takes and gives.
type Values interface {
	// Value converts what the driver read.
	Value(c *driver.Column, read any) (tuple.Value, error)
	// Stored returns v as the column will hold it. It fails with
	// [driver.BadValue] if the column would hold something else.
	Stored(c *driver.Column, v tuple.Value) (tuple.Value, error)
	// Normal returns v as Stored does, if it is of a kind that the database
	// does not have, and any other v as it is.
	Normal(c *driver.Column, v tuple.Value) tuple.Value
	// Argument converts a value for the driver.
	Argument(v tuple.Value) any
	// Edge returns the value to compare a column of a key with, in place of
	// v, and where v stands.
	Edge(c *driver.Column, v tuple.Value) (edge tuple.Value, at Place)
	// Prefix returns the least of the values that begin with p, and the least
	// value that sorts after all of them: NULL if there is none. It fails with
	// [driver.Unsupported] if they are no range.
	Prefix(c *driver.Column, p tuple.Value) (first, after tuple.Value, err error)
}
