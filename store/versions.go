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

// CanUndoCommits reports whether whole commits can be undone.
func (w *Writer) CanUndoCommits() bool { return can[driver.CommitUndoer](w.store.db) }

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

// At returns a store that shows a kept version as this one shows the present:
// its tables and their columns, too, are those of then. It cannot be written.
// It shows them until it is closed, also if others give the version up.
func (s *Store) At(ctx context.Context, name string) (*Store, error) {
	const op = "open the version"
	if name == "" {
		return nil, s.wrap(op, "", fault(op, "", NotFound, "a version has a name"))
	}
	snap, err := s.openVersion(ctx, op, name)
	if err != nil {
		return nil, err
	}
	at := New(&pastDB{VersionSnapshot: snap, present: s.db, name: name})
	at.past = snap
	return at, nil
}

func (s *Store) openVersion(ctx context.Context, op, name string) (driver.VersionSnapshot, error) {
	d, ok := s.db.(driver.Versioner)
	if !ok {
		return nil, s.unsupported(op)
	}
	snap, err := d.OpenVersion(ctx, name)
	return snap, s.wrap(op, "", err)
}

// pastDB is a kept version as a database of its own.
type pastDB struct {
	driver.VersionSnapshot
	present driver.DB
	name    string
}

// Info implements [driver.DB].
func (p *pastDB) Info() driver.Info {
	info := p.present.Info()
	info.Atomicity = driver.NoWrites
	info.ReadOnly = "this is the state that was kept as " + p.name + ", which stays as it was"
	return info
}

// Classify implements [driver.DB].
func (p *pastDB) Classify(err error) driver.Kind { return p.present.Classify(err) }

// Close implements [driver.DB]. The present database stays open.
func (p *pastDB) Close() error { return p.Release() }

// Diff yields what version to has otherwise than version from; the empty name
// is the present. Its cost depends on what differs. An error is the last that
// it yields.
func (s *Store) Diff(ctx context.Context, from, to string) iter.Seq2[Difference, error] {
	return func(yield func(Difference, error) bool) {
		c, err := s.Compare(ctx, from, to)
		if err != nil {
			yield(Difference{}, err)
			return
		}
		defer c.Release() // it wrote nothing, so there is nothing to fail
		for d, err := range c.All(ctx) {
			if !yield(d, err) || err != nil {
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
