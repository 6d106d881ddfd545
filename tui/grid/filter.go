package grid

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/task"
)

// filter asks for a filter, or sets the one that is given.
func (m *Model) filter(text string) (pane.Action, tea.Cmd) {
	if text == "" {
		m.ask(promptFilter, m.wish.Filter.String())
		return nil, nil
	}
	cmd, err := m.setFilter(text)
	if err != nil {
		return pane.Notice{Text: err.Error(), Level: pane.Warning}, nil
	}
	return nil, cmd
}

// setFilter shows only the rows that match text.
func (m *Model) setFilter(text string) (tea.Cmd, error) {
	f, err := store.ParseFilter(m.schema(), text)
	if err != nil {
		return nil, err
	}
	if !f.Empty() {
		m.search = search{filter: f}
	}
	o := m.wish
	o.Filter = f
	return m.reopen(o, request{goal: goalFirst, table: m.shownTable()}), nil
}

// sort orders the view by the column of the cursor: up, then down, then by key
// again.
func (m *Model) sort(string) (pane.Action, tea.Cmd) {
	o := m.wish
	name := m.schema().ColumnAt(m.cursor.column).Name
	switch {
	case o.Sort.Column == "" && m.cursor.column == 0 && !o.Reverse:
		o.Sort = store.Sort{Column: name, Descending: true} // it goes up by its key already
	case o.Sort.Column != name:
		o.Sort = store.Sort{Column: name}
	case !o.Sort.Descending:
		o.Sort.Descending = true
	default:
		o.Sort = store.Sort{}
	}
	return nil, m.reopen(o, request{goal: goalFirst, table: m.shownTable()})
}

// scan opens the form in which a range is chosen.
func (m *Model) scan(string) (pane.Action, tea.Cmd) {
	return pane.ShowScan{Schema: m.schema(), Options: m.wish}, nil
}

// search goes from one row that matches to the next, without hiding those in
// between.
type search struct {
	filter  store.Filter // the last one that was set
	scanned int64        // rows examined by the search under way
}

// found is a piece of a search: a row that matches, or where to go on.
type found struct {
	view    *store.View // that finds
	in      *store.View // that the grid shows
	back    bool
	key     tuple.Tuple
	resume  tuple.Tuple
	scanned int64
}

func (m *Model) nextMatch(string) (pane.Action, tea.Cmd)     { return m.find(false) }
func (m *Model) previousMatch(string) (pane.Action, tea.Cmd) { return m.find(true) }

// find goes to the next row that matches. Where only those are shown, that is
// the next row.
func (m *Model) find(back bool) (pane.Action, tea.Cmd) {
	l, ok := m.current()
	switch {
	case !ok:
		return nil, nil
	case !m.view.Options().Filter.Empty():
		m.move(map[bool]int{false: 1, true: -1}[back])
		return nil, nil
	}
	o := m.view.Options()
	o.Filter = m.search.filter
	m.search.scanned = 0
	return nil, m.searchOn(found{view: m.table.View(o), in: m.view, back: back, resume: l.row.Key})
}

// searchOn searches on from where f ended.
func (m *Model) searchOn(f found) tea.Cmd {
	return task.Start(m.env.Tasks, slotFind, func(ctx context.Context) (found, error) {
		w, err := f.view.Read(ctx, store.Anchor{Key: f.resume, Backward: f.back}, 1)
		f.resume, f.scanned = w.Resume, w.Scanned
		if len(w.Rows) > 0 {
			f.key = w.Rows[0].Key
		}
		return f, err
	})
}

func (m *Model) findDone(d task.Done[found]) (pane.Action, tea.Cmd) {
	f := d.Value
	m.search.scanned += f.scanned
	switch {
	case d.Err != nil && store.KindOf(d.Err) == store.Canceled:
		return nil, nil
	case d.Err != nil:
		return pane.Report{Err: d.Err}, nil
	case f.in != m.view:
		return nil, nil
	case f.key != nil:
		return m.goTo(f.key)
	case f.resume != nil:
		return nil, m.searchOn(f)
	}
	where := "after"
	if f.back {
		where = "before"
	}
	return pane.Notice{Text: "No row " + where + " this one matches " + strings.TrimSpace(m.search.filter.String()) + "."}, nil
}

// goTo moves the cursor to the row with a key, in the view that is shown.
func (m *Model) goTo(key tuple.Tuple) (pane.Action, tea.Cmd) {
	if i := m.indexOfKey(key); i >= 0 {
		m.cursor.line, m.cursor.owed = i, 0
		return nil, nil
	}
	return nil, m.within(m.seek(key))
}

// seek returns a read of the rows around a key.
func (m *Model) seek(key tuple.Tuple) request {
	return request{
		goal: goalKey, at: store.Anchor{Key: key},
		above: m.rowsHeight(), offset: m.rowsHeight() / 3,
	}
}
