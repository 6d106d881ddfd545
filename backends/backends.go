// Package backends opens databases: it is the one place that lists the
// backends. A target is a URL, whose scheme names the backend, or the path of a
// file, whose first bytes do; a file's extension never matters.
package backends

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rowan-db/rowan/backends/mem"
	"github.com/rowan-db/rowan/backends/mysql"
	"github.com/rowan-db/rowan/backends/native"
	"github.com/rowan-db/rowan/backends/postgres"
	"github.com/rowan-db/rowan/backends/redis"
	"github.com/rowan-db/rowan/backends/sqlite"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/profile"
)

// Options say how to open a database.
type Options struct {
	// ReadOnly opens it without a way to write it.
	ReadOnly bool
	// Create makes a file of rowan's own format if there is none.
	Create bool
	// Connection says how to reach a server; the target then only names the
	// backend. Nil goes by the target and what the database's own tools read:
	// see [profile.Resolve].
	Connection *driver.Connection
}

// Backend describes a kind of database.
type Backend struct {
	// Name is what Info().Backend says.
	Name string
	// Product is what people call such databases.
	Product string
	// Schemes are those of its URLs.
	Schemes []string
	// Magic is what its files begin with, empty if it has none.
	Magic string

	// open opens a database that a path names; connect one on a server. A
	// backend has one of the two.
	open    func(ctx context.Context, location string, o Options) (driver.DB, error)
	connect func(ctx context.Context, c driver.Connection) (driver.DB, error)
	// upgrade rewrites a file of an older format, and reports whether it was
	// one; nil if the backend's files have no such thing.
	upgrade func(ctx context.Context, path string) (bool, error)
}

// IsServer reports whether the backend's databases are on servers.
func (b Backend) IsServer() bool { return b.connect != nil }

var table = []Backend{
	{
		Name: "native", Product: "rowan file", Schemes: []string{"rowan"}, Magic: native.Magic,
		open: func(ctx context.Context, path string, o Options) (driver.DB, error) {
			return native.Open(ctx, path, native.Options{ReadOnly: o.ReadOnly, Create: o.Create})
		},
		upgrade: native.Upgrade,
	},
	{
		Name: "sqlite", Product: "SQLite", Schemes: []string{"sqlite", "sqlite3"}, Magic: "SQLite format 3\x00",
		open: func(ctx context.Context, path string, o Options) (driver.DB, error) {
			return sqlite.Open(ctx, path, sqlite.Options{ReadOnly: o.ReadOnly})
		},
	},
	{Name: "postgres", Product: "PostgreSQL", Schemes: []string{"postgres", "postgresql"}, connect: postgres.Open},
	{Name: "mysql", Product: "MySQL or MariaDB", Schemes: []string{"mysql", "mariadb"}, connect: mysql.Open},
	{Name: "redis", Product: "Redis", Schemes: []string{"redis", "rediss", "redis+unix"}, connect: redis.Open},
	{
		Name: "mem", Product: "memory", Schemes: []string{"mem"},
		open: func(_ context.Context, _ string, o Options) (driver.DB, error) {
			if o.ReadOnly {
				return nil, driver.Errorf(driver.Configuration, "a new database in memory is empty: there is nothing to read").
					WithHint("open it for writing, in the user interface")
			}
			return mem.New(), nil
		},
	},
}

// All returns the backends, without the means to open them.
func All() []Backend { return slices.Clone(table) }

// Open opens the database that target, a URL or a path, names. The caller
// closes the store.
func Open(ctx context.Context, target string, o Options) (*store.Store, error) {
	b, location, err := find(target, o)
	if err != nil {
		return nil, openError("", err)
	}
	if b.IsServer() {
		return openServer(ctx, b, target, o)
	}
	db, err := b.open(ctx, location, o)
	if err != nil {
		return nil, openError(b.Name, named(location, err))
	}
	return store.New(db), nil
}

// Upgrade rewrites the file that target names in the present format of its
// backend, and reports whether it had an older one.
func Upgrade(ctx context.Context, target string) (bool, error) {
	const op = "upgrade"
	b, path, err := find(target, Options{})
	if err == nil && b.upgrade == nil {
		err = driver.Errorf(driver.Unsupported, "a %s has no formats of different age", b.Product).
			WithHint("only files of rowan's own format can be upgraded")
	}
	done := false
	if err == nil {
		done, err = b.upgrade(ctx, path)
		err = named(path, err)
	}
	if err != nil {
		return false, &store.Error{Op: op, Backend: b.Name, Kind: store.KindOf(err), Hint: store.HintOf(err), Err: err}
	}
	return done, nil
}

// openServer opens a database on a server.
func openServer(ctx context.Context, b Backend, target string, o Options) (*store.Store, error) {
	c := o.Connection
	if c == nil {
		access, err := profile.Resolve(profile.Profile{Target: target})
		if err != nil {
			return nil, openError(b.Name, err)
		}
		c = &access.Connection
	}
	own := *c
	own.ReadOnly = own.ReadOnly || o.ReadOnly
	db, err := b.connect(ctx, own)
	if err != nil {
		return nil, openError(b.Name, profile.Explain(own, err))
	}
	return store.New(db), nil
}

// openError makes of a failure what package store makes of later ones.
func openError(backend string, err error) error {
	return &store.Error{
		Op: "open", Backend: backend, Kind: store.KindOf(err), Hint: store.HintOf(err), Err: err,
	}
}

// named adds to an error which database it is about, if it does not say: some
// of a backend's own errors are about any.
func named(location string, err error) error {
	if err == nil || location == "" || strings.Contains(err.Error(), filepath.Base(location)) {
		return err
	}
	return fmt.Errorf("%s: %w", location, err)
}

// find returns the backend for a target, and what is to be opened with it.
func find(target string, o Options) (Backend, string, error) {
	if scheme, rest, ok := profile.CutScheme(target); ok {
		rest = strings.TrimPrefix(rest, "//")
		for _, b := range table {
			if !slices.Contains(b.Schemes, scheme) {
				continue
			}
			if rest == "" && b.Magic != "" {
				return b, "", driver.Errorf(driver.Configuration, "the URL %s names no file", target).
					WithHint("put the path after the colon")
			}
			return b, rest, nil
		}
		e := driver.Errorf(driver.Unsupported, "no backend speaks %s: URLs", scheme)
		if scheme == "file" {
			return Backend{}, "", e.WithHint("give the path alone")
		}
		return Backend{}, "", e.WithHint("the schemes are %s; a path with a colon is written ./%s:…", strings.Join(schemes(), ", "), scheme)
	}
	if target == "" {
		return Backend{}, "", driver.Errorf(driver.Configuration, "the name of the database is empty").
			WithHint("give a path, a URL or the name of a profile")
	}
	b, err := sniff(target, o)
	return b, target, err
}

func schemes() []string {
	var all []string
	for _, b := range table {
		all = append(all, b.Schemes[0]+":")
	}
	return all
}

// sniff returns the backend of a file by its first bytes.
func sniff(path string, o Options) (Backend, error) {
	head, err := readHead(path)
	if errors.Is(err, driver.NotFound) && o.Create {
		return table[0], nil
	}
	if err != nil {
		return Backend{}, err
	}
	for _, b := range table {
		if b.Magic != "" && bytes.HasPrefix(head, []byte(b.Magic)) {
			return b, nil
		}
	}
	if len(head) == 0 {
		return Backend{}, driver.Errorf(driver.NotDatabase, "%s is empty, so it is not a database", path).
			WithHint("if it should become one, delete it and create it anew; if it held data, restore a backup")
	}
	return Backend{}, driver.Errorf(driver.NotDatabase, "%s is not a database of a kind that is known: it begins with %q", path, head[:min(len(head), 16)]).
		WithHint("files of these kinds can be opened: %s", products())
}

func products() string {
	var names []string
	for _, b := range table {
		if b.Magic != "" {
			names = append(names, b.Product)
		}
	}
	return strings.Join(names, ", ")
}

// headSize is at least the length of every magic.
const headSize = 64

// readHead returns the first bytes of a file.
func readHead(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, pathError(path, err)
	}
	if info.IsDir() {
		return nil, driver.Errorf(driver.NotDatabase, "%s is a directory, not a database file", path).
			WithHint("name a file in it")
	}
	if !info.Mode().IsRegular() {
		return nil, driver.Errorf(driver.NotDatabase, "%s is a %s, not a file", path, special(info.Mode())).
			WithHint("a database cannot be read from a stream: name a file on a disk")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, pathError(path, err)
	}
	defer f.Close()
	head := make([]byte, headSize)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, pathError(path, err)
	}
	return head[:n], nil
}

// special is what people call a file that is none.
func special(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeNamedPipe != 0:
		return "pipe"
	case mode&fs.ModeSocket != 0:
		return "socket"
	case mode&fs.ModeDevice != 0:
		return "device"
	}
	return "special file"
}

// pathError says of a failure to read a file what kind it is.
func pathError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return driver.Errorf(driver.NotFound, "there is no file %s", path).
			WithHint("check the spelling, or try the demo: rowan demo")
	case errors.Is(err, fs.ErrPermission):
		return driver.Errorf(driver.Permission, "%s may not be read: permission denied", path)
	}
	if cause, ok := errors.AsType[*fs.PathError](err); ok {
		err = cause.Err // which names neither the path again nor the system call
	}
	return driver.Errorf(driver.Unavailable, "%s cannot be read: %w", path, err).
		WithHint("check the path, and that its disk is well")
}
