package grid

import (
	"context"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/task"
)

// slotLinks is for finding out what a row leads to.
var slotLinks = task.Slot{Pane: ID, Name: "links"}

// mostTrail is how many places the way back remembers.
const mostTrail = 100

// stop is a place that a link was followed from.
type stop struct {
	name    string
	query   *store.Result // nil if it is a table
	options store.ViewOptions
	key     tuple.Tuple
	column  int
}

// linked is what a row leads to.
type linked struct {
	table *store.Table
	row   *store.Row
	links []store.Link
	// column is the one whose link is to be followed at once, -1 to ask.
	column int
}

// enter follows the foreign key that the cell is part of or, on the key, goes to
// what the row stands for; from a difference it goes to the row that differs.
// Where none of these is anything, it opens the value.
func (m *Model) enter(string) (pane.Action, tea.Cmd) {
	l, ok := m.current()
	if r := m.result(); ok && r != nil {
		if table, key, about := r.About(l.row); about {
			return m.goAbout(table, key)
		}
	}
	onKey := m.cursor.column < len(m.schema().Key) && m.result() == nil && m.table.Leads()
	if ok && l.inserted() == 0 && (m.refers(m.cursor.column) || onKey) {
		return m.findLinks(m.cursor.column)
	}
	return pane.Focus{ID: "value"}, nil
}

// refers reports whether a foreign key of the row under the cursor leads from a
// column to another row.
func (m *Model) refers(column int) bool {
	l, ok := m.current()
	if !ok {
		return false
	}
	s := m.schema()
	if s.ValueAt(l.row, column).IsNull() {
		return false
	}
	name := s.ColumnAt(column).Name
	return slices.ContainsFunc(s.References, func(r store.Reference) bool { return slices.Contains(r.Columns, name) })
}

// links lists all that the row leads to.
func (m *Model) links(string) (pane.Action, tea.Cmd) { return m.findLinks(-1) }

func (m *Model) findLinks(column int) (pane.Action, tea.Cmd) {
	l, _ := m.current()
	t, key := m.table, l.row.Key
	return nil, task.Start(m.env.Tasks, slotLinks, func(ctx context.Context) (linked, error) {
		found := linked{table: t, column: column}
		rows, err := t.Get(ctx, key)
		if err != nil || rows[0] == nil {
			return found, err
		}
		found.row = rows[0]
		found.links, err = t.Links(ctx, rows[0])
		return found, err
	})
}

func (m *Model) linksDone(d task.Done[linked]) (pane.Action, tea.Cmd) {
	v := d.Value
	switch {
	case d.Err != nil && store.KindOf(d.Err) == store.Canceled:
		return nil, nil
	case d.Err != nil:
		return pane.Report{Err: d.Err}, nil
	case v.table != m.table:
		return nil, nil
	case v.row == nil:
		return pane.Notice{Text: "The row has been deleted by others.", Level: pane.Warning}, nil
	}
	links := slices.DeleteFunc(v.links, func(l store.Link) bool { return l.Unset })
	if v.column >= 0 {
		return m.followFrom(links, v.column), nil
	}
	if len(links) == 0 {
		return pane.Notice{Text: "Nothing refers to this row, and it refers to nothing."}, nil
	}
	ask := pane.Ask{Title: "Links", Text: "Where from " + v.row.Key.String() + "?", Choices: []pane.Choice{{Label: "Stay"}}}
	for _, l := range links {
		ask.Choices = append(ask.Choices, pane.Choice{Label: describeLink(l), Then: follow(l)})
	}
	return ask, nil
}

// followFrom follows the link that starts from a column or, on the key, the
// first that starts from the row as a whole.
func (m *Model) followFrom(links []store.Link, column int) pane.Action {
	for _, l := range links {
		whole := l.Column == driver.AnyColumn && column < len(m.schema().Key)
		if !l.Back && (whole || slices.Contains(l.Columns, column)) {
			return follow(l)
		}
	}
	return pane.Focus{ID: "value"}
}

func follow(l store.Link) pane.Action {
	return pane.OpenPart{Name: l.Table, Options: store.ViewOptions{Range: l.Range, Filter: l.Filter}}
}

// describeLink says where a link leads.
func describeLink(l store.Link) string {
	sign := "→ "
	if l.Back {
		sign = "← "
	}
	what := describeRange(l.Range)
	if !l.Filter.Empty() {
		what = l.Filter.String()
	}
	return sign + l.Table + "  " + what
}

// OpenPart shows part of a table. The way back leads to where the grid is now.
func (m *Model) OpenPart(name string, o store.ViewOptions) (pane.Action, tea.Cmd) {
	if m.env.Store == nil {
		return pane.Notice{Text: "No database is open.", Level: pane.Blocked}, nil
	}
	m.leave()
	m.begin(name)
	o.MaxValue = maxValue
	m.wish = o
	return m.settle(nil, m.start(request{goal: goalFirst, options: m.wish}))
}

// leave notes where the grid is, for the way back.
func (m *Model) leave() {
	l, ok := m.current()
	if !ok || m.view == nil || l.row.Key == nil {
		return
	}
	m.trail = append(m.trail, stop{m.table.Name(), m.result(), m.view.Options(), l.row.Key, m.cursor.column})
	if len(m.trail) > mostTrail {
		m.trail = m.trail[1:]
	}
}

// goAbout shows a row in its table. The way back leads to the difference.
func (m *Model) goAbout(table string, key tuple.Tuple) (pane.Action, tea.Cmd) {
	m.leave()
	m.begin(table)
	req := m.seek(key)
	req.options, req.announce = m.wish, true
	return nil, m.start(req)
}

// jumpBack goes to where the last link was followed from.
func (m *Model) jumpBack(string) (pane.Action, tea.Cmd) {
	last := m.trail[len(m.trail)-1]
	m.trail = m.trail[:len(m.trail)-1]
	m.begin(last.name)
	m.wish = last.options
	req := m.seek(last.key)
	req.options = m.wish
	if last.query != nil {
		m.query, req.table = last.query, last.query.Table
	}
	m.column = last.column
	return nil, m.start(req)
}

func (m *Model) noTrail() string {
	if len(m.trail) == 0 {
		return "no link was followed"
	}
	return ""
}

func (m *Model) noLinks() string {
	l, ok := m.current()
	switch {
	case !ok:
		return "there is no row"
	case l.inserted() != 0:
		return "the row is not in the database yet"
	case m.result() != nil:
		return fmt.Sprintf("the rows of %s lead nowhere: open the row in its table first", m.name)
	}
	return ""
}
