package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/dialog"
	"github.com/rowan-db/rowan/tui/help"
	"github.com/rowan-db/rowan/tui/palette"
	"github.com/rowan-db/rowan/tui/pane"
)

// alwaysWork is the number of commands, at the beginning of the table, that
// work below an overlay too.
const alwaysWork = 3

// commands returns the commands of the whole screen.
func (m *Model) commands() []pane.Command {
	return []pane.Command{
		{Name: "interrupt", Help: "cancel what runs, or quit", Keys: []string{"ctrl+c"}, Run: m.interrupt},
		{Name: "back", Help: "go back one step, or cancel what is being read", Keys: []string{"esc"}, Motion: true, Run: m.back},
		{Name: "help", Help: "list all keys and commands", Keys: []string{"?", "f1"}, Disabled: m.helpOpen, Run: m.help},

		{Name: "palette", Help: "run a command by name", Keys: []string{":", "ctrl+p"}, Hint: "command", Arg: "text", Run: m.palette},
		{Name: "review", Help: "review staged changes, and commit them", Keys: []string{"ctrl+s"}, Hint: "review", Disabled: m.nothingStaged, Run: does(pane.Review{})},
		{Name: "undo-commit", Help: "stage what takes the last commit back", Disabled: m.nothingCommitted, Run: does(pane.UndoCommit{})},
		{Name: "tables", Help: "go to the list of tables", Keys: []string{"1"}, Disabled: m.nothingOpen, Run: m.panel(0)},
		{Name: "rows", Help: "go to the rows", Keys: []string{"2"}, Disabled: m.nothingOpen, Run: m.panel(1)},
		{Name: "value", Help: "go to the selected value", Keys: []string{"3"}, Disabled: m.nothingOpen, Run: m.panel(2)},
		{Name: "console", Help: "write and run statements", Keys: []string{"4"}, Disabled: m.noConsole, Run: does(pane.ShowConsole{})},
		{Name: "next-panel", Help: "go to the next panel", Keys: []string{"tab"}, Disabled: m.nothingOpen, Motion: true, Run: m.step(1)},
		{Name: "previous-panel", Help: "go to the panel before", Keys: []string{"shift+tab"}, Disabled: m.nothingOpen, Motion: true, Run: m.step(-1)},
		{Name: "zoom", Help: "give the panel the whole screen, or take it back", Keys: []string{"+", "_"}, Disabled: m.nothingOpen, Run: does(pane.Zoom{})},
		{Name: "open", Help: "open a table", Arg: "table", Complete: m.tableNames, Disabled: m.nothingOpen, Run: m.openNamed},
		{Name: "database", Help: "open another database", Arg: "path", Complete: m.targets, Run: m.openDatabase},
		{Name: "reload", Help: "read everything again", Keys: []string{"R"}, Disabled: m.nothingOpen, Run: does(pane.Reload{})},
		{Name: "info", Help: "show what the database is, and how its space is used", Keys: []string{"I"}, Disabled: m.nothingOpen, Run: m.readInfo},
		{Name: "log", Help: "show what happened", Keys: []string{"@"}, Run: m.showLog},
		{Name: "theme", Help: "change the theme, by its name or file", Arg: "name", Complete: themeNames, Preview: previewTheme, Run: m.pickTheme},
		{Name: "mouse", Help: "turn the mouse on or off (off, the terminal selects text)", Keys: []string{"m"}, Run: m.toggleMouse},
		{Name: "discard", Help: "drop all staged changes", Disabled: m.nothingStaged, Run: m.confirmDiscard},
		{Name: "drop-table", Help: "remove a table and its rows, for good", Arg: "table", Complete: m.tableNames, Disabled: m.noDrop, Run: m.dropNamed},
		{Name: "unlock", Help: "allow writing to a production database for a while", Disabled: m.noUnlock, Run: m.confirmUnlock},
		{Name: "lock", Help: "allow no more writing to a production database", Disabled: m.noLock, Run: does(pane.Lock{})},
		{Name: "suspend", Help: "go back to the shell for a while (fg returns)", Keys: []string{"ctrl+z"}, Run: suspend},
		{Name: "quit", Help: "quit", Keys: []string{"q"}, Run: does(pane.Quit{})},
	}
}

// does returns a Run that asks for an action.
func does(act pane.Action) func(string) (pane.Action, tea.Cmd) {
	return func(string) (pane.Action, tea.Cmd) { return act, nil }
}

func suspend(string) (pane.Action, tea.Cmd) { return nil, tea.Suspend }

func (m *Model) nothingOpen() string {
	if m.open == nil {
		return "no database is open"
	}
	return ""
}

func (m *Model) nothingStaged() string {
	switch {
	case m.past != nil:
		return m.env.ReadOnly
	case m.env.Changes.Len() == 0:
		return "nothing is staged"
	}
	return ""
}

func (m *Model) nothingCommitted() string {
	switch {
	case m.past != nil:
		return m.env.ReadOnly
	case m.commits.undo == nil:
		return "nothing was committed since the database was opened"
	}
	return ""
}

// helpOpen keeps the help from opening over itself, and from being a key
// while it is there to be searched.
func (m *Model) helpOpen() string {
	if m.top().ID() == help.ID {
		return "the help is open"
	}
	return ""
}

// interrupt cancels what runs. When nothing does, or for the second time in a
// row, it quits.
func (m *Model) interrupt(string) (pane.Action, tea.Cmd) {
	switch {
	case m.asked != nil && m.top() == m.asked:
		return pane.QuitNow{}, nil
	case m.cancelReads():
		return pane.Notice{Text: "Canceled. ctrl+c again quits."}, nil
	}
	return pane.Quit{}, nil
}

// cancelReads abandons all reads that the user can see, and reports whether
// there were any.
func (m *Model) cancelReads() bool {
	any := false
	for _, a := range m.env.Tasks.Activities("") {
		if a.Visible() && !a.Write {
			any = m.env.Tasks.Cancel(a.Slot) || any
		}
	}
	if any {
		m.start.SetOpening("")
	}
	return any
}

// back goes back from the nearest thing there is to go back from.
func (m *Model) back(string) (pane.Action, tea.Cmd) {
	switch {
	case len(m.overlays) > 0:
		return pane.Close{}, nil
	case m.cancelReads():
		return pane.Notice{Text: "Canceled."}, nil
	case m.open == nil:
		return pane.Quit{}, nil
	case m.screen.zoomed:
		return pane.Zoom{}, nil
	case m.focus != m.grid:
		return pane.Focus{ID: m.grid.ID()}, nil
	}
	return nil, nil
}

func (m *Model) help(string) (pane.Action, tea.Cmd) {
	return nil, m.push(help.New(m.env, m.entries()))
}

func (m *Model) palette(text string) (pane.Action, tea.Cmd) {
	return nil, m.push(palette.New(m.env, m.entries(), &m.history, text))
}

// entries lists all commands: first those of the pane that takes the input,
// then those of the screen, then those of the panels. Of each, what only moves
// about comes last.
func (m *Model) entries() []pane.Entry {
	var out []pane.Entry
	add := func(section string, commands []pane.Command) {
		for _, motions := range []bool{false, true} {
			for i := range commands {
				if commands[i].Motion == motions {
					out = append(out, pane.Entry{Section: section, Command: &commands[i]})
				}
			}
		}
	}
	top := m.top()
	add(section(top), top.Commands())
	add("Everywhere", m.globals())
	if len(m.overlays) > 0 || m.open == nil {
		return out
	}
	for _, p := range m.panels() {
		if p != top {
			add(section(p), p.Commands())
		}
	}
	return out
}

// sections names the panes whose ID is not their name.
var sections = map[string]string{
	"objects": "Tables", "grid": "Rows", "console": "Console", "value": "Value", "profiles": "Open a database",
}

// section returns what the help calls a pane.
func section(p pane.Pane) string {
	if s, ok := sections[p.ID()]; ok {
		return s
	}
	return p.ID()
}

func (m *Model) panel(i int) func(string) (pane.Action, tea.Cmd) {
	return func(string) (pane.Action, tea.Cmd) {
		m.focusOn(m.panels()[i])
		return nil, nil
	}
}

func (m *Model) step(d int) func(string) (pane.Action, tea.Cmd) {
	return func(string) (pane.Action, tea.Cmd) {
		m.focusStep(d)
		return nil, nil
	}
}

func (m *Model) tableNames() []string { return m.objects.Names() }

func (m *Model) targets() []string {
	var names []string
	for _, e := range m.options.Profiles {
		if e.Name != "" {
			names = append(names, e.Name)
		} else {
			names = append(names, e.Target)
		}
	}
	return names
}

func themeNames() []string { return append(themes.Names(), autoTheme) }

func previewTheme(name string) pane.Action { return pane.PreviewTheme{Name: name} }

func (m *Model) openNamed(name string) (pane.Action, tea.Cmd) {
	if name == "" {
		return pane.Run{Name: "palette", Arg: "open "}, nil
	}
	return pane.OpenTable{Name: name}, nil
}

func (m *Model) openDatabase(target string) (pane.Action, tea.Cmd) {
	if target == "" {
		return pane.Run{Name: "palette", Arg: "database "}, nil
	}
	return pane.OpenTarget{Target: target}, nil
}

func (m *Model) pickTheme(name string) (pane.Action, tea.Cmd) {
	if name == "" {
		return pane.Run{Name: "palette", Arg: "theme "}, nil
	}
	return pane.SetTheme{Name: name}, nil
}

func (m *Model) showLog(string) (pane.Action, tea.Cmd) {
	return nil, m.push(dialog.NewLogView(m.env, &m.status.log))
}

func (m *Model) toggleMouse(string) (pane.Action, tea.Cmd) {
	m.screen.mouse = !m.screen.mouse
	if m.screen.mouse {
		return pane.Notice{Text: "The mouse is on. Hold shift to select text with it."}, nil
	}
	return pane.Notice{Text: "The mouse is off: it selects text."}, nil
}

func (m *Model) confirmDiscard(string) (pane.Action, tea.Cmd) {
	return pane.Confirm{
		Title: "Discard", Text: are(m.env.Changes.Len()) + ". Drop them all? u brings them back.",
		Yes: "Drop them", Then: pane.Discard{},
	}, nil
}
