package store_test

import (
	"context"
	"errors"
	"testing"

	"github.com/rowan-db/rowan/backends/mem"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
)

// streaming is a database that hands out long pages in parts.
type streaming struct {
	*mem.DB
	streams int // begun
	rows    int // streamed
	// fail, if not nil, is what each stream ends with after some parts.
	fail error
	// ended, if not nil, is closed when a stream that was not wanted to its end
	// has been canceled.
	ended chan struct{}
}

const (
	streamedPart = 500
	failAfter    = 4 // parts
)

func (s *streaming) Streams(*driver.Schema) bool { return true }

func (s *streaming) Stream(ctx context.Context, schema *driver.Schema, q driver.Query, each func([]driver.Row) bool) (bool, error) {
	s.streams++
	page, err := s.Scan(ctx, schema, q)
	if err != nil {
		return false, err
	}
	for n := 0; len(page.Rows) > 0; n++ {
		if s.fail != nil && n == failAfter {
			return false, s.fail
		}
		part := page.Rows[:min(streamedPart, len(page.Rows))]
		page.Rows = page.Rows[len(part):]
		s.rows += len(part)
		if !each(part) {
			if s.ended != nil {
				<-ctx.Done()
				close(s.ended)
			}
			return true, ctx.Err()
		}
	}
	return page.More, nil
}

const streamedRows = 70_000 // more than one stream

func newStreaming(t *testing.T) (*streaming, *store.Table) {
	t.Helper()
	db := &streaming{DB: mem.New()}
	return db, numbers(t, store.New(db), streamedRows)
}

// readInOrder reads rows, and fails unless each follows the one before.
func readInOrder(t *testing.T, table *store.Table, q store.Query, body func(n int)) (n int) {
	t.Helper()
	for row, err := range table.Rows(t.Context(), q) {
		at := int64(n)
		if q.Reverse {
			at = streamedRows - 1 - at
		}
		if err != nil || row.Key[0].AsInt() != at {
			t.Fatalf("row %d: %v, %v", n, row, err)
		}
		body(n)
		n++
	}
	return n
}

func TestLongRangesAreStreamed(t *testing.T) {
	db, table := newStreaming(t)
	for _, limit := range []int{0, 700, 5000, streamedRows, streamedRows + 1} {
		for _, reverse := range []bool{false, true} {
			db.streams, db.rows = 0, 0
			want := limit
			if limit == 0 || limit > streamedRows {
				want = streamedRows
			}
			if n := readInOrder(t, table, store.Query{Limit: limit, Reverse: reverse}, func(int) {}); n != want {
				t.Errorf("limit %d, reverse %t: %d rows, want %d", limit, reverse, n, want)
			}
			if long := want >= 5000; long != (db.streams > 0) || long && db.rows < want-5000 {
				t.Errorf("limit %d: %d rows in %d streams", limit, db.rows, db.streams)
			}
		}
	}
}

func TestABrokenStreamIsTakenUpByPages(t *testing.T) {
	db, table := newStreaming(t)
	db.fail = errors.New("the statement took too long")
	if n := readInOrder(t, table, store.Query{}, func(int) {}); n != streamedRows {
		t.Errorf("%d rows", n)
	}
	if db.streams != 1 {
		t.Errorf("%d streams were begun, though the first broke", db.streams)
	}
}

// TestAStreamEndsWhileTheBodyRests: it would be a cursor that stays open.
func TestAStreamEndsWhileTheBodyRests(t *testing.T) {
	db, table := newStreaming(t)
	db.ended = make(chan struct{})
	n := readInOrder(t, table, store.Query{}, func(n int) {
		if n == 20_000 {
			<-db.ended
		}
	})
	if n != streamedRows || db.streams != 1 {
		t.Errorf("%d rows, %d streams", n, db.streams)
	}
}

func TestAStreamEndsWithTheIteration(t *testing.T) {
	db, table := newStreaming(t)
	db.ended = make(chan struct{})
	for row, err := range table.Rows(t.Context(), store.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		if row.Key[0].AsInt() == 20_000 {
			break
		}
	}
	select {
	case <-db.ended:
	default:
		t.Error("the stream goes on after the loop")
	}
}

func TestCancelingEndsAStreamWithAnError(t *testing.T) {
	_, table := newStreaming(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n, failed := 0, error(nil)
	for _, err := range table.Rows(ctx, store.Query{}) {
		if failed = err; err == nil {
			n++
		}
		if n == 20_000 {
			cancel()
		}
	}
	if !errors.Is(failed, context.Canceled) || n == streamedRows {
		t.Errorf("after %d rows: %v", n, failed)
	}
}
