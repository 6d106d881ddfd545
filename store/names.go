package store

import "github.com/rowan-db/rowan/store/driver"

// The types that callers and drivers share. Package driver documents them.
type (
	// Info describes an open database.
	Info = driver.Info
	// TableInfo is an entry of the list of tables.
	TableInfo = driver.TableInfo
	// Schema is the shape of a table.
	Schema = driver.Schema
	// Column is a column of a table, or an element of its key.
	Column = driver.Column
	// Reference is a foreign key.
	Reference = driver.Reference
	// Index is an index of a table.
	Index = driver.Index
	// Referrer is a foreign key that refers to a table.
	Referrer = driver.Referrer
	// Details is what a database knows of a table beside its rows' shape.
	Details = driver.Details
	// Condition is something that rows are chosen by.
	Condition = driver.Condition
	// Language describes the statements of a database.
	Language = driver.Language
	// ResultColumn is a column of a result.
	ResultColumn = driver.ResultColumn
	// Outcome is what became of a statement, apart from its rows.
	Outcome = driver.Outcome
	// Notice is a message of a database that is not an error.
	Notice = driver.Notice
	// Row is a row of a table, with its identity.
	Row = driver.Row
	// Cut tells that a value is only a beginning.
	Cut = driver.Cut
	// Query says what a page holds.
	Query = driver.Query
	// Page is part of a scan.
	Page = driver.Page
	// Change is one change of one row.
	Change = driver.Change
	// Assignment gives a column a value.
	Assignment = driver.Assignment
	// Conflict tells that the row of a change is not what it was based on.
	Conflict = driver.Conflict
	// Applied is what became of some changes.
	Applied = driver.Applied
	// Version is a state of a database that stays readable.
	Version = driver.Version
	// Statistic is one thing that a database tells of itself.
	Statistic = driver.Statistic
	// Difference is one thing in which two versions differ.
	Difference = driver.Difference
	// Savepoint is a mark in a transaction.
	Savepoint = driver.Savepoint
	// Op is what a change does.
	Op = driver.Op
	// Kind says what sort of failure an error is.
	Kind = driver.Kind
)

// The operations of a [Change].
const (
	Insert = driver.Insert
	Update = driver.Update
	Delete = driver.Delete
	Put    = driver.Put
	Remove = driver.Remove
)

// The kinds of failures.
const (
	Internal      = driver.Internal
	Canceled      = driver.Canceled
	NoTable       = driver.NoTable
	NoRow         = driver.NoRow
	Exists        = driver.Exists
	Conflicting   = driver.Conflicting
	BadKey        = driver.BadKey
	BadValue      = driver.BadValue
	Constraint    = driver.Constraint
	TooLarge      = driver.TooLarge
	ReadOnly      = driver.ReadOnly
	Locked        = driver.Locked
	Full          = driver.Full
	Corrupt       = driver.Corrupt
	NotDatabase   = driver.NotDatabase
	NewerFormat   = driver.NewerFormat
	Permission    = driver.Permission
	NotFound      = driver.NotFound
	Unavailable   = driver.Unavailable
	Unsupported   = driver.Unsupported
	Closed        = driver.Closed
	Configuration = driver.Configuration

	OutcomeUnknown = driver.OutcomeUnknown
	TryAgain       = driver.TryAgain
	Timeout        = driver.Timeout
)
