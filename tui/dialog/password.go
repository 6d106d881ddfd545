package dialog

import (
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/pane/input"
	"github.com/rowan-db/rowan/tui/style"
)

// PasswordID is the ID of the question for a password.
const PasswordID = "password"

// Password asks for a password. What is typed is never drawn: the screen shows
// a dot for each character.
type Password struct {
	env      *pane.Env
	commands []pane.Command
	question string
	again    bool
	then     func(pane.Secret) pane.Action
	typed    input.Prompt

	width, height int
}

// NewPassword returns the question. With again it says that the last answer was
// wrong. then makes of the answer what is done with it.
func NewPassword(env *pane.Env, question string, again bool, then func(pane.Secret) pane.Action) *Password {
	p := &Password{env: env, question: strings.TrimRight(question, ": "), again: again, then: then}
	p.commands = []pane.Command{
		{Name: "log-in", Help: "use the password", Keys: []string{"enter"}, Hint: "log in", Disabled: p.empty, Run: p.answer},
		{Name: "cancel", Help: "connect to nothing", Keys: []string{"esc"}, Hint: "cancel",
			Run: func(string) (pane.Action, tea.Cmd) { return pane.Close{}, nil }},
	}
	return p
}

func (p *Password) empty() string {
	if p.typed.Empty() {
		return "type the password first"
	}
	return ""
}

func (p *Password) answer(string) (pane.Action, tea.Cmd) {
	return pane.Actions{pane.Close{}, p.then(pane.Secret(p.typed.Value()))}, nil
}

// ID implements [pane.Pane].
func (p *Password) ID() string { return PasswordID }

// Commands implements [pane.Pane].
func (p *Password) Commands() []pane.Command { return p.commands }

// Typing implements [pane.Typer].
func (p *Password) Typing() bool { return true }

// Update implements [pane.Pane].
func (p *Password) Update(msg tea.Msg) (pane.Action, tea.Cmd) {
	p.typed.Update(msg)
	return nil, nil
}

// Title implements [pane.Titled].
func (p *Password) Title() []style.Span { return []style.Span{style.Plain(" Password ")} }

// Footer implements [pane.Titled].
func (p *Password) Footer() []style.Span { return nil }

// Size implements [pane.Sizer].
func (p *Password) Size(maxWidth, maxHeight int) (width, height int) {
	width = min(maxWidth, 64)
	return width, min(len(p.text(width))+4, maxHeight)
}

// text returns the lines above the input.
func (p *Password) text(width int) []string {
	text := p.question
	if p.again {
		text = "The server does not accept that password.\n" + text
	}
	return wrap(text, width-2)
}

// SetSize implements [pane.Pane].
func (p *Password) SetSize(width, height int) { p.width, p.height = width, height }

// View implements [pane.Pane].
func (p *Password) View() string {
	l := p.env.Styles.Overlay
	blank := style.Line(l.Text(), p.width)
	lines := append([]string{blank}, paint(l.Text(), p.text(p.width), p.width)...)
	dots := strings.Repeat("•", min(p.shown(), max(0, p.width-len(wordPrompt)-1)))
	lines = append(lines, blank, style.Line(l.Text(), p.width,
		style.Span{SGR: p.env.Styles.Form.Focused, Text: wordPrompt}, style.Plain(dots)), blank)
	return clip(lines, p.height)
}

// shown is the number of dots. The length of a long password is nobody's
// business.
func (p *Password) shown() int { return min(utf8.RuneCountInString(p.typed.Value()), 32) }

// Cursor implements [pane.Cursorer].
func (p *Password) Cursor() *tea.Cursor {
	y := len(p.text(p.width)) + 2
	x := len(wordPrompt) + p.shown()
	if x >= p.width || y >= p.height {
		return nil
	}
	return tea.NewCursor(x, y)
}
