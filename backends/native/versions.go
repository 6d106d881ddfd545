package native

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"

	"github.com/rowan-db/rowan/backends/internal/kvrows"
	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/store/driver"
)

// history is how many of the last commits can be undone. What they replaced
// stays in the file for so long.
const history = 10

// versions is what every open file can do with the versions that it keeps.
type versions struct {
	engine engine
	rows   *kvrows.DB
}

// Versions implements driver.Versioner.
func (v versions) Versions(context.Context) ([]driver.Version, error) {
	vs, err := v.engine.db.Versions()
	out := make([]driver.Version, len(vs))
	for i, k := range vs {
		out[i] = driver.Version(k)
	}
	return out, explain(err)
}

// OpenVersion implements driver.Versioner.
func (v versions) OpenVersion(_ context.Context, name string) (driver.VersionSnapshot, error) {
	t, err := v.begin(name)
	if err != nil {
		return nil, explain(err)
	}
	return v.rows.Version(tx{t}), nil
}

// begin starts a transaction of a kept version, or of the present.
func (v versions) begin(name string) (*btree.Tx, error) {
	if name == "" {
		return v.engine.db.Begin(false)
	}
	t, err := v.engine.db.BeginVersion(name)
	return t, nameError(name, err)
}

// nameError puts an error about the name of a kept version into words.
func nameError(name string, err error) error {
	const longest = 255 // bytes, as btree has it
	switch {
	case errors.Is(err, btree.ErrNoVersion):
		return driver.Errorf(driver.NotFound, "no state is kept as %q", name).WithHint("rowan versions lists those that are")
	case errors.Is(err, btree.ErrVersionExists):
		return driver.Errorf(driver.Exists, "a state is kept as %q already", name).WithHint("choose another name, or drop that state first")
	case errors.Is(err, btree.ErrKeyTooLarge):
		return driver.Errorf(driver.TooLarge, "the name of a state has 1 to %d bytes, and this one has %d", longest, len(name)).WithHint("choose another name")
	}
	return explain(err)
}

// Diff implements driver.Differ.
func (v versions) Diff(ctx context.Context, old, now driver.VersionSnapshot) iter.Seq2[driver.Difference, error] {
	return func(yield func(driver.Difference, error) bool) {
		all := kvrows.RowDifferences(old, now, func(old, now kvrows.Tx) iter.Seq2[kvrows.PairDifference, error] {
			return pairs(ctx, old.(tx).Tx, now.(tx).Tx)
		})
		for d, err := range all {
			if !yield(d, explain(err)) {
				return
			}
		}
	}
}

var kinds = map[btree.ChangeKind]driver.DifferenceKind{
	btree.Added: driver.RowAdded, btree.Removed: driver.RowRemoved, btree.Changed: driver.RowChanged,
	btree.TreeAdded: driver.TableAdded, btree.TreeRemoved: driver.TableRemoved,
}

// pairs returns what differs between two transactions of the engine.
func pairs(ctx context.Context, old, now *btree.Tx) iter.Seq2[kvrows.PairDifference, error] {
	return func(yield func(kvrows.PairDifference, error) bool) {
		for d, err := range btree.Diff(old, now) {
			if err == nil {
				err = ctx.Err()
			}
			if !yield(kvrows.PairDifference{Kind: kinds[d.Kind], Tree: d.Tree, Key: d.Key, Old: d.Old, New: d.New}, err) || err != nil {
				return
			}
		}
	}
}

// Backup implements driver.Backuper. The copy does not take the place of the
// database itself: who has that open would go on with a file that nobody finds.
func (v versions) Backup(ctx context.Context, path string) error {
	own, err := os.Stat(v.rows.Info().Location)
	if err == nil {
		if to, err := os.Stat(path); err == nil && os.SameFile(own, to) {
			return driver.Errorf(driver.Exists, "%s is the database itself", path).WithHint("choose another name for the copy")
		}
	}
	return explain(v.engine.db.BackupTo(ctx, path))
}

// upkeep is what a file that is open for writing can do, too.
type upkeep struct{ engine engine }

// Keep implements driver.Keeper.
func (u upkeep) Keep(_ context.Context, name string) error {
	return nameError(name, u.engine.db.Keep(name))
}

// DropVersion implements driver.Keeper.
func (u upkeep) DropVersion(_ context.Context, name string) error {
	return nameError(name, u.engine.db.DropVersion(name))
}

// UndoCommits implements driver.CommitUndoer.
func (u upkeep) UndoCommits(_ context.Context, n int) error {
	err := u.engine.db.Undo(n)
	if !errors.Is(err, btree.ErrNoVersion) {
		return explain(err)
	}
	kept, err := u.engine.db.Versions()
	if err != nil {
		return explain(err)
	}
	text := "there is no commit that can be undone"
	switch kept = slices.DeleteFunc(kept, func(v btree.Version) bool { return v.Name != "" }); len(kept) {
	case 0:
	case 1:
		text = "only the last commit can be undone"
	default:
		text = fmt.Sprintf("only the last %d commits can be undone", len(kept))
	}
	return driver.Errorf(driver.NotFound, "%s", text).WithHint("about the last %d are remembered; compacting forgets them", history)
}

// Compact implements driver.Compacter.
func (u upkeep) Compact(ctx context.Context) (before, after int64, err error) {
	s, err := u.engine.db.Stats()
	if err != nil {
		return 0, 0, explain(err)
	}
	if err := errors.Join(u.engine.db.DropHistory(), u.engine.db.Compact(ctx)); err != nil {
		return 0, 0, explain(err)
	}
	now, err := u.engine.db.Stats()
	return s.FileSize, now.FileSize, explain(err)
}

// Upgrade rewrites a file of an older format in the present one, and reports
// whether that was necessary.
func Upgrade(ctx context.Context, path string) (bool, error) {
	done, err := btree.Upgrade(ctx, path, &btree.Options{LockTimeout: lockWait})
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, btree.ErrLocked) || errors.Is(err, btree.ErrNotDatabase) {
		return done, openError(path, err)
	}
	return done, explain(err)
}
