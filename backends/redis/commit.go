package redis

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	client "github.com/redis/go-redis/v9"

	"github.com/rowan-db/rowan/store/driver"
)

// Commit implements [kvrows.Tx]. It fails with errChanged, and nothing was
// written, if others changed what the transaction has read. If the answer does
// not arrive it is unknown whether it was written.
func (t *writeTx) Commit() error {
	if t.ended {
		return errEnded()
	}
	if !t.changed() {
		return t.Rollback()
	}
	if !t.commit.begin() {
		return errors.Join(context.Canceled, t.Rollback())
	}
	t.ended = true
	err := t.exec()
	if err != nil {
		err = errors.Join(err, t.discardLoads())
	}
	_ = t.conn.Close() // it only goes back to the pool
	return err
}

// changed reports whether there is anything to commit.
func (t *writeTx) changed() bool {
	for _, d := range t.drafts {
		if len(d.changed()) > 0 {
			return true
		}
	}
	for _, o := range t.trees {
		if o.exists != o.listed || len(o.writes) > 0 || o.below == nil || o.loaded > 0 {
			if o.exists || o.listed {
				return true
			}
		}
	}
	return false
}

// exec sends the transaction.
func (t *writeTx) exec() error {
	p := t.conn.TxPipeline()
	for _, name := range slices.Sorted(maps.Keys(t.trees)) {
		t.queue(p, t.trees[name])
	}
	for _, name := range slices.Sorted(maps.Keys(t.drafts)) {
		d := t.drafts[name]
		d.table.write(t.ctx, p, d.changed())
	}
	commands, err := p.Exec(t.ctx)
	switch {
	case err == nil, err == client.Nil:
		return nil
	case errors.Is(err, client.TxFailedErr):
		return errChanged
	case refused(err):
		return partly(cause(err, commands), commands)
	}
	return driver.Errorf(driver.OutcomeUnknown, "the connection was lost before the server confirmed the changes: %w", err)
}

// refused reports whether the server has answered with an error.
func refused(err error) bool {
	var answer client.Error
	return errors.As(err, &answer)
}

// cause returns what the server had against one of the commands, when it
// refused to execute any because of it.
func cause(err error, commands []client.Cmder) error {
	const aborted = "EXECABORT"
	for _, c := range commands {
		if e := c.Err(); strings.HasPrefix(err.Error(), aborted) && refused(e) && !strings.HasPrefix(e.Error(), aborted) {
			return e
		}
	}
	return err
}

// partly tells of a transaction of which commands have failed. A server that
// refuses one while they are queued executes none; but one that fails when it
// is executed does not undo the others.
func partly(err error, commands []client.Cmder) error {
	done := 0
	for _, c := range commands {
		if c.Err() == nil || c.Err() == client.Nil {
			done++
		}
	}
	if done == 0 {
		return err
	}
	return driver.Errorf(driver.OutcomeUnknown, "the server made only %d of %d changes: %w", done, len(commands), err).
		WithHint("a key has become one of another type meanwhile; look at the rows again")
}

// queue queues the commands that make a tree what the overlay says.
func (t *writeTx) queue(p client.Pipeliner, o *overlay) {
	h := t.server.home(o.tree)
	if o.listed && (o.below == nil || o.loaded > 0) {
		p.Unlink(t.ctx, h.order, h.rows)
	}
	switch {
	case !o.exists && o.listed:
		p.ZRem(t.ctx, registryKey, o.tree)
		return
	case !o.exists:
		return
	case !o.listed:
		p.ZAdd(t.ctx, registryKey, client.Z{Member: o.tree})
	}
	if o.loaded > 0 {
		p.Persist(t.ctx, o.below.order)
		p.Persist(t.ctx, o.below.rows)
		p.Rename(t.ctx, o.below.order, h.order)
		p.Rename(t.ctx, o.below.rows, h.rows)
	}
	t.queueWrites(p, h, o)
}

func (t *writeTx) queueWrites(p client.Pipeliner, h home, o *overlay) {
	var put, gone []any
	var names []string
	for _, key := range o.keys() {
		if w := o.writes[key]; w.deleted {
			gone, names = append(gone, key), append(names, key)
		} else {
			put = append(put, key, w.value)
		}
	}
	for part := range slices.Chunk(put, 2*batch) {
		t.add(p, h, part)
	}
	for part := range slices.Chunk(gone, batch) {
		p.ZRem(t.ctx, h.order, part...)
	}
	for part := range slices.Chunk(names, batch) {
		p.HDel(t.ctx, h.rows, part...)
	}
}
