// Package profiles is the screen that the program starts with when it is not
// told what to open: the databases that have a profile and those that were
// opened lately, filtered by typing. What is typed may also be a path or a URL.
// [Form] is the form of one profile.
package profiles

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/pane/input"
	"github.com/rowan-db/rowan/tui/style"
	"github.com/rowan-db/rowan/tui/task"
)

// ID is the pane's ID.
const ID = "profiles"

// Entry is a database to choose.
type Entry struct {
	// Name is the profile's, empty for a target that has none.
	Name string
	// Target is a path or URL without secrets.
	Target string
	// Backend is the kind of database, if it is known.
	Backend string
	// Environment is "dev", "staging", "prod" or empty.
	Environment string
	// Color is the profile's, as package style names it, or empty.
	Color    string
	ReadOnly bool
	// Opened is when it was last opened, the zero time if never.
	Opened time.Time
}

// target returns what opens the entry.
func (e *Entry) target() string {
	if e.Name != "" {
		return e.Name
	}
	return e.Target
}

// Model is the pane.
type Model struct {
	env      *pane.Env
	commands []pane.Command
	entries  []Entry
	book     Book // nil if profiles cannot be changed

	input input.Prompt
	shown []int // of entries
	list  pane.List

	opening string // the target that is being opened, empty if none

	width, height int
}

// New returns the pane over entries, which it shows in their order. Without a
// book the profiles cannot be changed.
func New(env *pane.Env, entries []Entry, book Book) *Model {
	m := &Model{env: env, entries: entries, book: book}
	m.commands = append([]pane.Command{
		{Name: "open-database", Help: "open the database, or what is typed", Keys: []string{"enter"}, Hint: "open",
			Disabled: m.nothing, Run: m.open(false)},
		{Name: "open-read-only", Help: "open it without being able to write", Keys: []string{"ctrl+r"}, Hint: "open read-only",
			Disabled: m.nothing, Run: m.open(true)},
		{Name: "new-profile", Help: "make a profile, of what is selected or typed", Keys: []string{"ctrl+n"}, Hint: "new profile",
			Disabled: m.noBook, Run: m.newProfile},
		{Name: "edit-profile", Help: "change the profile", Keys: []string{"ctrl+e"}, Hint: "edit",
			Disabled: m.noProfile, Run: m.editProfile},
		{Name: "remove-profile", Help: "remove the profile", Keys: []string{"ctrl+x"},
			Disabled: m.noProfile, Run: m.removeProfile},
		{Name: "clear-input", Help: "clear what is typed", Keys: []string{"esc"}, Disabled: m.untyped, Run: m.clear},
	}, m.list.Motions(false, nil)...)
	m.search()
	return m
}

// ID implements [pane.Pane].
func (m *Model) ID() string { return ID }

// Commands implements [pane.Pane].
func (m *Model) Commands() []pane.Command { return m.commands }

// Typing implements [pane.Typer].
func (m *Model) Typing() bool { return true }

// SetOpening tells which target is being opened, empty if none is.
func (m *Model) SetOpening(target string) { m.opening = target }

// SetEntries replaces what there is to choose from.
func (m *Model) SetEntries(entries []Entry) {
	m.entries = entries
	m.search()
}

// removeSlot is the call that removes a profile.
var removeSlot = task.Slot{Pane: ID, Name: "remove"}

// selectedEntry returns the entry of the cursor, nil if there is none.
func (m *Model) selectedEntry() *Entry {
	if len(m.shown) == 0 {
		return nil
	}
	return &m.entries[m.shown[m.list.Cursor()]]
}

func (m *Model) noBook() string {
	if m.book == nil {
		return "profiles cannot be changed here"
	}
	return ""
}

func (m *Model) noProfile() string {
	if e := m.selectedEntry(); m.book != nil && (e == nil || e.Name == "") {
		return "no profile is selected"
	}
	return m.noBook()
}

// newProfile opens the form for a target that is typed, or that of the selected
// entry without a profile.
func (m *Model) newProfile(string) (pane.Action, tea.Cmd) {
	typed := strings.TrimSpace(m.input.Value())
	if isPlace(typed) {
		return pane.EditProfile{Target: typed}, nil
	}
	if e := m.selectedEntry(); e != nil && e.Name == "" {
		return pane.EditProfile{Target: e.Target}, nil
	}
	return pane.EditProfile{}, nil
}

func (m *Model) editProfile(string) (pane.Action, tea.Cmd) {
	return pane.EditProfile{Name: m.selectedEntry().Name}, nil
}

// removeProfile removes the selected profile, once the user has agreed: then it
// is run again, with the profile's name.
func (m *Model) removeProfile(agreed string) (pane.Action, tea.Cmd) {
	name := m.selectedEntry().Name
	if agreed != name {
		return pane.Confirm{
			Title: "Remove the profile " + name,
			Text:  "It is removed from the file of profiles, and its password from the keyring. The database is left alone.",
			Yes:   "Remove", Then: pane.Run{Name: "remove-profile", Arg: name},
		}, nil
	}
	book := m.book
	return nil, task.StartWrite(m.env.Tasks, removeSlot, func(ctx context.Context) ([]Entry, error) { return book.Remove(ctx, name) })
}

// Update implements [pane.Pane].
func (m *Model) Update(msg tea.Msg) (pane.Action, tea.Cmd) {
	if d, ok := msg.(task.Done[[]Entry]); ok {
		if d.Err != nil {
			return pane.Report{Err: d.Err}, nil
		}
		return pane.Notice{Text: "Removed the profile.", Level: pane.Success}, func() tea.Msg { return Changed{d.Value} }
	}
	if _, changed := m.input.Update(msg); changed {
		m.search()
	}
	return nil, nil
}

// search finds the entries that contain what is typed.
func (m *Model) search() {
	needle := strings.ToLower(strings.TrimSpace(m.input.Value()))
	m.shown = m.shown[:0]
	for i, e := range m.entries {
		if strings.Contains(strings.ToLower(e.Name+" "+e.Target+" "+e.Environment), needle) {
			m.shown = append(m.shown, i)
		}
	}
	m.list.Resize(len(m.shown), m.listHeight())
	m.list.Select(0)
}

func (m *Model) nothing() string {
	if len(m.shown) == 0 && m.input.Empty() {
		return "type a path, or run rowan demo"
	}
	return ""
}

func (m *Model) untyped() string {
	if m.input.Empty() {
		return "nothing is typed"
	}
	return ""
}

func (m *Model) clear(string) (pane.Action, tea.Cmd) {
	m.input.Set("")
	m.search()
	return nil, nil
}

// open opens the selected entry or, when what is typed looks like a place of
// its own or matches none, just that.
func (m *Model) open(readOnly bool) func(string) (pane.Action, tea.Cmd) {
	return func(string) (pane.Action, tea.Cmd) {
		typed := strings.TrimSpace(m.input.Value())
		if len(m.shown) == 0 || isPlace(typed) && !m.selected(typed) {
			return pane.OpenTarget{Target: typed, ReadOnly: readOnly}, nil
		}
		e := &m.entries[m.shown[m.list.Cursor()]]
		return pane.OpenTarget{Target: e.target(), ReadOnly: readOnly || e.ReadOnly}, nil
	}
}

// isPlace reports whether text is a path or URL rather than part of a name.
func isPlace(text string) bool {
	return strings.ContainsAny(text, `/\`) || strings.HasPrefix(text, "~") || strings.HasPrefix(text, ".")
}

// selected reports whether the selected entry is what is typed or goes on
// from it, so that it is meant.
func (m *Model) selected(typed string) bool {
	return strings.HasPrefix(m.entries[m.shown[m.list.Cursor()]].Target, typed)
}

// Title implements [pane.Titled].
func (m *Model) Title() []style.Span { return []style.Span{style.Plain(" Open a database ")} }

// Footer implements [pane.Titled]: the way out, which is not the same once
// something is typed.
func (m *Model) Footer() []style.Span {
	l := m.env.Styles.Screen
	does := " quit "
	if !m.input.Empty() {
		does = " clear "
	}
	return []style.Span{{SGR: l.Of(themes.HintKey), Text: " esc"}, {SGR: l.Of(themes.HintText), Text: does}}
}

// SetSize implements [pane.Pane].
func (m *Model) SetSize(width, height int) {
	m.width, m.height = width, height
	m.list.Resize(len(m.shown), m.listHeight())
}

// Wants returns the number of lines that show everything.
func (m *Model) Wants() int { return len(m.entries) + 3 }

// listHeight is the lines left below the input, and above the message.
func (m *Model) listHeight() int { return max(0, m.height-3) }

const prompt = " › "

// View implements [pane.Pane].
func (m *Model) View() string {
	if m.height < 1 || m.width <= len(prompt) {
		return ""
	}
	l := m.env.Styles.Screen
	lines := []string{m.inputLine(), l.Of(themes.Border).Render(strings.Repeat("─", m.width))}
	if len(m.shown) == 0 {
		lines = append(lines, m.emptyLines()...)
	}
	first, end := m.list.Window()
	for i := first; i < end; i++ {
		lines = append(lines, m.line(i))
	}
	return strings.Join(lines[:min(len(lines), m.height)], "\n")
}

// promptWidth is the number of cells of the prompt.
const promptWidth = 3

func (m *Model) inputLine() string {
	l := m.env.Styles.Screen
	text, _ := m.input.Draw(m.width - promptWidth)
	look := l.Text()
	if m.input.Empty() {
		look = l.Muted()
		text = style.Line(look, m.width-promptWidth, style.Plain("type to filter, or a path, a URL or a profile"))
	}
	return l.Of(themes.Accent).Render(prompt) + look.Render(text)
}

// emptyLines say what to do when there is nothing to choose.
func (m *Model) emptyLines() []string {
	l := m.env.Styles.Screen
	line := func(spans ...style.Span) string { return style.Line(l.Muted(), m.width, spans...) }
	command := func(text, what string) string {
		return line(style.Span{SGR: l.Of(themes.Accent), Text: fmt.Sprintf("   %-22s", text)}, style.Plain(what))
	}
	if !m.input.Empty() {
		return []string{line(), line(style.Plain(" Nothing matches. enter opens "), style.Span{SGR: l.Text(), Text: m.input.Value()}, style.Plain("."))}
	}
	return []string{
		line(), line(style.Plain(" Nothing has been opened yet. In a shell:")), line(),
		command("rowan demo", "builds a database to try things on"),
		command("rowan FILE", "opens a SQLite or rowan file"),
		command("rowan --help", "lists everything else"),
		line(), line(style.Plain(" Or type a path above, and press enter.")),
	}
}

// Cursor implements [pane.Cursorer].
func (m *Model) Cursor() *tea.Cursor {
	if m.width <= promptWidth {
		return nil
	}
	_, x := m.input.Draw(m.width - promptWidth)
	return tea.NewCursor(promptWidth+x, 0)
}

func (m *Model) line(i int) string {
	e := &m.entries[m.shown[i]]
	l := m.env.Styles.Screen
	if i == m.list.Cursor() {
		l = m.env.Styles.Grid.Cursor
	}
	nameWidth := min(24, m.width/3)
	name := e.Name
	if name == "" {
		name = e.Target[strings.LastIndexAny(e.Target, `/\`)+1:]
	}
	mark := "   "
	if m.opening != "" && m.opening == e.target() {
		mark = " … "
	}
	left := style.Line(l.Text().With(themes.Bold), nameWidth, style.Plain(mark+name))
	return left + style.SplitLine(l.Muted(), m.width-nameWidth, []style.Span{style.Plain(" " + e.Target)}, m.about(e, l))
}

// about returns what is known of an entry, for the end of its line.
func (m *Model) about(e *Entry, l style.Layer) []style.Span {
	var spans []style.Span
	add := func(look style.SGR, text string) {
		if text != "" {
			spans = append(spans, style.Span{SGR: look, Text: text + "  "})
		}
	}
	if e.Environment == pane.Production {
		add(l.Of(themes.Fail).With(themes.Bold), "PROD")
	} else {
		add(l.Of(themes.Warn), e.Environment)
	}
	if e.ReadOnly {
		add(l.Muted(), "read-only")
	}
	add(l.Muted(), e.Backend)
	if !e.Opened.IsZero() {
		add(l.Muted(), ago(m.env.Now().Sub(e.Opened)))
	}
	return spans
}

// ago returns how long something has been, roughly.
func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", d/time.Hour)
	}
	return fmt.Sprintf("%d days ago", d/(24*time.Hour))
}
