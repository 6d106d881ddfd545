package grid

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
)

// goal says what a read is for.
type goal uint8

const (
	goalFirst  goal = iota // the first rows of a view
	goalLast               // the last ones
	goalKey                // those around a key
	goalExtend             // those after one end of the window
)

// request is a read of rows. It holds all that the read needs, so that it can
// run beside the update loop.
type request struct {
	goal goal
	// table, or its name if it has to be looked up first, and the view.
	store   *store.Store
	name    string
	table   *store.Table
	options store.ViewOptions
	view    *store.View // nil: a new one with options

	// at is where a goalExtend reads; its Key is that of a goalKey. A key with
	// fewer elements than the table's stands for the first that begins so.
	at store.Anchor
	// fraction, of a goalKey without a key, is the part of the view before the
	// row that is looked for.
	fraction float64
	// above is how many rows a goalKey wants before the key.
	above int
	n     int
	// offset is the line of the screen on which the cursor shall be after a
	// goalKey.
	offset int
	// announce tells the user when a goalKey finds no such row.
	announce bool

	now func() time.Time
	// prepared counts rows while a view is being sorted.
	prepared *atomic.Int64
}

// rowsRead is the result of a request.
type rowsRead struct {
	request
	// back holds what was read backward, forward what was read forward; one
	// of them may be nil.
	back, forward *store.Window
	took          time.Duration
}

// run reads. It is called on another goroutine.
func (q request) run(ctx context.Context) (rowsRead, error) {
	start := q.now()
	res := rowsRead{request: q}
	err := res.open(ctx)
	if err == nil {
		err = res.read(ctx)
	}
	res.took = q.now().Sub(start)
	return res, err
}

// open looks up the table and makes the view, as far as there are none.
func (res *rowsRead) open(ctx context.Context) (err error) {
	if res.table == nil {
		if res.table, err = res.store.Table(ctx, res.name); err != nil {
			return err
		}
	}
	if res.view == nil {
		res.view = res.table.View(res.options)
		return res.view.Prepare(ctx, func(n int64) { res.prepared.Store(n) })
	}
	return nil
}

func (res *rowsRead) read(ctx context.Context) error {
	switch res.goal {
	case goalFirst:
		return res.one(ctx, store.Anchor{})
	case goalLast:
		return res.one(ctx, store.Anchor{Backward: true})
	case goalExtend:
		return res.one(ctx, res.at)
	}
	return res.around(ctx)
}

func (res *rowsRead) one(ctx context.Context, at store.Anchor) error {
	w, err := res.view.Read(ctx, at, res.n)
	if at.Backward {
		res.back = &w
	} else {
		res.forward = &w
	}
	return err
}

// around reads the rows from a key on, and some before it.
func (res *rowsRead) around(ctx context.Context) error {
	if res.at.Key == nil {
		k, err := keyAtFraction(ctx, res.view, res.fraction)
		if err != nil {
			return err
		}
		if k == nil {
			return res.one(ctx, store.Anchor{})
		}
		res.at.Key = k
	}
	if len(res.at.Key) < len(res.table.Schema().Key) {
		k, err := completeKey(ctx, res.table, res.at.Key)
		if err != nil {
			return err
		}
		if k == nil {
			return res.one(ctx, store.Anchor{Backward: true})
		}
		res.at.Key = k
	}
	if err := res.one(ctx, store.Anchor{Key: res.at.Key, Inclusive: true}); err != nil {
		return err
	}
	above := res.above
	if res.forward.Resume == nil && len(res.forward.Rows) < res.n {
		above = res.n // the end is near: fill the screen from above
	}
	if above == 0 {
		return nil
	}
	w, err := res.view.Read(ctx, store.Anchor{Key: res.at.Key, Backward: true}, above)
	res.back = &w
	return err
}

// completeKey returns the first key of the table that is not before part, nil
// if there is none.
func completeKey(ctx context.Context, t *store.Table, part tuple.Tuple) (tuple.Tuple, error) {
	q := store.Query{Range: tuple.Range{Lower: tuple.Bound{Key: part}}, Limit: 1, KeysOnly: true}
	page, err := t.Scan(ctx, q)
	if err != nil || len(page.Rows) == 0 {
		return nil, err
	}
	return page.Rows[0].Key, nil
}

// scanned is how many rows the read examined.
func (res *rowsRead) scanned() (n int64) {
	for _, w := range []*store.Window{res.back, res.forward} {
		if w != nil {
			n += w.Scanned
		}
	}
	return n
}

// target returns the index, among all rows that were read, of the row that the
// cursor goes to.
func (res *rowsRead) target() int {
	above := 0
	if res.back != nil {
		above = len(res.back.Rows)
	}
	if res.forward == nil || len(res.forward.Rows) == 0 {
		return max(above-1, 0)
	}
	return above
}

// found reports whether a goalKey came upon the row that it looked for.
func (res *rowsRead) found() bool {
	if res.forward == nil || len(res.forward.Rows) == 0 {
		return false
	}
	return res.forward.Rows[0].Key.Equal(res.at.Key)
}
