package native

import (
	"context"
	"errors"
	"iter"
	"os"

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
	return v.engine.db.BeginVersion(name)
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

// Backup implements driver.Backuper.
func (v versions) Backup(ctx context.Context, path string) error {
	return explain(v.engine.db.BackupTo(ctx, path))
}

// upkeep is what a file that is open for writing can do, too.
type upkeep struct{ engine engine }

// Keep implements driver.Keeper.
func (u upkeep) Keep(_ context.Context, name string) error { return explain(u.engine.db.Keep(name)) }

// DropVersion implements driver.Keeper.
func (u upkeep) DropVersion(_ context.Context, name string) error {
	return explain(u.engine.db.DropVersion(name))
}

// UndoCommits implements driver.CommitUndoer.
func (u upkeep) UndoCommits(_ context.Context, n int) error { return explain(u.engine.db.Undo(n)) }

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
