package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rowan-db/rowan/backends"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/display"
)

func (a *app) checkCommand() *cobra.Command {
	return a.jsonFlag(&cobra.Command{
		Use:     "check TARGET",
		Short:   "Verify a database's own consistency",
		Long:    "check reads the whole database and prints each fault that it finds. The exit code\nis 1 if there is one.",
		Example: "  rowan check shop.rowan",
		Args:    exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(cmd.Context(), args[0], backends.Options{ReadOnly: true}, func(s *store.Store) error {
				return a.check(cmd.Context(), s)
			})
		},
	})
}

func (a *app) check(ctx context.Context, s *store.Store) error {
	faults := 0
	out := &checked{w: a.stdout}
	err := s.Check(ctx, func(problem string) {
		faults++
		if a.json {
			fmt.Fprintf(out, "{\"problem\":%s}\n", tuple.Text(problem).AppendJSON(nil))
		} else {
			fmt.Fprintln(out, display.Line(problem))
		}
	})
	if err == nil {
		err = out.err
	}
	switch {
	case err != nil:
		return err
	case faults > 0:
		return &store.Error{
			Op: "check", Kind: store.Corrupt, Err: fmt.Errorf("%d faults in %s", faults, s.Info().Name),
			Hint: "copy what can still be read to a new database, or restore a backup",
		}
	}
	a.note("%s: no faults found", s.Info().Name)
	return nil
}
