package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rowan-db/rowan/backends"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/display"
)

func (a *app) diffCommand() *cobra.Command {
	return a.jsonFlag(&cobra.Command{
		Use:   "diff TARGET FROM [TO]",
		Short: "Compare two states of a database",
		Long: `diff prints what state TO has otherwise than state FROM. Both are names that rowan
keep gave; without TO it is the present. What both have in common is not read.

A line begins with + for a row that was added, - for one that was removed, and ~
for one that was changed, of which the columns that differ are shown.`,
		Example: `  rowan keep shop.rowan monday
  rowan put shop.rowan countries CH name=Helvetia
  rowan diff shop.rowan monday`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 2 || len(args) == 3 {
				return nil
			}
			return wrongArgs(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			to := ""
			if len(args) == 3 {
				to = args[2]
			}
			return a.with(cmd.Context(), args[0], backends.Options{ReadOnly: true}, func(s *store.Store) error {
				return a.diff(cmd.Context(), s, args[1], to)
			})
		},
	})
}

func (a *app) diff(ctx context.Context, s *store.Store, from, to string) error {
	w := bufio.NewWriter(a.stdout)
	n := 0
	for d, err := range s.Diff(ctx, from, to) {
		if err != nil {
			return errors.Join(err, w.Flush())
		}
		line := display.Line(d.String())
		if a.json {
			line = string(diffJSON(d))
		}
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
		n++
	}
	if n == 0 {
		a.note("%s: no difference", s.Info().Name)
	}
	return w.Flush()
}

// diffJSON describes a difference for programs.
func diffJSON(d store.Difference) []byte {
	line := append([]byte(`{"kind":`), tuple.Text(strings.ReplaceAll(string(d.Kind), " ", "_")).AppendJSON(nil)...)
	line = tuple.Text(d.Table).AppendJSON(append(line, `,"table":`...))
	if d.Key != nil {
		line = d.Key.AppendJSON(append(line, `,"key":`...))
	}
	if d.Old != nil {
		line = appendColumns(append(line, `,"old":{`...), schemaColumns(d.OldSchema), d.Old.Values)
	}
	if d.New != nil {
		line = appendColumns(append(line, `,"new":{`...), schemaColumns(d.NewSchema), d.New.Values)
	}
	return append(line, '}')
}

func schemaColumns(s *store.Schema) []string {
	names := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		names[i] = c.Name
	}
	return names
}
