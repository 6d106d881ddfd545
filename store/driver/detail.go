package driver

import "context"

// Detailer is implemented by databases whose tables have indexes, or refer to
// each other. What it tells is not part of [Schema], so that a table opens
// without it.
type Detailer interface {
	// Details describes what surrounds a table. It fails with [NoTable].
	Details(ctx context.Context, table string) (*Details, error)
}

// Details is what a database knows of a table beside the shape of its rows.
type Details struct {
	// Indexes lists the indexes, that of the primary key first, then by name.
	Indexes []Index
	// Referrers lists the foreign keys of tables, this one included, that
	// refer to it.
	Referrers []Referrer
	// Comment is what somebody has noted down about the table.
	Comment string
}

// Index is an index of a table.
type Index struct {
	Name string
	// Columns holds what the index sorts by: names of columns, or expressions
	// as the database spells them, each with its order if that is not
	// ascending, such as "created DESC".
	Columns []string
	Unique  bool
	Primary bool   // the index of the primary key
	Method  string // how the index works, such as "btree"; empty if there is one way only
	// Where is the condition of an index of some rows only, or empty.
	Where string
}

// Referrer is a foreign key of another table that refers to this one.
type Referrer struct {
	// Name is the constraint's, or empty.
	Name    string
	Table   string   // that refers to this one
	Columns []string // of Table
	To      []string // of this table, which Columns refer to
}

// Definer is implemented by databases that can say by which statement a table
// is made.
type Definer interface {
	// Definition returns the statements that make a table or view, its
	// indexes and its constraints, as the database itself would have them. It
	// fails with [NoTable].
	Definition(ctx context.Context, table string) (string, error)
}
