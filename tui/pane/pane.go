// Package pane defines what the parts of the screen have in common: how they
// are drawn and driven, what they offer to do, and what they ask for.
//
// A pane knows itself and the [Env] that all share, never another pane. What
// concerns others it returns as an [Action], a value that the program's root
// carries out at once and in order. What it offers is a table of [Command]s:
// keys, the hint line, the help, the palette and docs/KEYS.md all come from
// that table, so that none of them can name what does not exist.
package pane

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/tui/style"
)

// Pane is a part of the screen. Its methods run on the update loop, and do no
// I/O: slow work goes through Env.Tasks.
type Pane interface {
	// ID is the name that the pane's task slots carry. It never changes.
	ID() string
	// Update handles what is not a command of the pane: results of its own
	// calls, ticks, text, mouse. It changes nothing but the pane.
	Update(msg tea.Msg) (Action, tea.Cmd)
	// Commands lists what can be done here. The slice and its entries stay
	// the same; whether one is possible now is for Command.Disabled to say.
	Commands() []Command
	// View draws the pane's inside at the size last set: at most height lines
	// of exactly width cells. It changes nothing.
	View() string
	// SetSize sets the size of the pane's inside. Both may be 0.
	SetSize(width, height int)
}

// Optional interfaces of panes.
type (
	// Titled is a pane with text in the edges of its frame. The spans make it
	// safe to show, so it may hold names from the data as they are.
	Titled interface {
		Title() []style.Span  // in the upper edge, on the left
		Footer() []style.Span // in the lower edge
	}
	// Noted is a pane with text in its upper edge on the right, which is the
	// first to go where there is no room.
	Noted interface{ Note() []style.Span }
	// Focuser looks different when it has the focus.
	Focuser interface{ SetFocus(focused bool) }
	// Fronted is a pane that does something when it gets the focus.
	Fronted interface {
		Focused() (Action, tea.Cmd)
	}
	// Cursorer shows the terminal's cursor, relative to its inside's corner.
	Cursorer interface{ Cursor() *tea.Cursor }
	// Typer takes text while Typing reports true: keys that produce text go to
	// Update, and only commands on other keys are looked for.
	Typer interface{ Typing() bool }
	// Sizer is an overlay that wants a certain size of its inside, given the
	// largest that the screen has room for. It never gets more than that.
	Sizer interface {
		Size(maxWidth, maxHeight int) (width, height int)
	}
	// Watcher is told when the change set changed, by whatever pane: after an
	// edit, an undo, a commit.
	Watcher interface {
		Staged() (Action, tea.Cmd)
	}
	// Committer is told what became of a commit, after the Watchers were.
	Committer interface {
		Committed(r *store.CommitResult) (Action, tea.Cmd)
	}
	// Closer is a pane that has calls or data to give up when it goes.
	Closer interface{ Close() }
)

// Production is the Environment in which whatever cannot be taken back asks
// for the database's name to be typed.
const Production = "prod"

// Command is something that can be done in a pane.
type Command struct {
	// Name is what the palette calls it: lower case, words joined by "-".
	Name string
	// Help says what it does, in a few words that begin with a verb in lower
	// case.
	Help string
	// Keys are the keys that run it, as Bubble Tea spells them. The first is
	// the one shown. A command without keys is for the palette only.
	Keys []string
	// Hint is its label in the hint line, one word or two; empty keeps it out.
	Hint string
	// Arg names the argument that the palette asks for, such as "key"; empty
	// if there is none. With a key, Run gets "".
	Arg string
	// Optional tells that the palette runs the command also without it.
	Optional bool
	// Complete lists arguments to choose from. Nil offers none.
	Complete func() []string
	// Preview asks for what shows the effect of an argument while it is only
	// selected in the palette; with "" it takes that back. Nil shows nothing.
	Preview func(arg string) Action
	// Motion tells that the command only moves about, or edits what is being
	// typed: the palette leaves it out.
	Motion bool
	// Disabled says why the command cannot be run now, or returns "". Nil
	// means always possible.
	Disabled func() string
	// Run does it.
	Run func(arg string) (Action, tea.Cmd)
}

// FileArg takes the argument of a command that writes a file apart: the name,
// and whether a file of that name may be replaced, which ! behind it says.
func FileArg(arg string) (path string, replace bool) {
	return strings.CutSuffix(strings.TrimSpace(arg), "!")
}

// Reason returns why c cannot be run now, or "".
func (c *Command) Reason() string {
	if c.Disabled == nil {
		return ""
	}
	return c.Disabled()
}

// Entry is a command with the name of the part of the screen it belongs to.
type Entry struct {
	Section string
	Command *Command
}

// Label returns a key as people read it.
func Label(key string) string {
	switch key {
	case "up":
		return "↑"
	case "down":
		return "↓"
	case "left":
		return "←"
	case "right":
		return "→"
	case "pgup":
		return "PgUp"
	case "pgdown":
		return "PgDn"
	}
	return key
}

// Labels returns all keys of the command as people read them.
func (c *Command) Labels() string {
	labels := make([]string, len(c.Keys))
	for i, k := range c.Keys {
		labels[i] = Label(k)
	}
	return strings.Join(labels, " ")
}

// ArgLabel returns the name of the argument as people read it: in capitals, and
// in brackets if it may be left out.
func (c *Command) ArgLabel() string {
	label := strings.ToUpper(c.Arg)
	if c.Optional {
		label = "[" + label + "]"
	}
	return label
}

// Match returns the command that a key runs, or nil. While text is being typed
// a key that produces text matches nothing.
func Match(commands []Command, k tea.KeyPressMsg, typing bool) *Command {
	if typing && k.Text != "" {
		return nil
	}
	name := k.String()
	for i := range commands {
		for _, key := range commands[i].Keys {
			if key == name {
				return &commands[i]
			}
		}
	}
	return nil
}

// Refusal returns the notice that something cannot be done. The reason is a
// phrase, as Command.Disabled returns it, or a database's own sentence.
func Refusal(why string) Notice {
	return Notice{Text: "Blocked: " + strings.TrimSuffix(why, ".") + ".", Level: Blocked}
}

// Do runs c, or reports why it cannot be run.
func (c *Command) Do(arg string) (Action, tea.Cmd) {
	if why := c.Reason(); why != "" {
		return Refusal(why), nil
	}
	return c.Run(arg)
}
