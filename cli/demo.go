package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"

	"github.com/rowan-db/rowan/backends"
	"github.com/rowan-db/rowan/cli/demo"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
)

// demoFlags are the flags of the demo command.
type demoFlags struct {
	path    string
	rows    int
	rebuild bool
	only    bool // build it, open nothing
}

// defaultDemo is where the demo is kept.
func defaultDemo() string {
	return filepath.Join(xdg.CacheHome, "rowan", fmt.Sprintf("demo-v%d.rowan", demo.Version))
}

func (a *app) demoCommand() *cobra.Command {
	f := demoFlags{path: defaultDemo()}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Build a database to try, once, and open it",
		Long: `demo builds a database in rowan's own format, the first time it is run, and opens
it: a web shop with a million orders, JSON events, pictures, and a table of what
is hard to show. Change it as you like: --rebuild makes it anew.`,
		Example: `  rowan demo
  rowan demo --path shop.rowan --rows 10000 --build-only`,
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
	if f.path == "" {
		return usagef("--path is empty: name a file")
	}
	_, err := os.Lstat(f.path)
	missing := errors.Is(err, fs.ErrNotExist)
	switch {
	case err != nil && !missing:
		return buildError(err)
	case (missing || f.rebuild) && a.readOnly:
		return driver.Errorf(driver.ReadOnly, "%s would have to be built, which --read-only forbids", f.path).
			WithHint("leave out --read-only")
	case missing || f.rebuild:
		err = a.buildDemo(ctx, f)
	default:
		err = a.checkDemo(ctx, f)
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

// checkDemo reports that the file which is there cannot be opened, and how to
// get one that can. One that another process has open is fine for it.
func (a *app) checkDemo(ctx context.Context, f demoFlags) error {
	s, err := backends.Open(ctx, f.path, backends.Options{ReadOnly: true})
	switch kind := store.KindOf(err); {
	case err == nil:
		return s.Close()
	case kind == store.Locked:
		return nil
	case kind == store.Corrupt, kind == store.NewerFormat, kind == store.NotDatabase && f.path == defaultDemo():
		return driver.Errorf(kind, "%s", plain(err)).
			WithHint("rowan demo --rebuild makes it anew; --path FILE leaves it as it is and makes another")
	}
	return err
}

// buildError is a failure to make the file, whatever it is made of.
func buildError(err error) error {
	if store.KindOf(err) == store.Canceled {
		return err
	}
	kind, hint := store.KindOf(err), "--path FILE builds it elsewhere"
	switch {
	case errors.Is(err, fs.ErrPermission):
		kind = driver.Permission
	case kind == store.Full:
		hint = "free some space, or build it elsewhere with --path FILE, or a smaller one with --rows N"
	}
	return driver.Errorf(kind, "the demo cannot be built: %s", strings.TrimPrefix(plain(err), "demo: ")).WithHint("%s", hint)
}

// buildDemo makes the database under another name and gives it its own when it
// is complete, so that one that was interrupted is never taken for the demo.
func (a *app) buildDemo(ctx context.Context, f demoFlags) (err error) {
	old, err := replaceable(ctx, f)
	if err != nil {
		return err
	}
	if old != nil { // nobody else opens it until it is replaced
		defer old.Close()
	}
	if err := os.MkdirAll(filepath.Dir(f.path), 0o755); err != nil {
		return buildError(err)
	}
	removeAbandoned(ctx, f.path)
	building := fmt.Sprintf("%s.%d%s", f.path, rand.Uint32(), buildingSuffix)
	defer func() {
		if removed := removeIfExists(building); err == nil {
			err = removed
		}
	}()
	if err := a.fillDemo(ctx, building, f.rows); err != nil {
		return buildError(err)
	}
	if f.rebuild {
		err = os.Rename(building, f.path)
	} else {
		err = publish(building, f.path)
	}
	if err != nil {
		return buildError(err)
	}
	return nil
}

func (a *app) fillDemo(ctx context.Context, path string, rows int) error {
	s, err := backends.Open(ctx, path, backends.Options{Create: true})
	if err != nil {
		return err
	}
	w, err := s.Writer()
	if err == nil {
		bar := newProgressBar(a, "Building the demo database")
		err = demo.Build(ctx, s, w, demo.Options{Orders: rows, Progress: bar.show})
		bar.end()
	}
	return errors.Join(err, s.Close())
}

// replaceable opens the demo that a rebuild is to replace, nil if there is none
// that can be opened. It fails if somebody works with it, or if it is not a
// demo but data that somebody may want to keep.
func replaceable(ctx context.Context, f demoFlags) (*store.Store, error) {
	s, err := backends.Open(ctx, f.path, backends.Options{})
	switch store.KindOf(err) {
	case store.NotFound, store.Corrupt, store.NewerFormat:
		return nil, nil
	case store.NotDatabase:
		if f.path == defaultDemo() {
			return nil, nil
		}
	}
	if err != nil {
		return nil, err
	}
	made, err := demo.Made(ctx, s)
	if err == nil && !made {
		err = driver.Errorf(driver.Exists, "%s is a database, but not the demo, so it is not replaced", f.path).
			WithHint("choose another --path, or delete the file yourself")
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// publish gives a new file its name, unless another process was faster: then
// that one's, which may be open already, stays.
func publish(building, path string) error {
	err := os.Link(building, path)
	switch {
	case err == nil, errors.Is(err, fs.ErrExist):
		return nil
	}
	return os.Rename(building, path) // a file system without links
}

// buildingSuffix ends the name of a demo that is not complete.
const buildingSuffix = ".building"

// abandonedAfter is how long nobody must have written a file that is being
// built, and that nobody has open, before it counts as abandoned.
const abandonedAfter = time.Minute

// removeAbandoned deletes what builds left that were killed. Failing to is no
// reason not to build.
func removeAbandoned(ctx context.Context, path string) {
	dir, base := filepath.Split(path)
	entries, err := os.ReadDir(filepath.Clean(dir + "."))
	if err != nil {
		return
	}
	for _, e := range entries {
		number, ours := strings.CutPrefix(e.Name(), base+".")
		number, building := strings.CutSuffix(number, buildingSuffix)
		if _, err := strconv.ParseUint(number, 10, 32); !ours || !building || err != nil || !e.Type().IsRegular() {
			continue
		}
		if info, err := e.Info(); err != nil || time.Since(info.ModTime()) < abandonedAfter {
			continue
		}
		file := filepath.Join(dir, e.Name())
		s, err := backends.Open(ctx, file, backends.Options{})
		switch store.KindOf(err) {
		case store.Locked, store.Canceled, store.Permission:
			continue
		}
		if err == nil {
			s.Close() // it was only opened to see that nobody else has it open
		}
		os.Remove(file)
	}
}

func removeIfExists(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
