package kvrows

import (
	"context"

	"github.com/rowan-db/rowan/store/driver"
)

// Flowing is implemented as well by remote trees that ask for what comes next
// while what they have read is worked on.
type Flowing interface {
	// Flow returns a cursor that reads on in one direction, without an end in
	// sight. Each pair is as it was at some moment, not all at the same one.
	// Nobody writes to what it returns, ever.
	Flow(keysOnly bool) Cursor
}

// partRows is how many rows of a stream are handed on at once.
const partRows = 500

// Stream implements driver.Streamer for an engine whose trees are [Flowing].
func (db *DB) Stream(ctx context.Context, s *driver.Schema, q driver.Query, each func(part []driver.Row) bool) (more bool, err error) {
	err = db.view(ctx, func(tx Tx) error {
		t, err := openTable(tx, s)
		if err != nil {
			return err
		}
		more, err = t.stream(ctx, q, each)
		return err
	})
	return more, err
}

func (t *table) stream(ctx context.Context, q driver.Query, each func(part []driver.Row) bool) (more bool, err error) {
	lower, upper := t.bounds(q.Range)
	w := &walk{cursor: t.tree.(Flowing).Flow(q.KeysOnly), lower: lower, upper: upper, reverse: q.Reverse}
	wanted := t.rowQuery(q)
	part := make([]driver.Row, 0, partRows)
	n := 0
	for more = w.first(); more && n < q.Limit; more = w.next() {
		row, err := t.current(w.cursor, wanted)
		if err != nil {
			return false, err
		}
		part = append(part, row)
		n++
		if len(part) == partRows {
			if err := ctx.Err(); err != nil || !each(part) {
				return true, err
			}
			part = make([]driver.Row, 0, partRows)
		}
	}
	if err := w.cursor.Err(); err != nil {
		return false, err
	}
	if len(part) > 0 {
		each(part)
	}
	return more, nil
}
