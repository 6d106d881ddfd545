package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/display"
)

func (a *app) tablesCommand() *cobra.Command {
	var at string
	cmd := a.jsonFlag(&cobra.Command{
		Use:     "tables TARGET",
		Short:   "List the tables and views",
		Long:    "tables lists the tables and views of a database, with their keys and how many rows\nthey have: ~ marks an estimate, and nothing is counted.",
		Example: "  rowan tables shop.rowan\n  rowan tables shop.rowan --json",
		Args:    exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withAt(cmd.Context(), args[0], at, func(s *store.Store) error {
				return a.tables(cmd.Context(), s)
			})
		},
	})
	atFlag(cmd, &at)
	return cmd
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
	e, err := tab.Estimate(ctx)
	if err != nil {
		return err
	}
	rows := ""
	switch {
	case e.Exact:
		rows = display.Count(e.Rows)
	case e.Known:
		rows = "~" + display.Count(e.Rows)
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
	at                string
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
			return a.withTableAt(cmd.Context(), args[0], args[1], f.at, func(t *store.Table) error {
				return a.scan(cmd.Context(), t, f)
			})
		},
	})
	f.add(cmd)
	cmd.Flags().BoolVar(&f.reverse, "reverse", false, "from the last key down")
	cmd.Flags().IntVar(&f.limit, "limit", defaultLimit, "print at most so many rows; 0 prints all")
	cmd.Flags().BoolVar(&f.keysOnly, "keys-only", false, "leave the columns out")
	cmd.Flags().StringVar(&f.format, "format", string(formatTable), "table, json or csv")
	atFlag(cmd, &f.at)
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

func (a *app) countCommand() *cobra.Command {
	var f rangeFlags
	var at string
	cmd := a.jsonFlag(&cobra.Command{
		Use:     "count TARGET TABLE",
		Short:   "Count the rows of a table or range",
		Example: `  rowan count shop.rowan orders --prefix '("tony-00000")'`,
		Args:    exactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withTableAt(cmd.Context(), args[0], args[1], at, func(t *store.Table) error {
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
	atFlag(cmd, &at)
	return cmd
}
