package grid

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/task"
)

// Title implements [pane.Titled]: what is shown, and what is going on.
func (m *Model) Title() string {
	if m.name == "" {
		return ""
	}
	parts := []string{display.Line(m.name)}
	if m.view != nil {
		parts = append(parts, describeView(m.view.Options())...)
	}
	if s := m.progress(); s != "" {
		parts = append(parts, s)
	}
	return strings.Join(parts, "  ")
}

// describeView says what part of a table a view shows, and in which order.
func describeView(o store.ViewOptions) []string {
	var parts []string
	if s := describeRange(o.Range); s != "" {
		parts = append(parts, s)
	}
	if o.Limit > 0 {
		parts = append(parts, "limit "+grouped(int64(o.Limit)))
	}
	if !o.Filter.Empty() {
		parts = append(parts, "/"+display.Line(o.Filter.String()))
	}
	switch {
	case o.Sort.Column != "" && o.Sort.Descending:
		parts = append(parts, "▼ "+display.Line(o.Sort.Column))
	case o.Sort.Column != "":
		parts = append(parts, "▲ "+display.Line(o.Sort.Column))
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
	lower, upper := r.Lower, r.Upper
	if !lower.Exclusive && !upper.Exclusive && lower.Part == upper.Part && lower.Key.Equal(upper.Key) {
		return "prefix " + display.Line(lower.String())
	}
	var parts []string
	if !lower.Open() {
		word := "from "
		if lower.Exclusive {
			word = "after "
		}
		parts = append(parts, word+display.Line(lower.String()))
	}
	if !upper.Open() {
		word := "to "
		if upper.Exclusive {
			word = "before "
		}
		parts = append(parts, word+display.Line(upper.String()))
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
		case slotRows, slotEstimate:
		case slotFind:
			return working("searched "+grouped(m.search.scanned)+" rows", a.Elapsed)
		case slotCount:
			return working("counted "+grouped(m.tally.progress.Load())+" rows", a.Elapsed)
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
		return "sorting " + grouped(n) + " rows"
	case !wish.Filter.Empty():
		return "searched " + grouped(r.searched) + " rows"
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

// Footer implements [pane.Titled]: where the cursor is.
func (m *Model) Footer() string {
	if m.view == nil {
		return ""
	}
	parts := []string{m.position(), duration(m.reading.took)}
	if m.layout.columns() > 0 {
		c := columnAt(m.schema(), m.cursor.column)
		hint := display.Line(c.Name)
		if c.Type != "" {
			hint += " " + display.Line(c.Type)
		}
		parts = append(parts, hint)
	}
	if n := m.marks.len(); n > 0 {
		parts = append(parts, grouped(int64(n))+" marked")
	}
	if !m.view.Options().Filter.Empty() && m.win.after.more {
		parts = append(parts, "searched "+grouped(m.reading.searched))
	}
	return strings.Join(parts, " · ")
}

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
		row = "row " + grouped(n+1)
	} else if !m.win.after.more {
		row = "row " + grouped(int64(len(m.win.rows)-m.nearestRow())) + " from the end"
	}
	return row + " of " + m.totalText()
}

// totalText gives the number of rows as exactly as it is known.
func (m *Model) totalText() string {
	n, exact := m.win.total()
	o := m.view.Options()
	switch {
	case exact:
		return grouped(n)
	case m.tally.counted:
		return grouped(m.tally.count)
	case m.tally.estimated && o.Range.All() && o.Filter.Empty() && o.Limit == 0 && m.tally.estimate > n:
		return "~" + rounded(m.tally.estimate)
	}
	return ">" + grouped(n)
}

// emptyNotice says why no row is shown.
func (m *Model) emptyNotice() string {
	switch {
	case len(m.lines) > 0 || m.fault != nil:
		return ""
	case m.view == nil || m.name != m.table.Name():
		if m.busy() {
			return "Loading…"
		}
		return "No table is open."
	case m.win.after.more || m.win.before.more:
		if m.reading.halted {
			return "The search stopped after " + grouped(m.reading.searched) + " rows. ↓ goes on."
		}
		return "Searching…"
	}
	o := m.view.Options()
	switch {
	case !o.Filter.Empty():
		return `0 rows match "` + display.Line(o.Filter.String()) + `". esc clears the filter.`
	case !o.Range.All():
		return "No rows in this range. esc shows the whole table."
	case m.blocked() != "":
		return "No rows. R refreshes."
	}
	return "No rows. o inserts one, R refreshes."
}

// grouped writes a number with its digits in groups of three.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// rounded writes about how large a number is: 1.2M.
func rounded(n int64) string {
	for _, u := range []struct {
		unit float64
		name string
	}{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if f := float64(n) / u.unit; f >= 0.9995 {
			if f >= 9.95 {
				return fmt.Sprintf("%.0f%s", f, u.name)
			}
			return strings.TrimSuffix(fmt.Sprintf("%.1f", f), ".0") + u.name
		}
	}
	return strconv.FormatInt(n, 10)
}

// sizeText writes a number of bytes: 184 B, 1.0 MB.
func sizeText(n int64) string {
	f := float64(n)
	for _, unit := range []string{" B", " kB", " MB", " GB"} {
		if f < 1000 || unit == " GB" {
			if unit == " B" {
				return strconv.FormatInt(n, 10) + unit
			}
			return fmt.Sprintf("%.1f%s", f, unit)
		}
		f /= 1000
	}
	return ""
}

// duration writes how long a read took.
func duration(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
