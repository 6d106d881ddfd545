// Package panetest puts a single pane on a screen, for the tests of panes: keys
// go to it as they do in the program, results of its calls come back to it, and
// what it asks of others is kept for the test to look at. A [Stage] is a model
// for package tuitest to drive.
package panetest

import (
	"context"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/style"
	"github.com/rowan-db/rowan/tui/task"
)

// Stage is a pane on a screen of its own. It is a [tea.Model].
type Stage struct {
	env     *pane.Env
	pane    pane.Pane
	actions []pane.Action
}

// Start is what the clock of NewEnv shows.
var Start = time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)

// NewEnv returns what panes share, over a database that may be nil.
func NewEnv(t testing.TB, s *store.Store) *pane.Env {
	t.Helper()
	now := func() time.Time { return Start }
	e := &pane.Env{
		Tasks: task.NewRunner(context.Background(), task.WithClock(now)), Styles: style.New(themes.Default(true)),
		Store: s, Changes: store.NewChangeSet(), Target: "shop.rowan", Name: "shop", Now: now,
	}
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

// New puts a pane on a screen.
func New(env *pane.Env, p pane.Pane) *Stage {
	if f, ok := p.(pane.Focuser); ok {
		f.SetFocus(true)
	}
	return &Stage{env: env, pane: p}
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
func (s *Stage) Init() tea.Cmd { return nil }

// Update implements [tea.Model].
func (s *Stage) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case did:
		s.keep(msg.act)
		return s, msg.cmd
	case tea.WindowSizeMsg:
		s.pane.SetSize(msg.Width, msg.Height)
	case tea.KeyPressMsg:
		t, ok := s.pane.(pane.Typer)
		if c := pane.Match(s.pane.Commands(), msg, ok && t.Typing()); c != nil {
			act, cmd := c.Do("")
			s.keep(act)
			return s, cmd
		}
	case task.Result:
		if !s.env.Tasks.Finish(msg.Ticket()) {
			return s, nil
		}
	}
	act, cmd := s.pane.Update(msg)
	s.keep(act)
	return s, cmd
}

// View implements [tea.Model].
func (s *Stage) View() tea.View { return tea.NewView(s.pane.View()) }
