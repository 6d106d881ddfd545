package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rowan-db/rowan/backends"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
)

func (a *app) deleteCommand() *cobra.Command {
	var f writeFlags
	cmd := a.jsonFlag(&cobra.Command{
		Use:   "delete TARGET TABLE KEY...",
		Short: "Delete the rows of some keys",
		Long: `delete removes the rows with the given keys in one transaction. Keys without a row
are named, and make the exit code 1; the others are deleted all the same.`,
		Example: `  rowan delete shop.rowan orders '("tony-00000",3)' '("tony-00000",4)'`,
		Args:    minimumArgs(3),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.writes(cmd.Context(), args[0], f.confirm, backends.Options{}, func(s *store.Store, w *store.Writer) error {
				return a.delete(cmd.Context(), s, w, args)
			})
		},
	})
	f.add(cmd)
	return cmd
}

func (a *app) delete(ctx context.Context, s *store.Store, w *store.Writer, args []string) error {
	t, err := findTable(ctx, s, args[0], args[1])
	if err != nil {
		return err
	}
	keys, err := parseKeys(t.Schema(), args[2:])
	if err != nil {
		return err
	}
	keys = distinct(keys)
	missing, err := a.remove(ctx, w, t.Name(), keys)
	if err != nil {
		return err
	}
	return a.noRows(t.Name(), missing, len(keys))
}

// distinct returns keys without those that occurred before.
func distinct(keys []tuple.Tuple) []tuple.Tuple {
	seen := map[string]bool{}
	return slices.DeleteFunc(keys, func(key tuple.Tuple) bool {
		enc := string(key.Append(nil))
		again := seen[enc]
		seen[enc] = true
		return again
	})
}

// remove deletes the rows of keys in one transaction, and returns the keys that
// have none. Whether a row is there is for the transaction to say: it may go
// while another program looks.
func (a *app) remove(ctx context.Context, w *store.Writer, table string, keys []tuple.Tuple) (missing []tuple.Tuple, err error) {
	for len(keys) > 0 {
		changes := make([]store.Change, len(keys))
		for i, key := range keys {
			changes[i] = store.Change{Op: store.Delete, Table: table, Key: key}
		}
		done, err := w.Apply(ctx, changes)
		switch {
		case err != nil:
			return nil, err
		case len(done.Conflicts) == 0:
			return missing, a.tellDeleted(table, done.Keys)
		}
		for _, c := range slices.Backward(done.Conflicts) {
			missing = slices.Insert(missing, 0, keys[c.Change])
			keys = slices.Delete(keys, c.Change, c.Change+1)
		}
	}
	return missing, nil
}

func (a *app) tellDeleted(table string, keys []tuple.Tuple) error {
	if a.json {
		return a.printKeys(keys)
	}
	rows := "row"
	if len(keys) > 1 {
		rows = "rows"
	}
	a.note("deleted %d %s of %s", len(keys), rows, table)
	return nil
}
