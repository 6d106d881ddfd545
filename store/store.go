package store

import (
	"context"
	"sync"
	"time"

	"github.com/rowan-db/rowan/store/driver"
)

// Store is an open database. It has no methods that write: see [Store.Writer].
type Store struct {
	db    driver.DB
	close func() error
	live  liveTxs
	// past is what reads the rows of a kept version, nil in the present.
	past driver.Reader
	// patience is how long to wait while a live transaction is open.
	patience time.Duration
}

// New returns a store over an open database, which it closes with Close.
func New(db driver.DB) *Store {
	return &Store{db: db, close: sync.OnceValue(db.Close), patience: ownPatience}
}

// Info describes the database. It does no I/O.
func (s *Store) Info() Info { return s.db.Info() }

// Tables lists the tables and views, by name.
func (s *Store) Tables(ctx context.Context) ([]TableInfo, error) {
	tables, err := s.db.Tables(ctx)
	return tables, s.wrap("list tables", "", err)
}

// Table looks up a table or view. It fails with [NoTable] if there is none.
func (s *Store) Table(ctx context.Context, name string) (*Table, error) {
	if s.past != nil {
		return s.tableIn(ctx, s.past, name) // which may be able to do more than db
	}
	return s.tableIn(ctx, s.db, name)
}

func (s *Store) tableIn(ctx context.Context, r driver.Reader, name string) (*Table, error) {
	schema, err := s.db.Describe(ctx, name)
	if err != nil {
		return nil, s.wrap("describe", name, err)
	}
	return &Table{store: s, reader: r, schema: schema}, nil
}

// Snapshot begins to show one state of the database while others write. It
// fails with [Unsupported] if the database cannot. The caller must Release it.
func (s *Store) Snapshot(ctx context.Context) (*Snapshot, error) {
	const op = "take a snapshot"
	d, ok := s.db.(driver.Snapshotter)
	if !ok {
		return nil, s.unsupported(op)
	}
	snap, err := d.Snapshot(ctx)
	if err != nil {
		return nil, s.wrap(op, "", err)
	}
	return &Snapshot{store: s, snap: snap}, nil
}

// Check verifies the whole database and calls report for each problem that it
// finds. It fails with [Unsupported] if the database cannot verify itself; the
// error is otherwise for what prevented the check.
func (s *Store) Check(ctx context.Context, report func(problem string)) error {
	const op = "check"
	d, ok := s.db.(driver.Checker)
	if !ok {
		return s.unsupported(op)
	}
	return s.wrap(op, "", d.Check(ctx, report))
}

// CanCheck reports whether the database can verify itself.
func (s *Store) CanCheck() bool { return can[driver.Checker](s.db) }

// Writer returns what writes to the database. It fails with [ReadOnly] and
// the reason if the database is not open for writing.
func (s *Store) Writer() (*Writer, error) {
	d, ok := s.db.(driver.Writer)
	if !ok {
		reason := s.db.Info().ReadOnly
		if reason == "" {
			reason = "this kind of database cannot be written"
		}
		return nil, s.wrap("write", "", fault("write", "", ReadOnly, "%s", reason))
	}
	return &Writer{store: s, db: d}, nil
}

// Close closes the database. Calls after the first return what that returned;
// other methods fail with [Closed].
func (s *Store) Close() error { return s.wrap("close", "", s.close()) }

func (s *Store) unsupported(op string) error {
	info := s.db.Info()
	return s.wrap(op, "", fault(op, "", Unsupported, "a database of kind %q cannot do that", info.Backend))
}

// Snapshot is one state of a database.
type Snapshot struct {
	store *Store
	snap  driver.Snapshot
}

// Table looks up a table or view, to be read as it was when the snapshot was
// taken. Its schema is the present one.
func (sn *Snapshot) Table(ctx context.Context, name string) (*Table, error) {
	return sn.store.tableIn(ctx, sn.snap, name)
}

// Release ends the snapshot. It may be called more than once.
func (sn *Snapshot) Release() error {
	return sn.store.wrap("release the snapshot", "", sn.snap.Release())
}
