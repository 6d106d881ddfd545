// Package help is the overlay that lists what every key does. It is searched
// by typing, and enter runs the entry: to look up a key is to have it.
package help

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/pane/input"
	"github.com/rowan-db/rowan/tui/style"
)

// ID is the overlay's ID.
const ID = "help"

// Model is the overlay.
type Model struct {
	env      *pane.Env
	commands []pane.Command
	entries  []pane.Entry

	search input.Prompt
	lines  []line
	list   pane.List

	width, height int
}

// line is a line of the list: a command, or the name of a section.
type line struct {
	section string
	command *pane.Command // nil in a line that names a section
}

// New returns the help for commands, in the order given.
func New(env *pane.Env, entries []pane.Entry) *Model {
	m := &Model{env: env, entries: entries}
	m.commands = append([]pane.Command{
		{Name: "run-entry", Help: "do what the entry says", Keys: []string{"enter"}, Hint: "do it", Disabled: m.nothing, Run: m.run},
		{Name: "close-help", Help: "close the help", Keys: []string{"esc", "f1"}, Hint: "close",
			Run: func(string) (pane.Action, tea.Cmd) { return pane.Close{}, nil }},
	}, m.list.Motions(false, nil)...)
	m.find()
	return m
}

// ID implements [pane.Pane].
func (m *Model) ID() string { return ID }

// Commands implements [pane.Pane].
func (m *Model) Commands() []pane.Command { return m.commands }

// Typing implements [pane.Typer].
func (m *Model) Typing() bool { return true }

// Update implements [pane.Pane].
func (m *Model) Update(msg tea.Msg) (pane.Action, tea.Cmd) {
	if _, changed := m.search.Update(msg); changed {
		m.find()
	}
	return nil, nil
}

// find makes the list of the entries that match what is typed: a key, or words
// of the name, the help or the section.
func (m *Model) find() {
	words := strings.Fields(strings.ToLower(m.search.Value()))
	m.lines = m.lines[:0]
	section := ""
	for _, e := range m.entries {
		if !matches(e, words) {
			continue
		}
		if e.Section != section {
			section = e.Section
			m.lines = append(m.lines, line{section: section})
		}
		m.lines = append(m.lines, line{section, e.Command})
	}
	m.list.Resize(len(m.lines), m.height-2)
	m.list.Select(0)
	m.list.Select(min(1, len(m.lines)-1))
}

func matches(e pane.Entry, words []string) bool {
	text := strings.ToLower(strings.Join([]string{e.Section, e.Command.Name, e.Command.Help}, " "))
	for _, w := range words {
		if !strings.Contains(text, w) && !hasKey(e.Command, w) {
			return false
		}
	}
	return true
}

func hasKey(c *pane.Command, word string) bool {
	for _, k := range c.Keys {
		if strings.EqualFold(k, word) || strings.EqualFold(pane.Label(k), word) {
			return true
		}
	}
	return false
}

// selected returns the command of the cursor: on the name of a section, the
// first one below.
func (m *Model) selected() *pane.Command {
	for i := m.list.Cursor(); i < len(m.lines); i++ {
		if c := m.lines[i].command; c != nil {
			return c
		}
	}
	return nil
}

func (m *Model) nothing() string {
	if m.selected() == nil {
		return "nothing matches"
	}
	return ""
}

func (m *Model) run(string) (pane.Action, tea.Cmd) {
	c := m.selected()
	switch why := c.Reason(); {
	case why != "":
		return pane.Refusal(why), nil
	case c.Arg != "" && len(c.Keys) == 0:
		return pane.Actions{pane.Close{}, pane.Run{Name: "palette", Arg: c.Name + " "}}, nil
	}
	return pane.Actions{pane.Close{}, pane.Run{Name: c.Name}}, nil
}

// Title implements [pane.Titled].
func (m *Model) Title() []style.Span { return []style.Span{style.Plain(" Help ")} }

// Footer implements [pane.Titled].
func (m *Model) Footer() []style.Span { return nil }

// Size implements [pane.Sizer].
func (m *Model) Size(maxWidth, maxHeight int) (width, height int) {
	return min(maxWidth, 84), maxHeight
}

// SetSize implements [pane.Pane].
func (m *Model) SetSize(width, height int) {
	m.width, m.height = width, height
	m.list.Resize(len(m.lines), height-2)
}

const prompt = " search "

// View implements [pane.Pane].
func (m *Model) View() string {
	if m.height < 1 || m.width <= len(prompt) {
		return ""
	}
	l := m.env.Styles.Overlay
	text, _ := m.search.Draw(m.width - len(prompt))
	lines := []string{
		l.Muted().Render(prompt) + l.Text().Render(text),
		l.Of(themes.Border).Render(strings.Repeat("─", m.width)),
	}
	first, end := m.list.Window()
	for i := first; i < end; i++ {
		lines = append(lines, m.line(i))
	}
	if len(m.lines) == 0 {
		lines = append(lines, style.Line(l.Muted(), m.width, style.Plain(" No entry matches.")))
	}
	return strings.Join(lines[:min(len(lines), m.height)], "\n")
}

// Cursor implements [pane.Cursorer].
func (m *Model) Cursor() *tea.Cursor {
	if m.width <= len(prompt) {
		return nil
	}
	_, x := m.search.Draw(m.width - len(prompt))
	return tea.NewCursor(len(prompt)+x, 0)
}

// keysWidth is the cells that keys get, before what they do.
const keysWidth = 18

func (m *Model) line(i int) string {
	at := m.lines[i]
	l := m.env.Styles.Overlay
	if i == m.list.Cursor() {
		l = m.env.Styles.Grid.Cursor
	}
	if at.command == nil {
		return style.Line(l.Text(), m.width, style.Span{SGR: l.Of(themes.Accent).With(themes.Bold), Text: " " + at.section})
	}
	keys, look, help := at.command.Labels(), l.Text(), at.command.Help
	if keys == "" {
		keys = ":" + at.command.Name
	}
	if why := at.command.Reason(); why != "" {
		look, help = l.Muted(), help+" (blocked: "+why+")"
	}
	spans := []style.Span{style.Plain("  "), {SGR: l.Of(themes.HintKey), Text: keys}}
	width := min(max(keysWidth, style.SpansWidth(spans)+1), m.width)
	return style.Line(l.Text(), width, spans...) + style.Line(look, m.width-width, style.Plain(help))
}
