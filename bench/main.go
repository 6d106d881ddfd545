package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"github.com/rowan-db/rowan/cli/demo"
)

// config says what is measured.
type config struct {
	rows int // of the large table
	runs int // of what is measured as a whole
	only string
	json string // the file to write, empty for none
	dir  string // where the databases are, empty for a folder that is removed
}

func main() {
	var c config
	flag.IntVar(&c.rows, "rows", demo.DefaultOrders, "the number of rows of the large table")
	flag.IntVar(&c.runs, "runs", 11, "how often each start of a program is measured")
	flag.StringVar(&c.only, "only", "", "measure only these: "+strings.Join(names(), ", ")+", separated by commas")
	flag.StringVar(&c.json, "json", "", "also write the results to this file")
	flag.StringVar(&c.dir, "dir", "", "keep the databases in this folder, and use those that are there")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, c, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// measurement is something that can be measured by itself.
type measurement struct {
	name    string
	measure func(ctx context.Context, f *files, r *report) error
}

func measurements() []measurement {
	return []measurement{
		{"start", measureStart},
		{"keys", measureKeys},
		{"memory", measureMemory},
		{"store", measureStore},
	}
}

func names() []string {
	var out []string
	for _, m := range measurements() {
		out = append(out, m.name)
	}
	return out
}

func run(ctx context.Context, c config, out io.Writer) (err error) {
	var only []string
	if c.only != "" {
		only = strings.Split(c.only, ",")
	}
	for _, name := range only {
		if !slices.Contains(names(), name) {
			return fmt.Errorf("-only %s: there are %s", name, strings.Join(names(), ", "))
		}
	}
	started := time.Now()
	f, err := prepare(ctx, c, out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	r := newReport(c.rows)
	for _, m := range measurements() {
		if len(only) > 0 && !slices.Contains(only, m.name) {
			continue
		}
		fmt.Fprintf(out, "measuring %s\n", m.name)
		if err := m.measure(ctx, f, r); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	fmt.Fprintf(out, "\n%s\n(%.0f s)\n", r, time.Since(started).Seconds())
	if c.json == "" {
		return nil
	}
	return r.writeJSON(c.json)
}
