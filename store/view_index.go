package store

import (
	"context"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// This file reads views that are sorted or have a limit, by an index of their
// keys.

// Prepare remembers anew which rows the view consists of and in which order,
// if it is sorted or has a limit; otherwise it does nothing. It calls progress,
// if that is not nil, with the number of rows read so far. It fails with
// [TooLarge] if there are too many rows to sort them here.
func (v *View) Prepare(ctx context.Context, progress func(rows int64)) error {
	if !v.indexed() {
		return nil
	}
	if err := v.lockIndex(ctx); err != nil {
		return err
	}
	defer v.unlockIndex()
	return v.prepare(ctx, progress)
}

// prepared returns the index, which it makes if there is none.
func (v *View) prepared(ctx context.Context) (*index, error) {
	if x := v.index.Load(); x != nil {
		return x, nil
	}
	if err := v.lockIndex(ctx); err != nil {
		return nil, err
	}
	defer v.unlockIndex()
	if v.index.Load() == nil {
		if err := v.prepare(ctx, nil); err != nil {
			return nil, err
		}
	}
	return v.index.Load(), nil
}

// lockIndex waits until nobody else prepares the view.
func (v *View) lockIndex(ctx context.Context) error {
	select {
	case v.preparing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return v.table.wrap("sort", ctx.Err())
	}
}

func (v *View) unlockIndex() { <-v.preparing }

func (v *View) prepare(ctx context.Context, progress func(rows int64)) error {
	b, err := v.newIndexBuilder()
	if err != nil {
		return v.table.wrap("sort", err)
	}
	var read int64
	for p := b.pager; !p.done && !b.full(); {
		rows, err := p.next(ctx, 0)
		if err != nil {
			return err
		}
		for i := range rows {
			if err := v.addToIndex(ctx, b, &rows[i]); err != nil {
				return err
			}
		}
		read += int64(len(rows))
		if progress != nil {
			progress(read)
		}
	}
	v.index.Store(b.index())
	return nil
}

func (v *View) addToIndex(ctx context.Context, b *indexBuilder, r *Row) error {
	if b.full() {
		return nil
	}
	if ok, err := v.matches(ctx, r); err != nil || !ok {
		return err
	}
	return v.table.wrap("sort", b.add(r))
}

// readIndexed reads a window by the index.
func (v *View) readIndexed(ctx context.Context, at Anchor, n int) (Window, error) {
	x, err := v.prepared(ctx)
	if err != nil {
		return Window{}, err
	}
	start, err := v.startAt(x, at)
	if err != nil {
		return Window{}, v.table.wrap("scan", err)
	}
	w, err := v.readPositions(ctx, x, start, at.Backward, n)
	if err == nil && at.Backward {
		w.turn()
	}
	return w, err
}

// startAt returns the position of the first row that a read at an anchor
// returns.
func (v *View) startAt(x *index, at Anchor) (int, error) {
	if at.Key == nil {
		if at.Backward {
			return x.keys.len() - 1, nil
		}
		return 0, nil
	}
	pos, ok := x.find(at.Key)
	switch {
	case !ok:
		return v.startNear(x, at)
	case at.Inclusive:
		return pos, nil
	case at.Backward:
		return pos - 1, nil
	}
	return pos + 1, nil
}

// startNear returns the position where a read begins whose key is not of a row
// of the view: there is such a place only in the order of the keys.
func (v *View) startNear(x *index, at Anchor) (int, error) {
	if v.options.Sort.Column != "" || v.table.store.Info().Order != driver.Bytewise {
		return 0, v.notInView(at.Key)
	}
	after, _ := x.search(at.Key)
	if v.options.Reverse {
		after = x.keys.len() - after
	}
	if at.Backward {
		return after - 1, nil
	}
	return after, nil
}

func (v *View) notInView(key tuple.Tuple) error {
	return fault("scan", v.table.Name(), NoRow, "the row %s is not in the view", describeKey(key)).
		withHint("refresh, or look for it in the order of the keys")
}

// readPositions reads the rows from a position on, in one direction, as they
// are now.
func (v *View) readPositions(ctx context.Context, x *index, pos int, backward bool, n int) (Window, error) {
	step, end := 1, x.keys.len()
	if backward {
		step, end = -1, -1
	}
	w := Window{Before: pos != end-step*x.keys.len()}
	for pos != end && len(w.Rows) < n {
		left := v.options.Budget - w.Scanned
		if left <= 0 {
			w.Resume = x.keys.tuple(pos - step)
			break
		}
		size := min(n-len(w.Rows), maxGet, int(min(left, maxGet)), (end-pos)*step)
		keys := make([]tuple.Tuple, size)
		for i := range keys {
			keys[i] = x.keys.tuple(pos + i*step)
		}
		rows, err := v.present(ctx, keys)
		if err != nil {
			return Window{}, err
		}
		w.Rows = append(w.Rows, rows...)
		w.Scanned += int64(size)
		pos += size * step
	}
	w.After = pos != end
	return w, nil
}

// maxGet is how many rows are read whole at a time.
const maxGet = 128

// present returns those of some rows that are still there and match.
func (v *View) present(ctx context.Context, keys []tuple.Tuple) ([]Row, error) {
	found, err := v.table.Get(ctx, keys...)
	if err != nil {
		return nil, err
	}
	var rows []Row
	for _, r := range found {
		if r != nil && v.options.Filter.Match(r) {
			r.CutTo(v.options.MaxValue)
			rows = append(rows, *r)
		}
	}
	return rows, nil
}
