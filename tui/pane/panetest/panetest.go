// Package panetest puts a single pane on a screen, for the tests of panes: keys
// go to it as they do in the program, results of its calls come back to it, and
// what it asks of others is kept for the test to look at. A [User] drives it as
// package tuitest does.
package panetest

import (
	"context"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/style"
	"github.com/rowan-db/rowan/tui/task"
	"github.com/rowan-db/rowan/tui/tuitest"
)

// User is a user before a pane on a stage.
type User struct {
	*tuitest.User
	*Stage
	Env *pane.Env
}

// On puts a pane on a screen of width by height cells, without a frame.
func On(t testing.TB, env *pane.Env, p pane.Pane, width, height int) *User {
	t.Helper()
	return start(t, &Stage{env: env, pane: p}, width, height)
}

// Framed puts a pane on a screen of width by height cells, in the frame that
// the program draws: as large as it wants to be if it is an overlay, and
// otherwise as large as the screen.
func Framed(t testing.TB, env *pane.Env, p pane.Pane, width, height int) *User {
	t.Helper()
	return start(t, &Stage{env: env, pane: p, framed: true}, width, height)
}

func start(t testing.TB, s *Stage, width, height int) *User {
	t.Helper()
	if f, ok := s.pane.(pane.Focuser); ok {
		f.SetFocus(true)
	}
	return &User{tuitest.New(t, s, width, height), s, s.env}
}

// Stage is a pane on a screen of its own. It is a [tea.Model].
type Stage struct {
	env           *pane.Env
	pane          pane.Pane
	framed        bool
	width, height int // of the screen
	actions       []pane.Action
}

// Start is what the clock of NewEnv shows, until a test sets Env.Now.
var Start = time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)

// NewEnv returns what panes share, over a database that may be nil.
func NewEnv(t testing.TB, s *store.Store) *pane.Env {
	t.Helper()
	e := &pane.Env{
		Styles: style.New(themes.Default(true)),
		Store:  s, Changes: store.NewChangeSet(), Target: "shop.rowan", Name: "shop",
		Now: func() time.Time { return Start },
	}
	e.Tasks = task.NewRunner(context.Background(), task.WithClock(func() time.Time { return e.Now() }))
	t.Cleanup(e.Tasks.Close)
	if s != nil {
		w, err := s.Writer()
		if err != nil {
			e.ReadOnly = err.Error()
		}
		e.Writer = w
	}
	return e
}

// Actions returns what the pane has asked for since the last call, one by one.
func (s *Stage) Actions() []pane.Action {
	all := s.actions
	s.actions = nil
	return all
}

// did is what a method of the pane returned.
type did struct {
	act pane.Action
	cmd tea.Cmd
}

// Did returns the message that makes the stage carry out what a method of the
// pane returned.
func Did(act pane.Action, cmd tea.Cmd) tea.Msg { return did{act, cmd} }

func (s *Stage) keep(act pane.Action) {
	switch act := act.(type) {
	case nil:
	case pane.Actions:
		for _, a := range act {
			s.keep(a)
		}
	default:
		s.actions = append(s.actions, act)
	}
}

// Init implements [tea.Model].
func (s *Stage) Init() tea.Cmd {
	if p, ok := s.pane.(interface{ Init() tea.Cmd }); ok {
		return p.Init()
	}
	return nil
}

// Update implements [tea.Model].
func (s *Stage) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case did:
		return s, s.settle(msg.act, msg.cmd)
	case tea.WindowSizeMsg:
		s.width, s.height = msg.Width, msg.Height
		s.arrange()
	case tea.KeyPressMsg:
		t, ok := s.pane.(pane.Typer)
		if c := pane.Match(s.pane.Commands(), msg, ok && t.Typing()); c != nil {
			return s, s.settle(c.Do(""))
		}
	case task.Result:
		if !s.env.Tasks.Finish(msg.Ticket()) {
			return s, nil
		}
	}
	return s, s.settle(s.pane.Update(msg))
}

// settle keeps what a method of the pane asked for. The pane may want another size
// afterwards.
func (s *Stage) settle(act pane.Action, cmd tea.Cmd) tea.Cmd {
	s.keep(act)
	s.arrange()
	return cmd
}

// arrange sets the size of the pane's inside.
func (s *Stage) arrange() {
	f := s.frame()
	if s.framed {
		f.Width, f.Height = max(f.Width-2, 0), max(f.Height-2, 0)
	}
	s.pane.SetSize(f.Width, f.Height)
}

// frame returns an empty frame of the size that the pane has on the screen.
func (s *Stage) frame() style.Frame {
	f := style.Frame{Width: s.width, Height: s.height, Focused: true}
	if p, ok := s.pane.(pane.Sizer); ok && s.framed {
		w, h := p.Size(max(s.width-2, 0), max(s.height-2, 0))
		f.Width, f.Height = min(w+2, s.width), min(h+2, s.height)
	}
	return f
}

// View implements [tea.Model].
func (s *Stage) View() tea.View {
	view := s.pane.View()
	if !s.framed {
		return tea.NewView(view)
	}
	f, look := s.frame(), s.env.Styles.Panel
	f.Body = strings.Split(view, "\n")
	if t, ok := s.pane.(pane.Titled); ok {
		f.Title, f.Footer = t.Title(), t.Footer()
	}
	if _, ok := s.pane.(pane.Sizer); ok {
		look = s.env.Styles.Dialog
	}
	return tea.NewView(look.Draw(f))
}
