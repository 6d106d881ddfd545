package cli

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/display"
)

func (a *app) getCommand() *cobra.Command {
	var column, at string
	cmd := a.jsonFlag(&cobra.Command{
		Use:   "get TARGET TABLE KEY...",
		Short: "Print the rows of some keys",
		Long: `get prints the rows with the given keys, in that order. A key is a plain word if
it has one element, and a tuple such as ("user",42) otherwise.

With --column, only that column's value is printed: its bytes as they are if the
output is not a terminal.`,
		Example: `  rowan get shop.rowan orders '("tony-00000",1)'
  rowan get shop.rowan files images/BK-0000.png --column data > picture.png`,
		Args: minimumArgs(3),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withTableAt(cmd.Context(), args[0], args[1], at, func(t *store.Table) error {
				return a.get(cmd.Context(), t, args[2:], column)
			})
		},
	})
	cmd.Flags().StringVar(&column, "column", "", "print only this column")
	atFlag(cmd, &at)
	return cmd
}

func (a *app) get(ctx context.Context, t *store.Table, words []string, column string) error {
	keys, err := parseKeys(t.Schema(), words)
	if err != nil {
		return err
	}
	rows, err := t.Get(ctx, keys...)
	if err != nil {
		return err
	}
	var found []store.Row
	var missing []tuple.Tuple
	for i, r := range rows {
		if r == nil {
			missing = append(missing, keys[i])
			continue
		}
		found = append(found, *r)
	}
	if len(found) > 0 {
		if err := a.printFound(t.Schema(), found, column); err != nil {
			return err
		}
	}
	err = a.noRows(t.Name(), missing, len(keys))
	if err != nil && len(found) > 0 {
		return fmt.Errorf("%w: %w", errPartly, err)
	}
	return err
}

// noRows returns an error that tells which of some keys have no row, or nil if
// all have. More than one are listed in notes.
func (a *app) noRows(table string, missing []tuple.Tuple, of int) error {
	switch {
	case len(missing) == 0:
		return nil
	case len(missing) == 1:
		return driver.Errorf(driver.NoRow, "%s has no row %s", table, missing[0]).
			WithHint("check the key: case and spaces count")
	}
	for _, key := range missing {
		a.note("%s has no row %s", table, key)
	}
	return driver.Errorf(driver.NoRow, "%d of %d rows do not exist", len(missing), of).
		WithHint("check the keys: case and spaces count")
}

func parseKeys(s *store.Schema, words []string) ([]tuple.Tuple, error) {
	keys := make([]tuple.Tuple, len(words))
	for i, word := range words {
		var err error
		if keys[i], err = parseKey(s, word); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

func (a *app) printFound(s *store.Schema, found []store.Row, column string) error {
	if column != "" {
		return a.printColumn(s, found, column)
	}
	form := formatTable
	if a.json {
		form = formatJSON
	}
	_, err := a.printRows(form, columnNames(s, false), func(yield func(store.Row, error) bool) {
		for _, r := range found {
			if !yield(r, nil) {
				return
			}
		}
	})
	return err
}

// printColumn prints one column of rows: as JSON, as text that is safe on a
// terminal, or as the bytes that it is.
func (a *app) printColumn(s *store.Schema, rows []store.Row, name string) error {
	i, ok := columnNamed(s, name)
	if !ok {
		return usagef("%s has no column %s", s.Name, name)
	}
	for _, r := range rows {
		v := cells(&r)[i]
		var text string
		switch {
		case a.json:
			text = string(v.AppendJSON(nil)) + "\n"
		case isTerminal(a.stdout):
			text = display.Text(v.Plain()) + "\n"
		case v.Kind() == tuple.KindBytes:
			text = v.AsText()
		case v.IsNull():
			text = ""
		default:
			text = v.Plain()
		}
		if _, err := io.WriteString(a.stdout, text); err != nil {
			return err
		}
	}
	return nil
}

// columnNamed returns the index of a column among a row's cells.
func columnNamed(s *store.Schema, name string) (int, bool) {
	i := slices.Index(columnNames(s, false), name)
	return i, i >= 0
}
