package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"

	"github.com/rowan-db/rowan/backends"
	"github.com/rowan-db/rowan/cli/demo"
	"github.com/rowan-db/rowan/tui/display"
)

// demoFlags are the flags of the demo command.
type demoFlags struct {
	path    string
	rows    int
	rebuild bool
	only    bool // build it, open nothing
}

func (a *app) demoCommand() *cobra.Command {
	f := demoFlags{path: filepath.Join(xdg.CacheHome, "rowan", fmt.Sprintf("demo-v%d.rowan", demo.Version))}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Build a database to try, once, and open it",
		Long: `demo builds a database in rowan's own format, the first time it is run, and opens
it: a web shop with a million orders, JSON events, pictures, and a table of what
is hard to show. Change it as you like: --rebuild makes it anew.`,
		Args: exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.demo(cmd.Context(), f) },
	}
	cmd.Flags().StringVar(&f.path, "path", f.path, "the file")
	cmd.Flags().IntVar(&f.rows, "rows", demo.DefaultOrders, "the number of orders")
	cmd.Flags().BoolVar(&f.rebuild, "rebuild", false, "make the database anew, dropping what was changed in it")
	cmd.Flags().BoolVar(&f.only, "build-only", false, "make the database, open nothing")
	return cmd
}

func (a *app) demo(ctx context.Context, f demoFlags) error {
	if f.rows < 1 {
		return usagef("--rows %d: at least one order is needed", f.rows)
	}
	_, err := os.Stat(f.path)
	if f.rebuild || errors.Is(err, fs.ErrNotExist) {
		err = a.buildDemo(ctx, f)
	}
	if err != nil {
		return err
	}
	if f.only {
		_, err := fmt.Fprintln(a.stdout, f.path)
		return err
	}
	return a.ui(ctx, f.path)
}

// buildDemo makes the database under another name and renames it when it is
// complete, so that one that was interrupted is never taken for the demo.
func (a *app) buildDemo(ctx context.Context, f demoFlags) (err error) {
	if err := os.MkdirAll(filepath.Dir(f.path), 0o755); err != nil {
		return fmt.Errorf("the demo cannot be built: %w", err)
	}
	building := fmt.Sprintf("%s.%d.building", f.path, os.Getpid())
	defer func() {
		if err != nil {
			err = errors.Join(err, removeIfExists(building))
		}
	}()
	s, err := backends.Open(ctx, building, backends.Options{Create: true})
	if err != nil {
		return err
	}
	w, err := s.Writer()
	if err == nil {
		bar := newProgressBar(a, "Building the demo database")
		err = demo.Build(ctx, s, w, demo.Options{Orders: f.rows, Progress: bar.show})
		bar.end()
	}
	if err := errors.Join(err, s.Close()); err != nil {
		return err
	}
	return os.Rename(building, f.path)
}

func removeIfExists(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// progressBar shows on standard error how far something has come.
type progressBar struct {
	a       *app
	label   string
	live    bool // on a terminal, the line is drawn again and again
	started time.Time
}

func newProgressBar(a *app, label string) *progressBar {
	p := &progressBar{a: a, label: label, live: isTerminal(a.stderr), started: time.Now()}
	if !p.live {
		a.note("%s…", label)
	}
	return p
}

const barWidth = 30

func (p *progressBar) show(rows, of int) {
	if !p.live || of == 0 {
		return
	}
	full := barWidth * rows / of
	fmt.Fprintf(p.a.stderr, "\r%s  %s%s %3d%%  %s rows ", p.label,
		strings.Repeat("█", full), strings.Repeat("░", barWidth-full), 100*rows/of, display.Count(int64(rows)))
}

func (p *progressBar) end() {
	if p.live {
		fmt.Fprintf(p.a.stderr, " %.1fs\n", time.Since(p.started).Seconds())
	}
}
