package review

import (
	"fmt"
	"slices"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
)

// line is a line of the list.
type line struct {
	change int  // index into Model.changes
	first  bool // of its change
	kind   lineKind
	column int // index into the key and then the columns
}

type lineKind uint8

const (
	tableLine    lineKind = iota // the table's name, before its first change
	rowLine                      // the row, what happens to it, its first value
	columnLine                   // another value
	versionsLine                 // the heading of a conflict's versions
	versionLine                  // a value in all versions
	gapLine
)

// maxValues is the number of values of one row that are listed.
const maxValues = 40

// relist makes the lines, and puts the cursor on a change.
func (m *Model) relist(at store.ID) {
	m.lines = m.lines[:0]
	cursor := 0
	for i := range m.changes {
		if i == 0 || m.changes[i].Schema.Name != m.changes[i-1].Schema.Name {
			if i > 0 {
				m.lines = append(m.lines, line{change: i, kind: gapLine})
			}
			m.lines = append(m.lines, line{change: i, kind: tableLine})
		}
		if m.changes[i].ID == at {
			cursor = len(m.lines)
		}
		m.lines = append(m.lines, m.changeLines(i)...)
	}
	m.fit()
	m.list.Select(cursor)
}

// changeLines returns the lines of one change.
func (m *Model) changeLines(i int) []line {
	s := &m.changes[i]
	lines := []line{{change: i, first: true, kind: rowLine, column: -1}}
	if d, ok := m.conflicts[s.ID]; ok {
		lines = append(lines, line{change: i, kind: versionsLine})
		for _, c := range conflictColumns(&d) {
			lines = append(lines, line{change: i, kind: versionLine, column: c})
		}
		return lines
	}
	for n, c := range changedColumns(s) {
		if n == 0 {
			lines[0].column = c
			continue
		}
		lines = append(lines, line{change: i, kind: columnLine, column: c})
	}
	return lines
}

// changedColumns returns the columns that a change sets, by their index into
// the key and then the columns.
func changedColumns(s *store.Staged) []int {
	keys := len(s.Schema.Key)
	var out []int
	if s.Change.Moves() {
		for i, v := range s.Change.NewKey {
			if v != s.Change.Key[i] {
				out = append(out, i)
			}
		}
	}
	var set []int
	for _, a := range s.Change.Set {
		set = append(set, keys+a.Column)
	}
	slices.Sort(set)
	out = append(out, set...)
	return out[:min(len(out), maxValues)]
}

// conflictColumns returns the columns that are not the same in all versions.
func conflictColumns(d *store.ConflictDetail) []int {
	s := d.Staged.Schema
	var out []int
	for c := range s.Width() {
		first, differ, seen := tuple.Null, false, false
		for _, r := range []*store.Row{d.Base, d.Mine, d.Theirs} {
			v, ok := valueOf(r, s, c)
			if !ok {
				continue
			}
			differ = differ || seen && v != first
			first, seen = v, true
		}
		if differ {
			out = append(out, c)
		}
	}
	return out[:min(len(out), maxValues)]
}

// valueOf returns a row's value by its index into the key and then the
// columns; ok is false if there is no row, or no key yet.
func valueOf(r *store.Row, s *store.Schema, column int) (v tuple.Value, ok bool) {
	if r == nil {
		return tuple.Null, false
	}
	at, held := column, len(r.Key)
	if column >= len(s.Key) {
		at, held = column-len(s.Key), len(r.Values)
	}
	return s.ValueAt(r, column), at < held
}

func (m *Model) fit() { m.list.Resize(len(m.lines), m.height-footLines) }

// countOf returns a number of things in words.
func countOf(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
