package grid

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/task"
)

// This file shows what a statement returned, as if it were a table. Where its
// rows come from one table, they are changed there: what is staged is of that
// table, by its key, and drawn over the result.

// ShowResult shows a result from its beginning.
func (m *Model) ShowResult(r *store.Result) (pane.Action, tea.Cmd) {
	m.begin(r.Table.Name())
	m.query = r
	m.wish.MaxValue = 0 // the rows are in memory
	return m.settle(nil, m.start(request{goal: goalFirst, table: r.Table, options: m.wish}))
}

// result returns the result that is shown, nil if a table is.
func (m *Model) result() *store.Result {
	if m.query == nil || m.table != m.query.Table {
		return nil
	}
	return m.query
}

// Shows reports whether a result is shown or being opened, or whether there is a
// way back to it.
func (m *Model) Shows(r *store.Result) bool {
	return m.query == r && (m.table == r.Table || m.name == r.Table.Name()) ||
		slices.ContainsFunc(m.trail, func(s stop) bool { return s.query == r })
}

// origin returns where the rows that are shown come from, nil if they are those
// of a table, or of nothing that is certain.
func (m *Model) origin() *store.Origin {
	if r := m.result(); r != nil {
		return r.Origin()
	}
	return nil
}

// cut returns how much of a value is read.
func (m *Model) cut() int {
	if m.result() != nil {
		return 0
	}
	return maxValue
}

// writable returns the schema of the table that changes of the rows are of.
func (m *Model) writable() *store.Schema {
	if o := m.origin(); o != nil {
		return o.Table.Schema()
	}
	return m.schema()
}

// writableColumn returns the column there that the cursor is on. It reports
// false if there is none.
func (m *Model) writableColumn() (int, bool) {
	if o := m.origin(); o != nil {
		return o.Column(m.cursor.column)
	}
	return m.cursor.column, true
}

// change returns the change that is staged of a row that is shown.
func (m *Model) change(r *store.Row) (store.Staged, bool) {
	if m.result() != nil && m.origin() == nil {
		return store.Staged{}, false
	}
	if o := m.origin(); o != nil {
		return m.env.Changes.Find(o.Table.Name(), o.Key(r))
	}
	return m.env.Changes.Find(m.schema().Name, r.Key)
}

// overResult returns a change of the table that a row of a result comes from as
// one of the result.
func overResult(o *store.Origin, s *store.Schema, r *store.Row, st store.Staged) *store.Staged {
	from := o.Table.Schema()
	over := store.Staged{ID: st.ID, Schema: s, Before: *r, Change: store.Change{Op: st.Change.Op, Table: s.Name, Key: r.Key}}
	over.After = store.Row{Key: r.Key, Values: slices.Clone(r.Values)}
	for i := range s.Columns {
		column, ok := o.Column(i + len(s.Key))
		if !ok || st.Change.Op != store.Update {
			continue
		}
		was, now := from.ValueAt(&st.Before, column), from.ValueAt(&st.After, column)
		if was != now {
			over.Change.Set = append(over.Change.Set, store.Assignment{Column: i, Value: now})
			over.After.Values[i] = now
		}
	}
	return &over
}

// withOriginals does something with the rows of the table that rows of a result
// come from. One that is not as the result shows it is not touched.
func (m *Model) withOriginals(slot task.Slot, rows []*store.Row, then func([]*store.Row) pane.Action) (pane.Action, tea.Cmd) {
	o, t := m.origin(), m.table
	whole := make([]*store.Row, len(rows))
	for i, r := range rows {
		if st, ok := m.change(r); ok {
			whole[i] = &st.Before
		}
	}
	if slot == slotEdit {
		m.wanted = cellOf{m.table, rows[0].Key.String(), m.cursor.column}
	}
	return nil, task.Start(m.env.Tasks, slot, func(ctx context.Context) (originals, error) {
		for i, r := range rows {
			if whole[i] != nil {
				continue
			}
			var err error
			if whole[i], err = o.Row(ctx, r); err != nil {
				return originals{}, err
			}
		}
		return originals{t, whole, then}, nil
	})
}

// originals is the rows of a table that a result shows.
type originals struct {
	shown *store.Table
	rows  []*store.Row
	then  func([]*store.Row) pane.Action
}

func (m *Model) originalsDone(d task.Done[originals]) (pane.Action, tea.Cmd) {
	switch {
	case d.Err != nil && store.KindOf(d.Err) == store.Canceled:
		return nil, nil
	case d.Err != nil:
		return pane.Notice{Text: sentence(d.Err), Level: pane.Warning}, nil
	case d.Value.shown != m.table:
		return nil, nil
	}
	act := d.Value.then(d.Value.rows)
	return act, m.restage()
}
