// Package driver defines what a backend implements, so that package store can
// offer the same tables, rows and transactions over any database.
//
// A backend implements [DB] and as many of the one-method optional interfaces
// as its database is good at. Package store looks for them by type assertion
// and, where it can, does without: more slowly, but with the same result. The
// conformance suite, store/storetest, is the contract in executable form.
//
// What holds for every method:
//
//   - It may be called from several goroutines at once, except on a [Tx],
//     which one goroutine uses at a time.
//   - It returns soon after its context is canceled, with the context's error
//     or one that [DB.Classify] calls [Canceled].
//   - It returns the database's own error, unwrapped of nothing and decorated
//     with nothing; package store wraps it once. A fault that only the backend
//     knows of is made with [Errorf].
//   - Slices that it returns belong to the caller; slices that it is given
//     stay the caller's and are not kept.
//
// A database that is opened for reading only is a value that does not
// implement the interfaces that write ([Writer], [Transactor], [Creator],
// [Loader]), over a connection or file that could not write either. Nothing
// looks at a flag, or at a statement's text, to refuse a write.
package driver

import (
	"context"

	"github.com/rowan-db/rowan/store/tuple"
)

// DB is an open database.
type DB interface {
	// Info describes the database. It does no I/O.
	Info() Info
	// Tables lists the tables and views, by name.
	Tables(ctx context.Context) ([]TableInfo, error)
	// Describe returns the shape of a table or view. It fails with [NoTable]
	// if there is none of that name.
	Describe(ctx context.Context, table string) (*Schema, error)
	Reader
	// Classify tells what kind of failure err, which a method returned, is.
	// It looks through wrapped errors; what it does not know is [Internal].
	Classify(err error) Kind
	// Close releases the database. Transactions that are open are rolled
	// back. Calls under way are waited for or fail; later ones fail with
	// [Closed].
	Close() error
}

// Reader reads rows. Its state is the newest, or that of a snapshot.
type Reader interface {
	// Get returns the rows with the given whole keys, in the order of keys,
	// nil for one that does not exist. Values are never cut.
	Get(ctx context.Context, s *Schema, keys []tuple.Tuple) ([]*Row, error)
	// Scan returns one page of rows in key order. It keeps no cursor open:
	// the next page is another call, with a range that begins after the last
	// key of this one.
	Scan(ctx context.Context, s *Schema, q Query) (Page, error)
}

// Query says what a page holds.
type Query struct {
	Range tuple.Range
	// Reverse scans from the upper end of Range down.
	Reverse bool
	// Where lists conditions that all hold for the rows that are wanted. It is
	// a hint, for databases that can search: the page may have rows for which
	// they do not hold, because package store looks again, but it must never
	// leave out one for which [Condition.Holds] says that they do. A condition
	// that the database would see otherwise, if only for some value, it
	// ignores.
	Where []Condition
	// Limit is the largest number of rows; it is at least 1.
	Limit int
	// KeysOnly leaves Row.Values nil.
	KeysOnly bool
	// MaxValue, if positive, is the largest number of bytes of one text,
	// binary, JSON or other value. A longer one is cut, in the database where
	// it can, and listed in Row.Cut. Keys are never cut.
	MaxValue int
}

// Page is part of a scan.
type Page struct {
	// Rows are in the order of the scan.
	Rows []Row
	// More tells that there was another row after the last one.
	More bool
}

// Row is a row of a table, with its identity.
type Row struct {
	// Key identifies the row: one value for each of Schema.Key.
	Key tuple.Tuple
	// Values are those of Schema.Columns, in that order.
	Values []tuple.Value
	// Cut lists the columns whose values are only a beginning.
	Cut []Cut
}

// Cut tells that a value is only a beginning.
type Cut struct {
	Column int   // index into Row.Values
	Size   int64 // bytes of the whole value
}

// Op is what a change does.
type Op uint8

// The operations.
const (
	Insert Op = iota + 1 // add a row; it must not exist
	Update               // set columns of a row; it must exist
	Delete               // remove a row; it must exist
	Put                  // add a row or set the columns of the existing one
	Remove               // remove a row if it exists
)

var opNames = [...]string{"", "insert", "update", "delete", "put", "remove"}

// String returns the operation's name.
func (o Op) String() string {
	if int(o) < len(opNames) {
		return opNames[o]
	}
	return "unknown"
}

// Change is one change of one row.
type Change struct {
	Op    Op
	Table string
	// Key is the whole key of the row. It is nil for an Insert into a table
	// whose key the database generates (Schema.AutoKey).
	Key tuple.Tuple
	// NewKey, of an Update, is the key that the row gets; nil keeps Key.
	NewKey tuple.Tuple
	// Base, of an Update or Delete, is what the columns held when the change
	// was thought of. If the row holds anything else now, or has gone, that
	// is a conflict. Nil compares nothing.
	Base []tuple.Value
	// Set lists the columns that get a value. In an Insert or a Put of a new
	// row the other columns get their defaults.
	Set []Assignment
}

// Assignment gives a column a value.
type Assignment struct {
	Column int // index into Schema.Columns
	Value  tuple.Value
}

// Conflict tells that the row of a change is not what the change was based on.
type Conflict struct {
	// Change is an index into the changes that were applied.
	Change int
	// Current is the row as it is now, nil if there is none. For an Insert,
	// or an Update that changes the key, it is the row in the way.
	Current *Row
}

// Applied is what became of some changes: conflicts and nothing written, or
// no conflicts and everything written.
type Applied struct {
	Conflicts []Conflict
	// Keys holds the key of each change's row afterwards: as given, or as
	// the database generated it.
	Keys []tuple.Tuple
}

// TableKind tells tables from what looks like one.
type TableKind string

// The kinds of tables.
const (
	Table        TableKind = "table"
	View         TableKind = "view"
	VirtualTable TableKind = "virtual table"
	SystemTable  TableKind = "system table"
)

// TableInfo is an entry of the list of tables.
type TableInfo struct {
	Name string
	Kind TableKind
}

// Identity tells what the keys of a table are.
type Identity uint8

// What a key can be.
const (
	// PrimaryKey is the declared primary key, or the key of an ordered store.
	PrimaryKey Identity = iota
	// UniqueKey is a unique index over columns that are not NULL.
	UniqueKey
	// RowID is the engine's own number of the row. It may change when the
	// database is reorganized.
	RowID
	// Position is the ordinal number of a row in a table that has no
	// identity. Such a table cannot be written, and a position is another row
	// once somebody else has written.
	Position
)

// Schema is the shape of a table.
type Schema struct {
	Name     string
	Kind     TableKind
	Identity Identity
	// Key holds the columns that identify and order the rows, at least one.
	Key []Column
	// Columns holds the others.
	Columns []Column
	// AutoKey tells that the database makes the key of a new row if none is
	// given.
	AutoKey bool
	// ReadOnly says in a sentence why rows of this table cannot be written,
	// or is empty.
	ReadOnly string
	// References lists the foreign keys.
	References []Reference
}

// Column is a column of a table, or an element of its key.
type Column struct {
	Name string
	// Type is the type as the database spells it.
	Type string
	// Kind is the kind that typed input is read as. A stored value may be of
	// another kind, where the database allows it.
	Kind tuple.Kind
	// Nullable tells that the column may hold NULL.
	Nullable bool
	// Generated tells that the database computes the value, so that it cannot
	// be set.
	Generated bool
	// Default is the default's expression, as the database spells it.
	Default string
	// Collation is the order of text, empty if it is that of the bytes.
	Collation string
}

// Reference is a foreign key.
type Reference struct {
	// Name is the constraint's, or empty.
	Name    string
	Columns []string
	Table   string
	// To holds the columns of Table that Columns refer to.
	To []string
}

// Atomicity is how much of a batch a database writes at once.
type Atomicity string

// The degrees of atomicity.
const (
	WholeBatch Atomicity = "whole batch" // all of it or nothing
	PerRow     Atomicity = "per row"     // a failure may leave earlier rows written
	NoWrites   Atomicity = "no writes"
)

// Order is how a database sorts keys.
type Order string

// The orders.
const (
	// Bytewise is the order of package tuple.
	Bytewise Order = "bytewise"
	// Collated is the database's own.
	Collated Order = "collated"
)

// OpenedReadOnly is the Info.ReadOnly of a database that could be written, had
// it not been opened for reading only.
const OpenedReadOnly = "it was opened read-only"

// Info describes an open database.
type Info struct {
	// Backend is the name of the backend, such as "native".
	Backend string
	// Product is the database and its version, such as "SQLite 3.53.4".
	Product string
	// Name is what people call the database, such as the file's name.
	Name string
	// Location is the path or URL, without secrets.
	Location string
	// ReadOnly says why the database cannot be written, in a phrase that begins
	// in lower case and has no full stop, such as [OpenedReadOnly], or is
	// empty.
	ReadOnly  string
	Atomicity Atomicity
	Order     Order
	// FreeSnapshots tells that a [Snapshot] holds up nobody, however long it is
	// held, so that a long read had better be of one.
	FreeSnapshots bool
	// MaxKey and MaxValue are limits in bytes, 0 if there is none to speak of.
	MaxKey, MaxValue int64
}
