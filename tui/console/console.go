// Package console is the pane in which statements are written and run, in the
// database's own language.
//
// It runs the statement that the cursor is in, or all of them, one after the
// other until one fails, in one session: a transaction that one begins, the next
// is in. What they return, the grid shows. A key press never waits: statements
// run on another goroutine, and esc cancels one in the database.
//
// What was run is remembered from one time to the next, except what may hold a
// password. The pane never decides whether a statement may be run: the database
// does, which is open for reading only if the program is. It only asks before
// one that is likely to concern more than was meant.
package console

import (
	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/pane/input"
	"github.com/rowan-db/rowan/tui/task"
)

// ID is the pane's ID.
const ID = "console"

// The slots of the pane's calls.
var (
	slotRun      = task.Slot{Pane: ID, Name: "statement"}
	slotComplete = task.Slot{Pane: ID, Name: "complete"}
	slotHistory  = task.Slot{Pane: ID, Name: "history"}
)

// Model is the pane. It is a [pane.Pane].
type Model struct {
	env      *pane.Env
	commands []pane.Command
	session  *session
	field    input.Model
	painted  painted

	// entries are the statements of the last run, of which shown is the one
	// that is told about.
	entries []entry
	shown   int
	queue   []string // that are still to be run
	inTx    bool
	asked   []string // what waits for the user's agreement

	history history
	choice  choice

	width, height int
	focused       bool
}

// New returns a console with an empty text. What is run is remembered in a file,
// unless its name is empty.
func New(env *pane.Env, file string) *Model {
	m := &Model{env: env, session: &session{store: env.Store}, field: input.Area("")}
	m.history.file = file
	m.commands = m.newCommands()
	return m
}

// Init implements what an opened pane does first: it reads what was run before.
func (m *Model) Init() tea.Cmd { return m.readHistory() }

// ID implements [pane.Pane].
func (m *Model) ID() string { return ID }

// Commands implements [pane.Pane].
func (m *Model) Commands() []pane.Command { return m.commands }

// Typing implements [pane.Typer].
func (m *Model) Typing() bool { return true }

// SetFocus implements [pane.Focuser].
func (m *Model) SetFocus(focused bool) { m.focused = focused }

// SetSize implements [pane.Pane].
func (m *Model) SetSize(width, height int) {
	m.width, m.height = max(width, 0), max(height, 0)
	m.field.SetSize(max(m.width-2, 0), m.editorHeight())
}

// Insert puts a text into the editor: after what is there, on lines of its own.
func (m *Model) Insert(text string) {
	if text == "" {
		return
	}
	if before := m.field.Value(); before != "" && before[len(before)-1] != '\n' {
		text = "\n" + text
	}
	m.field.Replace(len(m.field.Value()), len(m.field.Value()), text)
}

// Update implements [pane.Pane].
func (m *Model) Update(msg tea.Msg) (pane.Action, tea.Cmd) {
	if d, ok := msg.(task.Done[ran]); ok {
		return m.runDone(d)
	}
	m.noticeCancel()
	switch msg := msg.(type) {
	case task.Done[candidates]:
		m.completeDone(msg)
	case task.Done[past]:
		m.history.take(msg.Value)
	case tea.KeyPressMsg, tea.PasteMsg:
		m.choice = choice{}
		m.field.Update(msg)
	case tea.MouseWheelMsg:
		m.wheel(msg)
	}
	return nil, nil
}

func (m *Model) wheel(msg tea.MouseWheelMsg) {
	key := tea.KeyPressMsg{Code: tea.KeyDown}
	if msg.Button == tea.MouseWheelUp {
		key.Code = tea.KeyUp
	}
	m.field.Update(key)
}

// InTransaction reports whether a transaction is open in the session.
func (m *Model) InTransaction() bool { return m.inTx }

// language describes the statements; the zero value if there are none.
func (m *Model) language() store.Language {
	if m.env.Store == nil {
		return store.Language{}
	}
	l, _ := m.env.Store.Language()
	return l
}

func (m *Model) newCommands() []pane.Command {
	return []pane.Command{
		{Name: "run", Help: "run the statement that the cursor is in", Keys: []string{"f5", "ctrl+j", "ctrl+enter"}, Hint: "run", Disabled: m.noRun, Run: m.runHere},
		{Name: "run-all", Help: "run all statements, until one fails", Keys: []string{"f6"}, Hint: "run all", Disabled: m.noRun, Run: m.runAll},
		{Name: "complete", Help: "complete the name or keyword, or the next way to", Keys: []string{"tab"}, Hint: "complete", Run: m.complete},
		{Name: "leave-console", Help: "go to the rows", Keys: []string{"esc"}, Hint: "rows", Run: m.leave},
		{Name: "explain", Help: "show how the statement would be run", Keys: []string{"f7"}, Disabled: m.noExplain, Run: m.explain(false)},
		{Name: "analyze", Help: "run the statement and show how that went", Keys: []string{"f8"}, Disabled: m.noAnalyze, Run: m.explain(true)},
		{Name: "older-statement", Help: "recall what was run before", Keys: []string{"ctrl+up", "alt+up"}, Disabled: m.noHistory, Run: m.recall(1)},
		{Name: "newer-statement", Help: "recall what was run after that", Keys: []string{"ctrl+down", "alt+down"}, Disabled: m.noHistory, Run: m.recall(-1)},
		{Name: "previous-result", Help: "show the result of the statement before", Keys: []string{"ctrl+pgup", "alt+pgup"}, Disabled: m.noResults, Run: m.turn(-1)},
		{Name: "next-result", Help: "show the result of the next statement", Keys: []string{"ctrl+pgdown", "alt+pgdown"}, Disabled: m.noResults, Run: m.turn(1)},
		{Name: "export-statement", Help: "run the statement and write all that it returns into a file", Arg: "file", Disabled: m.noRun, Run: m.export},
		{Name: "clear-console", Help: "empty the editor", Run: m.clear},
		{Name: "close-console", Help: "take the console from the screen", Disabled: m.noClose, Run: m.hide},
		{Name: "run-anyway", Help: "run what was asked about", Disabled: m.nothingAsked, Run: m.runAsked},
	}
}

func (m *Model) leave(string) (pane.Action, tea.Cmd) {
	if m.running() {
		m.cancel()
		return pane.Notice{Text: "Canceled."}, nil
	}
	return pane.Focus{ID: "grid"}, nil
}

func (m *Model) hide(string) (pane.Action, tea.Cmd) { return pane.HideConsole{}, nil }

func (m *Model) noClose() string {
	if m.inTx {
		return "a transaction is open in it: run COMMIT or ROLLBACK first"
	}
	return ""
}

func (m *Model) clear(string) (pane.Action, tea.Cmd) {
	m.field.SetValue("")
	m.choice = choice{}
	return nil, nil
}
