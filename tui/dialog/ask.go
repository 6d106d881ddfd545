// Package dialog holds the small overlays that the program itself opens: a
// question, an error, the log of what happened.
package dialog

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/pane/input"
	"github.com/rowan-db/rowan/tui/style"
)

// AskID is the ID of a question.
const AskID = "question"

// Grace is how long a new question takes no answer: keys that were typed
// before it was there to be read are not meant for it.
const Grace = 250 * time.Millisecond

// Choice is an answer to a question.
type Choice struct {
	Label string
	// Then is done when it is chosen; nil only closes the question.
	Then pane.Action
}

// Ask is a question. The first choice is the safe one: it has the focus at
// first, and esc chooses it.
type Ask struct {
	env      *pane.Env
	commands []pane.Command
	since    time.Time

	title, text string
	choices     []Choice
	focus       int

	// word, if not empty, must be typed to choose anything but the first.
	word  string
	typed input.Prompt

	width, height int
}

// NewAsk returns a question. It has at least one choice.
func NewAsk(env *pane.Env, title, text string, choices ...Choice) *Ask {
	a := &Ask{env: env, since: env.Now(), title: title, text: text, choices: choices}
	a.commands = a.newCommands()
	return a
}

// NewConfirm returns the question whether to do something.
func NewConfirm(env *pane.Env, c pane.Confirm) *Ask {
	yes := c.Yes
	if yes == "" {
		yes = "Yes"
	}
	a := NewAsk(env, c.Title, c.Text, Choice{Label: "Cancel"}, Choice{Label: yes, Then: c.Then})
	a.word = c.Word
	if a.word != "" {
		a.focus = 1 // nothing happens before the word is typed
	}
	return a
}

// ID implements [pane.Pane].
func (a *Ask) ID() string { return AskID }

// Commands implements [pane.Pane].
func (a *Ask) Commands() []pane.Command { return a.commands }

func (a *Ask) newCommands() []pane.Command {
	return []pane.Command{
		{Name: "choose", Help: "choose the highlighted answer", Keys: []string{"enter"}, Hint: "choose", Disabled: a.blocked,
			Run: func(string) (pane.Action, tea.Cmd) { return a.choose(a.focus) }},
		{Name: "next-choice", Help: "go to the next answer", Keys: []string{"right", "tab", "down"}, Hint: "next", Motion: true,
			Run: func(string) (pane.Action, tea.Cmd) { return a.move(1) }},
		{Name: "previous-choice", Help: "go to the answer before", Keys: []string{"left", "shift+tab", "up"}, Motion: true,
			Run: func(string) (pane.Action, tea.Cmd) { return a.move(-1) }},
		{Name: "cancel", Help: "change nothing and go back", Keys: []string{"esc"}, Hint: "cancel",
			Run: func(string) (pane.Action, tea.Cmd) { return a.choose(0) }},
	}
}

// blocked says why the highlighted answer cannot be given yet.
func (a *Ask) blocked() string {
	switch {
	case a.focus == 0:
		return ""
	case a.env.Now().Sub(a.since) < Grace:
		return "the question has only just appeared: press it again"
	case a.word != "" && a.typed.Value() != a.word:
		return "type " + a.word + " first"
	}
	return ""
}

func (a *Ask) choose(i int) (pane.Action, tea.Cmd) {
	if a.choices[i].Then == nil {
		return pane.Close{}, nil
	}
	return pane.Actions{pane.Close{}, a.choices[i].Then}, nil
}

func (a *Ask) move(d int) (pane.Action, tea.Cmd) {
	n := len(a.choices)
	a.focus = (a.focus + d + n) % n
	return nil, nil
}

// Typing implements [pane.Typer].
func (a *Ask) Typing() bool { return a.word != "" }

// Update implements [pane.Pane].
func (a *Ask) Update(msg tea.Msg) (pane.Action, tea.Cmd) {
	if a.word != "" {
		a.typed.Update(msg)
	}
	return nil, nil
}

// Title implements [pane.Titled].
func (a *Ask) Title() []style.Span { return []style.Span{style.Plain(" " + a.title + " ")} }

// Footer implements [pane.Titled].
func (a *Ask) Footer() []style.Span { return nil }

// Size implements [pane.Sizer].
func (a *Ask) Size(maxWidth, maxHeight int) (width, height int) {
	width = min(maxWidth, 64)
	height = len(wrap(a.text, width-2)) + 4
	if a.word != "" {
		height += 2
	}
	return width, min(height+len(a.answers())-1, maxHeight)
}

// SetSize implements [pane.Pane].
func (a *Ask) SetSize(width, height int) { a.width, a.height = width, height }

// View implements [pane.Pane].
func (a *Ask) View() string {
	l := a.env.Styles.Overlay
	lines := a.textLines()
	if a.word != "" {
		lines = append(lines, "", a.wordLine())
	}
	lines = append(append(append(lines, ""), a.answers()...), "")
	for i, line := range lines {
		if line == "" {
			lines[i] = style.Line(l.Text(), a.width)
		}
	}
	return clip(lines, a.height)
}

// textLines returns the text, as much as leaves room for the answers.
func (a *Ask) textLines() []string {
	room := a.height - 2 - len(a.answers())
	if a.word != "" {
		room -= 2
	}
	text := wrap(a.text, a.width-2)
	text = text[:max(0, min(len(text), room-1))]
	return append([]string{""}, paint(a.env.Styles.Overlay.Text(), text, a.width)...)
}

const wordPrompt = " > "

func (a *Ask) wordLine() string {
	f := a.env.Styles.Form
	text, _ := a.typed.Draw(max(0, a.width-len(wordPrompt)))
	return style.Line(f.Focused, min(len(wordPrompt), a.width), style.Plain(wordPrompt)) + a.env.Styles.Overlay.Text().Render(text)
}

// Cursor implements [pane.Cursorer].
func (a *Ask) Cursor() *tea.Cursor {
	if a.word == "" || a.width <= len(wordPrompt) {
		return nil
	}
	_, x := a.typed.Draw(a.width - len(wordPrompt))
	return tea.NewCursor(len(wordPrompt)+x, len(a.textLines())+1)
}

// mostButtons is how many answers stand side by side. More of them, or longer
// ones, stand one below the other.
const mostButtons = 3

// answers returns the lines of the answers.
func (a *Ask) answers() []string {
	room := a.width - 1
	for _, c := range a.choices {
		room -= display.Width(c.Label) + 6
	}
	if len(a.choices) <= mostButtons && (room >= 0 || a.width == 0) {
		return []string{a.buttonLine(a.choices, 0)}
	}
	var lines []string
	for i := range a.choices {
		lines = append(lines, a.buttonLine(a.choices[i:i+1], i))
	}
	return lines
}

// buttonLine draws answers, of which the first has the given number.
func (a *Ask) buttonLine(choices []Choice, first int) string {
	f := a.env.Styles.Form
	spans := []style.Span{style.Plain(" ")}
	for i, c := range choices {
		look, label := f.Button, "  "+c.Label+"  "
		if first+i == a.focus {
			look, label = f.ButtonFocused, "▸ "+c.Label+"  "
			if a.blocked() != "" && a.word != "" {
				look = f.Button
			}
		}
		spans = append(spans, style.Span{SGR: look, Text: label}, style.Plain("  "))
	}
	return style.Line(a.env.Styles.Overlay.Text(), a.width, spans...)
}
