//go:build cgo

package sqlite

import (
	"context"
	"time"

	"github.com/rowan-db/rowan/store/driver"
)

// waiter runs steps again while another process holds a lock.
type waiter struct{ most time.Duration }

// pause is between two attempts. SQLite itself waits too in most of them.
const pause = 5 * time.Millisecond

// again implements [sqlrows.Lifetime.Again]. SQLite's own waiting cannot be
// canceled, so that it is short, and repeated here.
func (w waiter) again(ctx context.Context, step func(context.Context) error) error {
	deadline := time.NewTimer(w.most)
	defer deadline.Stop()
	for {
		err := step(ctx)
		if !isBusy(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-deadline.C:
			return locked(err)
		case <-time.After(pause):
		}
	}
}

func locked(err error) error {
	return driver.Errorf(driver.Locked, "another process is using the database: %w", err).
		WithHint("wait until it has finished, or close it, and try again")
}
