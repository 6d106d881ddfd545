package main

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

//go:embed harness
var harnesses embed.FS

// ours is the engine that all others are compared with.
const ours = "btree"

// engine is something that can be measured: a program that obeys commands.
type engine struct {
	name    string
	title   string // in reports
	harness string // file or folder of its source, "" for those in Go
	library string // that the harness is linked with
	debian  string // package that has the library
	header  string // of that library
	program []string
}

// allEngines returns every engine in the order of reports.
func allEngines() []engine {
	return []engine{
		{name: ours, title: "btree"},
		{name: "btree-cow", title: "btree without log"},
		{name: "btree-small", title: "btree with little memory"},
		{name: "lmdb", title: "LMDB", harness: "lmdb.c", library: "lmdb", debian: "liblmdb-dev", header: "lmdb.h"},
		{name: "bbolt", title: "bbolt"},
		{name: "yakv", title: "YAKV", harness: "yakv/yakv-cow"},
		{name: "yakv-wal", title: "YAKV (WAL)", harness: "yakv/yakv-wal"},
		{name: "sqlite", title: "SQLite", harness: "sqlite.c", library: "sqlite3", debian: "libsqlite3-dev", header: "sqlite3.h"},
		{name: "leveldb", title: "LevelDB", harness: "leveldb.c", library: "leveldb", debian: "libleveldb-dev", header: "leveldb/c.h"},
		{name: "rocksdb", title: "RocksDB", harness: "rocksdb.c", library: "rocksdb", debian: "librocksdb-dev", header: "rocksdb/c.h"},
		{name: "pebble", title: "Pebble"},
		{name: "floor", title: "floor", harness: "floor.c"},
	}
}

// builder builds the programs of engines.
type builder struct {
	cache string // folder that keeps what was built
	self  string // this program, which is the worker of engines in Go
	log   func(format string, args ...any)
}

// build sets the engine's program, and builds it when it is not there.
func (b *builder) build(ctx context.Context, e *engine) error {
	if e.harness == "" {
		e.program = []string{b.self, workerFlag, e.name}
		return nil
	}
	dir, err := b.unpack()
	if err != nil {
		return err
	}
	e.program = []string{filepath.Join(dir, "bin", e.name)}
	if err := os.MkdirAll(filepath.Join(dir, "bin"), 0o755); err != nil {
		return err
	}
	if _, err := os.Stat(e.program[0]); err == nil {
		return nil
	}
	b.log("building the harness of %s", e.title)
	if crate, bin, ok := strings.Cut(e.harness, "/"); ok {
		return b.cargo(ctx, filepath.Join(dir, crate), bin, e.program[0])
	}
	return b.gcc(ctx, dir, e)
}

// unpack writes the sources into a folder that is named by what is in them, so
// that a changed harness is built anew.
func (b *builder) unpack() (dir string, err error) {
	sum := sha256.New()
	var paths []string
	err = fs.WalkDir(harnesses, "harness", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := harnesses.ReadFile(path)
		fmt.Fprintf(sum, "%s %d %s", path, len(text), text)
		paths = append(paths, path)
		return err
	})
	if err != nil {
		return "", err
	}
	dir = filepath.Join(b.cache, hex.EncodeToString(sum.Sum(nil))[:12])
	for _, path := range paths {
		text, err := harnesses.ReadFile(path)
		if err != nil {
			return "", err
		}
		to := filepath.Join(dir, strings.TrimPrefix(path, "harness/"))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return "", err
		}
		if have, err := os.ReadFile(to); err == nil && string(have) == string(text) {
			continue
		}
		if err := os.WriteFile(to, text, 0o644); err != nil {
			return "", err
		}
	}
	return dir, nil
}

func (b *builder) gcc(ctx context.Context, dir string, e *engine) error {
	argv := []string{"gcc", "-O2", "-o", e.program[0], filepath.Join(dir, e.harness)}
	if e.library != "" {
		if err := b.require(ctx, e); err != nil {
			return err
		}
		argv = append(argv, "-l"+e.library)
	}
	return run(ctx, dir, argv...)
}

// require sees to it that the library's header is there: from Debian's package
// where this process may install one.
func (b *builder) require(ctx context.Context, e *engine) error {
	if hasHeader(ctx, e.header) {
		return nil
	}
	if os.Geteuid() == 0 {
		if _, err := exec.LookPath("apt-get"); err == nil {
			b.log("installing %s", e.debian)
			if err := run(ctx, "", "apt-get", "install", "-y", "--no-install-recommends", e.debian); err != nil {
				return err
			}
		}
	}
	if hasHeader(ctx, e.header) {
		return nil
	}
	return fmt.Errorf("%s is measured through <%s>, which is not there: install gcc and the package %s, or leave %s out with -peers", e.title, e.header, e.debian, e.title)
}

func hasHeader(ctx context.Context, header string) bool {
	cmd := exec.CommandContext(ctx, "gcc", "-E", "-x", "c", "-")
	cmd.Stdin = strings.NewReader("#include <" + header + ">\n")
	return cmd.Run() == nil
}

// cargo builds a binary of a crate and copies it.
func (b *builder) cargo(ctx context.Context, crate, bin, to string) error {
	if _, err := exec.LookPath("cargo"); err != nil {
		return errors.New("YAKV is measured through its Rust crate: install cargo, or leave yakv and yakv-wal out with -peers")
	}
	if err := run(ctx, crate, "cargo", "build", "--release", "--locked", "--quiet", "--target-dir", filepath.Join(b.cache, "cargo")); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(b.cache, "cargo", "release", bin))
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o755)
}

// run runs a program, whose output becomes part of the error.
func run(ctx context.Context, dir string, argv ...string) error {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(argv, " "), err, out)
	}
	return nil
}
