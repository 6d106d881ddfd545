package driver

import (
	"context"

	"github.com/rowan-db/rowan/store/tuple"
)

// Linker is implemented by databases in which a row leads to others in a way
// that foreign keys, [Schema].References and [Details].Referrers, do not say:
// such as from a key to its contents.
type Linker interface {
	// Links returns what a row leads to. The row is whole.
	Links(ctx context.Context, s *Schema, r *Row) ([]Link, error)
}

// Link leads from a row to rows of a table, which may be none.
type Link struct {
	// Name says in a word or two what it leads to, such as "contents".
	Name string
	// Column is the key element or column that it starts from, see
	// [Schema.ColumnAt], or AnyColumn if it starts from the row as a whole.
	Column int
	// Back tells that the other rows refer to this one.
	Back bool
	// Table holds the rows that it leads to: those in Range that have Values
	// in the columns named in Columns.
	Table   string
	Range   tuple.Range
	Columns []string
	Values  tuple.Tuple
}
