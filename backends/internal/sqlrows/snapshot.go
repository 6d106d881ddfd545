package sqlrows

import (
	"context"
	"database/sql"

	"github.com/rowan-db/rowan/store/driver"
)

// Snapshot is one state of a database: a transaction that reads.
type Snapshot struct{ *session }

var (
	_ driver.Snapshot = Snapshot{}
	_ driver.Counter  = Snapshot{}
)

// NewSnapshot begins a snapshot on a connection of db.
func NewSnapshot(ctx context.Context, life *Lifetime, db *sql.DB, d Dialect) (s Snapshot, err error) {
	err = life.Call(ctx, func(ctx context.Context) error {
		s.session, err = begin(ctx, life, db, d, false)
		return err
	})
	return s, err
}

// Release implements [driver.Snapshot].
func (s Snapshot) Release() error {
	s.end()
	return nil
}
