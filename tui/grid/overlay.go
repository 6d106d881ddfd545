package grid

import (
	"slices"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
)

// line is one line of the grid: a row with what is staged for it.
type line struct {
	// row is the row as it was read or, of a staged insert, as it would be.
	row *store.Row
	// staged is the change that is staged for the row, nil if none.
	staged *store.Staged
}

// inserted returns the staged insert that the line shows, 0 if it shows a row
// that exists.
func (l line) inserted() store.ID {
	if l.staged == nil || l.staged.Change.Op != store.Insert {
		return 0
	}
	return l.staged.ID
}

// same reports whether two lines show the same row, whatever its values are.
func (l line) same(o line) bool {
	if l.row == nil || o.row == nil || l.inserted() != o.inserted() {
		return false
	}
	return l.inserted() != 0 || l.row.Key.Equal(o.row.Key)
}

// value returns what a cell holds: as it was read, and as it would be after
// the staged change.
func (l line) value(s *store.Schema, column int) (old, now tuple.Value, changed bool) {
	old = s.ValueAt(l.row, column)
	if l.staged == nil || l.staged.Change.Op != store.Update {
		return old, old, false
	}
	if column < len(s.Key) {
		if c := &l.staged.Change; c.NewKey != nil && column < len(c.NewKey) {
			return old, c.NewKey[column], c.NewKey[column] != old
		}
		return old, old, false
	}
	for _, a := range l.staged.Change.Set {
		if a.Column == column-len(s.Key) {
			return old, a.Value, true
		}
	}
	return old, old, false
}

// mark returns the sign of the staged change that stands before the line.
func (l line) mark() byte {
	if l.staged == nil {
		return ' '
	}
	switch l.staged.Change.Op {
	case store.Insert, store.Put:
		return '+'
	case store.Delete, store.Remove:
		return '-'
	}
	return '~'
}

func (l line) deleted() bool { return l.mark() == '-' }

// cutAt returns the size of the whole value where only its beginning is held.
func cutAt(r *store.Row, s *store.Schema, column int) (size int64, cut bool) {
	for _, c := range r.Cut {
		if c.Column == column-len(s.Key) {
			return c.Size, true
		}
	}
	return 0, false
}

// overlay puts staged changes over the rows of a window.
type overlay struct {
	schema  *store.Schema
	options store.ViewOptions
	// ordered tells that the place of a key among others can be told without
	// asking the database.
	ordered bool
	changes *store.ChangeSet
	// result is what is shown, nil if it is a table.
	result *store.Result
}

// lines returns the rows of w with the staged changes of each and with the
// staged inserts among them.
func (o *overlay) lines(w *window) []line {
	lines := make([]line, len(w.rows), len(w.rows)+8)
	for i, r := range w.rows {
		lines[i].row = r
	}
	if o.changes.Len() == 0 {
		return lines
	}
	if o.result != nil {
		o.markResult(lines)
		return lines
	}
	for i := range lines {
		if st, ok := o.changes.Find(o.schema.Name, lines[i].row.Key); ok {
			lines[i].staged = &st
		}
	}
	return o.insert(lines, w)
}

// markResult puts the staged changes of the table that a result comes from over
// its lines.
func (o *overlay) markResult(lines []line) {
	from := o.result.Origin()
	if from == nil {
		return
	}
	for i, l := range lines {
		if st, ok := o.changes.Find(from.Table.Name(), from.Key(l.row)); ok {
			lines[i].staged = overResult(from, o.schema, l.row, st)
		}
	}
}

// insert puts the staged inserts where they would appear: by the order of the
// keys or, where that cannot be told, before the first row of the table.
func (o *overlay) insert(lines []line, w *window) []line {
	top := 0
	for _, st := range o.changes.Inserted(o.schema.Name) {
		l := line{row: &st.After, staged: &st}
		if !o.placeable(l.row.Key) {
			if !w.before.more {
				lines = slices.Insert(lines, top, l)
				top++
			}
			continue
		}
		if at, ok := o.find(lines[top:], w, l.row.Key); ok {
			lines = slices.Insert(lines, top+at, l)
		}
	}
	return lines
}

// placeable reports whether a key has a place among the rows of the view.
func (o *overlay) placeable(key tuple.Tuple) bool {
	return o.ordered && o.options.Sort.Column == "" && len(key) == len(o.schema.Key) && o.options.Range.Contains(key)
}

// find returns where among lines a key belongs; ok is false if that is beyond
// what the window holds.
func (o *overlay) find(lines []line, w *window, key tuple.Tuple) (at int, ok bool) {
	at, _ = slices.BinarySearchFunc(lines, key, func(l line, k tuple.Tuple) int {
		if o.options.Reverse {
			return k.Compare(l.row.Key)
		}
		return l.row.Key.Compare(k)
	})
	return at, (at > 0 || !w.before.more) && (at < len(lines) || !w.after.more)
}
