package value

import (
	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/pane"
)

func (m *Model) buildCommands() []pane.Command {
	page := func() int { return max(m.bodyHeight()-1, 1) }
	return []pane.Command{
		{Name: "down", Help: "scroll down", Keys: []string{"down", "j"}, Motion: true, Run: m.do(func() { m.scroll(1) })},
		{Name: "up", Help: "scroll up", Keys: []string{"up", "k"}, Motion: true, Run: m.do(func() { m.scroll(-1) })},
		{Name: "page-down", Help: "scroll one screen down", Keys: []string{"pgdown", "space", "ctrl+f"}, Motion: true, Run: m.do(func() { m.scroll(page()) })},
		{Name: "page-up", Help: "scroll one screen up", Keys: []string{"pgup", "ctrl+b"}, Motion: true, Run: m.do(func() { m.scroll(-page()) })},
		{Name: "half-page-down", Help: "scroll half a screen down", Keys: []string{"ctrl+d"}, Motion: true, Run: m.do(func() { m.scroll(page() / 2) })},
		{Name: "half-page-up", Help: "scroll half a screen up", Keys: []string{"ctrl+u"}, Motion: true, Run: m.do(func() { m.scroll(-page() / 2) })},
		{Name: "start", Help: "go to the beginning", Keys: []string{"g", "home"}, Motion: true, Run: m.do(func() { m.top = 0 })},
		{Name: "end", Help: "go to the end of what is loaded", Keys: []string{"G", "end"}, Motion: true, Run: m.do(m.end)},
		{Name: "load-all", Help: "read all of the value", Keys: []string{"L"}, Disabled: m.noRest, Run: m.load},
		{Name: "view", Help: "show it in the next way: text, JSON, hex, row", Keys: []string{"v"}, Hint: "view", Disabled: m.noValue, Run: m.do(m.cycle)},
		{Name: "as-text", Help: "show the value as text", Keys: []string{"t"}, Disabled: m.noValue, Run: m.choose(modeText)},
		{Name: "as-json", Help: "show the value as JSON", Keys: []string{"J"}, Disabled: m.noValue, Run: m.choose(modeJSON)},
		{Name: "as-hex", Help: "show the bytes of the value", Keys: []string{"x"}, Disabled: m.noValue, Run: m.choose(modeHex)},
		{Name: "as-row", Help: "show all columns of the row", Keys: []string{"r"}, Hint: "row", Disabled: m.noValue, Run: m.choose(modeRow)},
		{Name: "copy", Help: "copy the value", Keys: []string{"y"}, Hint: "copy", Disabled: m.noCopy, Run: m.copy},
		{Name: "edit", Help: "edit the cell", Keys: []string{"e", "f2"}, Hint: "edit", Disabled: m.noEdit,
			Run: func(string) (pane.Action, tea.Cmd) { return pane.Run{Name: "edit-cell"}, nil }},
		{Name: "back", Help: "go back to the rows, or cancel reading", Keys: []string{"esc", "enter"}, Motion: true, Hint: "back", Run: m.back},
	}
}

// do makes a command of something that changes only the panel.
func (m *Model) do(f func()) func(string) (pane.Action, tea.Cmd) {
	return func(string) (pane.Action, tea.Cmd) {
		f()
		m.stale = true
		return nil, m.read(firstPart)
	}
}

func (m *Model) noValue() string {
	if m.row == nil {
		return "no cell is selected"
	}
	return ""
}

func (m *Model) noEdit() string {
	if why := m.noValue(); why != "" {
		return why
	}
	return m.env.Blocked(m.sel.Schema)
}

func (m *Model) noRest() string {
	if why := m.noValue(); why != "" {
		return why
	}
	if m.complete(0) {
		return "all of the value is here"
	}
	return ""
}

func (m *Model) noCopy() string {
	if why := m.noValue(); why != "" {
		return why
	}
	if !m.complete(0) {
		return "only a part of the value is loaded: L loads the rest"
	}
	return ""
}

// scroll moves by n rows, no further than the end.
func (m *Model) scroll(n int) {
	m.top = max(m.top+n, 0)
	m.stale = true
	m.clamp()
}

// clamp keeps the last rows at the bottom of the panel.
func (m *Model) clamp() {
	l := m.laidOut()
	if l == nil {
		m.top = 0
		return
	}
	l.Line(m.top + m.bodyHeight())
	if n, all := l.Known(); all {
		m.top = max(0, min(m.top, n-m.bodyHeight()))
	}
}

func (m *Model) end() {
	if l := m.laidOut(); l != nil {
		m.top = display.Len(l)
		m.clamp()
	}
}

// load reads all of the value.
func (m *Model) load(string) (pane.Action, tea.Cmd) { return nil, m.read(0) }

func (m *Model) cycle() {
	next := m.view() + 1
	if next > modeRow {
		next = modeText
	}
	m.setMode(next)
}

func (m *Model) setMode(to mode) {
	m.mode, m.top = to, 0
	m.reset()
}

func (m *Model) choose(to mode) func(string) (pane.Action, tea.Cmd) {
	return func(string) (pane.Action, tea.Cmd) {
		if m.mode == to {
			m.setMode(modeAuto) // the same key again takes it back
			return nil, nil
		}
		m.setMode(to)
		return nil, m.read(firstPart)
	}
}

func (m *Model) copy(string) (pane.Action, tea.Cmd) {
	what := "value"
	if m.view() == modeRow {
		what = "row"
	}
	return pane.Copy{Text: m.plain(), What: what}, nil
}

// back cancels a read or, if there is none, leaves the panel.
func (m *Model) back(string) (pane.Action, tea.Cmd) {
	m.stale = true
	if m.env.Tasks.Cancel(slotRead) {
		return nil, nil
	}
	if m.err != nil {
		m.err = nil
		return nil, nil
	}
	return pane.Focus{ID: "grid"}, nil
}
