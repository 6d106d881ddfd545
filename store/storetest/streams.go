package storetest

import (
	"context"
	"errors"
	"fmt"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

var streamCases = []testCase{
	{
		name: "a stream is the page that a scan reads", needs: []Capability{Streaming},
		rule: "Stream gives the rows of the page that Scan returns, in its order, and tells as well whether there are more.",
		run:  (*suite).testStreams,
	},
	{
		name: "a stream stops when it is told to", needs: []Capability{Streaming},
		rule: "After each reports false it is not called again, there are more rows, and the database can be used on.",
		run:  (*suite).testStreamStops,
	},
	{
		name: "a stream ends when it is canceled", needs: []Capability{Streaming},
		rule: "A stream whose context is canceled fails with its reason and calls each no more.",
		run:  (*suite).testStreamCanceled,
	},
}

// streamedRows are more than any backend hands on at once.
const streamedRows = 5000

func (s *suite) createStreamed() *driver.Schema {
	sc := s.createInt()
	keys := make([]tuple.Tuple, streamedRows)
	for i := range keys {
		keys[i] = number(int64(i))
	}
	for len(keys) > 0 {
		some := min(500, len(keys))
		s.fill(sc, keys[:some]...)
		keys = keys[some:]
	}
	if !s.streamer().Streams(sc) {
		s.Fatalf("the table %s is not streamed", sc.Name)
	}
	return sc
}

func (s *suite) streamer() driver.Streamer { return s.db.(driver.Streamer) }

func (s *suite) testStreams() {
	sc := s.createStreamed()
	for _, r := range []tuple.Range{{}, between(number(10), number(4000)), {Lower: tuple.Bound{Key: number(10), Exclusive: true}}, between(number(9000), nil)} {
		for _, q := range []driver.Query{{Limit: 1}, {Limit: 1001}, {Limit: 3991}, {Limit: streamedRows}, {Limit: everything, KeysOnly: true}} {
			for _, q.Reverse = range []bool{false, true} {
				q.Range = r
				want := s.scan(s.db, sc, q)
				var got []driver.Row
				more, err := s.streamer().Stream(s.ctx, sc, q, func(part []driver.Row) bool {
					got = append(got, part...)
					return true
				})
				what := fmt.Sprintf("%+v", q)
				if err != nil || more != want.More {
					s.Errorf("%s: more is %t, %v", what, more, err)
				}
				wantRows(s, what, got, want.Rows)
			}
		}
	}
}

func (s *suite) testStreamStops() {
	sc := s.createStreamed()
	for range 3 { // on connections that were used for it before
		calls := 0
		more, err := s.streamer().Stream(s.ctx, sc, driver.Query{Limit: everything}, func([]driver.Row) bool {
			calls++
			return false
		})
		if !more || err != nil || calls != 1 {
			s.Errorf("more is %t after %d calls, %v", more, calls, err)
		}
	}
	if rows := s.scan(s.db, sc, driver.Query{Limit: everything}).Rows; len(rows) != streamedRows {
		s.Errorf("%d rows afterwards", len(rows))
	}
}

func (s *suite) testStreamCanceled() {
	sc := s.createStreamed()
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	calls := 0
	_, err := s.streamer().Stream(ctx, sc, driver.Query{Limit: everything}, func([]driver.Row) bool {
		calls++
		cancel()
		return false
	})
	if calls != 1 || err != nil && !errors.Is(err, context.Canceled) {
		s.Errorf("%d calls, %v", calls, err)
	}
	cancel()
	if _, err := s.streamer().Stream(ctx, sc, driver.Query{Limit: everything}, func([]driver.Row) bool { return true }); !errors.Is(err, context.Canceled) {
		s.Errorf("a context that is canceled before: %v", err)
	}
}
