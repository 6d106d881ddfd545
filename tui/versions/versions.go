// Package versions is the list of the states that a database keeps by name,
// from which one is chosen: to be shown in place of the present state, to be
// compared with that or with another one, or to be given up.
//
// It shows what was kept when it was opened. Others may have given a state up
// since then: whatever is asked for then fails, and says so.
package versions

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/style"
	"github.com/rowan-db/rowan/tui/task"
)

// ID is the ID of the pane.
const ID = "versions"

// The calls of the pane.
var (
	listSlot = task.Slot{Pane: ID, Name: "list"}
)

// Model is the list.
type Model struct {
	env      *pane.Env
	commands []pane.Command
	versions []store.Version // those with a name, the newest first
	loaded   bool
	from     string // what to compare with, empty for the present
	list     pane.List

	width, height int
}

// New returns the list, which reads itself when it is shown.
func New(env *pane.Env) *Model {
	m := &Model{env: env}
	m.commands = append([]pane.Command{
		{Name: "open-version", Help: "show the tables of this state in place of the present ones", Keys: []string{"enter"}, Hint: "open", Disabled: m.nothing, Run: m.open},
		{Name: "compare", Help: "show what changed since this state, or between the marked one and this", Keys: []string{"c"}, Hint: "compare", Disabled: m.nothing, Run: m.compare},
		{Name: "mark-version", Help: "compare with this state instead of the present, or not", Keys: []string{"space"}, Hint: "mark", Disabled: m.nothing, Run: m.mark},
		{Name: "keep-now", Help: "keep the present state under a name", Keys: []string{"n"}, Hint: "keep now", Disabled: m.readOnly,
			Run: func(string) (pane.Action, tea.Cmd) {
				return pane.Actions{pane.Close{}, pane.Run{Name: "palette", Arg: "keep "}}, nil
			}},
		{Name: "drop-version", Help: "give this state up", Keys: []string{"d"}, Hint: "drop", Disabled: m.noDrop, Run: m.drop},
		{Name: "to-present", Help: "go back to the present state", Keys: []string{"P"}, Hint: "present", Disabled: m.inPresent, Run: func(string) (pane.Action, tea.Cmd) { return pane.ShowPresent{}, nil }},
		{Name: "copy-name", Help: "copy the name", Keys: []string{"y"}, Disabled: m.nothing, Run: m.copyName},
		{Name: "close-versions", Help: "close the list", Keys: []string{"esc", "q"}, Hint: "close",
			Run: func(string) (pane.Action, tea.Cmd) { return pane.Close{}, nil }},
	}, m.list.Motions(true, nil)...)
	return m
}

// listed is the names and times of what is kept.
type listed []store.Version

// Init reads the list.
func (m *Model) Init() tea.Cmd {
	s := m.env.Present
	return task.Start(m.env.Tasks, listSlot, func(ctx context.Context) (listed, error) { return s.Versions(ctx) })
}

func (m *Model) nothing() string {
	if len(m.versions) == 0 {
		return "no state is kept by name"
	}
	return ""
}

func (m *Model) inPresent() string {
	if m.env.Kept == "" {
		return "the present state is shown already"
	}
	return ""
}

func (m *Model) readOnly() string {
	if m.env.Writer == nil {
		return m.env.ReadOnly
	}
	return ""
}

func (m *Model) noDrop() string {
	if why := m.nothing(); why != "" {
		return why
	}
	return m.readOnly()
}

func (m *Model) selected() store.Version { return m.versions[m.list.Cursor()] }

func (m *Model) open(string) (pane.Action, tea.Cmd) {
	return pane.ShowKept{Name: m.selected().Name}, nil
}

func (m *Model) mark(string) (pane.Action, tea.Cmd) {
	if name := m.selected().Name; m.from != name {
		m.from = name
	} else {
		m.from = ""
	}
	return nil, nil
}

func (m *Model) copyName(string) (pane.Action, tea.Cmd) {
	return pane.Copy{Text: m.selected().Name, What: "name"}, nil
}

func (m *Model) drop(string) (pane.Action, tea.Cmd) {
	name := m.selected().Name
	return pane.Confirm{
		Title: "Drop " + name, Text: "What only this state still has will be gone for good.",
		Yes: "Drop it", Then: pane.DropVersion{Name: name},
	}, nil
}

// compare shows what changed since the selected state, or, if another one is
// marked, from the older of both to the newer.
func (m *Model) compare(string) (pane.Action, tea.Cmd) {
	from, to := m.selected().Name, ""
	if m.from != "" && m.from != from {
		from, to = m.from, from
		if m.position(from) < m.position(to) {
			from, to = to, from
		}
	}
	return pane.Compare{From: from, To: to}, nil
}

// position returns where in the list a state is: the newest is the first.
func (m *Model) position(name string) int {
	return slices.IndexFunc(m.versions, func(v store.Version) bool { return v.Name == name })
}

// ID implements [pane.Pane].
func (m *Model) ID() string { return ID }

// Commands implements [pane.Pane].
func (m *Model) Commands() []pane.Command { return m.commands }

// Update implements [pane.Pane].
func (m *Model) Update(msg tea.Msg) (pane.Action, tea.Cmd) {
	switch d := msg.(type) {
	case task.Done[listed]:
		m.loaded = true
		if d.Err != nil {
			return failed(d.Err, pane.Close{}), nil
		}
		m.take(d.Value)
	}
	return nil, nil
}

// failed reports an error, and does first before that.
func failed(err error, first pane.Action) pane.Action {
	if store.KindOf(err) == store.Canceled {
		return first
	}
	return pane.Actions{first, pane.Report{Err: err}}
}

// take shows the states with a name, the newest first.
func (m *Model) take(all listed) {
	m.versions = m.versions[:0]
	for _, v := range slices.Backward(all) {
		if v.Name != "" {
			m.versions = append(m.versions, v)
		}
	}
	m.list.Resize(len(m.versions), m.height)
}

// Title implements [pane.Titled].
func (m *Model) Title() []style.Span {
	if m.from == "" {
		return []style.Span{style.Plain(" Kept states ")}
	}
	return []style.Span{style.Plain(" Kept states, compared with " + m.from + " ")}
}

// Footer implements [pane.Titled].
func (m *Model) Footer() []style.Span { return nil }

// Size implements [pane.Sizer].
func (m *Model) Size(maxWidth, maxHeight int) (width, height int) {
	return min(maxWidth, 80), min(maxHeight, max(3, min(len(m.versions), 20)))
}

// SetSize implements [pane.Pane].
func (m *Model) SetSize(width, height int) {
	m.width, m.height = width, height
	m.list.Resize(len(m.versions), height)
}

// View implements [pane.Pane].
func (m *Model) View() string {
	l := m.env.Styles.Overlay
	var lines []string
	switch {
	case !m.loaded:
		lines = append(lines, style.Line(l.Muted(), m.width, style.Plain(" Reading…")))
	case len(m.versions) == 0:
		text := " No state is kept by name. n keeps the present one."
		if m.env.Writer == nil {
			text = " No state is kept by name."
		}
		lines = append(lines, style.Line(l.Muted(), m.width, style.Plain(text)))
	}
	first, end := m.list.Window()
	for i := first; i < end; i++ {
		lines = append(lines, m.line(i))
	}
	for len(lines) < m.height {
		lines = append(lines, style.Line(l.Text(), m.width))
	}
	return strings.Join(lines[:max(0, m.height)], "\n")
}

func (m *Model) line(i int) string {
	v, l := &m.versions[i], m.env.Styles.Overlay
	if i == m.list.Cursor() {
		l = m.env.Styles.Grid.Cursor
	}
	sign := "  "
	switch v.Name {
	case m.from:
		sign = "* "
	case m.env.Kept:
		sign = "▸ "
	}
	now := m.env.Now()
	when := v.Time.In(now.Location()).Format(time.DateTime) + ", " + display.Duration(now.Sub(v.Time)) + " ago "
	return style.SplitLine(l.Text(), m.width, []style.Span{style.Plain(sign + v.Name)}, []style.Span{{SGR: l.Muted(), Text: when}})
}
