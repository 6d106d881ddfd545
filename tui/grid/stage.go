package grid

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/pane"
)

// edit opens the editor on the cell.
func (m *Model) edit(external bool) act {
	return func(string) (pane.Action, tea.Cmd) {
		l, _ := m.current()
		s := m.writable()
		column, _ := m.writableColumn()
		if id := l.inserted(); id != 0 {
			return pane.EditCell{Schema: s, Row: *l.row, Column: column, Inserted: id, External: external}, nil
		}
		return m.withWhole(slotEdit, []*store.Row{l.row}, func(rows []*store.Row) pane.Action {
			return pane.EditCell{Schema: s, Row: *rows[0], Column: column, External: external}
		})
	}
}

// insert opens the form of a new row.
func (m *Model) insert(string) (pane.Action, tea.Cmd) {
	return pane.InsertRow{Schema: m.writable()}, nil
}

// duplicate opens the form of a new row, filled in with the values of this
// one, staged changes included.
func (m *Model) duplicate(string) (pane.Action, tea.Cmd) {
	l, ok := m.current()
	if !ok {
		return nil, nil
	}
	s := m.writable()
	if l.staged != nil && l.staged.Change.Op != store.Delete && m.origin() == nil {
		after := l.staged.After
		return pane.InsertRow{Schema: s, Key: after.Key, Values: after.Values}, nil
	}
	return m.withWhole(slotEdit, []*store.Row{l.row}, func(rows []*store.Row) pane.Action {
		return pane.InsertRow{Schema: s, Key: rows[0].Key, Values: rows[0].Values}
	})
}

// delete stages that the row of the cursor, or those that are marked, be
// deleted, or takes that back.
func (m *Model) delete(string) (pane.Action, tea.Cmd) {
	l, ok := m.current()
	switch {
	case m.marks.len() > 0:
		return m.deleteMarked()
	case !ok:
		return nil, nil
	case l.inserted() != 0:
		m.env.Changes.Drop(l.inserted())
		return pane.Staged{}, m.restage()
	case l.staged != nil && m.origin() == nil:
		return m.stageDeletes([]*store.Row{l.row}), m.restage()
	}
	return m.withWhole(slotOf("delete", l.row), []*store.Row{l.row}, m.stageDeletes)
}

// deleteMarked stages the marked rows to be deleted or, if all of them are
// already, takes that back.
func (m *Model) deleteMarked() (pane.Action, tea.Cmd) {
	var rows, deleted []*store.Row
	for _, r := range m.marks.all() {
		if st, ok := m.change(r); ok && st.Change.Op == store.Delete {
			deleted = append(deleted, r)
			continue
		}
		rows = append(rows, r)
	}
	if len(rows) == 0 && m.origin() == nil {
		return m.stageDeletes(deleted), m.restage()
	}
	if len(rows) == 0 {
		rows = deleted
	}
	return m.withWhole(slotOf("delete", rows[0]), rows, m.stageDeletes)
}

func (m *Model) stageDeletes(rows []*store.Row) pane.Action {
	for _, r := range rows {
		if err := m.env.Changes.Delete(m.writable(), *r); err != nil {
			return join(pane.Staged{}, pane.Report{Err: err})
		}
	}
	m.marks.clear()
	return pane.Staged{}
}

// setNull stages that the cell become NULL.
func (m *Model) setNull(string) (pane.Action, tea.Cmd) {
	l, _ := m.current()
	s := m.writable()
	column, _ := m.writableColumn()
	if id := l.inserted(); id != 0 {
		return m.staged(m.env.Changes.EditInserted(id, column, tuple.Null)), m.restage()
	}
	return m.withWhole(slotOf("null", l.row), []*store.Row{l.row}, func(rows []*store.Row) pane.Action {
		return m.staged(m.env.Changes.Edit(s, *rows[0], column, tuple.Null))
	})
}

// staged tells what became of an attempt to stage something.
func (m *Model) staged(err error) pane.Action {
	if err != nil {
		return pane.Notice{Text: sentence(err), Level: pane.Warning}
	}
	return pane.Staged{}
}

func (m *Model) undo(string) (pane.Action, tea.Cmd) {
	m.env.Changes.Undo()
	return pane.Staged{}, m.restage()
}

func (m *Model) redo(string) (pane.Action, tea.Cmd) {
	m.env.Changes.Redo()
	return pane.Staged{}, m.restage()
}

// restage draws the staged changes anew, and goes to a row that has just been
// inserted.
func (m *Model) restage() tea.Cmd {
	if m.view == nil {
		return nil
	}
	m.rebuild()
	before := m.inserted
	m.inserted = m.insertedIDs()
	if len(m.inserted) == 0 {
		return nil
	}
	newest := m.inserted[len(m.inserted)-1]
	if len(before) > 0 && before[len(before)-1] >= newest {
		return nil
	}
	return m.goToInserted(newest)
}

func (m *Model) insertedIDs() []store.ID {
	if m.result() != nil {
		return nil // a result shows what was there when it was asked for
	}
	var ids []store.ID
	for _, st := range m.env.Changes.Inserted(m.schema().Name) {
		ids = append(ids, st.ID)
	}
	return ids
}

// goToInserted moves the cursor to a staged insert, if it has a place.
func (m *Model) goToInserted(id store.ID) tea.Cmd {
	for i, l := range m.lines {
		if l.inserted() == id {
			m.cursor.line, m.cursor.owed = i, 0
			return nil
		}
	}
	st, ok := m.env.Changes.Get(id)
	o := overlay{schema: m.schema(), options: m.view.Options(), ordered: m.ordered()}
	if ok && o.placeable(st.After.Key) {
		return m.within(m.seek(st.After.Key))
	}
	return nil
}

// sentence returns an error's message with what the user can do.
func sentence(err error) string {
	text := err.Error()
	if hint := store.HintOf(err); hint != "" {
		text += ": " + hint
	}
	return strings.TrimSuffix(text, ".")
}
