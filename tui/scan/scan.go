// Package scan is the form in which a range of keys is chosen: a prefix, or
// where to begin and to end, typed element by element as the values that they
// are. It shows at once what is wrong, the range and its bytes, and the command
// that does the same.
package scan

import (
	"strconv"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/pane/input"
	"github.com/rowan-db/rowan/tui/pane/shell"
)

// ID is the overlay's ID.
const ID = "scan"

// The columns of the form.
const (
	prefixColumn = iota
	fromColumn
	toColumn
	columns
)

// Model is the overlay.
type Model struct {
	env      *pane.Env
	commands []pane.Command
	schema   *store.Schema
	base     store.ViewOptions // filter and sort, which the form leaves alone

	keys    [columns][]input.Prompt // by key element
	toggles [columns]bool           // begins with; from exclusive; to exclusive
	reverse bool
	limit   input.Prompt

	focus  spot
	result result // of what is filled in now

	top           int // the first line that is in sight
	width, height int
}

// spot is a place in the form. Rows are the key elements, then the row of
// toggles, then the row of reverse and limit.
type spot struct{ column, row int }

// New returns the form for a table, filled in with what is shown.
func New(env *pane.Env, show pane.ShowScan) *Model {
	m := &Model{env: env, schema: show.Schema, base: show.Options}
	m.clearFields()
	m.fill(show.Options)
	m.commands = m.newCommands()
	m.check()
	return m
}

// ID implements [pane.Pane].
func (m *Model) ID() string { return ID }

// Commands implements [pane.Pane].
func (m *Model) Commands() []pane.Command { return m.commands }

// clearFields empties the form.
func (m *Model) clearFields() {
	for c := range m.keys {
		m.keys[c] = make([]input.Prompt, len(m.schema.Key))
	}
	m.toggles = [columns]bool{}
	m.reverse, m.limit = false, input.Prompt{}
	m.focus = spot{}
}

// fill fills the form in with what is shown.
func (m *Model) fill(o store.ViewOptions) {
	if p, ok := shell.Prefix(o.Range); ok {
		m.fillKey(prefixColumn, p.Key)
		m.toggles[prefixColumn] = p.Part
	} else {
		m.fillKey(fromColumn, o.Range.Lower.Key)
		m.fillKey(toColumn, o.Range.Upper.Key)
		m.toggles[fromColumn], m.toggles[toColumn] = o.Range.Lower.Exclusive, o.Range.Upper.Exclusive
	}
	m.reverse = o.Reverse
	if o.Limit > 0 {
		m.limit.Set(strconv.Itoa(o.Limit))
	}
}

// Update implements [pane.Pane].
func (m *Model) Update(msg tea.Msg) (pane.Action, tea.Cmd) {
	f := m.input()
	if f == nil {
		return nil, nil
	}
	if _, changed := f.Update(msg); changed {
		m.check()
	}
	return nil, nil
}

// input returns the field that has the focus, nil if that is a toggle.
func (m *Model) input() *input.Prompt {
	switch {
	case m.focus.row < len(m.schema.Key):
		return &m.keys[m.focus.column][m.focus.row]
	case m.focus == m.limitSpot():
		return &m.limit
	}
	return nil
}

// Typing implements [pane.Typer].
func (m *Model) Typing() bool { return m.input() != nil }

func (m *Model) toggleRow() int    { return len(m.schema.Key) }
func (m *Model) reverseSpot() spot { return spot{0, m.toggleRow() + 1} }
func (m *Model) limitSpot() spot   { return spot{1, m.toggleRow() + 1} }

// spots lists all places of the form, in the order of tab.
func (m *Model) spots() []spot {
	var all []spot
	for c := range columns {
		for r := range m.toggleRow() + 1 {
			all = append(all, spot{c, r})
		}
	}
	return append(all, m.reverseSpot(), m.limitSpot())
}

// toggled returns the toggle that has the focus, nil if a field has it.
func (m *Model) toggled() *bool {
	switch {
	case m.focus == m.reverseSpot():
		return &m.reverse
	case m.focus.row == m.toggleRow():
		return &m.toggles[m.focus.column]
	}
	return nil
}

func (m *Model) newCommands() []pane.Command {
	return []pane.Command{
		{Name: "apply", Help: "show this range", Keys: []string{"enter"}, Hint: "show", Disabled: m.invalid, Run: m.apply},
		{Name: "next-field", Help: "go to the next field", Keys: []string{"tab"}, Hint: "next", Motion: true, Run: m.step(1)},
		{Name: "previous-field", Help: "go to the field before", Keys: []string{"shift+tab"}, Motion: true, Run: m.step(-1)},
		{Name: "field-below", Help: "go one field down", Keys: []string{"down"}, Motion: true, Run: m.vertical(1)},
		{Name: "field-above", Help: "go one field up", Keys: []string{"up"}, Motion: true, Run: m.vertical(-1)},
		{Name: "toggle", Help: "turn the option on or off", Keys: []string{"space"}, Disabled: m.noToggle, Run: m.toggle},
		{Name: "copy-command", Help: "copy the command that does the same", Keys: []string{"ctrl+y", "y"}, Hint: "copy command", Disabled: m.invalid, Run: m.copyCommand},
		{Name: "clear", Help: "empty the form", Keys: []string{"ctrl+l"}, Hint: "clear", Run: m.clear},
		{Name: "close", Help: "close the form", Keys: []string{"esc"}, Hint: "close",
			Run: func(string) (pane.Action, tea.Cmd) { return pane.Close{}, nil }},
	}
}

func (m *Model) invalid() string {
	if m.result.err != nil {
		return m.result.err.Error()
	}
	return ""
}

func (m *Model) noToggle() string {
	if m.toggled() == nil {
		return "this is a field"
	}
	return ""
}

func (m *Model) apply(string) (pane.Action, tea.Cmd) {
	return pane.Actions{pane.Close{}, pane.OpenView{Options: m.result.options}}, nil
}

func (m *Model) step(d int) func(string) (pane.Action, tea.Cmd) {
	return func(string) (pane.Action, tea.Cmd) {
		all := m.spots()
		for i, s := range all {
			if s == m.focus {
				m.focus = all[(i+d+len(all))%len(all)]
				break
			}
		}
		m.scroll()
		return nil, nil
	}
}

func (m *Model) vertical(d int) func(string) (pane.Action, tea.Cmd) {
	return func(string) (pane.Action, tea.Cmd) {
		rows := m.toggleRow() + 2
		m.focus.row = (m.focus.row + d + rows) % rows
		if m.focus.row == m.toggleRow()+1 {
			m.focus.column = min(m.focus.column, 1)
		}
		m.scroll()
		return nil, nil
	}
}

func (m *Model) toggle(string) (pane.Action, tea.Cmd) {
	t := m.toggled()
	*t = !*t
	m.check()
	return nil, nil
}

func (m *Model) copyCommand(string) (pane.Action, tea.Cmd) {
	return pane.Copy{Text: m.command(), What: "command"}, nil
}

// command returns the command that shows the same.
func (m *Model) command() string {
	return shell.Scan(shell.Target{Name: m.env.Target, At: m.env.Kept}, m.schema.Name, m.result.options)
}

func (m *Model) clear(string) (pane.Action, tea.Cmd) {
	m.clearFields()
	m.check()
	m.scroll()
	return nil, nil
}
