package redis

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	client "github.com/redis/go-redis/v9"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// world is an empty database, and the same seen by another program.
type world struct {
	*testing.T
	ctx context.Context
	db  *Writable
	rdb *client.Client
}

func newWorld(t *testing.T) *world {
	t.Helper()
	c := connection(t, "8")
	rdb := plain(t, c)
	return &world{T: t, ctx: t.Context(), db: mustOpen(t, c).(*Writable), rdb: rdb}
}

// do runs a command as another program.
func (w *world) do(words ...any) any {
	w.Helper()
	v, err := w.rdb.Do(w.ctx, words...).Result()
	if err != nil && err != client.Nil {
		w.Fatalf("%v: %v", words, err)
	}
	return v
}

func (w *world) describe(name string) *driver.Schema {
	w.Helper()
	s, err := w.db.Describe(w.ctx, name)
	if err != nil {
		w.Fatalf("describe %s: %v", name, err)
	}
	return s
}

// rows returns all rows of a table, which are the same read in pages of any
// size and in both directions.
func (w *world) rows(name string) []driver.Row {
	w.Helper()
	s := w.describe(name)
	all := w.pages(s, 1000, false)
	for _, size := range []int{1, 3} {
		for _, reverse := range []bool{false, true} {
			got := w.pages(s, size, reverse)
			if reverse {
				slices.Reverse(got)
			}
			if shown(got) != shown(all) {
				w.Errorf("%s in pages of %d, reverse %t:\n%s\nnot\n%s", name, size, reverse, shown(got), shown(all))
			}
		}
	}
	if n, err := w.db.Count(w.ctx, s, tuple.Range{}); err != nil || n != int64(len(all)) {
		w.Errorf("count of %s: %d, %v; there are %d rows", name, n, err, len(all))
	}
	for i, row := range all {
		w.isAt(s, row, int64(i))
	}
	return all
}

// isAt checks that a row is found by its key, and its key by its place.
func (w *world) isAt(s *driver.Schema, row driver.Row, place int64) {
	w.Helper()
	got, err := w.db.Get(w.ctx, s, []tuple.Tuple{row.Key})
	if err != nil || got[0] == nil || !got[0].Key.Equal(row.Key) {
		w.Errorf("get %v of %s: %v, %v", row.Key, s.Name, got, err)
	}
	if n, err := w.db.Rank(w.ctx, s, row.Key); err != nil || n != place {
		w.Errorf("rank of %v in %s: %d, %v, want %d", row.Key, s.Name, n, err, place)
	}
	if key, err := w.db.Select(w.ctx, s, place); err != nil || !key.Equal(row.Key) {
		w.Errorf("key number %d of %s: %v, %v, want %v", place, s.Name, key, err, row.Key)
	}
}

func (w *world) pages(s *driver.Schema, size int, reverse bool) (all []driver.Row) {
	w.Helper()
	q := driver.Query{Limit: size, Reverse: reverse}
	for {
		page, err := w.db.Scan(w.ctx, s, q)
		if err != nil {
			w.Fatalf("scan %s: %v", s.Name, err)
		}
		all = append(all, page.Rows...)
		if !page.More {
			return all
		}
		last := page.Rows[len(page.Rows)-1].Key
		if q.Range = q.Range.After(last); reverse {
			q.Range = tuple.Range{}.Before(last)
		}
	}
}

func shown(rows []driver.Row) string {
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintln(&b, r.Key, r.Values)
	}
	return b.String()
}

// apply makes changes that must succeed.
func (w *world) apply(changes ...driver.Change) driver.Applied {
	w.Helper()
	done, err := w.db.Apply(w.ctx, changes)
	if err != nil || len(done.Conflicts) > 0 {
		w.Fatalf("apply: %+v, %v", done, err)
	}
	return done
}

// refused makes a change that must fail.
func (w *world) refused(what string, kind driver.Kind, change driver.Change) {
	w.Helper()
	if _, err := w.db.Apply(w.ctx, []driver.Change{change}); driver.KindOf(err) != kind {
		w.Errorf("%s: %v, want %q", what, err, kind)
	}
}

func (w *world) keysOf(name string) string {
	w.Helper()
	var keys []string
	for _, r := range w.rows(name) {
		keys = append(keys, r.Key.String())
	}
	return strings.Join(keys, " ")
}

func (w *world) want(what, got, want string) {
	w.Helper()
	if got != want {
		w.Errorf("%s: %s, want %s", what, got, want)
	}
}

// words returns answers with spaces between them.
func words(answers ...any) string { return strings.TrimSuffix(fmt.Sprintln(answers...), "\n") }

func set(column int, v tuple.Value) []driver.Assignment {
	return []driver.Assignment{{Column: column, Value: v}}
}

func change(op driver.Op, table string, key tuple.Tuple, set ...driver.Assignment) driver.Change {
	return driver.Change{Op: op, Table: table, Key: key, Set: set}
}

func (w *world) get(table string, key tuple.Tuple) *driver.Row {
	w.Helper()
	rows, err := w.db.Get(w.ctx, w.describe(table), []tuple.Tuple{key})
	if err != nil || rows[0] == nil {
		w.Fatalf("get %v of %s: %v, %v", key, table, rows, err)
	}
	return rows[0]
}
