package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/rowan-db/rowan/backends"
	"github.com/rowan-db/rowan/store"
)

// table is the large table of both databases.
const table = "orders"

// files is what is measured: the program, and two databases with the same
// table.
type files struct {
	config
	dir     string // that everything is in
	remove  bool
	program string
	native  string // a file of rowan's own format
	sqlite  string
}

// prepare builds the program and, unless they are there, the databases.
func prepare(ctx context.Context, c config, out io.Writer) (*files, error) {
	for _, program := range []string{"tmux", "sqlite3", "go"} {
		if _, err := exec.LookPath(program); err != nil {
			return nil, fmt.Errorf("%s is needed, and is not here: %w", program, err)
		}
	}
	f := &files{config: c, dir: c.dir, remove: c.dir == ""}
	var err error
	if f.remove {
		if f.dir, err = os.MkdirTemp("", "rowan-bench"); err != nil {
			return nil, err
		}
	} else if err = os.MkdirAll(f.dir, 0o755); err != nil {
		return nil, err
	}
	if f.dir, err = filepath.Abs(f.dir); err != nil {
		return nil, err
	}
	f.program = filepath.Join(f.dir, "rowan")
	f.native = filepath.Join(f.dir, fmt.Sprintf("orders-%d.rowan", c.rows))
	f.sqlite = filepath.Join(f.dir, fmt.Sprintf("orders-%d.db", c.rows))
	fmt.Fprintf(out, "building the program and two databases of %d rows in %s\n", c.rows, f.dir)
	if err := f.build(ctx); err != nil {
		return nil, errors.Join(err, f.close())
	}
	return f, nil
}

func (f *files) close() error {
	if f.remove {
		return os.RemoveAll(f.dir)
	}
	return nil
}

func (f *files) build(ctx context.Context) error {
	if err := f.buildProgram(ctx); err != nil {
		return err
	}
	if missing(f.native) {
		err := command(ctx, f.program, "demo", "--path", f.native, "--rows", fmt.Sprint(f.rows), "--build-only")
		if err != nil {
			return err
		}
	}
	if missing(f.sqlite) {
		return f.copyToSQLite(ctx)
	}
	return nil
}

// buildProgram builds the program in its own module, which this one replaces a
// dependency with, as it is built for people.
func (f *files) buildProgram(ctx context.Context) error {
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/rowan-db/rowan").Output()
	if err != nil {
		return fmt.Errorf("go list: run this in its own folder: %w", err)
	}
	return command(ctx, "go", "-C", strings.TrimSpace(string(root)), "build", "-trimpath", "-buildvcs=false", "-o", f.program)
}

func missing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// sqliteSchema is the table as somebody would make it who knows SQLite: in key
// order, like rowan's own.
const sqliteSchema = `PRAGMA journal_mode = WAL;
CREATE TABLE orders (customer TEXT NOT NULL, number INTEGER NOT NULL, status TEXT NOT NULL,
	total TEXT NOT NULL, placed TEXT NOT NULL, note TEXT, PRIMARY KEY (customer, number)) WITHOUT ROWID;`

// copyToSQLite makes the SQLite database under another name, which it loses
// when it is complete.
func (f *files) copyToSQLite(ctx context.Context) (err error) {
	building := f.sqlite + ".building"
	if err := command(ctx, "sqlite3", building, sqliteSchema); err != nil {
		return err
	}
	from, err := open(ctx, f.native, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	to, err := open(ctx, building, false)
	if err != nil {
		return err
	}
	w, err := to.Writer()
	if err == nil {
		err = w.Load(ctx, to.table, from.table.Rows(ctx, store.Query{}))
	}
	if err = errors.Join(err, to.Close()); err != nil {
		return err
	}
	return os.Rename(building, f.sqlite)
}

// database is an open database and its large table.
type database struct {
	*store.Store
	table *store.Table
}

func open(ctx context.Context, path string, readOnly bool) (*database, error) {
	s, err := backends.Open(ctx, path, backends.Options{ReadOnly: readOnly})
	if err != nil {
		return nil, err
	}
	t, err := s.Table(ctx, table)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return &database{s, t}, nil
}

// command runs a program to its end.
func command(ctx context.Context, name string, args ...string) error {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", filepath.Base(name), err, out)
	}
	return nil
}

// environ is the environment of the program while it is measured: a home of its
// own, and a terminal with all colours.
func (f *files) environ() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + f.dir, "LANG=C.UTF-8", "TERM=xterm-256color",
		"ROWAN_STATE=" + filepath.Join(f.dir, "state"), "ROWAN_PROFILES=" + filepath.Join(f.dir, "profiles.toml"),
	}
}
