package grid

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/pane/shell"
	"github.com/rowan-db/rowan/tui/style"
	"github.com/rowan-db/rowan/tui/task"
)

// Title implements [pane.Titled]: what is shown, and what is going on.
func (m *Model) Title() []style.Span {
	if m.name == "" {
		return nil
	}
	l := m.env.Styles.Screen
	spans := []style.Span{style.Plain(" " + m.name + " ")}
	if m.view != nil && m.shownTable() != nil {
		for _, s := range describeView(m.view.Options()) {
			spans = append(spans, style.Span{SGR: l.Of(themes.Accent), Text: " " + s + " "})
		}
	}
	if s := m.progress(); s != "" {
		spans = append(spans, style.Span{SGR: l.Of(themes.Warn), Text: " " + s + " "})
	}
	return spans
}

// describeView says what part of a table a view shows, and in which order.
func describeView(o store.ViewOptions) []string {
	var parts []string
	if s := describeRange(o.Range); s != "" {
		parts = append(parts, s)
	}
	if o.Limit > 0 {
		parts = append(parts, "limit "+display.Count(int64(o.Limit)))
	}
	if !o.Filter.Empty() {
		parts = append(parts, "/"+o.Filter.String())
	}
	switch {
	case o.Sort.Column != "" && o.Sort.Descending:
		parts = append(parts, "▼ "+o.Sort.Column)
	case o.Sort.Column != "":
		parts = append(parts, "▲ "+o.Sort.Column)
	case o.Reverse:
		parts = append(parts, "▼ key")
	}
	return parts
}

// describeRange says which keys are in a range.
func describeRange(r tuple.Range) string {
	if r.All() {
		return ""
	}
	if p, ok := shell.Prefix(r); ok {
		return "prefix " + p.String()
	}
	lower, upper := r.Lower, r.Upper
	var parts []string
	if !lower.Open() {
		word := "from "
		if lower.Exclusive {
			word = "after "
		}
		parts = append(parts, word+lower.String())
	}
	if !upper.Open() {
		word := "to "
		if upper.Exclusive {
			word = "before "
		}
		parts = append(parts, word+upper.String())
	}
	return strings.Join(parts, " ")
}

// slow reports whether the user has waited for rows long enough to be told.
func (m *Model) slow() bool {
	d, ok := m.env.Tasks.Elapsed(slotRows)
	return ok && d >= task.Patience && m.waiting()
}

// waiting reports whether the read under way is for rows that the user wants
// to see now.
func (m *Model) waiting() bool {
	if m.reading.req.goal != goalExtend || m.cursor.owed != 0 {
		return true
	}
	_, urgent, ok := m.missing()
	return ok && urgent
}

// progress says what the user is waiting for.
func (m *Model) progress() string {
	if m.slow() {
		d, _ := m.env.Tasks.Elapsed(slotRows)
		return working(m.reading.verb(m.wish), d)
	}
	for _, a := range m.env.Tasks.Activities(ID) {
		if !a.Visible() {
			continue
		}
		switch a.Slot {
		case slotRows, slotEstimate, slotRank:
		case slotFind:
			return working("searched "+display.Count(m.search.scanned)+" rows", a.Elapsed)
		case slotCount:
			return working("counted "+display.Count(m.tally.progress.Load())+" rows", a.Elapsed)
		case slotExport:
			return working("exported "+display.Count(m.exporting.Load())+" rows", a.Elapsed)
		case slotLinks:
			return working("following", a.Elapsed)
		default:
			return working("reading the whole row", a.Elapsed)
		}
	}
	return ""
}

// verb says what a read does.
func (r *reading) verb(wish store.ViewOptions) string {
	switch n := r.req.prepared.Load(); {
	case n > 0:
		return "sorting " + display.Count(n) + " rows"
	case !wish.Filter.Empty():
		return "searched " + display.Count(r.searched) + " rows"
	case r.req.goal == goalKey, r.req.goal == goalLast:
		return "seeking…"
	}
	return "loading…"
}

// frames is a turning wheel.
var frames = [...]string{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"}

func working(what string, d time.Duration) string {
	frame := frames[int(d/(100*time.Millisecond))%len(frames)]
	return fmt.Sprintf("%s %s %.1fs  esc cancels", frame, what, d.Seconds())
}

// Note implements [pane.Noted]: the columns that the screen has no room for.
func (m *Model) Note() []style.Span {
	if m.view == nil {
		return nil
	}
	text := ""
	switch left, right := m.layout.hidden(m.placed()); {
	case left > 0 && right > 0:
		text = fmt.Sprintf("← %d · %s →", left, moreColumns(right))
	case left > 0:
		text = fmt.Sprintf("← %s", moreColumns(left))
	case right > 0:
		text = fmt.Sprintf("%s →", moreColumns(right))
	default:
		return nil
	}
	return []style.Span{style.Plain(" " + text + " ")}
}

func moreColumns(n int) string {
	if n == 1 {
		return "1 more column"
	}
	return fmt.Sprintf("%d more columns", n)
}

// placed returns the columns that are seen.
func (m *Model) placed() []span {
	m.canvas.spans, _ = m.layout.place(m.canvas.spans[:0], m.width)
	return m.canvas.spans
}

// Footer implements [pane.Titled]: where the cursor is. Where there is no room
// for everything, how long it took to read is left out, and then the number of
// the column.
func (m *Model) Footer() []style.Span {
	if m.view == nil {
		return nil
	}
	took, number := display.Duration(m.reading.took), ""
	parts := []string{m.position(), took}
	if n := m.layout.columns(); n > 0 {
		c := m.schema().ColumnAt(m.cursor.column)
		parts = append(parts, strings.TrimSpace(c.Name+" "+c.Type))
		if len(m.placed()) < n {
			number = fmt.Sprintf("column %d of %d", m.cursor.column+1, n)
			parts = append(parts, number)
		}
	}
	if n := m.marks.len(); n > 0 {
		parts = append(parts, display.Count(int64(n))+" marked")
	}
	if !m.view.Options().Filter.Empty() && m.win.after.more {
		parts = append(parts, "searched "+display.Count(m.reading.searched))
	}
	for _, least := range []string{took, number} {
		if display.WidthUpTo(footer(parts), m.width) > m.width {
			parts = slices.DeleteFunc(parts, func(p string) bool { return p == least })
		}
	}
	return []style.Span{style.Plain(footer(parts))}
}

func footer(parts []string) string { return " " + strings.Join(parts, " · ") + " " }

// position says which row the cursor is on, and out of how many.
func (m *Model) position() string {
	l, ok := m.current()
	if !ok {
		return "no rows"
	}
	row := "row ?"
	if l.inserted() != 0 {
		row = "new row"
	} else if n := m.win.position(m.nearestRow()); n != unknown {
		row = "row " + display.Count(n+1)
	} else if !m.win.after.more {
		row = "row " + display.Count(int64(len(m.win.rows)-m.nearestRow())) + " from the end"
	}
	return row + " of " + m.totalText()
}

// totalText gives the number of rows as exactly as it is known.
func (m *Model) totalText() string {
	n, exact := m.win.total()
	o := m.view.Options()
	switch {
	case exact:
		return display.Count(n)
	case m.tally.counted:
		return display.Count(m.tally.count)
	case m.tally.estimate.Known && o.Range.All() && o.Filter.Empty() && o.Limit == 0 && m.tally.estimate.Rows > n:
		return "~" + display.About(m.tally.estimate.Rows)
	}
	return ">" + display.Count(n)
}

// emptyNotice says why no row is shown, and what to do about it.
func (m *Model) emptyNotice() [][]style.Span {
	switch {
	case len(m.win.rows) > 0 || m.fault != nil:
		return nil
	case m.view == nil || m.name != m.table.Name():
		if m.busy() {
			return said("Loading…")
		}
		return m.firstSteps()
	case m.win.after.more || m.win.before.more:
		if m.reading.halted {
			return said("The search stopped after " + display.Count(m.reading.searched) + " rows. ↓ goes on.")
		}
		return said("Searching…")
	}
	o := m.view.Options()
	switch {
	case !o.Filter.Empty():
		return said(`0 rows match "` + o.Filter.String() + `". esc clears the filter.`)
	case !o.Range.All():
		return said("No rows in this range. esc shows the whole table.")
	case m.blocked() != "":
		return said("No rows. R refreshes.")
	}
	return said("No rows. o inserts one, R refreshes.")
}

func said(text string) [][]style.Span { return [][]style.Span{{style.Plain(" " + text)}} }

// firstSteps tells someone who has just opened a database what to press.
func (m *Model) firstSteps() [][]style.Span {
	lines := append(said("No table is open."), nil)
	for _, s := range [][2]string{
		{"↑ ↓", "select one in the list of tables"},
		{"enter", "opens it"},
		{"/", "finds one by its name"},
		{":", "runs a command by its name"},
		{"?", "lists everything that can be done"},
	} {
		key := style.Span{SGR: m.env.Styles.Hint.Key, Text: fmt.Sprintf(" %-7s", s[0])}
		lines = append(lines, []style.Span{key, style.Plain(s[1])})
	}
	return lines
}
