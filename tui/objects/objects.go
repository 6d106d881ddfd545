// Package objects is the pane that lists the tables of a database.
//
// The list stays quick with tens of thousands of tables: only what is in sight
// is drawn, and only for that are estimates asked for, a few tables at a time,
// in a call that esc cancels. Nothing is ever counted. A table unfolds to show
// its columns and what it refers to.
package objects

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/pane/input"
	"github.com/rowan-db/rowan/tui/task"
)

// ID is the pane's ID.
const ID = "objects"

// The calls of the pane.
var (
	listSlot     = task.Slot{Pane: ID, Name: "list tables"}
	estimateSlot = task.Slot{Pane: ID, Name: "estimate"}
	defineSlot   = task.Slot{Pane: ID, Name: "definition"}
)

// Model is the pane.
type Model struct {
	env           *pane.Env
	commands      []pane.Command
	width, height int
	focused       bool

	tables []table
	loaded bool
	failed error  // of the last listing
	cur    string // the table that the grid shows

	filter input.Prompt
	typing bool

	lines []line // what the filter leaves, with what is unfolded
	list  pane.List
}

// table is what is known of a table.
type table struct {
	store.TableInfo
	lower    string // the name in lower case, for the filter
	estimate estimate
	staged   counts

	unfolded bool
	schema   *store.Schema  // nil until it was read
	details  *store.Details // nil until they were read, or if they cannot be
	failed   error          // of reading the schema
}

// estimate is about how many rows a table has.
type estimate struct {
	asked bool
	store.Estimate
}

// counts are staged changes.
type counts struct{ inserts, updates, deletes int }

// New returns the pane, empty: Load fills it.
func New(env *pane.Env) *Model {
	m := &Model{env: env}
	m.commands = m.newCommands()
	return m
}

// ID implements [pane.Pane].
func (m *Model) ID() string { return ID }

// Commands implements [pane.Pane].
func (m *Model) Commands() []pane.Command { return m.commands }

// SetFocus implements [pane.Focuser].
func (m *Model) SetFocus(focused bool) { m.focused = focused }

// Typing implements [pane.Typer].
func (m *Model) Typing() bool { return m.typing }

// SetSize implements [pane.Pane].
func (m *Model) SetSize(width, height int) {
	m.width, m.height = width, height
	m.fit()
}

// Load returns a command that lists the tables, anew if they are listed
// already.
func (m *Model) Load() tea.Cmd {
	s := m.env.Store
	if s == nil {
		return nil
	}
	m.env.Tasks.Cancel(estimateSlot)
	return task.Start(m.env.Tasks, listSlot, s.Tables)
}

// SetCurrent marks the table that the grid shows and, if that is news, moves
// the cursor to it.
func (m *Model) SetCurrent(name string) {
	if name != m.cur {
		m.cur = name
		m.selectCurrent()
	}
}

// Current returns the table that the grid shows, or the empty string.
func (m *Model) Current() string { return m.cur }

// Names returns the names of all tables, in order.
func (m *Model) Names() []string {
	names := make([]string, len(m.tables))
	for i := range m.tables {
		names[i] = m.tables[i].Name
	}
	return names
}

// Staged implements [pane.Watcher]: it counts the staged changes.
func (m *Model) Staged() (pane.Action, tea.Cmd) {
	m.countStaged()
	return nil, nil
}

// Committed implements [pane.Committer]: what was written changes how many rows
// there are.
func (m *Model) Committed(r *store.CommitResult) (pane.Action, tea.Cmd) {
	if r.Written == 0 {
		return nil, nil
	}
	for i := range m.tables {
		m.tables[i].estimate.asked = false
	}
	return nil, m.fetch()
}

func (m *Model) countStaged() {
	staged := map[string]counts{}
	for _, s := range m.env.Changes.All() {
		c := staged[s.Schema.Name]
		switch s.Change.Op {
		case store.Insert:
			c.inserts++
		case store.Delete:
			c.deletes++
		default:
			c.updates++
		}
		staged[s.Schema.Name] = c
	}
	for i := range m.tables {
		m.tables[i].staged = staged[m.tables[i].Name]
	}
}

// Update implements [pane.Pane].
func (m *Model) Update(msg tea.Msg) (pane.Action, tea.Cmd) {
	switch msg := msg.(type) {
	case task.Done[[]store.TableInfo]:
		return m.listed(msg)
	case task.Done[map[string]estimate]:
		return nil, m.estimated(msg)
	case task.Done[described]:
		return m.described(msg)
	case task.Done[defined]:
		return m.definedDone(msg)
	case tea.KeyPressMsg, tea.PasteMsg:
		return m.typed(msg)
	case tea.MouseWheelMsg:
		return nil, m.wheel(msg)
	case tea.MouseClickMsg:
		return m.click(msg)
	}
	return nil, nil
}

func (m *Model) listed(msg task.Done[[]store.TableInfo]) (pane.Action, tea.Cmd) {
	m.failed = msg.Err
	if msg.Err != nil {
		if store.KindOf(msg.Err) == store.Canceled {
			return nil, nil
		}
		return pane.Report{Err: msg.Err, Retry: pane.Reload{}}, nil
	}
	m.loaded = true
	m.setTables(msg.Value)
	return nil, m.fetch()
}

// setTables takes a new list, and keeps what is unfolded.
func (m *Model) setTables(infos []store.TableInfo) {
	old := map[string]*table{}
	for i := range m.tables {
		if m.tables[i].unfolded {
			old[m.tables[i].Name] = &m.tables[i]
		}
	}
	tables := make([]table, len(infos))
	for i, info := range infos {
		tables[i] = table{TableInfo: info, lower: strings.ToLower(info.Name)}
		if t := old[info.Name]; t != nil {
			tables[i].unfolded, tables[i].schema, tables[i].details = true, t.schema, t.details
		}
	}
	first := m.tables == nil
	m.tables = tables
	m.countStaged()
	m.relist()
	if first {
		m.selectCurrent()
	}
}

// described is the answer to a call that read a schema.
type described struct {
	name    string
	schema  *store.Schema
	details *store.Details
}

// unfold shows what is in a table, and returns the command that reads it.
func (m *Model) unfold(t *table) tea.Cmd {
	t.unfolded = true
	m.relist()
	if t.schema != nil || m.env.Store == nil {
		return nil
	}
	s, name := m.env.Store, t.Name
	return task.Start(m.env.Tasks, describeSlot(name), func(ctx context.Context) (described, error) {
		st, err := s.Table(ctx, name)
		if err != nil {
			return described{name: name}, err
		}
		// What surrounds the table is worth less than its columns: they are
		// shown also if it cannot be read.
		details, err := s.Details(ctx, name)
		if err != nil && store.KindOf(err) == store.Canceled {
			return described{name: name}, err
		}
		return described{name, st.Schema(), details}, nil
	})
}

func describeSlot(table string) task.Slot { return task.Slot{Pane: ID, Name: "describe " + table} }

func (m *Model) described(msg task.Done[described]) (pane.Action, tea.Cmd) {
	for i := range m.tables {
		t := &m.tables[i]
		if t.Name == msg.Value.name {
			t.schema, t.details, t.failed = msg.Value.schema, msg.Value.details, msg.Err
		}
	}
	m.relist()
	return nil, nil
}

// defined is the statements that make a table.
type defined struct{ name, text string }

func (m *Model) noDefinition() string {
	if m.env.Store == nil || !m.env.Store.CanDefine() {
		return "the database has no statements that make its tables"
	}
	return m.nothing()
}

// define shows the statements that make the table.
func (m *Model) define(string) (pane.Action, tea.Cmd) {
	l, ok := m.selected()
	if !ok {
		return nil, nil
	}
	s, name := m.env.Store, m.tables[l.table].Name
	return nil, task.Start(m.env.Tasks, defineSlot, func(ctx context.Context) (defined, error) {
		text, err := s.Definition(ctx, name)
		return defined{name, text}, err
	})
}

func (m *Model) definedDone(d task.Done[defined]) (pane.Action, tea.Cmd) {
	switch {
	case d.Err != nil && store.KindOf(d.Err) == store.Canceled:
		return nil, nil
	case d.Err != nil:
		return pane.Report{Err: d.Err}, nil
	}
	return pane.ShowText{Title: d.Value.name, Text: d.Value.text}, nil
}

// batch is the number of tables that one call estimates: few, so that the
// screen fills as they come and scrolling on is not held up.
const batch = 8

// fetch returns a command that estimates tables that are in sight, nil if
// none are wanting or a call is on its way already.
func (m *Model) fetch() tea.Cmd {
	if _, busy := m.env.Tasks.Elapsed(estimateSlot); busy || m.env.Store == nil {
		return nil
	}
	var names []string
	for first, end := m.list.Window(); first < end && len(names) < batch; first++ {
		l := m.lines[first]
		if l.kind == tableLine && !m.tables[l.table].estimate.asked {
			names = append(names, m.tables[l.table].Name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	s := m.env.Store
	return task.Start(m.env.Tasks, estimateSlot, func(ctx context.Context) (map[string]estimate, error) {
		return estimateAll(ctx, s, names)
	})
}

// estimateAll estimates tables. One that cannot be is just not known; the
// error is only for a call that was canceled.
func estimateAll(ctx context.Context, s *store.Store, names []string) (map[string]estimate, error) {
	found := make(map[string]estimate, len(names))
	for _, name := range names {
		e := estimate{asked: true}
		if t, err := s.Table(ctx, name); err == nil {
			e.Estimate, _ = t.Estimate(ctx)
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		found[name] = e
	}
	return found, nil
}

func (m *Model) estimated(msg task.Done[map[string]estimate]) tea.Cmd {
	if msg.Err != nil {
		return nil
	}
	for i := range m.tables {
		if e, ok := msg.Value[m.tables[i].Name]; ok {
			m.tables[i].estimate = e
		}
	}
	return m.fetch()
}

func (m *Model) typed(msg tea.Msg) (pane.Action, tea.Cmd) {
	if !m.typing {
		return nil, nil
	}
	if _, changed := m.filter.Update(msg); !changed {
		return nil, nil
	}
	m.relist()
	m.list.Select(0)
	return nil, m.fetch()
}

func (m *Model) wheel(msg tea.MouseWheelMsg) tea.Cmd {
	switch msg.Button {
	case tea.MouseWheelUp:
		m.list.Scroll(-3)
	case tea.MouseWheelDown:
		m.list.Scroll(3)
	}
	return m.fetch()
}

// click selects a line, and opens the one that is selected already.
func (m *Model) click(msg tea.MouseClickMsg) (pane.Action, tea.Cmd) {
	i, ok := m.list.At(msg.Y - m.top())
	if !ok {
		return nil, nil
	}
	if i == m.list.Cursor() {
		return m.open("")
	}
	m.list.Select(i)
	return nil, nil
}
