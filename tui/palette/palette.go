// Package palette is the overlay in which commands are run by name: all that
// can be done on the screen at present, with their arguments.
//
// What cannot be done at the moment stays in the list with the reason.
package palette

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/pane/input"
	"github.com/rowan-db/rowan/tui/style"
)

// ID is the overlay's ID.
const ID = "palette"

// Model is the overlay.
type Model struct {
	env      *pane.Env
	commands []pane.Command
	entries  []pane.Entry
	history  *History

	input input.Prompt
	items []item
	list  pane.List
	// chosen says that the cursor was moved, so that enter means the selected
	// item even if what is typed is a command as it stands.
	chosen bool
	// shown is the command whose effect is being previewed, with the argument.
	shown item

	width, height int
}

// History is the lines that were run, the newest last. The zero History is
// empty.
type History struct{ lines []string }

// maxHistory is the number of lines that are remembered.
const maxHistory = 100

// add remembers a line, once.
func (h *History) add(line string) {
	kept := h.lines[:0:0]
	for _, l := range h.lines {
		if l != line {
			kept = append(kept, l)
		}
	}
	kept = append(kept, line)
	h.lines = kept[max(0, len(kept)-maxHistory):]
}

// New returns the palette over commands, of which earlier ones go before later
// ones of the same name, with some text typed already.
func New(env *pane.Env, entries []pane.Entry, history *History, text string) *Model {
	m := &Model{env: env, history: history, input: input.NewPrompt(text)}
	seen := map[string]bool{}
	for _, e := range entries {
		if !e.Command.Motion && !seen[e.Command.Name] {
			seen[e.Command.Name] = true
			m.entries = append(m.entries, e)
		}
	}
	m.commands = append([]pane.Command{
		{Name: "run", Help: "run the command", Keys: []string{"enter"}, Hint: "run", Run: m.run},
		{Name: "complete", Help: "take over the selected command, to add to it", Keys: []string{"tab"}, Hint: "complete", Disabled: m.nothing, Run: m.complete},
		{Name: "close-palette", Help: "close the palette", Keys: []string{"esc"}, Hint: "close",
			Run: func(string) (pane.Action, tea.Cmd) { return pane.Close{}, nil }},
		{Name: "next-item", Help: "go to the next one", Keys: []string{"ctrl+n"}, Motion: true, Run: m.step(1)},
		{Name: "previous-item", Help: "go to the one before", Keys: []string{"ctrl+p"}, Motion: true, Run: m.step(-1)},
	}, m.list.Motions(false, m.moved)...)
	m.search()
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
	if _, changed := m.input.Update(msg); changed {
		m.search()
	}
	return m.preview(), nil
}

func (m *Model) moved() (pane.Action, tea.Cmd) {
	m.chosen = true
	return m.preview(), nil
}

// preview asks for the effect of the selected item to be shown, where a command
// can do that, and for that of the one before to be taken back.
func (m *Model) preview() pane.Action {
	var now item
	if len(m.items) > 0 {
		if it := m.items[m.list.Cursor()]; it.command.Preview != nil && it.arg != "" {
			now = it
		}
	}
	was := m.shown
	m.shown = now
	switch {
	case now.command == was.command && now.arg == was.arg:
		return nil
	case now.command == nil:
		return was.command.Preview("")
	}
	return now.command.Preview(now.arg)
}

func (m *Model) step(d int) func(string) (pane.Action, tea.Cmd) {
	return func(string) (pane.Action, tea.Cmd) {
		m.list.Move(d)
		return m.moved()
	}
}

func (m *Model) nothing() string {
	if len(m.items) == 0 {
		return "nothing matches"
	}
	return ""
}

// run runs what is typed, if it is a command as it stands and nothing else was
// selected, or the selected item.
func (m *Model) run(string) (pane.Action, tea.Cmd) {
	name, arg := m.typed()
	e := m.named(name)
	if e != nil && !m.chosen && (arg != "" || e.Command.Arg == "" || e.Command.Optional || m.asked()) && !m.offersFor(e) {
		return m.execute(e.Command, arg)
	}
	if len(m.items) == 0 {
		return pane.Notice{Text: "There is no command " + name + ".", Level: pane.Warning}, nil
	}
	it := &m.items[m.list.Cursor()]
	if it.command.Arg != "" && it.arg == "" {
		return m.complete("")
	}
	return m.execute(it.command, it.arg)
}

// asked reports whether a space after the command says that an argument, here
// an empty one, is meant.
func (m *Model) asked() bool { return strings.HasSuffix(m.input.Value(), " ") }

// offersFor reports whether the items are arguments for the typed command, so
// that the selected one is meant rather than its beginning.
func (m *Model) offersFor(e *pane.Entry) bool {
	_, arg := m.typed()
	if e.Command.Complete == nil || len(m.items) == 0 || m.items[0].command != e.Command {
		return false
	}
	return m.items[m.list.Cursor()].arg != arg
}

func (m *Model) execute(c *pane.Command, arg string) (pane.Action, tea.Cmd) {
	m.history.add(strings.TrimSpace(c.Name + " " + arg))
	if why := c.Reason(); why != "" {
		return pane.Refusal(why), nil
	}
	return pane.Actions{pane.Close{}, pane.Run{Name: c.Name, Arg: arg}}, nil
}

func (m *Model) complete(string) (pane.Action, tea.Cmd) {
	it := &m.items[m.list.Cursor()]
	text := it.command.Name
	if it.command.Arg != "" {
		text += " " + it.arg
	}
	m.input.Set(text)
	m.search()
	return m.preview(), nil
}

// typed returns what is typed as a command's name and its argument.
func (m *Model) typed() (name, arg string) {
	name, arg, _ = strings.Cut(strings.TrimLeft(m.input.Value(), " :"), " ")
	return name, strings.TrimSpace(arg)
}

// named returns the command with the name, or nil.
func (m *Model) named(name string) *pane.Entry {
	for i := range m.entries {
		if m.entries[i].Command.Name == name {
			return &m.entries[i]
		}
	}
	return nil
}

// Title implements [pane.Titled].
func (m *Model) Title() []style.Span { return []style.Span{style.Plain(" Commands ")} }

// Footer implements [pane.Titled].
func (m *Model) Footer() []style.Span { return nil }

// Size implements [pane.Sizer].
func (m *Model) Size(maxWidth, maxHeight int) (width, height int) {
	return min(maxWidth, 84), min(maxHeight, 18)
}

// SetSize implements [pane.Pane].
func (m *Model) SetSize(width, height int) {
	m.width, m.height = width, height
	m.list.Resize(len(m.items), height-2)
}
