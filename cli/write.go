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
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/display"
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
	t, err := findTable(ctx, s, args[0], name)
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
	set, err := assignments(t.Schema(), values, f)
	if err != nil {
		return err
	}
	c := store.Change{Op: f.op(), Table: name, Key: key, Set: set}
	done, err := w.Apply(ctx, []store.Change{c})
	switch {
	case err != nil:
		return err
	case len(done.Conflicts) > 0 && f.insert:
		return &store.Error{Op: "put", Table: name, Kind: store.Exists, Err: fmt.Errorf("there is a row %s already", key), Hint: "leave out --insert to change it"}
	case len(done.Conflicts) > 0:
		return &store.Error{Op: "put", Table: name, Kind: store.NoRow, Err: fmt.Errorf("there is no row %s", key), Hint: "leave out --update to add it"}
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
			return nil, usagef("%s is not a key: %s", word, why(err))
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
func assignments(s *store.Schema, words []string, f putFlags) ([]store.Assignment, error) {
	set := make([]store.Assignment, 0, len(words)+1)
	for _, word := range words {
		as, err := assignment(s, word)
		if err != nil {
			return nil, err
		}
		set = append(set, as)
	}
	if f.stdin != "" {
		as, err := fromInput(s, f.stdin, f.input)
		if err != nil {
			return nil, err
		}
		set = append(set, as)
	}
	return set, twice(s, set)
}

// twice reports a column that is set more than once.
func twice(s *store.Schema, set []store.Assignment) error {
	seen := map[int]bool{}
	for _, as := range set {
		if seen[as.Column] {
			return usagef("column %s is set twice", s.Columns[as.Column].Name)
		}
		seen[as.Column] = true
	}
	return nil
}

// assignment reads COLUMN=VALUE or COLUMN:=JSON. A column's name may itself hold
// the signs: the first that ends a name counts.
func assignment(s *store.Schema, word string) (store.Assignment, error) {
	first, _, ok := strings.Cut(word, "=")
	if !ok {
		return store.Assignment{}, usagef("%s does not say which column it is for: write COLUMN=VALUE", word)
	}
	for end, c := range word {
		if c != '=' {
			continue
		}
		name, text := word[:end], word[end+1:]
		if i, err := settable(s, name); err == nil {
			return assign(s, i, text, asText)
		}
		if i, err := settable(s, strings.TrimSuffix(name, ":")); err == nil {
			return assign(s, i, text, asJSON)
		}
	}
	_, err := settable(s, strings.TrimSuffix(first, ":"))
	return store.Assignment{}, err
}

func assign(s *store.Schema, i int, text string, read func(store.Column, string) (tuple.Value, error)) (store.Assignment, error) {
	v, err := read(s.Columns[i], text)
	if err != nil {
		return store.Assignment{}, usagef("column %s: %s", s.Columns[i].Name, why(err))
	}
	return store.Assignment{Column: i, Value: v}, nil
}

// settable returns the index of a column, or -1 and an error.
func settable(s *store.Schema, name string) (int, error) {
	i := slices.IndexFunc(s.Columns, func(c store.Column) bool { return c.Name == name })
	if i >= 0 {
		return i, nil
	}
	if slices.ContainsFunc(s.Key, func(c store.Column) bool { return c.Name == name }) {
		return -1, usagef("%s is part of the key of %s, which KEY sets", name, s.Name)
	}
	return -1, usagef("%s has no column %q", s.Name, name)
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

// maxInput is how much of standard input is taken: more than that is a mistake
// that would use up the memory.
const maxInput = 1 << 30

// readStdin reads all of standard input, before a database is opened and with
// it locked. It can be interrupted while somebody has yet to type the end.
func (a *app) readStdin(ctx context.Context) ([]byte, error) {
	type input struct {
		text []byte
		err  error
	}
	done := make(chan input, 1)
	go func() {
		text, err := io.ReadAll(io.LimitReader(a.stdin, maxInput+1))
		done <- input{text, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case in := <-done:
		switch {
		case in.err != nil:
			return nil, fmt.Errorf("standard input cannot be read: %w", in.err)
		case len(in.text) > maxInput:
			return nil, driver.Errorf(driver.TooLarge, "standard input holds more than %s", display.Bytes(maxInput)).
				WithHint("a value cannot be as large as that: keep it in a file")
		}
		return in.text, nil
	}
}

// fromInput makes a column's value of what standard input held.
func fromInput(s *store.Schema, name string, input []byte) (store.Assignment, error) {
	i, err := settable(s, name)
	if err != nil {
		return store.Assignment{}, err
	}
	c := s.Columns[i]
	if c.Kind == tuple.KindBytes {
		return store.Assignment{Column: i, Value: tuple.Bytes(input)}, nil
	}
	v, err := asText(c, string(input))
	if err != nil {
		return store.Assignment{}, usagef("column %s: %s", name, why(err))
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
