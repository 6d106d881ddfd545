// Package tuitest is a user for tests: it presses keys and reads the screen
// of a Bubble Tea model, without a terminal, without goroutines of its own
// and without sleeping.
//
// A [User] plays the part of the program. It sends messages to the model and
// runs the commands that come back, in the calling goroutine and in a fixed
// order, until none is left; then the screen is what a real user would see
// once everything has settled. Two things are different from a real program,
// so that tests can choose what happens when:
//
//   - Timers ([tea.Tick], [tea.Every], blinking cursors) are kept until
//     [User.Tick], so that an animation does not run for ever. Inside a
//     testing/synctest bubble they take no real time.
//   - Commands of a message sent with [User.Hold] wait for [User.Run], so that
//     results can arrive late or in another order.
//
// A command that never returns blocks the test.
package tuitest

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// budget is how many messages one action may cause. A model that goes on
// after so many does not settle.
const budget = 10_000

// User drives a model. Its methods fail the test when something is wrong, and
// return the User where there is nothing else to return.
type User struct {
	t             testing.TB
	model         tea.Model
	width, height int

	queue  []tea.Cmd // to run, in order
	timers []tea.Cmd // to run at the next Tick
	left   int       // of the budget of the current action

	quit      bool
	clipboard string
	editor    func(tea.ExecCommand) error
}

// New starts a model on a screen of width by height cells and lets it settle.
func New(t testing.TB, m tea.Model, width, height int) *User {
	t.Helper()
	u := &User{t: t, model: m, width: width, height: height}
	u.act(func() {
		u.push(m.Init())
		u.deliver(tea.WindowSizeMsg{Width: width, Height: height})
	})
	return u
}

// Model returns the model as the last update left it.
func (u *User) Model() tea.Model { return u.model }

// Press presses keys, named as their bindings are: "j", "G", "enter",
// "ctrl+s", "shift+tab", "space".
func (u *User) Press(keys ...string) *User {
	u.t.Helper()
	for _, k := range keys {
		u.Send(key(u.t, k))
	}
	return u
}

// Type presses the key of each character of text.
func (u *User) Type(text string) *User {
	u.t.Helper()
	for _, r := range text {
		u.Send(runeKey(r))
	}
	return u
}

// Paste pastes text, as a terminal with bracketed paste does.
func (u *User) Paste(text string) *User {
	u.t.Helper()
	return u.Send(tea.PasteMsg{Content: text})
}

// Resize changes the size of the screen.
func (u *User) Resize(width, height int) *User {
	u.t.Helper()
	u.width, u.height = width, height
	return u.Send(tea.WindowSizeMsg{Width: width, Height: height})
}

// Click presses and releases the left mouse button over a cell.
func (u *User) Click(x, y int) *User {
	u.t.Helper()
	m := tea.Mouse{X: x, Y: y, Button: tea.MouseLeft}
	return u.mouse(tea.MouseClickMsg(m)).mouse(tea.MouseReleaseMsg(m))
}

// Wheel turns the mouse wheel over a cell, down by n notches, up when n is
// negative.
func (u *User) Wheel(x, y, n int) *User {
	u.t.Helper()
	m := tea.Mouse{X: x, Y: y, Button: tea.MouseWheelDown}
	if n < 0 {
		m.Button, n = tea.MouseWheelUp, -n
	}
	for range n {
		u.mouse(tea.MouseWheelMsg(m))
	}
	return u
}

// mouse sends a mouse message, first to the view if that wants it.
func (u *User) mouse(msg tea.MouseMsg) *User {
	u.t.Helper()
	if f := u.model.View().OnMouse; f != nil {
		u.act(func() { u.push(f(msg)) })
	}
	return u.Send(msg)
}

// Send sends any message and lets the model settle.
func (u *User) Send(msg tea.Msg) *User {
	u.t.Helper()
	u.act(func() { u.deliver(msg) })
	return u
}

// Held is commands that wait for [User.Run].
type Held struct{ cmds []tea.Cmd }

// Hold presses keys like [User.Press], but keeps back what the model wants to
// do about them.
func (u *User) Hold(keys ...string) Held {
	u.t.Helper()
	u.alive()
	u.left = budget
	for _, k := range keys {
		u.deliver(key(u.t, k))
	}
	h := Held{u.queue}
	u.queue = nil
	return h
}

// Run runs what was held and lets the model settle.
func (u *User) Run(h Held) *User {
	u.t.Helper()
	u.act(func() { u.push(h.cmds...) })
	return u
}

// Tick runs the timers that are pending, once: those that they start are
// pending afterwards.
func (u *User) Tick() *User {
	u.t.Helper()
	timers := u.timers
	u.timers = nil
	u.act(func() {
		for _, c := range timers {
			u.receive(c())
		}
	})
	return u
}

// Timers returns the number of timers that are pending.
func (u *User) Timers() int { return len(u.timers) }

// Quit reports whether the model asked to end the program.
func (u *User) Quit() bool { return u.quit }

// Clipboard returns what the model last put into the clipboard.
func (u *User) Clipboard() string { return u.clipboard }

// Editor makes f run in place of external programs, such as the user's
// editor. Without it, running one fails the test.
func (u *User) Editor(f func(tea.ExecCommand) error) *User {
	u.editor = f
	return u
}

// Until repeats an action until the condition holds, and fails the test with
// the screen when it does not after max times.
func (u *User) Until(what string, max int, action func(), cond func(screen string) bool) *User {
	u.t.Helper()
	for range max {
		if cond(u.Screen()) {
			return u
		}
		action()
	}
	if !cond(u.Screen()) {
		u.t.Fatalf("%s: not after %d times; the screen is\n%s", what, max, u.Screen())
	}
	return u
}

// See fails the test unless all texts are on the screen.
func (u *User) See(texts ...string) *User {
	u.t.Helper()
	screen := u.Screen()
	for _, s := range texts {
		if !strings.Contains(screen, s) {
			u.t.Errorf("%q is not on the screen:\n%s", s, screen)
		}
	}
	return u
}

// Miss fails the test if one of the texts is on the screen.
func (u *User) Miss(texts ...string) *User {
	u.t.Helper()
	screen := u.Screen()
	for _, s := range texts {
		if strings.Contains(screen, s) {
			u.t.Errorf("%q is on the screen:\n%s", s, screen)
		}
	}
	return u
}

// alive fails the test when the program has ended.
func (u *User) alive() {
	u.t.Helper()
	if u.quit {
		u.t.Fatal("the program has quit already")
	}
}

// spend takes one message from the budget of the current action.
func (u *User) spend(msg tea.Msg) {
	u.t.Helper()
	if u.left--; u.left < 0 {
		u.t.Fatalf("the model does not settle: after %d messages it still gets %T; the screen is\n%s", budget, msg, u.Screen())
	}
}
