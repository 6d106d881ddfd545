package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/rowan-db/rowan/bench/compare"
	"github.com/rowan-db/rowan/e2e/servers"
)

// config says what is measured.
type config struct {
	rows   int
	tables int
	runs   int
	only   []string // names of servers, all when there are none
	json   string
	out    io.Writer // for results
	log    io.Writer // for what is being done
}

// errMissed is returned when everything was measured and a target was missed.
var errMissed = errors.New("a target was missed")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c := parseFlags(os.Args[1:], os.Getenv("QUICK"))
	c.out, c.log = os.Stdout, os.Stderr
	if err := measureAll(ctx, c); err != nil {
		fmt.Fprintln(os.Stderr, "servers:", err)
		stop()
		os.Exit(1)
	}
}

func parseFlags(args []string, quick string) config {
	c := config{rows: 1_000_000, tables: 10_000, runs: 9}
	if quick != "" && quick != "0" {
		c.rows, c.tables, c.runs = 100_000, 1000, 5
	}
	f := flag.NewFlagSet("servers", flag.ExitOnError)
	f.IntVar(&c.rows, "rows", c.rows, "the number of rows of the large table")
	f.IntVar(&c.tables, "tables", c.tables, "the number of tables of the large catalogue")
	f.IntVar(&c.runs, "runs", c.runs, "how often each side does each work")
	f.StringVar(&c.json, "json", filepath.Join("results", "servers.json"), "write the results to this file")
	f.Func("only", "measure only these servers, separated by commas: postgres, mysql, redis", func(s string) error {
		c.only = strings.Split(s, ",")
		return nil
	})
	_ = f.Parse(args) // it exits
	return c
}

func measureAll(ctx context.Context, c config) error {
	var rows []compare.Row
	var failed error // of servers: the others are measured all the same
	for _, b := range bares() {
		if len(c.only) > 0 && !slices.Contains(c.only, b.kind) {
			continue
		}
		results, err := c.measureServer(ctx, b)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", b.kind, err))
		}
		for _, r := range results {
			rows = append(rows, compare.Judge(r, nil)...)
		}
	}
	if len(rows) == 0 && failed == nil {
		return fmt.Errorf("there is no server called %s", strings.Join(c.only, " or "))
	}
	fmt.Fprintln(c.out, compare.Table(rows))
	if err := errors.Join(failed, compare.WriteJSON(c.json, rows)); err != nil {
		return err
	}
	if n := len(compare.Missed(rows)); n > 0 {
		return fmt.Errorf("%w: %d of %d", errMissed, n, len(rows))
	}
	return nil
}

// measureServer starts a server, fills it and measures it.
func (c *config) measureServer(ctx context.Context, b bare) (results []*compare.Result, err error) {
	i := slices.IndexFunc(servers.Kinds(), func(k servers.Kind) bool { return k.Name == b.kind })
	s, err := servers.Start(ctx, servers.Kinds()[i])
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Stop()) }()
	fmt.Fprintf(c.log, "%s %s: filling a table with %d rows\n", s.Kind.Title, s.Version, c.rows)
	if err := b.fill(ctx, s, c.rows); err != nil {
		return nil, err
	}
	if results, err = c.compareReading(ctx, b, s.URL()); err != nil {
		return results, err
	}
	fmt.Fprintf(c.log, "%s: making %d tables\n", s.Kind.Title, c.tables)
	if err := b.crowd(ctx, s, c.tables); err != nil {
		return results, err
	}
	trips, err := c.countTrips(ctx, b, s.URL())
	if err != nil {
		return results, err
	}
	return append(results, trips), nil
}
