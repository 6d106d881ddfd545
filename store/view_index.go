package store

import "context"

// index is the rows that an indexed view consists of, in its order.
type index struct{}

// Prepare remembers anew which rows the view consists of, if it is sorted or
// has a limit; otherwise it does nothing.
func (v *View) Prepare(ctx context.Context, progress func(rows int64)) error { return nil }

func (v *View) readIndexed(ctx context.Context, at Anchor, n int) (Window, error) {
	return Window{}, v.table.store.unsupported("sort")
}
