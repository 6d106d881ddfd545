package tui

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// keeper is a shop that can be looked after: it keeps names, and tells what it
// was asked.
type keeper struct {
	*shop
	kept   []driver.Version
	states map[string]driver.Snapshot
	open   map[*keptState]bool // those that nobody has released
	undone int
	faults []string
	fail   error
	copied string
	packed int
}

func (k *keeper) Versions(context.Context) ([]driver.Version, error) { return k.kept, k.fail }

// keptState is a version of a keeper. The tables are those of the present.
type keptState struct {
	driver.Snapshot
	keeper *keeper
	name   string
}

func (v *keptState) Tables(ctx context.Context) ([]driver.TableInfo, error) {
	all, err := v.keeper.Tables(ctx)
	// One was made later.
	return slices.DeleteFunc(all, func(t driver.TableInfo) bool { return t.Name == "empty" }), err
}

func (v *keptState) Describe(ctx context.Context, table string) (*driver.Schema, error) {
	if table == "empty" {
		return nil, driver.Errorf(driver.NoTable, "there was no table empty")
	}
	return v.keeper.Describe(ctx, table)
}

func (v *keptState) Release() error {
	delete(v.keeper.open, v)
	return nil
}

func (k *keeper) OpenVersion(ctx context.Context, name string) (driver.VersionSnapshot, error) {
	snap, ok := k.states[name]
	switch {
	case k.fail != nil:
		return nil, k.fail
	case name == "":
		var err error
		if snap, err = k.Snapshot(ctx); err != nil {
			return nil, err
		}
	case !ok:
		return nil, driver.Errorf(driver.NotFound, "no version %q is kept", name)
	}
	v := &keptState{snap, k, name}
	k.open[v] = true
	return v, nil
}

func (k *keeper) Keep(ctx context.Context, name string) error {
	k.kept = append(k.kept, driver.Version{Name: name, Number: uint64(len(k.kept) + 7), Time: time.Date(2026, 1, 2, 15, 0, 0, 0, time.UTC)})
	k.states[name], _ = k.Snapshot(ctx)
	return k.fail
}

func (k *keeper) DropVersion(_ context.Context, name string) error {
	for i, v := range k.kept {
		if v.Name == name {
			k.kept = append(k.kept[:i:i], k.kept[i+1:]...)
			delete(k.states, name)
		}
	}
	return k.fail
}

func (k *keeper) Diff(_ context.Context, old, now driver.VersionSnapshot) iter.Seq2[driver.Difference, error] {
	return func(yield func(driver.Difference, error) bool) {
		from, to := old.(*keptState).name, now.(*keptState).name
		if !yield(driver.Difference{Kind: driver.TableAdded, Table: fmt.Sprintf("made \x1b[31mafter %s before %q", from, to)}, k.fail) || k.fail != nil {
			return
		}
		yield(driver.Difference{Kind: driver.RowAdded, Table: "orders", Key: tuple.Of(tuple.Text("bob"), tuple.Int(7))}, nil)
	}
}

func (k *keeper) UndoCommits(_ context.Context, n int) error {
	k.undone += n
	return k.fail
}

func (k *keeper) Backup(_ context.Context, path string) error {
	k.copied = path
	return k.fail
}

func (k *keeper) Compact(context.Context) (before, after int64, err error) {
	k.packed++
	return 4096, 1024, k.fail
}

func (k *keeper) Check(_ context.Context, report func(string)) error {
	for _, f := range k.faults {
		report(f)
	}
	return k.fail
}

func startKeeper(t *testing.T, change ...func(*Options)) (*user, *keeper) {
	t.Helper()
	s, err := openShop()
	if err != nil {
		t.Fatal(err)
	}
	k := &keeper{shop: s, states: map[string]driver.Snapshot{}, open: map[*keptState]bool{}}
	t.Cleanup(func() {
		if len(k.open) > 0 {
			t.Errorf("%d versions were not released", len(k.open))
		}
	})
	return start(t, append([]func(*Options){func(o *Options) { o.Store = store.New(k) }}, change...)...), k
}

// command runs a command by its name.
func (u *user) command(line string) *user {
	u.t.Helper()
	u.Press(":").Type(line).Press("enter")
	return u
}

func TestKeptStatesAreComparedAndDropped(t *testing.T) {
	u, k := startKeeper(t)
	u.Press("V").See("No state is kept by name. n keeps the present one.")
	u.Press("n").Type("monday").Press("enter").See("Kept the present state as monday.")
	u.command("keep tuesday").See("as tuesday")
	u.Press("V").See("Kept states", "tuesday", "monday", "4m05s ago")
	u.Press("down", "c").See("(monday → now)", "table added", `made ␛[31mafter monday before ""`, "row 1 of 2")
	u.Press("V", "down", "space", "up").See("* monday", "compared with monday")
	u.Press("c").See("(monday → tuesday)", `after monday before "tuesday"`)
	u.Press("V", "d").See("Drop tuesday")
	u.wait(time.Second).Press("right", "enter")
	u.See("Dropped the state tuesday.", "monday").Miss("* monday")
	if len(k.kept) != 1 {
		t.Errorf("what is kept: %v", k.kept)
	}
	k.fail = errors.New("the disk is gone")
	u.Press("c").See("the disk is gone").Press("esc", "esc")
	u.Press("V").See("the disk is gone").Press("esc").Miss("Kept states")
}

func TestCompactAsksFirst(t *testing.T) {
	u, k := startKeeper(t)
	u.command("compact").See("can no longer be undone").Press("esc")
	if k.packed != 0 {
		t.Fatal("it was compacted without being asked to")
	}
	u.command("compact").wait(time.Second).Press("right", "enter").See("Compacted: 4 KB before, 1 KB after.")
	u, k = startKeeper(t, func(o *Options) { o.Opened.Environment = "prod" })
	u.command("compact").See("Type shop")
	u.wait(time.Second).Press("enter")
	if k.packed != 0 {
		t.Fatal("a production database was compacted without its name")
	}
	u.Type("shop").Press("enter").See("Compacted")
}

func TestBackupReplacesNothing(t *testing.T) {
	u, k := startKeeper(t)
	path := filepath.Join(t.TempDir(), "copy.rowan")
	u.command("backup " + path).See("is a copy of")
	if k.copied != path {
		t.Errorf("it was copied into %q", k.copied)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	k.copied = ""
	u.command("backup " + path).See("exists")
	if k.copied != "" {
		t.Error("a file was replaced")
	}
	u.Press("esc")
	u.command("backup " + path + "!").See("is a copy of")
}

func TestCheckShowsFaults(t *testing.T) {
	u, k := startKeeper(t)
	u.command("check").See("no faults found")
	k.faults = []string{"page 7: its checksum is wrong \x1b[31m"}
	u.command("check").See("1 fault in", "page 7: its checksum is wrong", "restore a backup")
}

// What a database cannot do is said instead of tried.
func TestUpkeepSaysWhyNot(t *testing.T) {
	u := start(t)
	u.Press("V").See("keeps no states of itself")
	u.command("compact").See("not compacted from here")
	s, err := openShop()
	if err != nil {
		t.Fatal(err)
	}
	u = start(t, func(o *Options) { o.Store = store.New(s.ReadOnly()) })
	u.command("keep monday").See("read-only")
}
