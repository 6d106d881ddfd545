package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rowan-db/rowan/backends"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// sqlFlags are the flags of the sql command.
type sqlFlags struct {
	writeFlags
	write  bool
	limit  int
	format string
}

func (a *app) sqlCommand() *cobra.Command {
	var f sqlFlags
	cmd := a.jsonFlag(&cobra.Command{
		Use:   "sql TARGET [STATEMENTS]",
		Short: "Run statements of SQL",
		Long: `sql runs statements, or those on standard input, one after the other until one
fails, and prints what they return.

Without --write the database itself refuses to write, whatever the statements
say. Without --limit, 500 rows of each result are printed; if there are more, a
note on standard error says so and the exit code is 3.`,
		Example: `  rowan sql music.db 'select count(*) from tracks'
  rowan sql music.db 'select * from tracks order by title' --format csv
  rowan sql music.db "update tracks set title = 'x' where id = 1" --write`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 || len(args) == 2 {
				return nil
			}
			return wrongArgs(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.sql(cmd.Context(), f, args, cmd.Flags().Changed("format"))
		},
	})
	f.add(cmd)
	cmd.Flags().BoolVar(&f.write, "write", false, "let the statements write")
	cmd.Flags().IntVar(&f.limit, "limit", defaultLimit, "print at most so many rows of a result; 0 prints all")
	cmd.Flags().StringVar(&f.format, "format", string(formatTable), "table, json or csv")
	return cmd
}

func (a *app) sql(ctx context.Context, f sqlFlags, args []string, given bool) error {
	form, err := a.format(f.format, given)
	if err != nil {
		return err
	}
	if f.limit < 0 {
		return usagef("--limit %d: the number of rows cannot be negative", f.limit)
	}
	script := ""
	if len(args) == 2 {
		script = args[1]
	} else {
		text, err := a.readStdin(ctx)
		if err != nil {
			return err
		}
		script = string(text)
	}
	run := func(s *store.Store) error { return a.runScript(ctx, s, script, form, f) }
	if f.write {
		return a.writes(ctx, args[0], f.confirm, backends.Options{}, func(s *store.Store, _ *store.Writer) error { return run(s) })
	}
	return a.with(ctx, args[0], backends.Options{ReadOnly: true}, run)
}

// runScript runs statements until one fails.
func (a *app) runScript(ctx context.Context, s *store.Store, script string, form format, f sqlFlags) (err error) {
	c, err := s.Console(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	statements := c.Language().Dialect.Split(script)
	if len(statements) == 0 {
		return usagef("there is no statement to run")
	}
	cut := 0
	for i, statement := range statements {
		p := &resultPrinter{w: bufio.NewWriter(a.stdout), form: form, limit: f.limit, drains: f.write, app: a, later: i > 0}
		outcome, err := c.Stream(ctx, statement.Text, p)
		if errors.Is(err, errEnough) {
			err = nil
		}
		if err = errors.Join(err, p.end()); err != nil {
			if len(statements) > 1 {
				return fmt.Errorf("statement %d of %d: %w", i+1, len(statements), err)
			}
			return err
		}
		a.tellOutcome(outcome, p)
		if p.cut {
			cut++
		}
	}
	if c.InTransaction() {
		a.note("the transaction that is open is rolled back: end it with COMMIT")
	}
	if cut > 0 {
		return fmt.Errorf("%w: there are more rows than the first %d; --limit 0 prints all", errPartly, f.limit)
	}
	return nil
}

// tellOutcome tells what became of a statement that returned no rows.
func (a *app) tellOutcome(o store.Outcome, p *resultPrinter) {
	for _, n := range o.Notices {
		a.note("%s: %s", n.Severity, n.Text)
	}
	switch {
	case p.results > 0:
	case o.Tag != "":
		a.note("%s", o.Tag)
	case o.Affected >= 0:
		a.note("%d rows written", o.Affected)
	}
}

// errEnough ends a statement of which enough rows are printed.
var errEnough = errors.New("enough rows")

// resultPrinter prints the results of a statement as they come. It implements
// [driver.Sink].
type resultPrinter struct {
	app   *app
	w     *bufio.Writer
	form  format
	limit int
	// drains takes the rows that are not printed, too: a statement that writes
	// must not be ended.
	drains bool
	// later tells that something may have been printed before.
	later bool

	names   []string
	table   *table     // of the present result, or nil
	csv     *csvWriter // likewise
	rows    int        // of the present result
	results int
	cut     bool
	line    []byte
}

// Columns implements [driver.Sink].
func (p *resultPrinter) Columns(columns []driver.ResultColumn) error {
	if err := p.endResult(); err != nil {
		return err
	}
	if (p.later || p.results > 0) && p.form != formatJSON {
		if err := p.w.WriteByte('\n'); err != nil {
			return err
		}
	}
	p.results++
	p.rows, p.names = 0, make([]string, len(columns))
	for i, c := range columns {
		p.names[i] = c.Name
	}
	switch p.form {
	case formatTable:
		p.table = newTable(p.names, terminalWidth(p.app.stdout))
	case formatCSV:
		var err error
		p.csv, err = newCSVWriter(p.w, p.names, isTerminal(p.app.stdout))
		return err
	}
	return nil
}

// Row implements [driver.Sink].
func (p *resultPrinter) Row(values []tuple.Value) error {
	if p.rows++; p.limit > 0 && p.rows > p.limit {
		p.cut = true
		if p.drains {
			return nil
		}
		return errEnough
	}
	switch p.form {
	case formatJSON:
		p.line = append(appendColumns(append(p.line[:0], '{'), p.names, values), '\n')
		_, err := p.w.Write(p.line)
		return err
	case formatCSV:
		return p.csv.Row(values)
	}
	row := store.Row{Values: values}
	return p.table.add(p.w, tableCells(&row), rightAligned(&row))
}

// endResult prints what a result has held back.
func (p *resultPrinter) endResult() (err error) {
	switch {
	case p.table != nil:
		err = p.table.flush(p.w)
	case p.csv != nil:
		err = p.csv.Close()
	}
	p.table, p.csv = nil, nil
	return err
}

func (p *resultPrinter) end() error { return errors.Join(p.endResult(), p.w.Flush()) }
