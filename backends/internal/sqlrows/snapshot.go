package sqlrows

import (
	"context"

	"github.com/rowan-db/rowan/store/driver"
)

// Snapshot is one state of a database: a transaction that reads.
type Snapshot struct{ *session }

var (
	_ driver.Snapshot = Snapshot{}
	_ driver.Counter  = Snapshot{}
)

// NewSnapshot begins a snapshot on a connection of pool.
func NewSnapshot(ctx context.Context, life *Lifetime, pool Pool, d Dialect) (s Snapshot, err error) {
	err = life.Call(ctx, func(ctx context.Context) error {
		s.session, err = begin(ctx, life, pool, d, false)
		return err
	})
	return s, err
}

// Release implements [driver.Snapshot].
func (s Snapshot) Release() error {
	s.end()
	return nil
}
