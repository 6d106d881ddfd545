package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rowan-db/rowan/backends"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/display"
)

func (a *app) tablesCommand() *cobra.Command {
	return a.jsonFlag(&cobra.Command{
		Use:     "tables TARGET",
		Short:   "List the tables and views",
		Long:    "tables lists the tables and views of a database, with their keys and about how\nmany rows they have: ~ marks an estimate, and nothing is counted.",
		Example: "  rowan tables shop.rowan\n  rowan tables shop.rowan --json",
		Args:    exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(cmd.Context(), args[0], backends.Options{ReadOnly: true}, func(s *store.Store) error {
				return a.tables(cmd.Context(), s)
			})
		},
	})
}

func (a *app) tables(ctx context.Context, s *store.Store) error {
	infos, err := s.Tables(ctx)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(a.stdout)
	t := newTable([]string{"table", "kind", "rows", "key"}, terminalWidth(a.stdout))
	for _, info := range infos {
		if err := a.tableLine(ctx, s, info, w, t); err != nil {
			return errors.Join(t.flush(w), w.Flush(), err)
		}
	}
	if !a.json {
		err = t.flush(w)
	}
	return errors.Join(err, w.Flush())
}

// tableLine prints one table of the list.
func (a *app) tableLine(ctx context.Context, s *store.Store, info store.TableInfo, w *bufio.Writer, t *table) error {
	tab, err := s.Table(ctx, info.Name)
	if err != nil {
		return err
	}
	if a.json {
		return printTableInfo(w, info, tab.Schema())
	}
	n, known, err := tab.Estimate(ctx)
	if err != nil {
		return err
	}
	rows := ""
	if known {
		rows = "~" + display.Count(n)
	}
	return t.add(w, []string{info.Name, string(info.Kind), rows, keyList(tab.Schema())}, []bool{false, false, true, false})
}

func keyList(s *store.Schema) string {
	text := ""
	for i, c := range s.Key {
		if i > 0 {
			text += ", "
		}
		text += c.Name
	}
	return text
}

func printTableInfo(w *bufio.Writer, info store.TableInfo, s *store.Schema) error {
	line := append([]byte(`{"table":`), tuple.Text(info.Name).AppendJSON(nil)...)
	line = append(append(line, `,"kind":`...), tuple.Text(string(info.Kind)).AppendJSON(nil)...)
	line = appendNames(append(line, `,"key":[`...), s.Key)
	line = appendNames(append(line, `],"columns":[`...), s.Columns)
	_, err := w.Write(append(line, "]}\n"...))
	return err
}

func appendNames(line []byte, columns []store.Column) []byte {
	for i, c := range columns {
		if i > 0 {
			line = append(line, ',')
		}
		line = tuple.Text(c.Name).AppendJSON(line)
	}
	return line
}

// scanFlags are the flags of the scan command.
type scanFlags struct {
	rangeFlags
	reverse, keysOnly bool
	limit             int
	format            string
}

// defaultLimit is how many rows a scan prints if nobody says.
const defaultLimit = 500

func (a *app) scanCommand() *cobra.Command {
	var f scanFlags
	cmd := a.jsonFlag(&cobra.Command{
		Use:   "scan TARGET TABLE",
		Short: "Print rows in key order",
		Long: `scan prints the rows of a table, or of a range of its keys, in key order.

A key is a plain word if it has one element, and a tuple such as ("user",42)
otherwise. A partial tuple speaks of all keys that begin with it.

Without --limit, 500 rows are printed; if there are more, a note on standard
error says so and the exit code is 3.`,
		Example: `  rowan scan shop.rowan orders --prefix '("tony-00000")' --reverse --limit 10
  rowan scan shop.rowan products --from BK --before CL --format csv
  rowan scan shop.rowan orders --limit 0 --json > orders.jsonl`,
		Args: exactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withTable(cmd.Context(), args[0], args[1], func(t *store.Table) error {
				return a.scan(cmd.Context(), t, f)
			})
		},
	})
	f.add(cmd)
	cmd.Flags().BoolVar(&f.reverse, "reverse", false, "from the last key down")
	cmd.Flags().IntVar(&f.limit, "limit", defaultLimit, "print at most so many rows; 0 prints all")
	cmd.Flags().BoolVar(&f.keysOnly, "keys-only", false, "leave the columns out")
	cmd.Flags().StringVar(&f.format, "format", string(formatTable), "table, json or csv")
	return cmd
}

func (a *app) scan(ctx context.Context, t *store.Table, f scanFlags) error {
	form, err := a.format(f.format, f.given("format"))
	if err != nil {
		return err
	}
	if f.limit < 0 {
		return usagef("--limit %d: the number of rows cannot be negative", f.limit)
	}
	r, err := f.parse(t.Schema())
	if err != nil {
		return err
	}
	q := store.Query{Range: r, Reverse: f.reverse, KeysOnly: f.keysOnly}
	if form == formatTable {
		q.MaxValue = tableValue
	}
	if f.limit > 0 {
		q.Limit = f.limit + 1 // one more, to know whether there are more
	}
	more := false
	rows := func(yield func(store.Row, error) bool) {
		n := 0
		for row, err := range t.Rows(ctx, q) {
			if n++; f.limit > 0 && n > f.limit && err == nil {
				more = true
				return
			}
			if !yield(row, err) {
				return
			}
		}
	}
	n, err := a.printRows(form, columnNames(t.Schema(), f.keysOnly), rows)
	switch {
	case err != nil:
		return err
	case more && !f.given("limit"):
		return fmt.Errorf("%w: %s has more rows than the first %d; --limit 0 prints all", errPartly, t.Name(), n)
	case more:
		a.note("%s has more rows after these %d", t.Name(), n)
	}
	return nil
}

// format returns the form of the output. given tells that --format was.
func (a *app) format(name string, given bool) (format, error) {
	if a.json {
		if given && format(name) != formatJSON {
			return "", usagef("--json and --format %s contradict each other: leave one out", name)
		}
		return formatJSON, nil
	}
	switch f := format(name); f {
	case formatTable, formatJSON, formatCSV:
		return f, nil
	}
	return "", usagef("--format %s: the formats are table, json and csv", name)
}

func (a *app) getCommand() *cobra.Command {
	var column string
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
			return a.withTable(cmd.Context(), args[0], args[1], func(t *store.Table) error {
				return a.get(cmd.Context(), t, args[2:], column)
			})
		},
	})
	cmd.Flags().StringVar(&column, "column", "", "print only this column")
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

func (a *app) countCommand() *cobra.Command {
	var f rangeFlags
	cmd := a.jsonFlag(&cobra.Command{
		Use:     "count TARGET TABLE",
		Short:   "Count the rows of a table or range",
		Example: `  rowan count shop.rowan orders --prefix '("tony-00000")'`,
		Args:    exactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withTable(cmd.Context(), args[0], args[1], func(t *store.Table) error {
				r, err := f.parse(t.Schema())
				if err != nil {
					return err
				}
				n, err := t.Count(cmd.Context(), r, nil)
				if err != nil {
					return err
				}
				if a.json {
					_, err = fmt.Fprintf(a.stdout, "{\"count\":%d,\"exact\":true}\n", n)
				} else {
					_, err = fmt.Fprintln(a.stdout, n)
				}
				return err
			})
		},
	})
	f.add(cmd)
	return cmd
}

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
