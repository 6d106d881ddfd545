package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
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
	stdin                  string
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
  rowan put orders.rowan orders '("ada",17)' status=paid note:=null`,
		Args: minimumArgs(3),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.insert && f.update {
				return usagef("--insert and --update exclude each other: leave both out to do either")
			}
			o := backends.Options{Create: f.create}
			return a.writes(cmd.Context(), args[0], f.confirm, o, func(s *store.Store, w *store.Writer) error {
				return a.put(cmd.Context(), s, w, f, args[1:])
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
	name, word, values := args[0], args[1], args[2:]
	t, err := s.Table(ctx, name)
	if f.create && store.KindOf(err) == store.NoTable {
		t, err = createTable(ctx, s, w, name, word)
	}
	if err != nil {
		return err
	}
	key, err := parseKey(t.Schema(), word)
	if err != nil {
		return err
	}
	set, err := a.assignments(t.Schema(), values, f.stdin)
	if err != nil {
		return err
	}
	c := store.Change{Op: f.op(), Table: name, Key: key, Set: set}
	done, err := w.Apply(ctx, []store.Change{c})
	switch {
	case err != nil:
		return err
	case len(done.Conflicts) > 0 && f.insert:
		return &store.Error{Op: "put", Table: name, Kind: store.Exists, Err: fmt.Errorf("there is a row %s already", key)}
	case len(done.Conflicts) > 0:
		return &store.Error{Op: "put", Table: name, Kind: store.NoRow, Err: fmt.Errorf("there is no row %s", key)}
	case a.json:
		return a.printKeys(done.Keys)
	}
	a.note("put %s in %s", key, name)
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

// createTable makes a table for keys like word, with one column of text.
func createTable(ctx context.Context, s *store.Store, w *store.Writer, name, word string) (*store.Table, error) {
	schema := &store.Schema{
		Name: name, Columns: []store.Column{{Name: "value", Kind: tuple.KindText, Nullable: true}},
	}
	key := tuple.Of(tuple.Text(word))
	if strings.HasPrefix(word, "(") {
		var err error
		if key, err = tuple.Parse(word); err != nil {
			return nil, usagef("%s is not a key: %w", word, err)
		}
	}
	for i, v := range key {
		column := store.Column{Name: "key", Kind: v.Kind()}
		if len(key) > 1 {
			column.Name = fmt.Sprintf("key%d", i+1)
		}
		schema.Key = append(schema.Key, column)
	}
	if err := w.CreateTable(ctx, schema); err != nil {
		return nil, err
	}
	return s.Table(ctx, name)
}

// assignments reads what columns are to be set to.
func (a *app) assignments(s *store.Schema, words []string, stdin string) ([]store.Assignment, error) {
	set := make([]store.Assignment, 0, len(words)+1)
	for _, word := range words {
		as, err := assignment(s, word)
		if err != nil {
			return nil, err
		}
		set = append(set, as)
	}
	if stdin == "" {
		return set, nil
	}
	as, err := a.fromStdin(s, stdin)
	return append(set, as), err
}

// assignment reads COLUMN=VALUE or COLUMN:=JSON.
func assignment(s *store.Schema, word string) (store.Assignment, error) {
	name, text, ok := strings.Cut(word, "=")
	if !ok {
		return store.Assignment{}, usagef("%s does not say which column it is for: write COLUMN=VALUE", word)
	}
	read := asText
	if i, _ := settable(s, name); i < 0 && strings.HasSuffix(name, ":") {
		name, read = strings.TrimSuffix(name, ":"), asJSON
	}
	i, err := settable(s, name)
	if err != nil {
		return store.Assignment{}, err
	}
	v, err := read(s.Columns[i], text)
	if err != nil {
		return store.Assignment{}, usagef("column %s: %w", name, err)
	}
	return store.Assignment{Column: i, Value: v}, nil
}

// settable returns the index of a column, or -1 and an error.
func settable(s *store.Schema, name string) (int, error) {
	i := slices.IndexFunc(s.Columns, func(c store.Column) bool { return c.Name == name })
	if i >= 0 {
		return i, nil
	}
	return -1, usagef("%s has no column %s that could be set", s.Name, name)
}

func asText(c store.Column, text string) (tuple.Value, error) {
	return tuple.ParseAs(c.Kind, c.Type, text)
}

func asJSON(c store.Column, text string) (v tuple.Value, err error) {
	if err = v.UnmarshalJSON([]byte(text)); err != nil {
		return v, err
	}
	return adapt(c, v), nil
}

// fromStdin reads a column's value from standard input.
func (a *app) fromStdin(s *store.Schema, name string) (store.Assignment, error) {
	i, err := settable(s, name)
	if err != nil {
		return store.Assignment{}, err
	}
	text, err := io.ReadAll(a.stdin)
	if err != nil {
		return store.Assignment{}, fmt.Errorf("standard input cannot be read: %w", err)
	}
	c := s.Columns[i]
	if c.Kind == tuple.KindBytes {
		return store.Assignment{Column: i, Value: tuple.Bytes(text)}, nil
	}
	v, err := asText(c, string(text))
	if err != nil {
		return store.Assignment{}, usagef("column %s: %w", name, err)
	}
	return store.Assignment{Column: i, Value: v}, nil
}

func (a *app) deleteCommand() *cobra.Command {
	var f writeFlags
	cmd := a.jsonFlag(&cobra.Command{
		Use:   "delete TARGET TABLE KEY...",
		Short: "Delete the rows of some keys",
		Long: `delete removes the rows with the given keys in one transaction. Keys without a row
are named, and make the exit code 1; the others are deleted all the same.`,
		Example: `  rowan delete orders.rowan orders '("ada",17)' '("ada",18)'`,
		Args:    minimumArgs(3),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.writes(cmd.Context(), args[0], f.confirm, backends.Options{}, func(s *store.Store, w *store.Writer) error {
				return a.delete(cmd.Context(), s, w, args[1], args[2:])
			})
		},
	})
	f.add(cmd)
	return cmd
}

func (a *app) delete(ctx context.Context, s *store.Store, w *store.Writer, table string, words []string) error {
	t, err := s.Table(ctx, table)
	if err != nil {
		return err
	}
	keys, err := parseKeys(t.Schema(), words)
	if err != nil {
		return err
	}
	rows, err := t.Get(ctx, keys...)
	if err != nil {
		return err
	}
	var changes []store.Change
	for i, key := range keys {
		if rows[i] == nil {
			a.note("%s has no row %s", table, key)
			continue
		}
		changes = append(changes, store.Change{Op: store.Remove, Table: table, Key: key})
	}
	if err := a.remove(ctx, w, table, changes); err != nil {
		return err
	}
	if missing := len(keys) - len(changes); missing > 0 {
		return &store.Error{
			Op: "delete", Table: table, Kind: store.NoRow,
			Err: fmt.Errorf("%d of %d rows did not exist", missing, len(keys)),
		}
	}
	return nil
}

func (a *app) remove(ctx context.Context, w *store.Writer, table string, changes []store.Change) error {
	if len(changes) == 0 {
		return nil
	}
	done, err := w.Apply(ctx, changes)
	if err != nil {
		return err
	}
	if a.json {
		return a.printKeys(done.Keys)
	}
	a.note("deleted %d rows of %s", len(changes), table)
	return nil
}
