package objects

import "strings"

// line is a line of the list.
type line struct {
	table int // index into Model.tables
	kind  lineKind
	item  int // of the schema or the details: a key element, a column, and so on
}

type lineKind uint8

const (
	tableLine lineKind = iota
	noteLine           // that the schema is being read, or why it cannot be
	keyLine
	columnLine
	referenceLine
	referrerLine
	indexLine
)

// relist makes the lines, and keeps the cursor on its entry.
func (m *Model) relist() {
	selected, had := m.selected()
	needle := strings.ToLower(m.filter.Value())
	m.lines = m.lines[:0]
	at := 0
	for i := range m.tables {
		if !strings.Contains(m.tables[i].lower, needle) {
			continue
		}
		for _, l := range m.tableLines(i) {
			if had && l == selected {
				at = len(m.lines)
			}
			m.lines = append(m.lines, l)
		}
	}
	m.fit()
	m.list.Select(at)
}

// tableLines returns the lines of one table.
func (m *Model) tableLines(i int) []line {
	t := &m.tables[i]
	lines := []line{{table: i}}
	switch {
	case !t.unfolded:
	case t.schema == nil:
		lines = append(lines, line{i, noteLine, 0})
	default:
		for k := range t.schema.Key {
			lines = append(lines, line{i, keyLine, k})
		}
		for c := range t.schema.Columns {
			lines = append(lines, line{i, columnLine, c})
		}
		for r := range t.schema.References {
			lines = append(lines, line{i, referenceLine, r})
		}
		if t.details == nil {
			break
		}
		for r := range t.details.Referrers {
			lines = append(lines, line{i, referrerLine, r})
		}
		for x := range t.details.Indexes {
			lines = append(lines, line{i, indexLine, x})
		}
	}
	return lines
}

// selected returns the line of the cursor.
func (m *Model) selected() (line, bool) {
	if c := m.list.Cursor(); c < len(m.lines) {
		return m.lines[c], true
	}
	return line{}, false
}

func (m *Model) selectCurrent() {
	for i, l := range m.lines {
		if l.kind == tableLine && m.tables[l.table].Name == m.cur {
			m.list.Select(i)
			return
		}
	}
}

// top returns the number of lines above the list.
func (m *Model) top() int {
	if m.typing || !m.filter.Empty() {
		return 1
	}
	return 0
}

func (m *Model) fit() { m.list.Resize(len(m.lines), m.height-m.top()) }
