package store

import (
	"context"
	"slices"
	"sync/atomic"

	"github.com/rowan-db/rowan/store/tuple"
)

// ViewOptions say what a view shows of a table, and how.
type ViewOptions struct {
	// Range is the part of the table.
	Range tuple.Range
	// Reverse shows it from its upper end down. It does not matter if Sort is
	// given.
	Reverse bool
	// Filter leaves out the rows that do not match.
	Filter Filter
	// Sort orders the rows by a column instead of by key.
	Sort Sort
	// Limit, if positive, is the number of rows after which the view ends.
	Limit int
	// MaxValue, if positive, is the number of bytes after which a value is
	// cut: see [Query].
	MaxValue int
	// Budget is the number of rows that one Read may examine before it
	// returns what it has found so far; 0 means DefaultBudget. Only rows that
	// a filter leaves out are examined without being returned.
	Budget int64
}

// DefaultBudget is the number of rows that one [View.Read] examines at most. A
// million rows that do not match are some tens of reads, each of which can be
// canceled and reports how far it has come.
const DefaultBudget = 20_000

// Sort orders a view by one column. The zero Sort keeps the order of the keys.
// NULL sorts first, and rows with the same value in the order of their keys;
// descending is exactly the reverse.
//
// A database that can, sorts by its own order. Otherwise values of several kinds
// are sorted by kind, and of one longer than sortBytes only the beginning
// counts.
type Sort struct {
	Column     string // the name of a key element or column
	Descending bool
}

// Anchor is a place in a view: that of a key, whether there is such a row at
// present or not.
type Anchor struct {
	// Key is a whole key. Nil is the first row of the view, or the last one if
	// Backward.
	Key tuple.Tuple
	// Backward reads the rows up to Key, instead of those from it on.
	Backward bool
	// Inclusive reads the row of Key itself, too.
	Inclusive bool
}

// Window is some consecutive rows of a view.
type Window struct {
	// Rows are in the order of the view, also if they were read backward.
	Rows []Row
	// Before and After tell whether there are rows on either side. They are
	// true if that is not known without another read.
	Before, After bool
	// Scanned is the number of rows that were examined.
	Scanned int64
	// Resume, if not nil, tells that the budget ended before enough rows were
	// found. Reading on from it, exclusively and in the same direction, finds
	// more.
	Resume tuple.Tuple
}

// View reads windows of the rows that its options choose. It finds them by
// key, so rows that come and go between two reads neither shift nor repeat
// the others.
//
// A view that has a limit, or is sorted although the database cannot, remembers
// which rows it consists of, and in which order, when it is first read or
// prepared. From then on it shows their present values and leaves out those
// that have gone or no longer match the filter; [View.Prepare] begins anew.
type View struct {
	table   *Table
	options ViewOptions

	preparing chan struct{} // holds an element while an index is built
	index     atomic.Pointer[index]
	places    places // of rows that the database sorted
}

// View returns a view of the table. It does no I/O: an option that is wrong is
// an error of the first read.
func (t *Table) View(o ViewOptions) *View {
	if o.Budget <= 0 {
		o.Budget = DefaultBudget
	}
	return &View{table: t, options: o, preparing: make(chan struct{}, 1)}
}

// Schema returns the shape of the table.
func (v *View) Schema() *Schema { return v.table.schema }

// Options returns what the view was made with.
func (v *View) Options() ViewOptions { return v.options }

// indexed reports whether the view's order or end cannot be had from the
// database alone.
func (v *View) indexed() bool {
	return v.options.Limit > 0 || v.options.Sort.Column != "" && v.sortedScan() == nil
}

// Read returns up to n rows, n at least 1, that begin or end at a place.
func (v *View) Read(ctx context.Context, at Anchor, n int) (Window, error) {
	const op = "scan"
	if n < 1 {
		return Window{}, v.table.wrap(op, fault(op, v.table.Name(), Internal, "a window of %d rows was asked for", n))
	}
	if at.Key != nil {
		if err := checkKey(op, v.Schema(), at.Key); err != nil {
			return Window{}, v.table.wrap(op, err)
		}
	}
	if v.indexed() {
		return v.readIndexed(ctx, at, n)
	}
	read := v.readRange
	if v.options.Sort.Column != "" {
		read = v.readSorted
	}
	w, err := read(ctx, at, n)
	if err != nil {
		return Window{}, err
	}
	if at.Backward {
		w.turn()
	}
	return w, nil
}

// turn makes a window that was read backward one in the order of the view.
func (w *Window) turn() {
	slices.Reverse(w.Rows)
	w.Before, w.After = w.After, w.Before
}
