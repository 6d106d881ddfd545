package store

import (
	"context"
	"iter"
	"time"

	"github.com/rowan-db/rowan/store/driver"
)

// Rows iterates over a range, however long, page by page: no cursor stays
// open while the loop's body rests. Unlike that of [Table.Scan], q.Limit is the
// largest number of rows in total, and 0 is no limit. An error ends the
// iteration.
//
// Once it is clear that many rows are wanted, more are read while the body runs,
// except in a transaction, which may do one thing at a time.
func (t *Table) Rows(ctx context.Context, q Query) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for rows, err := range t.pager(q).pages(ctx, int64(q.Limit)) {
			if err != nil {
				yield(Row{}, err)
				return
			}
			for i := range rows {
				if !yield(rows[i], nil) {
					return
				}
			}
		}
	}
}

// syncPages are read before it is clear that many rows are wanted.
const syncPages = 2

// pages iterates over the pages of what remains, of at most limit rows in total
// if that is positive.
func (p *pager) pages(ctx context.Context, limit int64) iter.Seq2[[]Row, error] {
	return func(yield func([]Row, error) bool) {
		left := &remaining{limited: limit > 0, rows: limit}
		_, alone := p.table.reader.(driver.Tx)
		for n := 1; ; n++ {
			rows, err := p.next(ctx, left.rows)
			left.take(rows)
			switch {
			case err != nil || !left.more(p):
				yield(rows, err)
				return
			case n >= syncPages && !alone:
				p.readAhead(ctx, left, rows, yield)
				return
			case !yield(rows, nil):
				return
			}
		}
	}
}

// remaining is how many rows are still wanted.
type remaining struct {
	limited bool
	rows    int64
}

func (r *remaining) take(rows []Row) {
	if r.limited {
		r.rows -= int64(len(rows))
	}
}

// more reports whether rows are wanted, and there may be some.
func (r *remaining) more(p *pager) bool { return !p.done && (!r.limited || r.rows > 0) }

// readAhead yields a page, and then what remains, which it reads meanwhile.
func (p *pager) readAhead(ctx context.Context, left *remaining, first []Row, yield func([]Row, error) bool) {
	a := &ahead{pager: p, left: left, pages: make(chan []Row)}
	var cancel context.CancelFunc
	a.ctx, cancel = context.WithCancel(ctx)
	go func() {
		defer close(a.pages)
		a.err = a.read()
	}()
	defer func() {
		cancel()
		for range a.pages { // nothing goes on after the iteration
		}
	}()
	if !yield(first, nil) {
		return
	}
	for rows := range a.pages {
		if !yield(rows, nil) {
			return
		}
	}
	if a.err != nil {
		yield(nil, a.err)
	}
}

// ahead reads pages while others are worked on.
type ahead struct {
	*pager
	ctx   context.Context
	left  *remaining
	pages chan []Row // closed after the last one
	err   error      // what ended the reading; to be looked at after that
}

func (a *ahead) read() error {
	for a.left.more(a.pager) {
		if stream := a.streamer(); stream != nil {
			if err := a.stream(stream); err != nil {
				return err
			}
			continue
		}
		rows, err := a.next(a.ctx, a.left.rows)
		if err != nil {
			return err
		}
		a.left.take(rows)
		if err := a.give(rows); err != nil {
			return err
		}
	}
	return nil
}

// give waits until somebody takes a page. It fails when nobody will.
func (a *ahead) give(rows []Row) error {
	select {
	case a.pages <- rows:
		return nil
	case <-a.ctx.Done():
		return a.table.wrap("scan", a.ctx.Err())
	}
}

// maxStream is how many rows one stream asks for: many, because it is not memory
// that bounds them, but not all, so that the server looks for a part of the
// table, by the key, and does not sort all of it.
const maxStream = 64 << 10

// streamer returns what streams the rest, or nil if pages are to be read: so
// are rows of which few make a page, or one is all that is wanted.
func (a *ahead) streamer() driver.Streamer {
	s, ok := a.table.reader.(driver.Streamer)
	if !ok || a.slow || a.sort != nil || !s.Streams(a.table.schema) {
		return nil
	}
	if a.query.Limit < maxPage || a.left.limited && a.left.rows <= maxPage {
		return nil
	}
	return s
}

// stream hands on the rows of a long page as they arrive. If it is interrupted,
// because somebody works on them for long or because of an error, pages go on
// where it ended: they say what is wrong, if it still is.
func (a *ahead) stream(from driver.Streamer) error {
	ctx, cancel := context.WithCancel(a.ctx)
	defer cancel()
	q := a.query
	q.Limit = maxStream
	if a.left.limited {
		q.Limit = int(min(a.left.rows, maxStream))
	}
	var last, late []Row
	more, err := from.Stream(ctx, a.table.schema, q, func(part []Row) bool {
		a.left.take(part)
		last = part
		if !a.offer(part) {
			late = part
			cancel() // so that the rest is not even sent
		}
		return late == nil
	})
	if len(last) > 0 {
		a.moveTo(last[len(last)-1].Key)
	}
	a.slow = late != nil || err != nil
	a.done = !a.slow && !more
	if late != nil {
		return a.give(late)
	}
	return a.table.wrap("scan", a.ctx.Err())
}

// patience is how long a stream stays open for rows that nobody takes. It must
// not be a cursor that is open for as long as somebody reads a screen: the
// server keeps old versions of rows for it, and gives up a client that is slow.
const patience = 300 * time.Millisecond

// offer is give, for as long as there is patience.
func (a *ahead) offer(rows []Row) bool {
	select {
	case a.pages <- rows:
		return true
	default:
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case a.pages <- rows:
		return true
	case <-timer.C:
	case <-a.ctx.Done():
	}
	return false
}
