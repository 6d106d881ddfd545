// Package tui is the program's screen: a header, panels for the tables, the
// rows and the selected value, a line of hints, and overlays above them.
//
// [Model] is a router. It owns what is open, the panes and where they stand,
// and knows nothing of rows: keys go to the pane that has the focus, results
// to the pane that asked for them, and what a pane asks of others, a
// [pane.Action], is carried out at once. Nothing here does I/O on the update
// loop.
//
// Staged changes survive: they are kept in a journal by whoever opens the
// database, so that quitting, a lost connection or a crash loses none.
package tui

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/console"
	"github.com/rowan-db/rowan/tui/grid"
	"github.com/rowan-db/rowan/tui/objects"
	"github.com/rowan-db/rowan/tui/palette"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/profiles"
	"github.com/rowan-db/rowan/tui/task"
	"github.com/rowan-db/rowan/tui/value"
)

// Options say what the program begins with.
type Options struct {
	// Open opens a database. It runs on another goroutine, and gives up when
	// ctx ends. It fails with a [*NeedPassword] if only the user knows the
	// password. Without it only Store can be shown.
	Open func(ctx context.Context, r Request) (*store.Store, Opened, error)
	// Store is a database that is open already, or nil, with what else is
	// known of it. The model closes it.
	Store  *store.Store
	Opened Opened
	// Table is the table to show first, empty for none.
	Table string
	// Profiles lists the databases to choose from.
	Profiles []Entry
	// Book changes profiles, nil if they cannot be.
	Book profiles.Book
	// Trouble, if not nil, is what went wrong before the start without standing
	// in its way, such as a file of profiles that cannot be read. It is shown.
	Trouble error
	// Theme is the user's choice, nil to go by the terminal's background.
	Theme *themes.Theme
	// Now is the clock, time.Now if nil.
	Now func() time.Time
}

// Request says which database to open, and how.
type Request struct {
	// Target is what the user calls it: a path, a URL or a profile's name.
	Target string
	// ReadOnly opens it without a way to write it.
	ReadOnly bool
	// Unlock opens one for writing that is otherwise opened read-only because
	// of its Opened.Unlock. Of what is known of it only the store is wanted.
	Unlock bool
	// Password is what the user has typed, empty if nothing.
	Password string
}

// NeedPassword is returned by Options.Open if the user has to be asked.
type NeedPassword struct {
	// Question names what the password is of.
	Question string
	// Again tells that the one that was given is wrong.
	Again bool
}

// Error returns the question as a statement.
func (e *NeedPassword) Error() string { return "a password is needed: " + e.Question }

// Entry is a database that the start screen offers.
type Entry = profiles.Entry

// Opened is what is known of an open database besides its store.
type Opened struct {
	// Changes holds what is staged, also what an earlier run has left. The
	// model closes it. Nil is an empty set in memory.
	Changes *store.ChangeSet
	// Journal is the file that Changes is kept in, empty if it is in memory
	// only.
	Journal string
	// Name is what people call the database; empty for the store's own name.
	Name string
	// Target is how the command line names the database, without secrets.
	Target string
	// Environment is "dev", "staging", "prod" or empty.
	Environment string
	// Color is that of the database's badge, as package style names it; empty
	// for the usual one.
	Color string
	// Unlock, if positive, tells that the store was opened read-only to guard
	// the database, and for how long it can be written once it is unlocked.
	Unlock time.Duration
	// Theme, if not nil, is used while this database is open.
	Theme *themes.Theme
	// Notes are to be told to the user.
	Notes []string
}

// rootID is the owner of the root's own calls.
const rootID = "root"

// Model is the whole screen. It is a [tea.Model].
type Model struct {
	options Options
	env     *pane.Env
	shelf   shelf
	open    *database // nil if none is

	start    *profiles.Model // shown while no database is open
	objects  *objects.Model
	grid     *grid.Model
	value    *value.Model
	console  *console.Model // nil until it was opened
	focus    pane.Pane
	overlays []pane.Pane // the last one takes the input
	asked    pane.Pane   // the question whether to quit, once it was asked

	screen  screen
	look    look
	status  status
	history palette.History
	commits commits
	guard   guard
	past    *past         // the kept state that is shown, nil in the present
	shown   []*comparison // those that the grid shows or leads back to
	names   keptNames     // to choose from
	global  []pane.Command
}

// New returns the model. Its calls end when ctx does. Close must be called
// when it is not used any more.
func New(ctx context.Context, o Options) *Model {
	if o.Now == nil {
		o.Now = time.Now
	}
	m := &Model{options: o, env: &pane.Env{
		Tasks:   task.NewRunner(ctx, task.WithClock(o.Now)),
		Changes: store.NewChangeSet(),
		Now:     o.Now,
	}}
	m.look.chosen = o.Theme
	m.restyle()
	m.global = slices.Concat(m.commands(), m.upkeepCommands(), m.pastCommands())
	m.start = profiles.New(m.env, o.Profiles, o.Book)
	m.focus = m.start
	m.newPanels()
	return m
}

// newPanels makes panels that show nothing yet.
func (m *Model) newPanels() {
	m.objects, m.grid, m.value = objects.New(m.env), grid.New(m.env), value.New(m.env)
}

// Close cancels what runs, waits for it, and closes what is open. It may be
// called more than once.
func (m *Model) Close() error {
	m.env.Tasks.Close()
	return m.shelf.closeAll()
}

// Init implements [tea.Model].
func (m *Model) Init() tea.Cmd {
	cmds := []tea.Cmd{m.askBackground()}
	if s := m.options.Store; s != nil {
		db := &database{store: s, Opened: m.options.Opened}
		m.shelf.add(db)
		cmds = append(cmds, m.show(db))
	}
	if err := m.options.Trouble; err != nil {
		cmds = append(cmds, m.report(pane.Report{Err: err}))
	}
	if m.options.Table != "" {
		cmds = append(cmds, m.do(nil, pane.OpenTable{Name: m.options.Table}))
	}
	return tea.Batch(cmds...)
}

// Update implements [tea.Model]. Results go to the pane that asked, if they
// are still wanted; input to the top overlay or the pane with the focus;
// anything else to all panes, who know their own.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.screen.width, m.screen.height = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		m.background(msg.IsDark())
	case tea.KeyPressMsg:
		cmd = m.key(msg)
	case tea.PasteMsg:
		cmd = m.send(m.top(), msg)
	case tea.MouseMsg:
		cmd = m.mouse(msg)
	case task.Tick:
		cmd = m.env.Tasks.Ticked()
	case expired:
		m.status.expire(msg)
	case profiles.Changed:
		m.options.Profiles = msg.Entries
		m.start.SetEntries(msg.Entries)
	case guardTick:
		cmd = m.guardTicked(msg)
	case task.Result:
		cmd = m.deliver(msg)
	default:
		cmd = m.broadcast(msg)
	}
	return m, tea.Batch(cmd, m.releaseComparisons(), m.arrange(), m.env.Tasks.Animate())
}

// panes returns all panes that are there, whether they are on the screen or
// not.
func (m *Model) panes() []pane.Pane {
	all := []pane.Pane{m.objects, m.grid, m.value}
	if m.console != nil {
		all = append(all, m.console)
	}
	if m.open == nil {
		all = []pane.Pane{m.start}
	}
	return append(all, m.overlays...)
}

// top returns the pane that takes the input.
func (m *Model) top() pane.Pane {
	if n := len(m.overlays); n > 0 {
		return m.overlays[n-1]
	}
	return m.focus
}

// send gives msg to p and does what p asks for.
func (m *Model) send(p pane.Pane, msg tea.Msg) tea.Cmd {
	return m.from(p)(p.Update(msg))
}

// from returns the function that carries out what p asks for.
func (m *Model) from(p pane.Pane) func(pane.Action, tea.Cmd) tea.Cmd {
	return func(act pane.Action, cmd tea.Cmd) tea.Cmd {
		return tea.Batch(cmd, m.do(p, act))
	}
}

func (m *Model) broadcast(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	for _, p := range m.panes() {
		cmds = append(cmds, m.send(p, msg))
	}
	return tea.Batch(cmds...)
}

// deliver gives a result to the pane that asked for it. It drops one that came
// too late, or whose pane has gone.
func (m *Model) deliver(res task.Result) tea.Cmd {
	wanted := m.env.Tasks.Finish(res.Ticket())
	owner := res.Ticket().Slot.Pane
	if owner == rootID {
		return m.result(res, wanted)
	}
	for _, p := range m.panes() {
		if wanted && p.ID() == owner {
			return m.send(p, res)
		}
	}
	return nil
}
