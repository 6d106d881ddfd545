// Package edit holds the overlays in which rows are changed: the editor of one
// cell, and the form of a new row.
//
// What is typed is checked at each key by the type of its column, and is kept
// byte for byte, whatever was pasted. Nothing is written: what is accepted is
// added to the set of staged changes, for the row that the editor was opened
// on and no other.
package edit

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/pane/input"
	"github.com/rowan-db/rowan/tui/style"
)

// CellID is the name of the editor of a cell.
const CellID = "edit"

// longText is the number of bytes from which a text is edited in an area.
const longText = 200

// Cell edits one cell.
type Cell struct {
	env *pane.Env
	// What can be done in a line and in an area: enter is not the same.
	inLine, inArea []pane.Command

	edit   pane.EditCell
	column *store.Column
	old    tuple.Value // in the database, or in the staged insert
	staged bool        // another value is staged already

	box   input.Model
	null  bool
	given given
	err   string // why what is typed will not do

	opened        bool // the user's own editor is to be started at once
	width, height int
}

// NewCell returns an editor. It begins with what is staged for the cell, if
// anything is.
func NewCell(env *pane.Env, act pane.EditCell) *Cell {
	c := &Cell{env: env, edit: act, column: act.Schema.ColumnAt(act.Column)}
	c.old = act.Schema.ValueAt(&act.Row, act.Column)
	now := c.old
	if st, ok := env.Changes.Find(act.Schema.Name, act.Row.Key); ok && act.Inserted == 0 {
		c.old = act.Schema.ValueAt(&st.Before, act.Column)
		if st.Change.Op == store.Update {
			now = act.Schema.ValueAt(&st.After, act.Column)
		}
		c.staged = now != c.old
	}
	c.set(now)
	c.inLine = c.buildCommands("enter", "ctrl+s")
	c.inArea = c.buildCommands("ctrl+s")
	return c
}

// set puts a value into the editor.
func (c *Cell) set(v tuple.Value) {
	text := editText(c.column, v)
	c.null, c.given = v.IsNull(), given{v, text}
	if isLong(c.column, text) {
		c.box = input.Area(text)
	} else {
		c.box = input.Line(text)
	}
	c.check()
}

// isLong reports whether a text needs more than a line.
func isLong(c *store.Column, text string) bool {
	return strings.Contains(text, "\n") || len(text) > longText || c.Kind == tuple.KindJSON || c.Kind == tuple.KindBytes
}

// ID implements [pane.Pane].
func (c *Cell) ID() string { return CellID }

// Commands implements [pane.Pane].
func (c *Cell) Commands() []pane.Command {
	if c.box.IsArea() {
		return c.inArea
	}
	return c.inLine
}

// Typing implements [pane.Typer].
func (c *Cell) Typing() bool { return true }

func (c *Cell) buildCommands(stage ...string) []pane.Command {
	return []pane.Command{
		{Name: "stage", Help: "stage the change", Keys: stage, Hint: "stage", Disabled: c.bad, Run: c.stage},
		{Name: "set-null", Help: "make the cell NULL, or take that back", Keys: []string{"ctrl+n"}, Hint: "NULL", Disabled: c.noNull, Run: c.toggleNull},
		{Name: "restore", Help: "put back what the database holds", Keys: []string{"ctrl+r"}, Motion: true, Run: c.restore},
		{Name: "editor", Help: "edit in your own editor", Keys: []string{"ctrl+o"}, Hint: "editor", Run: c.external},
		{Name: "cancel", Help: "leave the cell as it is", Keys: []string{"esc"}, Hint: "cancel", Run: closes},
	}
}

func closes(string) (pane.Action, tea.Cmd) { return pane.Close{}, nil }

// Init starts the user's own editor if that was asked for.
func (c *Cell) Init() tea.Cmd {
	if !c.edit.External || c.opened {
		return nil
	}
	c.opened = true
	return func() tea.Msg { return openEditor{} }
}

// Update implements [pane.Pane].
func (c *Cell) Update(msg tea.Msg) (pane.Action, tea.Cmd) {
	switch msg := msg.(type) {
	case openEditor:
		return c.external("")
	case edited:
		return c.editorDone(msg)
	}
	if c.box.Update(msg) {
		c.null = false
		c.check()
	}
	return nil, nil
}

// check reads what is typed.
func (c *Cell) check() {
	c.err = ""
	if _, err := c.value(); err != nil {
		c.err = reason(err)
	}
}

// value returns what is typed, as a value of the column.
func (c *Cell) value() (tuple.Value, error) {
	if c.null {
		return tuple.Null, nil
	}
	return c.given.parse(c.column, c.box.Value())
}

func (c *Cell) bad() string { return c.err }

func (c *Cell) noNull() string {
	if !c.column.Nullable {
		return "the column cannot hold NULL"
	}
	return ""
}

func (c *Cell) toggleNull(string) (pane.Action, tea.Cmd) {
	c.null = !c.null
	c.check()
	return nil, nil
}

func (c *Cell) restore(string) (pane.Action, tea.Cmd) {
	area := c.box.IsArea()
	width, height := c.width, c.height
	c.set(c.old)
	if area && !c.box.IsArea() {
		c.box = input.Area(c.box.Value())
	}
	c.SetSize(width, height)
	return nil, nil
}

// stage adds the change to the set of staged changes.
func (c *Cell) stage(string) (pane.Action, tea.Cmd) {
	v, err := c.value()
	if err == nil {
		if c.edit.Inserted != 0 {
			err = c.env.Changes.EditInserted(c.edit.Inserted, c.edit.Column, v)
		} else {
			err = c.env.Changes.Edit(c.edit.Schema, c.edit.Row, c.edit.Column, v)
		}
	}
	if err != nil {
		c.err = reason(err)
		return nil, nil
	}
	return pane.Actions{pane.Close{}, pane.Staged{}}, nil
}

// Title implements [pane.Titled].
func (c *Cell) Title() []style.Span {
	return []style.Span{style.Plain(" Edit " + c.edit.Schema.Name + " · " + c.column.Name + " · " + describe(c.column) + " ")}
}

// Footer implements [pane.Titled].
func (c *Cell) Footer() []style.Span { return nil }

// Size implements [pane.Sizer].
func (c *Cell) Size(maxWidth, maxHeight int) (width, height int) {
	if c.box.IsArea() {
		const least, most = 6, 20
		width = min(maxWidth, 100)
		text := c.box.Value()
		rows := strings.Count(text, "\n") + len(text)/max(width, 1) + 2
		return width, min(maxHeight, c.chrome()+min(max(rows, least), most))
	}
	return min(maxWidth, 72), min(maxHeight, c.chrome()+1)
}

// SetSize implements [pane.Pane].
func (c *Cell) SetSize(width, height int) {
	c.width, c.height = max(width, 0), max(height, 0)
	c.box.SetSize(c.boxWidth(), max(1, c.height-c.chrome()))
}

const margin = 1

func (c *Cell) boxWidth() int { return max(c.width-2*margin, 0) }

// above is the number of lines above the input, below that of those below it.
const above, below = 4, 2

func (c *Cell) chrome() int { return above + below }

// View implements [pane.Pane].
func (c *Cell) View() string {
	l := c.env.Styles.Overlay
	lines := c.head()
	lines = append(lines, c.inputLines()...)
	lines = append(lines, c.line(), c.line(c.message()))
	for len(lines) < c.height {
		lines = append(lines, style.Line(l.Text(), c.width))
	}
	return strings.Join(lines[:c.height], "\n")
}

// line returns a line with a margin.
func (c *Cell) line(spans ...style.Span) string {
	l := c.env.Styles.Overlay
	return style.Line(l.Text(), c.width, append([]style.Span{style.Plain(strings.Repeat(" ", margin))}, spans...)...)
}

// head says which cell it is, and what it holds.
func (c *Cell) head() []string {
	l := c.env.Styles.Overlay
	key := c.edit.Row.Key.String()
	if c.edit.Inserted != 0 {
		key = "new row"
	}
	was := "was "
	if c.staged {
		was = "staged; was "
	}
	return []string{
		c.line(style.Span{SGR: l.Of(themes.Key), Text: key}),
		c.line(append([]style.Span{{SGR: l.Muted(), Text: was}}, shown(l, c.old)...)...),
		c.line(),
		c.line(style.Span{SGR: c.env.Styles.Form.Focused, Text: "now"}),
	}
}

// inputLines draws the input.
func (c *Cell) inputLines() []string {
	l := c.env.Styles.Overlay
	if c.null {
		lines := []string{c.line(style.Span{SGR: l.Of(themes.Null), Text: nullText}, style.Span{SGR: l.Muted(), Text: "  typing makes it a value"})}
		for len(lines) < max(1, c.height-c.chrome()) {
			lines = append(lines, c.line())
		}
		return lines
	}
	var lines []string
	pad := l.Text().Render(strings.Repeat(" ", min(margin, c.width)))
	for _, s := range c.box.Lines(c.env.Styles.Form.Button, l.Escape()) {
		lines = append(lines, pad+s+l.Text().Render(strings.Repeat(" ", max(0, c.width-c.boxWidth()-margin))))
	}
	return lines
}

// message says what is wrong, or what is special about the input.
func (c *Cell) message() style.Span {
	l := c.env.Styles.Overlay
	switch {
	case c.err != "":
		return style.Span{SGR: c.env.Styles.Form.Error, Text: "✗ " + c.err}
	case !c.null && c.box.Value() == "" && c.column.Kind == tuple.KindText:
		return style.Span{SGR: l.Muted(), Text: "the empty text ''"}
	case c.box.IsArea():
		return style.Span{SGR: l.Muted(), Text: display.Bytes(int64(len(c.box.Value()))) + " · ctrl+s stages, enter begins a line"}
	}
	return style.Span{}
}

// Cursor implements [pane.Cursorer].
func (c *Cell) Cursor() *tea.Cursor {
	if c.null || c.height <= above {
		return nil
	}
	x, y := c.box.Cursor()
	return tea.NewCursor(min(margin+x, max(c.width-1, 0)), min(above+y, c.height-1))
}
