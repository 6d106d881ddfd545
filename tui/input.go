package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/tui/pane"
)

// key gives a key to whom it is for: the commands of the pane that takes the
// input, then those of the whole screen, then the pane itself, as text.
func (m *Model) key(k tea.KeyPressMsg) tea.Cmd {
	p := m.top()
	m.status.answered()
	if m.screen.tooSmall() {
		return m.keyUnseen(k)
	}
	typing := isTyping(p)
	own := pane.Match(p.Commands(), k, typing)
	global := pane.Match(m.globals(), k, typing)
	switch c := firstPossible(own, global); {
	case c == nil:
		return m.send(p, k)
	case c == own:
		return m.from(p)(c.Do(""))
	default:
		return m.from(nil)(c.Do(""))
	}
}

// keyUnseen handles keys on a screen that is too small to show what they do:
// only quitting, for which ctrl+c also answers the question that may follow.
func (m *Model) keyUnseen(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "q":
		return m.quit()
	case "ctrl+c":
		return m.from(nil)(m.interrupt(""))
	}
	return nil
}

func isTyping(p pane.Pane) bool {
	t, ok := p.(pane.Typer)
	return ok && t.Typing()
}

// firstPossible returns the first command that can be run or, if none can, the
// first at all, which says why not. So a key such as esc means the nearest
// thing there is to go back from.
func firstPossible(commands ...*pane.Command) *pane.Command {
	var first *pane.Command
	for _, c := range commands {
		switch {
		case c == nil:
		case c.Reason() == "":
			return c
		case first == nil:
			first = c
		}
	}
	return first
}

// globals returns the commands of the whole screen that work now: below an
// overlay only some do.
func (m *Model) globals() []pane.Command {
	if len(m.overlays) > 0 {
		return m.global[:alwaysWork]
	}
	return m.global
}

// run runs a command by its name: of the pane that takes the input, of the
// whole screen, or of a panel.
func (m *Model) run(r pane.Run) tea.Cmd {
	for _, owner := range append([]pane.Pane{m.top(), nil}, m.panels()...) {
		commands := m.global
		if owner != nil {
			commands = owner.Commands()
		}
		for i := range commands {
			if commands[i].Name == r.Name {
				return m.from(owner)(commands[i].Do(r.Arg))
			}
		}
	}
	return m.notify(pane.Notice{Text: "There is no command " + r.Name + ".", Level: pane.Warning})
}

// mouse gives a mouse message to the pane below the pointer, relative to its
// inside. A click gives it the focus.
func (m *Model) mouse(msg tea.MouseMsg) tea.Cmd {
	at := msg.Mouse()
	pl, ok := m.screen.at(at.X, at.Y)
	if !ok || len(m.overlays) > 0 && pl.pane != m.top() {
		return nil
	}
	if _, click := msg.(tea.MouseClickMsg); click && len(m.overlays) == 0 {
		m.focusOn(pl.pane)
	}
	at.X, at.Y = at.X-pl.x-1, at.Y-pl.y-1
	if at.X < 0 || at.Y < 0 || at.X >= pl.width-2 || at.Y >= pl.height-2 {
		return nil // on the frame
	}
	return m.send(pl.pane, moved(msg, at))
}

// moved returns msg at another place.
func moved(msg tea.MouseMsg, at tea.Mouse) tea.Msg {
	switch msg.(type) {
	case tea.MouseClickMsg:
		return tea.MouseClickMsg(at)
	case tea.MouseReleaseMsg:
		return tea.MouseReleaseMsg(at)
	case tea.MouseWheelMsg:
		return tea.MouseWheelMsg(at)
	}
	return tea.MouseMotionMsg(at)
}
