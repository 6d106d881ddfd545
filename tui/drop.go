package tui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/dialog"
	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/objects"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/task"
)

// The calls of dropping a table.
var (
	measureSlot = task.Slot{Pane: rootID, Name: "measure"}
	dropSlot    = task.Slot{Pane: rootID, Name: "drop"}
)

// extent is what is in a table: how many rows, from which key to which.
type extent struct {
	table       string
	rows        int64
	first, last tuple.Tuple // nil if there are no rows
}

// dropped tells which table was dropped.
type dropped struct{ table string }

func (m *Model) noDrop() string {
	switch {
	case m.open == nil:
		return "no database is open"
	case m.env.Writer == nil:
		return m.env.ReadOnly
	case !m.env.Writer.CanCreate():
		return "tables of this kind of database cannot be dropped here"
	}
	return ""
}

// dropNamed counts the rows of a table, which it then asks about.
func (m *Model) dropNamed(table string) (pane.Action, tea.Cmd) {
	if table == "" {
		return pane.Run{Name: "palette", Arg: "drop-table " + m.objects.Current()}, nil
	}
	for _, s := range m.env.Changes.All() {
		if s.Schema.Name == table {
			return pane.Refusal("changes of " + table + " are staged: commit or discard them first"), nil
		}
	}
	st := m.env.Store
	measure := task.Start(m.env.Tasks, measureSlot, func(ctx context.Context) (extent, error) { return measureTable(ctx, st, table) })
	return pane.Notice{Text: "Counting the rows of " + table + "; esc cancels."}, measure
}

// measureTable reads what is in a table.
func measureTable(ctx context.Context, st *store.Store, table string) (e extent, err error) {
	e.table = table
	t, err := st.Table(ctx, table)
	if err != nil {
		return e, err
	}
	if e.rows, err = t.Count(ctx, tuple.Range{}, nil); err != nil {
		return e, err
	}
	for _, end := range []struct {
		reverse bool
		key     *tuple.Tuple
	}{{false, &e.first}, {true, &e.last}} {
		for row, err := range t.Rows(ctx, store.Query{Reverse: end.reverse, Limit: 1, KeysOnly: true}) {
			if err != nil {
				return e, err
			}
			*end.key = row.Key
		}
	}
	return e, nil
}

// measured asks for the name of the table.
func (m *Model) measured(d task.Done[extent]) tea.Cmd {
	if d.Err != nil {
		if store.KindOf(d.Err) == store.Canceled {
			return nil
		}
		return m.do(nil, pane.Report{Err: d.Err})
	}
	return m.push(dialog.NewConfirm(m.env, d.Value.confirm()))
}

// confirm is the question whether to drop the table.
func (e extent) confirm() pane.Confirm {
	text := e.table + " has no rows."
	if e.first != nil {
		text = fmt.Sprintf("%s has %s rows, from %s to %s. They will be gone for good: nothing takes that back.",
			e.table, display.Count(e.rows), e.first, e.last)
	}
	return pane.Confirm{
		Title: "Drop " + e.table, Text: text + "\nType " + e.table + " to go on, and press enter:",
		Word: e.table, Yes: "Drop it", Then: pane.DropTable{Table: e.table},
	}
}

// dropTable drops a table that the user has agreed to lose.
func (m *Model) dropTable(act pane.DropTable) tea.Cmd {
	if cmd, over := m.lockIfOver(); over {
		return cmd
	}
	if why := m.noDrop(); why != "" {
		return m.notify(pane.Refusal(why))
	}
	w := m.env.Writer
	return task.StartWrite(m.env.Tasks, dropSlot, func(ctx context.Context) (dropped, error) {
		return dropped{act.Table}, w.DropTable(ctx, act.Table)
	})
}

// tableDropped shows that the table has gone.
func (m *Model) tableDropped(d task.Done[dropped]) tea.Cmd {
	if d.Err != nil {
		return m.do(nil, pane.Report{Err: d.Err})
	}
	if m.objects.Current() == d.Value.table {
		for _, id := range []string{m.grid.ID(), m.value.ID()} {
			m.env.Tasks.CancelPane(id)
		}
		m.newPanels()
		m.focusID(objects.ID)
	}
	told := m.notify(pane.Notice{Text: "Dropped " + d.Value.table + ".", Level: pane.Success})
	return tea.Batch(told, m.objects.Load())
}
