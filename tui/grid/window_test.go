package grid

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
)

// fakeView is a view of rows with the keys 0 to n-1.
type fakeView struct{ n int }

func (v fakeView) read(at store.Anchor, n int) store.Window {
	from, to := 0, v.n
	if at.Key != nil {
		k := int(at.Key[0].AsInt())
		switch {
		case at.Backward && at.Inclusive:
			to = k + 1
		case at.Backward:
			to = k
		case at.Inclusive:
			from = k
		default:
			from = k + 1
		}
	}
	if at.Backward {
		from = max(from, to-n)
	} else {
		to = min(to, from+n)
	}
	w := store.Window{Before: from > 0, After: to < v.n}
	for i := from; i < to; i++ {
		w.Rows = append(w.Rows, store.Row{Key: tuple.Of(tuple.Int(int64(i))), Values: []tuple.Value{tuple.Text(fmt.Sprint("v", i))}})
	}
	return w
}

func intKey(i int) tuple.Tuple { return tuple.Of(tuple.Int(int64(i))) }

// keys returns the keys that w holds.
func keys(w *window) []int {
	var out []int
	for _, r := range w.rows {
		out = append(out, int(r.Key[0].AsInt()))
	}
	return out
}

// TestWindowIsPartOfTheView: whatever is read and dropped, the window holds
// rows that follow one another, knows what lies beyond its ends and where it
// is, and never holds more than it may.
func TestWindowIsPartOfTheView(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := fakeView{rapid.IntRange(0, 200).Draw(t, "rows")}
		var w window
		first := v.read(store.Anchor{}, 10)
		w.reset(nil, &first)
		limit := rapid.IntRange(5, 40).Draw(t, "limit")
		t.Repeat(map[string]func(*rapid.T){
			"extend": func(t *rapid.T) {
				at := w.anchor(rapid.Bool().Draw(t, "backward"))
				if at.Key == nil {
					return
				}
				if !w.extend(at, v.read(at, rapid.IntRange(1, 20).Draw(t, "n"))) {
					t.Fatalf("rows after %v were refused", at)
				}
			},
			"trim": func(t *rapid.T) {
				if len(w.rows) == 0 {
					return
				}
				center := rapid.IntRange(0, len(w.rows)-1).Draw(t, "center")
				keep := w.rows[center]
				dropped := w.trim(center, limit)
				if len(w.rows) > limit {
					t.Fatalf("%d rows are left of at most %d", len(w.rows), limit)
				}
				if w.rows[center-dropped] != keep {
					t.Fatalf("the center is not where trim says")
				}
			},
			"seek": func(t *rapid.T) {
				if v.n == 0 {
					return
				}
				k := intKey(rapid.IntRange(0, v.n-1).Draw(t, "key"))
				back := v.read(store.Anchor{Key: k, Backward: true}, 5)
				forward := v.read(store.Anchor{Key: k, Inclusive: true}, 5)
				w.reset(&back, &forward)
			},
			"stale": func(t *rapid.T) {
				at := store.Anchor{Key: intKey(rapid.IntRange(0, 300).Draw(t, "key"))}
				if now := w.anchor(false); now.Key != nil && now.Key.Equal(at.Key) {
					return
				}
				before := keys(&w)
				if w.extend(at, v.read(at, 3)) || !slices.Equal(before, keys(&w)) {
					t.Fatal("rows that belong elsewhere were taken")
				}
			},
			"": func(t *rapid.T) { checkWindow(t, &w, v) },
		})
	})
}

func checkWindow(t *rapid.T, w *window, v fakeView) {
	got := keys(w)
	for i := 1; i < len(got); i++ {
		if got[i] != got[i-1]+1 {
			t.Fatalf("rows are missing or out of order: %v", got)
		}
	}
	if len(got) == 0 {
		if v.n > 0 {
			t.Fatal("the window is empty, the view is not")
		}
		return
	}
	if !w.before.more && got[0] != 0 || !w.after.more && got[len(got)-1] != v.n-1 {
		t.Fatalf("%v is taken for the end of %d rows (before %v, after %v)", got, v.n, w.before, w.after)
	}
	if w.first != unknown && w.first != int64(got[0]) {
		t.Fatalf("the first row is %d, said to be %d", got[0], w.first)
	}
	if got[0] == 0 && !w.before.more && w.first != 0 {
		t.Fatalf("the beginning is said to be at %d", w.first)
	}
	var size int64
	for _, r := range w.rows {
		size += rowSize(r)
	}
	if size != w.size {
		t.Fatalf("the size is %d, said to be %d", size, w.size)
	}
	if n, exact := w.total(); exact && n != int64(v.n) || n > int64(v.n) {
		t.Fatalf("the total is %d, said to be %d (exact: %v)", v.n, n, exact)
	}
}

func TestWindowGoesOnWhereASearchStopped(t *testing.T) {
	var w window
	w.reset(nil, &store.Window{Resume: intKey(500), After: true})
	at := w.anchor(false)
	if at.Key == nil || at.Key.Compare(intKey(500)) != 0 {
		t.Fatalf("reads on from %v", at.Key)
	}
	if !w.extend(at, store.Window{Rows: []store.Row{{Key: intKey(700)}}, After: false}) {
		t.Fatal("the rows were refused")
	}
	if w.after.more || w.after.resume != nil {
		t.Errorf("the end is not known: %+v", w.after)
	}
}

func TestAnEndThatGivesNothingIsTheEnd(t *testing.T) {
	var w window
	first := fakeView{10}.read(store.Anchor{}, 10)
	w.reset(nil, &first)
	w.after.more = true
	if !w.extend(w.anchor(false), store.Window{After: true}) || w.after.more {
		t.Error("the same read would be made for ever")
	}
}

// TestRowsStayPut: a row that somebody holds is not overwritten when the
// window moves on.
func TestRowsStayPut(t *testing.T) {
	v := fakeView{1000}
	var w window
	first := v.read(store.Anchor{}, 50)
	w.reset(nil, &first)
	held := w.rows[10]
	for range 10 {
		at := w.anchor(false)
		w.extend(at, v.read(at, 50))
		w.trim(len(w.rows)-1, 60)
	}
	if held.Key.Compare(intKey(10)) != 0 || held.Values[0] != tuple.Text("v10") {
		t.Errorf("the row became %v", held)
	}
}
