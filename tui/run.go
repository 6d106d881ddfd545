package tui

import (
	"context"
	"errors"
	"fmt"
	"os"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/themes"
)

// Run runs the program on the terminal until the user quits or ctx ends, and
// closes what is open, all in this order: the screen is given back, calls that
// run are canceled and waited for, databases are closed.
//
// After a crash the error says where staged changes are kept.
func Run(ctx context.Context, o Options, opts ...tea.ProgramOption) (err error) {
	// The library takes only some values of NO_COLOR; any that is not empty
	// means it.
	if os.Getenv("NO_COLOR") != "" {
		if o.Theme, err = themes.Named(themes.Mono); err != nil {
			return err
		}
		o.Opened.Theme = nil
	}
	m := New(ctx, o)
	// Signals end ctx, in whoever made it. The library's own handler would end
	// the program first now and then, and as if the user had asked for it.
	all := append([]tea.ProgramOption{tea.WithContext(ctx), tea.WithoutSignalHandler()}, opts...)
	return m.runIn(ctx, tea.NewProgram(m, all...))
}

// runIn runs the program that shows m, to its end.
func (m *Model) runIn(ctx context.Context, p *tea.Program) error {
	_, err := p.Run()
	journal := ""
	if m.open != nil && m.open.Changes.Len() > 0 {
		journal = m.open.Journal
	}
	closed := m.Close()
	if errors.Is(err, tea.ErrProgramPanic) && journal != "" {
		err = fmt.Errorf("%w; staged changes are kept in %s", err, journal)
	}
	if errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil {
		err = ctx.Err()
	}
	return errors.Join(err, closed)
}
