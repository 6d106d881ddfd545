package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rowan-db/rowan/backends"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui"
	"github.com/rowan-db/rowan/tui/display"
)

func (a *app) infoCommand() *cobra.Command {
	return a.jsonFlag(&cobra.Command{
		Use:   "info TARGET",
		Short: "Tell what a database is, and how its space is used",
		Long: `info prints what a database is and what it tells of itself: of rowan's own files how
much room rows, tables, kept versions and the log take and what is free, and which
other processes have the file open, and of what this one does: its memory and readers.
With --json, sizes are in bytes.`,
		Example: "  rowan info shop.rowan\n  rowan info shop.rowan --json",
		Args:    exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(cmd.Context(), args[0], backends.Options{ReadOnly: true}, func(s *store.Store) error {
				return a.info(cmd.Context(), s)
			})
		},
	})
}

// printedStatistic is a statistic for programs.
type printedStatistic struct {
	Section string      `json:"section"`
	Name    string      `json:"name"`
	Value   tuple.Value `json:"value"`
	Unit    driver.Unit `json:"unit,omitempty"`
}

// info prints what there is, also where the database cannot tell the rest.
func (a *app) info(ctx context.Context, s *store.Store) error {
	all, err := s.Statistics(ctx)
	w := bufio.NewWriter(a.stdout)
	if !a.json {
		for line := range strings.Lines(tui.StatisticsText(all, time.Now())) {
			fmt.Fprintln(w, display.Text(strings.TrimSuffix(line, "\n")))
		}
		return errors.Join(err, w.Flush())
	}
	out := json.NewEncoder(w)
	for _, s := range all {
		if s.Value.IsInstant() {
			s.Value = tuple.Text(s.Value.AsTime().Format(time.RFC3339))
		}
		err = errors.Join(err, out.Encode(printedStatistic(s)))
	}
	return errors.Join(err, w.Flush())
}
