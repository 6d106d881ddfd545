package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/rowan-db/rowan/backends/mem"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

func filter(t *testing.T, table *store.Table, text string) store.Filter {
	t.Helper()
	f, err := store.ParseFilter(table.Schema(), text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func put(t *testing.T, s *store.Store, n int64, v tuple.Value) {
	t.Helper()
	change := store.Change{Op: store.Put, Table: "numbers", Key: number(n), Set: []store.Assignment{{Column: 0, Value: v}}}
	if _, err := writer(t, s).Apply(t.Context(), []store.Change{change}); err != nil {
		t.Fatal(err)
	}
}

// window reads rows and returns their keys as text.
func window(t *testing.T, v *store.View, at store.Anchor, n int) (string, store.Window) {
	t.Helper()
	w, err := v.Read(t.Context(), at, n)
	if err != nil {
		t.Fatalf("read %+v: %v", at, err)
	}
	keys := ""
	for _, r := range w.Rows {
		keys += fmt.Sprint(r.Key[0], " ")
	}
	return strings.TrimSpace(keys), w
}

func TestBudgetEndsARead(t *testing.T) {
	table := numbers(t, store.New(mem.New()), 1000)
	v := table.View(store.ViewOptions{Filter: filter(t, table, "n=900"), Budget: 250})
	at, reads := store.Anchor{}, 0
	for {
		keys, w := window(t, v, at, 5)
		reads++
		if w.Scanned > 250 {
			t.Fatalf("a read examined %d rows", w.Scanned)
		}
		if w.Resume == nil {
			if keys != "900" || w.After {
				t.Errorf("the last read found %q, after %t", keys, w.After)
			}
			break
		}
		if !w.After {
			t.Error("Resume is set, After is not")
		}
		if keys != "" {
			if keys != "900" {
				t.Fatalf("found %q", keys)
			}
			break
		}
		at.Key = w.Resume
	}
	if reads < 4 {
		t.Errorf("1000 rows took %d reads", reads)
	}
}

// TestFilterSeesWholeValues puts the word behind what a view shows of a value.
func TestFilterSeesWholeValues(t *testing.T) {
	s := store.New(mem.New())
	table := numbers(t, s, 3)
	put(t, s, 1, tuple.Text(strings.Repeat("x", 100_000)+"needle"))
	v := table.View(store.ViewOptions{Filter: filter(t, table, "needle"), MaxValue: 10})
	keys, w := window(t, v, store.Anchor{}, 5)
	if keys != "1" {
		t.Fatalf("found %q", keys)
	}
	row := w.Rows[0]
	if len(row.Values[0].AsText()) != 10 || len(row.Cut) != 1 || row.Cut[0].Size != 100_006 {
		t.Errorf("the row shows %d bytes, cut %+v", len(row.Values[0].AsText()), row.Cut)
	}
}

func TestSortPutsNullFirst(t *testing.T) {
	s := store.New(mem.New())
	table := numbers(t, s, 5)
	put(t, s, 3, tuple.Null)
	put(t, s, 0, tuple.Text("row 4"))
	long := strings.Repeat("z", 2000)
	put(t, s, 1, tuple.Text(long+"b"))
	put(t, s, 2, tuple.Text(long+"a"))
	for descending, want := range map[bool]string{false: "3 0 4 1 2", true: "2 1 4 0 3"} {
		v := table.View(store.ViewOptions{Sort: store.Sort{Column: "text", Descending: descending}})
		if keys, _ := window(t, v, store.Anchor{}, 10); keys != want {
			t.Errorf("descending %t: %s, want %s", descending, keys, want)
		}
	}
	v := table.View(store.ViewOptions{Sort: store.Sort{Column: "n", Descending: true}, Limit: 3})
	if keys, w := window(t, v, store.Anchor{}, 10); keys != "4 3 2" || w.After {
		t.Errorf("by key, descending, 3 of them: %s, after %t", keys, w.After)
	}
}

// TestPreparedViewShowsPresentRows changes rows under a sorted view: it keeps
// its order, shows what the rows hold now, and leaves out those that have gone
// or no longer match, until it is prepared again.
func TestPreparedViewShowsPresentRows(t *testing.T) {
	s := store.New(mem.New())
	table := numbers(t, s, 5)
	v := table.View(store.ViewOptions{Sort: store.Sort{Column: "text", Descending: true}, Filter: filter(t, table, "row")})
	if keys, _ := window(t, v, store.Anchor{}, 10); keys != "4 3 2 1 0" {
		t.Fatalf("at first: %s", keys)
	}
	put(t, s, 4, tuple.Text("a row"))
	put(t, s, 3, tuple.Text("nothing"))
	put(t, s, 9, tuple.Text("row 9"))
	if _, err := writer(t, s).Apply(t.Context(), []store.Change{{Op: store.Remove, Table: "numbers", Key: number(1)}}); err != nil {
		t.Fatal(err)
	}
	keys, w := window(t, v, store.Anchor{}, 10)
	if keys != "4 2 0" || w.Rows[0].Values[0] != tuple.Text("a row") {
		t.Errorf("before refreshing: %s, %v", keys, w.Rows[0])
	}
	if keys, _ := window(t, v, store.Anchor{Key: number(1)}, 1); keys != "0" {
		t.Errorf("after the row that has gone: %s", keys)
	}
	_, err := v.Read(t.Context(), store.Anchor{Key: number(9)}, 1)
	if !errors.Is(err, store.NoRow) || store.HintOf(err) == "" {
		t.Errorf("from a row that is not in the view: %v", err)
	}
	var progress []int64
	if err := v.Prepare(t.Context(), func(n int64) { progress = append(progress, n) }); err != nil {
		t.Fatal(err)
	}
	if keys, _ := window(t, v, store.Anchor{}, 10); keys != "9 2 0 4" {
		t.Errorf("after refreshing: %s", keys)
	}
	if len(progress) == 0 || progress[len(progress)-1] != 5 {
		t.Errorf("progress: %v", progress)
	}
}

func TestSortByNoColumn(t *testing.T) {
	table := numbers(t, store.New(mem.New()), 1)
	v := table.View(store.ViewOptions{Sort: store.Sort{Column: "colour"}})
	if _, err := v.Read(t.Context(), store.Anchor{}, 1); store.KindOf(err) != store.BadValue || err == nil {
		t.Errorf("read: %v", err)
	}
}

// shuffled is a database whose order is its own: keys descend.
type shuffled struct{ plain }

func (s shuffled) Info() driver.Info {
	info := s.plain.Info()
	info.Order = driver.Collated
	return info
}

func (s shuffled) Scan(ctx context.Context, sc *driver.Schema, q driver.Query) (driver.Page, error) {
	q.Reverse = !q.Reverse
	q.Range.Lower, q.Range.Upper = q.Range.Upper, q.Range.Lower
	return s.plain.Scan(ctx, sc, q)
}

// TestViewsLeaveTheOrderToTheDatabase reads from keys outside of a range in an
// order that package tuple does not know: no row outside is ever shown.
func TestViewsLeaveTheOrderToTheDatabase(t *testing.T) {
	table := numbers(t, store.New(shuffled{newPlain()}), 10)
	between := tuple.Range{Lower: tuple.Bound{Key: number(7)}, Upper: tuple.Bound{Key: number(3)}}
	v := table.View(store.ViewOptions{Range: between})
	for at, want := range map[int64][2]string{
		9: {"7 6 5 4 3", ""}, 7: {"6 5 4 3", ""}, 5: {"4 3", "7 6"}, 3: {"", "7 6 5 4"}, 1: {"", "7 6 5 4 3"},
	} {
		if keys, _ := window(t, v, store.Anchor{Key: number(at)}, 10); keys != want[0] {
			t.Errorf("after %d: %q, want %q", at, keys, want[0])
		}
		if keys, _ := window(t, v, store.Anchor{Key: number(at), Backward: true}, 10); keys != want[1] {
			t.Errorf("before %d: %q, want %q", at, keys, want[1])
		}
	}
}

func TestViewsAreSharedByGoroutines(t *testing.T) {
	table := numbers(t, store.New(mem.New()), 300)
	v := table.View(store.ViewOptions{Sort: store.Sort{Column: "text"}, Limit: 200})
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			if i%3 == 0 {
				if err := v.Prepare(t.Context(), nil); err != nil {
					t.Error(err)
				}
			}
			w, err := v.Read(t.Context(), store.Anchor{}, 250)
			if err != nil || len(w.Rows) != 200 {
				t.Errorf("%d rows, %v", len(w.Rows), err)
			}
		})
	}
	wg.Wait()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := v.Prepare(ctx, nil); !errors.Is(err, store.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

func TestPositionsWithoutARanker(t *testing.T) {
	table := numbers(t, store.New(newPlain()), 5)
	_, exact, err := table.View(store.ViewOptions{}).Position(t.Context(), number(2))
	if exact || err != nil {
		t.Errorf("position: %t, %v", exact, err)
	}
	v := table.View(store.ViewOptions{Limit: 3, Reverse: true})
	if err := v.Prepare(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if n, exact, err := v.Position(t.Context(), number(3)); n != 1 || !exact || err != nil {
		t.Errorf("position in a prepared view: %d, %t, %v", n, exact, err)
	}
}

// A database that knows positions knows the number of rows of every range.
func TestTotals(t *testing.T) {
	table := numbers(t, store.New(mem.New()), 50)
	tail := tuple.Range{}.After(number(9))
	for want, o := range map[int64]store.ViewOptions{50: {}, 40: {Range: tail}, 7: {Range: tail, Limit: 7}} {
		if n, ok, err := table.View(o).Total(t.Context()); n != want || !ok || err != nil {
			t.Errorf("%+v: %d, %t, %v, want %d", o, n, ok, err, want)
		}
	}
	if e, err := table.Estimate(t.Context()); e != (store.Estimate{Rows: 50, Known: true, Exact: true}) || err != nil {
		t.Errorf("the table: %+v, %v", e, err)
	}
	if _, ok, err := numbers(t, store.New(newPlain()), 5).View(store.ViewOptions{}).Total(t.Context()); ok || err != nil {
		t.Errorf("without a ranker: %t, %v", ok, err)
	}
}

// free is a database whose snapshots hold up nobody.
type free struct{ *mem.DB }

func (f free) Info() driver.Info {
	info := f.DB.Info()
	info.FreeSnapshots = true
	return info
}

// A pinned table is of one moment; one that cannot be pinned without holding up others is not.
func TestPin(t *testing.T) {
	for name, c := range map[string]struct {
		db   driver.DB
		want string
	}{"free": {free{mem.New()}, "0 1"}, "not free": {mem.New(), "0 1 3"}} {
		s := store.New(c.db)
		pinned, release, err := numbers(t, s, 2).Pin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		put(t, s, 3, tuple.Text("new"))
		got, _ := window(t, pinned.View(store.ViewOptions{}), store.Anchor{}, 10)
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if err := release(); err != nil {
			t.Error(err)
		}
	}
}
