package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rowan-db/rowan/backends"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
)

// writeFlags are the flags of commands that write.
type writeFlags struct{ confirm string }

func (f *writeFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.confirm, "confirm", "", "the name of the profile, if it is one of a production database")
}

// putFlags are the flags of the put command.
type putFlags struct {
	writeFlags
	create, insert, update bool
	stdin                  string // the column that standard input is for
	input                  []byte // what it held
}

func (a *app) putCommand() *cobra.Command {
	var f putFlags
	cmd := a.jsonFlag(&cobra.Command{
		Use:   "put TARGET TABLE KEY [COLUMN=VALUE | COLUMN:=JSON]...",
		Short: "Add a row, or set columns of the row with this key",
		Long: `put adds a row, or sets the given columns of the row that has the key. Columns
that are not given keep their values, or get their defaults in a new row.

COLUMN=VALUE takes text, which is converted to the column's type. COLUMN:=JSON
takes null, a number, a string, or an object such as {"$bytes":"AAE="},
{"$decimal":"1.10"}, {"$time":"2026-01-02"} or {"$uuid":"..."}.

With --create, a missing file and a missing table are made: the elements of the
table's key are what those of KEY are, and it has one column of text, value.`,
		Example: `  rowan put notes.rowan notes today value='buy milk' --create
  rowan put shop.rowan orders '("tony-00000",1)' status=paid note:=null
  rowan put shop.rowan files copy.png type=image/png size=1 --stdin data < picture.png`,
		Args: minimumArgs(3),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.insert && f.update {
				return usagef("--insert and --update exclude each other: leave both out to do either")
			}
			if f.stdin != "" {
				var err error
				if f.input, err = a.readStdin(cmd.Context()); err != nil {
					return err
				}
			}
			o := backends.Options{Create: f.create}
			return a.writes(cmd.Context(), args[0], f.confirm, o, func(s *store.Store, w *store.Writer) error {
				return a.put(cmd.Context(), s, w, f, args)
			})
		},
	})
	f.add(cmd)
	cmd.Flags().BoolVar(&f.create, "create", false, "make the file and the table if they do not exist")
	cmd.Flags().BoolVar(&f.insert, "insert", false, "only add: fail if there is such a row")
	cmd.Flags().BoolVar(&f.update, "update", false, "only change: fail if there is no such row")
	cmd.Flags().StringVar(&f.stdin, "stdin", "", "set this column to what standard input holds")
	return cmd
}

// op returns what the flags ask for.
func (f *putFlags) op() store.Op {
	switch {
	case f.insert:
		return store.Insert
	case f.update:
		return store.Update
	}
	return store.Put
}

func (a *app) put(ctx context.Context, s *store.Store, w *store.Writer, f putFlags, args []string) error {
	name, word, values := args[1], args[2], args[3:]
	schema, missing, err := putSchema(ctx, s, f, args)
	if err != nil {
		return err
	}
	key, err := parseKey(schema, word)
	if err != nil {
		return err
	}
	set, err := assignments(schema, values, f)
	if err != nil {
		return err
	}
	if missing {
		if err := w.CreateTable(ctx, schema); err != nil {
			return err
		}
	}
	err = a.putRow(ctx, w, store.Change{Op: f.op(), Table: name, Key: key, Set: set})
	if err != nil && missing {
		// A table that only came to be for this row is not left without it.
		err = errors.Join(err, w.DropTable(context.WithoutCancel(ctx), name))
	}
	return err
}

// putSchema returns the schema of the table that a row is put in. If the table
// is missing, and shall be made, it is the one to make it with.
func putSchema(ctx context.Context, s *store.Store, f putFlags, args []string) (schema *store.Schema, missing bool, err error) {
	t, err := findTable(ctx, s, args[0], args[1])
	if f.create && store.KindOf(err) == store.NoTable {
		schema, err = newSchema(args[1], args[2])
		return schema, true, err
	}
	if err != nil {
		return nil, false, err
	}
	return t.Schema(), false, nil
}

func (a *app) putRow(ctx context.Context, w *store.Writer, c store.Change) error {
	done, err := w.Apply(ctx, []store.Change{c})
	switch {
	case err != nil:
		return err
	case len(done.Conflicts) > 0 && c.Op == store.Insert:
		return &store.Error{Op: "put", Table: c.Table, Kind: store.Exists, Err: fmt.Errorf("there is a row %s already", c.Key), Hint: "leave out --insert to change it"}
	case len(done.Conflicts) > 0:
		return &store.Error{Op: "put", Table: c.Table, Kind: store.NoRow, Err: fmt.Errorf("there is no row %s", c.Key), Hint: "leave out --update to add it"}
	case a.json:
		return a.printKeys(done.Keys)
	}
	a.note("put %s in %s", c.Key, c.Table)
	return nil
}

func (a *app) printKeys(keys []tuple.Tuple) error {
	for _, key := range keys {
		if _, err := a.stdout.Write(append(appendKey(nil, key), "}\n"...)); err != nil {
			return err
		}
	}
	return nil
}

// newSchema returns a table for keys like word, with one column of text.
func newSchema(name, word string) (*store.Schema, error) {
	schema := &store.Schema{
		Name: name, Columns: []store.Column{{Name: "value", Kind: tuple.KindText, Nullable: true}},
	}
	key := tuple.Of(tuple.Text(word))
	if strings.HasPrefix(word, "(") {
		var err error
		if key, err = tuple.Parse(word); err != nil {
			return nil, usagef("%s is not a key: %s", word, why(err))
		}
	}
	if len(key) == 0 {
		return nil, usagef("%s is not a key: it needs at least one element", word)
	}
	for i, v := range key {
		if v.IsNull() {
			return nil, usagef("%s does not say of what kind the keys of a new table are: an element is null", word)
		}
		column := store.Column{Name: "key", Kind: v.Kind()}
		if len(key) > 1 {
			column.Name = fmt.Sprintf("key%d", i+1)
		}
		schema.Key = append(schema.Key, column)
	}
	return schema, nil
}
