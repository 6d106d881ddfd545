package objects

import (
	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/pane/input"
)

func (m *Model) newCommands() []pane.Command {
	cs := []pane.Command{
		{Name: "open-selected", Help: "open the table, or what a reference refers to", Keys: []string{"enter"}, Hint: "open",
			Disabled: m.nothing, Run: m.open},
		{Name: "unfold", Help: "show columns and references", Keys: []string{"right", "l"}, Hint: "unfold",
			Disabled: m.nothing, Run: m.unfoldSelected},
		{Name: "fold", Help: "hide columns and references", Keys: []string{"left", "h"},
			Disabled: m.nothing, Run: m.fold},
		{Name: "toggle", Help: "show or hide columns and references", Keys: []string{"space"},
			Disabled: m.nothing, Run: m.toggle},
		{Name: "filter-tables", Help: "filter the tables by name", Keys: []string{"/"}, Hint: "filter", Run: m.startFilter},
		{Name: "clear-filter-tables", Help: "show all tables again", Keys: []string{"esc"}, Disabled: m.noFilter, Run: m.clearFilter},
		{Name: "definition", Help: "show the statements that make the table", Keys: []string{"D"}, Disabled: m.noDefinition, Run: m.define},
		{Name: "query", Help: "write a query of the table", Keys: []string{"S"}, Disabled: m.noQuery, Run: m.query},
		{Name: "copy-name", Help: "copy the name", Keys: []string{"y"}, Disabled: m.nothing, Run: m.copyName},
	}
	return append(cs, m.list.Motions(true, m.moved)...)
}

func (m *Model) moved() (pane.Action, tea.Cmd) { return nil, m.fetch() }

func (m *Model) nothing() string {
	switch {
	case len(m.lines) > 0:
		return ""
	case !m.filter.Empty():
		return "no table matches the filter"
	}
	return "there are no tables"
}

func (m *Model) noFilter() string {
	if m.typing || !m.filter.Empty() {
		return ""
	}
	return "no filter is set"
}

func (m *Model) open(string) (pane.Action, tea.Cmd) {
	l, ok := m.selected()
	if !ok {
		return nil, nil
	}
	m.typing = false
	m.fit()
	t := &m.tables[l.table]
	name := t.Name
	switch l.kind {
	case referenceLine:
		name = t.schema.References[l.item].Table
	case referrerLine:
		name = t.details.Referrers[l.item].Table
	}
	return pane.OpenTable{Name: name}, nil
}

func (m *Model) unfoldSelected(string) (pane.Action, tea.Cmd) {
	l, ok := m.selected()
	if !ok {
		return nil, nil
	}
	t := &m.tables[l.table]
	if t.unfolded {
		m.list.Move(1)
		return nil, nil
	}
	return nil, m.unfold(t)
}

// fold hides what is in a table; on a part of it, it goes to the table first.
func (m *Model) fold(string) (pane.Action, tea.Cmd) {
	l, ok := m.selected()
	if !ok {
		return nil, nil
	}
	if l.kind != tableLine {
		for m.lines[m.list.Cursor()].kind != tableLine {
			m.list.Move(-1)
		}
		return nil, nil
	}
	t := &m.tables[l.table]
	t.unfolded, t.failed = false, nil
	m.env.Tasks.Cancel(describeSlot(t.Name))
	m.relist()
	return nil, m.fetch()
}

func (m *Model) toggle(arg string) (pane.Action, tea.Cmd) {
	if l, ok := m.selected(); ok && m.tables[l.table].unfolded {
		if l.kind != tableLine {
			_, _ = m.fold(arg)
		}
		return m.fold(arg)
	}
	return m.unfoldSelected(arg)
}

func (m *Model) startFilter(string) (pane.Action, tea.Cmd) {
	m.typing = true
	m.fit()
	return pane.Focus{ID: ID}, nil
}

func (m *Model) clearFilter(string) (pane.Action, tea.Cmd) {
	m.typing = false
	m.filter = input.Prompt{}
	m.relist()
	return nil, m.fetch()
}

func (m *Model) noQuery() string {
	if m.env.Store != nil {
		if _, ok := m.env.Store.Language(); ok {
			return m.nothing()
		}
	}
	return "the database has no language in which statements could be written"
}

// query begins a query of the table in the console.
func (m *Model) query(string) (pane.Action, tea.Cmd) {
	l, ok := m.selected()
	if !ok {
		return nil, nil
	}
	language, _ := m.env.Store.Language()
	return pane.ShowConsole{Text: "SELECT * FROM " + language.Dialect.Spell(m.tables[l.table].Name) + ";"}, nil
}

func (m *Model) copyName(string) (pane.Action, tea.Cmd) {
	l, ok := m.selected()
	if !ok {
		return nil, nil
	}
	t := &m.tables[l.table]
	switch l.kind {
	case keyLine:
		return pane.Copy{Text: t.schema.Key[l.item].Name, What: "column name"}, nil
	case columnLine:
		return pane.Copy{Text: t.schema.Columns[l.item].Name, What: "column name"}, nil
	case indexLine:
		return pane.Copy{Text: t.details.Indexes[l.item].Name, What: "index name"}, nil
	}
	return pane.Copy{Text: t.Name, What: "table name"}, nil
}
