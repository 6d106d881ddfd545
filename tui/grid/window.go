package grid

import (
	"slices"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
)

// window holds the rows of a view that are in memory: some that follow one
// another, read in several pieces and joined by their keys. It grows at either
// end and is trimmed around the cursor, so that its size does not depend on
// how far a person scrolls.
//
// The rows themselves are never changed once they are held: a pointer to one
// stays good for as long as somebody keeps it.
type window struct {
	rows          []*store.Row
	before, after edge

	// first is the number of rows of the view that precede rows[0], or
	// unknown. It is exact as of the reads that made the window.
	first int64
	size  int64 // of the values in rows, in bytes
}

// unknown is the position of a window that was not reached from the beginning.
const unknown = -1

// edge is what is known about the rows beyond one end of a window.
type edge struct {
	// more tells that there may be some.
	more bool
	// resume is where a search goes on that ended before it found enough; nil
	// goes on at the outermost row.
	resume tuple.Tuple
}

// reset replaces what is held by what was read backward and then what was read
// forward, of which one may be nil.
func (w *window) reset(back, forward *store.Window) {
	*w = window{first: unknown}
	if back != nil {
		w.rows, w.size = pointers(back.Rows), sizeOf(back.Rows)
		w.before = edgeOf(back, back.Before)
		w.after = edge{more: back.After}
	}
	if forward != nil {
		w.rows = append(w.rows, pointers(forward.Rows)...)
		w.size += sizeOf(forward.Rows)
		w.after = edgeOf(forward, forward.After)
		if back == nil {
			w.before = edge{more: forward.Before}
		}
	}
	if !w.before.more {
		w.first = 0
	}
}

// edgeOf returns the edge at which a read ended. One that found nothing, and
// has nowhere to go on, has come to the end, whatever it says: to read there
// again would never end.
func edgeOf(win *store.Window, more bool) edge {
	more = more && len(win.Rows) > 0
	return edge{more: more || win.Resume != nil, resume: win.Resume}
}

// anchor returns the place where reading goes on at an end.
func (w *window) anchor(backward bool) store.Anchor {
	at := store.Anchor{Backward: backward}
	switch e := w.edge(backward); {
	case e.resume != nil:
		at.Key = e.resume
	case len(w.rows) == 0:
	case backward:
		at.Key = w.rows[0].Key
	default:
		at.Key = w.rows[len(w.rows)-1].Key
	}
	return at
}

func (w *window) edge(backward bool) *edge {
	if backward {
		return &w.before
	}
	return &w.after
}

// extend adds the rows that were read from an anchor. It reports false, and
// does nothing, if the window no longer ends there.
func (w *window) extend(at store.Anchor, win store.Window) bool {
	now := w.anchor(at.Backward)
	if (now.Key == nil) != (at.Key == nil) || !now.Key.Equal(at.Key) {
		return false
	}
	rows := pointers(win.Rows)
	w.size += sizeOf(win.Rows)
	if at.Backward {
		w.rows = slices.Insert(w.rows, 0, rows...)
		w.before = edgeOf(&win, win.Before)
		w.preceded(int64(len(rows)))
		return true
	}
	w.rows = append(w.rows, rows...)
	w.after = edgeOf(&win, win.After)
	return true
}

// preceded moves the position of the first row after n others were put before
// it.
func (w *window) preceded(n int64) {
	switch {
	case !w.before.more:
		w.first = 0
	case w.first >= n:
		w.first -= n
	default:
		// More rows precede than were counted: others have inserted some.
		w.first = unknown
	}
}

// trim drops rows far from the one at index center until at most limit are
// left, and returns how many it dropped from the front.
func (w *window) trim(center, limit int) int {
	if limit < 1 || len(w.rows) <= limit {
		return 0
	}
	front := min(max(0, center-limit/2), len(w.rows)-limit)
	if back := front + limit; back < len(w.rows) {
		w.size -= sizeOfPointers(w.rows[back:])
		w.rows = slices.Delete(w.rows, back, len(w.rows))
		w.after = edge{more: true}
	}
	if front > 0 {
		w.size -= sizeOfPointers(w.rows[:front])
		w.rows = slices.Delete(w.rows, 0, front)
		w.before = edge{more: true}
		if w.first != unknown {
			w.first += int64(front)
		}
	}
	return front
}

// replace puts a newer reading of a row in its place, found by key.
func (w *window) replace(row *store.Row) {
	for i, old := range w.rows {
		if old.Key.Equal(row.Key) {
			w.size += rowSize(row) - rowSize(old)
			w.rows[i] = row
			return
		}
	}
}

// position returns how many rows precede the one at index i, or unknown.
func (w *window) position(i int) int64 {
	if w.first == unknown {
		return unknown
	}
	return w.first + int64(i)
}

// total returns the number of rows of the view, as far as it is known: exactly,
// or as a number that it exceeds.
func (w *window) total() (n int64, exact bool) {
	n = int64(len(w.rows))
	if w.first != unknown {
		n += w.first
	}
	return n, w.first != unknown && !w.after.more
}

func pointers(rows []store.Row) []*store.Row {
	out := make([]*store.Row, len(rows))
	for i := range rows {
		out[i] = &rows[i]
	}
	return out
}

func sizeOf(rows []store.Row) (n int64) {
	for i := range rows {
		n += rowSize(&rows[i])
	}
	return n
}

func sizeOfPointers(rows []*store.Row) (n int64) {
	for _, r := range rows {
		n += rowSize(r)
	}
	return n
}

// valueOverhead is about what a value takes besides its text.
const valueOverhead = 48

func rowSize(r *store.Row) (n int64) {
	for _, v := range r.Key {
		n += int64(v.Size()) + valueOverhead
	}
	for _, v := range r.Values {
		n += int64(v.Size()) + valueOverhead
	}
	return n
}
