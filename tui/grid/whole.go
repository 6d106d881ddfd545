package grid

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/task"
)

// wholeRows is rows as they were shown, and the same rows read again without
// cutting anything: nil for one that has gone.
type wholeRows struct {
	table *store.Table
	shown []*store.Row
	whole []*store.Row
	then  func([]*store.Row) pane.Action
}

// withWhole does something with rows that needs all of their values. Rows of
// which the grid holds only a part are read again first, by their keys.
//
// The slot tells for what: looking at another row gives up [slotEdit], but a
// deletion, once asked for, goes on while the cursor moves.
func (m *Model) withWhole(slot task.Slot, rows []*store.Row, then func([]*store.Row) pane.Action) (pane.Action, tea.Cmd) {
	if m.origin() != nil {
		return m.withOriginals(slot, rows, then)
	}
	complete := true
	whole := make([]*store.Row, len(rows))
	for i, r := range rows {
		whole[i] = m.completed(r)
		complete = complete && whole[i] != nil
	}
	if complete {
		act := then(whole)
		return act, m.restage()
	}
	if slot == slotEdit {
		m.wanted = cellOf{m.table, rows[0].Key.String(), m.cursor.column}
	}
	t := m.table
	keys := make([]tuple.Tuple, len(rows))
	for i, r := range rows {
		keys[i] = r.Key
	}
	return nil, task.Start(m.env.Tasks, slot, func(ctx context.Context) (wholeRows, error) {
		whole, err := t.Get(ctx, keys...)
		return wholeRows{t, rows, whole, then}, err
	})
}

// cellOf identifies a cell.
type cellOf struct {
	table  *store.Table
	key    string
	column int
}

// lookedAway gives up what is being read for a cell that the user has left.
func (m *Model) lookedAway() {
	if _, ok := m.env.Tasks.Elapsed(slotEdit); !ok {
		return
	}
	l, ok := m.current()
	if !ok || m.wanted != (cellOf{m.table, l.row.Key.String(), m.cursor.column}) {
		m.env.Tasks.Cancel(slotEdit)
	}
}

// slotOf returns a slot for what is done to a row, so that the same for another
// row does not take its place.
func slotOf(what string, r *store.Row) task.Slot {
	return task.Slot{Pane: ID, Name: what + " " + markKey(r)}
}

// completed returns the row with all its values if they are at hand.
func (m *Model) completed(r *store.Row) *store.Row {
	if st, ok := m.change(r); ok {
		return &st.Before
	}
	if len(r.Cut) == 0 && len(r.Values) == len(m.schema().Columns) {
		return r
	}
	return nil
}

// wholeDone goes on with rows that were read again. If one is not as it was
// shown, the user is told, and sees it as it is now.
func (m *Model) wholeDone(d task.Done[wholeRows]) (pane.Action, tea.Cmd) {
	switch {
	case d.Err != nil && store.KindOf(d.Err) == store.Canceled:
		return nil, nil
	case d.Err != nil:
		return pane.Report{Err: d.Err}, nil
	case d.Value.table != m.table:
		return nil, nil
	}
	var news []string
	rows := make([]*store.Row, 0, len(d.Value.whole))
	for i, now := range d.Value.whole {
		was := d.Value.shown[i]
		if now == nil {
			news = append(news, was.Key.String()+" has been deleted by others")
			continue
		}
		if changedSince(was, now) {
			news = append(news, was.Key.String()+" has been changed by others")
		}
		rows = append(rows, now)
	}
	var notice pane.Action
	if len(news) > 0 {
		notice = pane.Notice{Text: describeNews(news), Level: pane.Warning}
	}
	if len(rows) < len(d.Value.shown) {
		return notice, m.within(m.stay())
	}
	m.show(rows)
	act := d.Value.then(rows)
	return join(notice, act), m.restage()
}

func describeNews(news []string) string {
	if len(news) == 1 {
		return news[0] + "."
	}
	return fmt.Sprintf("%s, and %d more rows.", news[0], len(news)-1)
}

// show puts newer readings of rows into the window, cut as the others are.
func (m *Model) show(rows []*store.Row) {
	for _, r := range rows {
		cut := store.Row{Key: r.Key, Values: r.Values}
		cut.CutTo(maxValue)
		m.win.replace(&cut)
	}
	m.rebuild()
}

// changedSince reports whether a row holds other values than the beginnings
// that were read before.
func changedSince(was, now *store.Row) bool {
	if was.Values == nil {
		return false
	}
	cut := make(map[int]int64, len(was.Cut))
	for _, c := range was.Cut {
		cut[c.Column] = c.Size
	}
	for i, v := range was.Values {
		size, isCut := cut[i]
		switch {
		case !isCut && v != now.Values[i]:
			return true
		case isCut && (int64(now.Values[i].Size()) != size || now.Values[i].Kind() != v.Kind() ||
			!strings.HasPrefix(now.Values[i].AsText(), v.AsText())):
			return true
		}
	}
	return false
}
