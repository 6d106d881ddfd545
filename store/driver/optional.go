package driver

import (
	"context"
	"iter"

	"github.com/rowan-db/rowan/store/tuple"
)

// Writer is implemented by databases that are open for writing.
type Writer interface {
	// Apply makes all changes, in order, in one transaction, or none of them.
	// Within it, the rows of changes with a Base are read again and compared.
	// An error means that nothing was written, as far as the database's
	// Atomicity goes.
	Apply(ctx context.Context, changes []Change) (Applied, error)
}

// Snapshotter is implemented by databases that can show one state while others
// write.
type Snapshotter interface {
	Snapshot(ctx context.Context) (Snapshot, error)
}

// Snapshot is one state of a database.
type Snapshot interface {
	Reader
	// Release ends the snapshot. It may be called more than once.
	Release() error
}

// Transactor is implemented by databases with interactive transactions.
type Transactor interface {
	// Begin starts a transaction that can write. It waits for other writers
	// if the database has one at a time, until ctx is done.
	Begin(ctx context.Context) (Tx, error)
}

// Tx is a transaction. Reads see its own writes. After Commit or Rollback every
// method fails with [Closed].
type Tx interface {
	Reader
	// Apply is as in [Writer], but becomes durable with Commit. If it fails
	// or finds conflicts, the transaction is as it was before the call.
	Apply(ctx context.Context, changes []Change) (Applied, error)
	// Savepoint marks the state that RollbackTo returns to. Savepoints nest.
	Savepoint(ctx context.Context) (Savepoint, error)
	// RollbackTo undoes what was done since sp, which stays valid.
	RollbackTo(ctx context.Context, sp Savepoint) error
	Commit(ctx context.Context) error
	// Rollback ends the transaction and undoes it. After Commit it does
	// nothing.
	Rollback() error
}

// Savepoint is a mark in a transaction.
type Savepoint int

// Counter is implemented by databases that can count without reading rows.
type Counter interface {
	Count(ctx context.Context, s *Schema, r tuple.Range) (int64, error)
}

// Estimator is implemented by databases that know about how many rows a table
// has, at once. The second result tells that there is an estimate.
type Estimator interface {
	Estimate(ctx context.Context, s *Schema) (int64, bool, error)
}

// Ranker is implemented by databases that know where in a table a key is, at
// once, and so how many there are: what their Count and Estimate return is
// exact and costs no reading of rows.
type Ranker interface {
	// Rank returns how many rows sort before key.
	Rank(ctx context.Context, s *Schema, key tuple.Tuple) (int64, error)
	// Select returns the key of the row that n rows sort before, or nil.
	Select(ctx context.Context, s *Schema, n int64) (tuple.Tuple, error)
}

// Checker is implemented by databases that can verify themselves.
type Checker interface {
	// Check reads the whole database and calls report for each fault, from
	// one goroutine. The error is for what prevented the check.
	Check(ctx context.Context, report func(problem string)) error
}

// Creator is implemented by databases that can make tables.
type Creator interface {
	// CreateTable makes an empty table. Of the schema it uses the name, the
	// columns' names, kinds and NULLability, and AutoKey if the key is one
	// integer and the database can. It fails with [Exists] if there is one.
	CreateTable(ctx context.Context, s *Schema) error
	// DropTable removes a table and its rows. It fails with [NoTable].
	DropTable(ctx context.Context, table string) error
}

// Loader is implemented by databases that can fill a table faster than by
// changes.
type Loader interface {
	// Load adds rows to an empty table, in one transaction. It is fastest if
	// they come in key order. An error that rows yields ends the load, and is
	// returned.
	Load(ctx context.Context, s *Schema, rows iter.Seq2[Row, error]) error
}
