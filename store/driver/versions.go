package driver

import (
	"context"
	"iter"
	"time"

	"github.com/rowan-db/rowan/store/tuple"
)

// Version is a state of a database that stays readable.
type Version struct {
	// Name is what it was kept as, empty for one that is there only so that
	// commits can be undone.
	Name   string
	Number uint64
	// Time is when it was committed.
	Time time.Time
}

// Versioner is implemented by databases that can keep states of themselves.
// The methods that change something are in [Keeper].
type Versioner interface {
	// Versions lists what is kept, the oldest first.
	Versions(ctx context.Context) ([]Version, error)
	// OpenVersion begins to show a kept version; the empty name is the present
	// one, as it is now. It fails with [NotFound] if none has that name.
	OpenVersion(ctx context.Context, name string) (VersionSnapshot, error)
}

// VersionSnapshot is a version: its tables and schemas, too, are those of then.
// It stays readable if others give the version up.
type VersionSnapshot interface {
	Snapshot
	Tables(ctx context.Context) ([]TableInfo, error)
	Describe(ctx context.Context, table string) (*Schema, error)
}

// Keeper is implemented by a [Versioner] that is open for writing.
type Keeper interface {
	// Keep keeps the present state. It fails with [Exists] if the name is
	// taken.
	Keep(ctx context.Context, name string) error
	// DropVersion gives a kept version up. It fails with [NotFound].
	DropVersion(ctx context.Context, name string) error
}

// CommitUndoer is implemented by databases that can undo whole commits.
type CommitUndoer interface {
	// UndoCommits makes the state that the last n commits found, in a commit
	// of its own. It fails with [NotFound] if the history is not so long.
	UndoCommits(ctx context.Context, n int) error
}

// Backuper is implemented by databases that can copy themselves while they are
// in use.
type Backuper interface {
	// Backup makes a database in a file, whole or not at all.
	Backup(ctx context.Context, path string) error
}

// Compacter is implemented by databases that can give space back while they
// are in use.
type Compacter interface {
	// Compact makes the database smaller, and returns its size in bytes
	// before and after. It forgets the history that commits are undone by.
	Compact(ctx context.Context) (before, after int64, err error)
}

// Differ is implemented by databases that know what differs between versions
// without reading what does not.
type Differ interface {
	// Diff yields what version now has otherwise than version old, both of
	// which OpenVersion has returned. Tables come in the order of their names,
	// rows in key order. An error is the last that it yields: [Closed] if one
	// of them is released meanwhile.
	Diff(ctx context.Context, old, now VersionSnapshot) iter.Seq2[Difference, error]
}

// DifferenceKind is how two versions differ in something.
type DifferenceKind string

// The kinds of differences.
const (
	RowAdded     DifferenceKind = "added"
	RowRemoved   DifferenceKind = "removed"
	RowChanged   DifferenceKind = "changed"
	TableAdded   DifferenceKind = "table added"   // its rows follow
	TableRemoved DifferenceKind = "table removed" // its rows came before
	TableAltered DifferenceKind = "table altered" // it has other columns
)

// Difference is one thing in which two versions differ.
type Difference struct {
	Kind  DifferenceKind
	Table string
	// Key is that of a row, nil if it is about the table.
	Key tuple.Tuple
	// Old and New are the rows, nil where there is none, and OldSchema and
	// NewSchema say what their columns are.
	Old, New             *Row
	OldSchema, NewSchema *Schema
}
