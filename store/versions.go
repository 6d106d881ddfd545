package store

import (
	"context"
	"iter"

	"github.com/rowan-db/rowan/store/driver"
)

// Versions lists the states that the database keeps, the oldest first. Like the
// other methods below, it fails with [Unsupported] if the database has none of
// that.
func (s *Store) Versions(ctx context.Context) ([]Version, error) {
	const op = "list versions"
	d, ok := s.db.(driver.Versioner)
	if !ok {
		return nil, s.unsupported(op)
	}
	vs, err := d.Versions(ctx)
	return vs, s.wrap(op, "", err)
}

// CanVersion reports whether the database keeps states of itself.
func (s *Store) CanVersion() bool { return can[driver.Versioner](s.db) }

// CanKeep reports whether the present state can be kept by name.
func (w *Writer) CanKeep() bool { return can[driver.Keeper](w.store.db) }

// CanBackUp reports whether the database can copy itself into a file.
func (s *Store) CanBackUp() bool { return can[driver.Backuper](s.db) }

// CanCompact reports whether the database can give space back.
func (w *Writer) CanCompact() bool { return can[driver.Compacter](w.store.db) }

// can reports whether a database, or what reads one, implements an optional
// interface.
func can[T any](db any) bool {
	_, ok := db.(T)
	return ok
}

// OpenVersion begins to show a kept version. The caller must Release it.
func (s *Store) OpenVersion(ctx context.Context, name string) (*KeptVersion, error) {
	const op = "open the version"
	d, ok := s.db.(driver.Versioner)
	if !ok {
		return nil, s.unsupported(op)
	}
	snap, err := d.OpenVersion(ctx, name)
	if err != nil {
		return nil, s.wrap(op, "", err)
	}
	return &KeptVersion{store: s, snap: snap}, nil
}

// KeptVersion shows a state that the database keeps.
type KeptVersion struct {
	store *Store
	snap  driver.VersionSnapshot
}

// Tables lists the tables that there were.
func (v *KeptVersion) Tables(ctx context.Context) ([]TableInfo, error) {
	tables, err := v.snap.Tables(ctx)
	return tables, v.store.wrap("list tables", "", err)
}

// Table looks up a table as it was, with the columns that it had.
func (v *KeptVersion) Table(ctx context.Context, name string) (*Table, error) {
	schema, err := v.snap.Describe(ctx, name)
	if err != nil {
		return nil, v.store.wrap("describe", name, err)
	}
	return &Table{store: v.store, reader: v.snap, schema: schema}, nil
}

// Release ends it. It may be called more than once.
func (v *KeptVersion) Release() error {
	return v.store.wrap("release the version", "", v.snap.Release())
}

// Diff yields what version to has otherwise than version from; the empty name
// is the present. Its cost depends on what differs. An error is the last that
// it yields.
func (s *Store) Diff(ctx context.Context, from, to string) iter.Seq2[Difference, error] {
	const op = "compare versions"
	return func(yield func(Difference, error) bool) {
		d, ok := s.db.(driver.Differ)
		if !ok {
			yield(Difference{}, s.unsupported(op))
			return
		}
		for diff, err := range d.Diff(ctx, from, to) {
			if !yield(diff, s.wrap(op, diff.Table, err)) || err != nil {
				return
			}
		}
	}
}

// Backup copies the database into a file while it is in use. The file appears
// when the copy is complete and checked.
func (s *Store) Backup(ctx context.Context, path string) error {
	const op = "back up"
	d, ok := s.db.(driver.Backuper)
	if !ok {
		return s.unsupported(op)
	}
	return s.wrap(op, "", d.Backup(ctx, path))
}

// Keep keeps the present state under a name.
func (w *Writer) Keep(ctx context.Context, name string) error {
	const op = "keep the version"
	d, ok := w.db.(driver.Keeper)
	if !ok {
		return w.store.unsupported(op)
	}
	return w.store.wrap(op, "", d.Keep(ctx, name))
}

// DropVersion gives a kept version up.
func (w *Writer) DropVersion(ctx context.Context, name string) error {
	const op = "drop the version"
	d, ok := w.db.(driver.Keeper)
	if !ok {
		return w.store.unsupported(op)
	}
	return w.store.wrap(op, "", d.DropVersion(ctx, name))
}

// UndoCommits undoes the last n commits, whoever made them, in a commit of its
// own: to have them back, undo that one.
func (w *Writer) UndoCommits(ctx context.Context, n int) error {
	const op = "undo commits"
	d, ok := w.db.(driver.CommitUndoer)
	if !ok {
		return w.store.unsupported(op)
	}
	return w.store.wrap(op, "", d.UndoCommits(ctx, n))
}

// Compact makes the database smaller while it is in use, and returns its size
// in bytes before and after. Commits from before can no longer be undone by
// UndoCommits.
func (w *Writer) Compact(ctx context.Context) (before, after int64, err error) {
	const op = "compact"
	d, ok := w.db.(driver.Compacter)
	if !ok {
		return 0, 0, w.store.unsupported(op)
	}
	before, after, err = d.Compact(ctx)
	return before, after, w.store.wrap(op, "", err)
}
