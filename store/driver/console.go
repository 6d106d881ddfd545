package driver

import (
	"context"

	"github.com/rowan-db/rowan/store/sqltext"
	"github.com/rowan-db/rowan/store/tuple"
)

// Consoler is implemented by databases that run statements in a language of
// their own. A database that is opened for reading only hands out a [Console]
// in which the database itself refuses to write, whatever the statement.
type Consoler interface {
	// Language describes what statements look like. It does no I/O.
	Language() Language
	// Console opens a session of its own: settings, temporary tables and
	// transactions last from one statement to the next.
	Console(ctx context.Context) (Console, error)
}

// Language describes the statements of a database.
type Language struct {
	// Name is what people call it, such as "SQL".
	Name string
	// Dialect is how a script is taken apart into statements.
	Dialect sqltext.Dialect
	// Explain is what precedes a statement to see how it would be run, such as
	// "EXPLAIN ". Empty if the database cannot say.
	Explain string
	// Analyze is the same, but runs the statement and says how that went.
	Analyze string
	// Keywords lists words to complete, in upper case and sorted, beside those
	// of [sqltext.Keywords].
	Keywords []string
}

// Console is a session in which statements are run, one at a time and as they
// are written. One goroutine uses it at a time.
type Console interface {
	// Run runs one statement, which is not empty, and gives sink what it
	// returns, row by row, as it arrives; it never holds a whole result. An
	// error of sink ends the statement, in the database too, and is returned.
	//
	// When ctx is canceled, the statement is canceled in the database. The
	// session can be used on, unless the error is of kind [Closed] or
	// [Unavailable].
	Run(ctx context.Context, statement string, sink Sink) (Outcome, error)
	// Close ends the session and rolls back what it has open.
	Close() error
}

// Sink takes what a statement returns.
type Sink interface {
	// Columns begins a result, also an empty one. A statement may have
	// several.
	Columns(columns []ResultColumn) error
	// Row takes the next row of the result, a value for each column. The
	// slice is the caller's again after the call; the values may be kept.
	Row(values []tuple.Value) error
}

// ResultColumn is a column of a result.
type ResultColumn struct {
	// Column describes it; its name need not be unique, and its Kind is
	// KindNull if the database does not say.
	Column
	// Table and Origin name the table, as [DB.Tables] does, and its column
	// that the values come from unchanged. Both are empty if they come from
	// an expression, or if the database does not say.
	Table, Origin string
}

// Outcome is what became of a statement, apart from its rows.
type Outcome struct {
	// Affected is the number of rows that were written, -1 if that means
	// nothing for the statement, or is not known.
	Affected int64
	// Tag is what the database itself says was done, such as "CREATE TABLE",
	// or empty.
	Tag string
	// Notices are warnings and messages of the database, in order.
	Notices []Notice
	// InTransaction tells that a transaction is open now.
	InTransaction bool
}

// Notice is a message of the database that is not an error.
type Notice struct {
	Severity string // as the database spells it, such as "WARNING"
	Text     string
	Detail   string // more of it, or empty
}
