package objects

import (
	"fmt"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/style"
)

// Title implements [pane.Titled].
func (m *Model) Title() []style.Span {
	d, busy := m.env.Tasks.Elapsed(listSlot)
	if !busy || d < 0 {
		return []style.Span{style.Plain(" Tables ")}
	}
	return []style.Span{style.Plain(" Tables " + style.Spinner(d) + " ")}
}

// Footer implements [pane.Titled].
func (m *Model) Footer() []style.Span {
	if !m.loaded {
		return nil
	}
	if m.filter.Empty() {
		return []style.Span{style.Plain(" " + plural(len(m.tables), "table") + " ")}
	}
	shown := 0
	for _, l := range m.lines {
		if l.kind == tableLine {
			shown++
		}
	}
	return []style.Span{style.Plain(fmt.Sprintf(" %d of %s ", shown, plural(len(m.tables), "table")))}
}

func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}

// View implements [pane.Pane].
func (m *Model) View() string {
	var out []string
	if m.top() == 1 && m.height > 0 {
		out = append(out, m.filterLine())
	}
	first, end := m.list.Window()
	for i := first; i < end; i++ {
		out = append(out, m.drawLine(i))
	}
	if len(m.lines) == 0 && m.height > m.top() {
		muted := m.env.Styles.Screen.Muted()
		out = append(out, style.Line(muted, m.width, style.Plain(" "+m.emptyText())))
	}
	return strings.Join(out, "\n")
}

// emptyText says why the list is empty.
func (m *Model) emptyText() string {
	_, busy := m.env.Tasks.Elapsed(listSlot)
	switch {
	case m.failed != nil:
		return "Could not be read. R tries again."
	case !m.loaded && !busy:
		return "Canceled. R reads the tables."
	case !m.loaded:
		return "Reading… esc cancels"
	case len(m.tables) > 0:
		return "No match. esc shows all."
	}
	return "No tables."
}

func (m *Model) filterLine() string {
	l := m.env.Styles.Screen
	text, _ := m.filter.Draw(max(0, m.width-1))
	return l.Of(themes.Accent).Render("/"[:min(1, m.width)]) + l.Text().Render(text)
}

// Cursor implements [pane.Cursorer].
func (m *Model) Cursor() *tea.Cursor {
	if !m.typing || m.width < 2 {
		return nil
	}
	_, x := m.filter.Draw(m.width - 1)
	return tea.NewCursor(1+x, 0)
}

// drawLine draws line i of the list.
func (m *Model) drawLine(i int) string {
	l := m.lines[i]
	layer := m.env.Styles.Screen
	switch {
	case i == m.list.Cursor() && m.focused:
		layer = m.env.Styles.Grid.Cursor
	case i == m.list.Cursor():
		layer = m.env.Styles.Grid.Row
	}
	left, right := m.spans(&m.tables[l.table], l, layer)
	return style.SplitLine(layer.Text(), m.width, left, right)
}

func (m *Model) spans(t *table, l line, layer style.Layer) (left, right []style.Span) {
	muted := layer.Muted()
	switch l.kind {
	case tableLine:
		return m.tableSpans(t, layer)
	case noteLine:
		note := "reading…"
		if t.failed != nil {
			note = t.failed.Error()
		}
		return []style.Span{{SGR: muted, Text: "    " + note}}, nil
	case keyLine:
		c := &t.schema.Key[l.item]
		return []style.Span{style.Plain("    "), {SGR: layer.Of(themes.Key), Text: c.Name}},
			[]style.Span{{SGR: muted, Text: m.typeBeside(c, " key") + " key "}}
	case columnLine:
		c := &t.schema.Columns[l.item]
		return []style.Span{style.Plain("    " + c.Name)}, []style.Span{{SGR: muted, Text: m.typeBeside(c, "") + " "}}
	}
	switch l.kind {
	case referrerLine:
		r := &t.details.Referrers[l.item]
		return []style.Span{
			{SGR: layer.Of(themes.Accent), Text: "  ← "}, style.Plain(r.Table),
			{SGR: muted, Text: " by " + strings.Join(r.Columns, ", ")},
		}, nil
	case indexLine:
		ix := &t.details.Indexes[l.item]
		return []style.Span{{SGR: muted, Text: "  # "}, style.Plain(strings.Join(ix.Columns, ", ")), {SGR: muted, Text: "  " + ix.Name}},
			[]style.Span{{SGR: muted, Text: indexKind(ix) + " "}}
	}
	r := &t.schema.References[l.item]
	return []style.Span{
		{SGR: layer.Of(themes.Accent), Text: "  → "}, style.Plain(r.Table),
		{SGR: muted, Text: " by " + strings.Join(r.Columns, ", ")},
	}, nil
}

// indexKind says what sort of index it is.
func indexKind(ix *store.Index) string {
	kind := ix.Method
	switch {
	case ix.Primary:
		kind = "primary " + kind
	case ix.Unique:
		kind = "unique " + kind
	}
	if ix.Where != "" {
		kind = "partial " + kind
	}
	return strings.TrimSpace(kind)
}

// typeBeside returns a column's type, cut so that there is room for its name.
func (m *Model) typeBeside(c *store.Column, after string) string {
	const indent = 4
	room := m.width - indent - ansi.StringWidth(c.Name) - len(after) - 2
	return ansi.Truncate(columnType(c), max(room, 0), display.Ellipsis)
}

// columnType returns a column's type as the database spells it, or at least
// its kind.
func columnType(c *store.Column) string {
	if c.Type != "" {
		return strings.ToLower(c.Type)
	}
	return c.Kind.String()
}

func (m *Model) tableSpans(t *table, layer style.Layer) (left, right []style.Span) {
	mark, fold := "  ", "▸ "
	if t.Name == m.cur {
		mark = "• "
	}
	if t.unfolded {
		fold = "▾ "
	}
	name := style.Plain(t.Name)
	if t.Name == m.cur {
		name.SGR = layer.Text().With(themes.Bold)
	}
	left = []style.Span{{SGR: layer.Of(themes.Accent), Text: mark[:len(mark)-1]}, {SGR: layer.Muted(), Text: fold}, name}
	right = append(m.stagedSpans(t, layer), style.Span{SGR: layer.Muted(), Text: about(t) + " "})
	return left, right
}

func (m *Model) stagedSpans(t *table, layer style.Layer) []style.Span {
	var out []style.Span
	for _, c := range []struct {
		n    int
		mark string
		role themes.Role
	}{{t.staged.inserts, "+", themes.Add}, {t.staged.updates, "~", themes.Change}, {t.staged.deletes, "-", themes.Delete}} {
		if c.n > 0 {
			out = append(out, style.Span{SGR: layer.Of(c.role), Text: c.mark + strconv.Itoa(c.n) + " "})
		}
	}
	return out
}

// about returns what kind of table it is, if it is not an ordinary one, or
// about how many rows it has.
func about(t *table) string {
	switch {
	case t.Kind == driver.VirtualTable:
		return "virtual"
	case t.Kind == driver.SystemTable:
		return "system"
	case t.Kind != driver.Table:
		return string(t.Kind)
	case t.estimate.Exact && t.estimate.Rows < shortened:
		return strconv.FormatInt(t.estimate.Rows, 10)
	case t.estimate.Known:
		return "~" + short(t.estimate.Rows)
	}
	return ""
}

// shortened is the first number that short does not return in full.
const shortened = 1000

// short returns n in at most four or five cells: 12k, 1.2M.
func short(n int64) string {
	f, unit := float64(n), ""
	for _, u := range []string{"k", "M", "G", "T", "P", "E"} {
		if f < 999.5 {
			break
		}
		f, unit = f/1000, u
	}
	if unit == "" || f >= 9.95 {
		return strconv.FormatFloat(f, 'f', 0, 64) + unit
	}
	return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0") + unit
}
