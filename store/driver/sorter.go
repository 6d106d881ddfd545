package driver

import (
	"context"

	"github.com/rowan-db/rowan/store/tuple"
)

// Sorter is implemented by databases, snapshots and transactions that can
// return rows in the order of any column, and not only of the key.
//
// That order is: rows in which the column is NULL, then the others by the
// column's value as the database compares it; rows whose values are equal for
// the database are in the order of their keys. Reversed it is exactly the
// reverse, to the last tie.
type Sorter interface {
	// Sorts reports whether rows can be paged in the order of a column, see
	// [Schema.ColumnAt]: whether conditions and ORDER BY agree on one total
	// order of all that it can hold, and whether a value that was read can be
	// given back without loss. It does no I/O. It does not ask for an index:
	// without one each page is a search of the whole table, but in the
	// database.
	Sorts(s *Schema, column int) bool
	// ScanSorted is [Reader.Scan] in the order of a column that Sorts accepts.
	// The page begins after a place, or at it if it is Inclusive, in the
	// direction of the scan; nil is where the order begins. Range and Where
	// choose among the rows as ever; if KeysOnly, the values are left out.
	ScanSorted(ctx context.Context, s *Schema, q Query, column int, from *Place) (Page, error)
}

// Place is where a row with these values is, or would be, among the rows that
// are sorted by a column.
type Place struct {
	Value tuple.Value // of the column, whole
	Key   tuple.Tuple
	// Inclusive begins with the row of that place, if there is one.
	Inclusive bool
}
